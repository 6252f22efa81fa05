select property_id as id, address_id from v_property where property_id in (select unnest($ids))
