with moved as (
    select c.company_id, c.address_statement_id, c.statement_id
    from company c
    left join (select address_id from address where address_class = 'default') a using (address_id)
    where c.is_active and (c.is_at_default_address or a.address_id is not null)
)
select
    company_id as subject_id, 'seat' as role, address_statement_id as statement_id,
    'address_statement.address_text' as field
from moved
union all
select company_id, 'status of the entity', statement_id, 'entity_statement.status' from moved
