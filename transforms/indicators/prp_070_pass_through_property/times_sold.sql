-- How often each property was sold, at least and at most. Several sales on one day are one.
with sold as (
    select property_id, transferred_on, bool_or(is_stated) as is_stated
    from recent_sale
    where may_count
    group by property_id, transferred_on
)
select
    property_id,
    count(*) filter (where is_stated) as sales_n,
    count(*) as most_n,
    min(transferred_on) filter (where is_stated) as first_on,
    max(transferred_on) filter (where is_stated) as last_on
from sold
group by property_id
