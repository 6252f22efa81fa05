with stated as (
    select process_id, statement_id from tender where method = 'open'
)
select
    process_id as subject_id, 'bids accepted from' as role, statement_id, 'tender_statement.opens_at' as field
from stated
union all
select process_id, 'bids accepted until', statement_id, 'tender_statement.closes_at' from stated
union all
select process_id, 'who may bid', statement_id, 'tender_statement.method' from stated
