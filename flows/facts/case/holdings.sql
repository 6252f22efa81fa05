-- Direct holdings between these parties.
with edge as materialized (
    select party_id, subject_id, statement_id
    from graph_edge
    where rowid in (from rows_of('graph_edge.subject_id', $ids))
)
from edge
where party_id in (select unnest($ids))
order by party_id, subject_id
