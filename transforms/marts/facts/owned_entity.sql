select entity_id as subject_id
from entity
where entity_type <> 'arrangement' and entity_id in (select subject_id from relationship)
union
select company_id from company where is_active and must_declare_owners
