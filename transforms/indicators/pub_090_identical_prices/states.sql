with best as (
    select
        *,
        row_number() over (partition by process_id order by bidders_n desc, amount, currency) as first_row
    from prices
),
outcomes as (
    select
        p.process_id as subject_id,
        case
            when b.process_id is null then 'no_bids_held'
            when b.bidders_n = 0 then 'bidders_not_known'
            when b.bidders_n > 1 then 'hit'
            else 'miss'
        end as outcome,
        b.bidders_n as value,
        b.bidders_n,
        thousands(b.amount) as price,
        b.currency,
        coalesce(p.buyer_name, 'an unnamed buyer') as buyer_words
    from contracting_process p
    left join best b on b.process_id = p.process_id and b.first_row = 1
)
select
    subject_id,
    state_of(outcome) as state,
    reason_of(outcome) as reason,
    case when outcome in ('hit', 'miss') then value end as value,
    'bidders' as unit,
    bidders_n,
    price,
    currency,
    buyer_words
from outcomes
