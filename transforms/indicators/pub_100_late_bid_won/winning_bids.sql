-- Valid bids of suppliers with a valid award, with their time.
select
    b.process_id, b.received_at, b.bidder_name, b.statement_id,
    min(a.statement_id) as award_statement_id
from bid b
join award a on a.process_id = b.process_id and a.supplier_ref = b.bidder_ref and a.status = 'active'
where b.status = 'valid' and b.received_at is not null
group by b.process_id, b.received_at, b.bidder_name, b.statement_id
