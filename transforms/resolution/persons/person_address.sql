-- Addresses that may link a record of a person to others. An address that many share links nobody: a listed
-- address (agents, business centres) or a part of one, one with too many seats, and one care of somebody
-- else. A postcode is evidence if few households share it, as for British and complete Dutch postcodes, and
-- if none of those addresses has it, because another spelling of an agent's address has the agent's postcode.
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
