-- Entities that state that nobody has significant control.
select distinct subject_id
from relationship
where declaration_class = 'no_owner' and is_open
