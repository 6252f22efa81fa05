with ranked as (
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
