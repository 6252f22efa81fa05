-- Sets of equal payments, less the credits of that amount to the same supplier within 60 days of one of them.
with sets as (
    select
        payer_id, payee_id, currency, amount, digits,
        count(*) as payments_n,
        min(flowed_on) as first_on,
        max(flowed_on) as last_on,
        max(case when status = 'planned' then 1 else 0 end) as is_planned
    from payments
    group by payer_id, payee_id, currency, amount, digits
    having count(*) > 1
),
credited as (
    select s.payer_id, s.payee_id, s.currency, s.amount, s.digits, count(distinct c.flow_id) as credits_n
    from sets s
    join payments p using (payer_id, payee_id, currency, amount, digits)
    join flow c
        on c.payer_id = s.payer_id
        and c.payee_id = s.payee_id
        and c.currency = s.currency
        and c.amount = -s.amount
        and date_diff('day', p.flowed_on, c.flowed_on) between 0 and $days
    group by s.payer_id, s.payee_id, s.currency, s.amount, s.digits
)
select
    s.*,
    s.payments_n - coalesce(c.credits_n, 0) - 1 as extra_n
from sets s
left join credited c using (payer_id, payee_id, currency, amount, digits)
