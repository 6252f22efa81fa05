-- Of several earlier sales, the one of which the flag speaks.
with ranked as (
    select
        *,
        row_number() over (
            partition by transaction_id order by gain_percent desc, first_on, first_statement_id
        ) as best
    from judged
    where verdict = 'hit'
),
hits as (
    select * from ranked where best = 1
),
sales as (
    select
        transaction_id, 'second sale, ' as which, statement_id, address_statement_id, title_id
    from hits
    union all
    select transaction_id, 'first sale, ', first_statement_id, first_address_statement_id, first_title_id
    from hits
)
select
    transaction_id as subject_id, concat_ws('', which, 'price') as role, statement_id,
    case when title_id is null then 'transaction_statement.price_gbp'
        else 'proprietorship_statement.deed_sum_eur' end as field
from sales
union all
select
    transaction_id, concat_ws('', which, 'day'), statement_id,
    case when title_id is null then 'transaction_statement.transferred_on'
        else 'proprietorship_statement.added_on' end
from sales
union all
select
    transaction_id, concat_ws('', which, 'tenure'), statement_id,
    case when title_id is null then 'transaction_statement.tenure'
        else 'proprietorship_statement.right_kind' end
from sales
union all
select
    transaction_id, concat_ws('', which, 'category'), statement_id,
    case when title_id is null then 'transaction_statement.category'
        else 'proprietorship_statement.share_numerator' end
from sales
union all
select transaction_id, 'second sale, new build', statement_id, 'transaction_statement.is_new_build'
from hits
where title_id is null
union all
select
    transaction_id, concat_ws('', which, 'property'), address_statement_id, 'address_statement.address_text'
from sales
