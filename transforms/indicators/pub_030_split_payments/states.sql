with suppliers as (
    select
        f.payee_id,
        bool_or(l.payer_id is not null) as has_limit
    from flow f
    left join home_limit l on l.payer_id = f.payer_id and l.currency = f.currency
    where f.kind = 'payment'
        and f.status = 'paid'
        and f.payee_kind in ('company', 'unclassified')
        and f.payee_id is not null
        and f.flowed_on <= $as_of
        and f.amount > 0
    group by f.payee_id
),
payers as (
    select payer_id, max(payer_name) as payer_name
    from flow
    where kind = 'payment' and payer_id in (select payer_id from split)
    group by payer_id
),
ranked as (
    select
        *,
        row_number() over (
            partition by payee_id
            order by
                invoices_n desc, together desc, first_on, payer_id, kind_of desc, what, currency, statement_id
        ) as first_row
    from split
),
judged as (
    select
        s.payee_id, r.payer_id, p.payer_name, r.invoices_n, r.together, r.currency, r.first_on, r.last_on,
        r.what, r.approval_limit,
        case
            when x.entity_id is not null then 'miss'
            when r.payee_id is not null then 'hit'
            when not s.has_limit then 'no_limit'
            else 'miss'
        end as outcome
    from suppliers s
    left join ranked r on r.payee_id = s.payee_id and r.first_row = 1
    left join payers p on p.payer_id = r.payer_id
    left join exempt x on x.entity_id = s.payee_id
)
select
    payee_id as subject_id,
    state_of(outcome) as state,
    reason_of(outcome) as reason,
    case when outcome = 'hit' then invoices_n end as value,
    'invoices' as unit,
    $n as threshold,
    coalesce(payer_name, payer_id) as payer_name,
    what,
    case when first_on = last_on then concat_ws(' ', 'on', cast(first_on as varchar))
        else concat_ws(' ', 'from', cast(first_on as varchar), 'to', cast(last_on as varchar))
    end as period_words,
    thousands(together) as together,
    thousands(approval_limit) as approval_limit,
    currency
from judged
