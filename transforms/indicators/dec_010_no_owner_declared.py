"""DEC-010 no owner declared

Condition
---------
An open statement of the company or partnership says that nobody holds significant control over it. Reported
separately (sub-type `inherited`): only legal entities are above the entity, at any distance, no natural or
protected person is, and one of those entities has such a statement.

Method
------
Statements count that are in the edition in force, have a code of class no_owner, and hold at the release's
date. Worked example: a statement notified on 2020-02-01 without an end is open on 2026-06-01, 2,312 days
later: flagged. With an end on 2021-05-04 it is not. The only owner of company C is company D, and D states
that nobody holds control: C is flagged as inherited, 1 step.

Why it is a red flag
--------------------
Most companies have somebody above the threshold. Stating that there is nobody is the cheapest way to leave
the register empty. Global Witness counted 336,224 companies with such a statement, and 43,729 more below
them.

Unit
----
Days the statement has been open; for inherited ones, steps to the entity that made the statement.

Parameters
----------
None.

Exclusions
----------
Statements that an owner exists but is not identified or confirmed (DEC-020), super-secure records,
exemptions, and update-period statements of overseas entities.

Ordinary explanations
---------------------
Ownership is spread so that nobody reaches 25 %: a members' club, a residents' company, a professional firm
with many partners. A charity's trustees hold no shares.

What would clear it
-------------------
The share register or list of members, showing that nobody holds more than a quarter of shares or votes.

Not assessable when
-------------------
No complete edition of the PSC register is held, or a rejected record may speak of the entity, or (inherited)
of one above it: that no such statement, or no natural person above, was found then proves nothing. For
inherited flags also: the edition is undated or more than 31 days from that of the company register; or a
holder of the entity, or of one above it, is named without a known right, so that nobody looks above that
holder.

Source
------
Global Witness 2018: 336,224 companies with the statement, 43,729 inherited.
"""

from transforms.flags.absence import (
    GAP_REASONS,
    PROTECTED_UNNAMED,
    PSC_GAP,
    PSC_RECORD_REJECTED,
    RIGHT_NOT_KNOWN,
    RIGHT_REASONS,
    UNPLACED_HOLDER,
)
from transforms.model.indicator import Indicator

CHAIN_STEPS_MAX = 100  # own: of a longer chain the first links are listed

INDICATOR = Indicator(
    code="DEC-010",
    title="No owner declared",
    weak=True,
    subject_type="legal_entity",
    negatives_need=("gb_coh_psc",),
    parameters=(),
    states=f"""
        with declared as (
            select subject_id, min(valid_from) as declared_on
            from relationship
            where declaration_class = 'no_owner' and is_open
            group by subject_id
        ),
        {UNPLACED_HOLDER},
        {PSC_GAP},
        inherited as (
            select
                up.subject_id,
                up.depth,
                case
                    when h.subject_id is not null then 'right_not_known'
                    when r.subject_id is not null then 'rejected:gb_coh_psc'
                    when g.gap in ('editions_apart', 'edition_undated') then g.gap
                end as gap
            from graph_reach up
            cross join psc_gap g
            left join unplaced_holder h on h.subject_id = up.subject_id
            left join graph_reach r on r.subject_id = up.subject_id and r.mark = 'psc_record_rejected'
            left join graph_reach human
                on human.subject_id = up.subject_id
                and human.mark in ('natural_person', 'protected_party', 'protected_unnamed')
            where up.mark = 'no_owner_declared'
                and human.subject_id is null
                and up.subject_id not in ({PROTECTED_UNNAMED})
        ),
        candidates as (
            select r.subject_id
            from relationship r
            join entity e on e.entity_id = r.subject_id
            where e.entity_type <> 'arrangement'
            union
            -- The register has no such statement for overseas entities.
            select company_id
            from company
            where is_active and must_declare_owners and legal_form_class <> 'overseas_entity'
        )
        select
            c.subject_id,
            case
                when d.subject_id is not null then 'flagged'
                when i.gap is not null then 'not_assessable'
                when i.subject_id is not null then 'flagged'
                else 'not_flagged'
            end as state,
            case when d.subject_id is null then i.gap end as reason,
            case
                when d.subject_id is not null then 'declared'
                when i.subject_id is not null and i.gap is null then 'inherited'
            end as subtype,
            cast(
                case
                    when d.subject_id is not null then date_diff('day', d.declared_on, $as_of)
                    else i.depth
                end as double
            ) as value,
            case
                when d.subject_id is not null then 'days'
                when i.subject_id is not null then 'steps'
            end as unit,
            cast(null as double) as threshold,
            cast(null as bigint) as peer_n,
            case
                when d.declared_on is not null
                    then concat_ws(
                        '', 'has declared since ', cast(d.declared_on as varchar), ', ',
                        cast(date_diff('day', d.declared_on, $as_of) as varchar),
                        case when date_diff('day', d.declared_on, $as_of) = 1 then ' day' else ' days' end,
                        ' ago, that nobody holds significant control over it'
                    )
                when d.subject_id is not null
                    then 'has declared, on a day not stated, that nobody holds significant control over it'
                else concat_ws(
                    '', 'names only legal entities above it, and one of them, ', cast(i.depth as varchar),
                    case when i.depth = 1 then ' step' else ' steps' end,
                    ' up, declares that nobody holds significant control'
                )
            end as finding
        from candidates c
        left join declared d using (subject_id)
        left join inherited i using (subject_id)
        order by c.subject_id
    """,
    evidence=f"""
        with recursive chain as (
            select up.subject_id, up.nearest_id, up.depth
            from graph_reach up
            -- An entity that makes the statement itself inherits none.
            left join relationship own
                on own.subject_id = up.subject_id and own.is_open and own.declaration_class = 'no_owner'
            left join graph_reach human
                on human.subject_id = up.subject_id
                and human.mark in ('natural_person', 'protected_party', 'protected_unnamed')
            where up.mark = 'no_owner_declared'
                and human.subject_id is null
                and own.subject_id is null
                and up.subject_id not in ({PROTECTED_UNNAMED})
        ),
        -- Every link of a shortest path up to the entity that made the statement.
        links as (
            select
                c.subject_id, c.nearest_id, r.party_id as at_id, c.depth - 1 as left_n, 1 as step_no,
                r.statement_id, r.party_statement_id
            from chain c
            join relationship r on r.subject_id = c.subject_id and r.is_open and r.party_kind = 'entity'
            left join graph_reach up on up.subject_id = r.party_id and up.mark = 'no_owner_declared'
            where not r.is_office
                and (
                    (c.depth = 1 and r.party_id = c.nearest_id)
                    or (
                        c.depth > 1
                        and up.depth = c.depth - 1
                        and up.nearest_id in (c.nearest_id, c.subject_id)
                    )
                )
            union
            select
                l.subject_id, l.nearest_id, r.party_id, l.left_n - 1, l.step_no + 1, r.statement_id,
                r.party_statement_id
            from links l
            join relationship r on r.subject_id = l.at_id and r.is_open and r.party_kind = 'entity'
            left join graph_reach up on up.subject_id = r.party_id and up.mark = 'no_owner_declared'
            where not r.is_office
                and l.step_no < {CHAIN_STEPS_MAX}
                and l.left_n > 0
                and (
                    (l.left_n = 1 and r.party_id = l.nearest_id)
                    or (
                        l.left_n > 1
                        and up.depth = l.left_n - 1
                        and up.nearest_id in (l.nearest_id, l.subject_id)
                    )
                )
        )
        select
            subject_id, 'own statement' as role, statement_id,
            'relationship_statement.declaration_code' as field
        from relationship where declaration_class = 'no_owner' and is_open
        union all
        select subject_id, 'own statement, open since', statement_id, 'relationship_statement.valid_from'
        from relationship where declaration_class = 'no_owner' and is_open
        union all
        select
            c.subject_id, 'statement of an entity above', r.statement_id,
            'relationship_statement.declaration_code'
        from chain c
        join relationship r on r.subject_id = c.nearest_id and r.declaration_class = 'no_owner' and r.is_open
        union all
        select distinct
            subject_id,
            concat_ws(' ', 'owner named, steps below the statement:', cast(left_n as varchar)),
            party_statement_id,
            'entity_statement.name'
        from links
        union all
        select distinct
            subject_id,
            concat_ws(' ', 'number of that owner, steps below the statement:', cast(left_n as varchar)),
            party_statement_id,
            'entity_statement.identifier_native'
        from links
        union all
        select distinct
            subject_id,
            concat_ws(' ', 'held by that owner, steps below the statement:', cast(left_n as varchar)),
            statement_id,
            'relationship_statement.subject_id'
        from links
        order by subject_id, role, statement_id, field
    """,
    marks={
        "no_owner_declared": (
            "select distinct subject_id from relationship where declaration_class = 'no_owner' and is_open "
            "order by subject_id"
        ),
        "protected_unnamed": PROTECTED_UNNAMED,
        "psc_record_rejected": PSC_RECORD_REJECTED,
        "right_not_known": RIGHT_NOT_KNOWN,
    },
    rests_on_absence=("inherited",),
    sentence="{subject_name} {finding}.",
    reasons={**RIGHT_REASONS, **GAP_REASONS},
    subtypes={
        "declared": "The entity's own statement.",
        "inherited": "Only legal entities above it, one of which has such a statement.",
    },
    ordinary_explanations=(
        "Ownership is spread so that nobody reaches a quarter: a club, a residents' company, a firm "
        "with many partners.",
        "A charity, whose trustees hold no shares.",
    ),
    what_would_clear_it=(
        "The list of members or the share register, showing that nobody holds more than a quarter of "
        "shares or votes."
    ),
    source="Global Witness 2018: 336,224 + 43,729 inherited",
)
