-- Persons in the editions in force who were born in a month of a listed person. Persons in registers that
-- publish lists are not screened. The parts of a name take precedence over the full name, which has a title.
create or replace temp view screened_person as
select
    p.register,
    p.statement_id,
    coalesce(nullif(concat_ws(' ', p.forename, p.middle_names, p.surname), ''), p.full_name) as name,
    p.birth_year,
    p.birth_month
from person_statement p
join edition_in_use e on e.register = p.register and e.dataset = p.dataset and e.edition = p.edition
where e.status = 'in_force'
    and p.person_type = 'knownPerson'
    and p.birth_month is not null
    and exists (select 1 from listing l where l.register <> p.register)
    and (p.birth_year, p.birth_month) in (select (birth_year, birth_month) from listed_birth)
