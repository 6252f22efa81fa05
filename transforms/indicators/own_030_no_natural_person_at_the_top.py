"""OWN-030 no natural person at the top

Condition
---------
At least one legal entity is above the entity. No natural or protected person is above it, and nothing above
is listed, state or exempt. Every top holder is in a register that this release holds completely.

Method
------
Open interests are followed upward from the entity; the entity itself does not count. A top is a holder, or a
ring of holders, without a known holder outside. The register of a top counts as held if the top is in the
company register's edition in force, is active, and has a form that must declare its owners to the register of
people with significant control; for a ring, if this is true of all members except the entity. Worked example:
C is held by B, B by A, all three companies; nobody is declared for A: C and B are flagged, C with 2 legal
entities above. With a person above A neither is flagged. With a Jersey company above A both are not
assessable.

Why it is a red flag
--------------------
Every company has people behind it. Where the records end with companies, they do not name who decides. Open
Ownership counted 86,468 of 6,061,128 companies.

Unit
----
Legal entities above the entity.

Parameters
----------
None.

Exclusions
----------
Entities that are themselves listed, state, public or exempt: they need not name anybody. A protected person
is a person. A statement that an owner exists but is not identified names no person: the entity below is
flagged, and the sentence says so.

Ordinary explanations
---------------------
Ownership further up is spread so that nobody reaches a quarter. The entity is a subsidiary of a mutual, a
members' club or a charity that no register shows as such.

What would clear it
-------------------
The register of members of the company at the top, and of the companies named there.

Not assessable when
-------------------
A top is from elsewhere (foreign register not held), has no usable number or no entry under it, is dissolved
or has left the register, is in an earlier edition only, or has a form that need not declare its owners. A
holder of the entity, or of one above it, is named without a known right. The editions of the company register
and of the register of people with significant control are more than 31 days apart; the latter is missing or
an extract; a rejected record may speak of the entity or one above it.

Source
------
Open Ownership: 86,468 of 6,061,128 companies.
"""

from transforms.flags.absence import (
    DECLARES_OWNERS,
    GAP_REASONS,
    PROTECTED_UNNAMED,
    PSC_GAP,
    PSC_RECORD_REJECTED,
    RIGHT_NOT_KNOWN,
    RIGHT_REASONS,
    UNPLACED_HOLDER,
)
from transforms.model.indicator import Indicator

CHAIN_STEPS_MAX = 100  # own: links of a longer chain are not listed one by one
PARTIES_LISTED_MAX = 100  # own: of a larger network above, the way to the nearest top is listed

# Entities with only legal entities above; a superset of those flagged.
NO_PERSON = f"""
        no_person as (
            select up.subject_id
            from graph_reach up
            left join graph_reach human
                on human.subject_id = up.subject_id
                and human.mark in (
                    'natural_person', 'protected_party', 'protected_unnamed', 'public_or_exempt'
                )
            where up.mark = 'legal_entity' and human.subject_id is null
                and up.subject_id not in ({PROTECTED_UNNAMED})
        )
"""

INDICATOR = Indicator(
    code="OWN-030",
    title="No natural person at the top",
    weak=False,
    subject_type="legal_entity",
    negatives_need=("gb_coh_psc",),
    parameters=(),
    states=f"""
        with recursive {NO_PERSON},
        {UNPLACED_HOLDER},
        declaring as ({DECLARES_OWNERS}),
        -- Rings at the top with a member whose holders no held register lists, and what is below them.
        loose as (
            select m.scc_id, min(m.subject_id) as first_id, max(m.subject_id) as last_id
            from graph_scc m
            left join declaring k on k.subject_id = m.subject_id
            where k.subject_id is null
                and not exists (
                    select 1 from graph_scc s
                    join graph_edge e on e.subject_id = s.subject_id
                    left join graph_scc o on o.subject_id = e.party_id and o.scc_id = s.scc_id
                    where s.scc_id = m.scc_id and o.subject_id is null
                )
            group by m.scc_id
        ),
        below as (
            select s.subject_id, l.first_id, l.last_id from graph_scc s join loose l using (scc_id)
            union
            select e.subject_id, b.first_id, b.last_id
            from below b
            join graph_edge e on e.party_id = b.subject_id
        ),
        in_ring as (
            select
                subject_id,
                min(case when first_id <> subject_id then first_id else last_id end) as member_id
            from below
            where first_id <> subject_id or last_id <> subject_id
            group by subject_id
        ),
        {PSC_GAP},
        candidates as (
            select r.subject_id
            from relationship r
            join entity e on e.entity_id = r.subject_id
            where e.entity_type <> 'arrangement'
            union
            select company_id from company where is_active and must_declare_owners
        ),
        public as (
            select entity_id from exempt
            union
            select entity_id from entity where is_listed or entity_type in ('state', 'stateBody')
        ),
        judged as (
            select
                c.subject_id,
                n.subject_id is not null and p.entity_id is null as is_hit,
                case
                    when h.subject_id is not null then 'right_not_known'
                    when not coalesce(tops.all_tops, false) or ring.subject_id is not null then
                        case
                            when e.jurisdiction is not null
                                and split_part(e.jurisdiction, '-', 1) not in (
                                    select country from home_country
                                ) then 'foreign_register_not_held'
                            when k.must_declare_owners and k.is_active then 'top_not_in_edition'
                            when k.must_declare_owners then 'top_not_active'
                            when e.in_register then 'top_need_not_declare'
                            when e.entity_id not like 'UT-%' then 'top_not_in_register'
                            else 'top_not_identified'
                        end
                    when coalesce(g.gap, g.companies_gap) is not null then coalesce(g.gap, g.companies_gap)
                    when j.subject_id is not null then 'rejected:gb_coh_psc'
                end as gap,
                w.closure_entities_n,
                t.nearest_id as undisclosed_id
            from candidates c
            cross join psc_gap g
            left join no_person n on n.subject_id = c.subject_id
            left join public p on p.entity_id = c.subject_id
            left join unplaced_holder h on h.subject_id = c.subject_id
            left join graph_network w on w.subject_id = c.subject_id
            left join graph_reach tops on tops.subject_id = c.subject_id and tops.mark = 'declares_owners'
            left join graph_reach elsewhere
                on elsewhere.subject_id = c.subject_id and elsewhere.mark = 'top_elsewhere'
            left join in_ring ring on ring.subject_id = c.subject_id
            left join entity e on e.entity_id = coalesce(elsewhere.nearest_id, ring.member_id)
            left join company k on k.company_id = e.entity_id
            left join graph_reach j on j.subject_id = c.subject_id and j.mark = 'psc_record_rejected'
            left join graph_reach t on t.subject_id = c.subject_id and t.mark = 'owner_undisclosed'
        )
        select
            subject_id,
            case
                when not is_hit then 'not_flagged'
                when gap is not null then 'not_assessable'
                else 'flagged'
            end as state,
            case when is_hit then gap end as reason,
            case when is_hit and gap is null then 'no_person' end as subtype,
            cast(case when is_hit then closure_entities_n end as double) as value,
            'entities' as unit,
            cast(null as double) as threshold,
            cast(null as bigint) as peer_n,
            case when closure_entities_n = 1 then 'entity' else 'entities' end as entities_word,
            case
                when undisclosed_id is null then ''
                else ', and one of these says that an owner exists who is not identified or confirmed'
            end as undisclosed_words
        from judged
        order by subject_id
    """,
    evidence=f"""
        with recursive {NO_PERSON},
        chain as (
            select up.subject_id, up.nearest_id, up.depth
            from graph_reach up
            join no_person n on n.subject_id = up.subject_id
            where up.mark = 'top_declares_nobody'
        ),
        -- Every link of a shortest path up to a top, as in DEC-010.
        links as (
            select
                c.subject_id, c.nearest_id, r.party_id as at_id, c.depth - 1 as left_n, r.statement_id,
                r.party_statement_id
            from chain c
            join relationship r on r.subject_id = c.subject_id and r.is_open and r.party_kind = 'entity'
            left join graph_reach up on up.subject_id = r.party_id and up.mark = 'top_declares_nobody'
            where not r.is_office and c.depth <= {CHAIN_STEPS_MAX}
                and (
                    (c.depth = 1 and r.party_id = c.nearest_id)
                    or (c.depth > 1 and up.depth = c.depth - 1
                        and up.nearest_id in (c.nearest_id, c.subject_id))
                )
            union
            select l.subject_id, l.nearest_id, r.party_id, l.left_n - 1, r.statement_id, r.party_statement_id
            from links l
            join relationship r on r.subject_id = l.at_id and r.is_open and r.party_kind = 'entity'
            left join graph_reach up on up.subject_id = r.party_id and up.mark = 'top_declares_nobody'
            where not r.is_office and l.left_n > 0
                and (
                    (l.left_n = 1 and r.party_id = l.nearest_id)
                    or (l.left_n > 1 and up.depth = l.left_n - 1
                        and up.nearest_id in (l.nearest_id, l.subject_id))
                )
        ),
        direct as (
            select n.subject_id, r.statement_id, r.party_statement_id
            from no_person n
            join relationship r on r.subject_id = n.subject_id and r.is_open and r.party_kind = 'entity'
            where r.party_id is not null and not r.is_office
        ),
        -- Every other link, if the network is small enough to list all that is counted.
        above as (
            select n.subject_id, e.party_id as at_id, e.statement_id
            from no_person n
            join graph_network w on w.subject_id = n.subject_id and w.closure_n <= {PARTIES_LISTED_MAX}
            join graph_edge e on e.subject_id = n.subject_id
            union
            select a.subject_id, e.party_id, e.statement_id
            from above a
            join graph_edge e on e.subject_id = a.at_id
        ),
        further as (
            select a.subject_id, a.statement_id, r.party_statement_id
            from above a
            join relationship r on r.statement_id = a.statement_id and r.party_kind = 'entity'
            where not exists (
                select 1 from links l where l.subject_id = a.subject_id and l.statement_id = a.statement_id
            )
                and not exists (
                    select 1 from direct d
                    where d.subject_id = a.subject_id and d.statement_id = a.statement_id
                )
        )
        select
            subject_id, 'holder of the entity' as role, party_statement_id as statement_id,
            'entity_statement.name' as field
        from direct
        union all
        select subject_id, 'held by that holder', statement_id, 'relationship_statement.subject_id'
        from direct
        union all
        select distinct
            subject_id,
            concat_ws(' ', 'holder named,', cast(left_n as varchar), 'steps below the top'),
            party_statement_id,
            'entity_statement.name'
        from links
        union all
        select distinct
            subject_id,
            concat_ws(' ', 'number of that holder,', cast(left_n as varchar), 'steps below the top'),
            party_statement_id,
            'entity_statement.identifier_native'
        from links
        union all
        select distinct
            subject_id,
            concat_ws(' ', 'held by that holder,', cast(left_n as varchar), 'steps below the top'),
            statement_id,
            'relationship_statement.subject_id'
        from links
        union all
        select distinct subject_id, 'holder further up', party_statement_id, 'entity_statement.name'
        from further
        union all
        select distinct
            subject_id, 'held by a holder further up', statement_id, 'relationship_statement.subject_id'
        from further
        union all
        select c.subject_id, 'the top in its register', k.statement_id, 'entity_statement.legal_form_class'
        from chain c
        join company k on k.company_id = c.nearest_id
        union all
        select c.subject_id, 'statement of the top', r.statement_id, 'relationship_statement.declaration_code'
        from chain c
        join relationship r on r.subject_id = c.nearest_id and r.is_open and r.party_id is null
        union all
        -- For every other entity counted: it is in a register that lists its holders.
        select distinct
            a.subject_id, 'entity above in its register', k.statement_id, 'entity_statement.legal_form_class'
        from above a
        join company k on k.company_id = a.at_id
        left join chain c on c.subject_id = a.subject_id and c.nearest_id = a.at_id
        where c.subject_id is null and a.at_id <> a.subject_id
        union all
        select
            n.subject_id,
            'statement that an owner exists who is not identified or confirmed',
            r.statement_id,
            'relationship_statement.declaration_code'
        from no_person n
        join graph_reach up on up.subject_id = n.subject_id and up.mark = 'owner_undisclosed'
        join relationship r
            on r.subject_id = up.nearest_id and r.is_open and r.declaration_class = 'undisclosed'
        left join chain c on c.subject_id = n.subject_id and c.nearest_id = up.nearest_id
        where c.subject_id is null
        order by subject_id, role, statement_id, field
    """,
    marks={
        "declares_owners": DECLARES_OWNERS,
        "public_or_exempt": """
            select entity_id as subject_id from exempt
            union
            select entity_id from entity where is_listed or entity_type in ('state', 'stateBody')
            order by subject_id
        """,
        "top_declares_nobody": f"""
            select c.subject_id
            from ({DECLARES_OWNERS}) c
            where not exists (
                select 1 from relationship r
                where r.subject_id = c.subject_id and r.is_open and not r.is_office
                    and r.party_id is not null and r.party_id <> c.subject_id
            )
            order by c.subject_id
        """,
        "top_elsewhere": f"""
            select e.entity_id as subject_id
            from entity e
            left join ({DECLARES_OWNERS}) c on c.subject_id = e.entity_id
            where c.subject_id is null
                and not exists (
                    select 1 from relationship r
                    where r.subject_id = e.entity_id and r.is_open and not r.is_office
                        and r.party_id is not null and r.party_id <> e.entity_id
                )
            order by subject_id
        """,
        "protected_unnamed": PROTECTED_UNNAMED,
        "owner_undisclosed": (
            "select distinct subject_id from relationship where is_open and declaration_class = "
            "'undisclosed' and subject_id is not null order by subject_id"
        ),
        "psc_record_rejected": PSC_RECORD_REJECTED,
        "right_not_known": RIGHT_NOT_KNOWN,
    },
    rests_on_absence=("no_person",),
    sentence=(
        "{subject_name} has {value:.0f} legal {entities_word} above it and no natural or protected "
        "person{undisclosed_words}."
    ),
    reasons={
        "foreign_register_not_held": "a holder at the top is from elsewhere: foreign register not held",
        "top_not_identified": "a holder at the top has no usable number",
        "top_not_in_register": "a holder at the top has no entry in a register that this release holds",
        "top_not_in_edition": (
            "a holder at the top is in an earlier edition of the company register, but not in the one in "
            "force"
        ),
        "top_not_active": "a holder at the top is dissolved or closed, or has left its register",
        "top_need_not_declare": "a holder at the top has a form that need not declare its owners",
        **RIGHT_REASONS,
        **GAP_REASONS,
    },
    subtypes={"no_person": "Only legal entities above it."},
    ordinary_explanations=(
        "Ownership further up is spread so that nobody reaches a quarter.",
        "A subsidiary of a mutual, a club or a charity that no register shows as such.",
    ),
    what_would_clear_it=(
        "The register of members of the company at the top, and of the companies named there."
    ),
    source="Open Ownership: 86,468 of 6,061,128",
)
