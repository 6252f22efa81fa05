with sums as (
    select pattern_id, count(distinct position) as sums_n
    from flow_pattern_member
    where role = 'in'
    group by pattern_id
)
select
    p.pattern_id as subject_id,
    case when p.is_held then 'flagged' else 'not_assessable' end as state,
    case when not p.is_held then 'payments_not_all_held' end as reason,
    case when p.is_held then cast(s.sums_n as double) end as value,
    'sums' as unit,
    $times as threshold,
    coalesce(b.name, concat_ws(' … ', 'account', right(p.party_id, 6))) as party_name,
    coalesce(thousands(p.amount), 'sums') as amount,
    coalesce(p.currency, 'in several currencies') as currency,
    coalesce(thousands(p.arrived), 'sums') as arrived,
    coalesce(p.arrived_currency, 'in several currencies') as arrived_currency,
    cast(p.first_on as varchar) as first_on,
    cast(p.last_on as varchar) as last_on,
    $days as days
from flow_pattern p
left join entity b on b.entity_id = p.party_id
join sums s using (pattern_id)
where p.indicator = 'FLW-050'
