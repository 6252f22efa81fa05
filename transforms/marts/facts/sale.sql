select
    x.*,
    count(*) over (
        partition by x.area_name, x.price, x.transferred_on
    ) as same_price_and_day_n,
    min(x.transferred_on) over (partition by x.property_id) as first_sold_on,
    make_date(year(x.transferred_on), 3 * quarter(x.transferred_on) - 2, 1) as quarter_start,
    make_date(year(x.transferred_on), 1, 1) as year_start
from "transaction" x
where x.transferred_on <= (select max(as_of) from release_day)
