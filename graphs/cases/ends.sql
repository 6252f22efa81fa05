-- The two ends of every link, as numbers.
select a.node as src, b.node as dst
from case_candidate c
join case_node a on a.subject_id = c.from_id
join case_node b on b.subject_id = c.to_id
order by src, dst
