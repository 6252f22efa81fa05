with counted as (
    select
        'buyer' as subtype,
        buyer_id as party_id,
        statement_id,
        row_number() over (partition by buyer_id order by process_id, bid_id, position) as nth
    from bid
    where status = 'disqualified' and buyer_id is not null
    union all
    select
        'bidder',
        bidder_id,
        statement_id,
        row_number() over (partition by bidder_id order by process_id, bid_id, position)
    from bid
    where status = 'disqualified' and bidder_id is not null
)
-- The first disqualified bids, at most a hundred.
select
    party_id as subject_id, 'disqualified bid' as role, statement_id, 'bid_statement.status' as field, subtype
from counted
where nth <= 100
