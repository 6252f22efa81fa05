"""PRP-010 newly founded buyer

Condition
---------
A proprietor of the title was incorporated 0 to `days` days before it was added as proprietor.

Method
------
Each proprietor still on the title is joined to its own entry in the company register by number and name. The
gap is the day it was added minus the day of incorporation. The title is flagged if the gap of any proprietor
is 0 to `days`; otherwise it is not assessable if any proprietor could not be assessed; otherwise it is not
flagged. Worked example: incorporated 2024-03-01, added 2025-03-01: 365 days, flagged. Added 2025-03-02: 366
days, not flagged. Added 2024-02-29: −1 day, not flagged.

Why it is a red flag
--------------------
A company set up for one purchase has no history to check, and separates the buyer from the money (Unger and
Ferwerda).

Unit
----
Days between incorporation and the day the proprietor was added; the smallest gap of the title's proprietors.

Parameters
----------
`days` 365 (Unger and Ferwerda, indicator 3.9).

Exclusions
----------
Converted entities. Residents' companies (SIC code 98000, the guarantee form, or a name of a residents' or
management company together with SIC code 68320, management of real estate for others).

Ordinary explanations
---------------------
Special-purpose companies are common in development and buy-to-let, and lenders ask for them. A reorganisation
moved the property into a new company of the same group.

What would clear it
-------------------
The contract of sale with the source of the price, and the group's structure before and after.

Not assessable when
-------------------
The proprietor has no company number; the number is not in the register held, or is one of another register;
number and name do not agree; it is an overseas registration (OE, FC, SF, NF, BR), whose date is that of the
registration; the day it was added is blank or after the release's date, or the day of incorporation is blank.
A monthly title edition is dated the first of its month, so it may contain later days of that month.

Source
------
Unger and Ferwerda, Money Laundering in the Real Estate Sector (2011), indicator 3.9.
"""

from transforms.model.indicator import Indicator, Parameter

INDICATOR = Indicator(
    code="PRP-010",
    title="Newly founded buyer",
    weak=True,
    subject_type="title",
    negatives_need=(),
    parameters=(Parameter("days", 365, "days", "Unger & Ferwerda 2011, 3.9"),),
    states="""
        with proprietors as (
            select
                p.title_id,
                p.proprietor_name,
                p.added_on,
                c.incorporated_on,
                date_diff('day', c.incorporated_on, p.added_on) as gap_days,
                case
                    -- A score above 0 belongs to an overseas entity of that name; 0 to the holder of the
                    -- number, who has another name.
                    when p.method in ('record', 'records_agree')
                        and r.score > 0
                        and r.candidate_id like 'GB-COH-OE%' then 'overseas_registration'
                    when p.method in ('record', 'records_agree')
                        and r.score = 0
                        and r.candidate_id is not null then 'name_disagrees'
                    when p.method in ('record', 'records_agree') then 'no_company_number'
                    when c.company_id is null and p.party_id not like 'GB-COH-%' then 'other_register'
                    when c.company_id is null then 'number_not_held'
                    when c.legal_form_class in ('overseas_entity', 'overseas_company')
                        then 'overseas_registration'
                    when c.status = 'converted' or c.is_residents_company then 'excluded'
                    when p.added_on is null then 'no_added_date'
                    when p.added_on > $as_of then 'added_after_date'
                    when c.incorporated_on is null then 'no_incorporation_date'
                    when date_diff('day', c.incorporated_on, p.added_on) between 0 and $days then 'hit'
                    else 'miss'
                end as outcome,
                p.statement_id
            from proprietorship p
            left join company c on c.company_id = p.party_id
            left join resolution r on r.statement_id = p.party_statement_id
            where p.ended_on is null
        ),
        ranked as (
            select
                *,
                row_number() over (
                    partition by title_id
                    order by
                        case outcome when 'hit' then 0 when 'miss' then 2 when 'excluded' then 3 else 1 end,
                        gap_days,
                        outcome,
                        statement_id
                ) as first_row
            from proprietors
        )
        select
            title_id as subject_id,
            case
                when outcome = 'hit' then 'flagged'
                when outcome in ('miss', 'excluded') then 'not_flagged'
                else 'not_assessable'
            end as state,
            case when outcome not in ('hit', 'miss', 'excluded') then outcome end as reason,
            cast(null as varchar) as subtype,
            cast(case when outcome in ('hit', 'miss') then gap_days end as double) as value,
            'days' as unit,
            cast($days as double) as threshold,
            cast(null as bigint) as peer_n,
            proprietor_name,
            incorporated_on,
            added_on,
            case when gap_days = 1 then 'day' else 'days' end as days_word
        from ranked
        where first_row = 1
        order by subject_id
    """,
    evidence="""
        with hits as (
            select
                p.title_id, p.statement_id, p.party_statement_id, p.number_native,
                c.statement_id as company_statement_id
            from proprietorship p
            join company c on c.company_id = p.party_id
            where p.ended_on is null
                and c.legal_form_class not in ('overseas_entity', 'overseas_company')
                and c.status <> 'converted'
                and not c.is_residents_company
                and p.added_on <= $as_of
                and date_diff('day', c.incorporated_on, p.added_on) between 0 and $days
        )
        select
            title_id as subject_id, 'proprietor added' as role, statement_id,
            'proprietorship_statement.added_on' as field
        from hits
        union all
        select title_id, 'proprietor as the title names it', party_statement_id, 'entity_statement.name'
        from hits
        union all
        select
            title_id, 'number as the title writes it', party_statement_id,
            'entity_statement.identifier_native'
        from hits
        where number_native is not null
        union all
        select title_id, 'company in its register', company_statement_id, 'entity_statement.name' from hits
        union all
        select title_id, 'company incorporated', company_statement_id, 'entity_statement.incorporated_on'
        from hits
        order by subject_id, role, statement_id, field
    """,
    sentence=(
        "{proprietor_name} was incorporated on {incorporated_on} and became proprietor of {subject_id} on "
        "{added_on}, {value:.0f} {days_word} later (flagged up to {threshold:.0f} days)."
    ),
    reasons={
        "no_company_number": "the proprietor is shown without a usable UK company number",
        "number_not_held": "the proprietor's number is not in the company register held",
        "other_register": "the proprietor's number is of a register that this release does not hold",
        "name_disagrees": "the number on the title belongs to an entity of another name",
        "overseas_registration": (
            "an overseas registration shows the day of registration, not of incorporation"
        ),
        "added_after_date": "the proprietor was added after the date of this release",
        "no_added_date": "the day the proprietor was added is blank",
        "no_incorporation_date": "the day of incorporation is blank",
    },
    ordinary_explanations=(
        "Special-purpose companies are common in development and buy-to-let, and lenders ask for them.",
        "A reorganisation moved the property into a new company of the same group.",
    ),
    what_would_clear_it=(
        "The contract of sale with the source of the price, and the group's structure before and after."
    ),
    source="Unger & Ferwerda 2011, indicator 3.9",
)
