"""DEC-070 overdue filings with assets

Condition
---------
The company's accounts or its confirmation statement were overdue by more than `days` on the day of the
register's edition, and it holds at least one title.

Method
------
The due dates are those in the company register's edition in force. Days overdue are counted to that edition's
date, because later filings are not in it. The longer of the two delays counts. Worked example, edition of
2026-06-01: accounts due 2026-03-03, 90 days: not flagged; due 2026-03-02, 91 days: flagged.

Why it is a red flag
--------------------
A company that holds land and stops filing hides what it earns from it and who runs it. Weak: most are late
for ordinary reasons.

Unit
----
Days overdue, for whichever of accounts and confirmation statement is longer overdue.

Parameters
----------
`days` 90 (own).

Exclusions
----------
Residents' companies (SIC code 98000, the guarantee form, or a name of a residents' or management company
together with SIC code 68320). Companies that are no longer active.

Ordinary explanations
---------------------
An accountant fell ill, or the directors are in dispute. A liquidator or administrator runs the company and
files other papers. The filing was received but not entered yet.

What would clear it
-------------------
The filing, or the registrar's extension of the period.

Not assessable when
-------------------
The register gives no due date, as for overseas registrations; the edition has no date; the edition in force
does not list the company, or its record was rejected.

Source
------
(own).
"""

from transforms.flags.absence import OUT_OF_EDITION, OUT_OF_EDITION_REASONS
from transforms.model.indicator import Indicator, Parameter

INDICATOR = Indicator(
    code="DEC-070",
    title="Overdue filings with assets",
    weak=True,
    subject_type="legal_entity",
    negatives_need=(),
    parameters=(Parameter("days", 90, "days", "(own)"),),
    states=f"""
        with {OUT_OF_EDITION},
        holders as (
            select
                c.company_id,
                c.is_residents_company,
                c.accounts_due_on,
                c.confirmation_due_on,
                o.gap,
                e.edition_date as edition_on,
                count(distinct p.title_id) as titles_n
            from proprietorship p
            join company c on c.company_id = p.party_id
            left join edition_in_use e on e.register = c.register and e.edition = c.edition
            left join out_of_edition o on o.company_id = c.company_id
            where p.ended_on is null and c.is_active and coalesce(p.added_on <= $as_of, true)
            group by
                c.company_id, c.is_residents_company, c.accounts_due_on, c.confirmation_due_on, o.gap,
                e.edition_date
        ),
        delays as (
            select
                *,
                greatest(
                    coalesce(date_diff('day', accounts_due_on, edition_on), -1),
                    coalesce(date_diff('day', confirmation_due_on, edition_on), -1)
                ) as late_days,
                case
                    when coalesce(date_diff('day', accounts_due_on, edition_on), -1) >= coalesce(
                        date_diff('day', confirmation_due_on, edition_on), -1
                    )
                        then 'accounts'
                    else 'confirmation statement'
                end as filing
            from holders
        ),
        outcomes as (
            select
                *,
                case
                    when is_residents_company then 'miss'
                    when gap is not null then gap
                    when edition_on is null then 'edition_undated'
                    when accounts_due_on is null and confirmation_due_on is null then 'no_day_due'
                    when late_days > $days then 'hit'
                    else 'miss'
                end as outcome
            from delays
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
            cast(case when outcome = 'hit' then late_days end as double) as value,
            'days' as unit,
            cast($days as double) as threshold,
            cast(null as bigint) as peer_n,
            filing,
            case when filing = 'accounts' then accounts_due_on else confirmation_due_on end as due_on,
            case when filing = 'accounts' then 'were' else 'was' end as was_word,
            edition_on,
            titles_n,
            case when titles_n = 1 then 'title' else 'titles' end as titles_word
        from outcomes
        order by subject_id
    """,
    evidence="""
        with late as (
            select
                c.company_id, c.statement_id, c.accounts_due_on, c.confirmation_due_on,
                e.edition_date as edition_on, p.statement_id as holding_id, p.party_statement_id
            from proprietorship p
            join company c on c.company_id = p.party_id
            join edition_in_use e on e.register = c.register and e.edition = c.edition
            where p.ended_on is null
                and c.is_active
                and not c.is_residents_company
                and coalesce(p.added_on <= $as_of, true)
                and (
                    date_diff('day', c.accounts_due_on, e.edition_date) > $days
                    or date_diff('day', c.confirmation_due_on, e.edition_date) > $days
                )
        )
        select
            company_id as subject_id, 'accounts due' as role, statement_id,
            'entity_statement.accounts_due_on' as field
        from late where date_diff('day', accounts_due_on, edition_on) > $days
        union all
        select company_id, 'confirmation statement due', statement_id, 'entity_statement.confirmation_due_on'
        from late where date_diff('day', confirmation_due_on, edition_on) > $days
        union all
        select company_id, 'company in its register', statement_id, 'entity_statement.name' from late
        union all
        select company_id, 'title held', holding_id, 'proprietorship_statement.title_id' from late
        union all
        select company_id, 'proprietor as the title names it', party_statement_id, 'entity_statement.name'
        from late
        order by subject_id, role, statement_id, field
    """,
    sentence=(
        "The {filing} of {subject_name} {was_word} due on {due_on}, {value:.0f} days before the register's "
        "edition of {edition_on} (flagged above {threshold:.0f}), and it holds {titles_n} {titles_word}."
    ),
    reasons={
        "no_day_due": "the register gives no due date for a filing",
        "edition_undated": "the edition of the company register has no date",
        **OUT_OF_EDITION_REASONS,
    },
    ordinary_explanations=(
        "An accountant fell ill, or the directors are in dispute.",
        "A liquidator or administrator runs the company and files other papers.",
        "The filing was received but not entered yet.",
    ),
    what_would_clear_it="The filing, or the registrar's extension of the period.",
    source="(own)",
)
