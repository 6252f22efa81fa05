with debts as (
    select
        title_id, debt_id,
        max(amount_secured) as amount,
        bool_or(amount_secured is null) as is_unknown,
        bool_or(amount_secured is not null and coalesce(currency, '') <> priced_in) as is_foreign,
        max(currency) as currency,
        max(objects_n) > count(distinct covered_id) as is_partly_held
    from secured
    group by title_id, debt_id
),
summed as (
    select
        title_id,
        sum(amount) as secured,
        bool_or(is_unknown) as is_unknown,
        bool_or(is_foreign) as is_foreign,
        max(currency) as currency,
        bool_or(is_partly_held) as is_partly_held
    from debts
    group by title_id
),
-- A deed over several titles counts against the value of all of them together.
worth as (
    select
        title_id,
        count(*) as titles_n,
        case when count(*) = count(price) then sum(price) end as price,
        case when count(*) = count(value_today) then sum(value_today) end as value_today
    from (select distinct title_id, covered_id, price, value_today from secured)
    group by title_id
),
outcomes as (
    select
        s.title_id, s.secured, s.currency, w.titles_n, w.price, w.value_today,
        100 * cast(s.secured as double)
            / nullif(greatest(cast(w.price as double), w.value_today), 0) as share,
        case
            when s.is_foreign then 'other_currency'
            when s.secured is null then 'no_amount'
            when s.is_partly_held or w.price is null then 'no_value'
            when s.secured * 100 <= $pct * w.price and not s.is_unknown then 'miss'
            when w.value_today is null then 'no_index'
            when s.secured * 100 > $pct * w.price
                and cast(s.secured as double) * 100 > $pct * w.value_today then 'hit'
            when s.is_unknown then 'no_amount'
            else 'miss'
        end as outcome
    from summed s
    join worth w using (title_id)
    where s.title_id in (select title_id from title)
)
select
    title_id as subject_id,
    state_of(outcome) as state,
    reason_of(outcome) as reason,
    case when outcome in ('hit', 'miss') then round(share, 6) end as value,
    'per cent' as unit,
    $pct as threshold,
    currency_sign(currency) as sign,
    secured,
    price,
    value_today,
    case when round(share) > $pct then cast(cast(round(share) as bigint) as varchar)
        else concat_ws(' ', 'more than', cast($pct as varchar))
    end as share_words,
    case titles_n
        when 1 then ''
        when 2 then ' and another title'
        else concat_ws(' ', ' and', cast(titles_n - 1 as varchar), 'other titles')
    end as titles_words
from outcomes
