with ranked as (
    select
        *,
        row_number() over (
            partition by payee_id
            order by
                amount >= $amount desc, is_planned desc, flowed_on desc, amount desc, payer_id,
                payee_account, currency
        ) as first_row
    from changed
),
suppliers as (
    select distinct payee_id from bundle
)
select
    s.payee_id as subject_id,
    case when r.amount >= $amount then 'flagged' else 'not_flagged' end as state,
    r.amount as value,
    r.currency as unit,
    $amount as threshold,
    thousands(r.amount) as sum_paid,
    r.currency,
    r.flowed_on,
    r.first_on,
    case when r.is_planned = 1 then 'is to be paid' else 'was paid' end as paid_words,
    cast($days as varchar) as within_days
from suppliers s
left join ranked r on r.payee_id = s.payee_id and r.first_row = 1
