-- Open holders with their age at notification in whole months. The day of birth is unknown, so the age is
-- between `youngest` and `oldest`.
select
    r.subject_id,
    r.statement_id,
    r.party_statement_id,
    12 * (year(r.valid_from) - p.birth_year) + month(r.valid_from) - coalesce(p.birth_month, 1) as oldest,
    12 * (year(r.valid_from) - p.birth_year) + month(r.valid_from) - coalesce(p.birth_month, 12) - 1
        as youngest
from relationship r
join entity e on e.entity_id = r.subject_id
join person p on p.person_id = r.party_id
where r.is_open and not r.is_office and e.entity_type <> 'arrangement' and p.person_type = 'knownPerson'
