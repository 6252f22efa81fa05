with hits as (
    select * from paired where outcome = 'hit'
)
select
    transaction_id as subject_id, 'sum of the deed' as role, statement_id,
    'proprietorship_statement.deed_sum_eur' as field
from hits
union all
select transaction_id, 'day', statement_id, 'proprietorship_statement.added_on' from hits
union all
select transaction_id, 'who came', came_statement_id, 'proprietorship_statement.title_id' from hits
union all
select transaction_id, 'who left', left_statement_id, 'proprietorship_statement.title_id' from hits
union all
select h.transaction_id, 'stratum: district', t.statement_id, 'title_statement.district'
from hits h
join title t using (title_id)
