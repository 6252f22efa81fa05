with stated as (
    select process_id, statement_id from tender where bidders_n = 1
)
select
    process_id as subject_id, 'number of bidders' as role, statement_id, 'tender_statement.bidders_n' as field
from stated
union all
select process_id, 'who may bid', statement_id, 'tender_statement.method' from stated
