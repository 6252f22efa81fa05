-- The name of every legal entity, with its register's territory and the district of its registered office,
-- or, if that is unknown, the district where it holds most titles (if several, the first by name). A
-- partnership in the Netherlands or Belgium (VOF, maatschap, SNC) is not a subject, because it stands for its
-- partners, who are natural persons.
with held as (
    select
        p.party_id, t.area_name, t.area_code,
        row_number() over (
            partition by p.party_id order by count(distinct t.title_id) desc, t.area_name, t.area_code
        ) as best
    from proprietorship p
    join title t on t.title_id = p.title_id
    where p.ended_on is null and t.area_name is not null
    group by p.party_id, t.area_name, t.area_code
)
select
    e.entity_id as subject_id,
    e.name as subject_name,
    coalesce(c.area_name, h.area_name) as area_name,
    case when c.area_name is null then h.area_code else c.area_code end as area_code,
    c.territory,
    false as is_private
from entity e
left join company c on c.company_id = e.entity_id
left join held h on h.party_id = e.entity_id and h.best = 1
where not coalesce(
    (c.legal_form_class = 'partnership' and c.territory in ('nl', 'be'))
    or (
        coalesce(c.territory, e.jurisdiction) = 'nl'
        and regexp_matches(lower(e.legal_form), '^(vennootschap ?onder ?firma|maatschap|rederij)$')
    ),
    false
)
