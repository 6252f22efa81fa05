with outcomes as (
    select
        process_id as subject_id,
        case
            when method = 'unknown' then 'method_not_stated'
            when method <> 'open' then 'miss'
            when opens_at is null or closes_at is null then 'period_not_stated'
            when closes_at < opens_at then 'ends_before_it_starts'
            when full_days < $days then 'hit'
            else 'miss'
        end as outcome,
        full_days as value,
        cast(opens_at as date) as opened_on,
        cast(closes_at as date) as closed_on,
        coalesce(buyer_name, 'an unnamed buyer') as buyer_words
    from (
        select
            *,
            date_diff('day', opens_at, closes_at)
            - case when cast(closes_at as time) < cast(opens_at as time) then 1 else 0 end as full_days
        from tender
    )
)
select
    subject_id,
    state_of(outcome) as state,
    reason_of(outcome) as reason,
    case when outcome in ('hit', 'miss') then value end as value,
    'days' as unit,
    $days as threshold,
    opened_on,
    closed_on,
    buyer_words
from outcomes
