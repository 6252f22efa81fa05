-- The greatest share that each holder, or joint group of holders, can have in a company, directly or through
-- others.
with integrated as (
    select
        h.subject_id,
        h.party_id,
        g.share_max_declared as share_max,
        g.share_max_declared_exclusive as is_exclusive,
        row_number() over (
            partition by h.subject_id, h.party_id
            order by g.share_max_declared desc, g.share_max_declared_exclusive, g.basis
        ) as first_row
    from holders h
    join direct_and_indirect g on g.subject_id = h.subject_id and g.party_id = h.party_id
),
steps as (
    select b.subject_id, b.party_id, unnest(b.witness) as interest_id
    from graph_ubo b
    join declaring s on s.subject_id = b.subject_id and s.regime = b.regime
    where b.verdict in ('CERTAIN', 'POSSIBLE')
),
-- A chain that changes its basis, such as from surplus assets of a partnership to shares, has no integrated
-- share: at most the share of its narrowest step passes.
through_steps as (
    select
        p.subject_id,
        p.party_id,
        min(i.share_max) as share_max,
        min(i.share_max) < coalesce(
            min(i.share_max) filter (where not coalesce(i.share_max_exclusive, false)), 101
        ) as is_exclusive
    from steps p
    join interest i on i.interest_id = p.interest_id
    where not exists (
        select 1 from integrated g where g.subject_id = p.subject_id and g.party_id = p.party_id
    )
    group by p.subject_id, p.party_id
    having count(*) = count(i.share_max)
),
uppers as (
    select subject_id, party_id, share_max, is_exclusive, first_row from integrated
    union all
    select subject_id, party_id, share_max, is_exclusive, 1 from through_steps
),
-- A holder belongs to a joint group if everything it holds, in the company or in an entity above it,
-- is held jointly by that group.
jointly as (
    select u.subject_id, u.party_id, min(i.joint_group) as joint_group
    from uppers u
    join interest i on i.party_id = u.party_id and i.is_open and i.share_max is not null
    where u.first_row = 1
        and u.party_id in (select party_id from interest where joint_group is not null)
        and (
            i.subject_id = u.subject_id
            or exists (
                select 1
                from direct_and_indirect g
                where g.party_id = i.subject_id and g.subject_id = u.subject_id
            )
        )
    group by u.subject_id, u.party_id
    having count(*) = count(i.joint_group) and min(i.joint_group) = max(i.joint_group)
)
select
    u.subject_id,
    coalesce(j.joint_group, u.party_id) as counted_as,
    max(u.share_max) as share_max,
    max(u.share_max) > coalesce(
        max(u.share_max) filter (where not u.is_exclusive), -1
    ) as is_exclusive
from uppers u
left join jointly j on j.subject_id = u.subject_id and j.party_id = u.party_id
where u.first_row = 1
group by u.subject_id, coalesce(j.joint_group, u.party_id)
