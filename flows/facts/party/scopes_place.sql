with place as ({place}),
title_unit as materialized ({title_units_there}),
sale as materialized ({sales_there}),
company_there as materialized ({companies_there})
select unnest($ids) as id, unnest($ids) as subject_id, 'itself' as scope, 1 as place
union
select id, address_id, 'this address', 2 from place
union
select p.id, x.title_id, 'title there', 3 from place p join title_unit x using (address_id)
union
select p.id, x.property_id, 'property there', 4
from place p join title_unit x using (address_id) where x.property_id is not null
union
select p.id, x.property_id, 'property there', 4 from place p join v_property x using (address_id)
union
select p.id, s.transaction_id, 'sale there', 5 from place p join sale s using (address_id)
union
select p.id, c.company_id, 'company seated there', 6 from place p join company_there c using (address_id)
