"""Judgements on the disk: chained, without locators or names, and what a night makes of them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from flows.home.settings import Home
from flows.ingest import lake
from flows.journal import audit, chain, judgements
from flows.journal.judgements import judge
from flows.night.stages.resolve import resolve_parties
from flows.night.stages.screening import screen_lists
from flows.night.tables import open_tables
from flows.release.verification import verify
from tests.landings import (
    PSC,
    TITLES,
    file_name,
    file_of,
    lake_night,
    land_files,
    mart,
    marts_night,
    title_row,
)
from tests.transforms.resolution.test_resolution import AGENT, JULY, JUNE, by_record, person
from transforms.errors import RunFailed, UsageError

ANN, BEA, CEE = (
    (PSC, f"/company/0900000{n}/persons-with-significant-control/individual/{name}")
    for n, name in enumerate(("ann", "bea", "cee"), start=1)
)
NOTE = "Both were seen at the desk: Thaddeus Wintergreen says so"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = Home(tmp_path / "home")
    made.prepare()
    return made


def made_of(home: Home, *judged: tuple[tuple[str, str], tuple[str, str], str]) -> None:
    for one, other, verdict in judged:
        judge(home, one, other, verdict, by="AB", purpose="permits")


def test_a_judgement_is_chained_and_holds_neither_locator_nor_note(home: Home) -> None:
    judge(home, BEA, ANN, "positive", by=" Desk 4 ", purpose="permits", note=NOTE)
    text = audit.judgement_log(home).path.read_text()
    body = json.loads(text)["body"]
    assert (body["verdict"], body["by"], body["purpose"], [register for register, _ in body["pair"]]) == (
        "positive",
        "Desk 4",
        "permits",
        [PSC, PSC],
    )
    assert body["at"].endswith("+00:00") and body["uid"] == audit.who()["uid"]
    assert not any(word in text for word in ("individual", "ann", "09000001", "Thaddeus", "desk:"))
    assert judgements.note_path(home, 1).read_text() == NOTE
    assert {
        path.stat().st_mode & 0o777
        for path in (audit.judgement_log(home).path, judgements.note_path(home, 1))
    } == {0o600}
    assert verify(home).findings == ()


def test_the_last_judgement_of_a_pair_counts_whichever_record_comes_first(home: Home) -> None:
    made_of(home, (ANN, BEA, "positive"), (ANN, CEE, "unsure"), (BEA, ANN, "negative"))
    assert [one.verdict for one in judgements.every(home)] == ["positive", "unsure", "negative"]
    assert sorted(
        (history[-1].n, history[-1].verdict) for history in judgements.known(home).by_pair.values()
    ) == [
        (2, "unsure"),
        (3, "negative"),
    ]


@pytest.mark.parametrize(
    ("verdict", "by", "note", "message"),
    [
        ("maybe", "AB", None, "positive, negative, unsure"),
        ("positive", "", None, "--by"),
        ("positive", "A\x1b[2J", None, "--by"),
        ("positive", "AB", "two\nlines", "--note"),
        ("positive", "AB", "x" * 1001, "--note"),
    ],
)
def test_what_is_no_judgement_is_not_written(
    home: Home, verdict: str, by: str, note: str | None, message: str
) -> None:
    with pytest.raises(UsageError, match=message):
        judge(home, ANN, BEA, verdict, by=by, purpose="permits", note=note)
    with pytest.raises(UsageError, match="both are the same"):
        judge(home, ANN, ANN, "positive", by="AB", purpose="permits")
    assert not audit.judgement_log(home).path.exists()


def test_a_changed_judgement_stops_the_night_and_is_a_fault(home: Home) -> None:
    made_of(home, (ANN, BEA, "negative"), (ANN, CEE, "negative"))
    path = audit.judgement_log(home).path
    path.write_bytes(path.read_bytes().replace(b'"verdict":"negative"', b'"verdict":"positive"', 1))
    with pytest.raises(RunFailed, match=r"judgements.jsonl, line 1: the hash of this entry"):
        judgements.every(home)
    assert next((one.kind, one.where, one.line) for one in verify(home).faults) == (
        "fault",
        "state/judgements.jsonl",
        1,
    )


@pytest.mark.parametrize("is_more_judged", [False, True])
def test_judgements_that_were_cut_off_stop_the_night(home: Home, is_more_judged: bool) -> None:
    made_of(home, (ANN, BEA, "negative"), (ANN, CEE, "negative"))
    path = audit.judgement_log(home).path
    path.write_bytes(path.read_bytes().splitlines(keepends=True)[0])
    if is_more_judged:
        made_of(home, (BEA, CEE, "unsure"))
    with pytest.raises(
        RunFailed,
        match=r"line 2: judgements before this line are missing"
        if is_more_judged
        else r"judgements\.head differs",
    ):
        judgements.every(home)
    assert [one.where for one in verify(home).faults] == ["state/judgements.jsonl"]


def test_notes_go_with_the_person_and_those_that_name_them(home: Home) -> None:
    judge(home, ANN, BEA, "positive", by="AB", purpose="permits", note="seen")
    judge(home, BEA, CEE, "positive", by="AB", purpose="permits", note="asked  THADDEUS\u00a0Wintergreen")
    judge(home, BEA, CEE, "unsure", by="AB", purpose="permits", note="phone")
    for path in judgements.notes_naming(home, [ANN], ["Thaddeus Wintergreen", " "]):
        path.unlink()
    assert [path.name for path in sorted((home.state / judgements.NOTES).iterdir())] == ["3.txt"]
    assert len(judgements.every(home)) == 3 and verify(home).findings == ()


def test_a_night_takes_judgements_on_records_that_it_holds(tmp_path: Path) -> None:
    home, landing = Home(tmp_path / "home"), tmp_path / "landing"
    land_files(
        landing,
        {
            file_name(PSC, JUNE): file_of(
                PSC, [person(0, "ann"), person(1, "bea"), person(2, "cee", address=AGENT)]
            )
        },
    )
    night = lake_night(home, landing)
    resolve_parties(night)
    plain = mart(night, "resolution")
    made_of(
        home,
        (ANN, BEA, "positive"),
        (ANN, BEA, "negative"),
        (CEE, ANN, "positive"),
        (ANN, (PSC, "not held"), "positive"),
        ((lake.MENTION.name, "x"), ANN, "negative"),
    )
    connection = open_tables(night, ())
    try:
        judged = judgements.judged_records(connection, home)
    finally:
        connection.close()
    assert [frozenset(row) for row in judged.select("record", "other_record", "verdict").rows()] == [
        {ANN[1], BEA[1], "negative"},
        {ANN[1], CEE[1], "positive"},
    ]
    counts = resolve_parties(night)
    now, before = by_record(mart(night, "resolution")), by_record(plain)
    assert (
        now["ann"]["party_id"]
        == now["cee"]["party_id"]
        == before["ann"]["party_id"]
        == before["bea"]["party_id"]
        != now["bea"]["party_id"]
    )
    assert (counts["judged"], counts["links_refused"]) == (1, 1)
    assert mart(night, "resolution_link").filter(outcome="refused")["reason"].to_list() == ["judged"]
    # Taken back, it is as it was.
    made_of(home, (ANN, BEA, "unsure"), (ANN, CEE, "unsure"))
    resolve_parties(night)
    assert mart(night, "resolution").equals(plain)
    assert chain.head(audit.judgement_log(home)).n == 7


@pytest.mark.nightly
def test_a_no_clears_a_candidate_of_a_list(tmp_path: Path) -> None:
    home, landing = Home(tmp_path / "home"), tmp_path / "landing"
    listed = {
        "id": "zed-ann",
        "schema": "Person",
        "properties": {"name": ["Ann Quill"], "birthDate": ["1970-05"], "topics": ["sanction"]},
    }
    people = file_of(PSC, [person(0, "ann"), person(1, "bea", "Bea")])
    night = marts_night(
        home,
        land_files(
            landing, {file_name(PSC, JUNE): people, "entities.ftm.json": json.dumps(listed).encode() + b"\n"}
        ),
    )
    assert (screen_lists(night)["candidates"], mart(night, "screening")["is_strong"].to_list()) == (1, [True])
    made_of(home, (ANN, ("ftm_entities", "zed-ann"), "negative"))
    assert screen_lists(night)["candidates"] == mart(night, "screening").height == 0


PLACES = [(TITLES, f"ZT10000{n} proprietor 1") for n in range(2)]
ALPHA, BODY, OMEGA = "ALPHA PARISH TRUSTEES", "ALPHA PARISH TRUSTEE BODY", "OMEGA ALLOTMENT BOARD"


def titles_of(names: Sequence[str]) -> bytes:
    stated = [
        {
            "Proprietor Name (1)": name,
            "Company Registration No. (1)": "",
            "Proprietorship Category (1)": "Corporate Body",
        }
        for name in names
    ]
    return file_of(
        TITLES,
        [
            title_row(n, **record, **{"Proprietor (1) Address (1)": f"{n} Zed Road, Zedton ZT{n} 2AB"})
            for n, record in enumerate(stated)
        ],
    )


@pytest.mark.nightly
@pytest.mark.parametrize(
    "names", [{PLACES[0]: ALPHA, PLACES[1]: BODY}, None], ids=["named", "from before names were kept"]
)
def test_a_judgement_on_a_place_goes_to_nobody_who_takes_it_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, names: dict[tuple[str, str], str | None] | None
) -> None:
    home, landing = Home(tmp_path / "home"), tmp_path / "landing"
    land_files(landing, {file_name(TITLES, JUNE): titles_of([ALPHA, BODY])})
    resolve_parties(lake_night(home, landing))

    class InJune(datetime):
        @classmethod
        def now(cls, tz: object = None) -> InJune:  # type: ignore[override]
            return cls(2026, 6, 20, tzinfo=UTC if tz else None)

    with monkeypatch.context() as patched:
        patched.setattr(judgements, "datetime", InJune)
        judge(home, *PLACES, "positive", by="AB", purpose="permits", names=names)
    assert verify(home).findings == () and ALPHA not in audit.judgement_log(home).path.read_text()
    land_files(landing, {file_name(TITLES, JULY): titles_of([OMEGA, BODY])})
    night = lake_night(home, landing)
    resolve_parties(night)
    rows = mart(night, "resolution").sort("edition", "record")
    alpha, body, omega, body_still = rows["party_id"].to_list()
    assert alpha == body == body_still != omega
    # Whoever came may be judged too, and that takes nothing back.
    judge(home, *PLACES, "negative", by="AB", purpose="permits", names={PLACES[0]: OMEGA, PLACES[1]: BODY})
    known = judgements.known(home)
    assert [known.on(*PLACES, {PLACES[0]: name, PLACES[1]: BODY}).verdict for name in (ALPHA, OMEGA)] == [
        "positive",
        "negative",
    ]  # type: ignore[union-attr]
    resolve_parties(night)
    assert mart(night, "resolution").sort("edition", "record")["party_id"].to_list() == [
        alpha,
        body,
        omega,
        body_still,
    ]
