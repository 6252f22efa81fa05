"""SQL that indicators share: whether absence from the register of people with significant control proves anything.

INDICATORS.md, Conventions: what rests on absence needs complete editions at most 31 days apart.
"""

from __future__ import annotations

from transforms.holdings import COMPANIES, OWNERS, absence_gap, held_edition

# One row: gap (null where absence counts), psc_on (date of the edition in force). Without a company register nothing can be too far apart from it.
PSC_GAP = f"""
        {held_edition("psc_held", OWNERS)},
        {held_edition("companies_held", COMPANIES)},
        psc_gap as (
            select
                case
                    when psc_held.editions_n > 0 and psc_held.extracts_n = 0 and companies_held.editions_n = 0 then 'missing:{COMPANIES}'
                    {absence_gap("psc_held", OWNERS, "companies_held.edition_on")}
                end as gap,
                psc_held.edition_on as psc_on
            from psc_held
            cross join companies_held
        )
"""

# Numbers that stand in a rejected record of the edition in force.
PSC_REJECTED = """
        psc_rejected as (
            select distinct m.token
            from reject_mention m
            join edition_in_use e using (register, dataset, edition)
            where m.register = 'gb_coh_psc' and e.status = 'in_force'
        )
"""

# A mark: entities of which a record says that an owner is protected, and gives no party for it, as some BODS sources do.
PROTECTED_UNNAMED = """
        select distinct subject_id
        from relationship
        where is_open and party_id is null and declaration_class = 'protected' and subject_id is not null
        order by subject_id
"""

# A mark: entities of which a rejected record may speak.
PSC_RECORD_REJECTED = f"""
        with {PSC_REJECTED}
        select distinct e.entity_id as subject_id
        from entity e
        join psc_rejected p on p.token = split_part(e.entity_id, '-', 3)
        union
        select distinct e.entity_id
        from entity e
        join psc_rejected p on p.token = ltrim(split_part(e.entity_id, '-', 3), '0')
        order by subject_id
"""

GAP_REASONS = {
    "editions_apart": "the editions of the company register and of the register of people with significant control are more than 31 days apart",
    "edition_undated": "an edition of the company register or of the register of people with significant control has no date",
}
