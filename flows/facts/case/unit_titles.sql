-- (id, title_id): the registered titles of properties and sales. A case on a sale is about the title's
-- proprietors.
select distinct p.id, x.title_id
from (
    select transaction_id as id, property_id from v_transaction where transaction_id in (select unnest($ids))
    union all
    select property_id, property_id from v_property where property_id in (select unnest($ids))
) p
join v_title_address x on x.property_id = p.property_id
order by p.id, x.title_id
