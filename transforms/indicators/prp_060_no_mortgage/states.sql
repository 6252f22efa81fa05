with ranked as (
    select
        *,
        row_number() over (
            partition by title_id
            order by
                case outcome when 'miss' then 0 when 'hit' then 2 else 1 end,
                added_on,
                outcome,
                statement_id
        ) as first_row
    from judged
)
select
    title_id as subject_id,
    state_of(outcome) as state,
    reason_of(outcome) as reason,
    case when outcome = 'hit' then 100 * price / nullif(middle_price, 0) end as value,
    'per cent' as unit,
    100 as threshold,
    case when outcome = 'hit' then sales_n end as peer_n,
    proprietor_name,
    added_on,
    price,
    currency_sign(currency) as sign,
    middle_price,
    index_year,
    case
        when round(100 * price / nullif(middle_price, 0)) > 100
            then cast(cast(round(100 * price / nullif(middle_price, 0)) as bigint) as varchar)
        else 'more than 100'
    end as share_words
from ranked
where first_row = 1
