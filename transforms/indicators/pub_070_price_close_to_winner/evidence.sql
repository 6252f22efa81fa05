select
    process_id as subject_id,
    'winning bid' as role,
    won_statement_id as statement_id,
    'bid_statement.amount' as field
from price_gap
union all
select process_id, 'lowest other bid', next_statement_id, 'bid_statement.amount' from price_gap
union all
select g.process_id, 'award', o.statement_id, 'award_statement.status'
from price_gap g
join process_outcome o using (process_id)
