"""LNK-030 politically exposed owner

Condition
---------
A beneficial owner of the entity, certain or possible, is a politically exposed person (PEP): topic
`role.pep`, or holder of an office by an Occupancy.

Method
------
The beneficial owners are those in v_beneficial_owner under the regimes AMLR (at least 25 per cent) and UK
(more than 25 per cent) with verdict CERTAIN or POSSIBLE. Each is looked up among the parties with an open
listing of class pep. Worked example: a person who has been a minister since 2022 holds 25-50 per cent of A:
flagged, certain. If the office ended in 2019 and the list gives no topic `role.pep`: not flagged. If the
owner is only a candidate of screening (every part of the shorter name, and birth year and month agree), the
flag has sub-type `candidate`. Nothing is merged. The person is never the subject, and appears in the evidence
only.

Why it is a red flag
--------------------
FATF Recommendation 12 asks for more care with politically exposed persons, because public office can be
turned into money. Holding an office is no offence, and an honest office holder may well own a company.
DATACROS found political exposure among the owners of firms later sanctioned.

Unit
----
Number of beneficial owners who are politically exposed.

Parameters
----------
None.

Exclusions
----------
Offices that have ended. Relatives and close associates. Sanctions, debarment and crime, which are other
lists.

Ordinary explanations
---------------------
Local councillors and civil servants own companies as others do. The candidate is another person of the same
name, born in the same month.

What would clear it
-------------------
A document that distinguishes the candidate from the listed person. Proof that the office has ended. A
declaration of interests that names the company.

Not assessable when
-------------------
No list of politically exposed persons is held, or no complete edition of the lists or of the PSC register; or
a rejected record may speak of the entity or of one above it.

Source
------
DATACROS (2021); FATF Recommendation 12.
"""

from transforms.flags.listings import SUBJECTS, candidates, has_list, interest_facts, listed, listing_facts
from transforms.model.indicator import Indicator

EXPOSED, CANDIDATES = listed("pep"), candidates("pep")
OWNERS = (
    "select subject_id, party_id, verdict, witness from graph_ubo where regime in ('AMLR', 'UK') and "
    "verdict in ('CERTAIN', 'POSSIBLE')"
)

INDICATOR = Indicator(
    code="LNK-030",
    title="Politically exposed owner",
    weak=False,
    subject_type="legal_entity",
    negatives_need=("ftm_entities", "gb_coh_psc"),
    negatives_reach=True,
    parameters=(),
    states=f"""
        with {SUBJECTS},
        {has_list("pep")},
        owner as ({OWNERS}),
        exposed as (
            select
                o.subject_id, cast(null as varchar) as subtype, count(distinct o.party_id) as n,
                min(lower(o.verdict)) as verdict,
                count(distinct case when o.verdict = 'CERTAIN' then o.party_id end) as certain_n
            from owner o join ({EXPOSED}) l on l.subject_id = o.party_id
            group by o.subject_id
        ),
        possibly as (
            select
                o.subject_id, 'candidate' as subtype, count(distinct o.party_id) as n,
                min(lower(o.verdict)) as verdict,
                count(distinct case when o.verdict = 'CERTAIN' then o.party_id end) as certain_n
            from owner o join ({CANDIDATES}) c on c.subject_id = o.party_id
            where o.subject_id not in (select subject_id from exposed)
            group by o.subject_id
        ),
        found as (select * from exposed union all select * from possibly)
        select
            a.subject_id,
            case
                when f.subject_id is not null then 'flagged'
                when h.has_list then 'not_flagged'
                else 'not_assessable'
            end as state,
            case
                when f.subject_id is not null then f.verdict
                when not h.has_list then 'no_pep_list'
            end as reason,
            f.subtype,
            cast(f.n as double) as value,
            'persons' as unit,
            cast(null as double) as threshold,
            cast(null as bigint) as peer_n,
            concat_ws('',
                'has ', cast(f.n as varchar),
                case when f.n = 1 then ' beneficial owner' else ' beneficial owners' end,
                case
                    when f.verdict = 'possible' then ', possible on the bounds declared,'
                    when f.certain_n < f.n
                        then concat_ws(
                            '', ', ', cast(f.n - f.certain_n as varchar),
                            ' of them only possible on the bounds declared,'
                        )
                    else ''
                end,
                case
                    when f.subtype is null then ' on a list of politically exposed persons'
                    else concat_ws('',
                        ' that may be on a list of politically exposed persons:',
                        ' a candidate of screening, which nobody has confirmed'
                    )
                end
            ) as finding
        from asked a
        cross join held h
        left join found f on f.subject_id = a.subject_id
        order by a.subject_id, f.subtype
    """,
    evidence=f"""
        with owner as ({OWNERS}),
        on_list as (
            select distinct o.subject_id, o.party_id
            from owner o
            join ({EXPOSED}) l on l.subject_id = o.party_id
        ),
        exposed as (
            select subject_id, party_id from on_list
            union
            -- A candidate proves nothing if the flag rests on a listed person.
            select o.subject_id, o.party_id
            from owner o
            join ({CANDIDATES}) c on c.subject_id = o.party_id
            where o.subject_id not in (select subject_id from on_list)
        ),
        witness as (
            select distinct o.subject_id, unnest(o.witness) as interest_id
            from owner o
            join exposed x on x.subject_id = o.subject_id and x.party_id = o.party_id
        )
        {listing_facts("exposed", "pep")}
        union all
        {interest_facts("witness")}
        order by subject_id, role, statement_id, field
    """,
    sentence="{subject_name} {finding}.",
    reasons={
        "no_pep_list": "no list of politically exposed persons is held",
        "certain": "on lower bounds",
        "possible": "on declared upper bounds",
    },
    subtypes={"candidate": "Only if a candidate of screening is the person listed."},
    ordinary_explanations=(
        "Local councillors and civil servants own companies as others do.",
        "The candidate is another person of the same name, born in the same month.",
    ),
    what_would_clear_it=(
        "A document that distinguishes the candidate, proof that the office has ended, or a declaration "
        "of interests that names the company."
    ),
    source="DATACROS; FATF R.12",
)
