-- Cases by family of their indicators and lane; a case with two families is in both rows.
select
    family,
    count(*) as cases_n,
    count(*) filter (where lane = 'stop') as stop_n,
    count(*) filter (where lane = 'act') as act_n,
    count(*) filter (where lane = 'look') as look_n
from (select unnest(families) as family, case_id, lane from v_case)
where case_id in (select case_id from v_flag where state = 'flagged' and {in_area})
group by family
order by stop_n desc, act_n desc, look_n desc, family
