with place as ({place}),
company_there as materialized ({companies_there})
select
    p.id, c.company_id, c.name, c.status, c.is_active, c.incorporated_on, c.dissolved_on,
    c.left_register_on, a.address_text,
    row_number() over (
        partition by p.id order by c.is_active desc, c.name nulls last, c.company_id
    ) as row_no
from place p
join company_there c on c.address_id = p.address_id
join v_address a on a.address_id = p.address_id
