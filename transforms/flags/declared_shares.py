"""SQL on the shares that the declared beneficial owners of a company can hold together (PRP-050).

CTEs that read `proprietors(party_id, not_covered)` and the marts and graph tables. `together` gives
subject_id, share_max (per cent, at most) and is_exclusive (the sum is less than that); `named` counts the
beneficial owners.
"""

DECLARED_SHARES = """
        subjects as (
            select distinct party_id as subject_id from proprietors where not_covered is null
        ),
        holders as (
            select b.subject_id, b.party_id
            from graph_ubo b
            join subjects s using (subject_id)
            where b.regime = 'UK' and b.verdict in ('CERTAIN', 'POSSIBLE')
            union
            select g.subject_id, g.party_id
            from graph_integrated g
            join subjects s using (subject_id)
            join exempt x on x.entity_id = g.party_id
        ),
        uppers as (
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
            join graph_integrated g on g.subject_id = h.subject_id and g.party_id = h.party_id
        ),
        -- A holder belongs to a joint group if everything it holds, in the company or in an entity above it,
        -- is held jointly by that group.
        jointly as (
            select u.subject_id, u.party_id, min(i.joint_group) as joint_group
            from uppers u
            join interest i on i.party_id = u.party_id and i.is_open and i.share_max is not null
            where u.first_row = 1
                and (
                    i.subject_id = u.subject_id
                    or exists (
                        select 1
                        from graph_integrated g
                        where g.party_id = i.subject_id and g.subject_id = u.subject_id
                    )
                )
            group by u.subject_id, u.party_id
            having count(*) = count(i.joint_group) and min(i.joint_group) = max(i.joint_group)
        ),
        counted as (
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
        ),
        -- Their shares reach the company through its direct holders, each with the most that its own records
        -- there allow; a joint group counts once.
        of_record as (
            select
                i.subject_id,
                i.party_id,
                i.joint_group,
                i.basis,
                i.statement_id,
                sum(coalesce(i.share_max, 100)) as share_max,
                bool_or(coalesce(i.share_max_exclusive, false)) as is_exclusive
            from interest i
            join subjects s using (subject_id)
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
        ),
        passing as (
            select
                subject_id,
                coalesce(joint_group, party_id) as counted_as,
                max(share_max) as share_max,
                max(share_max) > coalesce(max(share_max) filter (where not is_exclusive), -1) as is_exclusive
            from direct
            group by subject_id, coalesce(joint_group, party_id)
        ),
        sums as (
            select subject_id, sum(share_max) as share_max, bool_or(is_exclusive) as is_exclusive
            from counted
            group by subject_id
            union all
            select subject_id, sum(share_max), bool_or(is_exclusive) from passing group by subject_id
        ),
        ordered as (
            select
                *,
                row_number() over (partition by subject_id order by share_max, is_exclusive desc) as least_row
            from sums
        ),
        together as (
            select subject_id, share_max, is_exclusive from ordered where least_row = 1
        ),
        -- Together with those who control without a share.
        named as (
            select subject_id, count(*) as holders_n from holders group by subject_id
        )
"""
