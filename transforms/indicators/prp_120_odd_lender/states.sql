with ranked as (
    select
        *,
        row_number() over (
            partition by title_id
            order by
                case outcome
                    when 'natural_person' then 0
                    when 'undisclosed_owners' then 1
                    when 'non_financial' then 2
                    when 'miss' then 4
                    else 3
                end,
                created_on,
                charge_id,
                position,
                statement_id
        ) as first_row
    from judged
)
select
    title_id as subject_id,
    case
        when outcome in ('natural_person', 'undisclosed_owners', 'non_financial') then 'flagged'
        when outcome = 'miss' then 'not_flagged'
        else 'not_assessable'
    end as state,
    case when outcome in ('lender_not_known', 'no_industry_code') then outcome end as reason,
    case when outcome in ('natural_person', 'undisclosed_owners', 'non_financial') then outcome end
        as subtype,
    case when outcome = 'natural_person' then 'A natural person' else coalesce(lender_name, lender_id) end
        as lender_words,
    kind as kind_word,
    case when created_on is not null then concat_ws(' ', ' of', cast(created_on as varchar)) else '' end
        as day_words,
    proprietor_name,
    case outcome
        when 'natural_person' then 'people seldom lend against other people''s property'
        when 'undisclosed_owners' then 'the lender states that an owner of it is not disclosed'
        when 'non_financial'
            then 'by its industry codes the lender is no bank, insurer or other financial business'
    end as odd_words
from ranked
where first_row = 1
