select distinct s.payee_id as subject_id, 'invoice' as role, f.statement_id, 'flow_statement.amount' as field
from split s
join flow f
    on f.payer_id = s.payer_id
    and f.payee_id = s.payee_id
    and f.currency = s.currency
    and f.flowed_on = s.flowed_on
    and coalesce(f.invoice, f.flow_id) = s.invoice
left join exempt x on x.entity_id = s.payee_id
where f.kind = 'payment'
    and f.status = 'paid'
    and f.amount > 0
    and f.cancelled_by is null
    and x.entity_id is null
