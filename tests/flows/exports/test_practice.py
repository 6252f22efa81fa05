"""Practice sheets: no subject, no small count, nothing from which one follows; and their way in a pack."""

import re
import zipfile
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from flows.cli.app import exit_code
from flows.exports.practice import Decisions, practice_sheet, precision_words
from flows.home import local_indicators, warehouse
from flows.home.authority import Authority, LegalBasis, Purpose
from flows.home.settings import Home
from transforms.errors import UsageError
from transforms.model.indicator import indicators
from transforms.model.sql import Connection
from transforms.model.statements import Table
from transforms.model.views import (
    EVIDENCE,
    FLAG,
    INDICATOR_VIEW,
    PRECISION,
    REGISTER_VIEW,
    RELEASE_VIEW,
    VERDICT,
)

CODE, VERSION = "PRM-010", "0" * 64
SUBJECT = "KRONENBURG HOLDING B.V."
SETTINGS = Authority(
    name="Gemeente Zedstad",
    purpose=[Purpose(code="permits", title="Permits", legal_basis="Article 3 of our act")],
)
Rows = list[dict[str, object]]


def verdict(
    n: int, outcome: str, readings: int = 1, done: tuple[str, ...] = ("nothing",)
) -> dict[str, object]:
    return {
        "case_id": f"UT-C-{n}",
        "indicator": CODE,
        "subject_id": f"NL-KVK-{n}",
        "outcome": outcome,
        "reason": "unexplained",
        "decided_on": date(2026, 1 + n % 5, 1),
        "readings_n": readings,
        "done": list(done),
        "version": VERSION,
    }


def decided(confirmed: int, no_concern: int, cannot: int) -> Rows:
    """Twelve questions, three permits refused."""
    outcomes = ["confirmed"] * confirmed + ["no-concern"] * no_concern + ["cannot-judge"] * cannot
    done = [("question", "refused")] * 3 + [("question",)] * 9 + [("nothing",)] * len(outcomes)
    return [
        verdict(n, outcome, 2 if outcome == "confirmed" else 1, done[n]) for n, outcome in enumerate(outcomes)
    ]


def filled(connection: Connection, table: Table, rows: Rows) -> None:
    """The view of a table, with nulls where a row says nothing."""
    frame = pl.DataFrame([{name: row.get(name) for name in table.names} for row in rows], schema=table.schema)
    connection.register(f"rows_{table.name}", frame.to_arrow())
    connection.execute(f"create or replace view {table.view} as select * from rows_{table.name}")


@pytest.fixture
def release(tmp_path: Path) -> Iterator[Connection]:
    connection = warehouse.connect(tmp_path)
    declared = indicators()[CODE]
    shown = declared.model_dump(include={"code", "title", "lane", "subject_type", "page"})
    counted = {"n_flagged": 63, "n_not_flagged": 900, "n_not_assessable": 7, "rule_sha256": VERSION}
    release = {"release_id": "000001-0", "as_of": date(2026, 6, 1), "code_version": "1", "synthetic": True}
    register = {"register": "r", "title": "Register of permits", "publisher": "Zedstad", "licence": "own"}
    flag = {"flag_id": "f", "indicator": CODE, "state": "flagged", "subject_name": SUBJECT}
    filled(connection, RELEASE_VIEW, [release])
    filled(connection, INDICATOR_VIEW, [{**shown, **counted}])
    filled(connection, REGISTER_VIEW, [register, {**register, "register": "x", "title": "Unused"}])
    filled(connection, FLAG, [flag | {"subject_id": "NL-KVK-7"}])
    filled(connection, EVIDENCE, [{"flag_id": "f", "register": "r"}])
    filled(connection, VERDICT, decided(25, 60, 4))
    filled(connection, PRECISION, [])
    yield connection
    connection.close()


def test_a_sheet_says_what_was_done_without_a_subject_or_a_small_count(release: Connection) -> None:
    sheet = practice_sheet(release, CODE, SETTINGS)
    text = sheet.markdown
    assert list(sheet.sections)[:4] == ["Context", "Objective", "What is flagged", "Why"]
    assert "SYNTHETIC" in text and "- flagged: 63" in text and "- not assessable: under 10" in text
    assert "- Register of permits (Zedstad; own)" in text and "Unused" not in text
    assert "- Permits: Article 3 of our act" in text and "It is not yours" in text
    assert "- A question to the applicant: 12" in text
    assert "- A permit, subsidy or contract was refused: under 10" in text
    assert "- decided cases: at least 85" in text and "- readings: at least 110" in text
    assert "hours: not recorded" in text and "Nothing" not in text
    assert not re.search(
        r"KRONENBURG|NL-KVK|UT-C-|\b(3|4|7|89|114)\b(?! of our act)", _counts_of(sheet.sections)
    )


def _counts_of(sections: Mapping[str, str]) -> str:
    return "\n".join(sections[name] for name in ("Context", "Legal basis", "Effort", "Outcome"))


def test_a_sheet_is_the_same_whatever_a_hidden_count_is(release: Connection) -> None:
    """Whatever could not be judged or was refused: no total, share or effort gives it away."""
    rate = SETTINGS.model_copy(update={"review_minutes": 30})
    before = practice_sheet(release, CODE, rate).markdown
    for hidden in (0, 1, 9):
        rows = decided(25, 60, hidden)
        for row in rows[3 : 3 + hidden // 2]:
            row["done"] = ["question", "refused"]
        filled(release, VERDICT, rows)
        assert practice_sheet(release, CODE, rate).markdown == before


def test_hours_are_those_given_or_follow_from_the_minutes_of_a_reading(release: Connection) -> None:
    own = practice_sheet(release, CODE, SETTINGS, hours=77).sections["Effort"]
    assert "- hours: 77, by the authority's own estimate" in own
    rate = SETTINGS.model_copy(update={"review_minutes": 30})
    assert (
        "- hours: at least 55, at 30 minutes a reading"
        in practice_sheet(release, CODE, rate).sections["Effort"]
    )
    filled(release, VERDICT, decided(25, 60, 10))
    assert "- hours: 60, at 30" in practice_sheet(release, CODE, rate).sections["Effort"]


@pytest.mark.parametrize(
    ("sample", "by_outcome", "words"),
    [
        ((50, 20), {}, r"40 per cent \(28 to 54, .*20 were confirmed"),
        ((60, 2), {"no-concern": 80}, r"at most 26 per cent; of 60 .* under 10 were confirmed"),
        ((60, 58), {"confirmed": 80}, r"at least 74 per cent; of 60 .* under 10 were not confirmed"),
        ((19, 10), {}, "under 20 cases"),
        # 51 of the 60 at most were of no concern, so 9 were confirmed.
        ((60, 9), {"no-concern": 51}, "would give a count under 10 away"),
        ((0, 0), {}, "under 20 cases"),
    ],
)
def test_precision_is_a_bound_where_one_part_is_small(
    sample: tuple[int, int], by_outcome: Mapping[str, int], words: str
) -> None:
    assert re.search(words, precision_words(Decisions(by_outcome, {}, {}, sample, ("", ""))))


def test_a_small_part_of_the_sample_gives_equal_words() -> None:
    for part in range(10):
        low = Decisions({"no-concern": 70}, {}, {}, (60, part), ("", ""))
        high = Decisions({"confirmed": 70}, {}, {}, (60, 60 - part), ("", ""))
        assert "at most 26" in precision_words(low) and "at least 74" in precision_words(high)


def test_a_page_that_names_a_subject_makes_no_sheet(release: Connection) -> None:
    page = indicators()[CODE].page.replace("## Method\n", "## Method\n\nAs with Kronenburg\nHolding B.V.\n")
    row = {"code": CODE, "title": "t", "lane": "act", "subject_type": "legal_entity", "page": page}
    filled(release, INDICATOR_VIEW, [row | {"rule_sha256": VERSION}])
    with pytest.raises(UsageError, match="names a subject") as raised:
        practice_sheet(release, CODE, SETTINGS)
    assert "ronenburg" not in str(raised.value).lower()
    with pytest.raises(UsageError, match="LOC-990: the release in force does not assess it"):
        practice_sheet(release, "LOC-990", SETTINGS)


def test_a_sheet_is_written_as_text_and_as_a_page(release: Connection, tmp_path: Path) -> None:
    hostile = SETTINGS.model_copy(update={"name": "<script>x</script>"})
    text, page = practice_sheet(release, CODE, hostile).write(tmp_path)
    assert text.read_text(encoding="utf-8").startswith(f"# Practice sheet: {CODE} ")
    html = page.read_text(encoding="utf-8")
    assert "<script>" not in html and 'id="s-legal-basis"' in html and "<li>flagged: 63</li>" in html


# --- in a pack ----------------------------------------------------------------------------------------------

OWN = {
    "indicator.toml": 'code = "LOC-010"\ntitle = "Own"\nlane = "look"\nsubject_type = "legal_entity"\n'
    'sentence = "x"\nordinary_explanations = ["x"]\nwhat_would_clear_it = "x"\nsource = "(own)"\n',
    "states.sql": "select company_id as subject_id from company",
    "evidence.sql": "select company_id as subject_id from company",
    "page.md": indicators()[CODE].page,
}


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home")
    folder = local_indicators.folder(home) / "loc_010_own"
    folder.mkdir(parents=True)
    for name, text in OWN.items():
        (folder / name).write_text(text, encoding="utf-8")
    return home


def test_an_indicator_that_came_with_a_sheet_is_off_until_this_authority_states_its_own_basis(
    home: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, other = tmp_path / "pack.zip", Home(tmp_path / "other")
    local_indicators.pack(home, ["LOC-010"], file, {"LOC-010": "the sheet"})
    assert zipfile.ZipFile(file).read("loc_010_own/practice.md") == b"the sheet"
    assert exit_code(["indicators", "--unpack", str(file), "--home", str(other.root)]) == 0
    assert "but not yet: LOC-010: it came from another authority" in " ".join(capsys.readouterr().err.split())
    own, [left_out] = local_indicators.read_local(other)
    assert own == {} and "off until undertow.toml has a [[legal_basis]]" in left_out
    (other.root / "undertow.toml").write_text('[[legal_basis]]\nindicator = "LOC-011"\ntext = "Art. 7"\n')
    assert local_indicators.read_local(other)[0] == {}
    (other.root / "undertow.toml").write_text('[[legal_basis]]\nindicator = "LOC-010"\ntext = "Art. 7"\n')
    assert list(local_indicators.read_local(other)[0]) == ["LOC-010"]
    assert LegalBasis(indicator="LOC-010", text="Art. 7").text == "Art. 7"


def test_what_a_pack_has_is_a_sheet_of_the_release(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    pack = ["indicators", "--pack", "LOC-010", "--to", str(home.root / "p.zip"), "--home", str(home.root)]
    assert exit_code(pack) == 2
    assert "no release has been published here" in " ".join(capsys.readouterr().err.split())
    assert exit_code(["report", "--hours", "3", "--home", str(home.root)]) == 2
    assert exit_code(["report", "--practice", "A", "--case", "B", "--home", str(home.root)]) == 2
