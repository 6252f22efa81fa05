with judged as (
    select
        *,
        date_diff('day', incorporated_on, dissolved_from) as least_days,
        date_diff('day', incorporated_on, dissolved_by) as most_days,
        case
            when legal_form_class in ('overseas_entity', 'overseas_company') then 'overseas_registration'
            when incorporated_on is null then 'no_incorporation_date'
            when dissolved_by is null
                or (
                    is_without_day and date_diff('day', incorporated_on, dissolved_by) > $days
                ) then 'no_dissolution_date'
            when is_interval
                and date_diff(
                    'day', dissolved_from, dissolved_by
                ) > 31 then 'editions_apart'
            when date_diff('day', incorporated_on, dissolved_by) between 0 and $days then 'hit'
            when date_diff('day', incorporated_on, dissolved_from) > $days then 'miss'
            when date_diff('day', incorporated_on, dissolved_by) < 0 then 'dates_disagree'
            else 'interval'
        end as outcome
    from ended_company
)
select
    company_id as subject_id,
    state_of(outcome) as state,
    reason_of(outcome) as reason,
    case when outcome in ('hit', 'miss') then most_days end as value,
    'days' as unit,
    $days as threshold,
    incorporated_on,
    case when most_days = 1 then 'day' else 'days' end as days_word,
    case
        when is_without_day
            then concat_ws('', 'was dissolved by ', cast(dissolved_by as varchar), ', at most')
        when is_interval
            then concat_ws(
                '', 'left the company register between ', cast(dissolved_from as varchar), ' and ',
                cast(dissolved_by as varchar), ', at most'
            )
        else concat_ws('', 'was dissolved on ', cast(dissolved_by as varchar), ',')
    end as ending
from judged
