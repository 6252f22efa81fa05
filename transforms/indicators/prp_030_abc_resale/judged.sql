-- Two sales of a property within `days` days, the earlier one `a` and the later one `b`. They are joined by
-- their ids alone, and their other columns are looked up once, because the whole rows of a country's sales
-- are large.
with met as materialized (
    select b.transaction_id, a.transaction_id as first_transaction_id
    from sale b
    join sale a on a.property_id = b.property_id and a.transferred_on < b.transferred_on
        and date_diff('day', a.transferred_on, b.transferred_on) <= $days
    where b.category <> 'additional'
),
resold as materialized (
    select
        s.transaction_id, s.title_id, s.price, s.transferred_on, s.property_type, s.is_new_build, s.tenure,
        s.category, s.area_name, s.quarter_start, s.year_start, s.statement_id, s.address_statement_id
    from (select transaction_id from met union select first_transaction_id from met) m
    join sale s using (transaction_id)
),
pairs as (
    select
        b.transaction_id,
        a.statement_id as first_statement_id,
        a.address_statement_id as first_address_statement_id,
        b.statement_id,
        b.address_statement_id,
        b.title_id,
        a.title_id as first_title_id,
        a.price as first_price,
        a.transferred_on as first_on,
        date_diff('day', a.transferred_on, b.transferred_on) as gap_days,
        case
            when a.category = 'additional'
                or f.price is not null
                or l.price is not null
                or b.is_new_build
                or (a.tenure <> b.tenure and a.tenure <> 'unknown' and b.tenure <> 'unknown')
                then 'excluded'
            when a.category = 'unknown'
                or b.category = 'unknown'
                or a.tenure = 'unknown'
                or b.tenure = 'unknown'
                or b.is_new_build is null
                or a.price <= 0
                then 'not_stated'
            when coalesce(q1.median_price, y1.median_price) is null
                or coalesce(q2.median_price, y2.median_price) is null
                then 'no_index'
        end as outcome,
        cast(coalesce(q2.median_price, y2.median_price) as double)
            / nullif(
                cast(coalesce(q1.median_price, y1.median_price) as double), 0
            ) as index_ratio,
        cast(b.price as double) / nullif(cast(a.price as double), 0) as price_ratio
    from met m
    join resold b on b.transaction_id = m.transaction_id
    join resold a on a.transaction_id = m.first_transaction_id
    left join alike f on f.area_name is not distinct from a.area_name
        and f.price = a.price and f.transferred_on = a.transferred_on
    left join alike l on l.area_name is not distinct from b.area_name
        and l.price = b.price and l.transferred_on = b.transferred_on
    left join price_index q1 on q1.area_name = b.area_name and q1.property_type = b.property_type
        and q1.period = 'quarter' and q1.period_start = a.quarter_start
    left join price_index y1
        on y1.area_name = b.area_name
        and y1.property_type = b.property_type
        and y1.period = 'year'
        and y1.period_start = a.year_start
    left join price_index q2 on q2.area_name = b.area_name and q2.property_type = b.property_type
        and q2.period = 'quarter' and q2.period_start = b.quarter_start
    left join price_index y2
        on y2.area_name = b.area_name
        and y2.property_type = b.property_type
        and y2.period = 'year'
        and y2.period_start = b.year_start
),
measured as (
    select *, round(100 * (price_ratio / nullif(index_ratio, 0) - 1), 6) as gain_percent from pairs
)
select *, coalesce(outcome, case when gain_percent > $gain then 'hit' else 'miss' end) as verdict
from measured
