-- Addresses that are the seat of more than {mass_seats_n} entries of registers.
create or replace temp table seat_of_many as
select a.address_id
from address_statement a
join entity_statement s on s.statement_id = a.of_statement_id
join edition_in_use e on e.register = s.register and e.dataset = s.dataset and e.edition = s.edition
where a.role = 'registered' and a.address_id is not null and s.is_registry_entry and e.status = 'in_force'
group by a.address_id
having count(*) > {mass_seats_n}
