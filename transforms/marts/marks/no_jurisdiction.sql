-- Legal entities whose country no record states.
select entity_id as subject_id
from entity
where jurisdiction is null and entity_type <> 'arrangement'
