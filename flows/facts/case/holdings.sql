-- Direct holdings between these parties.
select party_id, subject_id, statement_id
from v_closure_edge
where party_id in (select unnest($ids)) and subject_id in (select unnest($ids))
order by party_id, subject_id
