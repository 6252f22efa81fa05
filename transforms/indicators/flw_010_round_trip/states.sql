select
    p.pattern_id as subject_id,
    'flagged' as state,
    date_diff('day', p.first_on, p.last_on) as value,
    'days' as unit,
    $days as threshold,
    coalesce(b.name, concat_ws(' … ', 'account', right(p.party_id, 6))) as party_name,
    coalesce(z.name, concat_ws(' … ', 'account', right(coalesce(p.end_id, p.party_id), 6))) as end_name,
    coalesce(thousands(p.amount), 'sums') as amount,
    coalesce(p.currency, 'in several currencies') as currency,
    coalesce(thousands(p.arrived), 'sums') as arrived,
    coalesce(p.arrived_currency, 'in several currencies') as arrived_currency,
    cast(p.first_on as varchar) as first_on,
    cast(p.last_on as varchar) as last_on,
    p.hops_n as hops,
    cast($share as double) as share,
    concat_ws(
        '',
        'after ', cast(date_diff('day', p.first_on, p.last_on) as varchar),
        case when date_diff('day', p.first_on, p.last_on) = 1 then ' day' else ' days' end, '; counted from ',
        thousands(cast($amount as bigint)), ' euro'
    ) as back
from flow_pattern p
left join entity b on b.entity_id = p.party_id
left join entity z on z.entity_id = coalesce(p.end_id, p.party_id)
where p.indicator = 'FLW-010'
