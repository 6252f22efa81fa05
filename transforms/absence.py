"""SQL that indicators share: whether absence from the register of people with significant control proves anything.

INDICATORS.md, Conventions: what rests on absence needs complete editions at most 31 days apart.
"""

from __future__ import annotations

EDITIONS_APART_DAYS = 31  # INDICATORS.md, Conventions

# One row: gap (null where absence counts), psc_on (date of the edition in force).
PSC_GAP = f"""
        editions as (
            select
                count(*) filter (where register = 'gb_coh_psc') as psc_n,
                count(*) filter (where register = 'gb_coh_psc' and completeness <> 'complete') as psc_extracts_n,
                count(*) filter (where register = 'gb_coh_companies') as company_n,
                min(case when register = 'gb_coh_psc' then edition_date end) as psc_on,
                min(case when register = 'gb_coh_companies' then edition_date end) as companies_on
            from edition_in_use
            where status = 'in_force'
        ),
        psc_gap as (
            select
                case
                    when psc_n = 0 then 'missing:gb_coh_psc'
                    when psc_extracts_n > 0 then 'extract:gb_coh_psc'
                    when company_n = 0 then 'missing:gb_coh_companies'
                    when psc_on is null or companies_on is null then 'edition_undated'
                    when abs(date_diff('day', psc_on, companies_on)) > {EDITIONS_APART_DAYS} then 'editions_apart'
                end as gap,
                psc_on
            from editions
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
