-- Steps are counted upward from the held entity, as in closure.sql. The path is then followed down from the
-- holder, one step at a time.
with recursive
around as (
    select distinct component_no from graph_edge where rowid in (from rows_of('graph_edge.subject_id', [b]))
),
pair as (select * from graph_edge where component_no in (select component_no from around)),
above(component_no, party_id, steps) as (
    select p.component_no, p.subject_id, to_days(0)
    from around
    join pair p on p.component_no = around.component_no
    where p.subject_id = b
    union
    select p.component_no, p.party_id, a.steps + (to_months(1) - to_days(30))
    from above a join pair p on p.component_no = a.component_no and p.subject_id = a.party_id
),
far as (
    select
        component_no,
        party_id,
        cast(12 * datepart('year', steps) + datepart('month', steps) as bigint) as depth
    from above
),
way(component_no, party_id, depth) as (
    select component_no, party_id, depth from far where party_id = a
    union all
    select w.component_no, min(p.subject_id), min(h.depth)
    from way w
    join pair p on p.component_no = w.component_no and p.party_id = w.party_id
    join far h on h.party_id = p.subject_id
    where h.depth = w.depth - 1
    group by w.component_no
),
named as (
    select entity_id as party_id, name
    from entity where rowid in (from rows_of('entity.entity_id', (select list(party_id) from way)))
    union all
    select person_id, full_name
    from person
    where person_id in (select unnest((select list(party_id) from way)))
),
step as (
    select
        w.component_no, w.party_id, n.name, w.depth, lead(w.party_id) over (order by w.depth desc) as held_id,
        lead(n.name) over (order by w.depth desc) as held_name
    from way w left join named n on n.party_id = w.party_id
)
select
    row_number() over (order by s.depth desc) as position,
    s.party_id,
    s.name as party_name,
    s.held_id,
    s.held_name,
    p.interest_id,
    p.statement_id,
    p.basis,
    p.share_min,
    p.share_max
from step s
join pair p on p.component_no = s.component_no and p.party_id = s.party_id and p.subject_id = s.held_id
order by position
