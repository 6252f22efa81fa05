with counted as (
    select
        property_id,
        count(distinct transferred_on) filter (
            where is_recent and may_count and is_stated
        ) as sales_n,
        count(distinct transferred_on) filter (where is_recent and may_count) as most_n,
        min(transferred_on) filter (where is_recent and may_count and is_stated) as first_on,
        max(transferred_on) filter (where is_recent and may_count and is_stated) as last_on
    from weighed
    group by property_id
),
hits as (
    select w.*
    from weighed w
    join counted c using (property_id)
    where c.sales_n >= $n and w.is_recent and w.may_count and w.is_stated
)
select
    property_id as subject_id, 'sold' as role, statement_id,
    case when title_id is null then 'transaction_statement.transferred_on'
        else 'proprietorship_statement.added_on' end as field
from hits
union all
select
    property_id, 'sold for', statement_id,
    case when title_id is null then 'transaction_statement.price_gbp'
        else 'proprietorship_statement.deed_sum_eur' end
from hits
union all
select
    property_id, 'category of the sale', statement_id,
    case when title_id is null then 'transaction_statement.category'
        else 'proprietorship_statement.share_numerator' end
from hits
union all
select property_id, 'new build', statement_id, 'transaction_statement.is_new_build'
from hits
where title_id is null and is_new_build is not null
union all
select property_id, 'property sold', address_statement_id, 'address_statement.address_text' from hits
