-- Holders of an exact share, and whether it is at most one per cent below the threshold of a beneficial
-- owner: more than `share` in the United Kingdom, at least `share` elsewhere. Joint holders count as one.
with exact as (
    select
        subject_id,
        party_id,
        coalesce(min(joint_group), party_id) as counted_as,
        max(share_min) as share_held
    from interest
    where is_open and basis = 'shares' and share_fault is null and share_min = share_max
        and not share_min_exclusive and not share_max_exclusive
    group by subject_id, party_id
)
select
    x.subject_id,
    x.party_id,
    x.counted_as,
    x.share_held,
    split_part(e.jurisdiction, '-', 1) = 'gb' as is_more_than,
    case
        when split_part(e.jurisdiction, '-', 1) = 'gb'
            then x.share_held > $share - 1 and x.share_held <= $share
        else x.share_held >= $share - 1 and x.share_held < $share
    end as is_hugging
from exact x
join entity e on e.entity_id = x.subject_id
where e.entity_type <> 'arrangement'
