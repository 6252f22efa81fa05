-- Type and name of each member of a case. Reads `member(case_id, subject_id)`.
with known as (
    select subject_id, subject_type, subject_name from subject where subject_type <> 'control_group'
    union all
    select person_id, 'person', null from person
    union all
    -- Partnerships, which are not subjects.
    select entity_id, 'legal_entity', name
    from entity
    where entity_id not in (select subject_id from subject where subject_type = 'legal_entity')
    union all
    -- Titles in no edition in force, which are known only from a former proprietor.
    select u.title_id, 'title', min(a.address_text)
    from title_address u
    left join title t on t.title_id = u.title_id
    left join address a on a.address_id = u.address_id
    where t.title_id is null
    group by u.title_id
)
select m.case_id, m.subject_id, k.subject_type, k.subject_name
from member m
join known k using (subject_id)
order by m.case_id, m.subject_id
