-- The case that each of $ids leads to: the case of that id; else the case that has it as an alias; else
-- the case of the flag that is named by it, or that named the case.
with wanted as (select unnest($ids) as given),
candidate as (
    select w.given, c.case_id, 1 as place
    from wanted w
    join v_case c on c.case_id = w.given
    union all
    select w.given, a.case_id, 2
    from wanted w
    join v_case_alias a on a.previous_case_id = w.given
    union all
    select w.given, f.case_id, 3
    from wanted w
    join v_flag f
      on f.flag_id = case when starts_with(w.given, 'UT-C-') then substring(w.given, 6) else w.given end
    where f.case_id is not null
)
select given, case_id
from candidate
qualify row_number() over (partition by given order by place, case_id) = 1
order by given
