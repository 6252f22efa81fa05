-- The pair of two records, in either order.
with pair as ({pairs})
select *
from pair
where
    (register = $register and record = $record
        and other_register = $other_register and other_record = $other_record)
    or (register = $other_register and record = $other_record
        and other_register = $register and other_record = $record)
order by weight_bits nulls last
limit 1
