select
    property_id,
    count(distinct transferred_on) filter (where is_stated) as sales_n,
    count(distinct transferred_on) as most_n,
    min(transferred_on) filter (where is_stated) as first_on,
    max(transferred_on) filter (where is_stated) as last_on
from recent_sale
where may_count
group by property_id
