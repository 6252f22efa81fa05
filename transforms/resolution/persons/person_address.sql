-- Addresses that may link a record of a person to others. An address that many have links nobody: a listed
-- one (agents, business centres) with what is a part of it, one with more than so many seats, and somebody
-- else's, to whose care the letters go. A postcode is evidence where few households share it, which is so of
-- British and of whole Dutch ones, and none of those addresses has it: who writes the agent's address in
-- another way still has the agent's postcode.
create or replace temp table person_address as
with of_many as (
    select postcode from person_mass where postcode is not null
    union
    select split_part(unit_key, '|', 1) from address_class_list
)
select
    a.of_statement_id as statement_id,
    a.address_id,
    case
        when regexp_full_match(a.postcode, '{household_postcode}')
            and a.postcode not in (select postcode from of_many)
            then a.postcode
    end as postcode
from address_statement a
anti join address_class_list l on {in_listed_unit}
where a.role = 'service'
    and a.address_id is not null
    and not {only_fills}
    and not {in_care}
    and a.address_id not in (select address_id from person_mass)
