"""OWN-100 shares exceed the whole

Condition
---------
One of three: the least shares of the open interests of one basis (shares, votes or surplus assets) in the
entity add up to more than 100 per cent, or to exactly 100 if one of them is "more than"; a share of an open
interest is below 0, above 100, not a number, has reversed bounds or contradicts itself; an interest, open or
not, ends before it begins.

Method
------
Least shares are summed for each basis separately. Holders of one joint group count once. A holder of unknown
reach (a UK band covers direct and indirect holdings) and a holder below it count once, with the larger of
their least shares; so do a holder said to hold indirectly and the entity it may hold through. An impossible
share is not summed, and an interest with an impossible period counts as ended. Worked example: Q holds 75 per
cent or more, P more than 25: 75 + 25 = 100, and more than that because of "more than": flagged. With "25 or
more" the sum is exactly the whole: not flagged. If P holds Q, so that P's band may consist of what Q holds,
75 is counted: not flagged.

Why it is a red flag
--------------------
This is a flag on data quality. One of the records is wrong or out of date: readers of the register see an
owner who is none, or miss that an owner left. Ownership and control of the entities below rest on shares that
cannot all be true.

Unit
----
Per cent: the largest counted sum among the bases. An impossible share or period has no value.

Parameters
----------
`whole` 100 per cent.

Exclusions
----------
Interests that have ceased, except for their period. Board rights and influence, which have no share. An
unnamed trust or firm is never a subject.

Ordinary explanations
---------------------
Joint holders (a couple, executors) who are each recorded with the whole, as the UK's rules ask, without a
note that they hold jointly. A former holder whose record was not closed. Several classes of shares, each with
its own hundred per cent. A typing error in a share or a date.

What would clear it
-------------------
The register of members, with one entry closed or corrected.

Not assessable when
-------------------
A rejected record may speak of the entity: the sum is then incomplete.

Source
------
This project's own; bands of Schedule 1A to the Companies Act 2006.
"""

from transforms.flags.share_words import least_words
from transforms.model.indicator import Indicator, Parameter

INDICATOR = Indicator(
    code="OWN-100",
    title="Shares exceed the whole",
    weak=False,
    data_quality=True,
    subject_type="legal_entity",
    negatives_need=("gb_coh_psc",),
    parameters=(Parameter("whole", 100, "per cent", "arithmetic"),),
    states=f"""
        with held as (
            select distinct i.subject_id
            from interest i
            join entity e on e.entity_id = i.subject_id
            where e.entity_type <> 'arrangement'
                and (
                    (i.is_open and i.basis in ('shares', 'votes', 'surplus_assets'))
                    or i.valid_to < i.valid_from
                )
        ),
        reversed as (
            select i.subject_id, min(i.basis) as basis
            from interest i
            where i.valid_to < i.valid_from
            group by i.subject_id
        ),
        contradicted as (
            select c.subject_id, c.basis, c.kind, c.sum_min, c.sum_min_exclusive
            from graph_contradiction c
            where c.kind in ('over', 'impossible')
            union
            -- The stated share is kept beside the interest, whose own share is then unknown.
            select i.subject_id, i.basis, 'impossible', null, false
            from interest i
            where i.is_open and i.share_fault is not null and i.basis in ('shares', 'votes', 'surplus_assets')
        ),
        worst as (
            select
                c.subject_id,
                c.basis,
                c.kind,
                c.sum_min,
                c.sum_min_exclusive,
                row_number() over (
                    partition by c.subject_id order by (c.kind = 'over') desc, c.sum_min desc, c.basis, c.kind
                ) as worst_row
            from contradicted c
        )
        select
            h.subject_id,
            case
                when w.subject_id is not null or r.subject_id is not null then 'flagged'
                else 'not_flagged'
            end as state,
            cast(null as varchar) as reason,
            case
                when w.subject_id is not null then w.kind
                when r.subject_id is not null then 'dates_reversed'
            end as subtype,
            cast(w.sum_min as double) as value,
            'per cent' as unit,
            cast($whole as double) as threshold,
            cast(null as bigint) as peer_n,
            case
                when w.kind = 'impossible' then concat_ws('', 'has an open interest (', w.basis,
                    ') whose share is below 0, above 100, no number, or has bounds that cannot all be true')
                when w.subject_id is null
                    then concat_ws('', 'has an interest (', r.basis, ') that ends before it begins')
                else concat_ws(
                    '', 'has open interests (', w.basis, ') that sum to ',
                    {least_words("w.sum_min", "w.sum_min_exclusive")}, ' per cent'
                )
            end as finding
        from held h
        left join worst w on w.subject_id = h.subject_id and w.worst_row = 1
        left join reversed r on r.subject_id = h.subject_id
        order by h.subject_id
    """,
    evidence="""
        with wrong as (
            select distinct subject_id, basis, kind
            from graph_contradiction
            where kind in ('over', 'impossible')
        ),
        -- For a sum, everything that was summed; for an impossible share, only that share.
        summed as (
            select w.subject_id, i.basis, i.interest_id, i.statement_id
            from wrong w
            join interest i on i.subject_id = w.subject_id and i.basis = w.basis and i.is_open
            where i.share_fault is null
                and (w.kind = 'over' or i.share_min < 0 or i.share_max > 100 or i.share_min > i.share_max)
            group by w.subject_id, i.basis, i.interest_id, i.statement_id
        ),
        faulty as (
            select i.subject_id, i.basis, i.interest_id, i.statement_id
            from interest i
            join entity e on e.entity_id = i.subject_id
            where i.is_open and i.share_fault is not null and i.basis in ('shares', 'votes', 'surplus_assets')
        ),
        reversed as (
            select i.subject_id, i.basis, i.interest_id, i.statement_id
            from interest i
            join entity e on e.entity_id = i.subject_id
            where i.valid_to < i.valid_from
        )
        select
            subject_id, concat_ws(' ', 'minimum,', basis) as role, interest_id as statement_id,
            'interest_statement.share_min' as field
        from summed
        union all
        select subject_id, concat_ws(' ', 'maximum,', basis), interest_id, 'interest_statement.share_max'
        from summed
        union all
        select subject_id, concat_ws(' ', 'code,', basis), interest_id, 'interest_statement.native_code'
        from summed
        union all
        select
            subject_id, concat_ws(' ', 'holds since,', basis), statement_id,
            'relationship_statement.valid_from'
        from summed
        union all
        select
            subject_id, concat_ws(' ', 'share as stated,', basis), interest_id,
            'interest_statement.share_native'
        from faulty
        union all
        select
            subject_id, concat_ws(' ', 'not used because,', basis), interest_id,
            'interest_statement.share_fault'
        from faulty
        union all
        select subject_id, concat_ws(' ', 'code,', basis), interest_id, 'interest_statement.native_code'
        from faulty
        union all
        select subject_id, concat_ws(' ', 'begins,', basis), statement_id, 'relationship_statement.valid_from'
        from reversed
        union all
        select subject_id, concat_ws(' ', 'ends,', basis), statement_id, 'relationship_statement.valid_to'
        from reversed
        order by subject_id, role, statement_id, field
    """,
    sentence="{subject_name} {finding}.",
    reasons={},
    subtypes={
        "over": "The least shares exceed the whole.",
        "impossible": "An impossible share.",
        "dates_reversed": "A period that ends before it begins.",
    },
    ordinary_explanations=(
        "Joint holders are each recorded with the whole, without a note that they hold jointly.",
        "A former holder's record was not closed.",
        "Several classes of shares, each with its own hundred per cent.",
        "A typing error in a share or a date.",
    ),
    what_would_clear_it="The register of members, with one entry closed or corrected.",
    source="(own); bands of Schedule 1A to the Companies Act 2006",
)
