with recursive reached as (
    select subject_id, mark, nearest_id, depth from graph_reach where mark = 'sanctioned'
    union all
    -- A candidate proves nothing if the flag rests on a listed party.
    select c.subject_id, c.mark, c.nearest_id, c.depth
    from graph_reach c
    where c.mark = 'sanctioned_candidate'
        and not exists (
            select 1 from graph_reach s where s.mark = 'sanctioned' and s.subject_id = c.subject_id
        )
),
-- The holdings in entities below one, looked up once, not at every step.
step as materialized (
    select
        r.mark, r.subject_id as at_id, e.party_id, up.depth, up.nearest_id, e.statement_id, e.interest_id
    from reached r
    join graph_edge e on e.subject_id = r.subject_id
    left join reached up on up.subject_id = e.party_id and up.mark = r.mark
),
-- Every link of a shortest path up to the nearest one.
links as (
    select
        r.subject_id, r.mark, r.nearest_id, s.party_id as at_id, r.depth - 1 as left_n, 1 as step_no,
        s.statement_id, s.interest_id
    from reached r
    join step s on s.at_id = r.subject_id and s.mark = r.mark
    where (r.depth = 1 and s.party_id = r.nearest_id)
        or (r.depth > 1 and s.depth = r.depth - 1 and s.nearest_id in (r.nearest_id, r.subject_id))
    union
    select
        l.subject_id, l.mark, l.nearest_id, s.party_id, l.left_n - 1, l.step_no + 1, s.statement_id,
        s.interest_id
    from links l
    join step s on s.at_id = l.at_id and s.mark = l.mark
    where l.left_n > 0 and l.step_no < 100
        and (
            (l.left_n = 1 and s.party_id = l.nearest_id)
            or (l.left_n > 1 and s.depth = l.left_n - 1 and s.nearest_id in (l.nearest_id, l.subject_id))
        )
),
named as (
    select distinct subject_id, nearest_id as party_id from reached
)
select p.subject_id, f.role, f.statement_id, f.field
from named p
join listing_fact f on f.party_id = p.party_id and f.listing_class = 'sanction'
union all
select distinct
    l.subject_id,
    concat_ws(' ', 'holder at step', cast(l.step_no as varchar)),
    r.party_statement_id,
    case
        when r.party_kind = 'person' then 'person_statement.full_name'
        else 'entity_statement.name'
    end
from links l join relationship r on r.statement_id = l.statement_id
union all
select distinct
    l.subject_id, concat_ws(' ', 'held at step', cast(l.step_no as varchar)), l.statement_id,
    'relationship_statement.subject_id'
from links l
union all
select distinct
    l.subject_id,
    concat_ws(' ', 'interest at step', cast(l.step_no as varchar)),
    l.interest_id,
    'interest_statement.native_code'
from links l
where l.interest_id is not null
