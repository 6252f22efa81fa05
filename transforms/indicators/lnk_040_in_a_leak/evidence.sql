with recursive itself as (
    select subject_id from mark where mark = 'in_a_leak'
),
reached as (
    select subject_id, nearest_id, depth from graph_reach where mark = 'in_a_leak'
),
-- The holdings in entities below one, looked up once, not at every step.
step as materialized (
    select r.subject_id as at_id, e.party_id, up.depth, up.nearest_id, e.interest_id
    from reached r
    join graph_edge e on e.subject_id = r.subject_id
    left join reached up on up.subject_id = e.party_id
),
-- Every link of a shortest path up to the nearest one, for those that are not in the leak themselves.
links as (
    select r.subject_id, r.nearest_id, s.party_id as at_id, r.depth - 1 as left_n, s.interest_id
    from reached r
    join step s on s.at_id = r.subject_id
    where r.depth <= 100 and r.subject_id not in (select subject_id from itself)
        and (
            (r.depth = 1 and s.party_id = r.nearest_id)
            or (r.depth > 1 and s.depth = r.depth - 1 and s.nearest_id in (r.nearest_id, r.subject_id))
        )
    union
    select l.subject_id, l.nearest_id, s.party_id, l.left_n - 1, s.interest_id
    from links l
    join step s on s.at_id = l.at_id
    where l.left_n > 0
        and (
            (l.left_n = 1 and s.party_id = l.nearest_id)
            or (l.left_n > 1 and s.depth = l.left_n - 1 and s.nearest_id in (l.nearest_id, l.subject_id))
        )
),
hits as (
    select subject_id, subject_id as party_id from itself
    union
    select subject_id, nearest_id from reached where subject_id not in (select subject_id from itself)
)
select h.subject_id, 'record in the leak' as role, r.statement_id, 'entity_statement.name' as field
from hits h
join resolution r on r.party_id = h.party_id
where r.register in (select register from register_role where role = 'leaks')
union
select l.subject_id, f.role, f.statement_id, f.field
from links l
join interest_fact f on f.interest_id = l.interest_id
