-- Edges by bucket. An edge to a party that is not a node goes to the first bucket, where it is refused.
select e.* exclude (holder, held, is_link), coalesce(b.bucket, 0) as bucket
from edge e
left join bucket b on b.number = e.held
