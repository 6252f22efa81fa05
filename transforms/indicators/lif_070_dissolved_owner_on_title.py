"""LIF-070 dissolved owner on title

Condition
---------
The company is dissolved and still a proprietor of a title. Dissolved means that the company register says so,
or that an earlier complete edition lists its number and the present one does not.

Method
------
Proprietors still on a title are joined to the company register by number and name. The day of dissolution is
the one stated in the last entry; a company that left the register without one was dissolved between the last
complete edition that lists it and the first that does not: an interval of days. The company is flagged if the
title edition is not before the end of that interval: it was then certainly dissolved while still on the
title. A stated dissolution also counts if it comes from an extract or an earlier edition; only absence from
the register needs complete editions. Worked example: the edition of 2026-05-04 lists the company, that of
2026-06-01 does not. With a title edition of 2026-06-01: flagged. With a title edition of 2026-05-31: not
assessable.

Why it is a red flag
--------------------
The property of a dissolved company passes to the Crown (bona vacantia). If the title stays in its name,
somebody who is on no register may use the land and collect the rent unseen.

Unit
----
Days that the company has been dissolved at the release's date, at least.

Parameters
----------
None.

Exclusions
----------
Converted and transferred entities, which continue in another form. Companies in liquidation, which are not
dissolved.

Ordinary explanations
---------------------
The land was sold, but the transfer is not registered yet. The title is a verge, a road or another forgotten
remnant of a development. The company was restored, or struck off by mistake.

What would clear it
-------------------
The transfer, the Crown's disclaimer, or the order that restores the company.

Not assessable when
-------------------
The proprietor has no number, a number that is not of the company register, another entity's number, or one
that is in no edition held. No entry says that it is dissolved, and one of these holds: the company and title
editions, or the two editions between which it left, are more than 31 days apart; one of them is missing, an
extract or undated; the edition in force does not list the company, and no complete dated edition shows when
it left; a rejected record may be the company's. The title edition is before the day of dissolution, or within
its interval.

Source
------
(own); Companies Act 2006, section 1012.
"""

from transforms.flags.absence import GONE_WITHOUT_A_DAY, OUT_OF_EDITION, OUT_OF_EDITION_REASONS
from transforms.flags.holdings import (
    COMPANIES,
    EDITION_REASONS,
    EDITIONS_APART_DAYS,
    HOLDINGS,
    OVERSEAS_FORMS,
    absence_gap,
    held_edition,
)
from transforms.model.indicator import Indicator

# On `company c`: an entry says that it is dissolved.
STATED = (
    "((c.status = 'dissolved' and coalesce(c.dissolved_on <= $as_of, true)) or coalesce(c.dissolved_on <= "
    "$as_of, false))"
)
# The day by which it was certainly dissolved. An entry without a day was made no later than its own edition,
# `entry_edition`.
DISSOLVED_BY = (
    f"case when {STATED} then coalesce(c.dissolved_on, entry_edition.edition_date, c.left_register_on, "
    f"companies_edition.edition_on) when {GONE_WITHOUT_A_DAY} then c.left_register_on end"
)

INDICATOR = Indicator(
    code="LIF-070",
    title="Dissolved owner on title",
    weak=False,
    subject_type="legal_entity",
    negatives_need=(),
    parameters=(),
    states=f"""
        with {HOLDINGS}, {held_edition("companies_edition", COMPANIES)}, {OUT_OF_EDITION},
        owners as (
            select
                h.party_id,
                h.title_id,
                h.statement_id,
                h.titles_on,
                -- The day by which it was certainly dissolved.
                {DISSOLVED_BY} as dissolved_by,
                case
                    when h.method in ('record', 'records_agree')
                        and r.candidate_id is not null
                        and r.score = 0 then 'name_disagrees'
                    when coalesce(split_part(n.jurisdiction, '-', 1), '') <> 'gb' then 'foreign_register'
                    when h.number_native is null then 'no_number'
                    when h.method in ('record', 'records_agree') then 'other_register'
                    when c.company_id is null or c.register <> '{COMPANIES}' then 'never_seen'
                    when c.legal_form_class in {OVERSEAS_FORMS} then 'foreign_register'
                    when c.status in ('converted', 'closed', 'removed') then 'miss'
                    -- A stated fact, dissolved or not, counts whatever else the edition lacks.
                    when {STATED} and (h.titles_on is null or {DISSOLVED_BY} is null) then 'edition_undated'
                    when {STATED}
                        then
                            case
                                when h.titles_on < {DISSOLVED_BY} then 'title_before_dissolution'
                                else 'hit'
                            end
                    when c.left_register_on is null and o.gap is null then
                        case
                            when h.titles_on is null
                                or companies_edition.edition_on is null then 'edition_undated'
                            when abs(
                                date_diff('day', h.titles_on, companies_edition.edition_on)
                            ) > {EDITIONS_APART_DAYS}
                                then 'editions_apart'
                            else 'miss'
                        end
                    {absence_gap("companies_edition", COMPANIES, "h.titles_on")}
                    when c.left_register_on is null then o.gap
                    when c.is_active then 'miss'
                    when date_diff('day', c.left_register_after, c.left_register_on) > {EDITIONS_APART_DAYS}
                        then 'editions_apart'
                    when h.titles_on < c.left_register_on then 'title_before_dissolution'
                    else 'hit'
                end as outcome
            from holdings h
            left join entity n on n.entity_id = h.party_id
            left join resolution r on r.statement_id = h.party_statement_id
            left join company c on c.company_id = h.party_id
            left join edition_in_use entry_edition
                on entry_edition.register = c.register and entry_edition.edition = c.edition
            left join out_of_edition o on o.company_id = c.company_id
            cross join companies_edition
        ),
        ranked as (
            select
                *,
                count(*) filter (where outcome = 'hit') over (partition by party_id) as titles_n,
                row_number() over (
                    partition by party_id
                    order by
                        case outcome when 'hit' then 0 when 'miss' then 2 else 1 end,
                        outcome,
                        titles_on desc,
                        title_id,
                        statement_id
                ) as first_row
            from owners
        )
        select
            party_id as subject_id,
            case outcome
                when 'hit' then 'flagged'
                when 'miss' then 'not_flagged'
                else 'not_assessable'
            end as state,
            case when outcome not in ('hit', 'miss') then outcome end as reason,
            cast(null as varchar) as subtype,
            cast(
                case when outcome = 'hit' then date_diff('day', dissolved_by, $as_of) end as double
            ) as value,
            'days' as unit,
            cast(null as double) as threshold,
            cast(null as bigint) as peer_n,
            dissolved_by,
            case when date_diff('day', dissolved_by, $as_of) = 1 then 'day' else 'days' end as days_word,
            titles_on,
            title_id,
            titles_n,
            case when titles_n = 1 then concat_ws('', 'title ', title_id) else concat_ws(
                '', 'titles, ', title_id, ' among them,'
            ) end as titles_words
        from ranked
        where first_row = 1
        order by subject_id
    """,
    evidence=f"""
        with {HOLDINGS}, {held_edition("companies_edition", COMPANIES)},
        dissolved as (
            select
                h.party_id, h.title_id, h.statement_id, h.party_statement_id,
                c.statement_id as company_statement_id, not {STATED} as is_interval
            from holdings h
            join company c on c.company_id = h.party_id
            left join edition_in_use entry_edition
                on entry_edition.register = c.register and entry_edition.edition = c.edition
            cross join companies_edition
            where c.register = '{COMPANIES}'
                and c.status not in ('converted', 'closed', 'removed')
                and h.titles_on >= {DISSOLVED_BY}
        )
        select
            party_id as subject_id, 'still proprietor of' as role, statement_id,
            'proprietorship_statement.title_id' as field
        from dissolved
        union all
        select party_id, 'proprietor as the title names it', party_statement_id, 'entity_statement.name'
        from dissolved
        union all
        select
            party_id, 'number as the title writes it', party_statement_id,
            'entity_statement.identifier_native'
        from dissolved
        union all
        select party_id, 'last entry in the company register', company_statement_id, 'entity_statement.name'
        from dissolved
        where is_interval
        union all
        select party_id, 'entry in the company register', company_statement_id, 'entity_statement.name'
        from dissolved
        where not is_interval
        union all
        select party_id, 'status in the company register', company_statement_id, 'entity_statement.status'
        from dissolved
        where not is_interval
        union all
        select party_id, 'day of dissolution', company_statement_id, 'entity_statement.dissolved_on'
        from dissolved
        where not is_interval
        order by subject_id, role, statement_id, field
    """,
    sentence=(
        "{subject_name} was dissolved or had left the company register by {dissolved_by}, at least "
        "{value:.0f} {days_word} before the date of this release, and is still proprietor of {titles_n} "
        "{titles_words} in the edition of {titles_on}."
    ),
    reasons={
        "no_number": "the title shows it without a number",
        "other_register": "its number is not a number of the company register",
        "foreign_register": "its number is of another register",
        "name_disagrees": "the number on the title belongs to an entity of another name",
        "never_seen": "its number is in no edition of the company register held",
        "title_before_dissolution": "the title edition is not certainly later than the day of dissolution",
        **OUT_OF_EDITION_REASONS,
        **EDITION_REASONS,
    },
    ordinary_explanations=(
        "The land was sold, but the transfer is not registered yet.",
        "The title is a verge, a road or another forgotten remnant of a development.",
        "The company was restored, or struck off by mistake.",
    ),
    what_would_clear_it="The transfer, the Crown's disclaimer, or the order that restores the company.",
    source="(own); Companies Act 2006, section 1012",
)
