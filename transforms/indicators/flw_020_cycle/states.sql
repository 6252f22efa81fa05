select
    p.pattern_id as subject_id,
    'flagged' as state,
    p.kind as subtype,
    date_diff('day', p.first_on, p.last_on) as value,
    'days' as unit,
    $days as threshold,
    case when date_diff('day', p.first_on, p.last_on) = 1 then 'day' else 'days' end as days_word,
    case when p.kind = 'return' then 'look' else 'act' end as lane,
    coalesce(b.name, concat_ws(' … ', 'account', right(p.party_id, 6))) as party_name,
    coalesce(thousands(p.amount), 'sums') as amount,
    coalesce(p.currency, 'in several currencies') as currency,
    coalesce(thousands(p.arrived), 'sums') as arrived,
    coalesce(p.arrived_currency, 'in several currencies') as arrived_currency,
    cast(p.first_on as varchar) as first_on,
    cast(p.last_on as varchar) as last_on,
    case p.kind
        when 'windowed' then 'around a ring'
        else concat_ws(' ', 'on', cast(p.first_on as varchar))
    end as began,
    p.hops_n as hops,
    p.parties_n as parties,
    cast($keep as double) as keep,
    cast($over as double) as over
from flow_pattern p
left join entity b on b.entity_id = p.party_id
where p.indicator = 'FLW-020' and p.hops_n <= $hops
