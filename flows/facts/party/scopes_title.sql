select unnest($ids) as id, unnest($ids) as subject_id, 'itself' as scope, 1 as place
union
select title_id, property_id, 'its property', 2
from v_title_address where property_id is not null and title_id in (select unnest($ids))
union
select x.title_id, s.transaction_id, 'sale of its property', 3
from v_title_address x join v_transaction s using (property_id) where x.title_id in (select unnest($ids))
union
select title_id, party_id, 'its proprietor', 4
from v_proprietorship where ended_on is null and title_id in (select unnest($ids))
