with counted as (
    select
        property_id,
        count(distinct transferred_on) filter (
            where is_recent and may_count and is_stated
        ) as sales_n,
        count(distinct transferred_on) filter (where is_recent and may_count) as most_n,
        min(transferred_on) filter (where is_recent and may_count and is_stated) as first_on,
        max(transferred_on) filter (where is_recent and may_count and is_stated) as last_on
    from weighed
    group by property_id
),
-- One row: whether every sale of the `years` years is held, up to the newest that can be.
whole as (
    select count(*) > 0 as is_held
    from sale_period
    where 10000 * (year(from_on) + $years) + 100 * month(from_on) + day(from_on)
            <= 10000 * year($as_of) + 100 * month($as_of) + day($as_of)
        and date_diff('day', to_on, $as_of) <= 75
)
select
    property_id as subject_id,
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
    cast(null as varchar) as subtype,
    cast(sales_n as double) as value,
    'sales' as unit,
    cast($n as double) as threshold,
    cast(null as bigint) as peer_n,
    first_on,
    last_on,
    cast($years as integer) as years
from counted
cross join whole
