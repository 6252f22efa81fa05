"""The page of a night: what it says, by area and theme, from one release and nothing else."""

import re
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from flows.facts.areas import Areas
from flows.facts.registers import relevant_registers
from flows.pages import night as reporting
from tests.flows.pages.releases import (
    SHA,
    Page,
    busy_release,
    calm_release,
    case_row,
    database,
    flag_row,
    indicator_row,
    night,
)
from transforms.errors import RunFailed, UsageError
from transforms.model.indicator import Indicator
from transforms.model.views import RELEASE_TABLES

pytestmark = pytest.mark.usefixtures("no_indicators")


def test_says_what_the_release_is_and_what_a_flag_is_not(calm: str) -> None:
    text = Page(calm).text
    assert "Night report, 2018-02-01" in text
    assert "A flag is an indication, not a finding or an accusation; a person decides." in text
    assert "0001-abcdef" in text
    assert SHA in text
    assert re.search(r"Basic company data ?gb_coh_companies ?2018-02-01", text)
    assert "Correct this" in text
    assert "SYNTHETIC" not in text


def test_synthetic_release_says_so_first_and_on_every_printed_page(busy: str) -> None:
    assert Page(busy).text.strip().startswith("Skip to the report SYNTHETIC")
    assert '@bottom-left { content: "SYNTHETIC' in busy
    assert "<title>SYNTHETIC: " in busy


def test_the_stop_lane_comes_first_and_whole_with_the_law_and_the_sentence_of_each(tmp_path: Path) -> None:
    release = calm_release()
    release["indicator"].append(indicator_row("LNK-010", "Sanctioned", 60, 1, 0, law="An Act may forbid it."))
    release["flag"] += [
        flag_row(
            f"s{k}", "LNK-010", f"S{k}", lane="stop", case_id=f"UT-C-s{k}", explanation=f"S{k} is listed."
        )
        for k in range(60)
    ]
    release["review_case"] += [case_row(2 + k, f"s{k}", f"S{k} LIMITED", "stop") for k in range(60)]
    html = night(release, tmp_path)
    page = Page(html)
    assert next(tag["aria-labelledby"] for kind, tag in page.tags if kind == "section") == "stop-h"
    stop = Page(html[html.index('<section id="stop"') : html.index('<section id="care"')]).text
    assert stop.count("is listed.") == 60 and stop.count("An Act may forbid it.") == 1
    assert "TREVENEN" not in stop


def test_a_night_without_a_case_of_lane_stop_says_that_this_clears_nobody(calm: str) -> None:
    assert "none No case is of lane stop. That clears nobody" in Page(calm).text


def test_what_changed_is_said_of_each_kind_and_of_none(tmp_path: Path) -> None:
    release = calm_release()
    assert "no release before this one" in Page(night(release, tmp_path)).text
    release["release"][0]["previous_release_id"] = "0000-abcdef"
    assert "Nothing: the cases are those of release 0000-abcdef." in Page(night(release, tmp_path)).text
    change = {"title": "TREVENEN", "lane": "stop", "flags_raised_n": 2, "flags_cleared_n": 1}
    release["case_change"] = [
        {**change, "case_id": "UT-C-f1", "change": "changed", "lane_before": "act"},
        {**change, "case_id": "UT-C-old", "change": "gone", "lane_before": "stop", "title": "OLD LIMITED"},
    ]
    text = Page(night(release, tmp_path)).text
    assert "Compared with release 0000-abcdef: 0 new, 1 changed, 1 gone." in text
    assert re.search(r"changedstopbefore: act ?TREVENEN ?place 1 · UT-C-f12 raised, 1 cleared", text), text
    assert re.search(r"gonestop ?OLD LIMITED ?UT-C-old1 cleared", text)


def test_cases_are_counted_by_lane_family_and_district_with_those_of_none(tmp_path: Path) -> None:
    release = calm_release()
    release["flag"].append(flag_row("f2", "OWN-010", "B", case_id="UT-C-f2"))
    release["review_case"].append(case_row(2, "f2", "B", "look", families=["OWN", "DEC"]))
    text = Page(night(release, tmp_path)).text
    assert "act 1 case: a reviewer should read it" in text and "look 1 case" in text
    assert "ownership (OWN)0112" in text and "declarations (DEC)0011" in text
    assert "PENWITH E0700002401 0 1".replace(" ", "") in text.replace(" ", "")
    assert "not known0011" in text


def test_a_case_with_a_page_is_linked_and_the_site_only_where_it_stands(calm: str, tmp_path: Path) -> None:
    links = Page(calm).values("href")
    assert "cases/UT-C-f1.html" in links and "cases.html" not in links
    with database(calm_release()) as connection:
        page = Page(reporting.render_night(connection, tmp_path, has_site=True).read_text(encoding="utf-8"))
    assert {"cases.html", "indicators.html", "indicators/OWN-010.html", "registers.html"} <= set(
        page.values("href")
    )


def test_counts_and_base_rates(calm: str, tmp_path: Path) -> None:
    text = Page(calm).text.replace("\u202f", " ")
    assert "OWN-010 Circular ownershipact 14 3160.0232 %12" in text
    release = calm_release()
    release["indicator"] = [indicator_row("OWN-010", "Circular ownership", 3, 0, 0)]
    assert "everything assessed was flagged, so this rate says nothing" in night(release, tmp_path)


def test_registers_blocked_stale_incomplete_or_absent_stand_in_the_box_at_the_top(busy: str) -> None:
    box = Page(busy[busy.index('<section id="care"') : busy.index('<section id="since"')]).text.replace(
        "\u202f", " "
    )
    assert (
        "blocked UK companies that own property, edition 2018-02-05 was not used (missing column). "
        "gb_hmlr_ccod CCOD_FULL_2018_02.csv" in box
    )
    assert "stale UK companies that own property is still that of 2018-01-05" in box
    assert (
        "extract People with significant control, edition 2018-02-01 is incomplete: the publisher says "
        "12 799 821 records; 19 records of 12,799,821 were read." in box
    )
    assert "indicators that rest on an absence are not assessable" in box
    assert "No edition is in force of: Register of overseas entities." in box
    assert "Every register held" not in box


def test_calm_release_says_that_nothing_is_missing(calm: str) -> None:
    assert "Every register held is in force, complete and not stale." in Page(calm).text


def test_rows_that_do_not_add_up_are_loud(tmp_path: Path) -> None:
    release = calm_release()
    release["edition"][0]["rows_loaded"] = 30_000
    text = Page(night(release, tmp_path)).text.replace("\u202f", " ")
    assert (
        "rows do not add up Basic company data, edition 2018-02-01: 30 232 records in, but 30 002 "
        "accounted for" in text
    )


def test_rejects_findings_gates_and_files_are_listed(busy: str) -> None:
    text = Page(busy).text.replace("\u202f", " ")
    assert re.search(
        r"impossible date ?UK companies that own property ?2018-01-05 ?Date Proprietor Added \(1\) ?8 "
        r"?record 1, byte 400; ",
        text,
    )
    assert "record 5, byte 2000" in text
    assert "record 6, byte 2400" not in text
    assert "lake: 1 of 3 expectations passed." in text
    assert "volume is within a fifth of the last edition" in text
    assert "SMILE 😀 PASTIES" in text
    assert "1 234 567" in text


def example_indicator() -> Indicator:
    return Indicator(
        code="OWN-010",
        title="Circular ownership",
        lane="act",
        subject_type="legal_entity",
        states="x",
        evidence="x",
        sentence="x",
        reasons={"no_number": "the record states no number"},
        ordinary_explanations=("x",),
        what_would_clear_it="x",
        source="x",
        subtypes={"own": "Holds itself.", "ring": "Is in a ring."},
    )


def test_reasons_are_counted_and_put_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flows.pages.release.indicators", lambda: {"OWN-010": example_indicator()})
    release = calm_release()
    release["flag"] += [
        flag_row("m1", "OWN-010", None, state="not_assessable", reason="no_number"),
        *(
            flag_row(f"m{k}", "OWN-010", None, state="not_assessable", reason="never_heard_of")
            for k in (2, 3)
        ),
        *(
            flag_row(f"r{k}", "OWN-010", None, state="not_assessable", reason="rejected:gb_coh_companies")
            for k in range(4)
        ),
    ]
    text = Page(night(release, tmp_path)).text.replace("\u202f", " ")
    assert (
        "124: a record of Basic company data that may be about it was rejected3: only an extract of "
        "gb_coh_psc is held, so what it does not say proves nothing2: never heard of1 more reason in v_flag"
        in text
    )


@pytest.mark.parametrize("area", ["penwith", "PENWITH", " e07000024 "])
def test_areas_choose_cases_by_name_or_code_and_say_so(tmp_path: Path, area: str) -> None:
    release = calm_release()
    release["flag"] += [
        flag_row("f2", "OWN-010", "ELSEWHERE", area_name="KERRIER", area_code="E07000022", case_id="UT-C-f2"),
        flag_row("f3", "OWN-010", "NOWHERE LIMITED", case_id="UT-C-f3"),
    ]
    release["review_case"] += [
        case_row(2, "f2", "ELSEWHERE LIMITED", area_name="KERRIER", area_code="E07000022"),
        case_row(3, "f3", "NOWHERE LIMITED"),
    ]
    text = Page(night(release, tmp_path, areas=[area])).text
    assert f"Chosen areas: {area.strip()}." in text
    assert "The counts and base rates of each indicator are those of the whole release." in text
    assert "TREVENEN HOLDINGS LIMITED" in text
    assert "ELSEWHERE" not in text
    assert "NOWHERE" not in text


def test_a_theme_chooses_cases_and_says_so(tmp_path: Path) -> None:
    rows = calm_release()
    assert "TREVENEN" not in Page(night(rows, tmp_path, areas=Areas((), "catering"))).text
    rows["case_theme"] = [{"case_id": "UT-C-f1", "theme": "catering"}]
    text = Page(night(rows, tmp_path, areas=Areas((), "catering"))).text
    assert "TREVENEN" in text and "theme catering" in text
    assert "TREVENEN" not in Page(night(rows, tmp_path, areas=Areas(("Bodmin",), "catering"))).text


def test_an_area_without_cases_is_not_silent(tmp_path: Path) -> None:
    text = Page(night(calm_release(), tmp_path, areas=["O'Brien's \u202e<b>"])).text
    assert "No case of this release is in this area." in text
    assert "O'Brien's U+202E<b>" in text


def test_a_blank_area_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="blank"):
        night(calm_release(), tmp_path, areas=["Penwith", "  "])
    assert not list(tmp_path.iterdir())


def test_equal_releases_give_equal_bytes_in_any_row_order(busy: str, tmp_path: Path) -> None:
    turned = {name: list(reversed(rows)) for name, rows in busy_release().items()}
    turned["run"] = [
        {
            "run_id": "other",
            "started_at": datetime(1999, 1, 1),
            "built_at": datetime(1999, 1, 2),
            "engine": "prefect",
        }
    ]
    assert night(turned, tmp_path) == busy


def test_nothing_of_the_run_is_on_the_page(calm: str) -> None:
    assert "run-secret" not in calm
    assert "2031" not in calm


def test_only_declared_views_are_read(tmp_path: Path) -> None:
    views = {table.view for table in RELEASE_TABLES.values()}
    seen: list[str] = []

    class Spy:
        def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
            self.connection = connection

        def register(self, view_name: str, python_object: object) -> object:
            raise AssertionError(f"a report registers nothing: {view_name} {python_object}")

        def sql(self, query: str, *, params: object = None) -> object:
            return self.execute(query, params)

        def execute(self, query: str, parameters: object = None) -> object:
            query = re.sub(r"--.*", "", query)
            assert re.match(r"\s*(from|select|with)\b", query), f"a report only asks: {query}"
            defined = set(re.findall(r"([a-z_]+) as \(", query))
            seen.extend(set(re.findall(r"\b(?:from|join)\s+([a-z_]+)", query)) - defined)
            return self.connection.execute(query, parameters)

    with database(calm_release()) as connection:
        reporting.render_night(Spy(connection), tmp_path)
    assert set(seen) <= views
    assert {
        "v_flag",
        "v_case",
        "v_case_change",
        "v_edition",
        "v_reject",
        "v_finding",
        "v_gate",
        "v_unrecognised_file",
        "v_indicator",
        "v_register",
        "v_release",
    } <= set(seen)


@pytest.mark.parametrize("rows_n", [0, 2])
def test_a_database_that_is_no_release_is_refused_and_the_old_page_stays(tmp_path: Path, rows_n: int) -> None:
    (tmp_path / "night.html").write_text("the old page")
    release = calm_release()
    release["release"] = release["release"] * rows_n
    with pytest.raises(RunFailed, match=f"v_release has {rows_n} rows"):
        night(release, tmp_path)
    assert [path.read_text() for path in tmp_path.iterdir()] == ["the old page"]


def test_an_empty_release_still_makes_a_page(tmp_path: Path) -> None:
    page = Page(night({"release": calm_release()["release"]}, tmp_path))
    assert "This release has no indicators." in page.text
    assert page.faults == []


def test_a_register_that_only_tests_patterns_is_missing_nowhere() -> None:
    """It never appears, so that no page names it as a gap; where it is held, it is named as any other."""
    row = {"territory": "world", "cadence": "none", "edition_in_force": None}
    held = {**row, "edition_in_force": "2026-06-01"}
    yearly = {**row, "cadence": "yearly"}
    assert relevant_registers([row, held, yearly]) == (held, yearly)
