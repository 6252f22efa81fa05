-- Entities that must declare their holders and name nobody.
select c.company_id as subject_id
from company c
where c.must_declare_owners
    and c.is_active
    and exists (
        select 1
        from edition_in_use e
        where e.register = c.register and e.edition = c.edition and e.status = 'in_force'
    )
    and not exists (
        select 1 from relationship r
        where r.subject_id = c.company_id and r.is_open and not r.is_office
            and r.party_id is not null and r.party_id <> c.company_id
    )
