with outcomes as (
    select
        p.process_id as subject_id,
        case
            when p.is_price_only = false then 'miss'
            when l.process_id is null then 'no_bids_held'
            when coalesce(o.active_n, 0) = 0 then 'award_not_final'
            when l.currencies_n > 1 then 'several_currencies'
            when l.is_disqualified then 'hit'
            else 'miss'
        end as outcome,
        thousands(l.amount) as price,
        l.currency,
        coalesce(l.bidder_name, 'an unnamed bidder') as bidder_words,
        coalesce(p.buyer_name, 'an unnamed buyer') as buyer_words
    from contracting_process p
    left join lowest l using (process_id)
    left join process_outcome o using (process_id)
)
select
    subject_id,
    state_of(outcome) as state,
    reason_of(outcome) as reason,
    price,
    currency,
    bidder_words,
    buyer_words
from outcomes
