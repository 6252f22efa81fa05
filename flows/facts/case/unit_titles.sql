-- (id, title_id): the registered titles of properties and sales. A case with a sale is about the proprietors
-- of the title.
with unit as (
    select transaction_id as id, property_id from v_transaction where transaction_id in (select unnest($ids))
    union all
    select property_id, property_id from v_property where property_id in (select unnest($ids))
)
select distinct u.id, x.title_id
from unit u
join (
    select property_id, title_id
    from title_address
    where rowid in (from rows_of('title_address.property_id', (select list(property_id) from unit)))
) x using (property_id)
order by u.id, x.title_id
