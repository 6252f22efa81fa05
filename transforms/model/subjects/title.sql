select
    title_id as subject_id, coalesce(address_text, cadastral_name) as subject_name, area_name, area_code,
    territory as territory, false as is_private
from title
