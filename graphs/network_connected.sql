-- $around, and every party connected to one of them by a chain of interests.
select unnest($around) as party_id
union
select unnest([party_id, subject_id])
from v_closure_edge
where component_no in (
    select component_no from v_closure_edge
    where party_id in (select unnest($around)) or subject_id in (select unnest($around))
)
