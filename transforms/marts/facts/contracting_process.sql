-- Contracting processes for which a notice is held, or bids without a notice.
select process_id, buyer_name, is_price_only, closes_at
from tender
union all
select distinct process_id, null, null, null
from bid
where process_id not in (select process_id from tender)
