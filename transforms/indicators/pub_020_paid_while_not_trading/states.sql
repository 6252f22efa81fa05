with lines as (
    select
        f.payee_id,
        f.amount,
        f.currency,
        f.flowed_on,
        f.method,
        f.status = 'planned' as is_planned,
        c.name,
        case
            when f.method <> 'number' then 'miss'
            when f.flowed_on < c.incorporated_on then 'not yet incorporated'
            when f.flowed_on > c.dissolved_on then 'dissolved'
            else 'miss'
        end as condition
    from flow f
    join company c on c.company_id = f.payee_id
    where f.amount > 0
        and f.kind in ('payment', 'subsidy')
        and (f.status = 'planned' or f.flowed_on <= $as_of)
        and f.payee_kind = 'company'
        and c.legal_form_class not in ('overseas_entity', 'overseas_company')
),
summed as (
    select
        payee_id, currency, condition,
        min(name) as name,
        sum(amount) as received,
        count(*) as lines_n,
        bool_or(is_planned) as is_planned,
        bool_and(is_planned) as is_all_planned,
        max(flowed_on) as last_on
    from lines
    group by payee_id, currency, condition
),
ranked as (
    select
        *,
        row_number() over (
            partition by payee_id
            order by
                case condition when 'dissolved' then 0 when 'miss' then 2 else 1 end,
                is_planned desc,
                received desc,
                currency
        ) as first_row
    from summed
)
select
    payee_id as subject_id,
    case when condition = 'miss' then 'not_flagged' else 'flagged' end as state,
    cast(null as varchar) as reason,
    case when condition <> 'miss' then replace(condition, ' ', '_') end as subtype,
    -- Nobody can take the money for a dissolved company.
    case when condition = 'dissolved' and is_planned then 'stop' end as lane,
    cast(case when condition <> 'miss' then received end as double) as value,
    currency as unit,
    cast(0 as double) as threshold,
    cast(null as bigint) as peer_n,
    thousands(cast(floor(received) as bigint)) as received,
    currency,
    lines_n,
    case when lines_n = 1 then 'line' else 'lines' end as lines_word,
    case condition
        when 'dissolved' then 'after it was dissolved'
        else 'before it was incorporated'
    end as when_words,
    last_on,
    case
        when is_all_planned then 'is to be paid'
        when is_planned then 'is to be paid, or was paid,'
        else 'was paid'
    end as paid_words
from ranked
where first_row = 1
