-- What each body paid a supplier in the twelve months from its first payment or award, less credits, and what
-- it awarded in these months. The value of a framework agreement is not an order, and that of an award to
-- several is not one supplier's.
select
    s.payer_id, s.payee_id, s.kind, s.currency, s.first_on, s.by_award,
    sum(f.amount) as received
from suppliers s
join flow f
    on f.payer_id = s.payer_id
    and f.payee_id = s.payee_id
    and f.currency = s.currency
    and f.kind = 'payment'
    and f.status = 'paid'
    and f.cancels is null
    and f.cancelled_by is null
    and date_diff('day', s.first_on, f.flowed_on) between 0 and 364
    and f.flowed_on <= $as_of
where s.kind = 'payment'
group by s.payer_id, s.payee_id, s.kind, s.currency, s.first_on, s.by_award
union all
select
    s.payer_id, s.payee_id, s.kind, s.currency, s.first_on, s.by_award,
    sum(case when a.suppliers_n = 1 and not a.is_framework then a.amount end)
from suppliers s
join award a
    on a.buyer_id = s.payer_id
    and a.supplier_id = s.payee_id
    and a.currency is not distinct from s.currency
    and a.status = 'active'
    and date_diff('day', s.first_on, a.awarded_on) between 0 and 364
    and a.awarded_on <= $as_of
where s.kind = 'award'
group by s.payer_id, s.payee_id, s.kind, s.currency, s.first_on, s.by_award
