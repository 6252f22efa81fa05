-- The first $shown flags of each indicator in the chosen areas, in the review order of their cases; those in
-- no case come last.
select
    f.indicator, f.flag_id, f.subject_id, f.subject_name, f.explanation, f.explanation_nl, f.lane, f.subtype,
    f.area_name, f.first_seen_on, f.case_id, c.position,
    row_number() over (
        partition by f.indicator
        order by c.position nulls last, f.subject_name nulls last, f.subject_id, f.subtype nulls first,
            f.flag_id
    ) as place
from (select * from v_flag where state = 'flagged' and {in_area}) f
left join v_case c on c.case_id = f.case_id
qualify place <= $shown
order by f.indicator, place
