-- Rows of one input with their bucket: the number of the component modulo {buckets}; the largest has
-- a bucket to itself. An interest in an unknown party goes to the first bucket, where it is an error.
select
    r.*,
    '{input}' as input,
    c.component_no,
    coalesce(
        case when c.component_no = {largest} then {buckets} else c.component_no % {buckets} end, 0
    ) as bucket
from {input} r
left join component c on c.party_id = r.{party}
