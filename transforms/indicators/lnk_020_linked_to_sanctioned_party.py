"""LNK-020 linked to a sanctioned party

Condition
---------
A sanctioned party is above the entity, at any distance and with any share.

Method
------
Open interests (shares, votes, surplus assets, board, influence) are followed upward from the entity. The
value is the number of steps to the nearest party with an open listing of class sanction. Worked example: X is
listed and holds 5 per cent of A; A holds 10 per cent of B. A is flagged with 1 step, B with 2. A director is
not a holder: a listed director alone raises no flag. If only a candidate of screening is above (every part of
the shorter name and birth year and month agree; or registration number and country), the flag has sub-type
`candidate`. Nothing is merged.

Why it is a red flag
--------------------
Sanctioned owners reduce their holdings below the ownership thresholds, or pass the rest to others, and keep
their influence (OpenSanctions).

Unit
----
Steps to the nearest sanctioned party.

Parameters
----------
None.

Exclusions
----------
Listings that have ended. Debarment, crime, political exposure and regulators' warnings, which are other
lists. Parties that occur on a list only.

Ordinary explanations
---------------------
A minority investor was listed after investing, and cannot sell. A candidate is another person of the same
name, born in the same month.

What would clear it
-------------------
A document that distinguishes the candidate from the listed party. The delisting act. The deed by which the
interest was sold.

Not assessable when
-------------------
No sanctions list is held, or no complete edition of the lists or of the PSC register; or a rejected record
may speak of the entity or of one above it.

Source
------
OpenSanctions, topics `sanction` and `sanction.linked`.
"""

from transforms.flags.listings import SUBJECTS, candidates, has_list, listed, listing_facts
from transforms.model.indicator import Indicator

SANCTIONED, CANDIDATES = listed("sanction"), candidates("sanction")
LINKS_LISTED = 100  # own: of a longer way the first steps are listed

INDICATOR = Indicator(
    code="LNK-020",
    title="Linked to a sanctioned party",
    weak=False,
    subject_type="legal_entity",
    negatives_need=("ftm_entities", "gb_coh_psc"),
    negatives_reach=True,
    parameters=(),
    states=f"""
        with {SUBJECTS},
        {has_list("sanction")},
        reached as (
            select subject_id, cast(null as varchar) as subtype, depth, n
            from graph_reach
            where mark = 'sanctioned'
            union all
            select c.subject_id, 'candidate', c.depth, c.n
            from graph_reach c
            where c.mark = 'sanctioned_candidate'
                and not exists (
                    select 1 from graph_reach s where s.mark = 'sanctioned' and s.subject_id = c.subject_id
                )
        )
        select
            a.subject_id,
            case
                when r.subject_id is not null then 'flagged'
                when h.has_list then 'not_flagged'
                else 'not_assessable'
            end as state,
            case when r.subject_id is null and not h.has_list then 'no_sanctions_list' end as reason,
            r.subtype,
            cast(r.depth as double) as value,
            'steps' as unit,
            cast(null as double) as threshold,
            cast(null as bigint) as peer_n,
            concat_ws('',
                'has ',
                case
                    when r.subtype = 'candidate' then 'a party that may be on a sanctions list'
                    else 'a sanctioned party'
                end,
                ' above it, ',
                cast(r.depth as varchar), case when r.depth = 1 then ' step' else ' steps' end,
                ' up, with an interest of any size',
                case
                    when r.subtype = 'candidate' then concat_ws('',
                        '; that it is the party listed is a candidate of screening,',
                        ' which nobody has confirmed'
                    )
                    else ''
                end
            ) as finding
        from asked a
        cross join held h
        left join reached r on r.subject_id = a.subject_id
        order by a.subject_id, r.subtype
    """,
    evidence=f"""
        with recursive reached as (
            select subject_id, mark, nearest_id, depth from graph_reach where mark = 'sanctioned'
            union all
            -- A candidate proves nothing if the flag rests on a listed party.
            select c.subject_id, c.mark, c.nearest_id, c.depth
            from graph_reach c
            where c.mark = 'sanctioned_candidate'
                and not exists (
                    select 1 from graph_reach s where s.mark = 'sanctioned' and s.subject_id = c.subject_id
                )
        ),
        -- Every link of a shortest path up to the nearest one.
        links as (
            select
                r.subject_id, r.mark, r.nearest_id, e.party_id as at_id, r.depth - 1 as left_n, 1 as step_no,
                e.statement_id, e.interest_id
            from reached r
            join graph_edge e on e.subject_id = r.subject_id
            left join reached up on up.subject_id = e.party_id and up.mark = r.mark
            where (r.depth = 1 and e.party_id = r.nearest_id)
                or (r.depth > 1 and up.depth = r.depth - 1 and up.nearest_id in (r.nearest_id, r.subject_id))
            union
            select
                l.subject_id, l.mark, l.nearest_id, e.party_id, l.left_n - 1, l.step_no + 1, e.statement_id,
                e.interest_id
            from links l
            join graph_edge e on e.subject_id = l.at_id
            left join reached up on up.subject_id = e.party_id and up.mark = l.mark
            where l.left_n > 0 and l.step_no < {LINKS_LISTED}
                and (
                    (l.left_n = 1 and e.party_id = l.nearest_id)
                    or (
                        l.left_n > 1
                        and up.depth = l.left_n - 1
                        and up.nearest_id in (l.nearest_id, l.subject_id)
                    )
                )
        ),
        named as (
            select distinct subject_id, nearest_id as party_id from reached
        )
        {listing_facts("named", "sanction")}
        union all
        select distinct
            l.subject_id,
            concat_ws(' ', 'holder at step', cast(l.step_no as varchar)),
            r.party_statement_id,
            case
                when r.party_kind = 'person' then 'person_statement.full_name'
                else 'entity_statement.name'
            end
        from links l join relationship r on r.statement_id = l.statement_id
        union all
        select distinct
            l.subject_id, concat_ws(' ', 'held at step', cast(l.step_no as varchar)), l.statement_id,
            'relationship_statement.subject_id'
        from links l
        union all
        select distinct
            l.subject_id,
            concat_ws(' ', 'interest at step', cast(l.step_no as varchar)),
            l.interest_id,
            'interest_statement.native_code'
        from links l
        where l.interest_id is not null
        order by subject_id, role, statement_id, field
    """,
    marks={"sanctioned": SANCTIONED, "sanctioned_candidate": CANDIDATES},
    sentence="{subject_name} {finding}.",
    reasons={"no_sanctions_list": "no sanctions list is held"},
    subtypes={"candidate": "Only if a candidate of screening is the party listed."},
    ordinary_explanations=(
        "A minority investor was listed after investing, and cannot sell.",
        "The candidate is another person of the same name, born in the same month.",
    ),
    what_would_clear_it=(
        "A document that distinguishes the candidate, the delisting act, or the deed by which the "
        "interest was sold."
    ),
    source="OpenSanctions",
)
