-- Address units of the titles. A property is one unit: a list of units has none, nor a flat of which nothing tells which one.
select
    t.title_id,
    a.address_id,
    case
        when t.units_n = 1
            and not coalesce(t.multiple_addresses, false)
            and a.postcode is not null
            and '|' || a.unit_key || '|' not like '%|FLATS%'
            and ('|' || a.unit_key || '|' not like '%|FLAT|%' or a.unit_key like '%|FLOOR %')
            then replace(a.address_id, 'UT-A-', 'UT-U-')
    end as property_id,
    a.role,
    a.statement_id
from title t
join address_statement a on a.of_statement_id = t.statement_id and a.role = 'property'
where a.address_id is not null
order by t.title_id, a.statement_id
