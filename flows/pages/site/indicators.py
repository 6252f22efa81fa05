"""The indicators: one page each with its load and base rate, its districts and its flags, and their index."""

from collections.abc import Collection, Iterable, Mapping, Sequence

from flows.facts.rows import Row, as_int, query_rows
from flows.pages.release import indicator_sections, reason_words
from flows.pages.site.layout import Site, by
from transforms.language import translated
from transforms.model.sql import read_sql
from transforms.model.subjects import SUBJECT_KINDS

FOLDER, INDEX = "indicators", "indicators.html"
FLAGS_MAX = 300  # (own) flags listed on a page; the number of all is said
KINDS: Mapping[str, str] = {kind.code: kind.words for kind in SUBJECT_KINDS.values()}
DISTRICTS_MAX = 25  # (own) districts listed, those with the most flags


def write(site: Site) -> int:
    """Write the index and a page for each indicator; how many."""
    write_index(site)
    write_pages(site, site.release.indicators)
    return len(site.release.indicators)


def write_index(site: Site) -> None:
    site.write(
        INDEX,
        "site_indicators.html.j2",
        indicators=list(site.release.indicators.values()),
        loads=_by_code(site.query("indicator_load")),
        precision=_precision(site),
        kinds=KINDS,
    )


def _by_code(rows: Iterable[Row]) -> Mapping[str, Row]:
    return {str(row["code"]): row for row in rows}


def _precision(site: Site) -> Mapping[str, Row]:
    return _by_code(query_rows(site.connection, read_sql("flows.facts", "indicator_precision")))


def write_pages(site: Site, codes: Collection[str]) -> None:
    """The pages of these indicators."""
    loads, precision = _by_code(site.query("indicator_load")), _precision(site)
    flags = by(site.query("indicator_flags", shown=FLAGS_MAX), "indicator")
    reasons = by(site.query("indicator_reasons"), "indicator")
    districts = by(site.indicator_districts, "indicator")
    for code in codes:
        row = site.release.indicators[code]
        site.write(
            f"{FOLDER}/{code}.html",
            "site_indicator.html.j2",
            row=row,
            load=loads[code],
            precision=precision.get(code),
            kind=translated(KINDS.get(str(row["subject_type"]), str(row["subject_type"]))),
            sections=indicator_sections(row).items(),
            flags=flags.get(code, []),
            districts=_districts(districts.get(code, [])),
            reasons=[
                {**reason, "words": reason_words(site.release, code, str(reason["reason"] or ""))}
                for reason in reasons.get(code, [])
            ],
        )


def _districts(rows: Sequence[Row]) -> list[Row]:
    """The districts with the most flags; `per_1000` of the subjects there, where they are counted."""
    return [
        {**row, "per_1000": 1000 * as_int(row["flagged_n"]) / as_int(row["subjects_n"])}
        if as_int(row["subjects_n"])
        else {**row, "per_1000": None}
        for row in rows[:DISTRICTS_MAX]
    ]
