-- Expectations checked on the editions of each register, and how many did not pass.
select
    register, count(*) as checked_n,
    count(*) filter (where not passed and severity = 'blocking') as failed_n,
    count(*) filter (where not passed and severity <> 'blocking') as warned_n
from v_gate
where register is not null
group by register
order by register
