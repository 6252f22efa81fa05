select stage, count(*) filter (where passed) as passed_n, count(*) as checked_n
from v_gate
group by stage
order by stage
