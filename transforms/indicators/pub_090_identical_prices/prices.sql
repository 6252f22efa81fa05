-- The number of different bidders for each price. A joint bid of the same parties is one bidder.
with bidders as (
    select
        process_id, bid_id, amount, currency,
        count(*) as parties_n,
        min(bidder_ref) as first_ref,
        max(bidder_ref) as last_ref
    from bid
    where status in ('pending', 'valid', 'disqualified') and amount is not null and currency is not null
    group by process_id, bid_id, amount, currency
)
select
    process_id,
    amount,
    currency,
    count(distinct case when first_ref is not null then concat_ws(' ', parties_n, first_ref, last_ref) end)
        as bidders_n
from bidders
group by process_id, amount, currency
