"""LNK-010 owned or controlled by a sanctioned party

Condition
---------
The entity itself is on a sanctions list, or parties on one own or control it under the rule of a sanctions
regime. The flag names each regime: the European Union, OFAC of the United States, the United Kingdom.

Method
------
Let S be the set of parties with an open listing of class sanction. Under OFAC and the EU, an entity joins S
if the counted share of S in it is at least `share` per cent; all that a member of S holds then counts in full
(a cascade, not a product of shares). Under the UK, each designated party has its own chain, and an entity
joins it if the counted share of that chain in it is more than `share` per cent. Under the EU and the UK, an
entity that a member certainly controls joins as well. A certain result rests on lower bounds, a possible one
on declared upper bounds. Overlapping interests count once. Worked example: X and Y are listed. X holds 30 per
cent of A, Y 20: together 50, so A joins under OFAC and the EU, but not under the UK. A holds 50 per cent of
B: B joins too, although multiplication gives X and Y only 25 per cent of it. A holds 49.99 per cent of C: C
does not join. A party of a register that may be a party on a list (screening: every part of the shorter name
and birth year and month; or registration number and country) is a candidate. A result that rests on
candidates alone has sub-type `candidate`: one flag for all regimes, which names the certain and the possible
regimes separately. Nothing is merged.

Why it is a red flag
--------------------
The law of these regimes freezes the funds and economic resources of such an entity, and dealing with it may
be an offence (OFAC FAQ 401; Council of the EU, best practices; OFSI guidance). Among these indicators it is
the only one whose flag may forbid a payment or a permit outright.

Unit
----
Counted share in per cent.

Parameters
----------
`share` 50 (OFAC FAQ 401; EU best practices; OFSI: more than). The graph stage computes the cascade at this
figure.

Exclusions
----------
Listings that have ended. Debarment, crime, political exposure and regulators' warnings, which are other
lists. Parties that occur on a list only.

Ordinary explanations
---------------------
A candidate is another person of the same name, born in the same month. The list's own record of an owner is
out of date. The entity is licensed.

What would clear it
-------------------
A document that distinguishes the candidate from the listed party (full date of birth, entry on the register).
The delisting act. A licence of the competent authority. The share register, where the bounds leave the result
open.

Not assessable when
-------------------
No sanctions list is held, or no complete edition of the lists or of the PSC register; or a rejected record
may speak of the entity or of one above it.

Source
------
OFAC, Revised Guidance on Entities Owned by Persons Whose Property and Interests in Property Are Blocked
(2014), FAQ 401; Council of the EU, EU Best Practices for the effective implementation of restrictive
measures; OFSI, UK Financial Sanctions Guidance, section on ownership and control.
"""

from transforms.flags.listings import SUBJECTS, candidates, has_list, interest_facts, listed, listing_facts
from transforms.flags.share_words import least_words
from transforms.model.indicator import Indicator, Parameter

SANCTIONED, CANDIDATES = listed("sanction"), candidates("sanction")
# One row each: the subject itself, and the results of the cascade.
MORE_THAN_HALF = "(regime = 'UK' and share <= $share)"
# Sub-type of the flag that a row of graph_cascade proves.
FLAG_OF = "case party_set when 'sanctioned' then regime else 'candidate' end"
FOUND = f"""
    {SUBJECTS},
    {has_list("sanction")},
    sanctioned as ({SANCTIONED}),
    candidate as ({CANDIDATES}),
    cascade as (
        select
            subject_id, regime, party_set, way, lower(verdict) as verdict,
            coalesce(share_min, share_max) as share,
            case regime
                when 'EU' then 'the European Union'
                when 'OFAC' then 'OFAC'
                else 'the United Kingdom'
            end as regime_words,
            case when regime = 'UK' then 'more than' else 'at least' end as bar_words
        from graph_cascade
    ),
    own as (
        select subject_id, min(list_name) as list_name, count(distinct list_name) - 1 as others_n
        from sanctioned s
        join listing l on l.party_id = s.subject_id and l.is_open and l.listing_class = 'sanction'
        group by subject_id
    ),
    -- Each regime has its own verdict, and its own share or way.
    by_regime as (
        select
            *,
            concat_ws('', regime_words, ' (',
                case
                    when way = 'control' then 'by votes or the board'
                    when verdict = 'certain'
                        then concat_ws(
                            '', 'counted share ', {least_words("share", MORE_THAN_HALF)}, ' per cent'
                        )
                    else concat_ws(
                        '', 'counted share may reach ',
                        cast(cast(ceil(share * 100) / 100 as decimal(5, 2)) as varchar), ' per cent'
                    )
                end, ')') as words
        from cascade
        where party_set = 'sanctioned_candidate'
    ),
    by_candidates as (
        select
            a.subject_id,
            max(case when k.subject_id is not null then 1 else 0 end) = 1 as is_one,
            max(case when k.subject_id is null and c.verdict = 'certain' then c.share end) as share_min,
            max(case when k.subject_id is null and c.verdict = 'possible' then c.share end) as share_max,
            min(
                case when k.subject_id is not null or c.verdict = 'certain' then 'certain' else 'possible' end
            ) as strongest,
            max(
                case when k.subject_id is null and c.verdict = 'possible' then 'possible' else 'certain' end
            ) as weakest,
            max(case when c.regime = 'EU' and c.verdict = 'certain' then c.words end) as eu_certain,
            max(case when c.regime = 'OFAC' and c.verdict = 'certain' then c.words end) as ofac_certain,
            max(case when c.regime = 'UK' and c.verdict = 'certain' then c.words end) as uk_certain,
            max(case when c.regime = 'EU' and c.verdict = 'possible' then c.words end) as eu_possible,
            max(case when c.regime = 'OFAC' and c.verdict = 'possible' then c.words end) as ofac_possible,
            max(case when c.regime = 'UK' and c.verdict = 'possible' then c.words end) as uk_possible
        from asked a
        left join candidate k on k.subject_id = a.subject_id
        left join by_regime c on c.subject_id = a.subject_id
        where k.subject_id is not null or c.subject_id is not null
        group by a.subject_id
    ),
    found as (
        select
            o.subject_id, 'listed' as subtype, 'certain' as verdict, cast(null as decimal(12, 9)) as share,
            concat_ws(
                '', 'is itself on a sanctions list (', o.list_name,
                case when o.others_n > 0 then ' and others' else '' end, ')'
            ) as finding
        from own o
        union all
        select
            c.subject_id, c.regime, c.verdict, c.share,
            concat_ws('',
                case when c.verdict = 'certain' then 'is ' else 'may be ' end,
                case
                    when c.way = 'control' then 'controlled by a sanctioned party'
                    else 'owned by sanctioned parties'
                end,
                ' by the rule of ', c.regime_words, ': ',
                case
                    when c.way = 'control' then 'its votes or its board'
                    when c.verdict = 'certain'
                        then concat_ws(
                            '', 'their counted share is ', {least_words("c.share", MORE_THAN_HALF)},
                            ' per cent'
                        )
                    else concat_ws(
                        '', 'their counted share may reach ',
                        cast(cast(ceil(c.share * 100) / 100 as decimal(5, 2)) as varchar), ' per cent'
                    )
                end,
                case when c.way = 'control' then '' else concat_ws(
                    '', ' (the rule: ', c.bar_words, ' ', cast(cast($share as integer) as varchar), ')'
                ) end
            )
        from cascade c
        where c.party_set = 'sanctioned'
        union all
        select
            b.subject_id, 'candidate',
            case when b.strongest = b.weakest then b.strongest else 'certain_and_possible' end,
            case when b.strongest = 'certain' then b.share_min else b.share_max end,
            concat_ws('',
                case
                    when b.is_one then 'may itself be a party on a sanctions list'
                    when b.strongest = b.weakest then concat_ws('',
                        case when b.strongest = 'certain' then 'would' else 'might' end,
                        ' be owned or controlled by sanctioned parties by the rule of ',
                        concat_ws(', ',
                            b.eu_certain, b.ofac_certain, b.uk_certain,
                            b.eu_possible, b.ofac_possible, b.uk_possible
                        )
                    )
                    else concat_ws('',
                        'would be owned or controlled by sanctioned parties by the rule of ',
                        concat_ws(', ', b.eu_certain, b.ofac_certain, b.uk_certain),
                        ', and might be by the rule of ',
                        concat_ws(', ', b.eu_possible, b.ofac_possible, b.uk_possible)
                    )
                end,
                ', if a candidate of screening is the party listed; nobody has confirmed that'
            )
        from by_candidates b
    )
"""

INDICATOR = Indicator(
    code="LNK-010",
    title="Owned or controlled by a sanctioned party",
    weak=False,
    subject_type="legal_entity",
    negatives_need=("ftm_entities", "gb_coh_psc"),
    negatives_reach=True,
    parameters=(Parameter("share", 50, "per cent", "OFAC FAQ 401; EU best practices; OFSI guidance"),),
    states=f"""
        with {FOUND}
        select
            a.subject_id,
            case
                when f.subject_id is not null then 'flagged'
                when h.has_list then 'not_flagged'
                else 'not_assessable'
            end as state,
            case
                when f.subject_id is not null then f.verdict
                when not h.has_list then 'no_sanctions_list'
            end as reason,
            f.subtype,
            cast(f.share as double) as value,
            'per cent' as unit,
            cast($share as double) as threshold,
            cast(null as bigint) as peer_n,
            f.finding
        from asked a
        cross join held h
        left join found f on f.subject_id = a.subject_id
        order by a.subject_id, f.subtype
    """,
    evidence=f"""
        with source as (
            select distinct subject_id, {FLAG_OF} as subtype, unnest(sources) as party_id from graph_cascade
            union
            select subject_id, 'listed', subject_id from ({SANCTIONED}) l
            union
            select subject_id, 'candidate', subject_id from ({CANDIDATES}) c
        ),
        witness as (
            select distinct subject_id, {FLAG_OF} as subtype, unnest(witness) as interest_id
            from graph_cascade
        )
        {listing_facts("source", "sanction", by_subtype=True)}
        union all
        {interest_facts("witness", by_subtype=True)}
        order by subject_id, role, statement_id, field
    """,
    evidence_by_subtype=True,
    marks={"sanctioned": SANCTIONED, "sanctioned_candidate": CANDIDATES},
    sentence="{subject_name} {finding}.",
    reasons={
        "no_sanctions_list": "no sanctions list is held",
        "certain": "on lower bounds",
        "possible": "on declared upper bounds",
        "certain_and_possible": (
            "on lower bounds by some of the rules, on declared upper bounds by the others"
        ),
    },
    subtypes={
        "listed": "The entity itself is on a list.",
        "EU": "By the rule of the European Union.",
        "OFAC": "By the rule of OFAC.",
        "UK": "By the rule of the United Kingdom.",
        "candidate": "Only if a candidate of screening is the party listed.",
    },
    ordinary_explanations=(
        "The candidate is another person of the same name, born in the same month.",
        "The list's own record of an owner is out of date.",
        "The entity is licensed by the competent authority.",
    ),
    what_would_clear_it=(
        "A document that distinguishes the candidate, the delisting act, a licence, or the share "
        "register where the bounds leave the result open."
    ),
    source="OFAC FAQ 401; EU best practices; OFSI guidance",
)
