-- The flags that put these cases into their lane.
select f.case_id, f.indicator, f.subtype, f.explanation, f.explanation_nl
from v_case c
join v_flag f on f.flag_id = c.lane_flag_id
where c.case_id in (select unnest($ids))
order by f.case_id
