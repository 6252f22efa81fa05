with dated as (
    select
        *,
        row_number() over (partition by process_id order by received_at desc, statement_id) as last_row
    from winning_bids
),
outcomes as (
    select
        p.process_id as subject_id,
        case
            when p.process_id not in (select process_id from bid) then 'no_bids_held'
            when p.closes_at is null then 'deadline_not_stated'
            when d.process_id is null then 'days_not_stated'
            when d.received_at > p.closes_at then 'hit'
            else 'miss'
        end as outcome,
        cast(d.received_at as date) as received_on,
        cast(p.closes_at as date) as closed_on,
        coalesce(d.bidder_name, 'an unnamed bidder') as bidder_words,
        coalesce(p.buyer_name, 'an unnamed buyer') as buyer_words
    from contracting_process p
    left join dated d on d.process_id = p.process_id and d.last_row = 1
)
select
    subject_id,
    state_of(outcome) as state,
    reason_of(outcome) as reason,
    received_on,
    closed_on,
    bidder_words,
    buyer_words
from outcomes
