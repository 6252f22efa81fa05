"""ADR-050 default address

Condition
---------
The registrar moved the entity's seat to its default address.

Method
------
The registered office of an active entity is called "Companies House Default Address" in its record, with or
without a box number, or is at a unit of class default: a unit in the address vocabulary (United Kingdom: PO
Box 4385, Cardiff), or one that another registered office calls the default address. Worked example: entities
at "PO Box 4385, 01234567 - Companies House Default Address, Cardiff, CF14 8LH" and at "SC000001 - Companies
House Default Address, Edinburgh" are flagged; one at 4385 High Street, Cardiff is not.

Why it is a red flag
--------------------
The registrar does this if the company had no right to use the address it gave, or cannot receive post there.
Often the people who live or work at the former address are victims.

Unit
----
The legal entity, because the one default address says nothing about any of the entities there. No value is
measured.

Parameters
----------
None.

Exclusions
----------
Units of this class do not count for ADR-010 and ADR-020, and link nobody.

Ordinary explanations
---------------------
A landlord or a former accountant complained after the company had moved without telling the registrar.

What would clear it
-------------------
A new registered office with proof that the company may use it.

Not assessable when
-------------------
The entity's record gives no address, or one that neither identifies a unit nor says that it is the default
address.

Source
------
Companies House; Companies Act 2006, section 1097A; Registered Office Address (Rectification of Register)
Regulations 2016.
"""

from transforms.model.indicator import Indicator

INDICATOR = Indicator(
    code="ADR-050",
    title="Default address",
    weak=False,
    subject_type="legal_entity",
    negatives_need=(),
    parameters=(),
    states="""
        select
            c.company_id as subject_id,
            case
                when c.is_at_default_address or a.address_class = 'default' then 'flagged'
                when c.address_id is null then 'not_assessable'
                else 'not_flagged'
            end as state,
            case
                when c.address_id is null and not c.is_at_default_address then 'no_address_unit'
            end as reason,
            cast(null as varchar) as subtype,
            cast(null as double) as value,
            cast(null as varchar) as unit,
            cast(null as double) as threshold,
            cast(null as bigint) as peer_n
        from company c
        left join address a using (address_id)
        where c.is_active
        order by subject_id
    """,
    evidence="""
        with moved as (
            select c.company_id, c.address_statement_id, c.statement_id
            from company c
            left join address a using (address_id)
            where c.is_active and (c.is_at_default_address or a.address_class = 'default')
        )
        select
            company_id as subject_id, 'seat' as role, address_statement_id as statement_id,
            'address_statement.address_text' as field
        from moved
        union all
        select company_id, 'status of the entity', statement_id, 'entity_statement.status' from moved
        order by subject_id, role, statement_id, field
    """,
    sentence="The registrar moved the seat of {subject_name} to its default address.",
    reasons={"no_address_unit": "its record gives no address, or one that does not identify a unit"},
    ordinary_explanations=(
        "A landlord or a former accountant complained after the company had moved without telling the "
        "registrar.",
    ),
    what_would_clear_it="A new registered office with proof that the company may use it.",
    source="Companies House",
)
