with outcomes as (
    select
        process_id as subject_id,
        case
            when method = 'unknown' then 'method_not_stated'
            when method not in ('open', 'selective') then 'miss'
            when bidders_n is null then 'bidders_not_counted'
            when bidders_n = 1 then 'hit'
            else 'miss'
        end as outcome,
        bidders_n as value,
        case when method = 'open' then 'anybody' else 'anybody who qualifies' end as method_words,
        coalesce(buyer_name, 'an unnamed buyer') as buyer_words
    from tender
)
select
    subject_id,
    state_of(outcome) as state,
    reason_of(outcome) as reason,
    case when outcome in ('hit', 'miss') then value end as value,
    'bidders' as unit,
    method_words,
    buyer_words
from outcomes
