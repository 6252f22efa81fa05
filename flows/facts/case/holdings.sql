-- Direct holdings between these parties, within the given parts of the closure.
select party_id, subject_id, statement_id
from v_closure_edge
where
    component_no in (select unnest($components))
    and party_id in (select unnest($ids))
    and subject_id in (select unnest($ids))
order by party_id, subject_id
