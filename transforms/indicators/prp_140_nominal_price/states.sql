with ranked as (
    select
        *,
        row_number() over (
            partition by transaction_id
            order by
                case
                    when outcome in ('left_out', 'burdened', 'linked') then 0
                    when outcome = 'hit' then 2
                    else 1
                end,
                outcome,
                left_statement_id,
                came_statement_id
        ) as first_row
    from paired
)
select
    s.transaction_id as subject_id,
    case
        when r.outcome = 'hit' then 'flagged'
        when r.outcome is null or r.outcome in ('left_out', 'burdened', 'linked') then 'not_flagged'
        else 'not_assessable'
    end as state,
    case when r.outcome not in ('hit', 'left_out', 'burdened', 'linked') then r.outcome end as reason,
    case
        when r.outcome = 'hit'
            then round(100 * cast(r.price as double) / nullif(cast(r.middle as double), 0), 6)
    end as value,
    'per cent' as unit,
    $pct as threshold,
    r.peer_n,
    case when r.outcome = 'hit' then currency_sign(r.currency) end as sign,
    r.price,
    r.middle,
    r.transferred_on,
    r.left_name,
    r.came_name
from sale s
left join ranked r on r.transaction_id = s.transaction_id and r.first_row = 1
