"""PRP-070 pass-through property

Condition
---------
The property was sold at least `n` times in the `years` years up to the release's date.

Method
------
The sales of a unit are counted; several on one day count once. As in PRP-030, only sales of category A count,
no portfolios, and a new building only at its first sale. Worked example: sales in 2008, 2011, 2014, 2019 and
2023, as of 2026: 5 sales, flagged. Without the sale of 2023: 4 sales, not flagged.

Why it is a red flag
--------------------
A building that keeps changing hands may serve to move value, and often nobody maintains it (Zicht op
Ondermijning).

Unit
----
Sales.

Parameters
----------
`n` 5 (Zicht op Ondermijning). `years` 20 (Zicht op Ondermijning; a sale of the same day 20 years before
counts).

Exclusions
----------
Sales of category B, and sales that share their price and day with another sale in the district.

Ordinary explanations
---------------------
It is a starter home or a small flat, which people leave after a few years. The market rose fast.

What would clear it
-------------------
Proof that the parties to the sales are ordinary households who lived there.

Not assessable when
-------------------
The property reaches `n` only with sales whose category or new-build mark is not stated. The sales of all
`years` years are not held, up to 75 days before the release's date, and those held do not reach `n`. (The
complete file has all of them; otherwise the files of all years are needed, with every monthly update after
the last of them. A report of the report builder is a selection, and absence from it proves nothing.) A
property whose sales do not identify a single unit is not a candidate.

Source
------
Zicht op Ondermijning (Statistics Netherlands and the Ministry of the Interior), indicators of the housing
market.
"""

from transforms.flags.sales import HELD_TIMES, NEWEST_APART_DAYS, NOT_HELD, SALES
from transforms.model.indicator import Indicator, Parameter

COUNTED = f"""
        with {SALES},
        weighed as (
            select
                *,
                -- The same day `years` years before, as numbers that compare like days.
                10000 * (year(transferred_on) + $years) + 100 * month(transferred_on) + day(transferred_on)
                    >= 10000 * year($as_of) + 100 * month($as_of) + day($as_of) as is_recent,
                category <> 'additional'
                    and same_price_and_day_n = 1
                    and not (coalesce(is_new_build, false) and transferred_on > first_sold_on) as may_count,
                category = 'standard'
                    and (is_new_build is not null or transferred_on = first_sold_on) as is_stated
            from sales
            where property_id is not null
        ),
        counted as (
            select
                property_id,
                count(distinct transferred_on) filter (
                    where is_recent and may_count and is_stated
                ) as sales_n,
                count(distinct transferred_on) filter (where is_recent and may_count) as most_n,
                min(transferred_on) filter (where is_recent and may_count and is_stated) as first_on,
                max(transferred_on) filter (where is_recent and may_count and is_stated) as last_on
            from weighed
            group by property_id
        )"""

INDICATOR = Indicator(
    code="PRP-070",
    title="Pass-through property",
    weak=False,
    subject_type="property",
    negatives_need=("gb_hmlr_price_paid",),
    parameters=(
        Parameter("n", 5, "sales", "Zicht op Ondermijning"),
        Parameter("years", 20, "years", "Zicht op Ondermijning"),
    ),
    states=f"""
        {COUNTED}, {HELD_TIMES},
        -- One row: whether every sale of the `years` years is held, up to the newest that can be.
        whole as (
            select count(*) > 0 as is_held
            from held_times
            where 10000 * (year(from_on) + $years) + 100 * month(from_on) + day(from_on)
                    <= 10000 * year($as_of) + 100 * month($as_of) + day($as_of)
                and date_diff('day', to_on, $as_of) <= {NEWEST_APART_DAYS}
        )
        select
            property_id as subject_id,
            case
                when sales_n >= $n then 'flagged'
                when most_n >= $n or not is_held then 'not_assessable'
                else 'not_flagged'
            end as state,
            case
                when sales_n >= $n then null
                when most_n >= $n then 'not_stated'
                when not is_held then 'window_not_held'
            end as reason,
            cast(null as varchar) as subtype,
            cast(sales_n as double) as value,
            'sales' as unit,
            cast($n as double) as threshold,
            cast(null as bigint) as peer_n,
            first_on,
            last_on,
            cast($years as integer) as years
        from counted
        cross join whole
        order by subject_id
    """,
    evidence=f"""
        {COUNTED},
        hits as (
            select w.*
            from weighed w
            join counted c using (property_id)
            where c.sales_n >= $n and w.is_recent and w.may_count and w.is_stated
        )
        select
            property_id as subject_id, 'sold' as role, statement_id,
            'transaction_statement.transferred_on' as field
        from hits
        union all
        select property_id, 'sold for', statement_id, 'transaction_statement.price_gbp' from hits
        union all
        select property_id, 'category of the sale', statement_id, 'transaction_statement.category' from hits
        union all
        select property_id, 'new build', statement_id, 'transaction_statement.is_new_build'
        from hits
        where is_new_build is not null
        union all
        select property_id, 'property sold', address_statement_id, 'address_statement.address_text' from hits
        order by subject_id, role, statement_id, field
    """,
    sentence=(
        "{subject_name} was sold {value:.0f} times from {first_on} to {last_on} (flagged at "
        "{threshold:.0f} within {years} years)."
    ),
    reasons={
        "not_stated": (
            "it would reach the number only with sales whose category or new-build mark is not stated"
        ),
        "window_not_held": NOT_HELD,
    },
    ordinary_explanations=(
        "It is a starter home or a small flat, which people leave after a few years.",
        "The market rose fast.",
    ),
    what_would_clear_it="Proof that the parties to the sales are ordinary households who lived there.",
    source="Zicht op Ondermijning",
)
