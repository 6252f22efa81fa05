with outcomes as (
    select
        *,
        case
            when has_controller or has_financier or has_officer or has_seat or has_lessor
                then case when decided_on is null then 'decision_not_dated' else 'hit' end
            when old_id is null or new_id is null then 'applicant_not_known'
            else 'miss'
        end as outcome
    from relay
),
ranked as (
    select
        *,
        row_number() over (
            partition by premises_id
            order by
                case outcome when 'hit' then 0 when 'miss' then 2 else 1 end,
                days_n,
                old_permit_id,
                new_permit_id
        ) as first_row
    from outcomes
),
-- Premises for which nobody else applied again are not a relay.
premises as (
    select distinct premises_id from permit where premises_id is not null
)
select
    p.premises_id as subject_id,
    state_of(coalesce(r.outcome, 'miss')) as state,
    reason_of(r.outcome) as reason,
    case when r.outcome in ('hit', 'miss') then r.days_n end as value,
    'days' as unit,
    $days as threshold,
    coalesce(r.old_name, 'another applicant') as old_name,
    coalesce(r.new_name, 'the new applicant') as new_name,
    r.old_state,
    r.decided_on,
    case when r.days_n = 1 then 'day' else 'days' end as days_word,
    concat_ws(
        ', ',
        case when r.has_controller then 'a controller' end,
        case when r.has_financier then 'a financier' end,
        case when r.has_officer then 'an officer' end,
        case when r.has_seat then 'a seat other than these premises' end,
        case when r.has_lessor then 'the lessor that the decision named' end
    ) as shared
from premises p
left join ranked r on r.premises_id = p.premises_id and r.first_row = 1
