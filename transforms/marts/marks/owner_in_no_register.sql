-- Entities whose owners no register would list, and that are neither public nor exempt.
select e.entity_id as subject_id
from entity e
left join exempt x on x.entity_id = e.entity_id
left join company k on k.company_id = e.entity_id
where (not e.in_register or not coalesce(k.must_declare_owners, true))
    and x.entity_id is null
    and e.entity_type <> 'arrangement'
    and not exists (
        select 1
        from relationship r
        where r.subject_id = e.entity_id and r.is_open and r.party_id is not null
    )
