select party_id, subject_id, verdict, kind
from v_control
where
    kind <> 'influence'
    and party_id in (select unnest($ids))
    and subject_id in (select unnest($ids))
order by party_id, subject_id
