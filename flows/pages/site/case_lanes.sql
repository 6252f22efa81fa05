-- How many cases of each lane have a flag in the chosen areas, the gravest lane first.
select lane, count(*) as cases_n
from v_case
where case_id in (select case_id from v_flag where state = 'flagged' and {in_area})
group by lane
order by min(position)
