-- Edges by bucket. One to a party that is not among the nodes goes to the first, where it is refused.
select e.* exclude (holder, held, is_link), coalesce(b.bucket, 0) as bucket
from edge e
left join bucket b on b.number = e.held
