-- The rows of one part, in the order of their key.
select r.*
from ({rows}) r
where
    ({part_no} = 0 or row({key}) >= (select begins from part_begins where part_no = {part_no}))
    and coalesce(row({key}) < (select begins from part_begins where part_no = {part_no} + 1), true)
order by {key}
