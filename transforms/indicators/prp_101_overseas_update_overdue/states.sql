with judged as (
    select
        *,
        date_diff('day', due_on, edition_on) as late_days,
        case
            when company_id is null then 'not_matched'
            when gap is not null then gap
            when not is_active then 'miss'
            when edition_on is null then 'edition_undated'
            when due_on is null then 'no_day_due'
            when due_on < edition_on then 'hit'
            else 'miss'
        end as outcome
    from entry
),
ranked as (
    select
        *,
        row_number() over (
            partition by title_id
            order by
                case outcome when 'hit' then 0 when 'miss' then 2 else 1 end,
                late_days desc,
                outcome,
                statement_id
        ) as first_row
    from judged
)
select
    title_id as subject_id,
    state_of(outcome) as state,
    reason_of(outcome) as reason,
    case when outcome = 'hit' then late_days end as value,
    'days' as unit,
    proprietor_name,
    due_on,
    edition_on,
    case when late_days = 1 then 'day' else 'days' end as days_word
from ranked
where first_row = 1
