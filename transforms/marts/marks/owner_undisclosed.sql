-- Entities that state that an owner is not identified, confirmed or disclosed.
select distinct subject_id
from relationship
where is_open and declaration_class = 'undisclosed' and subject_id is not null
