"""OWN-020 ownerless loop

Condition
---------
The entity is in a strongly connected set of at least two legal entities, or holds itself; no holder outside
the set is declared for any member, and no record says that a member has a holder who is not named. Sub-types:
`closed`, if the least shares that members hold in each other add up to 100 per cent for every member;
otherwise `no_declared_outside_holder`.

Method
------
Sets are those of OWN-010. A trust or firm between two members belongs to the set. Holders are all parties of
open records, whatever their right. Least shares are counted as in OWN-100: a joint group, repeated records,
and holders of unknown reach each count once. Worked example: A holds 100 per cent of B, B holds 100 per cent
of A, nobody else is declared: both flagged, closed. With 75 to 100 per cent each: flagged, no declared
outside holder. With a person who holds 25 to 50 per cent of A: neither is flagged.

Why it is a red flag
--------------------
Every lawful ring has somebody outside it who provided the capital. If the register shows nobody, the owner is
hidden or the records are wrong.

Unit
----
Legal entities in the set.

Parameters
----------
None.

Exclusions
----------
Sets with a member that is exempt or listed (it need not name its holders), or that is said to have a holder
who is protected or unknown. A statement that nobody has significant control names no holder and does not
clear the set.

Ordinary explanations
---------------------
A clerk entered the company itself, or its subsidiary, as its owner. Owners below the threshold of the
register hold the rest.

What would clear it
-------------------
The register of members of one of the entities, showing a holder outside the ring.

Not assessable when
-------------------
No complete edition of the PSC register is held, or a rejected record may speak of a member: it may name an
outside holder. A member is from elsewhere (foreign register not held), has no entry in the company register,
is dissolved or has left the register, is in an earlier edition only, or has a form that need not declare its
owners. The editions of the company register and of the PSC register are more than 31 days apart, or undated.

Source
------
This project's own; the closed case is the singular case of integrated ownership (Brioschi et al. 1989).
"""

from transforms.flags.absence import DECLARES_OWNERS, GAP_REASONS, PSC_GAP, PSC_REJECTED
from transforms.model.indicator import Indicator

LINKS_LISTED_MAX = 100  # own: of a larger set the first links are listed, and those of the entity itself

# Parties of a set: its legal entities, and the trusts and firms through which they hold each other.
INSIDE = """
        below as (
            select m.scc_id, r.subject_id as party_id
            from graph_scc m
            join relationship r on r.party_id = m.subject_id and r.is_open
            join entity e on e.entity_id = r.subject_id and e.entity_type = 'arrangement'
            union
            select b.scc_id, r.subject_id
            from below b
            join relationship r on r.party_id = b.party_id and r.is_open
            join entity e on e.entity_id = r.subject_id and e.entity_type = 'arrangement'
        ),
        inside as (
            select scc_id, subject_id as party_id from graph_scc
            union
            select i.scc_id, r.party_id
            from inside i
            join relationship r on r.subject_id = i.party_id and r.is_open
            join below b on b.scc_id = i.scc_id and b.party_id = r.party_id
        )
"""

INDICATOR = Indicator(
    code="OWN-020",
    title="Ownerless loop",
    weak=False,
    subject_type="legal_entity",
    negatives_need=("gb_coh_psc",),
    parameters=(),
    states=f"""
        with recursive {INSIDE},
        {PSC_REJECTED},
        {PSC_GAP},
        accounted_for as (
            select distinct i.scc_id
            from inside i
            join relationship r on r.subject_id = i.party_id and r.is_open and not r.is_office
            left join inside other on other.scc_id = i.scc_id and other.party_id = r.party_id
            where other.party_id is null
                and (
                    r.party_id is not null
                    or coalesce(r.declaration_class, 'unknown') not in ('no_owner', 'neutral')
                )
            union
            select i.scc_id from inside i join entity e on e.entity_id = i.party_id where e.is_listed
        ),
        rejected as (
            select m.scc_id
            from graph_scc m
            join psc_rejected p on p.token = split_part(m.subject_id, '-', 3)
        ),
        declaring as ({DECLARES_OWNERS}),
        -- Sets with a member whose holders no held register would list.
        loose as (
            select m.scc_id, min(m.subject_id) as member_id
            from graph_scc m
            left join declaring d on d.subject_id = m.subject_id
            where d.subject_id is null
            group by m.scc_id
        ),
        gaps as (
            select
                l.scc_id,
                case
                    when e.jurisdiction is not null
                        and split_part(e.jurisdiction, '-', 1) not in (
                            select country from home_country
                        ) then 'foreign_register_not_held'
                    when k.must_declare_owners and k.is_active then 'member_not_in_edition'
                    when k.must_declare_owners then 'member_not_active'
                    when e.in_register then 'member_need_not_declare'
                    else 'member_not_in_register'
                end as gap
            from loose l
            left join entity e on e.entity_id = l.member_id
            left join company k on k.company_id = l.member_id
            union all
            select r.scc_id, 'rejected_member'
            from rejected r
            where r.scc_id not in (select scc_id from loose)
            union all
            -- "Nobody outside is declared" rests on absence.
            select distinct m.scc_id, g.gap
            from graph_scc m
            cross join psc_gap g
            where g.gap is not null
                and m.scc_id not in (select scc_id from loose)
                and m.scc_id not in (select scc_id from rejected)
        ),
        -- Least shares held inside the set, one figure for each holder or joint group.
        holders as (
            select
                m.scc_id, i.subject_id, i.party_id, i.joint_group, min(i.share_min) as share_min,
                bool_and(i.reach = 'direct') as is_direct
            from graph_scc m
            join interest i
                on i.subject_id = m.subject_id and i.is_open and i.basis = 'shares' and i.share_fault is null
            join inside s on s.scc_id = m.scc_id and s.party_id = i.party_id
            group by m.scc_id, i.subject_id, i.party_id, i.joint_group
        ),
        counted as (
            select
                scc_id, subject_id, coalesce(joint_group, party_id) as counted_as,
                max(share_min) as share_min, bool_and(is_direct) as is_direct
            from holders
            group by scc_id, subject_id, coalesce(joint_group, party_id)
        ),
        held_inside as (
            select
                scc_id,
                subject_id,
                greatest(coalesce(sum(share_min) filter (where is_direct), 0), max(share_min)) as share_min
            from counted
            group by scc_id, subject_id
        ),
        closed as (
            select m.scc_id
            from graph_scc m
            left join held_inside h on h.scc_id = m.scc_id and h.subject_id = m.subject_id
            group by m.scc_id
            having min(coalesce(h.share_min, 0)) >= 100
        ),
        candidates as (
            select i.subject_id
            from interest i
            join entity e on e.entity_id = i.subject_id
            where i.is_open and e.entity_type <> 'arrangement'
            union
            select company_id from company where is_active and must_declare_owners
        )
        select
            c.subject_id,
            case
                when s.subject_id is null or a.scc_id is not null then 'not_flagged'
                when g.scc_id is not null then 'not_assessable'
                else 'flagged'
            end as state,
            case when s.subject_id is not null and a.scc_id is null then g.gap end as reason,
            case
                when s.subject_id is null or a.scc_id is not null or g.scc_id is not null then null
                when k.scc_id is not null then 'closed'
                else 'no_declared_outside_holder'
            end as subtype,
            cast(s.size_n as double) as value,
            'entities' as unit,
            cast(null as double) as threshold,
            cast(null as bigint) as peer_n,
            concat_ws('',
                case when s.size_n = 1 then 'holds itself (1 entity)' else concat_ws(
                    '', 'is one of ', cast(s.size_n as varchar), ' legal entities that hold each other'
                ) end,
                case
                    when k.scc_id is not null then '; their least shares in each other are the whole'
                    else ''
                end
            ) as finding
        from candidates c
        left join graph_scc s on s.subject_id = c.subject_id
        left join accounted_for a on a.scc_id = s.scc_id
        left join gaps g on g.scc_id = s.scc_id
        left join closed k on k.scc_id = s.scc_id
        order by c.subject_id
    """,
    evidence=f"""
        with recursive {INSIDE},
        linked as (
            select
                s.scc_id, s.subject_id, r.statement_id, r.party_statement_id,
                row_number() over (partition by s.scc_id order by s.subject_id, r.statement_id) as link_no
            from graph_scc s
            join relationship r on r.subject_id = s.subject_id and r.is_open and not r.is_office
            join inside i on i.scc_id = s.scc_id and i.party_id = r.party_id
        ),
        -- All members count, so the links of all of them are the proof.
        own as (
            select subject_id, statement_id, party_statement_id from linked
            union
            select s.subject_id, l.statement_id, l.party_statement_id
            from graph_scc s
            join linked l on l.scc_id = s.scc_id and l.link_no <= {LINKS_LISTED_MAX}
        )
        select
            subject_id, 'held from inside the set' as role, statement_id,
            'relationship_statement.subject_id' as field
        from own
        union all
        select o.subject_id, 'holder inside the set', o.party_statement_id, 'entity_statement.name'
        from own o
        union all
        select
            o.subject_id, 'number of that holder', o.party_statement_id, 'entity_statement.identifier_native'
        from own o
        union all
        select o.subject_id, 'least share', i.interest_id, 'interest_statement.share_min'
        from own o
        join interest i using (statement_id)
        where i.is_open and i.basis = 'shares' and i.share_fault is null and i.share_min is not null
        union all
        select
            c.subject_id,
            concat_ws(' ', 'step of the ring', cast(c.position as varchar)),
            c.statement_id,
            'relationship_statement.subject_id'
        from graph_cycle c
        where c.position <= {LINKS_LISTED_MAX}
        union all
        select
            r.subject_id, 'statement that names nobody', r.statement_id,
            'relationship_statement.declaration_code'
        from relationship r
        join graph_scc s on s.subject_id = r.subject_id
        where r.is_open and r.party_id is null
        order by subject_id, role, statement_id, field
    """,
    rests_on_absence=("closed", "no_declared_outside_holder"),
    sentence="{subject_name} {finding}, and nobody outside is declared as a holder.",
    reasons={
        "rejected_member": "a rejected record may speak of a member of the ring",
        "foreign_register_not_held": "a member of the ring is from elsewhere: foreign register not held",
        "member_not_in_edition": (
            "a member of the ring is in an earlier edition of the company register, but not in the one "
            "in force"
        ),
        "member_not_active": "a member of the ring is dissolved or closed, or has left its register",
        "member_need_not_declare": "a member of the ring has a form that need not declare its owners",
        "member_not_in_register": "a member of the ring has no entry in a register that this release holds",
        **GAP_REASONS,
    },
    subtypes={
        "closed": (
            "The least shares that the members hold in each other add up to 100 per cent for every member."
        ),
        "no_declared_outside_holder": (
            "Nobody outside is declared, but the shares inside leave room for somebody."
        ),
    },
    ordinary_explanations=(
        "The company itself, or its subsidiary, was entered as its owner by mistake.",
        "Owners below the register's threshold hold the rest.",
    ),
    what_would_clear_it="The register of members of one of the entities, showing a holder outside the ring.",
    source="(own)",
)
