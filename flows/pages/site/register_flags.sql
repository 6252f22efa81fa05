-- Flags that rest on at least one fact of each register.
select e.register, count(distinct e.flag_id) as flags_n
from v_evidence e
group by e.register
order by e.register
