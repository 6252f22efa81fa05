select
    p.pattern_id as subject_id,
    'flagged' as state,
    p.kind as subtype,
    p.parties_n - 1 as value,
    'counterparties' as unit,
    $n as threshold,
    coalesce(b.name, concat_ws(' … ', 'account', right(p.party_id, 6))) as party_name,
    coalesce(thousands(p.amount), 'sums') as amount,
    coalesce(p.currency, 'in several currencies') as currency,
    cast(p.first_on as varchar) as first_on,
    cast(p.last_on as varchar) as last_on,
    case p.kind when 'fan_in' then 'was paid by' else 'paid' end as verb,
    $days as days,
    $quiet as quiet,
    concat_ws(
        '', ', and above its own fence where ', cast($windows as varchar), ' windows came before'
    ) as fence
from flow_pattern p
left join entity b on b.entity_id = p.party_id
where p.indicator = 'FLW-040'
