-- Flags that may be in a case, and whether each may open one: only those of the lanes stop and act do. A sale
-- or a dwelling is in a case only if a legal entity is or was proprietor.
with of_property as (
    select property_id as subject_id, has_legal_entity_proprietor from property
    union all
    select x.transaction_id, coalesce(p.has_legal_entity_proprietor, false)
    from "transaction" x
    left join property p on p.property_id = x.property_id
)
select
    f.flag_id,
    f.indicator,
    i.title as indicator_title,
    f.family,
    f.subtype,
    f.lane,
    f.weak,
    f.lane = 'data' as data_quality,
    i.base_rate,
    f.subject_id,
    f.subject_type,
    f.subject_name,
    f.area_name,
    f.area_code,
    f.first_seen_on,
    f.lane in ('stop', 'act') as may_open
from flag f
join indicator i on i.code = f.indicator
left join of_property p on p.subject_id = f.subject_id and f.subject_type in ('property', 'transaction')
where f.state = 'flagged'
    and (f.subject_type not in ('property', 'transaction') or coalesce(p.has_legal_entity_proprietor, false))
order by f.flag_id
