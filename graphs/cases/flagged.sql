-- Every flagged subject, and whether one of its flags may open a case alone, join one of its control group
-- that a graver flag opens, or open one together with others.
select
    n.node,
    bool_or(f.may_open) as may_open,
    bool_or(f.may_join) as may_join,
    bool_or(f.may_open_together) as may_open_together
from case_flag f
join case_node n using (subject_id)
group by n.node
order by n.node
