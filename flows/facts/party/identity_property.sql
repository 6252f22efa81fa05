select property_id as id, address_text as name, titles_n, transactions_n, area_name, area_code
from v_property
where property_id in (select unnest($ids))
order by property_id
