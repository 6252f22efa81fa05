"""Ids of cases through whole nights."""

import json
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from flows.cli.app import exit_code
from flows.home.settings import Home
from flows.home.warehouse import query
from flows.journal import audit, chain
from flows.release import store
from quality.town.parts.native import COMPANY_HEADER
from tests.few_indicators import assess
from tests.landings import (
    COMPANIES,
    PSC,
    RECORDS,
    company_number,
    company_row,
    file_name,
    psc_record,
    text,
    totals,
)

SHARED_SEAT = {"RegAddress.AddressLine1": "99 LOW ROAD", "RegAddress.PostCode": "ZT3 3AA"}


@dataclass(frozen=True)
class Nights:
    """A home of real registers.

    `without`: companies that declare nobody, each of which is flagged; the first two share a seat, or not:
    one case, or two.
    """

    folder: Path

    @property
    def home(self) -> Home:
        return Home(self.folder / "home")

    def run(self, edition: str, without: Sequence[int], *, shared: bool = True) -> None:
        landing = self.folder / "landing" / edition
        seats = [
            company_row(
                n, SHARED_SEAT if n < 2 and shared else {"RegAddress.AddressLine1": f"{n + 1} HIGH STREET"}
            )
            for n in range(RECORDS)
        ]
        owners = [
            psc_record(
                n, name=f"Mr Bea{n} Quill{n}", name_elements={"forename": f"Bea{n}", "surname": f"Quill{n}"}
            )
            for n in range(RECORDS)
            if n not in without
        ]
        landing.mkdir(parents=True, exist_ok=True)
        (landing / file_name(COMPANIES, edition)).write_bytes(text([COMPANY_HEADER.encode(), *seats]))
        (landing / file_name(PSC, edition)).write_bytes(text([*owners, totals(len(owners))]))
        assert self.ut("run", "--landing", str(landing)) == 0

    def ut(self, *arguments: str) -> int:
        return exit_code([*arguments, "--home", str(self.home.root)])

    def rows(self, sql: str) -> list[dict[str, object]]:
        return query(store.current_release(self.home), sql).to_pylist()


@pytest.fixture(autouse=True, scope="module")
def few_indicators() -> Iterator[None]:
    """Those of owners that are not declared, which open cases here, and of watch lists."""
    with pytest.MonkeyPatch.context() as patch:
        assess(patch, "DEC-010", "DEC-040", "LNK-010", "LNK-020", "LNK-030", act=("DEC-040",))
        yield


@pytest.fixture(scope="module")
def one_night(tmp_path_factory: pytest.TempPathFactory) -> Nights:
    made = Nights(tmp_path_factory.mktemp("cases"))
    made.run("2026-06-01", without=(0, 1))
    assert made.ut("purpose", "add", "permits", "--title", "Permits", "--legal-basis", "An invented act") == 0
    return made


@pytest.fixture
def nights(tmp_path: Path, one_night: Nights) -> Nights:
    shutil.copytree(one_night.folder, tmp_path / "made", symlinks=True)
    return Nights(tmp_path / "made")


def others(nights: Nights) -> tuple[int, ...]:
    """Of the two companies the one that the case is not named by."""
    [named] = nights.rows("select f.subject_id from v_case c join v_flag f on f.flag_id = c.anchor_flag_id")
    return tuple(n for n in (0, 1) if not str(named["subject_id"]).endswith(company_number(n)))


ALIASES = "select previous_case_id, case_id, reason, shared from v_case_alias"
CASES = "select case_id, flags_n from v_case order by case_id"


def follows(nights: Nights, old: str, new: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Every command that takes the id of a case follows it, says so, and the audit log has the case that was
    shown.
    """
    pages, graph = nights.folder / "pages", nights.folder / "case.graphml"
    assert nights.ut("report", "--case", old, "--purpose", "permits", "--to", str(pages)) == 0
    assert f"--case {old}: this case is now {new}" in capsys.readouterr().err
    assert f"<dt>Earlier id</dt><dd>{old}</dd>" in (pages / f"{new}.html").read_text(encoding="utf-8")
    assert (
        nights.ut("export", "--format", "graphml", "--case", old, "--purpose", "permits", "--to", str(graph))
        == 0
    )
    assert f"this case is now {new}" in capsys.readouterr().err and new in graph.read_text(encoding="utf-8")
    shown = [
        entry.body["shown"]
        for entry in chain.walk(audit.log(nights.home), chain.Walk(audit.log(nights.home).origin))
    ][-2:]
    assert shown == [[new], [new]]
    assert nights.ut("check", old, "--purpose", "permits") == 0
    assert f"this is an earlier id of a case: undertow report --case {new}" in " ".join(
        capsys.readouterr().out.split()
    )


@pytest.mark.nightly
def test_an_id_whose_flag_was_cleared_is_followed_and_said_and_changes_no_content(
    nights: Nights, capsys: pytest.CaptureFixture[str]
) -> None:
    [before] = nights.rows(CASES)
    assert before["flags_n"] == 2 and nights.rows(ALIASES) == []
    left = others(nights)
    nights.run("2026-08-01", without=left)
    assert (
        '1 renamed; to find a case by its earlier id: undertow sql "from v_case_alias'
        in capsys.readouterr().out
    )
    [now] = nights.rows(CASES)
    old, new = str(before["case_id"]), str(now["case_id"])
    assert old != new and nights.rows(ALIASES) == [
        {"previous_case_id": old, "case_id": new, "reason": "renamed", "shared": "flags"}
    ]
    follows(nights, old, new, capsys)
    # The same editions in a home that knew no release before them.
    alone = Nights(nights.folder / "alone")
    shutil.copytree(nights.folder / "landing", alone.folder / "landing")
    alone.home.prepare()
    shutil.copytree(nights.home.lake, alone.home.lake, dirs_exist_ok=True)
    shutil.copytree(nights.home.secrets, alone.home.secrets, dirs_exist_ok=True)
    alone.run("2026-08-01", without=left)
    content = "select content_sha256 from v_release"
    assert alone.rows(content) == nights.rows(content) and alone.rows(ALIASES) == []
    # A quiet night after it: still followed, and nothing to say.
    capsys.readouterr()
    nights.run("2026-08-01", without=left)
    assert "renamed" not in capsys.readouterr().out and [row["case_id"] for row in nights.rows(ALIASES)] == [
        new
    ]


@pytest.mark.nightly
def test_cases_that_become_one_and_two_again(nights: Nights, capsys: pytest.CaptureFixture[str]) -> None:
    [one] = [str(row["case_id"]) for row in nights.rows(CASES)]
    nights.run("2026-07-01", without=(0, 1), shared=False)
    assert "CASES:" not in capsys.readouterr().out and nights.rows(ALIASES) == []  # the id stays with a part
    [other] = {str(row["case_id"]) for row in nights.rows(CASES)} - {one}
    nights.run("2026-08-01", without=(0, 1))
    assert "1 merged; to find a case" in capsys.readouterr().out
    assert nights.rows(ALIASES) == [
        {"previous_case_id": other, "case_id": one, "reason": "merged", "shared": "flags"}
    ]
    follows(nights, other, one, capsys)
    nights.run("2026-09-01", without=(0, 1), shared=False)
    assert {row["case_id"] for row in nights.rows(CASES)} == {one, other} and nights.rows(ALIASES) == []


@pytest.mark.nightly
def test_a_candidate_of_a_list_that_somebody_confirmed_keeps_its_case(
    nights: Nights, capsys: pytest.CaptureFixture[str]
) -> None:
    person = {"name": ["Bea7 Quill7"], "birthDate": ["1970-05-04"], "topics": ["sanction"]}
    about = {
        "id": "zz-1",
        "schema": "Person",
        "caption": "Bea7 Quill7",
        "target": True,
        "datasets": ["zz_sanctions"],
    }
    listed = {**about, "properties": person, "last_seen": "2026-06-01T00:00:00"}
    landing = nights.folder / "landing" / "2026-06-01"
    (landing / "zz_sanctions.entities.ftm.json").write_text(json.dumps(listed) + "\n")
    assert nights.ut("run", "--landing", str(landing)) == 0
    of_seven = (
        "select c.case_id, f.subtype from v_case c join v_flag f on f.flag_id = c.anchor_flag_id "
        f"where f.subject_id = 'GB-COH-{company_number(7)}'"
    )
    [candidate] = nights.rows(of_seven)
    assert candidate["subtype"] == "candidate" and nights.rows(ALIASES) == []
    ends = (
        "ftm_entities",
        "zz-1",
        PSC,
        f"/company/{company_number(7)}/persons-with-significant-control/individual/invented7",
    )
    assert nights.ut("resolve", "--judge", *ends, "positive", "--by", "AB", "--purpose", "permits") == 0
    assert nights.ut("run", "--landing", str(landing)) == 0
    [confirmed] = nights.rows(of_seven)
    old, new = str(candidate["case_id"]), str(confirmed["case_id"])
    assert confirmed["subtype"] != "candidate" and old != new
    assert nights.rows(ALIASES) == [
        {"previous_case_id": old, "case_id": new, "reason": "renamed", "shared": "subjects"}
    ]
    capsys.readouterr()
    follows(nights, old, new, capsys)


@pytest.mark.nightly
@pytest.mark.parametrize("held", ["no view", "no cases"])
def test_a_run_follows_a_release_that_lacks_the_view(nights: Nights, held: str) -> None:
    [before] = nights.rows(CASES)
    old, left = str(before["case_id"]), others(nights)
    release = store.current_release(nights.home)
    database = release / "undertow.duckdb"
    database.chmod(0o600)
    with duckdb.connect(str(database)) as connection:
        connection.execute("drop view v_case_alias")
        if held == "no cases":
            connection.execute(
                "drop view v_flag; create view v_flag as select flag_id, subject_id, state from flag"
            )
    nights.run("2026-08-01", without=left)
    assert [row["previous_case_id"] for row in nights.rows(ALIASES)] == ([old] if held == "no view" else [])
