-- What each payer paid a supplier in the twelve months from its first payment, credits taken off.
select
    s.payer_id, s.payee_id, s.currency, s.first_on,
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
group by s.payer_id, s.payee_id, s.currency, s.first_on
