"""OWN-100 shares exceed the whole

Condition
---------
The counted minima of the open interests of one basis (shares, votes or surplus assets) in the entity sum to more than 100 per cent, or to
exactly 100 with one of them exclusive ("more than"). Or a share of an open interest is below 0, above 100, or has its bounds reversed.

Method
------
Minima are summed for each basis apart. Holders of one joint group count once. A holder of unknown reach (a UK band covers what is held
directly or indirectly) and a holder below it count once, with the larger minimum; so does a holder said to hold indirectly and the entity it may hold
through. Worked example: Q holds 75 per cent or more, P more than 25: 75 + 25 = 100, and more than that because of "more than": flagged. With "25 or
more" it would be exactly the whole: not flagged. Where P holds Q, and its band may be what Q holds, 75 is counted: not flagged.

Why it is a red flag
--------------------
Data quality. One of the records is wrong or out of date, so that whoever reads the register sees an owner who is none, or misses that somebody left.
Ownership and control of what lies below rest on intervals that cannot all be true.

Unit
----
Per cent: the largest counted sum of minima over the bases. For a share that no share can be, there is no value.

Parameters
----------
`whole` 100 per cent.

Exclusions
----------
Interests that have ceased. Board rights and influence have no share.

Ordinary explanations
---------------------
Joint holders (a couple, executors) who are each recorded with the whole, as the UK's rules ask, without a mark that they hold together. A former holder whose
record was not closed. Several classes of shares, each with its own hundred per cent.

What would clear it
-------------------
The register of members, with one entry closed or corrected.

Not assessable when
-------------------
A rejected record may speak of the entity: what was summed is then not all.

Source
------
This project's own; bands of Schedule 1A to the Companies Act 2006.
"""

from transforms.indicator import Indicator, Parameter

INDICATOR = Indicator(
    code="OWN-100",
    title="Shares exceed the whole",
    weak=False,
    subject_type="legal_entity",
    negatives_need=("gb_coh_psc",),
    parameters=(Parameter("whole", 100, "per cent", "arithmetic"),),
    states="""
        with held as (
            select distinct i.subject_id
            from interest i
            join entity e on e.entity_id = i.subject_id
            where i.is_open and i.basis in ('shares', 'votes', 'surplus_assets')
        ),
        worst as (
            select
                c.subject_id,
                c.basis,
                c.kind,
                c.sum_min,
                c.sum_min_exclusive,
                row_number() over (partition by c.subject_id order by (c.kind = 'over') desc, c.sum_min desc, c.basis, c.kind) as worst_row
            from graph_contradiction c
            where c.kind in ('over', 'impossible')
        )
        select
            h.subject_id,
            case when w.subject_id is not null then 'flagged' else 'not_flagged' end as state,
            cast(null as varchar) as reason,
            w.kind as subtype,
            cast(w.sum_min as double) as value,
            'per cent' as unit,
            cast($whole as double) as threshold,
            cast(null as bigint) as peer_n,
            case
                when w.kind = 'impossible' then concat_ws('', 'has an open interest (', w.basis, ') whose share is below 0, above 100 or has its bounds reversed')
                else concat_ws('', 'has open interests (', w.basis, ') that sum to ', case when w.sum_min_exclusive then 'more than ' else 'at least ' end,
                    cast(cast(w.sum_min as decimal(12, 2)) as varchar), ' per cent')
            end as finding
        from held h
        left join worst w on w.subject_id = h.subject_id and w.worst_row = 1
        order by h.subject_id
    """,
    evidence="""
        with wrong as (
            select distinct subject_id, basis from graph_contradiction where kind in ('over', 'impossible')
        ),
        summed as (
            select w.subject_id, i.basis, i.interest_id, i.statement_id
            from wrong w
            join interest i on i.subject_id = w.subject_id and i.basis = w.basis and i.is_open
        )
        select subject_id, concat_ws(' ', 'minimum,', basis) as role, interest_id as statement_id, 'interest_statement.share_min' as field from summed
        union all
        select subject_id, concat_ws(' ', 'maximum,', basis), interest_id, 'interest_statement.share_max' from summed
        union all
        select subject_id, concat_ws(' ', 'code,', basis), interest_id, 'interest_statement.native_code' from summed
        union all
        select subject_id, concat_ws(' ', 'holds since,', basis), statement_id, 'relationship_statement.valid_from' from summed
        order by subject_id, role, statement_id, field
    """,
    sentence="{subject_name} {finding}.",
    reasons={},
    subtypes={"over": "The minima exceed the whole.", "impossible": "A share that none can be."},
    ordinary_explanations=(
        "Joint holders are each recorded with the whole, without a mark that they hold together.",
        "A former holder's record was not closed.",
        "Several classes of shares, each with its own hundred per cent.",
    ),
    what_would_clear_it="The register of members, with one entry closed or corrected.",
    source="(own); bands of Schedule 1A to the Companies Act 2006",
)
