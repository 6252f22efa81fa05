-- Entities that name nobody and need not declare to a register held.
select e.entity_id as subject_id
from entity e
where not exists (
        select 1
        from company c
        join edition_in_use u on u.register = c.register and u.edition = c.edition
        where c.company_id = e.entity_id
            and c.must_declare_owners
            and c.is_active
            and u.status = 'in_force'
    )
    and not exists (
        select 1 from relationship r
        where r.subject_id = e.entity_id and r.is_open and not r.is_office
            and r.party_id is not null and r.party_id <> e.entity_id
    )
