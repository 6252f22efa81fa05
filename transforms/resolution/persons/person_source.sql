-- Records of persons in order of their anchors, with an address that may link them to others. An address that
-- many have links nobody: a listed one (agents, business centres) with what is a part of it, one with more
-- than so many seats, and somebody else's, to whose care the letters go. A postcode is evidence where few
-- households share it, which is so of British and of whole Dutch ones, and none of those addresses has it:
-- who writes the agent's address in another way still has the agent's postcode.
create or replace temp table person_source as
with mass as (
    select a.address_id, min(a.postcode) as postcode
    from address_statement a
    join entity_statement s on s.statement_id = a.of_statement_id
    join edition_in_use e on e.register = s.register and e.dataset = s.dataset and e.edition = s.edition
    where a.role = 'registered'
        and a.address_id is not null
        and s.is_registry_entry
        and e.status = 'in_force'
        and s.status not in ('dissolved', 'closed', 'converted', 'removed')
    group by a.address_id
    having count(*) > {mass_seats_n}
),
of_many as (
    select postcode from mass where postcode is not null
    union
    select split_part(unit_key, '|', 1) from address_class_list
),
address as (
    select
        *,
        regexp_full_match(postcode, '{household_postcode}')
            and postcode not in (select postcode from of_many) as is_of_few
    from address_statement
),
linking as (
    select
        a.of_statement_id,
        min(a.address_id) as address_id,
        min(a.postcode) filter (a.is_of_few) as postcode
    from address a
    anti join address_class_list l on {in_listed_unit}
    where a.role = 'service'
        and a.address_id is not null
        and not {only_fills}
        and not {in_care}
        and not exists (select 1 from mass m where m.address_id = a.address_id)
    group by a.of_statement_id
)
select
    row_number() over (
        order by e.edition_order, s.register, s.dataset, s.record, s.statement_id
    ) - 1 as row_no,
    s.statement_id,
    s.register,
    s.dataset,
    s.edition,
    s.record,
    -- A statement id is 24 hex digits of its record, a hyphen, and the part of the record it speaks of.
    substr(s.statement_id, 26) as part,
    e.edition_order,
    s.full_name,
    s.forename,
    s.middle_names,
    s.surname,
    s.birth_year,
    s.birth_month,
    a.address_id,
    a.postcode,
    s.person_type = 'knownPerson' as is_known,
    exists (select 1 from listing_statement l where l.party_statement_id = s.statement_id) as is_listed
from person_statement s
join edition_in_use e using (register, dataset, edition)
left join linking a on a.of_statement_id = s.statement_id
order by row_no
