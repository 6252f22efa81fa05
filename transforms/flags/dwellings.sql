-- Rows of DWELLING without their indicator: the number of private homes in each state, by district. Python
-- fills in rows with one state for each subject.
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
