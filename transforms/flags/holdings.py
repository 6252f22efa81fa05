"""SQL for indicators on titles and their owners: holdings, and gaps between editions."""

COMPANIES, OWNERS = "gb_coh_companies", "gb_coh_psc"
# This project's own: a flag that rests on absence needs complete editions at most this far apart.
EDITIONS_APART_DAYS = 31
OVERSEAS_FORMS = "('overseas_entity', 'overseas_company')"

# Proprietors still on a title, with the date of the edition that shows them (`titles_on`).
HOLDINGS = """
        holdings as (
            select p.*, e.edition_date as titles_on
            from proprietorship p
            left join edition_in_use e on e.register = p.register and e.edition = p.edition
            where p.ended_on is null
        )"""

EDITION_REASONS = {
    "edition_undated": "an edition that it rests on has no date",
    "editions_apart": f"the editions that it rests on are more than {EDITIONS_APART_DAYS} days apart",
}


def held_edition(name: str, register: str) -> str:
    """CTE `name`, one row on the editions in force: editions_n, extracts_n, edition, edition_on."""
    return f"""
        {name} as (
            select
                count(*) as editions_n,
                count(*) filter (where completeness <> 'complete') as extracts_n,
                max(edition) as edition,
                max(edition_date) as edition_on
            from edition_in_use
            where register = '{register}' and status = 'in_force'
        )"""


def absence_gap(name: str, register: str, other_on: str) -> str:
    """`when … then <reason>` branches: why absence from the register proves nothing.

    `name`: CTE of `held_edition`. `other_on`: date of the edition that it is compared with.
    """
    return f"""
                    when {name}.editions_n = 0 then 'missing:{register}'
                    when {name}.extracts_n > 0 then 'extract:{register}'
                    when {name}.edition_on is null or {other_on} is null then 'edition_undated'
                    when abs(date_diff('day', {other_on}, {name}.edition_on)) > {EDITIONS_APART_DAYS}
                        then 'editions_apart'"""
