"""OWN-040 offshore entity in the chain

Condition
---------
A legal entity above the entity, at any distance, is incorporated in a jurisdiction that the built-in list
names at the release's date. The chain to it passes no listed, state or regulated-fund holder. Sub-types:
`direct`, a direct holder is such an entity; `indirect`, one is further up; `all_chains`, every chain to a top
has one. An entity that is itself overseas and has one above it is reported separately, as `overseas_subject`.

Method
------
The jurisdiction of a legal entity is the one its records state. A chain ends at a listed, state or
regulated-fund holder: neither that holder nor anything above it counts, and the chain counts as one without
an offshore entity. `all_chains` takes precedence over `direct`. It says that there is no other holder, so it
is not given if the register of people with significant control cannot prove that, if a record names a holder
without a known right, or if a record says that an owner is not named. Worked example: a Jersey company holds
75 per cent of A and a person 25 per cent: A is flagged as direct, 1 step. Without the person, A is flagged as
all chains. B, held only by A, is flagged as indirect, 2 steps, and without the person as all chains. If A is
listed, B is not flagged.

Why it is a red flag
--------------------
At a company from a place without a public register of owners the chain ends for every reader. Such companies
are lawful and common in cross-border business, so the flag is weak.

Unit
----
Steps up to the nearest such entity.

Parameters
----------
None. The list is `transforms/values/vocabulary/offshore.csv`, rows of list `offshore`, each with source and
dates. The same file has the EU's list of non-cooperative jurisdictions as `eu_annex_i`, which is not used
here.

Exclusions
----------
The entity itself does not count. Where natural persons live is never used.

Ordinary explanations
---------------------
A fund or joint venture of investors from several countries uses a neutral place. The family lived there. The
holder is a listed group that the records do not show as listed.

What would clear it
-------------------
The register of members of the offshore company and the beneficial owner it names to its registrar or agent.

Not assessable when
-------------------
No such entity is found, but an entity above states no known jurisdiction. No complete edition of the PSC
register is held, or a rejected record may speak of the entity or of one above it.

Source
------
Global Witness 2018/19; Transparency International UK. The list is this project's own.
"""

from transforms.flags.absence import (
    OWNER_UNNAMED,
    PSC_GAP,
    PSC_RECORD_REJECTED,
    RIGHT_NOT_KNOWN,
    UNPLACED_HOLDER,
)
from transforms.model.indicator import Indicator
from transforms.values.vocabulary import vocabulary

LIST = "offshore"
CHAIN_STEPS_MAX = 100  # own: links of a longer chain are not listed one by one
PARTIES_LISTED_MAX = 100  # own: of a larger network above, the way to the nearest such entity is listed


def _date(day: str | None) -> str:
    return f"date '{day}'" if day else "cast(null as date)"


def _list_rows() -> str:
    """The shipped list as rows of SQL: code, valid_from, valid_to."""
    rows = vocabulary("offshore").filter(list=LIST).select("code", "valid_from", "valid_to").iter_rows()
    return ", ".join(f"('{code}', {_date(first)}, {_date(last)})" for code, first, last in rows)


def _fund_forms() -> str:
    """Condition on a legal form as a record writes it."""
    return " or ".join(
        f"upper(e.legal_form) like '{pattern}'" for pattern in vocabulary("fund_forms")["pattern"]
    )


# Holders that a chain does not pass.
BARRING = f"""
    select entity_id as subject_id from exempt where exempt_class in ('listed', 'state', 'council')
    union
    select e.entity_id
    from entity e
    where e.is_listed or e.entity_type in ('state', 'stateBody') or {_fund_forms()}
"""
BARRING_IN_ORDER = f"{BARRING} order by subject_id"
OFFSHORE = f"""
    select distinct e.entity_id as subject_id
    from entity e
    join (values {_list_rows()}) o(code, valid_from, valid_to) on o.code = e.jurisdiction
    where e.entity_type <> 'arrangement'
        and (o.valid_from is null or o.valid_from <= $as_of)
        and (o.valid_to is null or o.valid_to > $as_of)
    order by subject_id
"""

INDICATOR = Indicator(
    code="OWN-040",
    title="Offshore entity in the chain",
    weak=True,
    subject_type="legal_entity",
    negatives_need=("gb_coh_psc",),
    negatives_reach=True,
    parameters=(),
    states=f"""
        with {PSC_GAP},
        {UNPLACED_HOLDER},
        rejected as (
            select subject_id from graph_reach where mark = 'psc_record_rejected'
            union
            select subject_id from ({PSC_RECORD_REJECTED})
        ),
        -- A chain to an unnamed owner has no known offshore entity.
        unnamed as (
            select subject_id from graph_chain where mark = 'owner_unnamed'
            union
            select subject_id from ({OWNER_UNNAMED})
        ),
        candidates as (
            select r.subject_id
            from relationship r
            join entity e on e.entity_id = r.subject_id
            where e.entity_type <> 'arrangement'
            union
            select company_id from company where is_active and must_declare_owners
        ),
        judged as (
            select
                c.subject_id,
                up.depth,
                up.nearest_id,
                up.is_every_chain
                    and g.gap is null
                    and x.subject_id is null
                    and h.subject_id is null
                    and w.subject_id is null as is_every_chain,
                e.jurisdiction is not null
                    and split_part(e.jurisdiction, '-', 1) not in (
                        select country from home_country
                    ) as is_overseas,
                u.subject_id is not null as has_unknown
            from candidates c
            cross join psc_gap g
            left join rejected x on x.subject_id = c.subject_id
            left join unplaced_holder h on h.subject_id = c.subject_id
            left join unnamed w on w.subject_id = c.subject_id
            left join graph_chain up on up.subject_id = c.subject_id and up.mark = 'offshore_entity'
            left join graph_chain u on u.subject_id = c.subject_id and u.mark = 'no_jurisdiction'
            left join entity e on e.entity_id = c.subject_id
        )
        select
            j.subject_id,
            case
                when j.depth is not null then 'flagged'
                when j.has_unknown then 'not_assessable'
                else 'not_flagged'
            end as state,
            case when j.depth is null and j.has_unknown then 'jurisdiction_unknown' end as reason,
            case
                when j.depth is null then null
                when j.is_overseas then 'overseas_subject'
                when j.is_every_chain then 'all_chains'
                when j.depth = 1 then 'direct'
                else 'indirect'
            end as subtype,
            cast(j.depth as double) as value,
            'steps' as unit,
            cast(null as double) as threshold,
            cast(null as bigint) as peer_n,
            concat_ws('',
                'has ', coalesce(n.name, j.nearest_id), ' above it, ', cast(j.depth as varchar),
                case when j.depth = 1 then ' step' else ' steps' end,
                ' up, incorporated in ', upper(n.jurisdiction),
                case when j.is_every_chain then '; every chain upward has such an entity' else '' end
            ) as finding
        from judged j
        left join entity n on n.entity_id = j.nearest_id
        order by j.subject_id
    """,
    evidence=f"""
        with recursive barring as ({BARRING}),
        chain as (
            select subject_id, nearest_id, depth, is_every_chain
            from graph_chain
            where mark = 'offshore_entity'
        ),
        -- Every link of a shortest path up to the nearest one that passes no blocking holder.
        links as (
            select c.subject_id, c.nearest_id, g.party_id as at_id, c.depth - 1 as left_n, g.statement_id
            from chain c
            join graph_edge g on g.subject_id = c.subject_id
            left join chain up on up.subject_id = g.party_id
            left join barring b on b.subject_id = g.party_id
            where c.depth <= {CHAIN_STEPS_MAX} and b.subject_id is null
                and (
                    (c.depth = 1 and g.party_id = c.nearest_id)
                    or (
                        c.depth > 1
                        and up.depth = c.depth - 1
                        and up.nearest_id in (c.nearest_id, c.subject_id)
                    )
                )
            union
            select l.subject_id, l.nearest_id, g.party_id, l.left_n - 1, g.statement_id
            from links l
            join graph_edge g on g.subject_id = l.at_id
            left join chain up on up.subject_id = g.party_id
            left join barring b on b.subject_id = g.party_id
            where l.left_n > 0 and b.subject_id is null
                and (
                    (l.left_n = 1 and g.party_id = l.nearest_id)
                    or (
                        l.left_n > 1
                        and up.depth = l.left_n - 1
                        and up.nearest_id in (l.nearest_id, l.subject_id)
                    )
                )
        ),
        -- Every chain up to such an entity, if all chains have one and all of them can be listed.
        every as (
            select c.subject_id
            from chain c
            join graph_network w on w.subject_id = c.subject_id and w.closure_n <= {PARTIES_LISTED_MAX}
            where c.is_every_chain
        ),
        chains as (
            select v.subject_id, g.party_id as at_id, g.statement_id
            from every v
            join graph_edge g on g.subject_id = v.subject_id
            union
            select h.subject_id, g.party_id, g.statement_id
            from chains h
            join graph_edge g on g.subject_id = h.at_id
            where h.at_id not in (select subject_id from ({OFFSHORE}))
        ),
        further as (
            select h.subject_id, h.at_id, h.statement_id
            from chains h
            where not exists (
                select 1 from links l where l.subject_id = h.subject_id and l.statement_id = h.statement_id
            )
        )
        select
            c.subject_id, 'jurisdiction of the entity above' as role, e.statement_id,
            'entity_statement.jurisdiction' as field
        from chain c
        join entity e on e.entity_id = c.nearest_id
        union all
        select c.subject_id, 'name of the entity above', e.statement_id, 'entity_statement.name'
        from chain c
        join entity e on e.entity_id = c.nearest_id
        union all
        select distinct
            l.subject_id,
            concat_ws(' ', 'holder named,', cast(l.left_n as varchar), 'steps below it'),
            r.party_statement_id,
            'entity_statement.name'
        from links l
        join relationship r on r.statement_id = l.statement_id and r.party_kind = 'entity'
        union all
        select distinct
            subject_id,
            concat_ws(' ', 'held by that holder,', cast(left_n as varchar), 'steps below it'),
            statement_id,
            'relationship_statement.subject_id'
        from links
        union all
        select distinct f.subject_id, 'holder on another chain', r.party_statement_id, 'entity_statement.name'
        from further f
        join relationship r on r.statement_id = f.statement_id and r.party_kind = 'entity'
        union all
        select distinct
            subject_id, 'held by that holder on another chain', statement_id,
            'relationship_statement.subject_id'
        from further
        union all
        select distinct
            f.subject_id, 'jurisdiction of an entity on another chain', e.statement_id,
            'entity_statement.jurisdiction'
        from further f
        join entity e on e.entity_id = f.at_id
        join ({OFFSHORE}) o on o.subject_id = f.at_id
        order by subject_id, role, statement_id, field
    """,
    marks={
        "offshore_entity": OFFSHORE,
        "offshore_entity_blocks": BARRING_IN_ORDER,
        "owner_unnamed": OWNER_UNNAMED,
        "owner_unnamed_blocks": OFFSHORE,
        "no_jurisdiction": (
            "select entity_id as subject_id from entity where jurisdiction is null and entity_type <> "
            "'arrangement' order by subject_id"
        ),
        "no_jurisdiction_blocks": BARRING_IN_ORDER,
        "psc_record_rejected": PSC_RECORD_REJECTED,
        "right_not_known": RIGHT_NOT_KNOWN,
    },
    sentence="{subject_name} {finding}.",
    reasons={"jurisdiction_unknown": "an entity above it states no known jurisdiction"},
    subtypes={
        "direct": "A direct holder is such an entity.",
        "indirect": "Such an entity is further up.",
        "all_chains": "Every chain upward to a top has such an entity.",
        "overseas_subject": "The entity is itself overseas.",
    },
    ordinary_explanations=(
        "A fund or joint venture of investors from several countries uses a neutral place.",
        "The holder is a listed group that the records do not show as listed.",
    ),
    what_would_clear_it=(
        "The register of members of the offshore company and the beneficial owner it names to its "
        "registrar or agent."
    ),
    source="Global Witness 2018/19; Transparency International UK; list (own)",
)
