with judged as (
    select
        l.*,
        x.price,
        x.currency,
        w.worth,
        w.is_determined,
        100 * (cast(x.price as double) / nullif(w.worth, 0) - 1) as off_pct,
        case
            when l.link is null then 'miss'
            when x.transaction_id is null then 'no_deed'
            when date_diff('day', l.shown_on, l.left_by) > 31 then 'editions_apart'
            when x.category <> 'standard' then 'not_alone'
            when w.worth is null then 'no_worth'
            when round(abs(100 * (cast(x.price as double) / nullif(w.worth, 0) - 1)), 6) > $pct then 'hit'
            else 'miss'
        end as outcome
    from linked l
    join title t using (title_id)
    left join "transaction" x on x.transaction_id = l.transaction_id and x.price > 0
    left join worth w on w.left_statement_id = l.left_statement_id and w.statement_id = l.statement_id
),
ranked as (
    select
        *,
        row_number() over (
            partition by title_id
            order by
                case outcome when 'hit' then 0 when 'miss' then 2 else 1 end,
                came_on desc,
                link desc nulls last,
                outcome,
                left_statement_id,
                statement_id
        ) as first_row
    from judged
)
select
    title_id as subject_id,
    state_of(outcome) as state,
    reason_of(outcome) as reason,
    case when outcome = 'hit' then link end as subtype,
    case when outcome = 'hit' then round(abs(off_pct), 6) end as value,
    'per cent' as unit,
    $pct as threshold,
    left_name,
    came_name,
    came_on,
    currency_sign(currency) as sign,
    price,
    worth,
    case
        when round(abs(off_pct), 2) > $pct then cast(cast(abs(off_pct) as decimal(12, 2)) as varchar)
        else concat_ws(' ', 'more than', cast($pct as varchar))
    end as off_words,
    case when off_pct > 0 then 'above' else 'below' end as side_word,
    case link
        when 'control_group' then 'in one control group with it'
        else 'of one beneficial owner with it'
    end as link_words,
    case
        when is_determined then 'what the municipality determined'
        else 'what it had been bought for, brought to that year by the price index'
    end as worth_words
from ranked
where first_row = 1
