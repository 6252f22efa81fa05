-- The first line of the statements that show the party. What ledgers and registers show of earlier days is
-- not all of its dealings.
with begun as (
    select party_id, min(flowed_on) as first_on
    from (
        select payer_id as party_id, flowed_on from flow where kind in ('transfer', 'rent', 'fee')
        union all
        select payee_id, flowed_on from flow where kind in ('transfer', 'rent', 'fee')
    ) shown
    where party_id in (select party_id from flow_pattern where indicator = 'FLW-040')
    group by party_id
),
fans as (
    select p.*, date_diff('day', s.first_on, p.first_on) >= $quiet as is_known
    from flow_pattern p
    join begun s on s.party_id = p.party_id
    where p.indicator = 'FLW-040'
)
select
    p.pattern_id as subject_id,
    case when p.is_known then 'flagged' else 'not_assessable' end as state,
    case when not p.is_known then 'history_too_short' end as reason,
    p.kind as subtype,
    case when p.is_known then p.parties_n - 1 end as value,
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
from fans p
left join entity b on b.entity_id = p.party_id
