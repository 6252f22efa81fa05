with members as (
    select g.control_group_id, g.subject_id, g.controller_id
    from judged j
    join graph_control_group g on g.control_group_id = j.control_group_id
    where j.is_hit
),
held as (
    select m.control_group_id, r.statement_id, r.party_id, r.party_kind, r.party_statement_id
    from members m
    join relationship r on r.subject_id = m.subject_id and r.is_open and not r.is_office
    left join members o on o.control_group_id = m.control_group_id and o.subject_id = r.party_id
    where r.party_id = m.controller_id or o.subject_id is not null
)
select
    m.control_group_id as subject_id, 'status of an entity controlled' as role, c.statement_id,
    'entity_statement.status' as field
from members m
join company c on c.company_id = m.subject_id and c.is_active
union all
select
    control_group_id, 'held from inside the group', statement_id, 'relationship_statement.subject_id'
from held
union all
select h.control_group_id, 'nature of control', i.interest_id, 'interest_statement.native_code'
from held h
join interest i using (statement_id)
union all
select m.control_group_id, 'controller', p.statement_id, 'person_statement.full_name'
from (select distinct control_group_id, controller_id from members) m
join person p on p.person_id = m.controller_id
union all
select m.control_group_id, 'controller', e.statement_id, 'entity_statement.name'
from (select distinct control_group_id, controller_id from members) m
join entity e on e.entity_id = m.controller_id
