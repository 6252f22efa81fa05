-- The subjects of these cases that may have a page: all but natural persons.
with member as (
    select distinct subject_id, subject_type, subject_name
    from v_case_member
    where case_id in (select unnest($cases)) and subject_type <> 'person'
)
select
    m.subject_id, m.subject_type,
    coalesce(min(m.subject_name), min(s.subject_name)) as subject_name,
    min(s.area_name) as area_name, min(s.area_code) as area_code
from member m
left join v_subject s on s.subject_id = m.subject_id and s.subject_type = m.subject_type
group by m.subject_id, m.subject_type
order by m.subject_id, m.subject_type
