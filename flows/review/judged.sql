-- The pairs that were judged, found by the hashes that the chain of judgements holds of both records, in
-- order.
with pair as ({pairs})
select *
from pair
where array_to_string(
    list_sort([
        concat_ws(' ', register, {hash}),
        concat_ws(' ', other_register, {other_hash})
    ]),
    ' '
) in (select unnest($judged))
order by score desc, register, record, other_register, other_record
