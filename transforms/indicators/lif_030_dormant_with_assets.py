"""LIF-030 dormant with assets

Condition
---------
The company's latest accounts are dormant, or its industry code is that of a dormant company and it has filed
no trading accounts; and it holds a title with a price paid, or one that it acquired within `days`.

Method
------
Accounts categories DORMANT and FILING EXEMPTION SUBSIDIARY (a dormant subsidiary) are dormant; so is industry
code 99999 if no accounts are filed. A title counts if the company still holds it by number and name, was
added by the release's date, and either has a price paid above 0 or was added at most `days` before that date.
Worked example at 2026-06-01: dormant accounts and a title without a price, added on 2021-05-31: 1,827 days,
not flagged; added on 2021-06-01: 1,826 days, flagged.

Why it is a red flag
--------------------
The company reports that nothing happened, yet it bought or holds land of value. No accounts show who paid, or
who receives the rent (Moody's, shell company indicators).

Unit
----
Titles of the company that count.

Parameters
----------
`days` 1826 (five years, as in the definition).

Exclusions
----------
Residents' companies (SIC code 98000, the guarantee form, or a name of a residents' or management company
together with SIC code 68320). Companies that are no longer active.

Ordinary explanations
---------------------
A nominee or trustee company holds the title for a known person. The land is held for a development that has
not begun. The company belongs to a group that trades through another company.

What would clear it
-------------------
The declaration of trust, or the accounts of the group that show the land.

Not assessable when
-------------------
The register gives no accounts category, as for overseas registrations and partnerships, or says that the kind
of accounts is not known. The company is dormant, and its titles show neither a price nor a date, or only a
date after the release's. The company is dormant and has no such title, but the title edition is missing, an
extract, or has a rejected record.

Source
------
Moody's, shell company indicators.
"""

from transforms.model.indicator import Indicator, Parameter

# Source of the categories: vocabulary/gb_accounts_categories.csv.
DORMANT = "('DORMANT', 'FILING EXEMPTION SUBSIDIARY')"
NONE_FILED = "NO ACCOUNTS FILED"
NOT_KNOWN = "ACCOUNTS TYPE NOT AVAILABLE"
DORMANT_CODE = "99999"


def thousands(digits: str) -> str:
    """SQL of a text of digits in groups of three, as `:,` writes numbers in sentences. Up to twelve digits:
    no title costs more.
    """
    groups = (
        f"nullif(right(left({digits}, greatest(length({digits}) - {after}, 0)), 3), '')"
        for after in (9, 6, 3, 0)
    )
    return f"concat_ws(',', {', '.join(groups)})"


INDICATOR = Indicator(
    code="LIF-030",
    title="Dormant with assets",
    weak=False,
    subject_type="legal_entity",
    negatives_need=(),
    parameters=(Parameter("days", 1826, "days", "Moody's, shell company indicators: five years"),),
    states=f"""
        with extracts as (
            select count(*) as editions_n, count(*) filter (where completeness <> 'complete') as extracts_n
            from edition_in_use
            where register = 'gb_hmlr_ccod' and status = 'in_force'
        ),
        rejected as (
            select distinct m.token
            from reject_mention m
            join edition_in_use e using (register, dataset, edition)
            where m.register = 'gb_hmlr_ccod' and e.status = 'in_force'
        ),
        held as (
            select
                c.company_id,
                c.accounts_category,
                c.is_residents_company,
                coalesce(list_contains(c.industry_codes, '{DORMANT_CODE}'), false) as has_dormant_code,
                t.title_id,
                p.added_on,
                t.price_paid_gbp,
                coalesce(p.added_on <= $as_of, false)
                    and coalesce(date_diff('day', p.added_on, $as_of) <= $days, false) as is_recent,
                coalesce(t.price_paid_gbp > 0, false) and coalesce(p.added_on <= $as_of, true) as is_priced,
                coalesce(t.price_paid_gbp, 0) = 0
                    and (p.added_on is null or p.added_on > $as_of) as is_unknown
            from proprietorship p
            join title t using (title_id)
            join company c on c.company_id = p.party_id
            where p.ended_on is null and c.is_active
        ),
        judged as (
            select
                company_id,
                accounts_category,
                is_residents_company,
                has_dormant_code,
                count(distinct title_id) filter (where is_recent or is_priced) as titles_n,
                count(*) filter (where is_unknown) as unknown_n,
                max(price_paid_gbp) filter (where is_priced) as price_gbp,
                max(added_on) filter (where is_recent) as latest_on
            from held
            group by company_id, accounts_category, is_residents_company, has_dormant_code
        ),
        outcomes as (
            select
                j.*,
                case
                    when j.is_residents_company then 'miss'
                    when j.accounts_category in {DORMANT}
                        or (j.has_dormant_code and j.accounts_category = '{NONE_FILED}')
                        then case
                            when j.titles_n > 0 then 'hit'
                            when j.unknown_n > 0 then 'title_unknown'
                            when x.editions_n = 0 then 'missing:gb_hmlr_ccod'
                            when x.extracts_n > 0 then 'extract:gb_hmlr_ccod'
                            when m.token is not null then 'rejected:gb_hmlr_ccod'
                            else 'miss'
                        end
                    when j.accounts_category is null then 'no_accounts_category'
                    when j.accounts_category = '{NOT_KNOWN}' then 'accounts_unknown'
                    else 'miss'
                end as outcome
            from judged j
            cross join extracts x
            left join rejected m on m.token = split_part(j.company_id, '-', 3)
        )
        select
            company_id as subject_id,
            case outcome
                when 'hit' then 'flagged'
                when 'miss' then 'not_flagged'
                else 'not_assessable'
            end as state,
            case when outcome not in ('hit', 'miss') then outcome end as reason,
            cast(null as varchar) as subtype,
            cast(case when outcome = 'hit' then titles_n end as double) as value,
            'titles' as unit,
            cast(null as double) as threshold,
            cast(null as bigint) as peer_n,
            case
                when accounts_category in {DORMANT} then 'files dormant accounts'
                else 'has the industry code of a dormant company and has filed no accounts'
            end as dormancy,
            case when titles_n = 1 then 'title that counts' else 'titles that count' end as titles_word,
            concat_ws(' and ',
                case when price_gbp is not null then concat_ws(
                    '', 'a price paid of up to £', {thousands("cast(cast(price_gbp as bigint) as varchar)")}
                ) end,
                case when latest_on is not null then concat_ws(
                    '', 'added within the last ', cast($days as varchar), ' days, the latest on ',
                    cast(latest_on as varchar)
                ) end
            ) as assets
        from outcomes
        order by subject_id
    """,
    evidence=f"""
        with dormant as (
            select
                c.company_id, c.statement_id, c.accounts_category, p.statement_id as holding_id,
                p.party_statement_id, p.added_on, t.statement_id as title_statement_id, t.price_paid_gbp
            from proprietorship p
            join title t using (title_id)
            join company c on c.company_id = p.party_id
            where p.ended_on is null and c.is_active and not c.is_residents_company
                and (
                    c.accounts_category in {DORMANT}
                    or (
                        c.accounts_category = '{NONE_FILED}'
                        and coalesce(list_contains(c.industry_codes, '{DORMANT_CODE}'), false)
                    )
                )
                and coalesce(p.added_on <= $as_of, true)
                and (t.price_paid_gbp > 0 or date_diff('day', p.added_on, $as_of) <= $days)
        )
        select
            company_id as subject_id, 'category of the latest accounts' as role, statement_id,
            'entity_statement.accounts_category' as field
        from dormant
        union all
        select company_id, 'industry codes', statement_id, 'entity_statement.industry_codes'
        from dormant
        where accounts_category = '{NONE_FILED}'
        union all
        select company_id, 'company in its register', statement_id, 'entity_statement.name' from dormant
        union all
        select company_id, 'proprietor as the title names it', party_statement_id, 'entity_statement.name'
        from dormant
        union all
        select company_id, 'title held', holding_id, 'proprietorship_statement.title_id' from dormant
        union all
        select company_id, 'proprietor added', holding_id, 'proprietorship_statement.added_on'
        from dormant
        where added_on is not null
        union all
        select company_id, 'price paid', title_statement_id, 'title_statement.price_paid_gbp'
        from dormant
        where price_paid_gbp > 0
        order by subject_id, role, statement_id, field
    """,
    sentence="{subject_name} {dormancy} and holds {value:.0f} {titles_word}: {assets}.",
    reasons={
        "no_accounts_category": "the register gives no category of its accounts",
        "accounts_unknown": "the kind of its accounts is not known",
        "title_unknown": "its titles show neither a price nor a date before the date of this release",
    },
    ordinary_explanations=(
        "A nominee or trustee company holds the title for a known person.",
        "The land is held for a development that has not begun.",
        "The company belongs to a group that trades through another company.",
    ),
    what_would_clear_it="The declaration of trust, or the accounts of the group that show the land.",
    source="Moody's, shell company indicators",
)
