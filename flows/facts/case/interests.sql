-- Open interests of these parties in each other. `is_joint`: another holder, shown or not, has the
-- same interest; a group of one is not joint.
select distinct
    party_id, subject_id, basis, share_min, share_max, share_min_exclusive, share_max_exclusive, is_joint
from (
    select
        *,
        joint_group is not null
        and min(party_id) over joint_holders <> max(party_id) over joint_holders as is_joint
    from interest
    where rowid in (from rows_of('interest.subject_id', $ids))
    window joint_holders as (partition by subject_id, basis, joint_group)
)
where party_id in (select unnest($ids))
order by all
