-- `is_joint`: another holder has the interest too; a group of one is not joint.
with mine as (
    select
        *,
        joint_group is not null
        and min(party_id) over joint_holders <> max(party_id) over joint_holders as is_joint
    from interest
    where rowid in (from rows_of('interest.subject_id', $ids))
    window joint_holders as (partition by subject_id, basis, joint_group)
),
named as ({named_parties})
select
    i.subject_id as id, i.party_id, n.name, n.kind, i.interest_type, i.basis, i.reach,
    i.share_min, i.share_max, i.share_min_exclusive, i.share_max_exclusive,
    i.joint_group, i.is_joint, i.valid_from, i.interest_id,
    row_number() over (
        partition by i.subject_id order by i.share_min desc nulls last, i.party_id, i.interest_id
    ) as row_no
from mine i
left join named n on n.party_id = i.party_id
