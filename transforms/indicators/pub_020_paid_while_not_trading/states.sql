with summed as (
    select
        payee_id, currency, condition,
        min(name) as name,
        sum(amount) as received,
        count(*) as lines_n,
        bool_or(is_planned) as is_planned,
        bool_and(is_planned) as is_all_planned,
        bool_or(is_interval) as is_interval,
        max(accounts_made_up_to) as accounts_made_up_to,
        max(dissolved_on) as dissolved_on,
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
                case condition
                    when 'dissolved' then 0
                    when 'not yet incorporated' then 1
                    when 'dormant' then 2
                    when 'miss' then 4
                    else 3
                end,
                is_planned desc,
                received desc,
                currency
        ) as first_row
    from summed
)
select
    payee_id as subject_id,
    case
        when condition in ('dissolved', 'not yet incorporated', 'dormant') then 'flagged'
        when condition = 'miss' then 'not_flagged'
        else 'not_assessable'
    end as state,
    case
        when condition not in ('dissolved', 'not yet incorporated', 'dormant', 'miss') then condition
    end as reason,
    case
        when condition in ('dissolved', 'not yet incorporated', 'dormant') then replace(condition, ' ', '_')
    end as subtype,
    -- Nobody may receive money on behalf of a dissolved company.
    case
        when condition = 'dissolved' and is_planned then 'stop'
        when condition = 'dormant' then 'look'
    end as lane,
    case when condition in ('dissolved', 'not yet incorporated', 'dormant') then received end as value,
    currency as unit,
    0 as threshold,
    thousands(received) as received,
    currency,
    lines_n,
    case when lines_n = 1 then 'line' else 'lines' end as lines_word,
    case
        when condition = 'dormant' then concat_ws(
            '', 'within the twelve months of its dormant accounts to ', cast(accounts_made_up_to as varchar)
        )
        when condition <> 'dissolved' then 'before it was incorporated'
        when is_interval then 'after it left the company register'
        else concat_ws(' on ', 'after it was dissolved', cast(dissolved_on as varchar))
    end as when_words,
    last_on,
    case
        when is_all_planned then 'is to be paid'
        when is_planned then 'is to be paid, or was paid,'
        else 'was paid'
    end as paid_words
from ranked
where first_row = 1
