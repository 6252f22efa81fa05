select
    x.transaction_id as subject_id, x.address_text as subject_name, x.area_name, x.area_code, x.territory,
    x.title_id is null and not coalesce(p.has_legal_entity_proprietor, false) as is_private
from "transaction" x
left join property p on p.property_id = x.property_id
