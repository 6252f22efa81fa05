-- Direct holdings between these parties.
select party_id, subject_id, statement_id
from graph_edge
where party_id in (select unnest($ids)) and rowid in (from rows_of('graph_edge.subject_id', $ids))
order by party_id, subject_id
