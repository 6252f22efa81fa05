-- Who directly holds these parties.
select distinct party_id, subject_id
from v_closure_edge
where subject_id in (select unnest($ids))
order by party_id, subject_id
