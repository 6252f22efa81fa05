-- Cases by district and lane, the first $shown; those in no known district are a row of their own.
select
    area_name,
    min(area_code) as area_code,
    count(*) as cases_n,
    count(*) filter (where lane = 'stop') as stop_n,
    count(*) filter (where lane = 'act') as act_n,
    count(*) filter (where lane = 'look') as look_n,
    count(*) over () as all_n
from v_case
where case_id in (select case_id from v_flag where state = 'flagged' and {in_area})
group by area_name
order by area_name is null, stop_n desc, act_n desc, look_n desc, area_name
limit $shown
