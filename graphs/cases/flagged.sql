-- Every flagged subject, and whether one of its flags may open a case.
select n.node, bool_or(f.may_open) as may_open
from case_flag f
join case_node n using (subject_id)
group by n.node
order by n.node
