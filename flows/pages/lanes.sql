-- How many cases each lane has, with a flag in the chosen areas, and how many of them are new.
select
    c.lane,
    count(*) as cases_n,
    count(*) filter (where n.change = 'new') as new_n,
    count(*) filter (where n.change = 'changed') as changed_n
from v_case c
left join v_case_change n using (case_id)
where c.case_id in (select case_id from v_flag where state = 'flagged' and {in_area})
group by c.lane
order by list_position(['stop', 'act', 'look'], c.lane)
