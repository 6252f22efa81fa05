"""DEC-030 contradiction

Condition
---------
The entity states that nobody holds significant control and also has an owner on the register. Both records
are open at the release's date and have been open together for at least one day.

Method
------
The overlap runs from the later of the two first days to the release's date. The longest overlap between a
statement and an owner counts. Worked example: the statement is of 2019-01-14 and an owner was notified on
2026-05-31. On 2026-06-01 they overlap by 1 day: flagged. With an owner notified on 2026-06-01 the overlap is
0 days: not flagged. If the statement ended on 2026-05-31 it is not open: not flagged.

Why it is a red flag
--------------------
One of the two is false. The entity's own filings contradict each other, and nobody has noticed or cared.

Unit
----
Days of overlap.

Parameters
----------
None; one day is part of the condition.

Exclusions
----------
A statement that an owner exists but is not named does not contradict an owner who is named.

Ordinary explanations
---------------------
The owner was added and the old statement was not withdrawn.

What would clear it
-------------------
A filing that ends one of the two.

Not assessable when
-------------------
An overlap of a day or more is possible only with a record that states no first day, such as that of a
protected person. No complete edition of the PSC register is held, or a rejected record may speak of the
entity.

Source
------
Global Witness 2018.
"""

from transforms.model.indicator import Indicator

INDICATOR = Indicator(
    code="DEC-030",
    title="Contradiction",
    weak=False,
    subject_type="legal_entity",
    negatives_need=("gb_coh_psc",),
    parameters=(),
    states="""
        with nobody as (
            select subject_id, min(valid_from) as since, count(*) > count(valid_from) as has_undated
            from relationship
            where is_open and declaration_class = 'no_owner'
            group by subject_id
        ),
        somebody as (
            select
                r.subject_id, min(r.valid_from) as since, count(*) > count(r.valid_from) as has_undated,
                count(r.party_id) = 0 as is_unnamed
            from relationship r
            join nobody using (subject_id)
            where r.is_open
                and not r.is_office
                and (r.party_id is not null or r.declaration_class = 'protected')
            group by r.subject_id
        ),
        overlap as (
            select
                n.subject_id,
                s.is_unnamed,
                case when n.since is not null and s.since is not null then date_diff(
                    'day', greatest(n.since, s.since), $as_of
                ) end as days_n,
                -- The greatest possible overlap: a record without a first day may always have been open.
                date_diff(
                    'day',
                    greatest(
                        case when not n.has_undated then n.since end,
                        case when not s.has_undated then s.since end
                    ),
                    $as_of
                ) as days_max
            from nobody n
            join somebody s using (subject_id)
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
                when o.days_n >= 1 then 'flagged'
                when o.subject_id is null or o.days_max < 1 then 'not_flagged'
                else 'not_assessable'
            end as state,
            case
                when o.subject_id is not null
                    and coalesce(o.days_n, 0) < 1
                    and coalesce(o.days_max, 1) >= 1 then 'first_day_unknown'
            end as reason,
            cast(null as varchar) as subtype,
            cast(o.days_n as double) as value,
            'days' as unit,
            cast(1 as double) as threshold,
            cast(null as bigint) as peer_n,
            case when o.days_n = 1 then 'day' else 'days' end as days_word,
            case
                when o.is_unnamed then 'says that an owner is protected'
                else 'names an owner'
            end as owner_words
        from candidates c
        left join overlap o on o.subject_id = c.subject_id
        order by c.subject_id
    """,
    evidence="""
        with nobody as (
            select subject_id, statement_id
            from relationship
            where is_open
                and declaration_class = 'no_owner'
                and subject_id is not null
                and date_diff('day', valid_from, $as_of) >= 1
        ),
        somebody as (
            select r.subject_id, r.statement_id, r.party_kind, r.party_statement_id
            from relationship r
            where r.is_open
                and not r.is_office
                and (r.party_id is not null or r.declaration_class = 'protected')
                and r.subject_id in (select subject_id from nobody)
                and date_diff('day', r.valid_from, $as_of) >= 1
        )
        select
            subject_id, 'statement that nobody has control' as role, statement_id,
            'relationship_statement.declaration_code' as field
        from nobody
        union all
        select subject_id, 'statement, open since', statement_id, 'relationship_statement.valid_from'
        from nobody
        union all
        select subject_id, 'owner beside it, since', statement_id, 'relationship_statement.valid_from'
        from somebody
        union all
        select subject_id, 'kind of that owner', statement_id, 'relationship_statement.party_kind'
        from somebody
        union all
        select subject_id, 'name of that owner', party_statement_id, 'entity_statement.name'
        from somebody
        where party_kind = 'entity'
        union all
        select subject_id, 'name of that owner', party_statement_id, 'person_statement.full_name'
        from somebody
        where party_kind = 'person'
        order by subject_id, role, statement_id, field
    """,
    sentence=(
        "{subject_name} declares that nobody holds significant control and {owner_words}, both open "
        "together for {value:.0f} {days_word} (flagged from day {threshold:.0f})."
    ),
    reasons={"first_day_unknown": "the owner's record, or the statement, gives no first day"},
    ordinary_explanations=("The owner was added and the old statement was not withdrawn.",),
    what_would_clear_it="A filing that ends one of the two.",
    source="Global Witness 2018",
)
