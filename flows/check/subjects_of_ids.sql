-- Ids of subjects of a release. An id of a sale stands for the property sold, or its address where the
-- property is not known.
select asked_id, subject_id, subject_type, name
from (
    select entity_id as asked_id, entity_id as subject_id, 'legal_entity' as subject_type, name
    from entity
    where rowid in (from rows_of('entity.entity_id', $ids))
    union all
    select title_id, title_id, 'title', address_text
    from title
    where rowid in (from rows_of('title.title_id', $ids))
    union all
    -- A title in no edition in force, known by a proprietor who has left it.
    select distinct title_id, title_id, 'title', cast(null as varchar)
    from proprietorship
    where
        rowid in (from rows_of('proprietorship.title_id', $ids))
        and title_id not in (select title_id from title where rowid in (from rows_of('title.title_id', $ids)))
    union all
    select person_id, person_id, 'person', full_name
    from v_person
    where person_id in (select unnest($ids))
    union all
    select address_id, address_id, 'address', address_text
    from ({units})
    union all
    select property_id, property_id, 'property', address_text
    from v_property
    where property_id in (select unnest($ids))
    union all
    select
        t.transaction_id,
        coalesce(p.property_id, t.address_id),
        case when p.property_id is null then 'address' else 'property' end,
        coalesce(p.address_text, t.address_text)
    from v_transaction t
    left join v_property p using (property_id)
    where t.transaction_id in (select unnest($ids)) and coalesce(p.property_id, t.address_id) is not null
    union all
    select distinct
        g.control_group_id,
        g.control_group_id,
        'control_group',
        coalesce(e.name, 'a group under one natural person')
    from v_control_group g
    left join v_entity e on e.entity_id = g.controller_id
    where g.control_group_id in (select unnest($ids))
)
order by asked_id, subject_type, subject_id
