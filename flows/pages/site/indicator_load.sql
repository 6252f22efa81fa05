-- What each indicator brings to read in this release: flags in the chosen areas, those in a case, and cases.
select
    i.code,
    count(f.flag_id) filter (where {in_area}) as flags_n,
    count(f.case_id) filter (where {in_area}) as in_cases_n,
    count(distinct f.case_id) filter (where {in_area}) as cases_n,
    count(f.flag_id) filter (where f.lane = 'stop' and {in_area}) as stop_n,
    count(f.flag_id) filter (where f.lane = 'act' and {in_area}) as act_n,
    count(f.flag_id) filter (where f.lane = 'look' and {in_area}) as look_n,
    count(f.flag_id) filter (where f.lane = 'data' and {in_area}) as data_n,
    max(f.first_seen_on) as newest_on
from v_indicator i
left join v_flag f on f.indicator = i.code and f.state = 'flagged'
group by i.code
order by i.code
