"""The reliability table says what was measured: failures as failures, what has no test by name, and the
README shows the table it should.
"""

import importlib.util
import json
import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parent.parent


def script(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"ci_{name}", ROOT / ".ci" / f"{name}.py")
    assert spec and spec.loader
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


reliability = script("reliability")


def _card(*tests: tuple[str, str, list[str]]) -> dict[str, object]:
    results = [
        {
            "id": name,
            "test": f"t.py::{number}",
            "date": f"2026-11-{25 - number}",
            "outcome": outcome,
            "figures": figures,
            "seconds": 1.0,
        }
        for number, (name, outcome, figures) in enumerate(tests)
    ]
    return {"tier": "nightly", "processors": 2, "tests": results}


def _lines(card: dict[str, object]) -> list[str]:
    return [line for line in reliability.table(card).splitlines() if re.match(r"\| R\d+ ", line)]


def test_one_row_for_each_id_in_the_order_of_the_list() -> None:
    lines = _lines(
        _card(("R10", "passed", ["ten"]), ("R2", "passed", ["two"]), ("R10", "passed", ["eleven", "ten"]))
    )
    assert [line.split("|")[1].strip() for line in lines] == ["R2", "R10"]
    assert lines[1].endswith("| 2026-11-23 | passed | ten; eleven |")


@pytest.mark.parametrize(
    ("outcomes", "expected"),
    [
        (("passed", "failed"), "**failed**"),
        (("skipped", "failed"), "**failed**"),
        (("passed", "skipped"), "passed"),
        (("skipped",), "not run"),
    ],
)
def test_one_failure_is_a_failure_and_a_skip_is_no_success(outcomes: tuple[str, ...], expected: str) -> None:
    [line] = _lines(_card(*(("R1", outcome, []) for outcome in outcomes)))
    assert line.split("|")[4].strip() == expected


def test_what_has_no_test_is_named_and_counted() -> None:
    last_line = reliability.table(_card(("R1", "passed", []), ("R5", "failed", []))).splitlines()[-1]
    assert last_line.startswith(
        "1 of 35 passed. Not measured in this tier, or without a test yet: R2, R3, R4, R6, "
    )
    assert "R1," not in last_line and "R5," not in last_line


def test_without_a_measurement_nothing_is_claimed() -> None:
    assert reliability.table(_card()) == "Nothing has been measured yet."


def test_an_unknown_id_is_refused() -> None:
    with pytest.raises(SystemExit, match="R99"):
        reliability.table(_card(("R99", "passed", [])))


def test_figures_break_no_table() -> None:
    [line] = _lines(_card(("R1", "passed", ["a|b\nc <b>"])))
    assert line.endswith("| a\\|b c &lt;b> |")


def test_check_finds_a_table_that_is_not_the_scorecards(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    readme, card = tmp_path / "README.md", tmp_path / "scorecard.json"
    readme.write_text(f"before\n{reliability.BEGIN}\n{reliability.END}\nafter\n", encoding="utf-8")
    (tmp_path / "t.py").write_text("def a_test(): ...\n")
    card_json = json.dumps(_card(("R1", "passed", ["200 kills"]))).replace("t.py::0", "t.py::a_test[a case]")
    card.write_text(card_json, encoding="utf-8")
    monkeypatch.setattr(reliability, "ROOT", tmp_path)
    monkeypatch.setattr(reliability, "PAGE", readme)
    monkeypatch.setattr(reliability, "SCORECARD", card)
    assert reliability.main(["--check"]) == 1
    assert "run `uv run python .ci/reliability.py`" in capsys.readouterr().err
    assert reliability.main([]) == 0
    assert reliability.main(["--check"]) == 0
    assert readme.read_text(encoding="utf-8").startswith("before\n") and readme.read_text(
        encoding="utf-8"
    ).endswith("after\n")
    readme.write_text(readme.read_text(encoding="utf-8").replace("200", "201"), encoding="utf-8")
    assert reliability.main(["--check"]) == 1
    card.write_text(card_json.replace("a_test", "another"), encoding="utf-8")
    assert reliability.main([]) == 1
    assert "t.py::another[a case] is not there any more" in capsys.readouterr().err


def test_every_test_of_the_scorecard_is_on_the_list() -> None:
    marked = {
        mark
        for path in (ROOT / "tests").rglob("test_*.py")
        for mark in re.findall(r"reliability\(([^)]*)\)", path.read_text(encoding="utf-8"))
    }
    ids = {name for mark in marked for name in re.findall(r'"(R\d+)"', mark)}
    assert ids <= reliability.PROVES.keys()
    assert list(reliability.PROVES) == [f"R{number}" for number in range(1, 36)]


def test_the_readme_shows_the_table_of_the_scorecard() -> None:
    assert reliability.main(["--check"]) == 0
