-- Address units that meet a condition on address_id and postcode, each once: seats and titles (v_address),
-- then those that only sales know, whose class and seats are null.
select address_id, address_text, postcode, address_class, active_seats_n, area_name, area_code
from v_address
where {condition}
union all
select
    address_id, min(address_text), min(postcode), cast(null as varchar), cast(null as bigint),
    min(area_name), arg_min(area_code, area_name)
from (
    select address_id, address_text, postcode, area_name, area_code from v_property where {condition}
    union all
    select address_id, address_text, postcode, area_name, area_code from v_transaction where {condition}
)
where
    address_id is not null
    and address_id not in (select address_id from v_address where {condition})
group by address_id
