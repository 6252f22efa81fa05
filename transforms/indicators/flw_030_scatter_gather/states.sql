select
    p.pattern_id as subject_id,
    'flagged' as state,
    p.kind as subtype,
    case
        when p.currency = p.arrived_currency then cast(floor(100 * p.arrived / nullif(p.amount, 0)) as double)
    end as value,
    'per cent' as unit,
    $share as threshold,
    coalesce(thousands(p.amount), 'sums') as amount,
    coalesce(p.currency, 'in several currencies') as currency,
    coalesce(thousands(p.arrived), 'sums') as arrived,
    coalesce(p.arrived_currency, 'in several currencies') as arrived_currency,
    cast(p.first_on as varchar) as first_on,
    cast(p.last_on as varchar) as last_on,
    case p.kind
        when 'scatter_gather' then concat_ws(
            '',
            coalesce(b.name, concat_ws(' … ', 'account', right(p.party_id, 6))),
            ' paid several parties, each of which later paid ',
            coalesce(z.name, concat_ws(' … ', 'account', right(coalesce(p.end_id, p.party_id), 6)))
        )
        else concat_ws(
            '',
            'Several parties paid ',
            coalesce(b.name, concat_ws(' … ', 'account', right(p.party_id, 6))),
            ', which later paid several others'
        )
    end as words,
    case
        when p.currency = p.arrived_currency
            then concat_ws(
                '', ', ', cast(cast(floor(100 * p.arrived / nullif(p.amount, 0)) as bigint) as varchar),
                ' per cent'
            )
        else ''
    end as share,
    p.parties_n as parties,
    $n as n,
    $days as days
from flow_pattern p
left join entity b on b.entity_id = p.party_id
left join entity z on z.entity_id = coalesce(p.end_id, p.party_id)
where p.indicator = 'FLW-030'
