-- Numbers that a question may give without their scheme, of registers other than Companies House.
select entity_id, regexp_extract(entity_id, '^[A-Z]{2}-[A-Z_0-9]+-(.*)$', 1) as number
from entity
where rowid in (from rows_of('entity.foreign_number', $numbers))
order by entity_id
