-- Kind and name of the subject with this id.
select subject_type as kind, subject_name as name
from v_subject
where subject_id = $id and subject_type <> 'control_group'
union all
select 'person', null from v_person where person_id = $id
union all
select
    'control_group',
    coalesce(min(f.subject_name), min(e.name), 'a group under one natural person')
from v_control_group g
left join v_entity e on e.entity_id = g.controller_id
left join v_flag f on f.subject_id = g.control_group_id and f.subject_type = 'control_group'
where g.control_group_id = $id
having count(*) > 0
union all
select 'control_group', min(subject_name)
from v_flag
where
    subject_id = $id
    and subject_type = 'control_group'
    and subject_id not in (select control_group_id from v_control_group)
having count(*) > 0
order by kind, name
