with hits as (
    select *
    from judged
    where outcome in ('not_in_register', 'demolished', 'never_built', 'no_suitable_use')
)
select
    company_id as subject_id, 'seat' as role, address_statement_id as statement_id,
    'address_statement.object_id' as field
from hits
union all
select company_id, 'status of the entity', statement_id, 'entity_statement.status' from hits
union all
select company_id, 'status of the unit', premises_statement_id, 'premises_statement.status'
from hits
where outcome <> 'not_in_register'
union all
select company_id, 'use of the unit', premises_statement_id, 'premises_statement.uses'
from hits
where outcome = 'no_suitable_use'
