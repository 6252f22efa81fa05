-- The two ends of every link, as numbers, each pair once, the smaller first.
select distinct
    cast(least(a.node, b.node) as integer) as src,
    cast(greatest(a.node, b.node) as integer) as dst
from case_candidate c
join case_node a on a.subject_id = c.from_id
join case_node b on b.subject_id = c.to_id
order by src, dst
