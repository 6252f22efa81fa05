with bidders as (
    select
        process_id,
        count(distinct bidder_ref) filter (where status = 'valid') as valid_n,
        min(bidder_ref) filter (where status = 'valid') as valid_ref,
        min(bidder_name) filter (where status = 'valid') as valid_name
    from bid
    group by process_id
),
others as (
    select b.process_id, count(distinct b.bidder_ref) as others_n
    from bid b
    join bidders v on v.process_id = b.process_id and v.valid_ref <> b.bidder_ref
    where b.status = 'disqualified'
    group by b.process_id
),
outcomes as (
    select
        p.process_id as subject_id,
        case
            when v.process_id is null then 'no_bids_held'
            when coalesce(o.active_n, 0) = 0 or o.undecided_n > 0 then 'award_not_final'
            when v.valid_n = 1
                and o.winners_n = 1
                and o.winner_ref = v.valid_ref
                and coalesce(d.others_n, 0) >= $bidders then 'hit'
            else 'miss'
        end as outcome,
        coalesce(d.others_n, 0) as value,
        case when d.others_n = 1 then 'bidder' else 'bidders' end as party_words,
        coalesce(v.valid_name, 'whose name is not kept') as winner_words,
        coalesce(p.buyer_name, 'an unnamed buyer') as buyer_words
    from contracting_process p
    left join bidders v using (process_id)
    left join others d using (process_id)
    left join process_outcome o using (process_id)
)
select
    subject_id,
    state_of(outcome) as state,
    reason_of(outcome) as reason,
    case when outcome in ('hit', 'miss') then value end as value,
    'bidders' as unit,
    $bidders as threshold,
    party_words,
    winner_words,
    buyer_words
from outcomes
