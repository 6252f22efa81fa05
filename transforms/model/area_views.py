"""The views of `area.duckdb`: counts by district that anyone may see, without small counts.

A count below CELL_MIN is not shown, and neither is zero, so a reader only learns that it is between 0 and
CELL_MIN - 1. A total that contains a hidden count is not shown either: with one hidden count, subtraction
would reveal it; with two, knowing one of them, or the previous total, would. Bounds computed from the shown
counts replace it. No counts are shown that add up to a known number: for an indicator only the flagged
subjects, not those that are not flagged or not assessable.

So from all rows of one or more releases, a reader can only conclude that a hidden count is between 0 and
CELL_MIN - 1. Three things are not protected: that a count hidden today and shown tomorrow has reached
CELL_MIN; what a reader knows from elsewhere (for instance, that all companies of a village are their own);
and how many of the counted companies or titles are not flagged, which is the difference of two shown counts,
however small. Hiding the flagged count too would make a large count look like a small one, and break the
bounds.
"""

from collections.abc import Mapping

from transforms.model.sql import read_sql
from transforms.model.statements import Column, Table
from transforms.model.views import DICTIONARY
from transforms.model.views.addresses import NO_DISTRICT_KNOWN

CELL_MIN = 10
# Groups of a theme's companies that are counted, and the indicators that flag an unclear owner.
THEME_COUNTS = ("active", "begun_within_a_year", "owner_unclear", "stop", "act", "look")
OWNERS_UNCLEAR = ("DEC-010", "DEC-020", "DEC-040", "OWN-020", "OWN-030")
_AREA = (
    Column("area_name", "text", f"District; {NO_DISTRICT_KNOWN} if no record states it.", privacy="open"),
    Column(
        "area_code",
        "text",
        "Official code of the district.",
        null="not in the area vocabulary, or no district",
        privacy="open",
    ),
)
_LEFT_OUT = f"fewer than {CELL_MIN}, so not shown"
_SUPPRESSED = Column(
    "is_suppressed",
    "boolean",
    f"True if the count is below {CELL_MIN}, which includes 0, and so not shown.",
    privacy="open",
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
    table.name: table
    for table in (
        Table(
            "area_flag",
            "Subjects flagged, by district and indicator, including dwellings that no legal entity holds or "
            "held. A flag is an indication, not a finding.",
            (
                *_AREA,
                Column("indicator", "text", "Code of the indicator.", privacy="open"),
                Column("title", "text", "Its short name.", privacy="open"),
                Column(
                    "flagged_n",
                    "integer",
                    "Subjects flagged.",
                    null=_LEFT_OUT,
                    unit="subjects",
                    privacy="open",
                ),
                _SUPPRESSED,
            ),
            ("area_name", "indicator"),
        ),
        Table(
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
                Column(
                    "companies_n", "integer", "Companies.", null=_LEFT_OUT, unit="companies", privacy="open"
                ),
                _SUPPRESSED,
            ),
            ("area_name", "kind"),
        ),
        Table(
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
        ),
        Table(
            "area_theme",
            "Companies of a theme, such as catering, by district of their registered office (ARE-030). These "
            "are not flags: a sector is no ground for suspicion. For comparison, v_area_company has all "
            "companies of the district, and v_area_total those of the theme in all districts.",
            (
                *_AREA,
                Column("theme", "text", "The theme, as in v_theme of the release.", privacy="open"),
                Column(
                    "what",
                    "text",
                    "Which of them: active; or active and begun within a year, without a clear owner (flags "
                    f"{', '.join(OWNERS_UNCLEAR)}), or with a flag of a lane.",
                    values=THEME_COUNTS,
                    privacy="open",
                ),
                Column(
                    "companies_n", "integer", "Companies.", null=_LEFT_OUT, unit="companies", privacy="open"
                ),
                _SUPPRESSED,
            ),
            ("area_name", "theme", "what"),
        ),
        Table(
            "area_total",
            "All districts together, by measure: exact if every count in it is shown, otherwise bounds "
            "computed from the counts shown.",
            (
                Column(
                    "measure",
                    "text",
                    "The view that this is the total of.",
                    values=("v_area_flag", "v_area_company", "v_area_property", "v_area_theme"),
                    privacy="open",
                ),
                Column(
                    "kind",
                    "text",
                    "Indicator, kind or register; for themes, the theme and which companies.",
                    privacy="open",
                ),
                Column(
                    "total_n",
                    "integer",
                    "All districts.",
                    null="a count that it includes is not shown",
                    unit="of the measure",
                    privacy="open",
                ),
                Column(
                    "at_least_n", "integer", "Sum of the counts shown.", unit="of the measure", privacy="open"
                ),
                Column(
                    "at_most_n",
                    "integer",
                    f"The same plus {CELL_MIN - 1} for each count not shown.",
                    unit="of the measure",
                    privacy="open",
                ),
                Column(
                    "suppressed_n",
                    "integer",
                    "Districts whose count is not shown.",
                    unit="districts",
                    privacy="open",
                ),
                Column("is_suppressed", "boolean", "True if only bounds are shown.", privacy="open"),
            ),
            ("measure", "kind"),
        ),
    )
}
AREA_TABLES: Mapping[str, Table] = {**COUNTS, AREA_RELEASE.name: AREA_RELEASE, DICTIONARY.name: DICTIONARY}
# Tables of the release that are read.
READS = (
    "company",
    "company_theme",
    "dwelling",
    "flag",
    "indicator",
    "proprietorship",
    "register",
    "release_day",
    "theme",
    "title",
)


def cells_sql(release: str) -> str:
    """Query of all counts in the attached database `release`; COUNT_SQL hides the small ones."""
    return read_sql(
        __package__,
        "area_cells",
        release=release,
        nowhere=NO_DISTRICT_KNOWN,
        owners_unclear=str(list(OWNERS_UNCLEAR)),
        theme_counts=str(list(THEME_COUNTS)),
    )


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
    "area_theme": (
        "select * exclude (kind), split_part(kind, '/', 1) as theme, split_part(kind, '/', 2) as what "
        f"from ({_shown('v_area_theme', 'kind', 'companies_n')})"
    ),
    "area_total": read_sql(__package__, "area_total", cell_min=f"{CELL_MIN}"),
}
