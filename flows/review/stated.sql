-- What each wanted record states in its newest edition: name, birth, number, address and what it holds.
with stated as (
    select
        register,
        record,
        edition,
        statement_id,
        'person' as kind,
        full_name as name,
        birth_year,
        birth_month,
        null as number,
        null as jurisdiction,
        null as role
    from person_statement semi join wanted using (register, record)
    union all
    select
        register, record, edition, statement_id, 'entity', name, null, null, identifier_native, jurisdiction,
        role
    from entity_statement semi join wanted using (register, record)
),
newest as (
    select *
    from stated
    qualify row_number() over (
        partition by register, record order by edition desc, kind desc, statement_id
    ) = 1
),
address as (
    select of_statement_id as statement_id, min(address_text) as address
    from address_statement
    where of_statement_id in (select statement_id from newest) and role <> 'property'
    group by all
),
held as (
    select
        party_statement_id as statement_id,
        list_sort(list(distinct coalesce(subject_id, subject_statement_id))) as subjects
    from relationship_statement
    where party_statement_id in (select statement_id from newest)
    group by all
)
select n.*, a.address, h.subjects
from newest n left join address a using (statement_id) left join held h using (statement_id)
order by register, record
