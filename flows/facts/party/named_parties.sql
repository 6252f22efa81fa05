-- Name and kind of every party.
select
    entity_id as party_id, name,
    case when entity_type = 'arrangement' then 'arrangement' else 'legal_entity' end as kind
from v_entity
union all
select
    person_id, full_name,
    case when person_type = 'anonymousPerson' then 'protected' else 'person' end
from v_person
