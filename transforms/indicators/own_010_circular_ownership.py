"""OWN-010 circular ownership

Condition
---------
The entity is in a strongly connected set of at least two legal entities, or holds itself: following interests
from holder to held entity leads back to where one began.

Method
------
Open interests of the editions in force (shares, votes, surplus assets, board, influence) form a directed
graph of parties. Strongly connected sets are found by Tarjan's method. The shortest cycle through each member
is its proof; if it has more than 100 steps, the first ones and the last are listed. Worked example: A holds
75-100 % of B, B holds 25-50 % of C, C holds 25-50 % of A. All three are flagged, each with 3 steps. If C's
interest in A has ceased, none is flagged.

Why it is a red flag
--------------------
A ring has no top: it hides who decides, and capital can be counted twice. Global Witness found 487 such
companies of 4,316,165 in the UK register in 2018 and 171 that held themselves; most had no lawful explanation
on file.

Unit
----
Steps of the shortest cycle through the entity.

Parameters
----------
None.

Exclusions
----------
Interests that have ceased, and records whose number and name do not agree (a candidate is never merged).
Holdings through an unnamed trust or firm are steps of a cycle, but the arrangement is not a legal entity and
does not count as one.

Ordinary explanations
---------------------
A clerk entered the company itself, or its subsidiary, as its owner. A company holds its own shares after a
buy-back. Cross-holdings of a co-operative group.

What would clear it
-------------------
A corrected entry in the register of people with significant control, or a share register showing that one
link of the ring does not exist.

Not assessable when
-------------------
No complete edition of the PSC register is held, or a rejected record may speak of the entity or of one above
it: that no ring was found then proves nothing.

Source
------
Global Witness, The Companies We Keep (2018) and Getting the UK's House in Order (2019): 487 of 4,316,165; 171
self-held.
"""

from transforms.model.indicator import Indicator

RING_STEPS_MAX = 100  # own: of a longer ring the first links are listed, and those of the entity itself

INDICATOR = Indicator(
    code="OWN-010",
    title="Circular ownership",
    weak=False,
    subject_type="legal_entity",
    negatives_need=("gb_coh_psc",),
    negatives_reach=True,
    parameters=(),
    states="""
        with held as (
            select i.subject_id
            from interest i
            join entity e on e.entity_id = i.subject_id
            where i.is_open and e.entity_type <> 'arrangement'
            union
            select company_id from company where is_active and must_declare_owners
        ),
        listed as (
            select subject_id, max(position) as steps_n from graph_cycle group by subject_id
        ),
        -- A very long ring is listed once, for the set's own id.
        shortest as (
            select s.subject_id, coalesce(own.steps_n, whole.steps_n) as steps_n
            from graph_scc s
            left join listed own on own.subject_id = s.subject_id
            left join listed whole on whole.subject_id = s.scc_id
        )
        select
            h.subject_id,
            case when s.subject_id is not null then 'flagged' else 'not_flagged' end as state,
            cast(null as varchar) as reason,
            case
                when s.holds_itself then 'self_held'
                when s.subject_id is not null then 'ring'
            end as subtype,
            cast(k.steps_n as double) as value,
            'steps' as unit,
            cast(null as double) as threshold,
            cast(null as bigint) as peer_n,
            case
                when s.holds_itself then 'is recorded as an owner or controller of itself: a ring of 1 step'
                else concat_ws(
                    '', 'owns or controls itself through a ring of ', cast(k.steps_n as varchar), ' steps'
                )
            end as finding
        from held h
        left join graph_scc s using (subject_id)
        left join shortest k using (subject_id)
        order by h.subject_id
    """,
    evidence=f"""
        with listed as (
            select distinct subject_id from graph_cycle
        ),
        steps as (
            select subject_id, position, statement_id
            from graph_cycle
            where position <= {RING_STEPS_MAX} or held_id = subject_id
            union all
            select s.subject_id, whole.position, whole.statement_id
            from graph_scc s
            join graph_cycle whole on whole.subject_id = s.scc_id and whole.position <= {RING_STEPS_MAX}
            where s.subject_id not in (select subject_id from listed)
            union all
            select s.subject_id, whole.position, whole.statement_id
            from graph_scc s
            join graph_cycle whole on whole.subject_id = s.scc_id and whole.party_id = s.subject_id
            where s.subject_id not in (select subject_id from listed) and whole.position > {RING_STEPS_MAX}
            union all
            select s.subject_id, whole.position, whole.statement_id
            from graph_scc s
            join graph_cycle whole on whole.subject_id = s.scc_id and whole.held_id = s.subject_id
            where s.subject_id not in (select subject_id from listed) and whole.position > {RING_STEPS_MAX}
        )
        select
            subject_id,
            concat_ws(' ', 'held at step', cast(position as varchar)) as role,
            statement_id,
            'relationship_statement.subject_id' as field
        from steps
        union all
        select
            c.subject_id,
            concat_ws(' ', 'holder at step', cast(c.position as varchar)),
            r.party_statement_id,
            'entity_statement.name'
        from steps c
        join relationship r using (statement_id)
        union all
        select
            c.subject_id,
            concat_ws(' ', 'number of the holder at step', cast(c.position as varchar)),
            r.party_statement_id,
            'entity_statement.identifier_native'
        from steps c
        join relationship r using (statement_id)
        union all
        select
            c.subject_id,
            concat_ws(' ', 'interest at step', cast(c.position as varchar)),
            i.interest_id,
            'interest_statement.native_code'
        from steps c
        join interest i using (statement_id)
        order by subject_id, role, statement_id, field
    """,
    sentence="{subject_name} {finding}.",
    reasons={},
    subtypes={
        "ring": "A ring of at least two legal entities.",
        "self_held": "The entity is recorded as a holder of itself.",
    },
    ordinary_explanations=(
        "The company itself, or its subsidiary, was entered as its owner by mistake.",
        "The company holds its own shares after a buy-back.",
        "Cross-holdings of a co-operative group.",
    ),
    what_would_clear_it=(
        "A corrected entry in the register of people with significant control, or a share register "
        "showing that one link of the ring does not exist."
    ),
    source="Global Witness 2018/19: 487 of 4,316,165; 171 self-held",
)
