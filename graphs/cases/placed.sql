-- The subjects of each numbered case.
select p.number, n.subject_id
from case_place p
join case_node n using (node)
order by p.number, n.subject_id
