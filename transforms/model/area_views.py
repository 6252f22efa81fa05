"""What `area.duckdb` holds: counts by district that anyone may see, with small counts left out.

A count under CELL_MIN is not shown, nought included, so that who reads it learns that it is between 0 and 9
and no more. No total is shown that rests on a count left out: a total of counts of which one is left out
would give it away by subtraction, of which two are, together with what somebody knows of one of them, or with
the total of the night before. In its place stand bounds, made of the counts shown alone. Only counts stand
here that no sum joins: of an indicator those flagged, never those not flagged or not assessable, because the
three add up to how many there are.

So whatever is computed from all rows of one release, or of any number of them, a count left out stays
anything from 0 to 9. Not protected: that a count left out today and shown tomorrow has reached 10, what
somebody knows from elsewhere (that all companies of a village are one's own), and how many of the companies
or titles counted are not flagged, which is the difference of two counts shown, however small: to leave out
the flagged as well would make a large count look like one under CELL_MIN, and break the bounds.
"""

from __future__ import annotations

from collections.abc import Mapping
from string import Template

from transforms.model.statements import Column, Table
from transforms.model.views import DICTIONARY

CELL_MIN = 10
NO_DISTRICT_KNOWN = "(no district known)"
_AREA = (
    Column("area_name", "text", f"District; {NO_DISTRICT_KNOWN} for what no record places.", privacy="open"),
    Column(
        "area_code",
        "text",
        "Official code of the district.",
        null="not in the area vocabulary, or no district",
        privacy="open",
    ),
)
_LEFT_OUT = f"fewer than {CELL_MIN}, and so not shown"
_SUPPRESSED = Column(
    "is_suppressed",
    "boolean",
    f"True where the count is under {CELL_MIN} and not shown; nought is not shown either.",
    privacy="open",
)

AREA_FLAG = Table(
    "area_flag",
    "Subjects flagged, by district and indicator. A flag is an indication, not a finding.",
    (
        *_AREA,
        Column("indicator", "text", "Code of the indicator.", privacy="open"),
        Column("title", "text", "Its short name.", privacy="open"),
        Column("flagged_n", "integer", "Subjects flagged.", null=_LEFT_OUT, unit="subjects", privacy="open"),
        _SUPPRESSED,
    ),
    ("area_name", "indicator"),
)
AREA_COMPANY = Table(
    "area_company",
    "Companies by district of their registered office.",
    (
        *_AREA,
        Column(
            "kind",
            "text",
            "Whether they are in the register and not dissolved.",
            values=("active", "not_active"),
            privacy="open",
        ),
        Column("companies_n", "integer", "Companies.", null=_LEFT_OUT, unit="companies", privacy="open"),
        _SUPPRESSED,
    ),
    ("area_name", "kind"),
)
AREA_PROPERTY = Table(
    "area_property",
    "Titles with a legal entity among their proprietors, by district and register. PRP-050 in "
    "v_area_flag counts those with an unclear beneficial owner.",
    (
        *_AREA,
        Column("register", "text", "The register that names the proprietor.", privacy="open"),
        Column("titles_n", "integer", "Titles.", null=_LEFT_OUT, unit="titles", privacy="open"),
        _SUPPRESSED,
    ),
    ("area_name", "register"),
)
AREA_TOTAL = Table(
    "area_total",
    "All districts together, by measure: exact where no count in it was left out, otherwise bounds made "
    "of the counts shown.",
    (
        Column(
            "measure",
            "text",
            "The view that this is the total of.",
            values=("v_area_flag", "v_area_company", "v_area_property"),
            privacy="open",
        ),
        Column("kind", "text", "Indicator, kind or register.", privacy="open"),
        Column(
            "total_n",
            "integer",
            "All districts.",
            null="a count that it includes is not shown",
            unit="of the measure",
            privacy="open",
        ),
        Column("at_least_n", "integer", "Sum of the counts shown.", unit="of the measure", privacy="open"),
        Column(
            "at_most_n",
            "integer",
            f"That and {CELL_MIN - 1} for each count not shown.",
            unit="of the measure",
            privacy="open",
        ),
        Column(
            "suppressed_n", "integer", "Districts whose count is not shown.", unit="districts", privacy="open"
        ),
        Column("is_suppressed", "boolean", "True where only bounds are shown.", privacy="open"),
    ),
    ("measure", "kind"),
)
AREA_RELEASE = Table(
    "area_release",
    "The release that these counts are of. One row.",
    (
        Column("release_id", "text", "Sequence number and content hash.", privacy="open"),
        Column("as_of", "date", "Date of the facts.", unit="day", privacy="open"),
        Column("code_version", "text", "Version of undertow.", privacy="open"),
        Column("synthetic", "boolean", "True for the demonstration town.", privacy="open"),
        Column("cell_min", "integer", "Counts below this number are not shown.", privacy="open"),
    ),
    ("release_id",),
)
COUNTS: Mapping[str, Table] = {
    table.name: table for table in (AREA_FLAG, AREA_COMPANY, AREA_PROPERTY, AREA_TOTAL)
}
AREA_TABLES: Mapping[str, Table] = {**COUNTS, AREA_RELEASE.name: AREA_RELEASE, DICTIONARY.name: DICTIONARY}
# Tables of the release that are counted.
READS = ("company", "flag", "indicator", "proprietorship", "register", "title")

# measure, kind, area_name, n: every district with every kind, those with nothing as well. `$release`: the
# database that is counted.
CELLS = Template("""
with subject as (
    select 'v_area_flag' as measure, indicator as kind, area_name, area_code, subject_id as id
    from $release.flag
    where state = 'flagged'
    union all
    select
        'v_area_company',
        case when is_active then 'active' else 'not_active' end,
        area_name,
        area_code,
        company_id
    from $release.company
    union all
    select 'v_area_property', p.register, t.area_name, t.area_code, t.title_id
    from $release.proprietorship p join $release.title t using (title_id) where p.ended_on is null
), kind as (
    select 'v_area_flag' as measure, code as kind from $release.indicator
    union select 'v_area_company', unnest(['active', 'not_active'])
    union select distinct 'v_area_property', register from $release.proprietorship
), area as (
    select coalesce(area_name, '$nowhere') as area_name, max(area_code) as area_code from (
        select area_name, area_code
        from $release.company
        union all select area_name, area_code
        from $release.title
        union all
        select area_name, area_code from $release.flag) group by all
), counted as (
    select measure, kind, coalesce(area_name, '$nowhere') as area_name, count(distinct id) as n
    from subject
    group by all
)
select
    k.measure,
    k.kind,
    a.area_name,
    case when a.area_name = '$nowhere' then null else a.area_code end as area_code,
    coalesce(c.n, 0) as n
from area a
cross
join kind k
left
join counted c on c.measure = k.measure and c.kind = k.kind and c.area_name = a.area_name
""")


def cells_sql(release: str) -> str:
    """The counts as they are: never shown, only what COUNT_SQL makes of them."""
    return CELLS.substitute(release=release, nowhere=NO_DISTRICT_KNOWN)


def _shown(measure: str, kind: str, count: str, more: str = "") -> str:
    return f"""
        select
            area_name, area_code, kind as {kind}, {more} case when n >= {CELL_MIN} then n end as {count},
            n < {CELL_MIN} as is_suppressed
        from cell where measure = '{measure}'
    """


# Each reads `cell`, the rows of `cells_sql`; area_flag also `indicator_title(kind, title)`.
COUNT_SQL: Mapping[str, str] = {
    "area_flag": (
        "select f.* exclude (title), t.title from "
        f"({_shown('v_area_flag', 'indicator', 'flagged_n', 'null as title,')}) f join indicator_title t "
        "on t.kind = f.indicator"
    ),
    "area_company": _shown("v_area_company", "kind", "companies_n"),
    "area_property": _shown("v_area_property", "register", "titles_n"),
    "area_total": f"""
        select
            measure,
            kind,
            case when suppressed_n = 0 then at_least_n end as total_n,
            at_least_n,
            at_least_n + {CELL_MIN - 1} * suppressed_n as at_most_n,
            suppressed_n, suppressed_n > 0 as is_suppressed
        from (
            select
                measure,
                kind,
                coalesce(cast(sum(n) filter (where n >= {CELL_MIN}) as bigint), 0) as at_least_n,
                count(*) filter (where n < {CELL_MIN}) as suppressed_n
            from cell group by measure, kind
        )
    """,
}
