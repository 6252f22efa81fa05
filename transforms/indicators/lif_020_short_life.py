"""LIF-020 short life

Condition
---------
The company was dissolved within `days` of its incorporation.

Method
------
The stated day of dissolution counts, also if the company has left the register since. If none is stated and
an earlier complete edition lists the company but the present one does not, the day is an interval: from the
last edition that lists it to the first that does not. If an entry says that the company is dissolved but not
when, the interval runs from the incorporation to that entry's edition. The company is flagged if the whole
interval is within `days` of the incorporation, not flagged if the whole interval is beyond, and otherwise not
assessable. Worked example: incorporated 2025-06-01, in the edition of 2026-05-04, gone on 2026-06-01: 337 to
365 days, flagged. Incorporated 2025-05-31: 338 to 366 days, not assessable. Incorporated 2025-05-03: 366 to
394 days, not flagged.

Why it is a red flag
--------------------
A company that is gone before its first accounts are due leaves nothing to check (Open Ownership). The flag is
weak, because most such companies are just given up.

Unit
----
Days between incorporation and dissolution; for an interval, its end.

Parameters
----------
`days` 365 (Open Ownership, red flags).

Exclusions
----------
Companies that are still on the register do not count. Nor do converted and transferred entities.

Ordinary explanations
---------------------
The business never began. The company was founded by mistake, or for a purchase that fell through.

What would clear it
-------------------
Bank statements or the founder's word that nothing was traded, held or paid.

Not assessable when
-------------------
The day of incorporation is not known, as for overseas registrations; the register says that the company is
dissolved but not when, in an edition more than `days` after the incorporation; the interval lies partly
within `days` and partly beyond; the two editions between which the company left are more than 31 days apart.

Source
------
Open Ownership, red flags in beneficial ownership data.
"""

from transforms.flags.absence import GONE_WITHOUT_A_DAY
from transforms.flags.holdings import COMPANIES, EDITION_REASONS, EDITIONS_APART_DAYS, OVERSEAS_FORMS
from transforms.model.indicator import Indicator, Parameter

# The day of dissolution lies before the interval if an entry already said "dissolved" without a day, and the
# company left later.
LEFT_IN_AN_INTERVAL = f"({GONE_WITHOUT_A_DAY} and c.status <> 'dissolved')"
# The entry says "dissolved" without a day: not before the incorporation, and not after the edition that says
# so.
WITHOUT_A_DAY = "(c.status = 'dissolved' and coalesce(c.dissolved_on > $as_of, true))"

# Companies that have ended, with the first and the last possible day of dissolution.
ENDED = f"""
        ended as (
            select
                c.company_id,
                c.statement_id,
                c.incorporated_on,
                c.legal_form_class,
                case
                    when {LEFT_IN_AN_INTERVAL} then c.left_register_after
                    when {WITHOUT_A_DAY} then c.incorporated_on
                    else c.dissolved_on
                end as dissolved_from,
                case
                    when {LEFT_IN_AN_INTERVAL} then c.left_register_on
                    when {WITHOUT_A_DAY} then coalesce(e.edition_date, c.left_register_after)
                    else c.dissolved_on
                end as dissolved_by,
                {LEFT_IN_AN_INTERVAL} as is_interval,
                {WITHOUT_A_DAY} as is_without_day
            from company c
            left join edition_in_use e on e.register = c.register and e.edition = c.edition
            where c.register = '{COMPANIES}'
                and not c.is_active
                and c.status not in ('converted', 'closed', 'removed')
                and (
                    c.left_register_on <= $as_of
                    or c.dissolved_on <= $as_of
                    or (c.left_register_on is null and c.status = 'dissolved')
                )
        )
"""

INDICATOR = Indicator(
    code="LIF-020",
    title="Short life",
    weak=True,
    subject_type="legal_entity",
    negatives_need=(),
    parameters=(Parameter("days", 365, "days", "Open Ownership, red flags"),),
    states=f"""
        with {ENDED},
        judged as (
            select
                *,
                date_diff('day', incorporated_on, dissolved_from) as least_days,
                date_diff('day', incorporated_on, dissolved_by) as most_days,
                case
                    when legal_form_class in {OVERSEAS_FORMS} then 'overseas_registration'
                    when incorporated_on is null then 'no_incorporation_date'
                    when dissolved_by is null
                        or (
                            is_without_day and date_diff('day', incorporated_on, dissolved_by) > $days
                        ) then 'no_dissolution_date'
                    when is_interval
                        and date_diff(
                            'day', dissolved_from, dissolved_by
                        ) > {EDITIONS_APART_DAYS} then 'editions_apart'
                    when date_diff('day', incorporated_on, dissolved_by) between 0 and $days then 'hit'
                    when date_diff('day', incorporated_on, dissolved_from) > $days then 'miss'
                    when date_diff('day', incorporated_on, dissolved_by) < 0 then 'dates_disagree'
                    else 'interval'
                end as outcome
            from ended
        )
        select
            company_id as subject_id,
            case outcome
                when 'hit' then 'flagged'
                when 'miss' then 'not_flagged'
                else 'not_assessable'
            end as state,
            case when outcome not in ('hit', 'miss') then outcome end as reason,
            cast(null as varchar) as subtype,
            cast(case when outcome in ('hit', 'miss') then most_days end as double) as value,
            'days' as unit,
            cast($days as double) as threshold,
            cast(null as bigint) as peer_n,
            incorporated_on,
            case when most_days = 1 then 'day' else 'days' end as days_word,
            case
                when is_without_day
                    then concat_ws('', 'was dissolved by ', cast(dissolved_by as varchar), ', at most')
                when is_interval
                    then concat_ws(
                        '', 'left the company register between ', cast(dissolved_from as varchar), ' and ',
                        cast(dissolved_by as varchar), ', at most'
                    )
                else concat_ws('', 'was dissolved on ', cast(dissolved_by as varchar), ',')
            end as ending
        from judged
        order by subject_id
    """,
    evidence=f"""
        with {ENDED},
        short as (
            select company_id, statement_id, is_interval, is_without_day
            from ended
            where date_diff('day', incorporated_on, dissolved_by) between 0 and $days
        )
        select
            company_id as subject_id, 'company in its register' as role, statement_id,
            'entity_statement.name' as field
        from short
        union all
        select company_id, 'company incorporated', statement_id, 'entity_statement.incorporated_on' from short
        union all
        select company_id, 'company dissolved', statement_id, 'entity_statement.dissolved_on'
        from short
        where not is_interval and not is_without_day
        union all
        select company_id, 'status in the company register', statement_id, 'entity_statement.status'
        from short
        where is_without_day
        union all
        select company_id, 'last entry in the company register', statement_id, 'entity_statement.identifier'
        from short
        where is_interval
        order by subject_id, role, statement_id, field
    """,
    sentence=(
        "{subject_name} was incorporated on {incorporated_on} and {ending} {value:.0f} {days_word} later "
        "(flagged up to {threshold:.0f})."
    ),
    reasons={
        "overseas_registration": (
            "an overseas registration shows the day of registration, not of incorporation"
        ),
        "no_incorporation_date": "the day of incorporation is blank",
        "no_dissolution_date": "the register says that it is dissolved, but not since when",
        "interval": "the day on which it left the register is not known precisely enough",
        "dates_disagree": "the register gives a day of dissolution before the incorporation",
        **EDITION_REASONS,
    },
    ordinary_explanations=(
        "The business never began.",
        "The company was founded by mistake, or for a purchase that fell through.",
    ),
    what_would_clear_it="Bank statements or the founder's word that nothing was traded, held or paid.",
    source="Open Ownership, red flags in beneficial ownership data",
)
