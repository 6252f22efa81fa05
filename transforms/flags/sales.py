"""SQL for indicators on sales: sales up to the release's date, and periods for which all sales are held."""

PRICES = "gb_hmlr_price_paid"
FIRST_SALE_ON = "1995-01-01"  # the register begins on this day
# This project's own: at most this many days lie between the newest sales of two consecutive monthly updates.
# If a month is missing, it is eight weeks.
SETS_APART_DAYS = 45
# The register's `overdue_days`: sales are registered and published weeks after they are made.
NEWEST_APART_DAYS = 75

# Sales up to the date of the release. `same_price_and_day_n`: sales in the district with the same price and
# day, itself included; if there are two or more, each may show the price of all of them (a portfolio). Only
# the district counts, because in a whole country the same price and day is mostly chance. `first_sold_on`:
# first sale of the property.
SALES = """
        sales as (
            select
                x.*,
                count(*) over (
                    partition by x.area_name, x.price_gbp, x.transferred_on
                ) as same_price_and_day_n,
                min(x.transferred_on) over (partition by x.property_id) as first_sold_on,
                make_date(year(x.transferred_on), 3 * quarter(x.transferred_on) - 2, 1) as quarter_start,
                make_date(year(x.transferred_on), 1, 1) as year_start
            from "transaction" x
            where x.transferred_on <= $as_of
        )"""
# Periods for which every sale is held, `from_on` to `to_on`, by the data sets in force. A yearly file covers
# its year up to its newest sale; a monthly update continues what is held. A file of the report builder is a
# selection that its name does not describe: its sales count, but absence from it proves nothing.
HELD_TIMES = f"""
        sale_sets as (
            select
                dataset,
                case
                    when dataset = 'pp-complete' then date '{FIRST_SALE_ON}'
                    when dataset = 'pp-monthly-update' then edition_date
                    when dataset like 'pp-____' then make_date(try_cast(substr(dataset, 4) as integer), 1, 1)
                end as from_on,
                case when dataset like 'pp-____' then least(
                    edition_date, make_date(try_cast(substr(dataset, 4) as integer), 12, 31)
                ) else edition_date end as to_on
            from edition_in_use
            where register = '{PRICES}' and status = 'in_force'
        ),
        sets_in_order as (
            select
                *,
                max(to_on) over (
                    order by from_on, to_on, dataset rows between unbounded preceding and 1 preceding
                ) as before_on
            from sale_sets
            where from_on <= to_on
        ),
        sets_numbered as (
            select
                *,
                sum(
                    case when date_diff('day', before_on, from_on) <= {SETS_APART_DAYS} then 0 else 1 end
                ) over (order by from_on, to_on, dataset) as stretch_no
            from sets_in_order
        ),
        held_times as (
            select min(from_on) as from_on, max(to_on) as to_on from sets_numbered group by stretch_no
        )"""
NOT_HELD = "the sales of the whole period that it looks back on are not held, so one may be missing"
DWELLINGS = "('detached', 'semi_detached', 'terraced', 'flat')"
