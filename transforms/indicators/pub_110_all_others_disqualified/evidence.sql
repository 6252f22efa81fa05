select b.process_id as subject_id, 'bid' as role, b.statement_id, 'bid_statement.status' as field
from bid b
where b.status in ('valid', 'disqualified')
union all
select process_id, 'award', statement_id, 'award_statement.status'
from award
where status = 'active'
