-- Trusts and firms, which have an owner behind what they hold.
select entity_id as subject_id
from entity
where entity_type = 'arrangement'
