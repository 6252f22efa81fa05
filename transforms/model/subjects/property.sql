select
    property_id as subject_id, address_text as subject_name, area_name, area_code,
    coalesce(territory, 'elsewhere') as territory, not has_legal_entity_proprietor as is_private
from property
