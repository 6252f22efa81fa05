-- `kind` is the recordType; the other columns are the recordDetails of an entity.
select
    e.entity_id as id,
    'entity' as kind,
    {'type': e.entity_type} as "entityType",
    e.name,
    c.former_names as "alternateNames",
    -- The name is unknown, and the standard requires one.
    case
        when e.jurisdiction <> 'zz' then {'name': upper(e.jurisdiction), 'code': upper(e.jurisdiction)}
    end as jurisdiction,
    case
        when not starts_with(e.entity_id, 'UT-')
        then [{
            'id': regexp_extract(e.entity_id, '^[A-Z]{2}-[A-Z_0-9]+-(.*)$', 1),
            'scheme': regexp_extract(e.entity_id, '^([A-Z]{2}-[A-Z_0-9]+)-', 1)
        }]
    end as identifiers,
    c.incorporated_on as "foundingDate",
    c.dissolved_on as "dissolutionDate",
    case
        when a.address_text is not null
        then [{'type': 'registered', 'address': a.address_text, 'postCode': a.postcode}]
    end as addresses,
    r.publisher
from v_entity e
left join v_company c on c.company_id = e.entity_id
left join v_address a on a.address_id = c.address_id
left join v_register r on r.register = c.register
where e.entity_id in (select unnest($ids))
order by id
