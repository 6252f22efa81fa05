select process_id as subject_id, 'lowest bid' as role, statement_id, 'bid_statement.amount' as field
from lowest
where is_disqualified
union all
select process_id, 'state of the lowest bid', statement_id, 'bid_statement.status'
from lowest
where is_disqualified
union all
select a.process_id, 'award', a.statement_id, 'award_statement.status'
from award a
join lowest l using (process_id)
where a.status = 'active' and l.is_disqualified
