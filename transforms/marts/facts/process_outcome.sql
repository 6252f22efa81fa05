-- The awards of each contracting process together.
select
    process_id,
    count(distinct award_id) filter (where status = 'active') as active_n,
    count(distinct award_id) filter (where status in ('pending', 'unknown')) as undecided_n,
    count(*) filter (where status = 'active') as suppliers_n,
    count(distinct supplier_ref) filter (where status = 'active') as winners_n,
    min(supplier_ref) filter (where status = 'active') as winner_ref,
    min(statement_id) filter (where status = 'active') as statement_id
from award
group by process_id
