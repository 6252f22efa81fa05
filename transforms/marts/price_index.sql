-- Median price by district, kind of property and period; by year also of all kinds together. Standard sales
-- of dwellings only.
with sales as (
    select
        area_name,
        property_type,
        price_gbp,
        make_date(year(transferred_on), 3 * quarter(transferred_on) - 2, 1) as quarter_start,
        make_date(year(transferred_on), 1, 1) as year_start
    from "transaction"
    where category = 'standard'
        and property_type in ('detached', 'semi_detached', 'terraced', 'flat')
        and area_name is not null
        and price_gbp > 0 and transferred_on <= $as_of
),
periods as (
    select area_name, property_type, 'quarter' as period, quarter_start as period_start, price_gbp from sales
    union all
    select area_name, property_type, 'year', year_start, price_gbp from sales
    union all
    select area_name, 'any', 'year', year_start, price_gbp from sales
)
select
    area_name,
    property_type,
    period,
    period_start,
    cast(median(price_gbp) as decimal(18, 2)) as median_price_gbp,
    count(*) as sales_n
from periods
group by area_name, property_type, period, period_start
having count(*) >= $index_sales_n
order by area_name, property_type, period, period_start
