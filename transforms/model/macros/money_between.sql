select flow_id, payer_id, payee_id, kind, status, amount, currency, flowed_on, purpose, register, record
from flow
where (payer_id = a and payee_id = b) or (payer_id = b and payee_id = a)
order by flowed_on, flow_id
