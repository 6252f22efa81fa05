-- Seats of permit applicants and of companies with a case of insolvency, in all editions held: present and
-- former seats, each with the first and the last edition that shows it.
with shown as (
    select
        concat_ws('-', s.identifier_scheme, s.identifier) as company_id,
        a.address_id,
        a.statement_id,
        e.edition_date,
        e.edition_order,
        e.status
    from entity_statement s
    join edition_in_use e using (register, dataset, edition)
    join address_statement a on a.of_statement_id = s.statement_id and a.role = 'registered'
    where s.is_registry_entry and s.identifier is not null and a.address_id is not null
        and concat_ws('-', s.identifier_scheme, s.identifier) in (
            select applicant_id from permit
            union
            select company_id from insolvency
        )
),
ranked as (
    select
        *,
        min(edition_date) over (partition by company_id, address_id) as first_seen_on,
        max(edition_date) over (partition by company_id, address_id) as last_seen_on,
        row_number() over (
            partition by company_id, address_id
            order by (status = 'in_force') desc, edition_order desc, statement_id
        ) as newest
    from shown
)
select company_id, address_id, first_seen_on, last_seen_on, statement_id
from ranked
where newest = 1
