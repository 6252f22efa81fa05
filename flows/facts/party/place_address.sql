select unnest($ids) as id, unnest($ids) as address_id
