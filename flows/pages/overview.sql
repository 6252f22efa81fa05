-- Every indicator with its counts in the whole release, and its flags in the chosen areas and in cases.
select
    i.code, i.title, i.lane, i.n_flagged, i.n_not_flagged, i.n_not_assessable, i.base_rate,
    i.n_dwellings_flagged,
    count(f.flag_id) as flags_n,
    count(f.case_id) as in_cases_n
from v_indicator i
left join (select * from v_flag where state = 'flagged' and {in_area}) f on f.indicator = i.code
group by all
order by i.code
