"""Releases written by hand for tests of pages, and a reader of pages."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import duckdb

from flows.facts.areas import Areas
from flows.pages import night as reporting
from flows.release.lookups import store_lookups
from transforms.marts import create_fact_views
from transforms.model.indicator import PAGE_SECTIONS
from transforms.model.sql import create_macros
from transforms.model.statements import DUCKDB_TYPES
from transforms.model.views import FACT_VIEWS, RELEASE_TABLES

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
