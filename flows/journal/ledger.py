"""The ledger, `state/ledger.jsonl`: what was published, from which editions, by which rules, and what became
of it.

One entry for each release that became current, each rollback, each purge and each verdict, as a chain
(`flows.journal.chain`). No entry holds a time, a path or a user; the audit log has those. So equal editions
on fresh homes give equal entries, and the head can stand in `v_release`, in the manifest and at the foot of
every page.

Kinds of entry (`kind`):
- release: release_id, content_sha256, as_of, known_at, synthetic, code_version, tables (rows), editions
  (register, dataset, edition, status, file_sha256), rules (indicator → SHA-256 of its module), area_sha256
- rollback: release_id that is current again
- purge: subject (keyed hash), records_n, editions_n, releases removed
- gap: expected (a head that the file does not have): the ledger was cut, replaced or lost
- torn: nothing. It ends what a kill left, so that the next entry makes the head that a manifest states

A release's entry is made while the release is built, and kept in its manifest with the head it makes. It is
added after `current` has moved and before the release gets its mark `published`. A kill between the two
leaves a release without mark and entry, which `settle` adds in the next run, so an entry always speaks of
something that was published.
"""

import json
from collections.abc import Mapping
from pathlib import Path

from flows.home.settings import Home
from flows.journal import chain
from flows.journal.entries import Body, Chain, Head, canonical, following
from transforms.errors import RunFailed

LEDGER = "ledger"


def log(home: Home) -> Chain:
    return Chain(home.state, LEDGER)


def head(home: Home) -> Head:
    return chain.head(log(home))


def promised(manifest: Mapping[str, object]) -> tuple[Body, Head] | None:
    """The entry and head that a manifest states; None if an earlier version wrote it."""
    stated = manifest.get("ledger")
    if not isinstance(stated, dict):
        return None
    return stated["entry"], Head(int(stated["n"]), str(stated["head"]))


def settle(home: Home, release: Path, manifest: Mapping[str, object], *, is_marked: bool) -> None:
    """Reconcile the ledger with the release in force, after a kill for instance. Call with the lock held.

    `is_marked`: the release has its mark `published`, so its entry must exist.
    """
    stated = promised(manifest)
    if stated is None:
        return
    entry, wanted = stated
    chain.restate(log(home))
    last = head(home)
    if not is_marked and last.n == wanted.n - 1 and following(last, entry)[0] == wanted:
        chain.append(log(home), entry)
    elif last == wanted or chain.accounts_for(log(home), wanted):
        if in_force(home) not in (None, release.name):
            chain.append(log(home), {"kind": "rollback", "release_id": release.name})
    else:
        expected = {"n": wanted.n, "hash": wanted.hash}
        chain.append(log(home), {"kind": chain.GAP, "expected": expected, "release_id": release.name})


def make_ready(home: Home) -> None:
    """Call before a head is promised: a torn line or a gap before the entry would give another head."""
    chain.restate(log(home))
    chain.end_torn(log(home), {"kind": "torn"})


def in_force(home: Home) -> str | None:
    """The release that is current according to the ledger."""
    bodies = (entry.body for entry in chain.walk(log(home)))
    releases = [str(body["release_id"]) for body in bodies if body.get("kind") in ("release", "rollback")]
    return releases[-1] if releases else None


def add(home: Home, entry: Body, promised: Head | None = None) -> Head:
    """Add an entry. Raises RunFailed if it cannot be written, or makes another head than was promised."""
    written = chain.append(log(home), entry)
    if promised not in (None, written):
        raise RunFailed(
            f"{log(home).path}: entry {written.n} has another hash than the manifest of its release states, "
            "because something else wrote there; see `undertow audit verify`"
        )
    return written


def stated(entry: Body, written: Head) -> dict[str, object]:
    """The form in which a manifest states an entry and its head."""
    return {"n": written.n, "head": written.hash, "entry": json.loads(canonical(entry))}
