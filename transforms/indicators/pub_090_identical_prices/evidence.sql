select b.process_id as subject_id, 'bid' as role, b.statement_id, 'bid_statement.amount' as field
from bid b
join prices p
    on p.process_id = b.process_id and p.amount = b.amount and p.currency = b.currency and p.bidders_n > 1
where b.status in ('pending', 'valid', 'disqualified')
