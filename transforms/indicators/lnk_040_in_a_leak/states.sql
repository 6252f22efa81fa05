with held as (
    select count(*) > 0 as has_leak
    from resolution
    where register in (select register from register_role where role = 'leaks')
),
-- Offshore entities that only the leak has are not assessed.
elsewhere as (
    select a.subject_id
    from listable_entity a
    where exists (
        select 1
        from resolution r
        where r.party_id = a.subject_id
            and r.register not in (select register from register_role where role = 'leaks')
    )
),
reached as (
    select subject_id, 0 as depth from mark where mark = 'in_a_leak'
    union all
    select subject_id, depth from graph_reach where mark = 'in_a_leak'
),
nearest as (
    select subject_id, min(depth) as depth from reached group by subject_id
)
select
    a.subject_id,
    case
        when n.subject_id is not null then 'flagged'
        when h.has_leak then 'not_flagged'
        else 'not_assessable'
    end as state,
    case when n.subject_id is null and not h.has_leak then 'no_leak' end as reason,
    case when n.depth = 0 then 'itself' when n.depth > 0 then 'above' end as subtype,
    nullif(n.depth, 0) as value,
    'steps' as unit,
    case
        when n.depth = 0 then 'is itself'
        when n.depth > 0 then concat_ws(
            '', 'has a party above it, ', cast(n.depth as varchar),
            case when n.depth = 1 then ' step' else ' steps' end, ' up, that is'
        )
    end as who
from elsewhere a
cross join held h
left join nearest n on n.subject_id = a.subject_id
