"""The site of a release: every link leads somewhere, nobody natural is named, no name changes a page."""

import json
import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

import html5lib
import orjson
import pytest

from flows.pages import case as case_pages
from flows.pages import night as reporting
from flows.pages.release import subject_file
from flows.pages.site import cases, charts, write_site
from flows.pages.site.boundaries import WIDTH, read_outlines
from tests.flows.pages.case_releases import CASE, PERSON, TITLE, A, Rows, release
from tests.flows.pages.releases import HOSTILE, Page, calm_release, database
from tests.reliability import browser

DISTRICT = {
    "type": "Polygon",
    "coordinates": [[[-5.6, 50.0], [-5.4, 50.0], [-5.4, 50.2], [-5.6, 50.2], [-5.6, 50.0]]],
}


PRICES = [
    {
        "area_name": "PENWITH",
        "property_type": "flat",
        "period": "year",
        "period_start": date(year, 1, 1),
        "median_price": Decimal(100_000),
        "currency": "GBP",
        "sales_n": 20,
    }
    for year in (2016, 2017)
]


class Made(NamedTuple):
    folder: Path
    rows: Rows
    areas: Path
    pages: dict[str, str]


def outlines(folder: Path, feature: object) -> Path:
    folder.mkdir()
    (folder / "areas.geojson").write_bytes(orjson.dumps({"type": "FeatureCollection", "features": [feature]}))
    return folder


def site(rows: Rows, to: Path, boundaries: Path | None = None) -> dict[str, str]:
    """Name of each page below the folder of a whole report → its text."""
    with database(rows) as connection:
        reporting.render_night(connection, to, has_site=True)
        case_pages.render_first_cases(connection, to)
        write_site(connection, to, data_docs="../docs/index.html", boundaries=boundaries)
    files = (path for path in sorted(to.rglob("*")) if path.is_file())
    return {path.relative_to(to).as_posix(): path.read_text(encoding="utf-8") for path in files}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """The site of a small release with a price index, a person among its links, and the outline of its
    district.
    """
    folder = tmp_path_factory.mktemp("made")
    feature = {"type": "Feature", "properties": {"LAD05NM": "Penwith", "id": 1}, "geometry": DISTRICT}
    rows = release()
    rows["price_index"] = PRICES
    areas = outlines(folder / "areas", feature)
    return Made(folder / "site", rows, areas, site(rows, folder / "site", areas))


def own(pages: Mapping[str, str]) -> dict[str, str]:
    """The pages that the site adds to the night's page and the case pages."""
    return {
        name: text
        for name, text in pages.items()
        if name.endswith(".html") and name != "night.html" and not name.startswith("cases/")
    }


def data(pages: Mapping[str, str]) -> list[list[object]]:
    """The rows of the index."""
    text = pages["site_cases_data.js"]
    rows: list[list[object]] = json.loads(text[text.index("{") : text.rindex(";")])["rows"]
    return rows


# --- links and what is said -------------------------------------------------------------------------------


def test_every_link_leads_to_a_page_and_a_place_on_it(made: Made) -> None:
    docs = made.folder.parent / "docs"
    docs.mkdir()
    (docs / "index.html").write_text("", encoding="utf-8")
    links = 0
    for name, text in made.pages.items():
        page = made.folder / name
        if page.suffix != ".html":
            continue
        for href in Page(text).values("href"):
            if href.startswith(("https:", "data:")):
                continue
            path, _, fragment = href.partition("#")
            path = path.partition("?")[0]  # which the app reads, and a file does not
            target = (page.parent / path).resolve() if path else page
            assert target.is_file(), f"{name}: {href}"
            if fragment and target.name != "cases.html":  # there the script reads it
                assert f'id="{fragment}"' in target.read_text(encoding="utf-8"), f"{name}: {href}"
            links += 1
    assert links > 60
    assert {f"subjects/{A}.html", f"subjects/{TITLE}.html", "indicators/OWN-010.html"} <= made.pages.keys()


def test_a_flag_leads_to_its_case_a_case_to_its_page_and_a_subject_to_both(made: Made) -> None:
    subject, indicator = made.pages[f"subjects/{A}.html"], made.pages["indicators/OWN-010.html"]
    case = made.pages[f"cases/{CASE}.html"]
    assert f'href="../cases/{CASE}.html#flag-f1"' in subject and f'href="../cases/{CASE}.html"' in subject
    assert 'href="../indicators/OWN-010.html"' in subject
    assert f'href="../subjects/{A}.html"' in case and 'href="../indicators/OWN-010.html"' in case
    assert f'href="../cases/{CASE}.html#flag-f1"' in indicator and f'href="../subjects/{A}.html"' in indicator
    assert f'href="cases/{CASE}.html"' in made.pages["cases.html"]
    assert "only an extract of Basic company data is held" in Page(subject).text
    assert "registerBasic company data" in Page(subject).text
    assert [row[0] for row in data(made.pages)] == [CASE] and data(made.pages)[0][-1] is True


def test_a_long_index_holds_the_first_cases_and_says_so(
    made: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "Search and filters cover" not in Page(made.pages["cases.html"]).text
    monkeypatch.setattr(cases, "ROWS_SEARCHED", 0)
    pages = site(made.rows, tmp_path)
    assert data(pages) == [] and data(made.pages) != []
    assert "Search and filters cover the first 0 of 1 cases" in Page(pages["cases.html"]).text


def test_nobody_natural_is_named_and_has_no_page(made: Made) -> None:
    assert PERSON in made.pages[f"cases/{CASE}.html"]
    others = {name: text for name, text in made.pages.items() if not name.startswith("cases/")}
    assert [name for name, text in others.items() if PERSON in text or "UT-P-1" in text] == []
    assert "a natural person" in Page(made.pages[f"subjects/{A}.html"]).text
    assert [name for name in made.pages if "UT-P" in name] == []


def test_the_same_release_gives_the_same_bytes(made: Made, tmp_path: Path) -> None:
    assert site(made.rows, tmp_path, made.areas) == made.pages


def test_a_release_without_cases_has_its_pages(tmp_path: Path) -> None:
    rows = calm_release()
    rows["flag"], rows["evidence"] = [], []
    pages = site(rows, tmp_path)
    assert "No case." in Page(pages["cases.html"]).text and data(pages) == []
    figures = Page(pages["figures.html"]).text
    assert "Nothing is flagged." in figures and "There is no map" in figures
    assert not any(name.startswith("subjects/") for name in pages)


# --- nothing that runs ------------------------------------------------------------------------------------


def test_no_name_changes_a_page(tmp_path: Path) -> None:
    rows = release(HOSTILE[0])
    rows["title"][0]["address_text"] = HOSTILE[1]
    for n, name in enumerate(HOSTILE):
        subject = {"subject_id": f"GB-COH-0888{n:04}", "subject_name": name}
        rows["flag"].append({**rows["flag"][0], **subject, "flag_id": f"h{n}", "area_name": name})
        rows["case_member"].append({**rows["case_member"][0], **subject})
        case = {"case_id": f"UT-C-h{n}", "position": n + 2, "title": name, "area_name": name}
        rows["review_case"].append({**rows["review_case"][0], **case})
    for page, text in own(site(rows, tmp_path)).items():
        document = html5lib.HTMLParser(strict=True).parse(text)
        scripts = [one for one in document.iter() if str(one.tag).endswith("}script")]
        sources = [one.attrib["src"] for one in scripts]
        assert sources == (["site_cases_data.js", "site_cases.js"] if page == "cases.html" else []), page
        assert not any(one.text for one in scripts)
        assert not [a for one in document.iter() for a in one.attrib if str(a).startswith(("on", "style"))]
        assert "unsafe" not in text and "default-src 'none'" in text


@pytest.mark.nightly
@pytest.mark.skipif(not browser.is_there(), reason="chromium is not installed")
def test_the_index_searches_sorts_and_filters_in_a_browser(tmp_path: Path) -> None:
    rows = release(HOSTILE[0])
    first = rows["review_case"][0]
    rows["review_case"] += [
        {**first, "case_id": f"UT-C-x{n}", "position": n, "title": f"Case {n}", "area_name": "CARRICK"}
        for n in range(2, 300)
    ]
    rows["flag"] += [{**rows["flag"][0], "flag_id": f"x{n}", "case_id": f"UT-C-x{n}"} for n in range(2, 300)]
    site(rows, tmp_path / "site")
    with browser.chromium(tmp_path / "profile") as tab:
        seen = tab.visit(tmp_path / "site" / "cases.html")
        assert not seen.dialogs and len(seen.scripts) == 2
        assert tab.evaluate(SHOWN) == ["299 cases", 100, "1"]
        for name, query, shown in QUERIES:
            assert tab.evaluate(f"{query}; ({SHOWN})") == shown, name
        assert tab.evaluate("document.documentElement.dataset.pwned === undefined")
        tab.resize(390)
        assert tab.evaluate(HIDDEN_BUTTONS) == 0, "they take the focus, and nobody sees where it is"
        assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth")


# What is said, how many rows there are, and the place of the first.
SHOWN = """[document.querySelector("#count").textContent, document.querySelectorAll("#cases tbody tr").length,
    document.querySelector("#cases tbody td")?.textContent]"""
HIDDEN_BUTTONS = """[...document.querySelectorAll("thead button")].filter(button => {
    const [one, around] = [button, button.closest("thead")].map(node => node.getBoundingClientRect());
    return one.right > around.right || one.bottom > around.bottom; }).length"""
SEARCH = """(() => { const box = document.querySelector("input[type=search]");
    box.value = "case 29"; box.dispatchEvent(new Event("input")); })()"""
QUERIES = (
    ("search: 29, 129, 229, 290 to 299", SEARCH, ["13 of 299 cases", 13, "29"]),
    ("clear", "document.querySelector('#controls button').click()", ["299 cases", 100, "1"]),
    ("more", "document.querySelector('#more button').click()", ["299 cases", 200, "1"]),
    ("sort", "document.querySelectorAll('thead button')[0].click()", ["299 cases", 100, "299"]),
    (
        "a link",
        "location.hash = 'district-penwith'; dispatchEvent(new Event('hashchange'))",
        ["1 of 299 cases", 1, "1"],
    ),
)


# --- figures ----------------------------------------------------------------------------------------------


def test_bars_are_as_high_as_their_counts_and_stand_on_each_other() -> None:
    chart = charts.stacked_bars(
        {"a": {"act": 30, "look": 10}, "b": {"act": 20}}, [("act", ""), ("look", "")], ""
    )
    low, above, other = chart.marks
    assert low.height == pytest.approx(3 * above.height, abs=2) and above.y + above.height == low.y
    assert other.height == pytest.approx(low.height * 2 / 3, abs=2)
    assert [tick.text for tick in chart.y_ticks] == ["0", "10", "20", "30", "40"]


def test_every_bar_stands_out_from_its_ground() -> None:
    """Three to one against white, as WCAG 2.1 asks of what a picture is made of."""
    css = files("transforms.reports").joinpath("site.css").read_text(encoding="utf-8")
    fills = dict(re.findall(r"\.chart rect\.(stop|act|look|data) \{ fill: #([0-9a-f]{6});", css))
    assert len(fills) == 4
    for lane, fill in fills.items():
        parts = [part / 255 for part in bytes.fromhex(fill)]
        red, green, blue = (
            part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
        )
        assert 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05) >= 3, lane


def test_dots_stand_on_powers_of_ten_with_zero_at_the_left() -> None:
    chart = charts.dot_pairs({"a": (10.0, 100.0), "b": (0.0, 1.0)}, "here", "all", "")
    ticks = {tick.text: tick.at for tick in chart.x_ticks}
    at = [mark.x for mark in chart.marks if mark.series in ("here", "everywhere")]
    assert at == [ticks["100"], ticks["10"], ticks["1"], ticks["1"]]


def test_a_line_goes_through_its_years() -> None:
    chart = charts.lines({"flat": [(2020, 100.0), (2022, 200.0)]}, {"flat": "flat"})
    dots = [mark for mark in chart.marks if mark.series == "dot-0"]
    assert [tick.text for tick in chart.x_ticks] == ["2020", "2021", "2022"]
    assert [dot.x for dot in dots] == [chart.x_ticks[0].at, chart.x_ticks[2].at] and dots[1].y < dots[0].y


def test_a_map_is_drawn_from_the_outlines_held(made: Made) -> None:
    figures = made.pages["figures.html"]
    assert re.search(
        r'<a href="cases.html\?district=PENWITH#district-penwith"><path class="area shade-5" [^>]*d="M\d',
        figures,
    )
    assert "Median prices in" in Page(figures).text


def test_outlines_keep_their_shape_and_a_wrong_file_is_said(tmp_path: Path) -> None:
    feature = {"properties": {"name": "PENWITH"}, "geometry": DISTRICT}
    areas = read_outlines(outlines(tmp_path / "good", feature), ["PENWITH", "CARRICK"])
    assert areas is not None and areas.missing == ("CARRICK",) and areas.width < areas.height <= WIDTH * 2
    assert areas.width / areas.height == pytest.approx(0.64, abs=0.01)  # the cosine of 50.1 degrees
    projected = {
        **feature,
        "geometry": {"type": "Polygon", "coordinates": [[[146000, 30000], [150000, 34000]]]},
    }
    wrong = read_outlines(outlines(tmp_path / "wrong", projected), ["PENWITH"])
    assert wrong is not None and not wrong.shapes and "longitude and latitude" in wrong.fault
    assert read_outlines(tmp_path / "none", ["PENWITH"]) is None


def test_a_file_is_named_for_a_subject_whatever_its_id() -> None:
    assert subject_file("GB-COH-01234567") == "GB-COH-01234567.html"
    assert re.fullmatch(r"subject-[0-9a-f]{20}\.html", subject_file("../../x"))
    assert subject_file("../../x") != subject_file("../../y")
