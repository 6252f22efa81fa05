-- Their shares reach the company through its direct holders, each with the greatest share in its own records
-- of the company; a joint group counts once.
with of_record as (
    select
        i.subject_id,
        i.party_id,
        i.joint_group,
        i.basis,
        i.statement_id,
        sum(coalesce(i.share_max, 100)) as share_max,
        bool_or(coalesce(i.share_max_exclusive, false)) as is_exclusive
    from interest i
    join declaring s using (subject_id)
    where i.is_open and i.basis in ('shares', 'votes', 'surplus_assets')
        and (
            exists (
                select 1 from holders h where h.subject_id = i.subject_id and h.party_id = i.party_id
            )
            or exists (
                select 1
                from graph_integrated g
                join holders h on h.party_id = g.party_id
                where g.subject_id = i.party_id and h.subject_id = i.subject_id
            )
        )
    group by i.subject_id, i.party_id, i.joint_group, i.basis, i.statement_id
),
-- Several records of one holding count once, with the widest bounds.
direct as (
    select
        subject_id,
        party_id,
        joint_group,
        basis,
        max(share_max) as share_max,
        max(share_max) > coalesce(max(share_max) filter (where not is_exclusive), -1) as is_exclusive
    from of_record
    group by subject_id, party_id, joint_group, basis
)
select
    subject_id,
    coalesce(joint_group, party_id) as counted_as,
    max(share_max) as share_max,
    max(share_max) > coalesce(max(share_max) filter (where not is_exclusive), -1) as is_exclusive
from direct
group by subject_id, coalesce(joint_group, party_id)
