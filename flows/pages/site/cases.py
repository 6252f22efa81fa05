"""The index of all cases, with search, sort and filters in the page.

The page holds the first ROWS_STATIC cases as a table, so it can be read and printed without its script. The
script takes the first ROWS_SEARCHED from a data file beside the page, because a browser does not let a page
opened as a file read another file. The review app searches all of them.
"""

import orjson

from flows.facts.rows import Row, as_int, texts
from flows.pages.site.layout import Site
from transforms.language import language, translated
from transforms.language.stored import case_title
from transforms.model.indicator import LANES
from transforms.model.languages import ENGLISH
from transforms.reports import family_words, plain

PAGE, DATA = "cases.html", "site_cases_data.js"
# What `site_cases.js` says, by its English.
SCRIPT_WORDS = (
    *(
        "Lane",
        "Place",
        "Families",
        "Flags",
        "Subjects",
        "District",
        "Newest flag",
        "not known",
        "all",
        "Clear",
    ),
    *("Family", "Indicator", "cases", "of", "Show", "more of", "Search names, ids, indicators", *LANES),
)
ROWS_STATIC = 100  # (own) more are slow to read for anybody without the script
ROWS_SEARCHED = 20_000  # (own) some 8 MB; those of a whole country would be 88, which stalls a browser


def write(site: Site) -> None:
    rows = site.query("cases", most=ROWS_SEARCHED)
    _write_data(site, rows)
    lanes = {str(row["lane"]): as_int(row["cases_n"]) for row in site.query("case_lanes")}
    site.write(
        PAGE,
        "site_cases.html.j2",
        rows=rows[:ROWS_STATIC],
        searched_n=len(rows),
        rows_n=sum(lanes.values()),
        lanes=lanes,
    )


def _write_data(site: Site, rows: tuple[Row, ...]) -> None:
    """These cases as a script that sets one constant. Hidden characters are named as on pages; the script of
    the index puts texts into the page as text only.
    """
    families = sorted({str(row["family"]) for row in site.release.indicators.values()})
    data: dict[str, object] = {
        "families": {code: family_words(code) for code in families},
        "titles": {code: str(row["title"]) for code, row in site.release.indicators.items()},
        "rows": [_data_row(site, row) for row in rows],
    }
    if language() != ENGLISH:
        data["words"] = {text: translated(text) for text in SCRIPT_WORDS}
    (site.folder / DATA).write_bytes(b"const UNDERTOW_CASES = " + orjson.dumps(data) + b";\n")


def _data_row(site: Site, row: Row) -> list[object]:
    """In the order of the columns that `site_cases.js` names."""
    return [
        row["case_id"],
        row["position"],
        plain(case_title(str(row["title"]))),
        row["lane"],
        row["families"],
        row["indicators"],
        row["flags_n"],
        row["subjects_n"],
        row["area_name"] and plain(str(row["area_name"])),
        row["newest_flag_on"],
        [plain(name) for name in texts(row["names"])],
        row["case_id"] in site.cases,
    ]
