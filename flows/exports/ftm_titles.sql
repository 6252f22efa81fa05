select
    t.title_id as id,
    'RealEstate' as schema,
    coalesce(t.address_text, t.title_id) as name,
    t.address_text as address,
    regexp_extract(t.title_id, '[^-]+$') as "titleNumber",
    t.tenure,
    lower(t.territory) as country,
    r.publisher
from v_title t
left join v_register r on r.register = t.register
where t.title_id in (select unnest($ids))
order by id
