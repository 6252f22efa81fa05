with outcomes as (
    select
        *,
        case
            when not (has_address or has_name or has_industry) then 'miss'
            when insolvent_on is null then 'insolvency_not_known'
            when incorporated_on is null then 'no_incorporation_date'
            when not is_dated then 'control_not_dated'
            else 'hit'
        end as outcome
    from pair
),
ranked as (
    select
        *,
        row_number() over (
            partition by new_id
            order by
                case outcome when 'hit' then 0 when 'miss' then 2 else 1 end,
                cast(has_address as integer) + cast(has_name as integer) + cast(has_industry as integer) desc,
                abs(days_n),
                old_id
        ) as first_row
    from outcomes
)
select
    c.company_id as subject_id,
    case
        when r.outcome = 'hit' then 'flagged'
        when r.outcome <> 'miss' or u.company_id is not null then 'not_assessable'
        else 'not_flagged'
    end as state,
    case
        when r.outcome = 'hit' then null
        when r.outcome <> 'miss' then r.outcome
        when u.company_id is not null then 'insolvency_not_known'
    end as reason,
    case when r.outcome = 'hit' then r.days_n end as value,
    'days' as unit,
    r.incorporated_on,
    r.old_name,
    r.insolvent_on,
    abs(r.days_n) as days,
    case when abs(r.days_n) = 1 then 'day' else 'days' end as day_word,
    case when r.days_n < 0 then 'before' else 'after' end as side,
    concat_ws(', ',
        'a controller or officer',
        case when r.has_address then 'an address' end,
        case
            when r.is_former_name then 'nearly a former name of it'
            when r.has_name then 'nearly its name'
        end,
        case when r.has_industry then 'its industry' end
    ) as shared
from company c
left join ranked r on r.new_id = c.company_id and r.first_row = 1
left join undated u on u.company_id = c.company_id
where c.is_active
