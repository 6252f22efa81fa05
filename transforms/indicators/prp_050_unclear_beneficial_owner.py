"""PRP-050 unclear beneficial owner

Condition
---------
Every proprietor of the title is a company or LLP that must declare its owners, and the declared shares of the
certain and possible beneficial owners of each add up to less than `share` per cent at most.

Method
------
Beneficial owners are those of the regime UK (more than 25 per cent, or control). Each counts with the
greatest share that the declared interests allow, directly and through others, on the basis that gives most.
Holders of one joint group count once, with the largest of their shares. All together count with no more than
the direct holders of the company can pass on. Public and exempt bodies above the company count in the same
way, as they have no beneficial owner of their own. The sum is compared with `share`; a bound of "less than
75" is less than 75. Worked example: one owner at 25 to 50: at most 50, flagged. Two owners at 25 to 50 each:
100, not flagged. One owner at more than 50 and less than 75: flagged. A couple that jointly holds 50 to 75:
counted once, flagged. One owner at 75 to 100: not flagged. A title with joint proprietors is flagged if all
of them are unclear, and not flagged if one is clear.

Why it is a red flag
--------------------
A quarter or more of the company that owns the land may belong to somebody whom nobody has declared (Unger and
Ferwerda).

Unit
----
Per cent that the declared beneficial owners can hold together at most.

Parameters
----------
`share` 75 (Unger and Ferwerda, indicator 3.7; the UK's highest band begins there).

Exclusions
----------
Public and exempt bodies, and residents' companies: not assessable, because they declare no owners.

Ordinary explanations
---------------------
Ownership is spread over many holders of a quarter or less. A family holds jointly. An owner controls the
company by a right that is not a share.

What would clear it
-------------------
The list of members, showing who holds the rest.

Not assessable when
-------------------
The title has more proprietors than the record names, or does not say; a proprietor is public, exempt, a
residents' company, from abroad, without a usable number, not in the register held, not active, or has a form
that declares no owners; somebody above it may hold the rest, because they are protected, are a trust or firm,
hold by an unknown right, are a legal entity in no register held, or have a form that need not declare; a
rejected record of the owners' register may speak of it; the owners' register is not held, is an extract, or
is more than 31 days from the title edition.

Source
------
Unger and Ferwerda, Money Laundering in the Real Estate Sector (2011), indicator 3.7; UK register of overseas
entities.
"""

from transforms.flags.absence import RIGHT_NOT_KNOWN, RIGHT_REASONS, UNPLACED_HOLDER
from transforms.flags.declared_shares import DECLARED_SHARES
from transforms.flags.holdings import (
    EDITION_REASONS,
    HOLDINGS,
    OVERSEAS_FORMS,
    OWNERS,
    absence_gap,
    held_edition,
)
from transforms.flags.listings import interest_facts
from transforms.model.indicator import Indicator, Parameter

PARTIES_LISTED_MAX = 100  # own: of a larger network above, the company's own interests are listed

# A mark: entities with a person who is named as owner by an unknown right, which may be any share.
PERSON_WITHOUT_RIGHT = """
        select distinct r.subject_id
        from relationship r
        where r.is_open and not r.is_office and r.party_kind = 'person' and r.party_id is not null
            and not exists (
                select 1 from interest i where i.statement_id = r.statement_id and i.basis <> 'unknown'
            )
            -- Another register may state the share.
            and not exists (
                select 1
                from interest i
                join relationship o on o.statement_id = i.statement_id
                join resolution s on s.statement_id = o.party_statement_id
                join resolution p on p.statement_id = r.party_statement_id
                where i.subject_id = r.subject_id
                    and i.party_id = r.party_id
                    and i.is_open
                    and i.basis in ('shares', 'votes', 'surplus_assets')
                    and s.register <> p.register
            )
            and not exists (
                select 1 from interest i
                where i.statement_id like '%-%-%'
                    and substr(i.statement_id, 1, 24) = substr(r.statement_id, 1, 24)
                    and i.basis <> 'unknown'
            )
        order by r.subject_id
"""
COVERED_FORMS = "('company', 'plc', 'llp', 'european_form', 'unregistered')"

INDICATOR = Indicator(
    code="PRP-050",
    title="Unclear beneficial owner",
    weak=False,
    subject_type="title",
    negatives_need=(),
    parameters=(Parameter("share", 75, "per cent", "Unger & Ferwerda 2011, 3.7"),),
    states=f"""
        with {HOLDINGS}, {held_edition("owners_edition", OWNERS)}, {UNPLACED_HOLDER},
        proprietors as (
            select
                h.title_id,
                h.party_id,
                h.proprietor_name,
                h.titles_on,
                h.statement_id,
                case
                    when t.additional_proprietors is null then 'additional_not_stated'
                    when t.additional_proprietors then 'additional_proprietors'
                    when x.entity_id is not null then 'public_or_exempt'
                    when h.method in ('record', 'records_agree')
                        and r.candidate_id is not null
                        and r.score = 0 then 'name_disagrees'
                    when coalesce(split_part(n.jurisdiction, '-', 1), '') <> 'gb'
                        or c.legal_form_class in {OVERSEAS_FORMS} then 'overseas'
                    when h.method in ('record', 'records_agree') then 'no_company_number'
                    when c.company_id is null then 'number_not_held'
                    when c.is_residents_company then 'residents_company'
                    when c.legal_form_class not in {COVERED_FORMS}
                        or (c.legal_form_class = 'european_form' and not c.must_declare_owners) then 'form'
                    when not c.is_active then 'not_active'
                end as not_covered
            from holdings h
            join title t using (title_id)
            left join entity n on n.entity_id = h.party_id
            left join resolution r on r.statement_id = h.party_statement_id
            left join company c on c.company_id = h.party_id
            left join exempt x on x.entity_id = h.party_id
        ),
        {DECLARED_SHARES},
        rejected as (
            select distinct concat_ws('-', 'GB-COH', m.token) as subject_id
            from reject_mention m
            join edition_in_use e using (register, dataset, edition)
            where e.status = 'in_force' and m.register = '{OWNERS}'
        ),
        above as (
            select
                subject_id,
                bool_or(mark = 'protected_party') as has_protected,
                bool_or(mark = 'held_by_trust_or_firm') as has_arrangement,
                bool_or(mark = 'owner_in_no_register') as has_unheld,
                bool_or(mark = 'owners_record_rejected') as has_rejected,
                bool_or(mark = 'person_without_right') as has_rightless
            from graph_reach
            group by subject_id
        ),
        assessed as (
            select
                p.*,
                coalesce(g.share_max, 0) as share_max,
                coalesce(g.is_exclusive, false) as is_exclusive,
                coalesce(d.holders_n, 0) as holders_n,
                case
                    when p.not_covered is not null then p.not_covered
                    when g.share_max > $share or (g.share_max = $share and not g.is_exclusive) then 'clear'
                    when a.has_protected then 'protected'
                    when u.subject_id is not null
                        or a.has_rightless
                        or p.party_id in ({PERSON_WITHOUT_RIGHT}) then 'right_not_known'
                    when a.has_rejected or j.subject_id is not null then 'rejected:{OWNERS}'
                    when a.has_arrangement then 'trust_or_firm'
                    when a.has_unheld then 'owner_not_held'
                    {absence_gap("owners_edition", OWNERS, "p.titles_on")}
                    else 'hit'
                end as outcome
            from proprietors p
            left join together g on g.subject_id = p.party_id
            left join named d on d.subject_id = p.party_id
            left join above a on a.subject_id = p.party_id
            left join rejected j on j.subject_id = p.party_id
            left join unplaced_holder u on u.subject_id = p.party_id
            cross join owners_edition
        ),
        ranked as (
            select
                *,
                count(*) over (partition by title_id) as proprietors_n,
                row_number() over (
                    partition by title_id
                    order by
                        case
                            when not_covered is not null then 0
                            when outcome = 'clear' then 1
                            when outcome = 'hit' then 3
                            else 2
                        end,
                        share_max desc, outcome, statement_id
                ) as first_row
            from assessed
        )
        select
            title_id as subject_id,
            case outcome
                when 'hit' then 'flagged'
                when 'clear' then 'not_flagged'
                else 'not_assessable'
            end as state,
            case when outcome not in ('hit', 'clear') then outcome end as reason,
            cast(null as varchar) as subtype,
            cast(case when outcome in ('hit', 'clear') then least(share_max, 100) end as double) as value,
            'per cent' as unit,
            cast($share as double) as threshold,
            cast(null as bigint) as peer_n,
            proprietor_name,
            holders_n,
            case
                when holders_n = 0 then 'none is known'
                when holders_n = 1 then 'one is known'
                else concat_ws(' ', cast(holders_n as varchar), 'are known')
            end as holders_words,
            case when is_exclusive then 'less than' else 'at most' end as bound_word,
            cast(ceil(100 * least(share_max, 100)) / 100 as double) as most_share,
            case
                when proprietors_n = 1 then 'the proprietor'
                else 'the clearest of the proprietors'
            end as which_word
        from ranked
        where first_row = 1
        order by subject_id
    """,
    evidence=f"""
        with recursive owners as (
            select p.title_id, p.party_id, p.party_statement_id, c.statement_id as company_statement_id
            from proprietorship p
            join company c on c.company_id = p.party_id
            where p.ended_on is null and c.is_active
        ),
        -- The company and everybody above it whose interests make up the figure.
        chain as (
            select party_id as subject_id, party_id as at_id from owners
            union
            select c.subject_id, e.party_id
            from chain c
            join graph_network w on w.subject_id = c.subject_id and w.closure_n <= {PARTIES_LISTED_MAX}
            join graph_edge e on e.subject_id = c.at_id
        ),
        declared as (
            select o.title_id as subject_id, i.interest_id
            from owners o
            join chain c on c.subject_id = o.party_id
            join interest i on i.subject_id = c.at_id and i.is_open
        ),
        above as (
            select o.title_id, c.at_id
            from owners o
            join chain c on c.subject_id = o.party_id and c.at_id <> o.party_id
        )
        select
            title_id as subject_id, 'proprietor as the title names it' as role,
            party_statement_id as statement_id, 'entity_statement.name' as field
        from owners
        union all
        select
            title_id, 'number as the title writes it', party_statement_id,
            'entity_statement.identifier_native'
        from owners
        union all
        select title_id, 'company in its register', company_statement_id, 'entity_statement.name' from owners
        union all
        select
            o.title_id, 'more proprietors than are named', t.statement_id,
            'title_statement.additional_proprietors'
        from owners o
        join title t using (title_id)
        union all
        {interest_facts("declared")}
        union all
        select
            o.title_id, 'declaration of the company', r.statement_id,
            'relationship_statement.declaration_code'
        from owners o
        join relationship r on r.subject_id = o.party_id and r.is_open and r.party_id is null
        union all
        select
            a.title_id, 'declaration of an entity above it', r.statement_id,
            'relationship_statement.declaration_code'
        from above a
        join relationship r on r.subject_id = a.at_id and r.is_open and r.party_id is null
        order by subject_id, role, statement_id, field
    """,
    marks={
        "right_not_known": RIGHT_NOT_KNOWN,
        "person_without_right": PERSON_WITHOUT_RIGHT,
        "held_by_trust_or_firm": (
            "select entity_id as subject_id from entity where entity_type = 'arrangement' order by subject_id"
        ),
        "owner_in_no_register": """
            select e.entity_id as subject_id
            from entity e
            left join exempt x on x.entity_id = e.entity_id
            left join company k on k.company_id = e.entity_id
            where (not e.in_register or not coalesce(k.must_declare_owners, true))
                and x.entity_id is null
                and e.entity_type not in ('arrangement', 'state', 'stateBody')
                and not exists (
                    select 1
                    from relationship r
                    where r.subject_id = e.entity_id and r.is_open and r.party_id is not null
                )
            order by subject_id
        """,
        "owners_record_rejected": f"""
            select distinct e.entity_id as subject_id
            from entity e
            join reject_mention m on m.token = split_part(e.entity_id, '-', 3)
            join edition_in_use u
                on u.register = m.register and u.dataset = m.dataset and u.edition = m.edition
            where u.status = 'in_force' and m.register = '{OWNERS}'
            order by subject_id
        """,
    },
    sentence=(
        "The declared shares of the beneficial owners of {proprietor_name}, {which_word} of {subject_id}, "
        "can together be {bound_word} {most_share:g} per cent ({holders_words}; flagged below "
        "{threshold:.0f})."
    ),
    reasons={
        "additional_not_stated": "the title does not say whether it has more proprietors",
        "additional_proprietors": "the title has more proprietors than the record names",
        "public_or_exempt": "a proprietor is public or exempt",
        "name_disagrees": "the number on the title belongs to an entity of another name",
        "overseas": "a proprietor is from abroad and declares its owners to another register",
        "no_company_number": "the title shows a proprietor without a usable UK company number",
        "number_not_held": "a proprietor's number is not in the company register held",
        "residents_company": "a proprietor is a residents' company",
        "form": "a proprietor has a form that declares no owners, or declares them elsewhere",
        "not_active": "a proprietor is no longer active",
        "protected": "an owner is protected by the register",
        "trust_or_firm": "shares are held for a trust or a firm, whose members are not counted",
        "owner_not_held": (
            "a legal entity above it is in no register held, or has a form that need not declare its owners"
        ),
        **RIGHT_REASONS,
        **EDITION_REASONS,
    },
    ordinary_explanations=(
        "Ownership is spread over many holders of a quarter or less.",
        "A family holds jointly.",
        "An owner controls the company by a right that is not a share.",
    ),
    what_would_clear_it="The list of members, showing who holds the rest.",
    source="Unger & Ferwerda 2011, indicator 3.7",
)
