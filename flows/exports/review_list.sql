-- Every flag of a case, one row each: cases in review order, their flags by lane and indicator.
select
    c.position,
    c.lane as case_lane,
    c.case_id,
    c.title as case_title,
    c.area_name as case_area,
    f.lane,
    f.indicator,
    i.title as indicator_title,
    i.title_nl as indicator_title_nl,
    f.subject_type,
    f.subject_id,
    f.subject_name,
    f.area_name as subject_area,
    f.explanation,
    f.explanation_nl,
    f.first_seen_on,
    f.flag_id
from v_case c
join v_flag f using (case_id)
join v_indicator i on i.code = f.indicator
where $case is null or c.case_id = $case
order by
    c.position,
    case f.lane when 'stop' then 1 when 'act' then 2 when 'look' then 3 else 4 end,
    f.indicator,
    f.subject_name nulls last,
    f.subject_id,
    f.flag_id
