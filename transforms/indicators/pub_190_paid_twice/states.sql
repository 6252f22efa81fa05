with ranked as (
    select
        *,
        row_number() over (
            partition by payee_id
            order by
                extra_n > 0 desc, extra_n * amount desc, last_on desc, payer_id, currency, invoice_key,
                compared
        ) as first_row
    from twice
),
suppliers as (
    select distinct payee_id from payments
),
invoices as (
    select
        p.compared, p.payer_id, p.payee_id, p.currency, p.amount, p.invoice_key,
        min(p.invoice) as one_invoice,
        max(p.invoice) as other_invoice
    from payments p
    group by p.compared, p.payer_id, p.payee_id, p.currency, p.amount, p.invoice_key
)
select
    s.payee_id as subject_id,
    case when r.extra_n > 0 then 'flagged' else 'not_flagged' end as state,
    case when r.extra_n > 0 then r.extra_n * r.amount end as value,
    r.currency as unit,
    0 as threshold,
    thousands(r.amount) as each_sum,
    r.currency,
    r.first_on,
    r.last_on,
    case when r.is_planned = 1 then 'is to be paid' else 'was paid' end as paid_words,
    case
        when i.one_invoice <> i.other_invoice then concat_ws(' and ', i.one_invoice, i.other_invoice)
        else i.one_invoice
    end as invoice
from suppliers s
left join ranked r on r.payee_id = s.payee_id and r.first_row = 1
left join invoices i
    on i.compared = r.compared
    and i.payer_id = r.payer_id
    and i.payee_id = r.payee_id
    and i.currency = r.currency
    and i.amount = r.amount
    and i.invoice_key = r.invoice_key
