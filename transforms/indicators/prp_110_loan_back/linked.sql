-- Charges with what joins lender and proprietor: they are one, in one control group, or of one owner.
with concerned as (
    select party_id as company_id from on_title
    union
    select lender_id from on_title
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
        and verdict = 'CERTAIN'
        and party_id is not null
        and subject_id in (select company_id from concerned)
)
select
    o.*,
    case
        when o.lender_id is null and o.lender_kind in ('conduit', 'public') then 'miss'
        when o.lender_id is null then 'lender_not_known'
        when o.lender_id = o.party_id then 'same_entity'
        when exists (
            select 1
            from members a
            join members b using (control_group_id)
            where a.member_id = o.lender_id and b.member_id = o.party_id
        ) then 'control_group'
        when exists (
            select 1
            from owners a
            join owners b on b.party_id = a.party_id
            where a.subject_id = o.lender_id and b.subject_id = o.party_id
        ) then 'beneficial_owner'
        else 'miss'
    end as outcome
from on_title o
