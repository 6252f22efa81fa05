select distinct s.payee_id as subject_id, 'invoice' as role, s.statement_id, 'flow_statement.amount' as field
from split s
left join (select distinct entity_id from exempt) x on x.entity_id = s.payee_id
where x.entity_id is null
