-- $around, and every party that a chain of interests joins to one of them.
select unnest($around) as party_id
union
select unnest([party_id, subject_id])
from v_closure_edge
where component_no in (
    select component_no from v_closure_edge
    where party_id in (select unnest($around)) or subject_id in (select unnest($around))
)
