"""DEC-040 nothing declared

Condition
---------
The entity is active, of a form that must declare its owners, older than `days`, and has no open owner,
statement or exemption on the register of people with significant control or of overseas entities' beneficial
owners.

Method
------
Forms: companies, LLPs, SEs, unregistered companies, Scottish limited and qualifying partnerships; overseas
entities under their own register. Age runs from incorporation (for an overseas entity, from its registration)
to the release's date. The edition of the register of people with significant control must be complete and at
most 31 days from the company register's, and old enough to show the entity after `days`. Worked example:
incorporated on 2026-05-01, which is 31 days before 2026-06-01: flagged. Incorporated on 2026-05-02, 30 days
before: not flagged.

Why it is a red flag
--------------------
The first declaration is made when the company is registered. Its absence means that the record ended and
nothing followed, or that the duty is ignored. Global Witness counted 454,700 such companies.

Unit
----
Days since incorporation or registration.

Parameters
----------
`days` 30 (own).

Exclusions
----------
Entities with an exemption or a listing. Neutral statements are statements. English and Northern Irish limited
partnerships, societies, charities and overseas companies need not declare.

Ordinary explanations
---------------------
The last owner left, and the next one has not been filed yet. A dormant company that is about to be struck
off.

What would clear it
-------------------
A filing that names the owner, or says why there is none.

Not assessable when
-------------------
The editions are more than 31 days apart, missing, undated or an extract; a rejected record may speak of the
entity; the edition of the company register in force does not list the entity, so it may no longer exist; the
day of incorporation is blank; the edition was made before the entity was `days` old.

Source
------
Global Witness 2018: 454,700 companies.
"""

from transforms.flags.absence import (
    GAP_REASONS,
    OUT_OF_EDITION,
    OUT_OF_EDITION_REASONS,
    PSC_GAP,
    PSC_REJECTED,
)
from transforms.model.indicator import Indicator, Parameter

INDICATOR = Indicator(
    code="DEC-040",
    title="Nothing declared",
    weak=False,
    subject_type="legal_entity",
    # That something is declared rests on no absence; the absence a flag rests on is judged in the query.
    negatives_need=(),
    parameters=(Parameter("days", 30, "days", "(own)"),),
    states=f"""
        with {PSC_GAP},
        {PSC_REJECTED},
        {OUT_OF_EDITION},
        judged as (
            select
                c.company_id,
                r.subject_id is not null or coalesce(e.is_listed, false) as has_declared,
                date_diff('day', coalesce(c.registered_on, c.incorporated_on), $as_of) as age_days,
                date_diff('day', coalesce(c.registered_on, c.incorporated_on), g.psc_on) as edition_age_days,
                coalesce(g.gap, o.gap) as gap,
                p.token is not null as is_rejected
            from company c
            cross join psc_gap g
            left join (select distinct subject_id from relationship where is_open and not is_office) r
                on r.subject_id = c.company_id
            left join entity e on e.entity_id = c.company_id
            left join out_of_edition o on o.company_id = c.company_id
            left join psc_rejected p on p.token = split_part(c.company_id, '-', 3)
            where c.is_active and c.must_declare_owners
        ),
        reasoned as (
            select
                *,
                case
                    when has_declared or age_days <= $days then null
                    when age_days is null then 'no_incorporation_date'
                    when gap is not null then gap
                    when is_rejected then 'rejected:gb_coh_psc'
                    when edition_age_days <= $days then 'edition_too_early'
                end as reason_code
            from judged
        )
        select
            company_id as subject_id,
            case
                when has_declared or age_days <= $days then 'not_flagged'
                when reason_code is not null then 'not_assessable'
                else 'flagged'
            end as state,
            reason_code as reason,
            cast(null as varchar) as subtype,
            cast(case when not has_declared then age_days end as double) as value,
            'days' as unit,
            cast($days as double) as threshold,
            cast(null as bigint) as peer_n
        from reasoned
        order by subject_id
    """,
    evidence="""
        with silent as (
            select c.company_id, c.statement_id, c.registered_on
            from company c
            where c.is_active and c.must_declare_owners
                and not exists (
                    select 1
                    from relationship r
                    where r.subject_id = c.company_id and r.is_open and not r.is_office
                )
        )
        select
            company_id as subject_id, 'form of the entity' as role, statement_id,
            'entity_statement.legal_form_class' as field
        from silent
        union all
        select company_id, 'status of the entity', statement_id, 'entity_statement.status' from silent
        union all
        select company_id, 'incorporated', statement_id, 'entity_statement.incorporated_on'
        from silent
        where registered_on is null
        union all
        select company_id, 'registered', statement_id, 'entity_statement.registered_on'
        from silent
        where registered_on is not null
        union all
        select r.subject_id, 'record that has ended', r.statement_id, 'relationship_statement.valid_to'
        from relationship r
        join silent s on s.company_id = r.subject_id
        where not r.is_office and (r.valid_to <= $as_of or r.is_ceased)
        order by subject_id, role, statement_id, field
    """,
    sentence=(
        "{subject_name} has no open owner, statement or exemption {value:.0f} days after it was registered "
        "(flagged above {threshold:.0f})."
    ),
    reasons={
        "no_incorporation_date": "the day of incorporation is blank",
        "edition_too_early": (
            "the edition of the register of people with significant control is from before the entity "
            "was old enough"
        ),
        **OUT_OF_EDITION_REASONS,
        **GAP_REASONS,
    },
    ordinary_explanations=(
        "The last owner left, and the next one has not been filed yet.",
        "A dormant company that is about to be struck off.",
    ),
    what_would_clear_it="A filing that names the owner, or says why there is none.",
    source="Global Witness 2018: 454,700",
)
