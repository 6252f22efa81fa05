"""OWN-050 long chain

Condition
---------
The longest chain from the entity up to a top holder has at least `layers` legal entities above the entity.

Method
------
Open interests are followed upward; a strongly connected set counts as one step. The legal entities on the
longest path are counted, without the entity itself. Natural persons and arrangements (an unnamed trust or
firm) are not legal entities. A set with a legal entity counts once, and the entity's own set not at all.
Worked example: A holds B, B holds C, C holds D, D holds E, E holds F: F has 5 above it and is flagged; E has
4 and is not. A person above A changes neither.

Why it is a red flag
--------------------
Each layer is one more place where one has to ask, and one more that can change overnight. Few businesses need
five.

Unit
----
Legal entities on the chain.

Parameters
----------
`layers` 5 (Open Ownership, red flags).

Exclusions
----------
Interests that have ceased.

Ordinary explanations
---------------------
Large groups grow by buying companies that have subsidiaries of their own. Financing and regulated businesses
are ring-fenced in layers.

What would clear it
-------------------
The group's structure chart with the reason for each layer.

Not assessable when
-------------------
No complete edition of the PSC register is held, or a rejected record may speak of the entity or of one above
it: that no longer chain was found proves nothing then.

Source
------
Open Ownership, red flags in beneficial ownership data.
"""

from transforms.model.indicator import Indicator, Parameter

CHAIN_STEPS_MAX = 100  # own: of a longer chain the first links are listed

INDICATOR = Indicator(
    code="OWN-050",
    title="Long chain",
    weak=True,
    subject_type="legal_entity",
    negatives_need=("gb_coh_psc",),
    negatives_reach=True,
    parameters=(Parameter("layers", 5, "entities", "Open Ownership red flags"),),
    states="""
        with candidates as (
            select r.subject_id
            from relationship r
            join entity e on e.entity_id = r.subject_id
            where e.entity_type <> 'arrangement'
            union
            select company_id from company where is_active and must_declare_owners
        )
        select
            c.subject_id,
            case when coalesce(g.layers_n, 0) >= $layers then 'flagged' else 'not_flagged' end as state,
            cast(null as varchar) as reason,
            cast(null as varchar) as subtype,
            cast(coalesce(g.layers_n, 0) as double) as value,
            'entities' as unit,
            cast($layers as double) as threshold,
            cast(null as bigint) as peer_n
        from candidates c
        left join graph_layers g on g.subject_id = c.subject_id
        order by c.subject_id
    """,
    evidence=f"""
        with recursive steps as (
            select g.subject_id, 1 as position, g.subject_id as at_id, g.via_id, g.holder_id
            from graph_layers g
            where g.layers_n >= $layers
            union all
            select s.subject_id, s.position + 1, s.holder_id, g.via_id, g.holder_id
            from steps s
            join graph_layers g on g.subject_id = s.holder_id
            where s.position < {CHAIN_STEPS_MAX}
        ),
        held as (
            select s.subject_id, s.position, r.statement_id, r.party_statement_id, r.party_kind
            from steps s
            join graph_edge g on g.subject_id = s.via_id and g.party_id = s.holder_id
            join relationship r on r.statement_id = g.statement_id
        ),
        -- If the chain continues from another member of a strongly connected set: what the members hold.
        within_set as (
            select
                s.subject_id,
                s.position,
                g.statement_id,
                row_number() over (
                    partition by s.subject_id, s.position order by g.subject_id, g.statement_id
                ) as link_no
            from steps s
            join graph_scc m on m.subject_id = s.at_id
            join graph_scc o on o.scc_id = m.scc_id
            join graph_edge g on g.subject_id = o.subject_id
            join graph_scc h on h.subject_id = g.party_id and h.scc_id = m.scc_id
            where s.via_id <> s.at_id
        )
        select
            subject_id,
            concat_ws(' ', 'held at step', cast(position as varchar)) as role,
            statement_id,
            'relationship_statement.subject_id' as field
        from held
        union all
        select distinct
            subject_id,
            concat_ws(' ', 'held inside the set of step', cast(position as varchar)),
            statement_id,
            'relationship_statement.subject_id'
        from within_set
        where link_no <= {CHAIN_STEPS_MAX}
        union all
        select
            subject_id, concat_ws(' ', 'holder at step', cast(position as varchar)), party_statement_id,
            'entity_statement.name'
        from held
        where party_kind = 'entity'
        union all
        select
            subject_id,
            concat_ws(' ', 'number of the holder at step', cast(position as varchar)),
            party_statement_id,
            'entity_statement.identifier_native'
        from held
        where party_kind = 'entity'
        order by subject_id, role, statement_id, field
    """,
    sentence=(
        "{subject_name} has {value:.0f} legal entities above it on its longest chain; {threshold:.0f} or "
        "more is a long one."
    ),
    reasons={},
    ordinary_explanations=(
        "Large groups grow by buying companies that have subsidiaries of their own.",
        "Financing and regulated businesses are ring-fenced in layers.",
    ),
    what_would_clear_it="The group's structure chart with the reason for each layer.",
    source="Open Ownership red flags",
)
