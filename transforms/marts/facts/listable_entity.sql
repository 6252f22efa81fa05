with on_lists_only as (
    select distinct r.party_id
    from resolution r
    where r.register in (select register from register_role where role = 'lists')
        and not exists (
            select 1
            from resolution o
            where o.party_id = r.party_id
                and o.register not in (select register from register_role where role = 'lists')
        )
)
select r.subject_id
from relationship r
join entity e on e.entity_id = r.subject_id
where e.entity_type <> 'arrangement' and r.subject_id not in (select party_id from on_lists_only)
union
select company_id from company where is_active
union
-- Of entities that are only named as holders or proprietors, those that are on a list or may be.
select e.entity_id
from entity e
where e.entity_type <> 'arrangement'
    and e.entity_id not in (select party_id from on_lists_only)
    and e.entity_id in (
        select party_id from listing where is_open
        union
        select party_id from screening where is_strong
    )
