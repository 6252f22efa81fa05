with hits as (
    select subject_id, subject_id as party_id from mark where mark = 'in_a_leak'
    union
    select subject_id, nearest_id from graph_reach where mark = 'in_a_leak'
)
select h.subject_id, 'record in the leak' as role, r.statement_id, 'entity_statement.name' as field
from hits h
join resolution r on r.party_id = h.party_id
where r.register in (select register from register_role where role = 'leaks')
union
select h.subject_id, f.role, f.statement_id, f.field
from hits h
join graph_edge e on e.subject_id = h.subject_id and e.party_id = h.party_id
join interest_fact f on f.interest_id = e.interest_id
