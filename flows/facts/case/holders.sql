-- Who directly holds these parties, within the given parts of the closure.
select distinct party_id
from v_closure_edge
where component_no in (select unnest($components)) and subject_id in (select unnest($ids))
order by party_id
