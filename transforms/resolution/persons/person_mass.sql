-- Addresses that are the seat of too many entities, and their postcodes.
create or replace temp table person_mass as
with seat as materialized (
    select a.address_id, a.postcode
    from address_statement a
    join entity_statement s on s.statement_id = a.of_statement_id
    join edition_in_use e on e.register = s.register and e.dataset = s.dataset and e.edition = s.edition
    where a.role = 'registered'
        and a.address_id is not null
        and s.is_registry_entry
        and e.status = 'in_force'
        and s.status not in ('dissolved', 'closed', 'converted', 'removed')
),
mass as (
    select address_id from seat group by address_id having count(*) > {mass_seats_n}
)
select address_id, min(postcode) as postcode
from seat
semi join mass using (address_id)
group by address_id
