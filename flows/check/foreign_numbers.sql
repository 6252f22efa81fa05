-- Numbers that a question may give without their scheme, of registers that are not of a home country.
select entity_id, regexp_extract(entity_id, '^[A-Z]{2}-[A-Z_0-9]+-(.*)$', 1) as number
from v_entity
where
    not starts_with(entity_id, 'UT-')
    and not exists (
        select 1
        from v_role_held r
        where r.role = 'companies' and starts_with(entity_id, concat_ws('', r.identifier_scheme, '-'))
    )
order by entity_id
