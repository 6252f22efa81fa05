-- Two bids for one tender by different bidders, with the relevant day. A register held has the first bidder;
-- the other may be unknown.
with bids as (
    select
        b.process_id,
        b.bid_id,
        b.bidder_id,
        b.statement_id,
        coalesce(b.bidder_id, b.bidder_ref, b.statement_id) as bidder_key,
        coalesce(b.bidder_name, b.bidder_id) as bidder_name,
        cast(coalesce(b.received_at, t.closes_at, t.released_at) as date) as bid_on,
        coalesce(t.title, b.process_id) as tender_name
    from bid b
    left join tender t using (process_id)
    where b.status in ('pending', 'valid', 'disqualified')
)
select
    a.process_id,
    a.tender_name,
    a.bid_on,
    a.bidder_id,
    a.statement_id,
    b.bidder_id as other_id,
    b.bidder_name as other_name,
    b.statement_id as other_statement_id
from bids a
join bids b on b.process_id = a.process_id and b.bid_id <> a.bid_id and b.bidder_key <> a.bidder_key
where a.bidder_id in (select entity_id from entity)
