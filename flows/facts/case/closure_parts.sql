-- Numbers of the weakly connected parts of the ownership closure that these parties are in.
select distinct component_no
from v_closure_edge
where subject_id in (select unnest($ids)) or party_id in (select unnest($ids))
order by component_no
