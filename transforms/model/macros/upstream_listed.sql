-- The entity, and parties above it through interests of any size, that are on a list or may be.
with recursive
around as (
    select distinct component_no from graph_edge where rowid in (from rows_of('graph_edge.subject_id', [id]))
),
pair as (
    select component_no, subject_id, party_id
    from graph_edge
    where component_no in (select component_no from around)
),
above(component_no, party_id) as (
    select component_no, id from around
    union
    select p.component_no, p.party_id
    from above a
    join pair p on p.component_no = a.component_no and p.subject_id = a.party_id
),
parties as (
    select id as party_id
    union
    select party_id from above
),
listed as (
    select p.party_id, l.party_id as listed_party_id, 'listed' as certainty
    from parties p
    join listing l on l.party_id = p.party_id
    union
    select p.party_id, s.listed_party_id, 'candidate'
    from parties p
    join screening s on s.party_id = p.party_id
)
select
    c.party_id, c.certainty, l.list_name, l.topic, l.listing_class, l.programme, l.is_binding, l.is_open,
    l.valid_from, l.statement_id
from listed c
join listing l on l.party_id = c.listed_party_id
order by c.certainty desc, c.party_id, l.statement_id
