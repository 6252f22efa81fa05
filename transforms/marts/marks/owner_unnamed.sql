-- Entities with an open record of an owner that names no party: protected, undisclosed, or for an unknown
-- reason.
select distinct subject_id
from relationship
where is_open
    and not is_office
    and party_id is null
    and coalesce(declaration_class, 'unknown') not in ('no_owner', 'neutral')
    and subject_id is not null
