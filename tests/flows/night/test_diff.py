"""`undertow diff`, and nights with `known_at`: what is compared, from which editions, and how the command
answers.
"""

import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from flows.accountability import access
from flows.cli.app import exit_code
from flows.cli.diff_text import WIDTH, change_lines
from flows.home.lock import held
from flows.home.settings import Home
from flows.home.warehouse import query
from flows.journal import audit, chain
from flows.night.diff import COMPARISONS, DIFFERENCE, compare
from flows.night.night import new_night
from flows.night.stages.editions import choose_editions
from flows.night.stages.marts import build_marts
from flows.night.stages.resolve import resolve_parties
from flows.release.store import current_release
from tests import landings
from tests.few_indicators import assess
from tests.landings import (
    CANARY,
    COMPANIES,
    PSC,
    company_number,
    company_row,
    file_name,
    file_of,
    land_files,
    mart,
    marts_night,
    psc_record,
)
from transforms.errors import RunFailed
from transforms.model.statements import Table
from transforms.model.views import BENEFICIAL_OWNER, CONTROL, INTEGRATED

pytestmark = pytest.mark.nightly

SIDE = Mapping[str, pl.LazyFrame]
MARCH, JUNE = "2026-03-01", "2026-06-01"  # editions held


@pytest.fixture(autouse=True, scope="module")
def few_indicators() -> Iterator[None]:
    """No test here looks at a flag."""
    with pytest.MonkeyPatch.context() as patch:
        assess(patch, "DEC-010", "OWN-010")
        yield


@pytest.fixture(autouse=True)
def no_prefect(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PREFECT_API_URL", raising=False)


# --- comparing ----------------------------------------------------------------------------------------------


def rows_of(table: Table, rows: Sequence[Mapping[str, object]]) -> pl.LazyFrame:
    return pl.DataFrame([{**dict.fromkeys(table.names), **row} for row in rows], schema=table.schema).lazy()


def owned(*rows: tuple[str, str, str, str, str]) -> pl.LazyFrame:
    """holder, held, basis, least, declared maximum; a bound that begins with `<` is exclusive."""
    return rows_of(
        INTEGRATED,
        [
            {
                "party_id": party,
                "subject_id": subject,
                "basis": basis,
                "share_min": Decimal(low.lstrip("<")),
                "share_max_declared": Decimal(high.lstrip("<")),
                "share_max": Decimal(100),
                "share_min_exclusive": low[0] == "<",
                "share_max_declared_exclusive": high[0] == "<",
            }
            for party, subject, basis, low, high in rows
        ],
    )


def controlled(*rows: tuple[str, str, str, str]) -> pl.LazyFrame:
    return rows_of(CONTROL, [dict(zip(CONTROL.names, row, strict=True)) for row in rows])


def owners(*rows: tuple[str | None, str, str, str]) -> pl.LazyFrame:
    return rows_of(
        BENEFICIAL_OWNER,
        [dict(zip(("party_id", "subject_id", "regime", "verdict"), row, strict=True)) for row in rows],
    )


def side(
    ownership: pl.LazyFrame | None = None,
    control: pl.LazyFrame | None = None,
    beneficial: pl.LazyFrame | None = None,
) -> SIDE:
    given = (
        owned() if ownership is None else ownership,
        controlled() if control is None else control,
        owners() if beneficial is None else beneficial,
    )
    return {comparison.table.name: frame for comparison, frame in zip(COMPARISONS, given, strict=True)}


def compared(before: SIDE, after: SIDE) -> pl.DataFrame:
    """The rows without the names."""
    return compare(before, after, NAMES).drop("subject_name", "party_name")


NAMES = pl.LazyFrame({"entity_id": ["A", "P"], "name": ["Alder Ltd", "Pine Ltd"]})


def test_entities_are_named_and_nobody_else() -> None:
    after = owned(("P", "A", "shares", "25", "50"), ("Q", "B", "shares", "25", "50"))
    rows = compare(side(), side(after), NAMES)
    assert rows.schema == DIFFERENCE.schema
    assert rows.select("subject_name", "party_name").rows() == [("Alder Ltd", "Pine Ltd"), (None, None)]


def test_a_terminal_shows_each_entity_with_its_parties_in_100_columns() -> None:
    before = side(owned(("P", "A", "shares", "25", "50")), beneficial=owners(("P", "A", "UK", "CERTAIN")))
    after = side(
        owned(("P", "A", "shares", "50", "75"), ("Q", "A", "shares", "5", "5"), ("Q", "A", "votes", "5", "5"))
    )
    rows = compare(before, after, NAMES.with_columns(name=pl.col("name").str.replace("Alder", "A" * 120)))
    lines = list(change_lines(rows))
    assert lines[0].startswith("A  AAAA") and lines[0].endswith("…")
    assert lines[1:] == [
        "  P  Pine Ltd",
        "    lost     beneficial owner (UK): CERTAIN",
        "    changed  ownership (shares): [25, 50] to [50, 75] %",
        "  Q",
        "    gained   ownership (shares, votes): [5, 5] %",
    ]
    assert max(map(len, lines)) <= WIDTH


def test_ownership_gained_lost_and_changed_and_what_stays_is_left_out() -> None:
    before = owned(
        ("P", "A", "shares", "<25", "50"),
        ("P", "A", "votes", "<25", "50"),
        ("Q", "A", "shares", "10", "10"),
        ("R", "B", "shares", "37.5", "100"),
    )
    after = owned(
        ("P", "A", "shares", "50", "<75"),
        ("P", "A", "votes", "<25", "50"),
        ("R", "B", "shares", "37.5", "100"),
        ("S", "B", "surplus_assets", "0", "0.000000001"),
    )
    assert compared(side(before), side(after)).rows() == [
        ("A", "P", "ownership", "shares", "(25, 50]", "[50, 75)", "changed"),
        ("A", "Q", "ownership", "shares", "[10, 10]", None, "lost"),
        ("B", "S", "ownership", "surplus_assets", None, "[0, 0.000000001]", "gained"),
    ]


def test_only_an_exclusive_bound_is_a_change() -> None:
    diff = compared(
        side(owned(("P", "A", "shares", "25", "50"))), side(owned(("P", "A", "shares", "<25", "50")))
    )
    assert diff.select("before", "after", "change").rows() == [("[25, 50]", "(25, 50]", "changed")]


def test_a_share_nobody_declared_is_no_change() -> None:
    more = owned(("P", "A", "shares", "25", "50")).with_columns(share_max=pl.lit(60).cast(pl.Decimal(12, 9)))
    assert compared(side(owned(("P", "A", "shares", "25", "50"))), side(more)).is_empty()


def test_control_by_verdict_and_kind() -> None:
    before = controlled(
        ("P", "A", "POSSIBLE", "control"),
        ("Q", "A", "CERTAIN", "joint"),
        ("R", "A", "CERTAIN", "control"),
        ("S", "A", "POSSIBLE", "influence"),
    )
    after = controlled(
        ("P", "A", "CERTAIN", "control"),
        ("R", "A", "CERTAIN", "control"),
        ("S", "A", "POSSIBLE", "control"),
        ("T", "A", "POSSIBLE", "influence"),
    )
    assert compared(side(control=before), side(control=after)).rows() == [
        ("A", "P", "control", "", "POSSIBLE control", "CERTAIN control", "changed"),
        ("A", "Q", "control", "", "CERTAIN joint", None, "lost"),
        ("A", "S", "control", "", "POSSIBLE influence", "POSSIBLE control", "changed"),
        ("A", "T", "control", "", None, "POSSIBLE influence", "gained"),
    ]


VERDICTS: dict[tuple[str | None, str | None], str | None] = {
    ("POSSIBLE", "CERTAIN"): "changed",
    ("CERTAIN", "POSSIBLE"): "changed",
    ("CERTAIN", "CERTAIN"): None,
    (None, "POSSIBLE"): "gained",
    ("EXCLUDED", "CERTAIN"): "gained",
    ("UNDECLARED", "POSSIBLE"): "gained",
    ("CERTAIN", None): "lost",
    ("POSSIBLE", "UNDECLARED"): "lost",
    ("CERTAIN", "EXCLUDED"): "lost",
    (None, "EXCLUDED"): None,
    ("UNDECLARED", "EXCLUDED"): None,
    ("UNDECLARED", None): None,
}


@pytest.mark.parametrize(("verdicts", "change"), VERDICTS.items(), ids=str)
def test_a_beneficial_owner_is_certain_or_possible(
    verdicts: tuple[str | None, str | None], change: str | None
) -> None:
    old, new = (owners(*([("P", "A", "AMLR", verdict)] if verdict else [])) for verdict in verdicts)
    expected = [("A", "P", "beneficial_owner", "AMLR", *verdicts, change)] if change else []
    assert compared(side(beneficial=old), side(beneficial=new)).rows() == expected


def test_regimes_are_apart_and_nobody_found_is_nobody() -> None:
    old = owners(("P", "A", "AMLR", "CERTAIN"), ("P", "A", "UK", "CERTAIN"), (None, "B", "UK", "NONE_FOUND"))
    new = owners(("P", "A", "AMLR", "CERTAIN"), (None, "A", "UK", "NONE_FOUND"), ("Q", "B", "UK", "POSSIBLE"))
    assert compared(side(beneficial=old), side(beneficial=new)).rows() == [
        ("A", "P", "beneficial_owner", "UK", "CERTAIN", None, "lost"),
        ("B", "Q", "beneficial_owner", "UK", None, "POSSIBLE", "gained"),
    ]


def test_equal_sides_and_empty_sides_differ_in_nothing() -> None:
    full = side(
        owned(("P", "A", "shares", "25", "50")),
        controlled(("P", "A", "CERTAIN", "control")),
        owners(("P", "A", "UK", "CERTAIN")),
    )
    for one in (full, side()):
        diff = compared(one, one)
        assert diff.is_empty() and diff.columns == [*DIFFERENCE.names[:-2]]
    assert (
        compared(side(), full)["change"].to_list()
        == compared(full, side())["change"].str.replace("lost", "gained").to_list()
        == ["gained"] * 3
    )


# --- two days of one home -----------------------------------------------------------------------------------

SOLD = {"ceased_on": "2025-09-01"}
HALF = {"natures_of_control": ["ownership-of-shares-25-to-50-percent"]}


def person(index: int, record: str, notified_on: str, **data: object) -> bytes:
    """A person of company `index` with a record and a birth month of its own."""
    birth = {"month": 1 + index, "year": 1950 + len(record)}
    return psc_record(
        index,
        notified_on=notified_on,
        date_of_birth=birth,
        links={
            "self": f"/company/{company_number(index)}/persons-with-significant-control/individual/{record}"
        },
        **data,
    )


def subject(index: int) -> str:
    return f"GB-COH-{company_number(index)}"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """March knows the holders of 1 and 2; June knows that 1 was sold in September 2025, that 3 has had a
    holder since May 2020, and 2's is unchanged.
    """
    folder = tmp_path_factory.mktemp("diff")
    companies = file_of(COMPANIES, [company_row(index) for index in range(8)])
    early = [person(1, "seller", "2018-01-01"), person(2, "stays", "2018-01-01")]
    late = [
        person(1, "seller", "2018-01-01", **SOLD),
        person(1, "buyer-of-it", "2025-09-01", **HALF),
        person(2, "stays", "2018-01-01"),
        person(3, "late", "2020-05-01"),
    ]
    files = {file_name(COMPANIES, edition): companies for edition in (MARCH, JUNE)}
    persons = {
        file_name(PSC, edition): file_of(PSC, [*rows, landings.totals(len(rows))])
        for edition, rows in ((MARCH, early), (JUNE, late))
    }
    land_files(folder / "landing", {**files, **persons})
    assert exit_code(["run", "--landing", str(folder / "landing"), "--home", str(folder / "home")]) == 0
    return Home(folder / "home")


def changes_of(
    capsys: pytest.CaptureFixture[str], home: Home, *arguments: str, format: str = "json"
) -> tuple[list[dict[str, str | None]], str]:
    """Rows of a diff that succeeds, and what stands on standard error."""
    capsys.readouterr()
    assert exit_code(["diff", "--home", str(home.root), "--format", format, *arguments]) == 0
    out, err = capsys.readouterr()
    return json.loads(out) if format == "json" else [], err if format == "json" else out


def changes(
    rows: Sequence[Mapping[str, str | None]], what: str, scope: str = ""
) -> list[tuple[str | None, ...]]:
    return [
        (row["subject_id"], row["before"], row["after"], row["change"])
        for row in rows
        if row["what"] == what and row["scope"] == scope
    ]


def test_who_gained_and_who_lost(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    before = (home.current.readlink(), sorted(home.lake.rglob("*")))
    rows, err = changes_of(capsys, home, "--from", "2020-01-01", "--to", "2026-01-01")
    assert {row["subject_id"] for row in rows} == {subject(1), subject(3)}
    assert sorted(changes(rows, "ownership", "shares"), key=str) == sorted(
        [
            (subject(1), None, "(25, 50]", "gained"),
            (subject(1), "[75, 100]", None, "lost"),
            (subject(3), None, "[75, 100]", "gained"),
        ],
        key=str,
    )
    assert {(row[0], row[3]) for row in changes(rows, "control")} >= {
        (subject(1), "lost"),
        (subject(3), "gained"),
    }
    assert {(row[0], row[3]) for row in changes(rows, "beneficial_owner", "UK")} == {
        (subject(1), "gained"),
        (subject(1), "lost"),
        (subject(3), "gained"),
    }
    assert f"known at {JUNE} (the newest edition held)" in err and "ownership" in err
    assert CANARY not in json.dumps(rows) + err
    assert {row["subject_name"] for row in rows} == {"ZEDTON TRADER 1 LIMITED", "ZEDTON TRADER 3 LIMITED"}
    assert {row["party_name"] for row in rows} == {None}
    assert (home.current.readlink(), sorted(home.lake.rglob("*"))) == before and list(
        home.work.iterdir()
    ) == []


def test_what_was_known_earlier_knows_of_no_sale(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    rows, err = changes_of(
        capsys, home, "--from", "2020-01-01", "--to", "2026-01-01", "--known-at", "2026-04-01"
    )
    assert rows == [] and "known at 2026-04-01\n" in err


def test_the_table_has_its_counts_first(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    """Between these days both holders that March knows have begun."""
    _, out = changes_of(
        capsys, home, "--from", "2017-01-01", "--to", "2020-01-01", "--known-at", "2026-04-01", format="table"
    )
    assert (
        out.index("known at 2026-04-01")
        < out.index("Changes")
        < out.index(subject(1))
        < out.index(subject(2))
    )
    assert "gained" in out and "lost" not in out and "changed" not in out


def test_one_subject_and_an_unknown_one(
    home: Home, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A named subject is looked up for a purpose, and that is written down."""
    monkeypatch.delenv("UNDERTOW_PURPOSE", raising=False)
    command = ["diff", "--home", str(home.root), "--from", "2020-01-01", "--to", "2026-01-01", "--subject"]
    assert exit_code([*command, subject(3)]) == 2
    assert "purpose" in capsys.readouterr().err
    access.add_purpose(
        home,
        access.parsed_purpose(
            code="permits", title="Permits", legal_basis="Article 3 of an invented act", area=None, desk=None
        ),
    )
    monkeypatch.setenv("UNDERTOW_PURPOSE", "permits")
    rows, _ = changes_of(capsys, home, "--from", "2020-01-01", "--to", "2026-01-01", "--subject", subject(3))
    assert {row["subject_id"] for row in rows} == {subject(3)}
    walk = chain.Walk(audit.log(home).origin)
    assert [
        (entry.body["command"], entry.body["purpose"]) for entry in chain.walk(audit.log(home), walk)
    ] == [("diff", "permits")]
    assert exit_code([*command, "GB-COH-00000000"]) == 2
    assert "GB-COH-00000000" in capsys.readouterr().err
    assert (
        exit_code([*command, "John Smith"]) == 2
    )  # what is no id may be a name: it is not repeated, and that it was asked for is written down
    assert "--subject (not repeated here: it is not an id and may be a name)" in capsys.readouterr().err
    commands = [
        entry.body["command"] for entry in chain.walk(audit.log(home), chain.Walk(audit.log(home).origin))
    ]
    assert commands == ["diff"] * 3


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["--from", "2026-01-01", "--to", "2020-01-01"], 2, "earlier day first"),
        (["--from", "2026-01-01", "--to", "2026-01-01"], 2, "earlier day first"),
        (["--from", "2026-01-01"], 2, "--to"),
        (["--from", "01/02/2026", "--to", "2026-03-01"], 2, "--from"),
        (
            ["--from", "2020-01-01", "--to", "2026-01-01", "--known-at", "2025-12-31"],
            4,
            f"earliest edition held is of {MARCH}; give a --known-at on or after it",
        ),
    ],
)
def test_refusals(
    home: Home, capsys: pytest.CaptureFixture[str], arguments: list[str], code: int, says: str
) -> None:
    assert exit_code(["diff", "--home", str(home.root), *arguments]) == code
    assert says in capsys.readouterr().err
    assert list(home.work.iterdir()) == []


def test_a_home_that_has_read_nothing_and_one_that_is_locked(
    home: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    days = ["--from", "2020-01-01", "--to", "2026-01-01"]
    assert exit_code(["diff", "--home", str(tmp_path), *days]) == 2
    with held(home, "run"):
        assert exit_code(["diff", "--home", str(home.root), *days]) == 4
    assert "undertow run" in capsys.readouterr().err


# --- known_at of a run --------------------------------------------------------------------------------------


DATES: dict[tuple[str | None, str | None], tuple[str, str | None, list[tuple[bool, str]]]] = {
    # asked as_of, known_at → the night's as_of and known_at, and is_open and edition of the records about
    # company 1
    (None, None): (JUNE, None, [(False, JUNE), (True, JUNE)]),
    ("2020-01-01", JUNE): ("2020-01-01", JUNE, [(False, JUNE), (True, JUNE)]),
    ("2020-01-01", "2026-05-01"): ("2020-01-01", "2026-05-01", [(True, MARCH)]),
    (None, "2026-05-01"): (MARCH, "2026-05-01", [(True, MARCH)]),
    ("2026-05-01", None): ("2026-05-01", "2026-05-01", [(True, MARCH)]),
    (JUNE, MARCH): (JUNE, MARCH, [(True, MARCH)]),
}


def day(given: str | None) -> date | None:
    return date.fromisoformat(given) if given else None


@pytest.mark.parametrize("dates", DATES, ids=str)
def test_a_night_holds_at_one_day_what_is_known_on_another(
    home: Home, dates: tuple[str | None, str | None]
) -> None:
    night = new_night(home, home.landing, as_of=day(dates[0]), known_at=day(dates[1]))
    night.work.mkdir()
    choose_editions(night)
    resolve_parties(night)
    build_marts(night)
    records = mart(night, "relationship").filter(pl.col("subject_id") == subject(1))
    editions = mart(night, "resolution").select(pl.col("statement_id").alias("party_statement_id"), "edition")
    facts = (
        records.join(editions, on="party_statement_id", how="left")
        .select("is_open", "edition")
        .sort("is_open")
        .rows()
    )
    assert (night.as_of, night.known_at, facts) == (
        day(DATES[dates][0]),
        day(DATES[dates][1]),
        DATES[dates][2],
    )
    shutil.rmtree(night.work)


def test_a_release_says_what_it_knows(home: Home) -> None:
    """The release before, of no date asked for, used every edition held."""
    assert query(current_release(home), "select as_of, known_at from v_release").to_pylist() == [
        {"as_of": day(JUNE), "known_at": None}
    ]
    arguments = [
        "--landing",
        str(home.root.parent / "landing"),
        "--home",
        str(home.root),
        "--as-of",
        "2020-01-01",
        "--known-at",
        "2026-05-01",
    ]
    assert exit_code(["run", *arguments]) == 0
    assert query(current_release(home), "select as_of, known_at from v_release").to_pylist() == [
        {"as_of": day("2020-01-01"), "known_at": day("2026-05-01")}
    ]


def test_without_known_at_a_night_is_what_it_was(tmp_path: Path) -> None:
    land_files(
        tmp_path / "landing",
        {file_name(COMPANIES, edition): file_of(COMPANIES, [company_row(0)]) for edition in (MARCH, JUNE)},
    )
    earlier = marts_night(Home(tmp_path / "home"), tmp_path / "landing", date(2026, 4, 1))
    assert earlier.known_at == date(2026, 4, 1) and mart(earlier, "company")["edition"].to_list() == [MARCH]
    with pytest.raises(RunFailed, match="give an --as-of on or after it"):
        marts_night(Home(tmp_path / "home"), tmp_path / "landing", date(2020, 1, 1))
