"""What is disclosed to a natural person who asks what a home holds about them."""

import json
import shutil
from pathlib import Path

import pytest

from flows.cli.app import exit_code
from flows.home.authority import SETTINGS_FILE
from flows.home.settings import Home
from flows.journal import audit, reviews
from flows.journal.reviews import Draft
from tests.flows.check_release import ALDER, JOHN, MARY, published, rows

PSC = "gb_coh_psc"
PURPOSES = "".join(
    f'[[purpose]]\ncode = "{code}"\ntitle = "x"\nlegal_basis = "y"\n{more}\n'
    for code, more in {
        "permits": "",
        "access": 'allows = ["access"]',
        "bibob": "own_secrecy = true",
    }.items()
)


def resolved(party_id: str, record: str) -> dict[str, object]:
    return {
        "party_id": party_id,
        "register": PSC,
        "edition": "2026-06-01",
        "record": record,
        "statement_id": f"{record}-p",
        "method": "record",
        "score": 1,
    }


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """John holds ALDER by two records that were joined; a flag on ALDER rests on the second. Mary, who looks
    like him, has a case of her own."""
    given = rows()
    held = {
        "resolution": [resolved(JOHN, "r1"), resolved(JOHN, "r2"), resolved(MARY, "r9")],
        "resolution_link": [
            {"register": PSC, "record": "r1", "other_register": PSC, "other_record": "r2"},
            {"register": PSC, "record": "r9", "other_register": PSC, "other_record": "r1"},
            {"register": PSC, "record": "r8", "other_register": PSC, "other_record": "r9"},
        ],
        "relationship": [{"subject_id": ALDER, "party_id": JOHN, "statement_id": "r2-r"}],
        "evidence": [
            {**given["evidence"][0], "statement_id": "r2-r"},
            {**given["evidence"][0], "flag_id": "f2", "statement_id": "r9-p"},
        ],
        "review_case": [*given["review_case"], {"case_id": "UT-C-f2", "position": 2}],
        "case_member": [{"case_id": "UT-C-f2", "subject_id": MARY}],
        "edition": [{"register": PSC, "edition": "2026-06-01", "file_name": "psc.txt"}],
    }
    home = published(tmp_path_factory.mktemp("made") / "home", {**given, **held}, synthetic=False)
    (home.root / SETTINGS_FILE).write_text(PURPOSES)
    return home


@pytest.fixture
def home(made: Home, tmp_path: Path) -> Home:
    """The same, which a test may change."""
    shutil.copytree(made.root, tmp_path / "home", symlinks=True)
    return Home(tmp_path / "home")


def disclosed(home: Home, what: str = JOHN, purpose: str = "access") -> list[dict[str, str]]:
    path = home.root.parent / "told.json"
    command = ["disclose", what, "--to", str(path), "--format", "json", "--home", str(home.root)]
    assert exit_code([*command, "--purpose", purpose]) == 0
    return list(json.loads(path.read_text()))


def rows_of(disclosed_rows: list[dict[str, str]], view: str) -> list[str]:
    return [row["row"] for row in disclosed_rows if row["view"] == view]


def test_it_has_every_row_with_its_source_and_nothing_of_others_and_is_audited(home: Home) -> None:
    disclosed_rows = disclosed(home)
    sources = {
        tuple(row[name] for name in ("register", "edition", "file", "record")) for row in disclosed_rows
    }
    assert (PSC, "2026-06-01", "psc.txt", "r1") in sources and (PSC, "2026-06-01", "psc.txt", "r2") in sources
    [person] = rows_of(disclosed_rows, "v_person")
    assert "full_name: Mr John Paul Smith" in person and "birth_year: 1970" in person
    assert (
        len(rows_of(disclosed_rows, "v_resolution")) == 2
        and len(rows_of(disclosed_rows, "v_resolution_link")) == 2
    )
    assert len(rows_of(disclosed_rows, "v_control_group")) == 2  # the id stands within another one
    for view, key in (
        ("v_flag", "flag_id: f1"),
        ("v_case", "case_id: UT-C-f1"),
        ("v_evidence", "flag_id: f1"),
    ):
        [row] = rows_of(disclosed_rows, view)
        assert key in row
    assert not any(MARY in row["row"] for row in disclosed_rows)
    assert rows_of(disclosed_rows, "lookup")[-1].splitlines()[1:] == ["command: disclose", "purpose: access"]
    assert JOHN not in audit.log(home).path.read_text()
    assert disclosed(home, f"{PSC}:r2")[:-1] == disclosed_rows[:-1]  # the last is the lookup before


@pytest.mark.parametrize(("purpose", "is_read"), [("permits", True), ("bibob", False)])
def test_decided_verdicts_and_what_was_done_about_their_cases_or_names_them_is_in_it(
    home: Home, purpose: str, is_read: bool
) -> None:
    """No open verdict; of UT-C-f2, which is of somebody else, only what names them."""
    flag = {"flag_id": "f1", "indicator": "OWN-010", "version": "1", "subject_id": ALDER, "facts": []}
    body = {"outcome": "no-concern", "outcomes": {}, "reason": "explained", "flags": [flag]}
    with reviews.writing(home) as log:
        for n, (case, second) in enumerate((("UT-C-f1", ""), ("UT-C-f1", "drawn"), ("UT-C-f2", ""))):
            verdict = {**body, "second": second}
            log.append(Draft("bob", "reviewer", purpose, case, "verdict", verdict, note=f"note {n}"))
        for kind, case, act in (
            ("done", "UT-C-f1", {"verdict": 1, "done": ["refused"]}),
            ("file", "UT-C-f1", {"name": "passport.pdf", "sha256": "0", "bytes": 1}),
            ("file", "UT-C-f2", {"name": "lease.pdf", "sha256": "1", "bytes": 1}),
            ("reference", "UT-C-f2", {"reference": "letter to mr john  paul SMITH"}),
        ):
            log.append(Draft("rachel", "reviewer", purpose, case, kind, act))
    disclosed_rows = disclosed(home)
    [row] = rows_of(disclosed_rows, "verdict")
    assert "outcome: no-concern" in row and ("note: note 0" in row) is is_read
    acts = rows_of(disclosed_rows, "review")
    assert [row.splitlines()[0] for row in acts] == ["kind: done", "kind: file", "kind: reference"]
    text = "\n".join(acts)
    assert all((words in text) is is_read for words in ("refused", "passport.pdf", "john  paul SMITH"))
    assert "rachel" not in text and "lease.pdf" not in text


def test_it_takes_a_purpose_for_it(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["disclose", JOHN, "--to", str(home.root.parent / "x.xlsx"), "--home", str(home.root)]
    assert exit_code([*command, "--purpose", "permits"]) == 2
    assert "--allows access" in capsys.readouterr().err
    assert not audit.log(home).path.exists()
    assert exit_code([*command, "--purpose", "access"]) == 0


def test_a_purge_is_audited_before_it_says_anything(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    """Also where it finds nobody."""
    command = ["purge", "UT-P-nobody", "--home", str(home.root), "--purpose", "permits"]
    assert exit_code(command) == 2 and "no natural person" in capsys.readouterr().err
    assert '"command":"purge"' in audit.log(home).path.read_text()
