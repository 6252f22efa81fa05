"""ADR-010 mass registration

Condition
---------
More than `n` active entities are seated at one address unit.

Method
------
Registered offices are normalised to one spelling (St and Street, capitals, punctuation, blanks in postcodes)
and counted by unit. Worked example: 60 companies at 12 High St, ZT1 2AB, and 41 at "12, HIGH STREET, ZT12AB"
make 101 at one unit: flagged at n = 100. With 100 the unit is not flagged. Flat 1 and Flat 2 are two units.

Why it is a red flag
--------------------
Mass registration gives a seat to companies that have no place of business. Global Witness found 2,941 such
addresses in the UK register.

Unit
----
Active entities seated at the unit.

Parameters
----------
`n` 100 (Global Witness 2018).

Exclusions
----------
The registrar's default address (ADR-050). Overseas entities and companies count only at an agent's address.
Service addresses of persons do not count. Dissolved, closed and converted entities do not count.

Ordinary explanations
---------------------
An accountant, a formation agent or a business centre provides an address to its clients; the sub-type says so
where the vocabulary lists the address. A property manager provides one to its residents' companies.

What would clear it
-------------------
The service contract with the address holder, and a place of business elsewhere.

Not assessable when
-------------------
No complete edition of the company register is held: a count from an extract is too low. An address that does
not identify a unit is not counted at all.

Source
------
Global Witness 2018: 2,941 addresses with more than 100 companies.
"""

from transforms.model.indicator import Indicator, Parameter

INDICATOR = Indicator(
    code="ADR-010",
    title="Mass registration",
    weak=True,
    subject_type="address",
    negatives_need=("gb_coh_companies",),
    parameters=(Parameter("n", 100, "entities", "Global Witness 2018"),),
    states="""
        with seats as (
            select
                c.address_id,
                count(*) as seats_n
            from company c
            join address a using (address_id)
            where c.is_active
                and a.address_class <> 'default'
                and (
                    c.legal_form_class not in ('overseas_entity', 'overseas_company')
                    or a.address_class = 'agent'
                )
            group by c.address_id
        )
        select
            s.address_id as subject_id,
            case when s.seats_n > $n then 'flagged' else 'not_flagged' end as state,
            cast(null as varchar) as reason,
            case
                when s.seats_n > $n
                    then
                        case
                            when a.address_class in ('ordinary', 'mass') then 'no_known_class'
                            else a.address_class
                        end
            end as subtype,
            cast(s.seats_n as double) as value,
            'entities' as unit,
            cast($n as double) as threshold,
            cast(null as bigint) as peer_n
        from seats s
        join address a using (address_id)
        order by subject_id
    """,
    evidence="""
        with seats as (
            select c.address_id, c.address_statement_id, c.statement_id
            from company c
            join address a using (address_id)
            where c.is_active
                and a.address_class <> 'default'
                and (
                    c.legal_form_class not in ('overseas_entity', 'overseas_company')
                    or a.address_class = 'agent'
                )
        )
        select
            address_id as subject_id, 'seat' as role, address_statement_id as statement_id,
            'address_statement.address_text' as field
        from seats
        union all
        select address_id, 'status of the entity', statement_id, 'entity_statement.status' from seats
        union all
        select address_id, 'form of the entity', statement_id, 'entity_statement.legal_form_class' from seats
        order by subject_id, role, statement_id, field
    """,
    sentence=(
        "{value:.0f} active entities have their seat at {subject_name}; more than {threshold:.0f} is a "
        "mass registration."
    ),
    reasons={},
    subtypes={
        "no_known_class": "Not known as an agent's, business centre's or practitioner's address.",
        "agent": "A formation or company agent's address.",
        "business_centre": "A business centre or mail address.",
        "practitioner": "An insolvency practitioner's address.",
    },
    ordinary_explanations=(
        "An accountant, a formation agent or a business centre provides an address to its clients.",
        "A property manager provides an address to its residents' companies.",
    ),
    what_would_clear_it="The service contract with the address holder, and a place of business elsewhere.",
    source="Global Witness 2018: 2,941 addresses",
)
