with place as ({place}),
sale as materialized ({sales_there})
select
    p.id, s.transaction_id, s.transferred_on, s.price, s.currency, s.property_type, s.tenure, s.category,
    s.address_text,
    row_number() over (partition by p.id order by s.transferred_on desc, s.transaction_id) as row_no
from place p
join sale s on s.address_id = p.address_id
