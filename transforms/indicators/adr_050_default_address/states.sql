with moved as (
    select c.company_id
    from company c
    left join (select address_id from address where address_class = 'default') a using (address_id)
    where c.is_active and (c.is_at_default_address or a.address_id is not null)
),
-- Only companies at the default address, because millions of companies hold or are paid something.
moved_here as (select party_id from holder_here where party_id in (select company_id from moved))
select
    c.company_id as subject_id,
    case
        when m.company_id is not null then 'flagged'
        when c.address_id is null then 'not_assessable'
        else 'not_flagged'
    end as state,
    case when m.company_id is null and c.address_id is null then 'no_address_unit' end as reason,
    case when h.party_id is not null then 'act' end as lane
from company c
left join moved m using (company_id)
left join moved_here h on h.party_id = c.company_id
where c.is_active
