with seats as (
    select a.unit_id, c.address_statement_id, c.statement_id
    from company c
    join address a using (address_id)
    where c.is_active and a.address_class <> 'default'
)
select
    unit_id as subject_id, 'seat' as role, address_statement_id as statement_id,
    'address_statement.address_text' as field
from seats
union all
select unit_id, 'status of the entity', statement_id, 'entity_statement.status' from seats
union all
select unit_id, 'form of the entity', statement_id, 'entity_statement.legal_form_class' from seats
