with sold as (
    select distinct property_id from sale where property_id is not null
),
-- One row: whether every sale of the `years` years up to the newest possible one is held.
whole as (
    select count(*) > 0 as is_held
    from sale_period
    where 10000 * (year(from_on) + $years) + 100 * month(from_on) + day(from_on)
            <= 10000 * year($as_of) + 100 * month($as_of) + day($as_of)
        and date_diff('day', to_on, $as_of) <= 75
)
select
    p.property_id as subject_id,
    case
        when sales_n >= $n then 'flagged'
        when most_n >= $n or not is_held then 'not_assessable'
        else 'not_flagged'
    end as state,
    case
        when sales_n >= $n then null
        when most_n >= $n then 'not_stated'
        when not is_held then 'window_not_held'
    end as reason,
    coalesce(sales_n, 0) as value,
    'sales' as unit,
    $n as threshold,
    first_on,
    last_on,
    cast($years as integer) as years
from sold p
left join times_sold t on t.property_id = p.property_id
cross join whole
