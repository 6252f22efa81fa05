"""R33: every edit, deletion, swap, insertion and tail cut of ledger and audit log is found, in a chain of a
million entries too."""

import hashlib
import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from flows.cli.app import exit_code
from flows.home.settings import RELEASES_KEPT, Home
from flows.home.warehouse import query
from flows.journal import audit, chain, entries, ledger
from flows.journal.chain import Walk
from flows.journal.entries import Chain
from flows.release import manifests, publish, recovery, store, verification
from flows.release.verification import verify
from tests.conftest import Tier
from tests.flows.release_tables import new_home, publish_one
from transforms.model.area_views import COUNTS
from transforms.model.views import RELEASE_TABLES

SEED = 20261125
RELEASES_N = 3
AUDIT_N = 12


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Releases, rollbacks and answers written down; sound."""
    made = new_home(tmp_path_factory.mktemp("chains") / "home")
    for n in range(RELEASES_N):
        publish_one(made, f"run-{n}", seed=n)
    publish.rollback(made)
    publish_one(made, "run-after", seed=9)
    for n in range(AUDIT_N):
        audit.record(
            made,
            "check",
            purpose="demo",
            terms=[f"Person Number {n}"],
            shown=[f"GB-COH-0000000{n % 10}", f"UT-P-{n:020x}"],
            release="000001-aaaaaaaaaaaa",
        )
    assert verify(made).findings == ()
    return made


@dataclass(frozen=True)
class Damage:
    """One change to a file's lines, by a seeded source of chance; the lines keep their line feeds."""

    name: str
    do: Callable[[list[bytes], random.Random], list[bytes]]


def edited(lines: list[bytes], chance: random.Random) -> list[bytes]:
    """One byte of one line is another one."""
    n = chance.randrange(len(lines))
    line = bytearray(lines[n])
    place = chance.randrange(len(line))
    line[place] = chance.choice([byte for byte in range(256) if byte != line[place]])
    return [*lines[:n], bytes(line), *lines[n + 1 :]]


def value_changed(lines: list[bytes], chance: random.Random) -> list[bytes]:
    """A well-formed entry with another body; its hash is left, or made anew as one would who knows the
    form.
    """
    n = chance.randrange(len(lines) - 1)
    entry = json.loads(lines[n])
    entry["body"] = {**entry["body"], "purpose": "another"}
    if chance.random() < 0.5:
        head, line = entries.following(entries.Head(entry["n"] - 1, entry["prev"]), entry["body"])
        assert head.n == entry["n"]
        return [*lines[:n], line + b"\n", *lines[n + 1 :]]
    return [*lines[:n], entries.canonical(entry) + b"\n", *lines[n + 1 :]]


def deleted(lines: list[bytes], chance: random.Random) -> list[bytes]:
    n = chance.randrange(len(lines))
    return [*lines[:n], *lines[n + 1 :]]


def swapped(lines: list[bytes], chance: random.Random) -> list[bytes]:
    first, second = chance.sample(range(len(lines)), 2)
    made = list(lines)
    made[first], made[second] = made[second], made[first]
    return made


def inserted(lines: list[bytes], chance: random.Random) -> list[bytes]:
    """A copy of a line, or words of no form, anywhere."""
    n = chance.randrange(len(lines) + 1)
    return [*lines[:n], chance.choice([chance.choice(lines), b"{}\n", b"no entry\n"]), *lines[n:]]


def cut(lines: list[bytes], chance: random.Random) -> list[bytes]:
    """The end is gone: whole lines, or from within one."""
    kept = lines[: chance.randrange(len(lines))]
    rest = lines[len(kept)]
    return [*kept, rest[: chance.randrange(1, len(rest))]] if chance.random() < 0.5 else kept


DAMAGES = [Damage(do.__name__, do) for do in (edited, value_changed, deleted, swapped, inserted, cut)]


@pytest.mark.nightly
@pytest.mark.reliability("R33")
def test_every_change_is_found(home: Home, tier: Tier, figure: Callable[[str], None]) -> None:
    """Of the ledger also where its head file was changed with it: manifests hold the heads. The files are as
    they were afterwards, and sound.
    """
    chance = random.Random(SEED)
    tries_n, found_n = tier.pick(ci=48, nightly=1000), 0
    for n in range(tries_n):
        damage = DAMAGES[n % len(DAMAGES)]
        log = chance.choice([ledger.log(home), audit.log(home)])
        before, head = log.path.read_bytes(), log.head_path.read_bytes()
        lines = before.splitlines(keepends=True)
        after = damage.do(lines, chance)
        log.path.write_bytes(b"".join(after))
        if (
            log.name == ledger.LEDGER
            and damage.do is cut
            and len(after) < len(lines) - 1
            and chance.random() < 0.5
        ):
            entry = (
                json.loads(after[-1])
                if after and after[-1].endswith(b"\n")
                else {"n": 0, "hash": log.origin.hash}
            )
            log.head_path.write_bytes(entries.canonical({"n": entry["n"], "hash": entry["hash"]}) + b"\n")
        result = verify(home)
        assert result.exit_code == 3, (n, damage.name, log.name)
        assert all(one.todo for one in result.findings)
        found_n += bool(result.faults)
        log.path.write_bytes(before)
        log.head_path.write_bytes(head)
    assert verify(home).findings == ()
    figure(f"{found_n}/{tries_n} edits, deletions, swaps, insertions and tail cuts found")


@pytest.mark.reliability("R33")
def test_the_line_is_named(home: Home) -> None:
    log = audit.log(home)
    before = log.path.read_bytes()
    lines = before.splitlines(keepends=True)
    log.path.write_bytes(b"".join([*lines[:4], lines[4].replace(b'"check"', b'"chekc"'), *lines[5:]]))
    faults = [(one.where, one.line) for one in verify(home).faults]
    log.path.write_bytes(before)
    assert faults == [("state/audit.jsonl", 5)]


@pytest.mark.reliability("R33")
def test_a_million_entries_are_verified(tmp_path: Path, tier: Tier, figure: Callable[[str], None]) -> None:
    entries_n = tier.pick(ci=20_000, nightly=1_000_000)
    log = Chain(tmp_path, "audit")
    head = log.origin
    with log.path.open("wb") as file:
        for n in range(entries_n):
            head, line = entries.following(
                head,
                {
                    "at": "2026-11-25T01:02:03.004+00:00",
                    "uid": 1000,
                    "user": "desk",
                    "command": "check",
                    "purpose": "permits",
                    "release": "000001-aaaaaaaaaaaa",
                    "asked": [f"h:{n:032x}"],
                    "shown": [f"GB-COH-{n:08}"],
                },
            )
            file.write(line + b"\n")
    walk = Walk(log.origin)
    assert sum(1 for _ in chain.walk(log, walk)) == entries_n
    assert walk.head == head == chain.head(log)
    assert walk.faults == walk.notes == []
    figure(f"{entries_n} entries verified")


@pytest.mark.parametrize("kept", range(0, 400, 23))
def test_a_line_cut_short_by_a_kill_is_told_by_the_next_entry(tmp_path: Path, kept: int) -> None:
    """As a kill or a full disk leaves it, at any byte: the head file does not tell of that entry yet."""
    log = Chain(tmp_path, "audit")
    chain.append(log, {"a": "first"})
    whole, stated = log.path.read_bytes(), log.head_path.read_bytes()
    chain.append(log, {"b": "é" * 150})
    line = log.path.read_bytes()[len(whole) :]
    torn = line[: min(kept, len(line) - 1)]
    log.path.write_bytes(whole + torn)
    log.head_path.write_bytes(stated)
    chain.append(log, {"c": "third"})
    walk = Walk(log.origin)
    bodies = [entry.body for entry in chain.walk(log, walk)]
    assert walk.faults == []
    assert log.path.read_bytes().startswith(whole + torn)  # nothing that was written is ever removed
    if len(torn) == len(line) - 1:  # whole but for its line feed: it counts
        assert [list(body) for body in bodies] == [["a"], ["b"], ["c"]]
    else:
        assert [body.get("torn", {}).get("bytes") for body in bodies] == (
            [None, len(torn)] if torn else [None, None]
        )  # type: ignore[attr-defined]
        assert [note.line_no for note in walk.notes] == ([2] if torn else [])


@pytest.mark.parametrize(
    ("pieces", "told_n"),
    [
        ((b'{"body":{"ka', b'{"body":{"ko'), 2),
        ((b'{"body":{"ka', b""), 1),
        ((b'{"body":{"ka', b'{"bo'), 1),  # the last is how the next line begins, and is finished
        ((b'{"body":{"ka', b'{"body":{"kind":"y",', b'{"body":{"ko'), 3),
        ((b'{"body":{"ka' + b"x" * chain.TAIL_BYTES, b'{"body":{"ko'), 2),
    ],
)
@pytest.mark.parametrize("first", [True, False])
def test_several_torn_lines_in_a_row_are_told_by_the_next_entry(
    tmp_path: Path, pieces: tuple[bytes, ...], told_n: int, first: bool
) -> None:
    log = Chain(tmp_path, "audit")
    before = [] if first else [chain.append(log, {"a": 1})]
    with log.path.open("ab") as file:  # as writers leave it that are killed one after the other
        file.write(b"\n".join(pieces))
    torn = b"\n".join(pieces[:told_n])
    assert chain.head(log) == (before[0] if before else log.origin)
    walk = Walk(log.origin)
    assert len(list(chain.walk(log, walk))) == len(before)
    assert walk.faults == [] and ["cut short by a kill" in note.what for note in walk.notes] == [True]
    heads = [*before, *(chain.append(log, {"kind": name}) for name in "pq")]
    walk = Walk(log.origin)
    read = list(chain.walk(log, walk))
    assert [entries.Head(entry.n, entry.hash) for entry in read] == heads
    torn_entry = {"bytes": len(torn), "sha256": hashlib.sha256(torn).hexdigest()}
    assert [entry.body.get("torn") for entry in read[-2:]] == [torn_entry, None]
    assert walk.faults == [] and [note.line_no for note in walk.notes] == [1 + len(before)]
    assert read[-2].line_no == 1 + len(before) + told_n
    assert walk.head == chain.head(log) == chain.stated_head(log)


def test_a_line_cut_short_is_finished_where_it_is_written_again(tmp_path: Path) -> None:
    """At every byte: the chain is as if nothing had been."""
    log = Chain(tmp_path, "audit")
    chain.append(log, {"a": 1})
    whole, stated = log.path.read_bytes(), log.head_path.read_bytes()
    made = chain.append(log, {"b": "é"})
    line = log.path.read_bytes()[len(whole) :]
    for kept in range(len(line)):
        log.path.write_bytes(whole + line[:kept])
        log.head_path.write_bytes(stated)
        if kept == len(line) - 1:  # whole but for its line feed: it counts
            assert chain.head(log) == made
            chain.restate(log)
        else:
            assert chain.append(log, {"b": "é"}) == made
        assert log.path.read_bytes() == whole + line
        assert chain.stated_head(log) == made


@pytest.mark.parametrize("lost", ["whole lines", "within a line", "no head", "another head", "the file"])
def test_a_cut_tail_is_said_for_ever(tmp_path: Path, lost: str) -> None:
    """Also once more was entered; by one entry, however often something is entered."""
    home = new_home(tmp_path / "home")
    for n in range(5):
        audit.record(home, "check", purpose="demo", terms=[f"GB-COH-{n}"], release="1")
    log = audit.log(home)
    lines = log.path.read_bytes().splitlines(keepends=True)
    match lost:
        case "whole lines":
            log.path.write_bytes(b"".join(lines[:2]))
        case "within a line":
            log.path.write_bytes(b"".join(lines[:2]) + lines[2][:20])
        case "no head":
            log.head_path.unlink()
        case "another head":
            log.head_path.write_bytes(entries.canonical({"hash": "0" * 64, "n": 3}))
        case _:
            log.path.unlink()
    assert verify(home).faults
    for n in range(2):
        audit.record(home, "check", purpose="demo", terms=[f"GB-COH-{n}"], release="1")
    faults = verify(home).faults
    assert [one.what[:32] for one in faults] == ["a run found that the audit log d"]
    assert "audit.head" in faults[0].what if lost == "no head" else "did not hold entry" in faults[0].what


def test_a_head_file_that_is_behind_is_no_gap(tmp_path: Path) -> None:
    """As kills leave it, one after the other: each came between an entry and its head."""
    log = Chain(tmp_path, "audit")
    chain.append(log, {"n": 0})
    stated = log.head_path.read_bytes()
    log.head_path.unlink()
    chain.append(log, {"n": 1})
    log.head_path.write_bytes(stated)
    chain.append(log, {"n": 2})
    assert [entry.body for entry in chain.walk(log, Walk(log.origin))] == [{"n": n} for n in range(3)]


@pytest.mark.parametrize("value", [1.5, {"a": [0.1]}, [float("nan")]])
def test_a_float_has_no_canonical_form(value: object) -> None:
    with pytest.raises(TypeError, match="cannot hold a float"):
        entries.canonical(value)


def test_equal_nights_on_fresh_homes_have_equal_heads(tmp_path: Path) -> None:
    first, second = new_home(tmp_path / "a"), new_home(tmp_path / "b")
    publish_one(first, "run-x")
    publish_one(second, "run-y")
    assert ledger.head(first) == ledger.head(second) != ledger.log(first).origin


@pytest.mark.nightly
def test_a_ledger_that_was_lost_is_said_for_ever(tmp_path: Path) -> None:
    """The night goes on, and enters that the chain has a gap."""
    home = new_home(tmp_path / "home")
    for n in range(2):
        publish_one(home, f"run-{n}", seed=n)
    for path in (ledger.log(home).path, ledger.log(home).head_path):
        path.unlink()
    assert "which is not there" in verify(home).faults[-1].what
    for n in range(2, RELEASES_KEPT + 4):  # until no release of before is kept
        recovery.clean_leftovers(home)
        publish_one(home, f"run-{n}", seed=n)
    assert [(one.line, one.what[:29]) for one in verify(home).faults] == [
        (1, "a run found that the ledger d")
    ]


def test_manifest_database_and_swapped_releases_are_checked(tmp_path: Path) -> None:
    home = new_home(tmp_path / "home")
    first, second = (publish_one(home, f"run-{n}", seed=n) for n in range(2))
    manifest = home.releases / second / "manifest.json"
    manifest.chmod(0o640)
    manifest.write_text(manifest.read_text().replace('"engine": "plain"', '"engine": "other"'))
    database = home.releases / first / "undertow.duckdb"
    database.chmod(0o640)
    with database.open("ab") as file:
        file.write(b"\0")
    check = verify(home)
    assert [(one.where, one.what.split(";")[0]) for one in check.faults] == [
        (f"releases/{first}", "undertow.duckdb has other bytes than its manifest says"),
        (f"releases/{second}", "manifest.json was changed after it was written"),
    ]


def forged(
    home: Home, release_id: str, sql: str, *, name: str = "undertow.duckdb", entry: bool = False
) -> None:
    """Other rows, and the manifest with their bytes, sealed anew as one would who knows the form. entry: its
    copy of the ledger's entry as well.
    """
    folder = home.releases / release_id
    for path in (folder / name, folder / "manifest.json"):
        path.chmod(0o640)
    if sql:
        with duckdb.connect(str(folder / name)) as connection:
            connection.execute(sql)
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["database" if name == "undertow.duckdb" else "area"] |= manifests.database_facts(folder / name)
    if entry:
        manifest["content_sha256"] = manifest["ledger"]["entry"]["content_sha256"] = "0" * 64
    manifest["seal"] = manifests.seal({key: value for key, value in manifest.items() if key != "seal"})
    (folder / "manifest.json").write_text(json.dumps(manifest))
    manifests.verify(folder)


@pytest.mark.sample(1)
@pytest.mark.parametrize(
    ("sql", "name", "entry", "faults"),
    [
        (
            "delete from flag where flag_id = (select min(flag_id) from flag)",
            "undertow.duckdb",
            False,
            ["undertow.duckdb holds other rows than the ledger says"],
        ),
        (
            "update flag set value = 17 where flag_id = (select min(flag_id) from flag)",
            "undertow.duckdb",
            False,
            ["undertow.duckdb holds other rows than the ledger says"],
        ),
        (
            "drop table flag cascade",
            "undertow.duckdb",
            False,
            ["undertow.duckdb holds other rows than the ledger says"],
        ),
        ("update area_release set cell_min = 1", "area.duckdb", False, []),  # about itself: outside the hash
        (
            f"insert into {next(iter(COUNTS))} select * from {next(iter(COUNTS))} limit 1",
            "area.duckdb",
            False,
            ["area.duckdb holds other rows than the ledger says"],
        ),
        (
            "",
            "undertow.duckdb",
            True,
            ["its manifest says something else than the entry of the ledger that it names"],
        ),
    ],
)
def test_rows_that_were_changed_with_their_manifest_are_found(
    tmp_path: Path, sql: str, name: str, entry: bool, faults: list[str]
) -> None:
    home = new_home(tmp_path / "home")
    release_id = publish_one(home, "run-0", rows_n=30, declared=RELEASE_TABLES)
    assert verify(home).findings == ()
    forged(home, release_id, sql, name=name, entry=entry)
    assert [(one.where, one.what) for one in verify(home).faults] == [
        (f"releases/{release_id}", what) for what in faults
    ]


def test_what_is_too_large_to_be_hashed_anew_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = new_home(tmp_path / "home")
    publish_one(home, "run-0")
    monkeypatch.setattr(verification, "REHASHED_BYTES_MAX", 1000)
    [note] = verify(home).findings
    assert note.kind == "note" and "its rows not with the ledger" in note.what


def test_current_moved_by_hand_is_named_and_entered_by_the_next_run(tmp_path: Path) -> None:
    home = new_home(tmp_path / "home")
    first, second = (publish_one(home, f"run-{n}", seed=n) for n in range(2))
    home.current.unlink()
    home.current.symlink_to(f"releases/{first}")
    assert [one.where for one in verify(home).faults] == ["current"]
    recovery.clean_leftovers(home)
    assert verify(home).findings == ()
    assert ledger.in_force(home) == first != second


UNRESOLVED = """
select f.flag_id from v_flag f
left join v_indicator i on i.code = f.indicator and length(i.rule_sha256) = 64
where f.state = 'flagged' and (i.code is null or not exists (
    select 1 from v_evidence e
    join v_edition d on d.register = e.register and d.edition = e.edition and d.file_sha256 = e.file_sha256
    where e.flag_id = f.flag_id and e.record <> '' and length(e.file_sha256) = 64)
  or exists (select 1 from v_evidence e where e.flag_id = f.flag_id and not exists (
    select 1 from v_edition d
    where d.register = e.register and d.edition = e.edition and d.file_sha256 = e.file_sha256)))
"""


@pytest.mark.nightly
@pytest.mark.reliability("R33")
def test_every_flag_of_a_town_resolves_to_file_record_and_rule(
    tmp_path: Path, figure: Callable[[str], None]
) -> None:
    """And each landed file, hashed by itself, has the hash that the ledger names; each rule is in the ledger
    as in the release.
    """
    assert exit_code(["demo", "--companies", "300", "--home", str(tmp_path)]) == 0
    home = Home(tmp_path)
    release = store.current_release(home)
    flags_n = query(release, "select count(*)::int as n from v_flag where state = 'flagged'").to_pylist()[0][
        "n"
    ]
    assert flags_n > 50
    resolved_n = flags_n - query(release, UNRESOLVED).num_rows
    assert resolved_n == flags_n
    [entry] = [entry.body for entry in chain.walk(ledger.log(home), chain.Walk(ledger.log(home).origin))]
    landed = {
        hashlib.sha256(path.read_bytes()).hexdigest()
        for path in (home.landing / "town" / "landing").iterdir()
    }
    editions = [row["file_sha256"] for row in entry["editions"]]  # type: ignore[attr-defined]
    assert editions and set(editions) <= landed
    assert entry["rules"] == {
        row["code"]: row["rule_sha256"]
        for row in query(release, "select code, rule_sha256 from v_indicator").to_pylist()
    }
    assert verify(home).findings == ()
    figure(f"{resolved_n}/{flags_n} flags resolve to file hash, record and rule version")
