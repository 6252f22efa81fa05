"""PRP-100 overseas owner not registered

Condition
---------
A proprietor from abroad was added on or after 1999-01-01 to a freehold title, and the United Kingdom's
register of overseas entities has no entry with its name and country.

Method
------
The proprietor's normalised name is looked up among the present and former names of all overseas entities
held, and its country of incorporation among theirs. If name and country agree with an entry still on the
register, the proprietor is not flagged. It is flagged if no entry agrees or is similar, the release's date is
2023-02-01 or later, and a complete edition of the company register is no older than the title edition and at
most 31 days newer. The title is flagged if any overseas proprietor is; otherwise not assessable if any is;
otherwise not flagged. Worked example: added 1998-12-31: not flagged; added 1999-01-01 and unregistered at
2026-06-01: flagged, 10,013 days.

Why it is a red flag
--------------------
Since the transition ended on 2023-01-31 an overseas entity that holds such land must be registered, with its
beneficial owners. An entity that is not registered keeps its owners hidden, and can neither sell nor charge
the land.

Unit
----
Days between the day the proprietor was added and the release's date.

Parameters
----------
None; the dates are those of the Act.

Exclusions
----------
Proprietors added before 1999-01-01. Proprietors of the United Kingdom in the overseas file.

Ordinary explanations
---------------------
The entity is registered under a name or country that the title does not show yet, for example after a merger
or a move abroad. It is a foreign state or another body that need not register. It holds as trustee and is
registered under its own name.

What would clear it
-------------------
The entity's number on the register of overseas entities, or the reason why it need not register.

Not assessable when
-------------------
An entry is similar (a similar name in the same country, or the same name in another country), has left the
register, or the stated number does not lead to it: a reviewer must look. An entry of that name and country in
another register does not count. The title is leasehold: a term of seven years or less is outside the Act, and
the file does not state terms. The country, the day added or the tenure is not known. The company register is
not held, is an extract, older than the title edition or more than 31 days newer; or a record of an overseas
entity in it was rejected.

Source
------
Economic Crime (Transparency and Enforcement) Act 2022, sections 3 and 33 and schedule 3 (Land Registration
Act 2002, schedule 4A).
"""

from transforms.flags.holdings import COMPANIES, EDITION_REASONS, HOLDINGS, absence_gap, held_edition
from transforms.model.indicator import Indicator

INDICATOR = Indicator(
    code="PRP-100",
    title="Overseas owner not registered",
    weak=False,
    subject_type="title",
    negatives_need=(),
    parameters=(),
    states=f"""
        with {HOLDINGS}, {held_edition("companies_edition", COMPANIES)},
        rejected_entities as (
            select count(*) as rejected_n
            from reject_mention m
            join edition_in_use e using (register, dataset, edition)
            where e.status = 'in_force' and m.register = '{COMPANIES}' and m.token like 'OE%'
        ),
        proprietors as (
            select
                h.title_id,
                h.proprietor_name,
                h.added_on,
                h.statement_id,
                date_diff('day', h.added_on, $as_of) as held_days,
                coalesce(n.jurisdiction, '') as country,
                companies_edition.edition_on as register_on,
                case
                    when c.legal_form_class = 'overseas_entity'
                        and c.is_active
                        and (c.company_id = h.party_id or r.score = 1) then 'registered'
                    when h.added_on < date '1999-01-01' then 'before_1999'
                    when $as_of < date '2023-02-01' then 'before_the_deadline'
                    when h.party_id like 'GB-COH-%' or r.candidate_id like 'GB-COH-%' then 'candidate'
                    when n.jurisdiction is null then 'country_unknown'
                    when h.added_on is null then 'no_added_date'
                    when h.added_on > $as_of then 'added_after_date'
                    when t.tenure = 'leasehold' then 'lease_term_unknown'
                    when t.tenure <> 'freehold' then 'tenure_unknown'
                    {absence_gap("companies_edition", COMPANIES, "h.titles_on")}
                    when companies_edition.edition_on < h.titles_on then 'register_older'
                    when rejected_entities.rejected_n > 0 then 'rejected:{COMPANIES}'
                    else 'hit'
                end as outcome
            from holdings h
            join title t using (title_id)
            join entity n on n.entity_id = h.party_id
            left join resolution r on r.statement_id = h.party_statement_id
            -- The score is the candidate's, unless a reviewer judged the record to be its party's.
            left join company c
                on c.company_id =
                    case
                        when h.party_id like 'GB-COH-%' or h.method = 'judgement' then h.party_id
                        else r.candidate_id
                    end
            cross join companies_edition
            cross join rejected_entities
            where coalesce(split_part(n.jurisdiction, '-', 1), '') <> 'gb'
        ),
        ranked as (
            select
                *,
                row_number() over (
                    partition by title_id
                    order by
                        case when outcome = 'hit' then 0 when outcome in (
                            'registered', 'before_1999', 'before_the_deadline'
                        ) then 2 else 1 end,
                        held_days desc,
                        outcome,
                        statement_id
                ) as first_row
            from proprietors
        )
        select
            title_id as subject_id,
            case
                when outcome = 'hit' then 'flagged'
                when outcome in ('registered', 'before_1999', 'before_the_deadline') then 'not_flagged'
                else 'not_assessable'
            end as state,
            case when outcome not in (
                'hit', 'registered', 'before_1999', 'before_the_deadline'
            ) then outcome end as reason,
            cast(null as varchar) as subtype,
            cast(case when outcome = 'hit' then held_days end as double) as value,
            'days' as unit,
            cast(null as double) as threshold,
            cast(null as bigint) as peer_n,
            proprietor_name,
            added_on,
            case when held_days = 1 then 'day' else 'days' end as held_word,
            upper(country) as country,
            register_on
        from ranked
        where first_row = 1
        order by subject_id
    """,
    evidence="""
        with overseas as (
            select p.title_id, p.statement_id, p.party_statement_id, t.statement_id as title_statement_id
            from proprietorship p
            join title t using (title_id)
            join entity n on n.entity_id = p.party_id
            left join resolution r on r.statement_id = p.party_statement_id
            where p.ended_on is null
                and p.party_id not like 'GB-COH-%'
                and coalesce(r.candidate_id, '') not like 'GB-COH-%'
                and t.tenure = 'freehold'
                and split_part(n.jurisdiction, '-', 1) <> 'gb'
                and p.added_on between date '1999-01-01' and $as_of
        )
        select
            title_id as subject_id, 'proprietor added' as role, statement_id,
            'proprietorship_statement.added_on' as field
        from overseas
        union all
        select title_id, 'proprietor as the title names it', party_statement_id, 'entity_statement.name'
        from overseas
        union all
        select title_id, 'country of incorporation', party_statement_id, 'entity_statement.jurisdiction'
        from overseas
        union all
        select title_id, 'tenure', title_statement_id, 'title_statement.tenure' from overseas
        order by subject_id, role, statement_id, field
    """,
    sentence=(
        "{proprietor_name} (country {country}) has been proprietor of {subject_id} since {added_on}, "
        "{value:.0f} {held_word}, and the UK register of overseas entities of {register_on} has no entry "
        "of that name and country."
    ),
    reasons={
        "candidate": "an entry of the overseas register may be this owner; a reviewer must look at it",
        "country_unknown": "the owner's country of incorporation is not stated or not known",
        "no_added_date": "the day the owner was added is blank",
        "added_after_date": "the owner was added after the date of this release",
        "lease_term_unknown": "the title is leasehold and the term of the lease is not known",
        "tenure_unknown": "the tenure of the title is not known",
        "register_older": "the company register held is older than the title edition",
        **EDITION_REASONS,
    },
    ordinary_explanations=(
        "The entity is registered under a name or country that the title does not show yet, for example "
        "after a merger or a move abroad.",
        "It is a foreign state or another body that need not register.",
        "It holds as trustee and is registered under its own name.",
    ),
    what_would_clear_it=(
        "The entity's number on the register of overseas entities, or the reason why it need not register."
    ),
    source="Economic Crime (Transparency and Enforcement) Act 2022, sections 3 and 33 and schedule 3",
)
