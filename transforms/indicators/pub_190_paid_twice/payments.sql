-- Lines of the authority's own ledger by supplier, amount and invoice. Lines of one invoice and day with
-- different budgets or purposes are one payment, with their sum; lines that are equal in all of these are two
-- payments. Each line of a payment is also compared by itself, because it may be paid again without the
-- others.
with lines as (
    select
        f.payer_id, f.payee_id, f.currency, f.amount, f.flowed_on, f.invoice, f.category, f.purpose,
        f.status, f.statement_id,
        spaced_words(f.invoice) as words
    from flow f
    join register_role r on r.register = f.register and r.role = 'ledger'
    left join exempt x on x.entity_id = f.payee_id
    where f.kind = 'payment'
        and f.payee_kind = 'company'
        and f.payee_id is not null
        and f.amount > 0
        and f.cancelled_by is null
        and regexp_matches(f.invoice, '[1-9]')
        and (f.status = 'planned' or f.flowed_on <= $as_of)
        and x.entity_id is null
),
-- The invoice without spaces, zeros that begin a number, and the letters before its first digit, unless these
-- name a month or season in English, Dutch or French: suppliers number their invoices anew in each.
keyed as (
    select
        *,
        replace(
            regexp_replace(
                case
                    when regexp_matches(
                        words,
                        '^[^0-9]*(jan|feb|fev|mar|mrt|maart|apr|avr|may|mei|mai|ju[nil]|aug|aou|sep|o[ck]t'
                        '|nov|dec|spring|summer|autumn|winter|lente|zomer|herfst|printemps|ete|automne|hiver)'
                    ) then words
                    else regexp_replace(words, '^[^0-9]*', ' ')
                end,
                ' 0+', ' ', 'g'
            ),
            ' ', ''
        ) as invoice_key
    from lines
),
numbered as (
    select
        *,
        row_number() over (
            partition by payer_id, payee_id, currency, amount, flowed_on, invoice, category, purpose
            order by statement_id
        ) as nth
    from keyed
),
-- The position of each line in its payment, and among the lines of the same amount in it.
placed as (
    select
        *,
        sum(amount) over (
            partition by payer_id, payee_id, currency, flowed_on, invoice, nth
        ) as paid,
        row_number() over (
            partition by payer_id, payee_id, currency, flowed_on, invoice, nth order by statement_id
        ) as line_no,
        row_number() over (
            partition by payer_id, payee_id, currency, amount, flowed_on, invoice, nth order by statement_id
        ) as of_amount
    from numbered
)
select
    'payment' as compared, payer_id, payee_id, currency, paid as amount, invoice_key, flowed_on, invoice,
    status, statement_id, line_no
from placed
union all
select
    'single line', payer_id, payee_id, currency, amount, invoice_key, flowed_on, invoice, status,
    statement_id, 1
from placed
where of_amount = 1
