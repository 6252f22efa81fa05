-- Legal entities: name, form, status and registered office.
with mine as (select * from company where rowid in (from rows_of('company.company_id', $ids))),
seat as (select * from v_address where address_id in (select address_id from mine))
select
    e.entity_id as id, e.name, e.entity_type,
    coalesce(c.jurisdiction, e.jurisdiction) as jurisdiction,
    coalesce(c.legal_form, e.legal_form) as legal_form,
    e.in_register, e.is_listed,
    c.status, c.status_native, c.is_active,
    c.incorporated_on, c.registered_on, c.dissolved_on, c.left_register_on,
    c.former_names, c.accounts_category, c.charges_outstanding_n,
    c.address_id, a.address_text, a.address_class, a.active_seats_n,
    c.area_name, c.area_code, c.register, c.edition
from entity e
left join mine c on c.company_id = e.entity_id
left join seat a on a.address_id = c.address_id
where e.rowid in (from rows_of('entity.entity_id', $ids))
order by e.entity_id
