select postcode as id, address_id from ({units})
