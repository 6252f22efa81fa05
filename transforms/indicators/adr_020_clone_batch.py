"""ADR-020 clone batch

Condition
---------
At least `n` entities with the same legal form and industry code are seated at one address unit, were
incorporated within `months` months of each other, and have the same owners or the same kind of owner.

Method
------
All entities seated at a unit count, including dissolved ones. Within a unit, the entities of one form and one
code (an entity with several codes counts under each) are put in order of incorporation, once for each owner
set and once for each kind of owner. The batch is the largest number incorporated within `months` months, both
ends included: a day and the same day of the month `months` months later are both within. The owner set of an
entity is all parties of its open records, except those who only hold a post on the board. Two sets are the
same if all parties are. The kind of owner says which of these the entity's records name: a natural person, a
protected person, a legal entity of the register's country, one from elsewhere, one of a place not stated, an
arrangement; or a statement that there is nobody, or that somebody is not named. Worked example: ten companies
of form "Private Limited Company" and code 68209 at one house, from 2023-02-01 to 2025-02-01, each owned by a
different person: flagged as the same kind of owner. Nine companies: not flagged. With the tenth incorporated
on 2025-02-02: not flagged.

Why it is a red flag
--------------------
Companies that are set up in series and look alike in everything the register shows are stock: to be sold, to
claim tax credits, or to layer money. Transparency International UK found 21,000 such limited partnerships of
146,948.

Unit
----
Entities in the batch. If a unit has several batches, the largest counts; one with the same owners goes before
one with the same kind.

Parameters
----------
`n` 10, `months` 24 (Transparency International UK 2022).

Exclusions
----------
The registrar's default address (ADR-050). Entities without an owner or a statement on the register, without
an industry code, or without a day of incorporation.

Ordinary explanations
---------------------
A developer sets up one company for each site, a franchise or a care provider one for each branch. At an
agent's address, unrelated companies share a form and a code.

What would clear it
-------------------
The business of each entity: a site, a branch, accounts with turnover.

Not assessable when
-------------------
No complete edition of the company register or of the register of people with significant control is held: a
count from an extract is too low.

Source
------
Transparency International UK, 2022: 21,000 of 146,948 limited partnerships.
"""

from transforms.model.indicator import Indicator, Parameter

# This project's own: of larger owner sets, the number and the first eight ids are compared. At most four
# owners can each hold more than a quarter.
OWNERS_COMPARED = 8
COMPARED_OWNERS = ", ".join(
    f"max(case when place = {n} then party_id end)" for n in range(1, OWNERS_COMPARED + 1)
)
# Months count in hundreds, so that the day of the month fits beside them in one number.
MONTH = 100

# Entities seated at units with enough of them, once for each industry code and each way to compare owners.
ALIKE = f"""
        seats as (
            select
                c.company_id, c.address_id, c.legal_form, c.industry_codes, c.incorporated_on, c.statement_id,
                c.address_statement_id,
                {MONTH} * (
                    12 * year(c.incorporated_on) + month(c.incorporated_on)
                ) + day(c.incorporated_on) as made_at,
                count(*) over (partition by c.address_id) as seats_n
            from company c
            join address a using (address_id)
            where a.address_class <> 'default' and c.incorporated_on <= $as_of and c.legal_form is not null
        ),
        crowded as (
            select * from seats where seats_n >= $n
        ),
        owned as (
            select distinct r.subject_id, r.party_id
            from relationship r
            join crowded k on k.company_id = r.subject_id
            where r.is_open and not r.is_office and r.party_id is not null
        ),
        ranked as (
            select
                subject_id,
                party_id,
                row_number() over (partition by subject_id order by party_id) as place,
                count(*) over (partition by subject_id) as owners_n
            from owned
        ),
        owner_set as (
            select
                subject_id,
                concat_ws(
                    '|', cast(max(owners_n) as varchar),
                    {COMPARED_OWNERS}
                ) as owners
            from ranked
            group by subject_id
        ),
        kinds as (
            select
                r.subject_id,
                case
                    when p.person_type = 'knownPerson' then 'a natural person'
                    when p.person_id is not null then 'a protected person'
                    when e.entity_type = 'arrangement' then 'a trust or firm'
                    when r.party_id is not null and e.jurisdiction is null
                        then 'a legal entity of a place not stated'
                    when r.party_id is not null
                        and split_part(e.jurisdiction, '-', 1) in (select country from home_country)
                        then 'a legal entity of the same country'
                    when r.party_id is not null then 'a legal entity from elsewhere'
                    when r.declaration_class = 'no_owner' then 'nobody'
                    when r.declaration_class in ('undisclosed', 'protected', 'unknown')
                        then 'somebody not named'
                    when r.declaration_class = 'exempt' then 'an exemption'
                end as kind
            from relationship r
            join crowded k on k.company_id = r.subject_id
            left join person p on p.person_id = r.party_id
            left join entity e on e.entity_id = r.party_id
            where r.is_open and not r.is_office
        ),
        kind_set as (
            select
                subject_id,
                concat_ws(' and ',
                    max(case when kind = 'a natural person' then kind end),
                    max(case when kind = 'a protected person' then kind end),
                    max(case when kind = 'a trust or firm' then kind end),
                    max(case when kind = 'a legal entity of a place not stated' then kind end),
                    max(case when kind = 'a legal entity of the same country' then kind end),
                    max(case when kind = 'a legal entity from elsewhere' then kind end),
                    max(case when kind = 'nobody' then kind end),
                    max(case when kind = 'somebody not named' then kind end),
                    max(case when kind = 'an exemption' then kind end)
                ) as owners
            from kinds
            where kind is not null
            group by subject_id
        ),
        compared as (
            select subject_id, 'same_owner_set' as likeness, owners from owner_set
            union all
            select subject_id, 'same_kind_of_owner', owners from kind_set
        ),
        coded as (
            select distinct company_id, unnest(industry_codes) as industry_code from crowded
        ),
        alike as (
            select
                k.address_id, k.legal_form, d.industry_code, o.likeness, o.owners, k.company_id,
                k.incorporated_on, k.made_at, k.statement_id, k.address_statement_id
            from crowded k
            join coded d using (company_id)
            join compared o on o.subject_id = k.company_id
        ),
        -- For each entity, the number of similar ones incorporated in the months up to its day.
        counted as (
            select
                *,
                count(*) over (
                    partition by address_id, legal_form, industry_code, likeness, owners
                    order by made_at range between {MONTH} * $months preceding and current row
                ) as batch_n
            from alike
        ),
        largest as (
            select
                *,
                row_number() over (
                    partition by address_id
                    order by
                        (batch_n >= $n) desc, (likeness = 'same_owner_set') desc, batch_n desc, legal_form,
                        industry_code, owners, made_at, company_id
                ) as best
            from counted
        )
"""

INDICATOR = Indicator(
    code="ADR-020",
    title="Clone batch",
    weak=False,
    subject_type="address",
    negatives_need=("gb_coh_companies", "gb_coh_psc"),
    parameters=(
        Parameter("n", 10, "entities", "Transparency International UK 2022"),
        Parameter("months", 24, "months", "Transparency International UK 2022"),
    ),
    states=f"""
        with {ALIKE},
        candidates as (
            select distinct c.address_id
            from company c
            join address a using (address_id)
            where a.address_class <> 'default'
        )
        select
            c.address_id as subject_id,
            case when l.batch_n >= $n then 'flagged' else 'not_flagged' end as state,
            cast(null as varchar) as reason,
            case when l.batch_n >= $n then l.likeness end as subtype,
            cast(l.batch_n as double) as value,
            'entities' as unit,
            cast($n as double) as threshold,
            cast(null as bigint) as peer_n,
            $months as months,
            l.legal_form,
            l.industry_code,
            l.incorporated_on as last_on,
            case
                when l.likeness = 'same_owner_set' then 'have the same owners'
                else concat_ws('', 'have the same kind of owner (', l.owners, ')')
            end as likeness_words
        from candidates c
        left join largest l on l.address_id = c.address_id and l.best = 1
        order by subject_id
    """,
    evidence=f"""
        with {ALIKE},
        batch as (
            select distinct a.address_id, a.company_id, a.statement_id, a.address_statement_id
            from largest l
            join alike a
                on a.address_id = l.address_id
                and a.legal_form = l.legal_form
                and a.industry_code = l.industry_code
                and a.likeness = l.likeness
                and a.owners = l.owners and a.made_at between l.made_at - {MONTH} * $months and l.made_at
            where l.best = 1 and l.batch_n >= $n
        ),
        owners as (
            select b.address_id, r.statement_id, r.party_statement_id, r.party_kind, r.party_id
            from batch b
            join relationship r on r.subject_id = b.company_id and r.is_open and not r.is_office
        )
        select
            address_id as subject_id, 'seat' as role, address_statement_id as statement_id,
            'address_statement.address_text' as field
        from batch
        union all
        select address_id, 'form', statement_id, 'entity_statement.legal_form' from batch
        union all
        select address_id, 'industry codes', statement_id, 'entity_statement.industry_codes' from batch
        union all
        select address_id, 'incorporated', statement_id, 'entity_statement.incorporated_on' from batch
        union all
        select address_id, 'kind of owner', statement_id, 'relationship_statement.party_kind' from owners
        union all
        select address_id, 'statement', statement_id, 'relationship_statement.declaration_code'
        from owners
        where party_id is null
        union all
        select address_id, 'owner', party_statement_id, 'entity_statement.name'
        from owners
        where party_kind = 'entity' and party_id is not null
        union all
        select address_id, 'owner', party_statement_id, 'person_statement.full_name'
        from owners
        where party_kind = 'person'
        order by subject_id, role, statement_id, field
    """,
    sentence=(
        "{value:.0f} entities at {subject_name}, all {legal_form} with industry code {industry_code}, were "
        "incorporated within {months} months (the last on {last_on}) and {likeness_words}; {threshold:.0f} "
        "or more make a batch."
    ),
    reasons={},
    subtypes={
        "same_owner_set": "All have the same owners.",
        "same_kind_of_owner": "All have the same kind of owner.",
    },
    ordinary_explanations=(
        "A developer sets up one company for each site, a franchise one for each branch.",
        "At an agent's address, unrelated companies share a form and a code.",
    ),
    what_would_clear_it="The business of each entity: a site, a branch, accounts with turnover.",
    source="Transparency International UK 2022: 21,000 of 146,948",
)
