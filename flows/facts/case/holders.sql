-- Direct holders of these parties.
select distinct party_id, subject_id
from graph_edge
where rowid in (from rows_of('graph_edge.subject_id', $ids))
order by party_id, subject_id
