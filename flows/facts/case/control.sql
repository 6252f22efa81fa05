select party_id, subject_id, verdict, kind
from graph_control
where
    kind <> 'influence'
    and party_id in (select unnest($ids))
    and rowid in (from rows_of('graph_control.subject_id', $ids))
order by party_id, subject_id
