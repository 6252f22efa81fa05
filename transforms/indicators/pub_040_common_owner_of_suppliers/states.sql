with suppliers as (
    select
        g.control_group_id, f.payer_id, f.category, f.currency, f.payee_id,
        max(f.payer_name) as payer_name,
        sum(f.amount) as received
    from flow f
    join graph_control_group g on g.subject_id = f.payee_id
    left join (select distinct entity_id from exempt) x on x.entity_id = f.payee_id
    where f.payee_kind in ('company', 'unclassified')
        and f.kind = 'payment'
        and f.status = 'paid'
        and f.category is not null
        and f.flowed_on <= $as_of
        and x.entity_id is null
    group by g.control_group_id, f.payer_id, f.category, f.currency, f.payee_id
    having sum(f.amount) > 0
),
counted as (
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
    cast(null as varchar) as reason,
    cast(null as varchar) as subtype,
    cast(suppliers_n as double) as value,
    'suppliers' as unit,
    cast($n as double) as threshold,
    cast(null as bigint) as peer_n,
    suppliers_n,
    coalesce(payer_name, payer_id) as payer_name,
    category,
    thousands(cast(floor(received) as bigint)) as received,
    currency
from ranked
where first_row = 1
