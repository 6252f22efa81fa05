select payer_id, payee_id, currency, min(flowed_on) as first_on
from flow
where payee_id is not null
    and payee_kind in ('company', 'unclassified')
    and kind = 'payment'
    and status = 'paid'
    and amount > 0
    and cancelled_by is null
    and flowed_on <= $as_of
group by payer_id, payee_id, currency
