-- Rows of DWELLING without their indicator: how many private homes of each district have each state. Python
-- puts in rows with one state for each subject.
select
    coalesce(n.area_name, $no_district) as area_name,
    max(n.area_code) as area_code,
    count(*) filter (where s.state = 'flagged') as flagged_n,
    count(*) filter (where s.state = 'not_flagged') as not_flagged_n,
    count(*) filter (where s.state = 'not_assessable') as not_assessable_n
from {states} s
left join {subjects} n using (subject_id)
where s.is_private
group by coalesce(n.area_name, $no_district)
