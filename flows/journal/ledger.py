"""The ledger, `state/ledger.jsonl`: what was published from what, by which rules, and what became of it.

One entry for each release that was made current, each rollback, each purge and each verdict; the chain and its canonical form are in
`flows.journal.chain`. No entry holds a time, a path or a user: the audit log has those. So equal editions on fresh homes give equal entries, and
the head can stand in `v_release`, in the manifest and at the foot of every page without making equal nights differ.

Kinds of entry (`kind`):
release   release_id, content_sha256, as_of, known_at, synthetic, code_version, tables (rows), editions (register, dataset, edition, status,
          file_sha256), rules (indicator → SHA-256 of its module), area_sha256 where area.duckdb is part of the release
rollback  release_id that is current again
purge     subject (keyed hash), records_n, editions_n, releases removed
gap       expected (head of the manifest of the release in force, or of `ledger.head`) where the file did not hold it: the ledger was cut, replaced or lost
torn      nothing: what a kill left before it was ended, so that the next entry is the one whose head a manifest states

A release's entry is made while it is built, and kept in its manifest with the head it makes. It is added after `current` has moved and
before the release gets its mark `published`. So a kill between the two leaves a release in force without mark and without entry, which
`settle` adds at the next run; an entry is never of something that was not published. A kill within that entry leaves the beginning of its
line, which `flows.journal.chain` finishes to the same head.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from flows.home.settings import Home
from flows.journal import chain
from flows.journal.chain import Body, Chain, Head
from transforms.errors import RunFailed

LEDGER = "ledger"
KINDS = ("release", "rollback", "purge", "verdict", "gap", "torn")


def log(home: Home) -> Chain:
    return Chain(home.state, LEDGER)


def head(home: Home) -> Head:
    return chain.head(log(home))


def promised(manifest: Mapping[str, object]) -> tuple[Body, Head] | None:
    """The entry and head that a manifest states; None in one of an earlier version."""
    stated = manifest.get("ledger")
    if not isinstance(stated, dict):
        return None
    return stated["entry"], Head(int(stated["n"]), str(stated["head"]))


def settle(home: Home, release: Path, manifest: Mapping[str, object], *, is_marked: bool) -> None:
    """Bring the ledger in line with the release in force, after a kill or whatever else happened. Call with the lock held.

    `is_marked`: the release had its mark `published`, so that its entry must be there already.
    """
    stated = promised(manifest)
    if stated is None:
        return
    entry, wanted = stated
    chain.restate(log(home))
    last = head(home)
    if not is_marked and last.n == wanted.n - 1 and chain.following(last, entry)[0] == wanted:
        chain.append(log(home), entry)
    elif last == wanted or chain.tells_of(log(home), wanted):
        _settle_rollback(home, release.name)
    else:
        chain.append(
            log(home),
            {"kind": chain.GAP, "expected": {"n": wanted.n, "hash": wanted.hash}, "release_id": release.name},
        )


def make_ready(home: Home) -> None:
    """Call before a head is promised: an entry that has something torn before it, or a gap, would not be the one that is promised."""
    chain.restate(log(home))
    chain.end_torn(log(home), {"kind": "torn"})


def _settle_rollback(home: Home, current: str) -> None:
    if in_force(home) not in (None, current):
        chain.append(log(home), {"kind": "rollback", "release_id": current})


def in_force(home: Home) -> str | None:
    """The release that is current by the ledger."""
    named = [
        str(entry["release_id"]) for entry in _entries(home) if entry.get("kind") in ("release", "rollback")
    ]
    return named[-1] if named else None


def _entries(home: Home) -> list[Body]:
    return [entry.body for entry in chain.walk(log(home), chain.Walk(log(home).origin))]


def add(home: Home, entry: Body, promised: Head | None = None) -> Head:
    """Raises RunFailed where it cannot be written, or makes another head than was promised."""
    made = chain.append(log(home), entry)
    if promised not in (None, made):
        raise RunFailed(
            f"{log(home).path}: entry {made.n} has another hash than the manifest of its release states, as something else wrote there; see `undertow audit verify`"
        )
    return made


def stated(entry: Body, made: Head) -> dict[str, object]:
    """For a manifest."""
    return {"n": made.n, "head": made.hash, "entry": json.loads(chain.canonical(entry))}
