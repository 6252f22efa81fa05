"""The night report: what it says, that it reads one release only, and that no name can change the page."""

import os
import re
import shutil
import signal
import subprocess
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from functools import cache
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import duckdb
import pytest

from flows.facts.areas import Areas
from flows.facts.registers import relevant_registers
from flows.pages import night as reporting
from flows.release.lookups import store_lookups
from transforms.errors import RunFailed, UsageError
from transforms.marts import create_fact_views
from transforms.model.indicator import PAGE_SECTIONS, Indicator
from transforms.model.sql import create_macros
from transforms.model.statements import DUCKDB_TYPES
from transforms.model.views import FACT_VIEWS, RELEASE_TABLES

CHROMIUM = Path("/usr/bin/chromium")
CHROMIUM_SECONDS_MAX = 90
AS_OF = date(2018, 2, 1)
SHA = "9f2c" * 16
Rows = Mapping[str, Sequence[Mapping[str, object]]]

HOSTILE = (
    '<script>document.documentElement.dataset.pwned="1"</script>',
    '"><img src=x onerror="document.documentElement.dataset.pwned=1">',
    "'; }</style><svg onload=document.documentElement.dataset.pwned=1>",
    "</title></textarea><iframe src=https://outside.example/></iframe>",
    "TREVENEN \u202eDTL SGNIDLOH\u202c",
    "PEN\u200bZANCE\u2066 \ufeffCO\u00adLTD\u00a0",
    "NUL\x01\x1b[31mRED\x7f LTD",
    "{{ 7 * 7 }}{% raw %} {# x #}",
    "SMILE 😀 PASTIES ❤️ LTD",
    "Z" + "\u0301" * 60 + "ALGO LIMITED",
    "ΑCΜΕ ТRADING عقارات החברה",
    "VERYLONGNAME" * 80,
    "javascript:alert(1)",
    "<!-- --> ]]> &lt;b&gt; &#60;b&#62;",
)


def page_text(**sections: str) -> str:
    texts = {name: sections.get(name, f"{name} of the example.") for name in PAGE_SECTIONS}
    return "Example.\n\n" + "\n\n".join(f"## {name}\n\n{text}" for name, text in texts.items())


CIRCULAR_PAGE = page_text(
    **{
        "Condition": (
            "The entity is in a closed ring of at least two legal entities that hold each other, or it "
            "holds itself."
        ),
        "Method": (
            "Strongly connected sets of the closure graph.\n\n    A holds 60 of B, B holds 30 of C, C "
            "holds 10 of A:\n    all three are flagged."
        ),
        "Why it is a red flag": (
            "Where companies own each other in a ring, the last owner cannot be found by walking up. Rings "
            "have been used to hide who controls a property."
        ),
        "Parameters": "None.",
        "Ordinary explanations": (
            "- Treasury shares: a company bought back its own.\n- A group was reorganised and one filing "
            "is late."
        ),
        "What would clear it": (
            "A filing that ends one of the holdings in the ring, or the register's correction of it."
        ),
        "Not assessable when": "- The register of significant control is an extract.",
        "Source": "Global Witness, The Companies We Keep, 2018.",
    }
)


def indicator_row(
    code: str, title: str, flagged: int, clear: int, unknown: int, **more: object
) -> dict[str, object]:
    assessed = flagged + clear
    row = {
        "code": code,
        "title": title,
        "family": code[:3],
        "lane": "act",
        "weak": False,
        "subject_type": "legal_entity",
        "n_flagged": flagged,
        "n_not_flagged": clear,
        "n_not_assessable": unknown,
        "n_dwellings_flagged": 0,
        "base_rate": flagged / assessed if assessed else None,
        "parameters": "{}",
        "source": "Example.",
        "page": page_text(),
        "rule_sha256": SHA,
    }
    return {**row, **more}


def flag_row(flag_id: str, indicator: str, name: str | None, **more: object) -> dict[str, object]:
    row = {
        "flag_id": flag_id,
        "indicator": indicator,
        "family": indicator[:3],
        "lane": "act",
        "weak": False,
        "subject_id": "GB-COH-09990001",
        "subject_type": "legal_entity",
        "subject_name": name,
        "state": "flagged",
        "parameters": "{}",
        "explanation": f"{name} holds itself through 2 companies.",
        "as_of": AS_OF,
        "first_seen_on": date(2018, 1, 1),
    }
    return {**row, **more}


def fact_row(flag_id: str, position: int, **more: object) -> dict[str, object]:
    row = {
        "flag_id": flag_id,
        "position": position,
        "role": "holding",
        "register": "gb_coh_psc",
        "edition": "2018-02-01",
        "file_sha256": SHA,
        "record": "/company/09990001/persons-with-significant-control/corporate-entity/x1",
        "field": "interest_statement.share_min",
        "value": "75.000000000",
        "statement_id": f"s{position}",
    }
    return {**row, **more}


def case_row(position: int, flag_id: str, title: str, lane: str = "act", **more: object) -> dict[str, object]:
    row = {
        "case_id": f"UT-C-{flag_id}",
        "lane": lane,
        "position": position,
        "position_reason": f"Lane {lane}, for a test",
        "title": title,
        "families_n": 1,
        "families": ["OWN"],
        "indicators": ["OWN-010"],
        "rarity": 2.0,
        "flags_n": 1,
        "subjects_n": 1,
        "members_n": 1,
        "anchor_flag_id": flag_id,
        "lane_flag_id": flag_id,
        "first_seen_on": date(2018, 1, 1),
        "newest_flag_on": date(2018, 1, 1),
        "links_max_n": 100,
        "as_of": AS_OF,
    }
    return {**row, **more}


def edition_row(register: str, edition: str, *rows_n: int, **more: object) -> dict[str, object]:
    row = {
        "register": register,
        "dataset": register,
        "edition": edition,
        "edition_date": date.fromisoformat(edition),
        "status": "in_force",
        "completeness": "complete",
        "completeness_reason": "nothing contradicts it",
        "file_name": "f.csv",
        "file_sha256": SHA,
        "file_bytes": 12_345,
        "rows_in": rows_n[0],
        "rows_loaded": rows_n[1],
        "rows_rejected": rows_n[2],
        "rows_ignored": rows_n[3],
    }
    return {**row, **more}


def register_row(register: str, title: str, edition: str | None) -> dict[str, object]:
    return {
        "register": register,
        "title": title,
        "publisher": "Example Publisher",
        "territory": "gb",
        "licence": "OGL 3.0",
        "cadence": "monthly",
        "kind": "snapshot",
        "url": "https://publisher.example/data",
        "edition_in_force": edition,
    }


def calm_release() -> dict[str, list[dict[str, object]]]:
    """A small release in which nothing is wrong."""
    return {
        "release": [
            {
                "release_id": "0001-abcdef",
                "as_of": AS_OF,
                "content_sha256": SHA,
                "code_version": "0.1.0",
                "synthetic": False,
            }
        ],
        "run": [
            {
                "run_id": "run-secret",
                "started_at": datetime(2031, 5, 6, 7, 8),
                "built_at": datetime(2031, 5, 6, 7, 9),
                "engine": "plain",
            }
        ],
        "register": [register_row("gb_coh_companies", "Basic company data", "2018-02-01")],
        "edition": [edition_row("gb_coh_companies", "2018-02-01", 30_232, 30_230, 1, 1)],
        "indicator": [indicator_row("OWN-010", "Circular ownership", 1, 4_316, 12, page=CIRCULAR_PAGE)],
        "flag": [
            flag_row(
                "f1",
                "OWN-010",
                "TREVENEN HOLDINGS LIMITED",
                value=2.0,
                unit="companies",
                threshold=1.0,
                area_name="PENWITH",
                area_code="E07000024",
                case_id="UT-C-f1",
            ),
            *(
                flag_row(
                    f"n{i}",
                    "OWN-010",
                    None,
                    state="not_assessable",
                    reason="extract:gb_coh_psc",
                    subject_id=f"GB-COH-0888000{i}",
                )
                for i in range(3)
            ),
        ],
        "evidence": [fact_row("f1", 1), fact_row("f1", 2, value=None, role="held_entity")],
        "review_case": [
            case_row(
                1,
                "f1",
                "TREVENEN HOLDINGS LIMITED: circular ownership",
                area_name="PENWITH",
                area_code="E07000024",
            )
        ],
        "gate": [
            {
                "stage": "lake",
                "register": "gb_coh_companies",
                "edition": "2018-02-01",
                "table_name": "entity_statement",
                "expectation": "company number is unique",
                "severity": "blocking",
                "passed": True,
                "rows_n": 0,
            }
        ],
    }


def busy_release() -> dict[str, list[dict[str, object]]]:
    """A release in which much is wrong, with hostile names wherever a name, path or category can stand."""
    release = calm_release()
    release["release"][0]["synthetic"] = True
    release["register"] += [
        register_row("gb_coh_psc", "People with significant control", "2018-02-01"),
        register_row("gb_hmlr_ccod", "UK companies that own property", "2018-01-05"),
        register_row("gb_coh_roe", "Register of overseas entities", None),
    ]
    release["edition"] += [
        edition_row(
            "gb_coh_psc",
            "2018-02-01",
            35,
            19,
            0,
            16,
            completeness="extract",
            completeness_reason="19 records of 12,799,821 were read",
            declared_rows=12_799_821,
        ),
        edition_row("gb_hmlr_ccod", "2018-01-05", 386, 385, 0, 1, stale_since=date(2018, 1, 5)),
        edition_row(
            "gb_hmlr_ccod",
            "2018-02-05",
            0,
            0,
            0,
            0,
            status="blocked",
            blocked_code="missing_column",
            file_sha256="0" * 64,
            blocked_message=(
                "gb_hmlr_ccod CCOD_FULL_2018_02.csv: column Tenure is missing. Fetch the file again."
            ),
        ),
        edition_row("gb_coh_companies", "2018-01-01", 30_100, 30_100, 0, 0, status="history"),
    ]
    release["indicator"] += [
        indicator_row(
            "ADR-010",
            "Mass registration",
            2,
            880,
            31,
            weak=True,
            subject_type="address",
            parameters='{"n": 100}',
        ),
        indicator_row("DEC-010", "No owner declared", 0, 0, 30_221, weak=True, parameters='{"<b>": 1}'),
        indicator_row(
            "PRP-010",
            "Newly founded buyer",
            len(HOSTILE),
            371,
            40,
            weak=True,
            subject_type="title",
            parameters='{"days": 365}',
        ),
    ]
    release["flag"] += [
        flag_row(
            f"h{i:02d}",
            "PRP-010",
            name,
            subject_id=f"GB-HMLR-CL{i:05d}" if i % 2 else name[:60],
            value=12.5 + i,
            unit="days",
            threshold=365.0,
            subtype=name,
            reason=name,
            area_name=name,
            area_code=name[:9],
            peer_n=1_200,
            case_id=f"UT-C-h{i:02d}",
            lane="stop" if i < 3 else "act",
            explanation=name,
        )
        for i, name in enumerate(HOSTILE)
    ]
    release["review_case"] += [
        case_row(2 + i, f"h{i:02d}", name, "stop" if i < 3 else "act", area_name=name, area_code=name[:9])
        for i, name in enumerate(HOSTILE)
    ]
    release["case_change"] = [
        {
            "case_id": f"UT-C-gone{i}",
            "change": "gone",
            "title": name,
            "lane": "act",
            "lane_before": "act",
            "flags_raised_n": 0,
            "flags_cleared_n": 1,
            "area_name": name,
        }
        for i, name in enumerate(HOSTILE)
    ]
    release["release"][0]["previous_release_id"] = "0000-abcdef"
    release["flag"] += [
        flag_row(
            "a1",
            "ADR-010",
            "12 Market Jew Street, Penzance, TR18 2HN",
            subject_id="addr-1",
            subject_type="address",
            subtype="agent",
            value=142.0,
            unit="entities",
            threshold=100.0,
        ),
        flag_row(
            "a2",
            "ADR-010",
            "Unit 4, Long Rock Estate, Penzance",
            subject_id="addr-2",
            subject_type="address",
            subtype="ordinary",
            value=1_142.0,
            unit="entities",
            threshold=100.0,
        ),
    ]
    release["evidence"] += [
        fact_row(f"h{i:02d}", 1, value=name, record=name, role=name, field=name)
        for i, name in enumerate(HOSTILE)
    ]
    release["evidence"] += [
        fact_row("a1", i, role="seated_entity", field="entity_statement.identifier", value=f"0{i:07d}")
        for i in range(1, 143)
    ]
    release["evidence"] += [fact_row("a2", 1)]
    release["reject"] = [
        {
            "register": "gb_hmlr_ccod",
            "dataset": "gb_hmlr_ccod",
            "edition": "2018-01-05",
            "code": "impossible_date",
            "field": "Date Proprietor Added (1)",
            "locator": f"record {i}, byte {i * 400}",
            "record_no": i,
        }
        for i in range(1, 9)
    ]
    release["finding"] = [
        {
            "register": "gb_coh_psc",
            "dataset": "gb_coh_psc",
            "edition": "2018-02-01",
            "code": "unknown_category",
            "field": "kind",
            "value": name,
            "rows_n": i + 1,
        }
        for i, name in enumerate(HOSTILE)
    ]
    release["gate"] += [
        {
            "stage": "lake",
            "register": "gb_hmlr_ccod",
            "edition": "2018-02-05",
            "table_name": "title_statement",
            "expectation": "every declared column is there",
            "severity": "blocking",
            "passed": False,
            "rows_n": 0,
        },
        {
            "stage": "lake",
            "register": "gb_coh_psc",
            "edition": "2018-02-01",
            "table_name": "person_statement",
            "expectation": "volume is within a fifth of the last edition",
            "severity": "warning",
            "passed": False,
            "rows_n": 12_799_802,
            "example": HOSTILE[0],
        },
    ]
    release["unrecognised_file"] = [
        {"file_name": f"landing/{name}", "reason": "no register knows this name", "file_bytes": 1_234_567}
        for name in HOSTILE
    ]
    return release


@contextmanager
def database(rows: Rows) -> Iterator[duckdb.DuckDBPyConnection]:
    """An in-memory stand-in for a release: every declared table and fact view, and its view. One at a time:
    at the end, what was filled in is taken back.
    """
    connection = empty_database()
    connection.execute("begin")
    try:
        for table, row in ((table, row) for table, given in rows.items() for row in given):
            names = ", ".join(f'"{name}"' for name in row)
            connection.execute(
                f'insert into "{table}" ({names}) values ({", ".join("?" * len(row))})', list(row.values())
            )
        store_lookups(connection, RELEASE_TABLES)
        yield connection
    finally:
        connection.execute("rollback")


@cache
def empty_database() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(":memory:")
    for table in RELEASE_TABLES.values():
        columns = ", ".join(f'"{column.name}" {DUCKDB_TYPES[column.dtype]}' for column in table)
        connection.execute(f'create table "{table.name}" ({columns})')
        connection.execute(f'create view {table.view} as from "{table.name}"')
    create_macros(connection)
    create_fact_views(connection, RELEASE_TABLES)
    for view in FACT_VIEWS:
        connection.execute(f"create view {view.view} as from {view.name}")
    return connection


def night(rows: Rows, to: Path, *, areas: Sequence[str] | Areas = ()) -> str:
    with database(rows) as connection:
        return reporting.render_night(connection, to, areas=areas).read_text(encoding="utf-8")


class Page(HTMLParser):
    """Tags with their attributes, the text, headings, and the text of the section open at the time."""

    VOID = frozenset({"meta", "link", "br", "wbr", "img"})

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.faults: list[str] = []
        self.pieces: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if len({name for name, _ in attrs}) != len(attrs):
            self.faults.append(f"{tag}: an attribute twice")
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}> closes nothing at {self.getpos()}")

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] not in {"style", "title"}:
            self.pieces.append(data)

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", "".join(self.pieces))

    def values(self, attribute: str) -> list[str]:
        return [attributes[attribute] or "" for _, attributes in self.tags if attribute in attributes]


@pytest.fixture(scope="module", autouse=True)
def no_indicators() -> Iterator[None]:
    """The page must not depend on which indicators this checkout holds."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("flows.pages.release.indicators", dict)
        yield


@pytest.fixture(scope="module")
def calm(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The page of a release in which nothing is wrong."""
    return night(calm_release(), tmp_path_factory.mktemp("calm"))


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The page of a release in which much is wrong, with hostile names."""
    return night(busy_release(), tmp_path_factory.mktemp("busy"))


# --- what it says ------------------------------------------------------------------------------------------


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


# --- reasons and sub-types in words -----------------------------------------------------------------------


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


# --- areas ------------------------------------------------------------------------------------------------


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


# --- one release and nothing else -------------------------------------------------------------------------


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


# --- hostile names ----------------------------------------------------------------------------------------


def test_hostile_names_change_nothing_of_the_page(busy: str, tmp_path: Path) -> None:
    """The same release with tame words in the same places has the same tags with the same attributes, but for
    the chips.
    """
    tame = busy_release()
    words = {
        name[:length]: f"TAME {i:02d} {length}"
        for i, name in enumerate(HOSTILE)
        for length in (9, 60, len(name))
    }
    for name, rows in tame.items():
        tame[name] = [{column: words.get(str(value), value) for column, value in row.items()} for row in rows]
    tags = [
        Counter((tag, *sorted(attributes.items())) for tag, attributes in Page(html).tags)
        for html in (busy, night(tame, tmp_path))
    ]
    hostile, calm = (
        {tag: n for tag, n in counts.items() if tag not in {("span", ("class", "chip")), ("wbr",)}}
        for counts in tags
    )
    assert hostile == calm
    assert {tag[0] for tag in hostile}.isdisjoint(
        {"script", "img", "svg", "iframe", "object", "embed", "form", "base", "textarea"}
    )


def test_page_is_well_formed_and_has_no_handler_style_sheet_or_outside_request(busy: str) -> None:
    page = Page(busy)
    assert page.faults == []
    assert page.open == []
    assert not [
        name
        for _, attributes in page.tags
        for name in attributes
        if name.startswith("on") or name in {"src", "srcset", "action", "background", "poster"}
    ]
    assert [attributes["href"] for tag, attributes in page.tags if tag == "link"] == ["data:,"]
    assert all(re.match(r"#|data:,|cases/UT-C-[a-z0-9]+\.html$", link) for link in page.values("href"))


def test_content_security_policy_stands_before_anything_it_could_govern(busy: str) -> None:
    policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
    assert busy.startswith(
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<meta '
        'http-equiv="Content-Security-Policy"'
    )
    assert policy in busy
    assert not re.search(r"url\(|@import", busy)


def test_hidden_characters_are_named_and_never_raw(busy: str) -> None:
    for raw in "\u202e\u202c\u200b\u2066\ufeff\u00ad\u00a0\x01\x1b\x7f\ufe0f":
        assert raw not in busy, f"U+{ord(raw):04X}"
        assert f'<span class="chip">U+{ord(raw):04X}</span>' in busy
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", busy)
    assert "\u0301" * 5 not in busy


def test_headings_descend_one_step_and_ids_are_unique(busy: str) -> None:
    page = Page(busy)
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert [(a, b) for a, b in pairwise(levels) if b > a + 1] == []
    ids = page.values("id")
    assert len(ids) == len(set(ids))
    targets = {link[1:] for link in page.values("href") if link.startswith("#")}
    assert targets <= set(ids)
    assert {label for value in page.values("aria-labelledby") for label in value.split()} <= set(ids)


def test_tables_have_captions_and_header_cells_with_a_scope(busy: str) -> None:
    tags = Page(busy).tags
    names = [tag for tag, _ in tags]
    assert names.count("table") == names.count("caption") > 5
    assert all(attributes.get("scope") in {"col", "row"} for tag, attributes in tags if tag == "th")
    assert names.count("main") == names.count("h1") == names.count("footer") == 1


# --- in a browser -----------------------------------------------------------------------------------------


def browser(page: Path, profile: Path, *arguments: str) -> str:
    """Standard output of headless Chromium on a page, ended with all its children."""
    if not CHROMIUM.exists():
        pytest.skip(f"{CHROMIUM} is not installed, so the page is not tried in a browser")
    command = [
        shutil.which(str(CHROMIUM)) or "",
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--disable-dev-shm-usage",
        "--host-resolver-rules=MAP * ~NOTFOUND",
        f"--user-data-dir={profile}",
        *arguments,
        page.as_uri(),
    ]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, start_new_session=True
    )
    try:
        return process.communicate(timeout=CHROMIUM_SECONDS_MAX)[0]
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


PROBE = """<script>document.documentElement.dataset.probe = "ran"</script>"""


@pytest.mark.nightly
def test_chromium_runs_no_script(busy: str, tmp_path: Path) -> None:
    """A script planted in the finished page must not run either: the policy holds even where escaping would
    not.
    """
    planted = tmp_path / "planted.html"
    planted.write_text(
        busy.replace(
            '<main id="main"',
            f'{PROBE}<img src=x onerror="document.documentElement.dataset.probe=1"><main id="main"',
        ),
        encoding="utf-8",
    )
    control = tmp_path / "control.html"
    control.write_text(f"<!doctype html><html><body>{PROBE}</body></html>", encoding="utf-8")
    assert 'data-probe="ran"' in browser(control, tmp_path / "p1", "--dump-dom"), (
        "the probe itself must work without a policy"
    )
    dom = browser(planted, tmp_path / "p2", "--dump-dom")
    assert "Night report" in dom
    assert "data-probe" not in dom.split(">", 2)[1]
    assert "data-pwned" not in dom


def asked_outside(page: Path, folder: Path) -> set[str]:
    """Hosts that Chromium asked for because of the page; no name resolves, so nothing leaves."""
    folder.mkdir()
    browser(page, folder / "profile", f"--log-net-log={folder / 'net.json'}", "--dump-dom")
    hosts = re.findall(
        r'"url":"(?:https?|wss?)://([^/"]*)', (folder / "net.json").read_text(encoding="utf-8")
    )
    return {host for host in hosts if host.endswith((".example", "company-information.service.gov.uk"))}


@pytest.mark.nightly
def test_chromium_loads_the_page_and_nothing_else(tmp_path: Path) -> None:
    control = tmp_path / "control.html"
    control.write_text(
        '<!doctype html><html><body><img src="http://outside.example/x.png"></body></html>', encoding="utf-8"
    )
    assert asked_outside(control, tmp_path / "control") == {"outside.example"}, (
        "the log must show a request where there is one"
    )
    night(busy_release(), tmp_path / "busy")
    assert asked_outside(tmp_path / "busy" / "night.html", tmp_path / "asked") == set()
    night(calm_release(), tmp_path / "calm")
    assert asked_outside(tmp_path / "calm" / "night.html", tmp_path / "asked_calm") == set()


def test_chromium_shows_no_sideways_scrolling(busy: str, tmp_path: Path) -> None:
    """Measured in frames of two widths, with every `details` open; the frames are the test's, so their script
    may run.
    """
    widths = (1200, 400)
    inner = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", busy).replace(
        "<details", "<details open"
    )
    measure = (
        "<script>addEventListener('load',()=>parent.postMessage("
        "[document.documentElement.scrollWidth,innerWidth],'*'))</script></body>"
    )
    (tmp_path / "inner.html").write_text(inner.replace("</body>", measure), encoding="utf-8")
    frame = tmp_path / "frame.html"
    frame.write_text(
        "<!doctype html><html><script>addEventListener('message',"
        "e=>document.documentElement.dataset[`inner${e.data[1]}`]=e.data[0])</script>"
        + "".join(
            f'<iframe src="inner.html" style="width:{width}px;height:900px;border:0"></iframe>'
            for width in widths
        )
        + "</html>",
        encoding="utf-8",
    )
    arguments = ("--dump-dom", "--allow-file-access-from-files", "--window-size=1300,1000")
    dom = browser(frame, tmp_path / "profile", *arguments)
    pairs = re.findall(r'data-inner(\d+)="(\d+)"', dom)
    measured = {int(inner_px): int(scroll_px) for inner_px, scroll_px in pairs}
    assert measured.keys() == set(widths)
    assert all(scroll_px <= inner_px for inner_px, scroll_px in measured.items())


def test_a_register_that_only_tests_patterns_is_missing_nowhere() -> None:
    """It never appears, so that no page names it as a gap; where it is held, it is named as any other."""
    row = {"territory": "world", "cadence": "none", "edition_in_force": None}
    held = {**row, "edition_in_force": "2026-06-01"}
    yearly = {**row, "cadence": "yearly"}
    assert relevant_registers([row, held, yearly]) == (held, yearly)
