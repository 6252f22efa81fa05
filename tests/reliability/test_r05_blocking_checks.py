"""R5: for each blocking check of the three gates a defect is seeded, and the real stage is seen to block.

The checks are computed from the suites, and so are most of their defects (tests/quality/test_suites.py): a
new check without one fails here. A defect is put into the tables after they were made, as no correct parser
or graph makes one. A lake check blocks its register (5, the last good edition in force), a graph or release
check the release (3). Complete nights show `current` unchanged, by SHA-256."""

import hashlib
import json
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from flows.cli.app import exit_code
from flows.home.settings import Home
from flows.ingest import lake, parse
from flows.ingest.lake import EditionFacts, Ingested
from flows.ingest.landing import LandedEdition, LandedFile, Landing
from flows.night import buckets
from flows.night.buckets import bucket_folder
from flows.night.memory import Memory
from flows.night.night import Night, new_night
from flows.night.stages import flags as flags_stage
from flows.night.stages import gate as gate_stage
from flows.night.stages import graph as graph_stage
from flows.night.stages.lake import fill_lake
from quality import gate, suites
from quality.expectation import Expectation
from quality.reconciliation import LAST as LAST_TABLE
from tests import landings
from tests.conftest import Tier
from tests.quality import test_suites as seeds
from tests.reliability import nights
from tests.reliability.few_indicators import few
from transforms.errors import ReleaseBlocked
from transforms.flags.engine import Counted
from transforms.model.register import Recognised, Register, registers
from transforms.model.views import GATE_VIEW, MARTS, RELEASE_TABLES

pytestmark = pytest.mark.reliability("R5")

LAST, NOW = date(2026, 5, 1), date(2026, 6, 1)
SAMPLES_MAX = 10
AT_LEAST = 30  # of the scorecard
Figure = Callable[[str], None]


@dataclass(frozen=True)
class Seed:
    """A check with its defect. `source`: a register, or `release`."""

    source: str
    stage: gate.Stage
    check: Expectation

    @property
    def kind(self) -> str:
        return seeds.named(self.check)[0]

    @property
    def name(self) -> str:
        return f"{self.source} {self.stage} {self.check.name}"


def all_seeds() -> list[Seed]:
    """Every blocking check of every suite that a night runs, once: registers share most of theirs."""
    seen: set[Expectation] = set()
    all_found = []
    for source, stage, suite in seeds._suites():
        if source != seeds.INVENTED.name:
            all_found += [
                Seed(source, stage, check)
                for check in suite
                if check.severity == "blocking" and check not in seen
            ]
            seen.update(suite)
    return all_found


SEEDS = all_seeds()


def chosen(tier: Tier, stage: gate.Stage) -> list[Seed]:
    """All in the nightly tier; with every commit those of a rule of its own, and one for each other kind."""
    of_stage = [seed for seed in SEEDS if seed.stage == stage]
    if tier.is_nightly:
        return of_stage
    own = [seed for seed in of_stage if seed.kind == "rule"]
    return [*own, *{seed.kind: seed for seed in of_stage if seed.kind != "rule"}.values()]


def defective(seed: Seed) -> tuple[str, pl.DataFrame]:
    """The table to replace, and what with."""
    table, query = seeds.defect(seed.check)
    return table, seeds.database("release" if seed.source == "release" else seed.source).sql(query).pl()


def assert_seen(seed: Seed, outcome: pl.DataFrame, message: str) -> None:
    """The check failed, with count and locator where it is about rows; the message names check and table,
    and no value of a personal column.
    """
    failed = {row["expectation"]: row for row in gate.blocking_failures(outcome).iter_rows(named=True)}
    row = failed[seed.check.name]
    assert row["table_name"] == seed.check.table
    assert not seed.check.failing_rows or (row["rows_n"] > 0 and row["example"]), seed.name
    row_named = next(row for row in failed.values() if f"expected {row['expectation']!r}" in message)
    assert row_named["table_name"] in message
    assert not row_named["rows_n"] or f"{row_named['rows_n']} row" in message
    assert message.count("for example") <= SAMPLES_MAX
    assert [
        value
        for value in personal_values(seed)
        if value in message or any(value in str(row["example"]) for row in failed.values())
    ] == []


def personal_values(seed: Seed) -> list[str]:
    """As generated. Keyed ids of persons are no names: they are what a locator is made of."""
    tables = [*registers()[seed.source].tables] if seed.source != "release" else [*RELEASE_TABLES.values()]
    return [
        f"{column.name}-{row}"
        for table in tables
        for column in table
        if column.privacy == "personal" and column.dtype == "text" and not column.name.endswith("_id")
        for row in (1, 2)
    ]


# --- the list ---------------------------------------------------------------------------------------------


def test_every_blocking_check_has_a_defect(figure: Figure) -> None:
    """Computed from the suites: a new check without a defect is named here."""
    checks = {
        check
        for suite in (
            *(
                suites.lake_suite(register, has_last_edition=seeds.has_last_edition(register))
                for register in registers().values()
            ),
            suites.graph_suite(),
            suites.release_suite(),
        )
        for check in suite
        if check.severity == "blocking"
    }
    lacking = []
    for seed in SEEDS:
        try:
            seeds.defect(seed.check)
        except KeyError:
            lacking.append(seed.name)
    assert lacking == []
    assert {seed.check for seed in SEEDS} == checks
    assert len(SEEDS) >= AT_LEAST
    figure(f"{len(checks)} blocking checks, {len(SEEDS)} seeded defects, 0 checks without one")


# --- lake -------------------------------------------------------------------------------------------------


def dataset_of(register: Register) -> str:
    """One in which a newer file takes the place of the one before: of a series, a file of a whole period."""
    names = ("d", "d-planned", "pp-complete", "subsidies-2026")
    return next((name for name in names if not register.accumulates(name)), "d")


def facts_of(register: Register, day: date) -> EditionFacts:
    return EditionFacts(
        register=register.name,
        dataset=dataset_of(register),
        label=day.isoformat(),
        edition_date=day,
        key=f"{day:%Y%m%d}".ljust(32, "0"),
        file_name=f"{day}.csv",
        file_sha256=hashlib.sha256(day.isoformat().encode()).hexdigest(),
        file_bytes=1,
        completeness="complete",
        completeness_reason="",
        declared_rows=None,
        rows_in=4,
        rows_loaded=2,
        rows_rejected=1,
        rows_ignored=1,
    )


def landed(register: Register, folder: Path) -> LandedEdition:
    facts = facts_of(register, NOW)
    file = LandedFile(
        folder / facts.file_name,
        facts.file_name,
        facts.file_sha256,
        1,
        (),
        Recognised(dataset_of(register), NOW),
    )
    return LandedEdition(register, facts.dataset, facts.label, NOW, facts.file_sha256, (file,))


def made(
    register: Register, facts: EditionFacts, folder: Path, replaced: Mapping[str, pl.DataFrame]
) -> Ingested:
    """What reading an edition leaves, with the tables replaced that a defect is in."""
    folder.mkdir(parents=True, exist_ok=True)
    tables = seeds.lake_tables(register)
    for table in register.tables:
        replaced.get(table.name, tables[table.name]).write_parquet(folder / f"{table.name}.parquet")
    for name in ("reject", "finding", "gate", "reject_mention"):
        lake.LAKE_TABLES[name].empty().write_parquet(folder / f"{name}.parquet")
    (folder / "quarantine.jsonl").write_bytes(b"")
    return Ingested(with_counts(facts, replaced.get("edition")), folder, folder / "quarantine.jsonl")


def with_counts(facts: EditionFacts, seeded: pl.DataFrame | None) -> EditionFacts:
    """The counts of a seeded `edition` row that an edition's facts hold."""
    counts = ("rows_in", "rows_loaded", "rows_rejected", "rows_ignored")
    return facts if seeded is None else replace(facts, **{name: seeded[name][0] for name in counts})


def good_home(folder: Path, register: Register, table: str, frame: pl.DataFrame) -> Home:
    """A home whose lake holds a good edition of the register; its counts are the seeded ones where the
    defect is in what a later one is compared with.
    """
    home = Home(folder / (f"{register.name}-{table}" if table == "last_edition" else register.name))
    if not home.root.exists():
        allows = f'allows = ["{register.allowed_by}"]\n' if register.allowed_by else ""
        landings.home_with(home.root, landings.PURPOSE + allows).prepare()
        last = facts_of(register, LAST)
        given = seeds.lake_tables(register)
        statements = {
            table.name: given[LAST_TABLE + table.name] for table in register.tables
        }  # often enough to be no chance
        lake.admit(
            home,
            made(
                register,
                with_counts(last, frame) if table == "last_edition" else last,
                home.work / "last",
                statements,
            ),
            next(lake.arrivals(home)),
        )
    return home


def held_to_its_tables(seed: Seed) -> Callable[..., pl.DataFrame]:
    """The gate with the checks of the table that the seed's is about: the others are seen to pass on it
    in tests of their own.
    """
    real = gate.run
    return lambda connection, suite, **where: real(
        connection, [check for check in suite if check.table == seed.check.table], **(where | {"pages": None})
    )


def lake_night(home: Home, register: Register, table: str, frame: pl.DataFrame) -> Night:
    """The stage that fills the lake, for the next edition with the defect in it."""
    night = new_night(home, home.landing)
    night.work.mkdir()
    night.landing = Landing((landed(register, home.landing),), ())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lake, "lake_key", lambda *_, **__: "f" * 32)
        patch.setattr(
            parse,
            "ingest",
            lambda _edition, work, _key, **_: made(register, facts_of(register, NOW), work, {table: frame}),
        )
        fill_lake(night)
    return night


@pytest.mark.nightly
def test_a_lake_check_blocks_its_register(tier: Tier, figure: Figure, tmp_path: Path) -> None:
    wanted, blocked_n = chosen(tier, "lake"), 0
    for seed in wanted:
        register, (table, frame) = registers()[seed.source], defective(seed)
        home = good_home(tmp_path, register, table, frame)
        with pytest.MonkeyPatch.context() as patch:
            if not tier.is_nightly:
                patch.setattr(gate, "run", held_to_its_tables(seed))
            night = lake_night(home, register, table, frame)
        blocked = night.editions.with_status("blocked")
        assert len(blocked) == 1, seed.name
        blocked_n += len(blocked)
        assert night.exit_code == 5, seed.name
        assert [facts.label for facts in night.editions.with_status("in_force")] == [LAST.isoformat()], (
            seed.name
        )
        assert [facts.label for facts in lake.manifests(home)] == [LAST.isoformat()]
        assert_seen(
            seed,
            pl.read_parquet(next((night.work / "blocked").glob("*/gate.parquet"))),
            str(blocked[0].blocked_message),
        )
    figure(
        f"lake: {blocked_n} of {len(wanted)} defects block their register, the last good edition "
        f"stays in force"
    )


# --- graph and release ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Night:
    """A night with every published table lying in its folder, valid."""
    home = Home(tmp_path_factory.mktemp("home"))
    home.prepare()
    night = new_night(home, home.landing)
    night.memory = Memory()  # nothing is taken over: the tests put other tables in
    for name, frame in seeds.release_tables().items():
        path = night.table(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        frame.write_parquet(path)
    return night


def blocked_by(night: Night, seed: Seed, stage: Callable[[Night], object], patch: pytest.MonkeyPatch) -> str:
    """The message that stopped the stage: the defect in its table, held to the checks of that table."""
    table, frame = defective(seed)
    path = night.table(table)
    valid = path.read_bytes()
    frame.write_parquet(path)
    held = held_to_its_tables(seed)

    def about_table(connection: Any, suite: Iterable[Expectation], **where: Any) -> pl.DataFrame:
        outcome = held(connection, suite, **where)
        if outcome.height:  # what was said before: another defect's outcome, or the defect itself
            GATE_VIEW.empty().write_parquet(night.table("gate"))
        return outcome

    patch.setattr(gate, "run", about_table)
    try:
        message, outcome = refused(stage, night), pl.read_parquet(night.table("gate"))
    finally:
        path.write_bytes(valid)
    assert message, f"{seed.name}: this defect was published"
    assert_seen(seed, outcome, message)
    return message


def refused(stage: Callable[[Night], object], night: Night) -> str:
    """The message with which a gate stopped the stage (exit code 3); empty where it went through."""
    try:
        stage(night)
    except ReleaseBlocked as blocked:
        assert blocked.exit_code == 3
        return str(blocked)
    return ""


@pytest.mark.nightly
def test_a_release_check_stops_the_release(tables: Night, tier: Tier, figure: Figure) -> None:
    wanted, messages = chosen(tier, "release"), []
    for seed in wanted:
        with pytest.MonkeyPatch.context() as patch:
            messages.append(blocked_by(tables, seed, gate_stage.check_release, patch))
    figure(f"release: {len(messages)} of {len(wanted)} defects stop the release")


def graph_as_it_lies(night: Night) -> object:
    """The stage with the graph tables that lie in the night's folder instead of making them; all else of it
    runs.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(graph_stage, "find_patterns", lambda *_: {})
        bucket_folder(night).mkdir()
        return graph_stage.compute_graph(night, lambda *_: {})


@pytest.mark.nightly
def test_a_graph_check_stops_the_release(tables: Night, tier: Tier, figure: Figure) -> None:
    wanted, messages = chosen(tier, "graph"), []
    assert set(MARTS) <= {path.stem for path in tables.table("flag").parent.iterdir()}
    for seed in wanted:
        with pytest.MonkeyPatch.context() as patch:
            messages.append(blocked_by(tables, seed, graph_as_it_lies, patch))
    figure(f"graph: {len(messages)} of {len(wanted)} defects stop the release")


# --- complete nights --------------------------------------------------------------------------------------


def in_force(home: Home) -> dict[str, str]:
    """The release's folder and the SHA-256 of its files."""
    release = home.current.resolve()
    return {
        "release": release.name,
        **nights.bytes_below(release),
    }


def miscounted(counted: Counted, flags: Iterator[pl.DataFrame]) -> tuple[Counted, Iterator[pl.DataFrame]]:
    """Where something was assessed, so that the base rate of nothing flagged stays what it is."""
    n = pl.col("n_not_flagged")
    negative = pl.when(n > 0).then(pl.lit(-1, pl.Int64)).otherwise(n)
    return replace(counted, indicator=counted.indicator.with_columns(n_not_flagged=negative)), flags


def certain_influence(
    built: Iterator[tuple[str, Iterable[pl.DataFrame]]],
) -> Iterator[tuple[str, Iterable[pl.DataFrame]]]:
    """Every verdict on control says that mere influence is certain."""
    for name, frames in built:
        changed = (
            [frame.with_columns(kind=pl.lit("influence"), verdict=pl.lit("CERTAIN")) for frame in frames]
            if name == "graph_control"
            else frames
        )
        yield name, changed


@pytest.mark.nightly
def test_a_complete_night_with_a_defect_leaves_current_as_it_was(
    tmp_path: Path,
    tier: Tier,
    *,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    figure: Figure,
) -> None:
    few(monkeypatch, tier, "DEC-010", "OWN-010")
    home = Home(tmp_path / "home")
    landing = landings.write(tmp_path / "landing")
    command = ["run", "--landing", str(landing), "--home", str(home.root)]
    assert exit_code(command) == 0
    before = in_force(home)
    flags, graph = flags_stage.raise_flags, buckets.solve
    for change, message in (
        (
            lambda patch: patch.setattr(buckets, "solve", lambda *given: certain_influence(graph(*given))),
            "graph_control influence is never certain",
        ),
        (
            lambda patch: patch.setattr(
                flags_stage, "raise_flags", lambda *given: miscounted(*flags(*given))
            ),
            "indicator.n_not_flagged not negative",
        ),
    ):
        shutil.rmtree(home.kept)  # or the tables of before are taken over
        with pytest.MonkeyPatch.context() as patch:
            change(patch)
            capsys.readouterr()
            assert exit_code(command) == 3
        captured = capsys.readouterr()
        assert f"expected '{message}'" in captured.err and "rows fail (for example" in captured.err
        assert landings.CANARY not in captured.out + captured.err
        assert in_force(home) == before
    shutil.rmtree(home.kept)  # the defects are kept too
    (landing / landings.file_name(landings.COMPANIES)).unlink()
    fewer = landings.text(landings.lines(landings.COMPANIES, landings.RECORDS // 2))
    (landing / landings.file_name(landings.COMPANIES, "2026-07-01")).write_bytes(fewer)
    assert exit_code(command) == 5
    assert "expected 'volume near the last edition'" in " ".join(capsys.readouterr())
    kept = json.loads((home.current.resolve() / "manifest.json").read_text())
    assert kept["release_id"] != before["release"]
    figure(
        "complete nights: a graph and a release defect end with 3 and leave current byte for byte, a "
        "lake defect with 5"
    )
