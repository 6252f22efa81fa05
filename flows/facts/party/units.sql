-- Distinct address units that have one of $ids in a column (address_id or postcode): those of v_address, and
-- those known only from sales, whose class and seats are null.
select address_id, address_text, postcode, address_class, active_seats_n, area_name, area_code
from v_address
where {column} in (select unnest($ids))
union all
select
    address_id, min(address_text), min(postcode), cast(null as varchar), cast(null as bigint),
    min(area_name), arg_min(area_code, area_name)
from (
    select address_id, address_text, postcode, area_name, area_code
    from v_property
    where {column} in (select unnest($ids))
    union all
    select address_id, address_text, postcode, area_name, area_code
    from transaction
    where rowid in (
        from rows_of(
            'transaction.property_id',
            (select list(property_id) from v_property where {column} in (select unnest($ids)))
        )
        union all
        from rows_of('transaction.{column}', $ids)
    )
)
where
    address_id is not null
    and address_id not in (select address_id from v_address where {column} in (select unnest($ids)))
group by address_id
