with candidates as (
    select
        s.transaction_id, s.title_id, s.statement_id, s.price, s.currency, s.transferred_on, s.area_name,
        s.property_type, s.tenure, s.is_new_build, s.quarter_start, s.year_start,
        s.area_name is not null
            and s.property_type <> 'unknown'
            and s.tenure <> 'unknown'
            and s.is_new_build is not null
            and s.category = 'standard'
            and s.price > 0 as is_stated,
        case when s.price > 0 then ln(cast(s.price as double)) end as log_price,
        case when s.price > 0 then ln(cast(s.price as double)) end
            - ln(cast(coalesce(q.median_price, y.median_price) as double)) as log_to_index,
        ln(cast(coalesce(q.median_price, y.median_price) as double)) as log_index
    from sale s
    left join price_index q
        on q.area_name = s.area_name
        and q.property_type = s.property_type
        and q.period = 'quarter'
        and q.period_start = s.quarter_start
    left join price_index y
        on y.area_name = s.area_name
        and y.property_type = s.property_type
        and y.period = 'year'
        and y.period_start = s.year_start
    where s.category <> 'additional'
        and s.property_type in ('detached', 'semi_detached', 'terraced', 'flat', 'unknown')
),
quarters as (
    select
        area_name, property_type, tenure, is_new_build, quarter_start, year_start, count(*) as sales_n,
        median(log_price) as middle
    from candidates
    where is_stated
    group by area_name, property_type, tenure, is_new_build, quarter_start, year_start
),
quarter_spreads as (
    select
        s.area_name, s.property_type, s.tenure, s.is_new_build, s.quarter_start, g.sales_n, g.middle,
        round(median(abs(s.log_price - g.middle)), 9) as spread
    from candidates s
    join quarters g using (area_name, property_type, tenure, is_new_build, quarter_start)
    where s.is_stated and g.sales_n >= $n
    group by
        s.area_name, s.property_type, s.tenure, s.is_new_build, s.quarter_start, g.sales_n, g.middle
),
-- A year's sales are needed only if one of its quarters has too few.
of_years as materialized (
    select s.area_name, s.property_type, s.tenure, s.is_new_build, s.year_start, s.log_to_index
    from candidates s
    join (
        select distinct area_name, property_type, tenure, is_new_build, year_start
        from quarters
        where sales_n < $n
    ) using (area_name, property_type, tenure, is_new_build, year_start)
    where s.is_stated and s.log_to_index is not null
),
years as (
    select
        area_name, property_type, tenure, is_new_build, year_start, count(*) as sales_n,
        median(log_to_index) as middle
    from of_years
    group by area_name, property_type, tenure, is_new_build, year_start
),
year_spreads as (
    select
        s.area_name, s.property_type, s.tenure, s.is_new_build, s.year_start, g.sales_n,
        case when g.sales_n >= $n then g.middle end as middle,
        round(median(abs(s.log_to_index - g.middle)), 9) as spread
    from of_years s
    join years g using (area_name, property_type, tenure, is_new_build, year_start)
    group by s.area_name, s.property_type, s.tenure, s.is_new_build, s.year_start, g.sales_n, g.middle
)
select
    s.transaction_id, s.title_id, s.statement_id, s.price, s.currency, s.transferred_on, s.is_stated,
    q.sales_n is not null as by_quarter,
    coalesce(q.sales_n, y.sales_n) as peer_n,
    -- If nearly all prices are equal, `floor` is used as the spread.
    case
        when q.sales_n is not null
            then round(0.6745 * (s.log_price - q.middle) / nullif(greatest(q.spread, $floor), 0), 6)
        else round(0.6745 * (s.log_to_index - y.middle) / nullif(greatest(y.spread, $floor), 0), 6)
    end as z_score,
    case
        when q.sales_n is not null then exp(q.middle)
        else exp(y.middle + s.log_index)
    end as middle_price
from candidates s
left join quarter_spreads q using (area_name, property_type, tenure, is_new_build, quarter_start)
left join year_spreads y using (area_name, property_type, tenure, is_new_build, year_start)
