-- Parties of other registers that are also in a leak.
select distinct r.party_id as subject_id
from resolution r
where r.register in (select register from register_role where role = 'leaks')
    and exists (
        select 1
        from resolution o
        where o.party_id = r.party_id
            and o.register not in (select register from register_role where role = 'leaks')
    )
