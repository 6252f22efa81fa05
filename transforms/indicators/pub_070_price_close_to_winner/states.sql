with outcomes as (
    select
        p.process_id as subject_id,
        case
            when p.is_price_only = false then 'miss'
            when p.process_id not in (select process_id from bid where amount is not null)
                then 'no_bids_held'
            when g.process_id is null then 'no_two_prices'
            when g.gap <= f.q1 - $fence * (f.q3 - f.q1) and g.gap < f.q1 then 'hit'
            else 'miss'
        end as outcome,
        round(100 * g.gap, 9) as value,
        round(100 * (f.q1 - $fence * (f.q3 - f.q1)), 9) as fence,
        thousands(g.won_at) as won_at,
        thousands(g.next_at) as next_at,
        g.currency,
        coalesce(p.buyer_name, 'an unnamed buyer') as buyer_words
    from contracting_process p
    left join price_gap g using (process_id)
    left join procurement_fence f on f.measure = 'price_gap'
)
select
    subject_id,
    state_of(outcome) as state,
    reason_of(outcome) as reason,
    case when outcome in ('hit', 'miss') then value end as value,
    'per cent' as unit,
    fence as threshold,
    won_at,
    next_at,
    currency,
    buyer_words
from outcomes
