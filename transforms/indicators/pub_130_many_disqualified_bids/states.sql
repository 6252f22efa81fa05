with parties as (
    select distinct 'buyer' as subtype, buyer_id as party_id
    from bid
    where status in ('pending', 'valid', 'disqualified') and buyer_id is not null
    union all
    select distinct 'bidder', bidder_id
    from bid
    where status in ('pending', 'valid', 'disqualified') and bidder_id is not null
),
measured as (
    select
        p.subtype,
        p.party_id,
        m.value as share,
        m.counted_n,
        f.q3 + $fence * (f.q3 - f.q1) as fence
    from parties p
    join entity e on e.entity_id = p.party_id
    left join procurement_measure m
        on m.subject_id = p.party_id
        and m.measure = case when p.subtype = 'buyer' then 'refused_by_buyer' else 'refused_of_bidder' end
    left join procurement_fence f on f.measure = m.measure
)
select
    party_id as subject_id,
    case
        when share is null then 'not_assessable'
        when share > 0 and share >= fence then 'flagged'
        else 'not_flagged'
    end as state,
    case when share is null then 'too_few_bids' end as reason,
    subtype,
    round(100 * share, 9) as value,
    'per cent' as unit,
    round(100 * fence, 9) as threshold,
    counted_n,
    case when subtype = 'buyer' then 'to' else 'by' end as role_words,
    case when subtype = 'buyer' then 'buyers' else 'bidders' end as party_words
from measured
