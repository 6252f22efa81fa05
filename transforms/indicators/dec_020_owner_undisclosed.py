"""DEC-020 owner undisclosed

Condition
---------
An open statement of the entity says that an owner exists or may exist who is not named: exists but not
identified, details not confirmed, steps not yet completed, contacted but no response, failed to confirm
changed details, a restrictions notice, and their partnership forms; of an overseas entity: no owner
identified, at least one unidentified, information not provided for at least one.

Method
------
Statements count that are in the editions in force, have a code of class undisclosed, and hold at the
release's date. Worked example: a statement of 2019-03-01 says that the steps to find the owner are not yet
completed, and has no end. On 2026-06-01 it has been open for 2,649 days: flagged. With an end on 2019-06-01
it is not.

Why it is a red flag
--------------------
The law requires an entity to know its owners. An entity that leaves such a statement open for years has found
a lawful-looking way to name nobody.

Unit
----
Days that the earliest of these statements has been open.

Parameters
----------
None.

Exclusions
----------
Records of protected persons (super-secure). Statements that all owners are identified, and update-period
statements, are neutral. A statement that there is no owner is DEC-010.

Ordinary explanations
---------------------
A new company has just begun to ask. A holder died and the estate is not settled. Nominees abroad do not
answer.

What would clear it
-------------------
The register of members, the notices sent under section 790D of the Companies Act 2006, and the answers.

Not assessable when
-------------------
The entity has an open statement that does not say why no owner is named, or that has an unknown code. No
complete edition of the PSC register is held, or a rejected record may speak of the entity.

Source
------
BODS 0.4, unspecifiedReason; Companies House, statements of the register.
"""

from transforms.model.indicator import Indicator

INDICATOR = Indicator(
    code="DEC-020",
    title="Owner undisclosed",
    weak=False,
    subject_type="legal_entity",
    negatives_need=("gb_coh_psc",),
    parameters=(),
    states="""
        with said as (
            select
                subject_id,
                count(*) filter (where declaration_class = 'undisclosed') as undisclosed_n,
                count(*) filter (where declaration_class = 'unknown') as unknown_n,
                min(case when declaration_class = 'undisclosed' then valid_from end) as since
            from relationship
            where is_open and declaration_class in ('undisclosed', 'unknown')
            group by subject_id
        ),
        candidates as (
            select r.subject_id
            from relationship r
            join entity e on e.entity_id = r.subject_id
            where e.entity_type <> 'arrangement'
            union
            select company_id from company where is_active and must_declare_owners
        )
        select
            c.subject_id,
            case
                when s.undisclosed_n > 0 then 'flagged'
                when s.unknown_n > 0 then 'not_assessable'
                else 'not_flagged'
            end as state,
            case when s.undisclosed_n = 0 and s.unknown_n > 0 then 'unknown_statement' end as reason,
            cast(null as varchar) as subtype,
            cast(date_diff('day', s.since, $as_of) as double) as value,
            case when s.since is not null then 'days' end as unit,
            cast(null as double) as threshold,
            cast(null as bigint) as peer_n,
            case
                when s.since is null then 'on a day not stated'
                else concat_ws(
                    '', 'since ', cast(s.since as varchar), ', ',
                    cast(date_diff('day', s.since, $as_of) as varchar),
                    case when date_diff('day', s.since, $as_of) = 1 then ' day' else ' days' end
                )
            end as since_words
        from candidates c
        left join said s on s.subject_id = c.subject_id
        order by c.subject_id
    """,
    evidence="""
        with said as (
            select subject_id, statement_id
            from relationship
            where is_open and declaration_class = 'undisclosed' and subject_id is not null
        )
        select
            subject_id, 'statement' as role, statement_id, 'relationship_statement.declaration_code' as field
        from said
        union all
        select
            subject_id, 'statement, reason by BODS', statement_id, 'relationship_statement.unspecified_reason'
        from said
        union all
        select subject_id, 'statement, open since', statement_id, 'relationship_statement.valid_from'
        from said
        order by subject_id, role, statement_id, field
    """,
    sentence=(
        "{subject_name} has an open statement that an owner is not identified, confirmed or disclosed, "
        "{since_words}."
    ),
    reasons={
        "unknown_statement": (
            "it has an open statement that does not say why no owner is named, or that has an unknown code"
        )
    },
    ordinary_explanations=(
        "A new company has just begun to ask.",
        "A holder died and the estate is not settled, or nominees abroad do not answer.",
    ),
    what_would_clear_it="The register of members, the notices sent to find the owner, and the answers.",
    source="BODS 0.4 unspecifiedReason",
)
