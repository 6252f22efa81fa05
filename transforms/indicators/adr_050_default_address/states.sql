select
    c.company_id as subject_id,
    case
        when c.is_at_default_address or a.address_class = 'default' then 'flagged'
        when c.address_id is null then 'not_assessable'
        else 'not_flagged'
    end as state,
    case
        when c.address_id is null and not c.is_at_default_address then 'no_address_unit'
    end as reason,
    case when h.party_id is not null then 'act' end as lane
from company c
left join address a using (address_id)
left join holder_here h on h.party_id = c.company_id
where c.is_active
