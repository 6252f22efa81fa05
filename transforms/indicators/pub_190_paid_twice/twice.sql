-- Sets of equal payments, without those that a credit cancelled.
select
    compared, payer_id, payee_id, currency, amount, invoice_key,
    count(*) filter (where line_no = 1) - 1 as extra_n,
    min(flowed_on) as first_on,
    max(flowed_on) as last_on,
    max(case when status = 'planned' then 1 else 0 end) as is_planned
from payments
group by compared, payer_id, payee_id, currency, amount, invoice_key
having count(*) filter (where line_no = 1) > 1
