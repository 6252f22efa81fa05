-- The name of every legal entity, with the district of its registered office and its register's territory.
select e.entity_id as subject_id, e.name as subject_name, c.area_name, c.area_code, c.territory,
    false as is_private
from entity e
left join company c on c.company_id = e.entity_id
