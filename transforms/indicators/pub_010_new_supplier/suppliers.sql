-- The day of a body's first payment or award to a supplier, whichever was first.
with begun as (
    select payer_id, payee_id, 'payment' as kind, currency, min(flowed_on) as first_on
    from flow
    where payee_id is not null
        and payee_kind in ('company', 'unclassified')
        and kind = 'payment'
        and status = 'paid'
        and amount > 0
        and cancelled_by is null
        and flowed_on <= $as_of
    group by payer_id, payee_id, currency
    union all
    select buyer_id, supplier_id, 'award', currency, min(awarded_on)
    from award
    where supplier_id is not null
        and buyer_id is not null
        and supplier_kind in ('company', 'unclassified')
        and status = 'active'
        and awarded_on <= $as_of
    group by buyer_id, supplier_id, currency
),
earliest as (
    select
        payer_id, payee_id,
        min(first_on) as first_on,
        min(case when kind = 'award' then first_on end) as first_award_on
    from begun
    group by payer_id, payee_id
)
select
    b.payer_id, b.payee_id, b.kind, b.currency, f.first_on,
    coalesce(f.first_award_on = f.first_on, false) as by_award
from begun b
join earliest f on f.payer_id = b.payer_id and f.payee_id = b.payee_id
