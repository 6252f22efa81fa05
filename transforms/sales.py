"""SQL that indicators on sales share: sales up to the date of the release, and what is a dwelling."""

from __future__ import annotations

# Sales up to the date of the release. `same_price_and_day_n`: sales of the district with its price and day, itself among them; of two or
# more each may show the price of all (a portfolio). The district bounds it, because in a whole country one price and day is mostly chance.
# `first_sold_on`: first sale of the property.
SALES = """
        sales as (
            select
                x.*,
                count(*) over (partition by x.area_name, x.price_gbp, x.transferred_on) as same_price_and_day_n,
                min(x.transferred_on) over (partition by x.property_id) as first_sold_on,
                make_date(year(x.transferred_on), 3 * quarter(x.transferred_on) - 2, 1) as quarter_start,
                make_date(year(x.transferred_on), 1, 1) as year_start
            from "transaction" x
            where x.transferred_on <= $as_of
        )"""
DWELLINGS = "('detached', 'semi_detached', 'terraced', 'flat')"
