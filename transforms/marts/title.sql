-- Titles of the editions in force.
select
    t.title_id,
    t.tenure,
    t.address_text,
    t.postcode,
    t.units_n,
    t.multiple_addresses,
    t.price_paid_gbp,
    t.additional_proprietors,
    t.district as area_name,
    cast(null as varchar) as area_code,
    t.register,
    t.edition,
    t.statement_id
from title_statement t
join edition_in_use e using (register, dataset, edition)
where e.status = 'in_force'
-- A title is in one land register; a joint owner from abroad puts it in the overseas file as well.
qualify row_number() over (partition by t.title_id order by e.edition_order desc, t.register, t.statement_id) = 1
order by t.title_id
