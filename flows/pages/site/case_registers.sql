-- Registers in the evidence of each case's flags.
select f.case_id, list(distinct e.register order by e.register) as registers
from v_flag f
join v_evidence e using (flag_id)
where f.case_id is not null
group by f.case_id
order by f.case_id
