"""R34: a person who is purged is in no byte of the home but the publishers' own files, and comes back with
no later file.
"""

import html
import io
import json
import zipfile
from collections.abc import Callable
from datetime import date
from itertools import islice
from pathlib import Path

import polars as pl
import pytest

from flows.accountability import purge as purging
from flows.accountability.subject import find
from flows.cli.app import exit_code
from flows.home.settings import Home
from flows.home.warehouse import query
from flows.ingest import lake, suppression
from flows.journal import audit, chain, ledger
from flows.journal.judgements import judge
from flows.release import manifests, publish, recovery, store
from flows.release.verification import verify
from flows.review import attachments
from flows.review.acts import By
from flows.review.desk import Desk
from flows.review.rules import User
from tests import landings
from tests.conftest import Tier
from tests.landings import COMPANIES, PSC, RECORDS, TITLES, company_number, psc_record, text, totals
from tests.reliability.few_indicators import few
from transforms.model.indicator import indicators

FIRST, LAST = "Thaddeus", "Wintergreen-Øyelowo"
NAME = f"Mr {FIRST} O'Neill {LAST}"
ELEMENTS = {"forename": FIRST, "middle_name": "O'Neill", "surname": LAST, "title": "Mr"}
THEIRS = (3, 7)  # companies that the person holds
NOBODY_DECLARED = "DEC-010"
REFUSED_SQL = (
    f"select status, stale_since, blocked_code, blocked_message from v_edition where register "
    f"= '{TITLES}' order by status"
)
KEPT = [b"%PDF-1.7 \xe2\xe3", b"nobody is named here"]
BROKEN = 11  # a record of theirs that no parser reads


def persons(edition: str) -> bytes:
    rows = [
        psc_record(n, name=NAME, name_elements=ELEMENTS, date_of_birth={"month": 2, "year": 1961})
        if n in THEIRS
        else psc_record(n)
        for n in range(RECORDS)
    ]
    rows[BROKEN] = psc_record(BROKEN, name=NAME, name_elements=ELEMENTS).replace(b'"kind":', b'"kind"', 1)
    return text([*rows, totals(RECORDS).replace(b"2026-06-01", edition.encode())])


def run(folder: Path, home: Home, edition: str) -> int:
    landings.write(folder, {PSC: persons(edition)}, edition=edition)
    return exit_code(["run", "--landing", str(folder), "--home", str(home.root)])


def words_left(home: Home) -> list[str]:
    """Independent of the product's own search: the two rare words of the name, in every byte and every
    decoded value.
    """
    places = []
    needles = [
        word.encode(code)
        for word in (FIRST, FIRST.upper(), LAST, "Wintergreen", "WINTERGREEN")
        for code in ("utf-8", "utf-16-le", "utf-16-be")
    ]
    for path in sorted(home.root.rglob("*")):
        if path.is_file() and not path.is_symlink() and not path.is_relative_to(home.landing):
            data = path.read_bytes()
            decoded = (
                json.dumps(
                    pl.read_parquet(path, hive_partitioning=False).to_dicts(), default=str, ensure_ascii=False
                )
                if path.suffix == ".parquet"
                else ""
            )
            if (
                any(needle in data for needle in needles)
                or FIRST in decoded
                or "Wintergreen" in decoded
                or "Wintergreen" in html.unescape(data.decode("latin-1"))
            ):
                places.append(str(path.relative_to(home.root)))
    for release in store.published_folders(home):
        for (view,) in (
            row.values()
            for row in query(release, "select view_name from duckdb_views where not internal").to_pylist()
        ):
            if "Wintergreen" in json.dumps(
                query(release, f"from {view}").to_pylist(), default=str, ensure_ascii=False
            ):
                places.append(f"{release.name} {view}")
    return places


def _judged(home: Home, record: str) -> None:
    """A judgement on their record, one on two others whose note names them, and files of a case."""
    others = [(PSC, f"record {n}") for n in range(2)]
    judge(
        home,
        (PSC, record),
        others[0],
        "negative",
        by="AB",
        purpose="erasure",
        note=f"{FIRST} {LAST} was seen",
    )
    judge(home, others[0], others[1], "positive", by="AB", purpose="erasure", note=f"as {NAME} says")
    assert {path for path in words_left(home) if path.startswith("state/")} == {
        "state/judgement-notes/1.txt",
        "state/judgement-notes/2.txt",
    }
    _with_files(home)


def _is_in_the_ledger(home: Home, person: str, gone: list[str]) -> None:
    entries = [entry.body for entry in chain.walk(ledger.log(home), chain.Walk(ledger.log(home).origin))]
    assert [entry["kind"] for entry in entries] == ["release", "release", "release", "purge"]
    assert (
        entries[-1]["subject"] == audit.keyed(audit.subject_key(home), person)
        and entries[-1]["releases"] == gone
    )
    assert verify(home).faults == ()


def _with_files(home: Home) -> None:
    """Give a case files that name the person, as text and as a document, and KEPT, which do not."""
    document = io.BytesIO()
    with zipfile.ZipFile(document, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", f"<w:t>{FIRST} </w:t><w:t>{LAST}</w:t>")
    naming = [f"as {NAME} says".encode(), document.getvalue()]
    with store.open_current(home) as release:
        desk, by = Desk(home, release, date(2026, 6, 1)), By(User("anna", "reviewer"), "erasure")
        for n, data in enumerate([*KEPT, *naming]):
            attachments.add_file(desk, by, "UT-C-1", f"letter {n}", data)
    assert len(_files(home)) == 4


def _files(home: Home) -> list[bytes]:
    return sorted(path.read_bytes() for path in (home.state / attachments.FOLDER).iterdir())


def _titles_refused(home: Home) -> list[dict[str, object]]:
    """After a night whose delivery of titles is none: a purge reads no file, and the release that it makes
    has to say so still.
    """
    broken = home.landing / "june" / landings.file_name(TITLES, "2026-07-01")
    broken.write_bytes(b"not,a,title\n")
    assert exit_code(["run", "--landing", str(home.landing), "--home", str(home.root)]) == 5
    broken.unlink()
    refused: list[dict[str, object]] = query(store.current_release(home), REFUSED_SQL).to_pylist()
    assert [(row["status"], row["stale_since"]) for row in refused] == [
        ("blocked", None),
        ("in_force", date(2026, 6, 1)),
    ]
    return refused


@pytest.mark.nightly
@pytest.mark.reliability("R34")
def test_a_purged_person_is_gone_and_stays_gone(
    tmp_path: Path,
    tier: Tier,
    *,
    figure: Callable[[str], None],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """In the nightly tier also after the next edition, and after every edition was read anew."""
    few(monkeypatch, tier, *(code for code in indicators() if code.startswith("DEC-")))
    home = Home(tmp_path / "home")
    assert run(home.landing / "june", home, "2026-06-01") == 0
    assert exit_code(["report", "--home", str(home.root)]) == 0
    first = store.current_release(home)
    head = manifests.of_release(first)["ledger"]["head"]  # type: ignore[index]
    assert str(head) in (home.reports / first.name / "night.html").read_text(encoding="utf-8")
    [row] = query(
        first,
        f"select distinct person_id from v_person where full_name = '{NAME.replace(chr(39), chr(39) * 2)}'",
    ).to_pylist()
    person = row["person_id"]
    subject = find(home, person)
    assert {record for _, record in subject.records} == {
        f"/company/{company_number(n)}/persons-with-significant-control/individual/invented{n}"
        for n in THEIRS
    }
    before = purging.search(home, subject.terms)
    assert {"lake", "releases", "quarantine"} <= {path.split("/")[0] for path in before.hits}
    assert set(words_left(home)) and before.values_n > 1000

    _judged(home, subject.records[0][1])
    refused = _titles_refused(home)
    second = store.current_release(home)
    assert exit_code(["purge", person, "--home", str(home.root), "--yes"]) == 2  # no purpose
    assert (
        exit_code(
            [
                "purpose",
                "add",
                "erasure",
                "--title",
                "Erasure",
                "--legal-basis",
                "Article 17 of the regulation",
                "--home",
                str(home.root),
            ]
        )
        == 0
    )
    assert exit_code(["purge", person, "--home", str(home.root), "--purpose", "erasure", "--yes"]) == 0
    captured = capsys.readouterr()
    assert captured.out.rstrip().endswith(": 0 hits.")
    assert FIRST not in captured.out + captured.err and LAST not in captured.out + captured.err
    assert (
        "landing/june/persons-with-significant-control-snapshot-2026-06-01.txt still names the person"
        in captured.err
    )
    assert "1 files kept with cases are a PDF" in captured.err and _files(home) == KEPT
    after = purging.search(home, subject.terms)
    assert after.hits == {} and after.values_n > 1000
    assert words_left(home) == []
    assert not first.exists() and [folder.name[:6] for folder in store.published_folders(home)] == ["000003"]

    current = store.current_release(home)
    assert query(current, REFUSED_SQL).to_pylist() == refused
    editions = query(
        current,
        "select register, rows_in, rows_loaded, rows_rejected, rows_ignored, rows_suppressed from "
        "v_edition order by all",
    ).to_pylist()
    assert all(
        row["rows_in"] == row["rows_loaded"] + row["rows_rejected"] + row["rows_ignored"] for row in editions
    )
    assert {row["register"]: row["rows_suppressed"] for row in editions} == {
        COMPANIES: 0,
        PSC: len(THEIRS),
        TITLES: 0,
    }
    theirs = [f"GB-COH-{company_number(n)}" for n in THEIRS]
    flagged = query(
        current,
        f"select * from v_flag where state = 'flagged' and indicator like 'DEC-%' and subject_id in "
        f"{tuple(theirs)}",
    ).to_pylist()
    assert flagged == []  # a company is not flagged for a person who was purged
    held = query(
        current, f"select subject_id, party_id, share_min from v_interest where subject_id in {tuple(theirs)}"
    ).to_pylist()
    assert sorted(row["subject_id"] for row in held) == theirs and all(
        row["party_id"] != person for row in held
    )

    _is_in_the_ledger(home, person, [first.name, second.name])

    figure(
        f"{sum(before.hits.values())} hits before, 0 after in {after.files_n} files and "
        f"{after.values_n} decoded values"
    )
    if not tier.is_nightly:
        return
    # The next file of the publisher names the person again, and the lake is lost: every edition is read anew.
    assert run(home.landing / "july", home, "2026-07-01") == 0
    assert words_left(home) == []
    for facts in lake.manifests(home):
        lake.manifest_path(home, facts).unlink()
    assert run(home.landing, home, "2026-07-01") == 0
    assert words_left(home) == []
    assert purging.search(home, subject.terms).hits == {}
    figure(
        f"{sum(before.hits.values())} hits before, 0 after in {after.files_n} files and "
        f"{after.values_n} decoded values; 0 after the next edition and a lake read anew"
    )


@pytest.mark.nightly
@pytest.mark.reliability("R34")
def test_a_purge_that_was_killed_is_done_by_the_next_night(tmp_path: Path) -> None:
    """After the list was written, nothing else was; and again after some tables of an edition were
    replaced and its manifest was not.
    """
    home = Home(tmp_path / "home")
    assert run(tmp_path / "landing", home, "2026-06-01") == 0
    [row] = query(
        store.current_release(home),
        "select distinct person_id from v_person where full_name like '%Wintergreen%' order by all limit 1",
    ).to_pylist()
    subject = find(home, row["person_id"])
    listed = suppression.add(home, subject.records, subject.names)
    [facts] = [facts for facts in lake.manifests(home) if facts.register == PSC]
    paths = {
        name: lake.table_path(home, name, facts)
        for name in ("address_statement", "person_statement", "relationship_statement")
    }
    for path, frames in islice(suppression._changed_tables(paths, facts, listed), 2):
        assert path.parts[-4] != "person_statement"
        suppression._write_like(path, tmp_path / "changed", frames)
        (tmp_path / "changed").replace(path)
    assert run(tmp_path / "landing", home, "2026-06-01") == 0
    assert all(facts.suppression == listed.id for facts in lake.manifests(home))
    left = [
        path
        for path in words_left(home)
        if not path.startswith(("releases/000001", "000001", "reports/000001"))
    ]
    assert left == []
    # The old release is removed by `purge` alone, which finds the person in it.
    assert (
        exit_code(
            [
                "purpose",
                "add",
                "erasure",
                "--title",
                "Erasure",
                "--legal-basis",
                "Article 17 of the regulation",
                "--home",
                str(home.root),
            ]
        )
        == 0
    )
    assert (
        exit_code(["purge", row["person_id"], "--home", str(home.root), "--purpose", "erasure", "--yes"]) == 0
    )
    assert words_left(home) == []


def _fails_with(monkeypatch: pytest.MonkeyPatch, where: object, name: str, error: BaseException) -> None:
    def fail(*_args: object, **_kwargs: object) -> None:
        raise error

    monkeypatch.setattr(where, name, fail)


@pytest.mark.nightly
@pytest.mark.reliability("R34")
def test_a_purge_that_fails_says_which_release_is_in_force_and_is_run_again(
    tmp_path: Path, tier: Tier, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Before and after its own release is published; each failure is followed by another run, the last of
    which does all of it.
    """
    few(monkeypatch, tier, NOBODY_DECLARED)
    home = Home(tmp_path / "home")
    assert run(tmp_path / "landing", home, "2026-06-01") == 0
    first = store.current_release(home).name
    [row] = query(
        store.current_release(home),
        "select distinct person_id from v_person where full_name like '%Wintergreen%' order by all limit 1",
    ).to_pylist()
    assert (
        exit_code(
            [
                "purpose",
                "add",
                "erasure",
                "--title",
                "Erasure",
                "--legal-basis",
                "Article 17 of the regulation",
                "--home",
                str(home.root),
            ]
        )
        == 0
    )
    full, again = (
        OSError(28, "No space left on device", str(home.releases / "x")),
        "run `undertow purge` again",
    )

    def failed(where: object, name: str, error: BaseException) -> str:
        capsys.readouterr()
        with monkeypatch.context() as patch:
            _fails_with(patch, where, name, error)
            assert (
                exit_code(
                    ["purge", row["person_id"], "--home", str(home.root), "--purpose", "erasure", "--yes"]
                )
                == 4
            )
        message = capsys.readouterr().err.rstrip().splitlines()[-1]
        assert LAST not in message and message.count("in force") == 1
        return message

    message = failed(audit, "record", full)
    assert "the release in force stays" in message and again not in message  # nothing was begun
    for where, name, error in ((suppression, "catch_up", KeyboardInterrupt()), (publish, "publish", full)):
        message = failed(where, name, error)
        assert (
            "the release in force stays" in message
            and again in message
            and store.current_release(home).name == first
        )
    for n, (where, name, error) in enumerate(
        ((purging, "_own_terms", full), (recovery, "remove", KeyboardInterrupt())), start=2
    ):
        message = failed(where, name, error)
        current = store.current_release(home).name
        assert (
            current[:6] == f"00000{n}"
            and f"release {current}, made without the person, is in force" in message
            and again in message
        )
    assert (home.releases / first).exists()  # by which the person is found again
    assert failed(purging, "search", full).endswith(
        "The person is removed, but this is not proved: search the home for the name"
    )
    assert words_left(home) == [] and verify(home).faults == ()


@pytest.mark.sample(1)
@pytest.mark.parametrize(
    "what", ["GB-COH-09000001", "UT-P-00000000000000000000", f"{PSC}:/no/such", "Thaddeus Wintergreen", ""]
)
def test_only_a_known_natural_person_is_purged(tmp_path_factory: pytest.TempPathFactory, what: str) -> None:
    from tests.flows.check_release import published

    home = published(tmp_path_factory.mktemp("refused") / "home")
    assert exit_code(["purge", "--yes", "--home", str(home.root), "--", what]) == 2


def test_a_list_without_its_key_stops_the_night(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    home.prepare()
    suppression.add(home, [(PSC, "x")], [])
    (home.secrets / audit.KEY_FILE).unlink()
    assert run(tmp_path / "landing", home, "2026-06-01") == 4
