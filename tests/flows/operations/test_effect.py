"""`undertow evaluate --measure`: declared beforehand, hash-chained, small counts hidden, towns pooled."""

import json
import shutil
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from flows.cli.app import exit_code
from flows.home.measures import measures
from flows.home.settings import Home
from flows.journal import chain
from flows.journal import measures as journal
from flows.journal.chain import Walk
from flows.operations import effect
from flows.operations.effect import evaluate_measure, months_later
from flows.release import build, publish
from flows.release.verification import verify
from tests.flows.release_tables import FACTS, frame, new_home
from transforms.errors import UsageError
from transforms.model.statements import Table
from transforms.model.views import AREA, COMPANY, FLAG, RELEASE_VIEW, RUN_VIEW, TITLE

TABLES: Mapping[str, Table] = {
    table.name: table for table in (AREA, COMPANY, FLAG, TITLE, RELEASE_VIEW, RUN_VIEW)
}
DATE = date(2025, 6, 1)
OTHERS = [*(f"Other {number}" for number in range(24)), "Few"]
DECLARED = f"""
[[measure]]
id = "quay"
title = "Checks on the quay"
kind = "inspection"
area = "Quay"
date = {DATE}
indicators = ["ADR-010"]
comparison = {json.dumps(OTHERS)}
neighbours = ["Westminster"]
"""


def flags(counts: Mapping[str, tuple[int, int]]) -> pl.DataFrame:
    """Flags of districts, so many in the year before and in the year after, and one long before."""
    rows: list[tuple[str, date]] = [("Quay", DATE - timedelta(days=1000))]
    for area, (before, after) in counts.items():
        rows += [(area, DATE - timedelta(days=1 + 360 * n // before)) for n in range(before)]
        rows += [(area, DATE + timedelta(days=360 * n // after)) for n in range(after)]
    table = frame(FLAG, len(rows))
    return table.with_columns(
        pl.lit("ADR-010").alias("indicator"),
        pl.lit("flagged").alias("state"),
        pl.Series("area_name", [area for area, _ in rows]),
        pl.lit(None, dtype=pl.String).alias("area_code"),
        pl.Series("first_seen_on", [seen for _, seen in rows]),
    )


def night(home: Home, counts: Mapping[str, tuple[int, int]]) -> Home:
    work = home.work / "night"
    paths = {}
    for name, table in TABLES.items():
        if name not in ("release", "run"):
            paths[name] = work / f"{name}.parquet"
            work.mkdir(parents=True, exist_ok=True)
            (flags(counts) if name == "flag" else frame(table, 2)).write_parquet(paths[name])
    facts = replace(FACTS, as_of=date(2026, 6, 1))
    publish.publish(home, build.build_release(home, work, paths, facts, declared=TABLES))
    return home


def counts(quay: tuple[int, int] = (120, 20), near: tuple[int, int] = (60, 60)) -> dict[str, tuple[int, int]]:
    """Alike everywhere else, but for one district with few."""
    others = {name: (80 + n, 83 + n * 7 % 11) for n, name in enumerate(OTHERS)}
    return {"Quay": quay, "Westminster": near, **others, OTHERS[3]: (20, 4), "Few": (12, 3)}


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return night(new_home(tmp_path_factory.mktemp("published") / "home"), counts())


@pytest.fixture
def home(published: Home, tmp_path: Path) -> Home:
    """A year after the measure: it took five flags of six away in its district."""
    home = Home(tmp_path / "home")
    shutil.copytree(published.root, home.root, symlinks=True)
    (home.root / "measures.toml").write_text(DECLARED, encoding="utf-8")
    return home


def declare(home: Home, old: str, new: str, *, keep: bool = False) -> None:
    """The measure with something else in it; `keep`: beside what was changed already."""
    path = home.root / "measures.toml"
    text = path.read_text(encoding="utf-8") if keep else DECLARED
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_a_measure_is_judged_after_its_time_by_what_was_declared(home: Home) -> None:
    result = evaluate_measure(home, "quay")
    assert result.verdict == "fewer" and result.effect is not None and result.effect.high is not None
    assert result.effect.ratio == pytest.approx(20 / 120, abs=0.05) and result.effect.high < 1
    assert result.counts == (120, 20) and result.neighbours == (60, 60)
    assert (20, None) in result.comparison  # four are under ten
    assert len(result.comparison) == 24 and result.too_few_n == 1
    assert result.neighbours_effect is not None and result.neighbours_effect.low is not None
    assert result.neighbours_effect.low < 1
    assert not any(name in result.model_dump_json() for name in ("Other", "Westminster", "E09"))


def test_before_its_time_has_passed_nothing_after_is_shown(home: Home) -> None:
    declare(home, "neighbours =", "months_after = 14\nneighbours =")
    result = evaluate_measure(home, "quay")
    assert result.effect is None and result.verdict == "none" and not result.is_over
    assert result.counts == (120, None) and all(after is None for _, after in result.comparison)
    assert result.smallest.fall is not None


def test_no_change_gives_no_verdict(home: Home) -> None:
    declare(home, '"Westminster"', '"Other 0"')
    declare(home, '"Quay"', '"Westminster"', keep=True)
    declare(home, '["Other 0", ', "[", keep=True)
    result = evaluate_measure(home, "quay")
    assert result.counts == (60, 60) and result.effect is not None and result.verdict == "none"


def test_an_area_with_few_flags_before_is_not_judged(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    declare(home, '"Quay"', '"Few"')
    declare(home, ', "Few"]', "]", keep=True)
    result = evaluate_measure(home, "quay")
    assert result.is_over and result.effect is None and result.counts == (12, None)
    assert result.smallest.fall is None and result.verdict == "none"
    assert exit_code(["evaluate", "--measure", "quay", "--home", str(home.root)]) == 0
    assert "its area had under 20 flags" in " ".join(capsys.readouterr().out.split())
    (home.root / "few.json").write_text(result.model_dump_json(), encoding="utf-8")
    with pytest.raises(UsageError, match="it has too few flags; leave it out"):
        effect.pooled([home.root / "few.json"])


def test_a_time_before_that_begins_with_the_first_edition_gives_no_effect(home: Home) -> None:
    declare(home, "neighbours =", "months_before = 36\nneighbours =")
    result = evaluate_measure(home, "quay")
    assert result.reaches_back and result.effect is None and result.verdict == "none"
    assert result.smallest.fall is None


def test_the_declaration_is_recorded_once_and_a_change_is_said(home: Home) -> None:
    first = evaluate_measure(home, "quay")
    assert not first.recorded_before and first.changed_n == 0
    assert evaluate_measure(home, "quay") == first and journal.log(home).path.read_bytes().count(b"\n") == 1
    declare(home, '"Other 0", ', "")
    assert evaluate_measure(home, "quay").changed_n == 1
    declare(home, DECLARED, DECLARED)
    assert evaluate_measure(home, "quay").changed_n == 2
    walk = Walk(journal.log(home).origin)
    assert len([*chain.walk(journal.log(home), walk)]) == 3 and walk.faults == []
    chained = journal.log(home).path
    chained.write_bytes(chained.read_bytes().replace(b"2025-06-01", b"2025-07-01", 1))
    assert [fault.where for fault in verify(home).faults][:1] == ["state/measures.jsonl"]


def test_the_smallest_effect_is_the_one_recorded_beforehand(home: Home) -> None:
    declaration = measures(home)["quay"].declaration()
    journal.record(home, declaration, DATE - timedelta(days=1), 95, 400)
    result = evaluate_measure(home, "quay")
    assert result.recorded_before and result.verdict == "none"
    assert (result.smallest.fall, result.smallest.rise) == (95, 400)


def test_results_of_towns_are_pooled(home: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    declare(home, json.dumps(OTHERS), json.dumps(OTHERS[4:10]))
    alone = evaluate_measure(home, "quay")
    assert alone.verdict == "none" and alone.smallest.fall is None
    files = []
    for number in range(3):
        files.append(tmp_path / f"{number}.json")
        town = alone.model_copy(update={"authority": f"Town {number}"})
        files[-1].write_text(town.model_dump_json(), encoding="utf-8")
    pooled = [option for file in files for option in ("--pool", str(file))]
    assert exit_code(["evaluate", *pooled]) == 0
    printed = capsys.readouterr().out
    assert "3 measures together, 0 declared before their own date" in printed
    assert "Verdict: fewer flags" in printed
    with pytest.raises(UsageError, match="the same measure of the same authority is in it twice"):
        effect.pooled([files[0], files[0]])
    files[1].write_text(files[1].read_text().replace("ADR-010", "ADR-020"), encoding="utf-8")
    with pytest.raises(UsageError, match="differ in kind or indicators"):
        effect.pooled(files)
    files[1].write_text(files[0].read_text().replace("[120,20]", "[120,6]"), encoding="utf-8")
    with pytest.raises(UsageError, match=r"not a result of .*counts\.1"):
        effect.pooled(files)


def test_what_is_printed_says_what_was_not_beforehand(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code(["evaluate", "--measure", "quay", "--home", str(home.root)]) == 0
    printed = " ".join(capsys.readouterr().out.split())
    assert "SYNTHETIC" in printed and "NOT before its date" in printed
    assert "120 in 12 months before, 20 in 12 after" in printed and "Verdict: fewer flags" in printed
    assert exit_code(["evaluate", "--measure", "key", "--home", str(home.root)]) == 2
    assert "measures.toml declares quay" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('"Westminster"', '"Nowhere"', "no district Nowhere"),
        ('"Westminster"', '"quay"', "a district stands in it twice"),
        ('"Westminster"', '"Westminster", "E09000033"', "no district E09000033, or it stands there under"),
        ('"ADR-010"', '"ADR-990"', "no indicator ADR-990"),
        ('"inspection"', '"raid"', "measure.0.kind"),
    ],
)
def test_a_wrong_declaration_is_named(home: Home, old: str, new: str, fault: str) -> None:
    declare(home, old, new)
    with pytest.raises(UsageError, match=fault):
        evaluate_measure(home, "quay")
    assert not journal.log(home).path.exists()


def test_months_end_with_the_month() -> None:
    assert months_later(date(2026, 3, 31), -1) == date(2026, 2, 28)
    assert months_later(date(2026, 11, 30), 15) == date(2028, 2, 29)
