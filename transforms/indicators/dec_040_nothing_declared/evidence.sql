with silent as (
    select c.company_id, c.statement_id, c.registered_on
    from company c
    where c.is_active and c.must_declare_owners
        and not exists (
            select 1
            from relationship r
            where r.subject_id = c.company_id and r.is_open and not r.is_office
        )
)
select
    company_id as subject_id, 'form of the entity' as role, statement_id,
    'entity_statement.legal_form_class' as field
from silent
union all
select company_id, 'status of the entity', statement_id, 'entity_statement.status' from silent
union all
select company_id, 'incorporated', statement_id, 'entity_statement.incorporated_on'
from silent
where registered_on is null
union all
select company_id, 'registered', statement_id, 'entity_statement.registered_on'
from silent
where registered_on is not null
union all
select r.subject_id, 'record that has ended', r.statement_id, 'relationship_statement.valid_to'
from relationship r
join silent s on s.company_id = r.subject_id
where not r.is_office and (r.valid_to <= $as_of or r.is_ceased)
