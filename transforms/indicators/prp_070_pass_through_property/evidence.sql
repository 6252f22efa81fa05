with hits as (
    select *
    from recent_sale
    where may_count and is_stated
        and property_id in (select property_id from times_sold where sales_n >= $n)
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
