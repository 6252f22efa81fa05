-- Moves of seats: two consecutive editions of a company's register have different address units.
with seat as (
    select
        concat_ws('-', s.identifier_scheme, s.identifier) as company_id,
        s.register,
        a.address_id,
        a.statement_id,
        e.edition_date,
        e.edition_order
    from entity_statement s
    join edition_in_use e using (register, dataset, edition)
    join address_statement a on a.of_statement_id = s.statement_id and a.role = 'registered'
    where s.is_registry_entry
        and s.identifier is not null
        and a.address_id is not null
        and e.edition_date is not null
),
followed as (
    select
        company_id,
        address_id,
        statement_id,
        edition_date,
        lag(address_id) over (
            partition by company_id, register order by edition_order, statement_id
        ) as from_address_id,
        lag(statement_id) over (
            partition by company_id, register order by edition_order, statement_id
        ) as from_statement_id,
        lag(edition_date) over (
            partition by company_id, register order by edition_order, statement_id
        ) as moved_after
    from seat
)
select
    company_id, from_address_id, address_id, moved_after, edition_date as moved_by, from_statement_id,
    statement_id
from followed
where from_address_id <> address_id and moved_after < edition_date
