-- Sales at the addresses of `place`: of their properties, and sales without a known property.
select *
from transaction
where rowid in (
    from rows_of(
        'transaction.property_id',
        (
            select list(property_id)
            from v_property
            where address_id in (select unnest((select list(address_id) from place)))
        )
    )
    union all
    from rows_of('transaction.address_id', (select list(address_id) from place))
)
