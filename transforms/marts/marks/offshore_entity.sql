-- Legal entities of a country on the offshore list.
select e.entity_id as subject_id
from entity e
join offshore_country o on o.country = e.jurisdiction
where e.entity_type <> 'arrangement'
