with worst as (
    select
        subject_id,
        case
            when oldest < 0 then 'future'
            when youngest >= 12 * $over then 'over'
            when oldest < 12 * $under then 'under'
            when oldest is null then 'not_known'
            else 'plausible'
        end as outcome
    from judged
),
-- If there are several, the first of these.
ranked as (
    select
        subject_id,
        case
            when bool_or(outcome = 'future') then 'future'
            when bool_or(outcome = 'over') then 'over'
            when bool_or(outcome = 'under') then 'under'
            when bool_or(outcome = 'plausible') then 'plausible'
            else 'not_known'
        end as outcome,
        count(*) filter (where outcome in ('future', 'over', 'under')) as wrong_n
    from worst
    group by subject_id
),
-- A company without any date of birth is also assessed, because without a register of owners nothing is
-- known.
assessed as (
    select subject_id from judged
    union
    select company_id from company where is_active and must_declare_owners
)
select
    a.subject_id,
    case
        when outcome in ('future', 'over', 'under') then 'flagged'
        when outcome = 'not_known' then 'not_assessable'
        else 'not_flagged'
    end as state,
    case when outcome = 'not_known' then 'age_not_known' end as reason,
    case when outcome in ('future', 'over', 'under') then outcome end as subtype,
    case when outcome in ('future', 'over', 'under') then wrong_n end as value,
    'records' as unit,
    case when wrong_n = 1 then 'record of an owner' else 'records of owners' end as records_words,
    case outcome
        when 'future' then 'notified before being born'
        when 'over' then concat_ws(' ', 'over', cast($over as varchar), 'years old when notified')
        when 'under' then concat_ws(' ', 'under', cast($under as varchar), 'years old when notified')
    end as age_words
from assessed a
left join ranked r on r.subject_id = a.subject_id
