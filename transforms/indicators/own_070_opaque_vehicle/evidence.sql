with recursive reached as (
    select subject_id, nearest_id, depth from graph_reach where mark = 'opaque_vehicle'
),
-- The holdings in entities below one, looked up once, not at every step.
step as materialized (
    select
        r.subject_id as at_id, e.party_id, up.depth, up.nearest_id, e.statement_id, e.interest_id
    from reached r
    join graph_edge e on e.subject_id = r.subject_id
    left join reached up on up.subject_id = e.party_id
),
-- Every link of a shortest path up to the nearest one.
links as (
    select
        r.subject_id, r.nearest_id, s.party_id as at_id, r.depth - 1 as left_n, 1 as step_no, s.statement_id,
        s.interest_id
    from reached r
    join step s on s.at_id = r.subject_id
    where (r.depth = 1 and s.party_id = r.nearest_id)
        or (r.depth > 1 and s.depth = r.depth - 1 and s.nearest_id in (r.nearest_id, r.subject_id))
    union
    select
        l.subject_id, l.nearest_id, s.party_id, l.left_n - 1, l.step_no + 1, s.statement_id, s.interest_id
    from links l
    join step s on s.at_id = l.at_id
    where l.left_n > 0 and l.step_no < 100
        and (
            (l.left_n = 1 and s.party_id = l.nearest_id)
            or (l.left_n > 1 and s.depth = l.left_n - 1 and s.nearest_id in (l.nearest_id, l.subject_id))
        )
)
select distinct
    l.subject_id,
    concat_ws(' ', 'held at step', cast(l.step_no as varchar)) as role,
    l.statement_id,
    'relationship_statement.subject_id' as field
from links l
union all
select distinct
    l.subject_id,
    concat_ws(' ', 'interest at step', cast(l.step_no as varchar)),
    l.interest_id,
    'interest_statement.native_code'
from links l
where l.interest_id is not null
union all
select distinct
    l.subject_id,
    concat_ws(' ', 'holder at step', cast(l.step_no as varchar)),
    r.party_statement_id,
    case when r.party_kind = 'person' then 'person_statement.full_name' else 'entity_statement.name' end
from links l
join relationship r on r.statement_id = l.statement_id
union all
select r.subject_id, concat_ws(' ', 'form of the', v.kind), v.statement_id, 'entity_statement.legal_form'
from reached r
join vehicle v on v.vehicle_id = r.nearest_id
join entity e on e.entity_id = v.vehicle_id and e.legal_form is not null
union all
select
    r.subject_id, concat_ws(' ', 'what is named of the', v.kind), i.interest_id,
    'interest_statement.native_code'
from reached r
join vehicle v on v.vehicle_id = r.nearest_id
join interest i on i.subject_id = v.vehicle_id and i.is_open
