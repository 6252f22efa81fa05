-- Who left and who came, with what joins them: one control group, or a certain or possible beneficial owner.
with concerned as (
    select left_id as company_id from handover
    union
    select came_id from handover
),
members as (
    select control_group_id, subject_id as member_id
    from graph_control_group
    where subject_id in (select company_id from concerned)
    union
    select control_group_id, controller_id
    from graph_control_group
    where controller_id in (select company_id from concerned)
),
owners as (
    select distinct subject_id, party_id
    from graph_ubo
    where regime in ('AMLR', 'UK')
        and verdict in ('CERTAIN', 'POSSIBLE')
        and party_id is not null
        and subject_id in (select company_id from concerned)
)
select
    h.*,
    case
        when exists (
            select 1
            from members a
            join members b using (control_group_id)
            where a.member_id = h.left_id and b.member_id = h.came_id
        ) then 'control_group'
        when exists (
            select 1
            from owners a
            join owners b on b.party_id = a.party_id
            where a.subject_id = h.left_id and b.subject_id = h.came_id
        ) then 'beneficial_owner'
    end as link
from handover h
where h.left_by <= $as_of
