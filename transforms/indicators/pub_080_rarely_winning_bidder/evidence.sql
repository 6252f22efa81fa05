with entered as (
    select
        bidder_id,
        statement_id,
        row_number() over (partition by bidder_id order by process_id, bid_id, position) as nth
    from bid
    where status = 'valid' and partners_n = 1 and bidder_id is not null
)
-- The first bids, at most a hundred.
select bidder_id as subject_id, 'bid' as role, statement_id, 'bid_statement.status' as field
from entered
where nth <= 100
union all
select a.supplier_id, 'award', a.statement_id, 'award_statement.status'
from award a
where a.status = 'active' and a.supplier_id in (select bidder_id from entered)
