with
-- Days for which every sale of the preceding `days` days is held. For deeds of a land register this is
-- unknown.
days_held as (
    select distinct x.transferred_on
    from "transaction" x
    join sale_period t
        on x.transferred_on <= t.to_on and date_diff('day', t.from_on, x.transferred_on) >= $days
),
ranked as (
    select
        *,
        row_number() over (
            partition by transaction_id
            order by
                case verdict
                    when 'hit' then 0
                    when 'no_index' then 1
                    when 'not_stated' then 1
                    when 'miss' then 2
                    else 3
                end,
                gain_percent desc nulls last, verdict, first_on, first_statement_id
        ) as best
    from judged
),
assessed as (
    select
        s.transaction_id,
        s.price,
        s.currency,
        s.transferred_on,
        case
            when s.property_id is null then 'no_unit'
            when r.verdict in ('hit', 'no_index', 'not_stated') then r.verdict
            -- A sale that no earlier sale could make a resale does not need one.
            when d.transferred_on is null
                and l.price is null
                and not coalesce(s.is_new_build, false) then 'window_not_held'
            else r.verdict
        end as verdict,
        r.gain_percent,
        r.first_price,
        r.first_on,
        r.gap_days,
        r.index_ratio
    from sale s
    left join ranked r on r.transaction_id = s.transaction_id and r.best = 1
    left join days_held d on d.transferred_on = s.transferred_on and s.title_id is null
    left join alike l on l.area_name is not distinct from s.area_name
        and l.price = s.price and l.transferred_on = s.transferred_on
    where s.category <> 'additional'
)
select
    transaction_id as subject_id,
    case
        when verdict = 'hit' then 'flagged'
        when verdict in ('no_unit', 'no_index', 'not_stated', 'window_not_held') then 'not_assessable'
        else 'not_flagged'
    end as state,
    case when verdict in (
        'no_unit', 'no_index', 'not_stated', 'window_not_held'
    ) then verdict end as reason,
    case when verdict in ('hit', 'miss') then gain_percent end as value,
    'per cent' as unit,
    $gain as threshold,
    case when verdict = 'hit' then currency_sign(currency) end as sign,
    price,
    transferred_on,
    first_price,
    first_on,
    gap_days,
    case when gap_days = 1 then 'day' when gap_days > 1 then 'days' end as days_word,
    100 * (index_ratio - 1) as index_percent,
    case
        when verdict = 'hit' and round(gain_percent, 2) > $gain
            then cast(cast(gain_percent as decimal(12, 2)) as varchar)
        when verdict = 'hit' then concat_ws(' ', 'more than', cast($gain as varchar))
    end as gain_words
from assessed
