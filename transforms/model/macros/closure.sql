-- `steps` is an interval of length zero: n months minus 30 n days. UNION treats intervals of equal length as
-- equal. So the first, and shortest, way to a party stays, a later way adds no row, and a cycle ends; the
-- months of the row that stays count its steps. A release does not keep the word MATERIALIZED. `pair` is used
-- twice, so that DuckDB 2 computes it once and does not hash all edges; older versions inline it into every
-- step, where the component's number bounds what is read.
with recursive
around as (
    select distinct component_no from graph_edge where rowid in (from rows_of('graph_edge.subject_id', [id]))
),
pair as (
    select component_no, subject_id, party_id
    from graph_edge
    where component_no in (select component_no from around)
),
above(component_no, party_id, steps) as (
    select p.component_no, p.subject_id, to_days(0)
    from around
    join pair p on p.component_no = around.component_no
    where p.subject_id = id
    union
    select p.component_no, p.party_id, a.steps + (to_months(1) - to_days(30))
    from above a join pair p on p.component_no = a.component_no and p.subject_id = a.party_id
),
found as (
    select party_id, cast(12 * datepart('year', steps) + datepart('month', steps) as bigint) as depth
    from above where party_id <> id
),
named as (
    select
        entity_id as party_id,
        name,
        case when entity_type = 'arrangement' then 'arrangement' else 'legal_entity' end as kind
    from entity where rowid in (from rows_of('entity.entity_id', (select list(party_id) from above)))
    union all
    select person_id, full_name, case when person_type = 'anonymousPerson' then 'protected' else 'person' end
    from person where person_id in (select unnest((select list(party_id) from above)))
)
select f.party_id, n.name, n.kind, f.depth from found f left join named n on n.party_id = f.party_id
