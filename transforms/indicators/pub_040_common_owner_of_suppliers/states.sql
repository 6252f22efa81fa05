with counted as (
    select
        control_group_id, payer_id, category, currency,
        max(payer_name) as payer_name,
        count(*) as suppliers_n,
        sum(received) as received
    from suppliers
    group by control_group_id, payer_id, category, currency
),
ranked as (
    select
        *,
        row_number() over (
            partition by control_group_id
                order by suppliers_n desc, received desc, payer_id, category, currency
        ) as first_row
    from counted
)
select
    control_group_id as subject_id,
    case when suppliers_n >= $n then 'flagged' else 'not_flagged' end as state,
    suppliers_n as value,
    'suppliers' as unit,
    $n as threshold,
    suppliers_n,
    coalesce(payer_name, payer_id) as payer_name,
    category,
    thousands(received) as received,
    currency
from ranked
where first_row = 1
