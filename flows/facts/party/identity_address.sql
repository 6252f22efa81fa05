select address_id as id, address_text as name, address_class, active_seats_n, area_name, area_code
from ({units})
order by address_id
