"""ROL-010 mass control

Condition
---------
An ultimate controller certainly controls more than `n` active entities, and without that controller these
entities form at least two unrelated groups. The controller is a natural person, or a legal entity without a
declared owner, and is not public, exempt or a licensed trust company.

Method
------
The control groups are those of v_control_group: certain control, whatever the true shares are within their
bounds. Entities of one group are related without the controller if one holds the other, or if somebody else
holds both, at any distance. Each set of related entities with at least one active member is a group. Worked
example: one person holds all shares of 101 companies that have nothing else in common: 101 entities in 101
groups, flagged. With 100 companies: not flagged. If one person holds a company that holds 101 others, there
is one group: not flagged.

Why it is a red flag
--------------------
Nobody runs a hundred unrelated businesses. Global Witness found 23 people who held 6,711 companies: nominees,
and formation agents in whose name their clients' companies stood.

Unit
----
Active entities under certain control. The subject is the control group; a natural person appears only in the
evidence.

Parameters
----------
`n` 100 (Global Witness 2018).

Exclusions
----------
Controllers of the public and exempt classes, and the trust companies of
`transforms/values/vocabulary/trust_companies.csv`. Entities do not count if no register held shows whether
they are active. An unnamed trust or firm is not a controller here. A legal entity with a protected owner has
a declared owner. A post on the board is not ownership.

Ordinary explanations
---------------------
A developer or landlord with one company for each site. A formation agent that holds shelf companies until
they are sold.

What would clear it
-------------------
What each company does, and proof that the named person has the means and the role; or a trust company's
licence.

Not assessable when
-------------------
No complete edition of the register of people with significant control is held: the rest of it may show how
the groups are related. The editions of the two registers are more than 31 days apart or undated. No more than
`n` are counted, but the company register is an extract: the count may be too low.

Source
------
Global Witness 2018: 23 hold 6,711.
"""

from transforms.flags.absence import GAP_REASONS, PROTECTED_UNNAMED, PSC_GAP
from transforms.model.indicator import Indicator, Parameter
from transforms.values.vocabulary import vocabulary


def _trust_companies() -> str:
    rows = vocabulary("trust_companies").select("name", "jurisdiction").iter_rows()
    return ", ".join(f"('{name}', '{jurisdiction}')" for name, jurisdiction in rows)


# Controllers that the indicator is about, and how much they control.
MASS = f"""
        sizes as (
            select
                g.control_group_id, min(g.controller_id) as controller_id,
                count(*) filter (where c.is_active) as active_n
            from graph_control_group g
            left join company c on c.company_id = g.subject_id
            group by g.control_group_id
        ),
        parts as (
            select p.control_group_id, count(distinct p.part_id) as parts_n
            from graph_group_part p
            join company c on c.company_id = p.subject_id and c.is_active
            group by p.control_group_id
        ),
        left_out as (
            select entity_id from exempt
            union
            select entity_id
            from entity
            where is_listed or entity_type in ('state', 'stateBody', 'arrangement')
            union
            select e.entity_id
            from entity e
            join (values {_trust_companies()}) t(name, jurisdiction)
                on t.name = upper(e.name) and t.jurisdiction = e.jurisdiction
            union
            select subject_id
            from relationship
            where is_open and not is_office and party_id is not null and party_id <> subject_id
            union
            -- A protected owner is an owner.
            select subject_id from ({PROTECTED_UNNAMED})
        ),
        judged as (
            select
                s.control_group_id,
                s.controller_id,
                s.active_n,
                p.parts_n,
                s.active_n > $n and coalesce(p.parts_n, 0) >= 2 and o.entity_id is null as is_hit
            from sizes s
            left join parts p using (control_group_id)
            left join left_out o on o.entity_id = s.controller_id
        )
"""

INDICATOR = Indicator(
    code="ROL-010",
    title="Mass control",
    weak=False,
    subject_type="control_group",
    negatives_need=("gb_coh_companies", "gb_coh_psc"),
    parameters=(Parameter("n", 100, "entities", "Global Witness 2018"),),
    states=f"""
        with {MASS},
        {PSC_GAP}
        select
            j.control_group_id as subject_id,
            -- That the groups are unrelated rests on absence.
            case
                when not j.is_hit then 'not_flagged'
                when g.gap is not null then 'not_assessable'
                else 'flagged'
            end as state,
            case when j.is_hit then g.gap end as reason,
            cast(null as varchar) as subtype,
            cast(j.active_n as double) as value,
            'entities' as unit,
            cast($n as double) as threshold,
            cast(null as bigint) as peer_n,
            j.parts_n,
            case
                when e.entity_id is null then 'One natural person'
                else coalesce(e.name, j.controller_id)
            end as controller_words
        from judged j
        cross join psc_gap g
        left join entity e on e.entity_id = j.controller_id
        order by subject_id
    """,
    evidence=f"""
        with {MASS},
        members as (
            select g.control_group_id, g.subject_id, g.controller_id
            from judged j
            join graph_control_group g using (control_group_id)
            where j.is_hit
        ),
        held as (
            select m.control_group_id, r.statement_id, r.party_id, r.party_kind, r.party_statement_id
            from members m
            join relationship r on r.subject_id = m.subject_id and r.is_open and not r.is_office
            left join members o on o.control_group_id = m.control_group_id and o.subject_id = r.party_id
            where r.party_id = m.controller_id or o.subject_id is not null
        )
        select
            m.control_group_id as subject_id, 'status of an entity controlled' as role, c.statement_id,
            'entity_statement.status' as field
        from members m
        join company c on c.company_id = m.subject_id and c.is_active
        union all
        select
            control_group_id, 'held from inside the group', statement_id, 'relationship_statement.subject_id'
        from held
        union all
        select h.control_group_id, 'nature of control', i.interest_id, 'interest_statement.native_code'
        from held h
        join interest i using (statement_id)
        union all
        select m.control_group_id, 'controller', p.statement_id, 'person_statement.full_name'
        from (select distinct control_group_id, controller_id from members) m
        join person p on p.person_id = m.controller_id
        union all
        select m.control_group_id, 'controller', e.statement_id, 'entity_statement.name'
        from (select distinct control_group_id, controller_id from members) m
        join entity e on e.entity_id = m.controller_id
        order by subject_id, role, statement_id, field
    """,
    sentence=(
        "{controller_words} certainly controls {value:.0f} active entities (flagged above "
        "{threshold:.0f}), in {parts_n} groups that have nothing else in common."
    ),
    reasons={**GAP_REASONS},
    ordinary_explanations=(
        "A developer or landlord with one company for each site.",
        "A formation agent that holds shelf companies until they are sold.",
    ),
    what_would_clear_it=(
        "What each company does, and proof that the named person has the means and the role; or a trust "
        "company's licence."
    ),
    source="Global Witness 2018: 23 hold 6,711",
)
