with recursive complex as (
    select m.company_id as subject_id, m.statement_id, m.division
    from measured m
    join reached r using (company_id)
    where m.ratio > r.fence
),
-- The holdings around them, looked up once, not at every step.
step as materialized (
    select e.subject_id as at_id, e.party_id, e.statement_id
    from graph_edge e
    where e.component_no in (
        select o.component_no from complex c join graph_edge o on o.subject_id = c.subject_id
    )
),
-- Every link, if the network is small enough to list everything that is counted; else the nearest ones.
above as (
    select c.subject_id, s.party_id as at_id, s.statement_id, w.closure_n <= 100 as is_followed
    from complex c
    join step s on s.at_id = c.subject_id
    left join graph_network w on w.subject_id = c.subject_id
    union
    select a.subject_id, s.party_id, s.statement_id, a.is_followed
    from above a
    join step s on s.at_id = a.at_id
    where a.is_followed
)
select subject_id, 'form of the entity' as role, statement_id, 'entity_statement.legal_form_class' as field
from complex
union all
select subject_id, 'industry codes', statement_id, 'entity_statement.industry_codes'
from complex
where division is not null
union all
select distinct subject_id, 'held above', statement_id, 'relationship_statement.subject_id' from above
union all
select distinct
    a.subject_id, 'holder above', r.party_statement_id,
    case when r.party_kind = 'person' then 'person_statement.full_name' else 'entity_statement.name' end
from above a
join relationship r on r.statement_id = a.statement_id
