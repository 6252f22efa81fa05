-- Kind and name of the subject with this id.
select 'legal_entity' as kind, name from v_entity where entity_id = $id
union all
select 'person', null from v_person where person_id = $id
union all
select 'title', address_text from v_title where title_id = $id
union all
select 'property', address_text from v_property where property_id = $id
union all
select 'transaction', address_text from v_transaction where transaction_id = $id
union all
select 'address', address_text from v_address where address_id = $id
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
