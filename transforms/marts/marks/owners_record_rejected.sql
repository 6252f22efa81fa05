-- Entities that a rejected record of an owners' register may be about.
select distinct s.subject_id
from rejected_subject s
join entity e on e.entity_id = s.subject_id
join register_role r on r.register = s.register
where r.role = 'owners' and not r.is_partial
