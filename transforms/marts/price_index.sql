-- Median price by district, kind of property and period; for years also of all kinds together. Only standard
-- sales of dwellings; deeds of a land register do not state the kind of house, and count as other.
with sales as (
    select
        area_name,
        property_type,
        currency,
        price,
        make_date(year(transferred_on), 3 * quarter(transferred_on) - 2, 1) as quarter_start,
        make_date(year(transferred_on), 1, 1) as year_start
    from "transaction"
    where category = 'standard'
        and (
            property_type in ('detached', 'semi_detached', 'terraced', 'flat')
            or (property_type = 'other' and title_id is not null)
        )
        and area_name is not null
        and price > 0 and transferred_on <= $as_of
),
periods as (
    select area_name, property_type, 'quarter' as period, quarter_start as period_start, currency, price
    from sales
    union all
    select area_name, property_type, 'year', year_start, currency, price from sales
    union all
    select area_name, 'any', 'year', year_start, currency, price from sales
)
select
    area_name,
    property_type,
    period,
    period_start,
    case when currency = 'GBP' then cast(median(price) as decimal(18, 2)) end as median_price_gbp,
    cast(median(price) as decimal(18, 2)) as median_price,
    currency,
    count(*) as sales_n
from periods
group by area_name, property_type, period, period_start, currency
having count(*) >= $index_sales_n
