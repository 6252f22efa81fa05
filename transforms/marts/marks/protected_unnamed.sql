-- Entities with a record that an owner is protected but names no party, as in some BODS sources.
select distinct subject_id
from relationship
where is_open and party_id is null and declaration_class = 'protected' and subject_id is not null
