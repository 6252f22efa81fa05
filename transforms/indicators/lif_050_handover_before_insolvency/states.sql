with seats as (
    select company_id, min(first_seen_on) as first_seen_on from seat_held group by company_id
),
moves as (
    select
        *,
        row_number() over (partition by company_id order by is_within desc, until_on, statement_id) as best
    from moved
),
handed as (
    select *, row_number() over (partition by company_id order by days_n, part) as best from replaced
),
-- A company without a known insolvency is also assessed, because without a register of insolvencies nothing
-- is known.
assessed as (
    select company_id from company where is_active
    union
    select company_id from insolvent_company
),
judged as (
    select
        a.company_id,
        o.insolvent_on,
        r.part,
        r.days_n,
        m.after_on,
        m.until_on,
        case
            when o.company_id is null then 'miss'
            when o.insolvent_on is null then 'insolvency_not_known'
            when r.company_id is null then 'miss'
            when m.is_within then 'hit'
            when m.company_id is not null then 'move_not_dated'
            when coalesce(date_diff('day', s.first_seen_on, o.insolvent_on) < $days, true)
                then 'seats_not_held'
            else 'miss'
        end as outcome
    from assessed a
    left join insolvent_company o on o.company_id = a.company_id
    left join handed r on r.company_id = o.company_id and r.best = 1
    left join moves m on m.company_id = o.company_id and m.best = 1
    left join seats s on s.company_id = o.company_id
    where a.company_id in (select entity_id from entity)
)
select
    company_id as subject_id,
    state_of(outcome) as state,
    reason_of(outcome) as reason,
    case when outcome = 'hit' then days_n end as value,
    'days' as unit,
    $days as threshold,
    part,
    case when days_n = 1 then 'day' else 'days' end as day_word,
    insolvent_on,
    after_on,
    until_on
from judged
