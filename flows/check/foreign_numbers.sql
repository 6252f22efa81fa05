-- Numbers of other registers than Companies House: a question may give them without their scheme.
select entity_id, regexp_extract(entity_id, '^[A-Z]{2}-[A-Z_0-9]+-(.*)$', 1) as number
from v_entity
where not starts_with(entity_id, 'GB-COH-') and not starts_with(entity_id, 'UT-')
order by entity_id
