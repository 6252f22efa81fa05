-- Median prices by district, year and property type.
select area_name, property_type, year(period_start) as year, median_price, currency, sales_n
from v_price_index
where period = 'year' and property_type <> 'any'
order by area_name, property_type, year
