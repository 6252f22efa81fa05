-- Name and kind of the parties in the column party_id of `mine`.
select
    entity_id as party_id, name,
    case when entity_type = 'arrangement' then 'arrangement' else 'legal_entity' end as kind
from entity
where rowid in (from rows_of('entity.entity_id', (select list(party_id) from mine)))
union all
select
    person_id, full_name,
    case when person_type = 'anonymousPerson' then 'protected' else 'person' end
from v_person
where person_id in (select party_id from mine)
