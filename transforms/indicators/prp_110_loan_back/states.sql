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
),
linked as (
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
),
ranked as (
    select
        *,
        row_number() over (
            partition by title_id
            order by
                case outcome
                    when 'same_entity' then 0
                    when 'control_group' then 1
                    when 'beneficial_owner' then 2
                    when 'miss' then 4
                    else 3
                end,
                created_on,
                charge_id,
                position,
                party_id
        ) as first_row
    from linked
)
select
    title_id as subject_id,
    case
        when outcome in ('same_entity', 'control_group', 'beneficial_owner') then 'flagged'
        when outcome = 'miss' then 'not_flagged'
        else 'not_assessable'
    end as state,
    case when outcome = 'lender_not_known' then outcome end as reason,
    case when outcome not in ('miss', 'lender_not_known') then outcome end as subtype,
    cast(null as double) as value,
    cast(null as varchar) as unit,
    cast(null as double) as threshold,
    cast(null as bigint) as peer_n,
    proprietor_name,
    lender_name,
    case when created_on is not null then concat_ws(' ', ' of', cast(created_on as varchar)) else '' end
        as day_words,
    case outcome
        when 'same_entity' then 'the lender itself'
        when 'control_group' then 'in one control group with it'
        else 'of one beneficial owner with it'
    end as link_words
from ranked
where first_row = 1
