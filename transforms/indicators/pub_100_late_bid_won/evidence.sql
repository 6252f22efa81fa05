with late as (
    select w.process_id, w.statement_id, w.award_statement_id, t.statement_id as tender_statement_id
    from winning_bids w
    join tender t using (process_id)
    where w.received_at > t.closes_at
)
select process_id as subject_id, 'bid' as role, statement_id, 'bid_statement.received_at' as field
from late
union all
select process_id, 'award', award_statement_id, 'award_statement.status' from late
union all
select process_id, 'deadline', tender_statement_id, 'tender_statement.closes_at' from late
