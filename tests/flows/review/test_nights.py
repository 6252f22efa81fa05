"""What a night makes of verdicts: precision on pages, an alarm below the bound, an indicator switched off."""

from pathlib import Path

import pytest

from flows.cli.app import exit_code
from flows.home.settings import Home
from flows.home.warehouse import query
from flows.journal.reviews import Draft, writing
from flows.release import store
from flows.review.evidence import stated
from flows.review.fold import VERDICT, Flag
from tests import landings
from tests.few_indicators import assess

pytestmark = pytest.mark.nightly
SETTINGS = """\
precision_min = 50

[[switched_off]]
indicator = "OWN-010"
reason = "Nobody here can act on it"
since = 2026-01-01
"""


def rows(home: Home, sql: str) -> list[dict[str, object]]:
    records: list[dict[str, object]] = query(store.current_release(home), sql).to_pylist()
    return records


def test_a_night_after_forty_verdicts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assess(monkeypatch, "DEC-010", "OWN-010")
    home = Home(tmp_path / "home")
    landings.write(home.landing, {}, edition="2026-06-01")
    run = ["run", "--landing", str(home.landing), "--home", str(home.root)]
    assert exit_code(run) == 0
    assert {row["code"] for row in rows(home, "from v_indicator")} == {"DEC-010", "OWN-010"}
    [rule] = rows(home, "select rule_sha256 from v_indicator where code = 'DEC-010'")
    with writing(home) as log:
        for n in range(40):
            flag = Flag(f"f{n}", "DEC-010", str(rule["rule_sha256"]), f"GB-COH-{n}")
            outcome = "confirmed" if n < 4 else "no-concern"
            body: dict[str, object] = {
                "reading": 1,
                "first": 0,
                "outcome": outcome,
                "outcomes": {"DEC-010": outcome},
                "reason": "other",
                "second": "",
                "sampled": True,
                "flags": [stated(flag, outcome)],
            }
            log.append(Draft("ann", "reviewer", "permits", f"UT-C-{n}", VERDICT, body))
    (home.root / "undertow.toml").write_text(SETTINGS, encoding="utf-8")
    capsys.readouterr()
    assert exit_code(run) == 0
    printed = capsys.readouterr().out
    assert "LEFT OUT: OWN-010: switched off" in printed and "ALARM: DEC-010" in printed
    assert [row["code"] for row in rows(home, "from v_indicator")] == ["DEC-010"]
    [row] = rows(home, "from v_precision")
    assert (row["reviewed_n"], row["confirmed_n"]) == (40, 4)
    [alarm] = rows(home, "from v_alarm where kind = 'imprecise'")
    assert alarm["register"] == "DEC-010" and "4 were confirmed" in str(alarm["message"])
    assert len(rows(home, "from v_verdict")) == 40
    page = home.reports / store.current_release(home).name / "indicators" / "DEC-010.html"
    assert "4 of 40 cases of a random sample confirmed" in page.read_text(encoding="utf-8")
    assert exit_code(["explain", "DEC-010", "--home", str(home.root)]) == 0
    assert "4 of 40 confirmed" in capsys.readouterr().out
    assert exit_code(["audit", "verify", "--home", str(home.root)]) == 0
