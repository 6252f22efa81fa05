with place as ({place})
select
    p.id, c.company_id, c.name, c.status, c.is_active, c.incorporated_on, a.address_text,
    row_number() over (
        partition by p.id order by c.is_active desc, c.name nulls last, c.company_id
    ) as row_no
from place p
join v_company c on c.address_id = p.address_id
join v_address a on a.address_id = p.address_id
