"""PRP-030 ABC resale

Condition
---------
The property was sold 1 to `days` days before, with the same tenure, and the price has risen by more than
`gain` per cent beyond the prices of its kind. Both sales are of category A (single sales of dwellings at full
market value). The subject is the second sale.

Method
------
Each sale is compared with every earlier one of the same property and tenure within `days`. Gain = (p2 / p1) /
(I2 / I1) − 1, where I is the median price of the district and kind of property in the quarter of the sale,
from at least 20 sales, else in its year. If there are several earlier sales, the one with the largest gain
counts. Worked example: sold for 100,000 in February and for 130,000 in June; the median went from 200,000 to
205,000. Gain = 1.3 / 1.025 − 1 = 26.8 per cent: flagged. At 123,000 it is exactly 20 per cent: not flagged.

Why it is a red flag
--------------------
In an ABC transaction a property passes through a middleman at a price that is not the market's. Value moves
to the middleman, or a loan is taken on a price that nobody paid.

Unit
----
Per cent of gain beyond the index.

Parameters
----------
`days` 183 (half a year: the Dutch definition of an ABC transaction; the U.S. rule on flipped homes has 90 and
180 days). `gain` 20 (the U.S. rule on flipped homes: 20 per cent within 180 days).

Exclusions
----------
Sales of category B. A second sale of a new building, which is the developer's. Two sales on one day. A sale
that shares its price and day with another sale in the district: the record of each part of a portfolio shows
the price of the whole. In a district with many sales such pairs also occur by chance, and a flag is then
lost.

Ordinary explanations
---------------------
The buyer renovated or divided the property. The first sale was hurried, from an estate, or at auction. The
second sale included a part of the plot or an extension of the lease.

What would clear it
-------------------
Both contracts and valuations; permits and bills for the works between the two sales.

Not assessable when
-------------------
The address does not identify a single unit (a flat without its number, several units, land, no postcode).
There is an earlier sale, but the district has too few sales of the kind in one of the two quarters and years
for a median, or the tenure, category, new-build mark or an earlier price above zero is not stated. The sales
of the whole period of `days` are not held, so an earlier sale may be missing. (The yearly files, the complete
file and every monthly update count; a report of the report builder is a selection, and absence from it proves
nothing.)

Source
------
Dutch ABC definition (Financial Expertise Centre); Consumer Financial Protection Bureau, 12 CFR 1026.35(c)(4).
"""

from transforms.flags.sales import HELD_TIMES, NOT_HELD, SALES
from transforms.model.indicator import Indicator, Parameter

JUDGED = f"""
        with {SALES}, {HELD_TIMES},
        -- Days for which every sale of the preceding `days` is held.
        days_held as (
            select distinct x.transferred_on
            from "transaction" x
            join held_times t
                on x.transferred_on <= t.to_on and date_diff('day', t.from_on, x.transferred_on) >= $days
        ),
        pairs as (
            select
                b.transaction_id,
                a.statement_id as first_statement_id,
                a.address_statement_id as first_address_statement_id,
                b.statement_id,
                b.address_statement_id,
                a.price_gbp as first_price_gbp,
                a.transferred_on as first_on,
                date_diff('day', a.transferred_on, b.transferred_on) as gap_days,
                case
                    when a.category = 'additional'
                        or a.same_price_and_day_n > 1
                        or b.same_price_and_day_n > 1
                        or b.is_new_build
                        or (a.tenure <> b.tenure and a.tenure <> 'unknown' and b.tenure <> 'unknown')
                        then 'excluded'
                    when a.category = 'unknown'
                        or b.category = 'unknown'
                        or a.tenure = 'unknown'
                        or b.tenure = 'unknown'
                        or b.is_new_build is null
                        or a.price_gbp <= 0
                        then 'not_stated'
                    when coalesce(q1.median_price_gbp, y1.median_price_gbp) is null
                        or coalesce(q2.median_price_gbp, y2.median_price_gbp) is null
                        then 'no_index'
                end as outcome,
                cast(coalesce(q2.median_price_gbp, y2.median_price_gbp) as double)
                    / nullif(
                        cast(coalesce(q1.median_price_gbp, y1.median_price_gbp) as double), 0
                    ) as index_ratio,
                cast(b.price_gbp as double) / nullif(cast(a.price_gbp as double), 0) as price_ratio
            from sales b
            join sales a on a.property_id = b.property_id and a.transferred_on < b.transferred_on
                and date_diff('day', a.transferred_on, b.transferred_on) <= $days
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
            where b.category <> 'additional'
        ),
        measured as (
            select *, round(100 * (price_ratio / nullif(index_ratio, 0) - 1), 6) as gain_percent from pairs
        ),
        judged as (
            select *, coalesce(outcome, case when gain_percent > $gain then 'hit' else 'miss' end) as verdict
            from measured
        )"""

INDICATOR = Indicator(
    code="PRP-030",
    title="ABC resale",
    weak=False,
    subject_type="transaction",
    negatives_need=("gb_hmlr_price_paid",),
    parameters=(
        Parameter("days", 183, "days", "Dutch ABC definition; 12 CFR 1026.35(c)(4)"),
        Parameter("gain", 20, "per cent", "12 CFR 1026.35(c)(4)"),
    ),
    states=f"""
        {JUDGED},
        ranked as (
            select
                *,
                row_number() over (
                    partition by transaction_id
                    order by
                        case verdict
                            when 'hit' then 0
                            when 'no_index' then 1
                            when 'not_stated' then 1
                            when 'miss' then 2
                            else 3
                        end,
                        gain_percent desc nulls last, verdict, first_on, first_statement_id
                ) as best
            from judged
        ),
        assessed as (
            select
                s.transaction_id,
                s.price_gbp,
                s.transferred_on,
                case
                    when s.property_id is null then 'no_unit'
                    when r.verdict in ('hit', 'no_index', 'not_stated') then r.verdict
                    -- A sale that no earlier sale could make a resale needs none.
                    when d.transferred_on is null
                        and s.same_price_and_day_n = 1
                        and not coalesce(s.is_new_build, false) then 'window_not_held'
                    else r.verdict
                end as verdict,
                r.gain_percent,
                r.first_price_gbp,
                r.first_on,
                r.gap_days,
                r.index_ratio
            from sales s
            left join ranked r on r.transaction_id = s.transaction_id and r.best = 1
            left join days_held d on d.transferred_on = s.transferred_on
            where s.category <> 'additional'
        )
        select
            transaction_id as subject_id,
            case
                when verdict = 'hit' then 'flagged'
                when verdict in ('no_unit', 'no_index', 'not_stated', 'window_not_held') then 'not_assessable'
                else 'not_flagged'
            end as state,
            case when verdict in (
                'no_unit', 'no_index', 'not_stated', 'window_not_held'
            ) then verdict end as reason,
            cast(null as varchar) as subtype,
            cast(case when verdict in ('hit', 'miss') then gain_percent end as double) as value,
            'per cent' as unit,
            cast($gain as double) as threshold,
            cast(null as bigint) as peer_n,
            price_gbp,
            transferred_on,
            first_price_gbp,
            first_on,
            gap_days,
            case when gap_days = 1 then 'day' else 'days' end as days_word,
            100 * (index_ratio - 1) as index_percent,
            case when round(gain_percent, 2) > $gain then cast(
                cast(gain_percent as decimal(12, 2)) as varchar
            ) else concat_ws(' ', 'more than', cast($gain as varchar)) end as gain_words
        from assessed
        order by subject_id
    """,
    evidence=f"""
        {JUDGED},
        hits as (
            select * from judged where verdict = 'hit'
        )
        select
            transaction_id as subject_id, 'second sale, price' as role, statement_id,
            'transaction_statement.price_gbp' as field
        from hits
        union all
        select transaction_id, 'second sale, day', statement_id, 'transaction_statement.transferred_on'
        from hits
        union all
        select transaction_id, 'second sale, tenure', statement_id, 'transaction_statement.tenure' from hits
        union all
        select transaction_id, 'second sale, category', statement_id, 'transaction_statement.category'
        from hits
        union all
        select transaction_id, 'second sale, new build', statement_id, 'transaction_statement.is_new_build'
        from hits
        union all
        select transaction_id, 'second sale, property', address_statement_id, 'address_statement.address_text'
        from hits
        union all
        select transaction_id, 'first sale, price', first_statement_id, 'transaction_statement.price_gbp'
        from hits
        union all
        select transaction_id, 'first sale, day', first_statement_id, 'transaction_statement.transferred_on'
        from hits
        union all
        select transaction_id, 'first sale, tenure', first_statement_id, 'transaction_statement.tenure'
        from hits
        union all
        select transaction_id, 'first sale, category', first_statement_id, 'transaction_statement.category'
        from hits
        union all
        select
            transaction_id, 'first sale, property', first_address_statement_id,
            'address_statement.address_text'
        from hits
        order by subject_id, role, statement_id, field
    """,
    sentence=(
        "{subject_name} was sold for £{price_gbp:,.0f} on {transferred_on}, {gap_days} {days_word} "
        "after it was sold for £{first_price_gbp:,.0f} on {first_on}: "
        "{gain_words} per cent more than prices of its kind in the district account for, which changed "
        "by {index_percent:.1f} per cent (flagged above {threshold:.0f})."
    ),
    reasons={
        "no_unit": "the address does not identify a single unit that could have been sold before",
        "no_index": (
            "the district has too few sales of its kind around one of the two days to show how prices changed"
        ),
        "window_not_held": NOT_HELD,
        "not_stated": (
            "its tenure, its category, whether it is newly built or an earlier price above zero is not stated"
        ),
    },
    ordinary_explanations=(
        "The buyer renovated or divided the property.",
        "The first sale was hurried, from an estate, or at auction.",
        "The second sale included a part of the plot or an extension of the lease.",
    ),
    what_would_clear_it=(
        "Both contracts and valuations; permits and bills for the works between the two sales."
    ),
    source="Dutch ABC definition; Consumer Financial Protection Bureau, 12 CFR 1026.35(c)(4)",
)
