"""PRP-040 price outlier

Condition
---------
The price is further from the prices of its stratum than a modified z-score of `z`. Only sales of category A;
detached, semi-detached, terraced or flat.

Method
------
x = ln(price). Stratum: district, kind of property, tenure, newly built or not, and quarter, with at least `n`
sales. Modified z = 0.6745 · (x − median) / MAD, where MAD is the median of the absolute distances from the
median. If the quarter has fewer sales, or its MAD is 0, the stratum is the year, with prices divided by the
index: the median of district and kind in the quarter of the sale, from at least 20 sales, otherwise in its
year. Worked example: median 200,000, MAD 0.2 (half of the prices within 22 per cent). A sale at 600,000: x −
median = 1.0986, z = 0.6745 · 1.0986 / 0.2 = 3.71: flagged. At 560,000 z = 3.47: not flagged.

Why it is a red flag
--------------------
A price far above the market can absorb criminal money, or a loan; one far below can hide money that was paid
on the side.

Unit
----
Modified z-score, without its sign; the sub-type says above or below.

Parameters
----------
`z` 3.5 (Iglewicz and Hoaglin, How to Detect and Handle Outliers, 1993). `n` 20 (this project's own).

Exclusions
----------
Category B, kind O, sales after the date of the release.

Ordinary explanations
---------------------
A very large or small dwelling, or one with land: the record holds no size. A home in a very poor or very good
state. A sale of a share of a property, a sale within a family, or an error in the record.

What would clear it
-------------------
A valuation, the floor area, and how the two parties are related.

Not assessable when
-------------------
The district, kind of property, tenure, category or new-build mark is not stated or not a known one, or the
price is not above zero. The quarter and the year have fewer than `n` sales of the stratum. Most sales of the
stratum have one price, so the spread of prices is unknown.

Source
------
Unger and Ferwerda, Money Laundering in the Real Estate Sector (2011), indicator 2.2.
"""

from transforms.flags.sales import DWELLINGS, SALES
from transforms.model.indicator import Indicator, Parameter

JUDGED = f"""
        with {SALES},
        candidates as (
            select s.*,
                s.area_name is not null
                    and s.property_type <> 'unknown'
                    and s.tenure <> 'unknown'
                    and s.is_new_build is not null
                    and s.category = 'standard'
                    and s.price_gbp > 0 as is_stated,
                case when s.price_gbp > 0 then ln(cast(s.price_gbp as double)) end as log_price,
                case when s.price_gbp > 0 then ln(cast(s.price_gbp as double)) end
                    - ln(cast(coalesce(q.median_price_gbp, y.median_price_gbp) as double)) as log_to_index,
                ln(cast(coalesce(q.median_price_gbp, y.median_price_gbp) as double)) as log_index
            from sales s
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
                and (s.property_type in {DWELLINGS} or s.property_type = 'unknown')
        ),
        quarters as (
            select
                area_name, property_type, tenure, is_new_build, quarter_start, count(*) as sales_n,
                median(log_price) as middle
            from candidates
            where is_stated
            group by area_name, property_type, tenure, is_new_build, quarter_start
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
        years as (
            select
                area_name, property_type, tenure, is_new_build, year_start, count(*) as sales_n,
                median(log_to_index) as middle
            from candidates
            where is_stated and log_to_index is not null
            group by area_name, property_type, tenure, is_new_build, year_start
        ),
        year_spreads as (
            select s.area_name, s.property_type, s.tenure, s.is_new_build, s.year_start, g.sales_n, g.middle,
                round(median(abs(s.log_to_index - g.middle)), 9) as spread
            from candidates s
            join years g using (area_name, property_type, tenure, is_new_build, year_start)
            where s.is_stated and s.log_to_index is not null and g.sales_n >= $n
            group by s.area_name, s.property_type, s.tenure, s.is_new_build, s.year_start, g.sales_n, g.middle
        ),
        measured as (
            select
                s.*,
                q.spread > 0 as by_quarter,
                case when q.spread > 0 then q.sales_n else coalesce(
                    y.sales_n, q.sales_n, w.sales_n
                ) end as peer_n,
                y.sales_n is null as is_thin,
                case
                    when q.spread > 0 then round(0.6745 * (s.log_price - q.middle) / nullif(q.spread, 0), 6)
                    when y.spread > 0
                        then round(0.6745 * (s.log_to_index - y.middle) / nullif(y.spread, 0), 6)
                end as z_score,
                case
                    when q.spread > 0 then exp(q.middle)
                    when y.spread > 0 then exp(y.middle + s.log_index)
                end as middle_price_gbp
            from candidates s
            left join quarter_spreads q using (area_name, property_type, tenure, is_new_build, quarter_start)
            left join year_spreads y using (area_name, property_type, tenure, is_new_build, year_start)
            left join years w using (area_name, property_type, tenure, is_new_build, year_start)
        )"""

INDICATOR = Indicator(
    code="PRP-040",
    title="Price outlier",
    weak=False,
    subject_type="transaction",
    negatives_need=(),
    parameters=(
        Parameter("z", 3.5, "modified z-score", "Iglewicz & Hoaglin 1993"),
        Parameter("n", 20, "sales", "(own)"),
    ),
    states=f"""
        {JUDGED}
        select
            transaction_id as subject_id,
            case
                when not is_stated or z_score is null then 'not_assessable'
                when abs(z_score) > $z then 'flagged'
                else 'not_flagged'
            end as state,
            case
                when not is_stated then 'not_stated'
                when z_score is null and is_thin then 'few_peers'
                when z_score is null then 'no_spread'
            end as reason,
            case
                when is_stated and abs(z_score) > $z then case when z_score > 0 then 'above' else 'below' end
            end as subtype,
            cast(case when is_stated then abs(z_score) end as double) as value,
            'modified z-score' as unit,
            cast($z as double) as threshold,
            cast(case when is_stated then peer_n end as bigint) as peer_n,
            price_gbp,
            transferred_on,
            middle_price_gbp,
            case
                when by_quarter then 'quarter'
                else 'year, each brought to the time of this one by the price index'
            end as period_words,
            case when z_score > 0 then 'above' else 'below' end as side_word,
            case when round(abs(z_score), 2) > $z then cast(
                cast(abs(z_score) as decimal(12, 2)) as varchar
            ) else concat_ws(' ', 'more than', cast($z as varchar)) end as z_words
        from measured
        order by subject_id
    """,
    evidence=f"""
        {JUDGED},
        hits as (
            select * from measured where is_stated and abs(z_score) > $z
        )
        select
            transaction_id as subject_id, 'price' as role, statement_id,
            'transaction_statement.price_gbp' as field
        from hits
        union all
        select transaction_id, 'day', statement_id, 'transaction_statement.transferred_on' from hits
        union all
        select transaction_id, 'stratum: district', statement_id, 'transaction_statement.district' from hits
        union all
        select transaction_id, 'stratum: kind', statement_id, 'transaction_statement.property_type' from hits
        union all
        select transaction_id, 'stratum: tenure', statement_id, 'transaction_statement.tenure' from hits
        union all
        select transaction_id, 'stratum: new build', statement_id, 'transaction_statement.is_new_build'
        from hits
        union all
        select transaction_id, 'category', statement_id, 'transaction_statement.category' from hits
        order by subject_id, role, statement_id, field
    """,
    sentence=(
        "{subject_name} was sold for £{price_gbp:,.0f} on {transferred_on}, far {side_word} "
        "£{middle_price_gbp:,.0f}, the middle of {peer_n} sales of its kind, tenure "
        "and age in the district in that {period_words}: modified z-score {z_words} (flagged above "
        "{threshold:.1f})."
    ),
    reasons={
        "not_stated": (
            "its district, kind, tenure, category, new-build mark or a price above zero is not stated"
        ),
        "few_peers": (
            "fewer sales of its district, kind, tenure and age than needed are held for its quarter and year"
        ),
        "no_spread": "most sales of its stratum have one price, so the spread of prices is unknown",
    },
    ordinary_explanations=(
        "The record holds no size: a very large or small dwelling, or one with land.",
        "A home in very poor or very good state.",
        "A share of a property, a sale within a family, or an error in the record.",
    ),
    what_would_clear_it="A valuation, the floor area, and how the two parties are related.",
    source="Unger & Ferwerda 2011, indicator 2.2; Iglewicz & Hoaglin 1993",
    subtypes={"above": "far above the prices of its stratum", "below": "far below the prices of its stratum"},
)
