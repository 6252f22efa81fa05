select
    address_id as subject_id, address_text as subject_name, area_name, area_code,
    coalesce(territory, 'elsewhere') as territory, false as is_private
from address
