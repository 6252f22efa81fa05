"""Declarations of measures, `state/measures.jsonl`: what an authority declared beforehand about how a measure
will be evaluated (`flows.home.measures`), as a chain (`flows.journal.chain`).

One entry for each declaration and each change of it: `measure` (id), `declared` (SHA-256), `declaration`,
`on` (day, UTC), who as in the audit log, and `ledger`, the head of the ledger then. A release says when its
ledger had that head, so an entry cannot be dated back. `fall` and `rise`: the smallest effects, in per cent,
that the counts before could show; null where none.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from flows.home.settings import Home
from flows.journal import audit, chain, ledger
from flows.journal.entries import Chain, canonical


@dataclass(frozen=True)
class Recorded:
    """A declaration in force: when it was recorded first as it is now, and how many others came before."""

    on: date
    earlier_n: int
    fall: int | None
    rise: int | None


def log(home: Home) -> Chain:
    return Chain(home.state, "measures")


def digest(declaration: Mapping[str, object]) -> str:
    return hashlib.sha256(canonical(declaration)).hexdigest()


def recorded(home: Home, declaration: Mapping[str, object]) -> Recorded | None:
    """The last entry about this measure, if it has this declaration. Raises RunFailed."""
    entries = [
        entry.body for entry in chain.walk(log(home)) if entry.body.get("measure") == declaration["id"]
    ]
    if not entries or entries[-1]["declared"] != digest(declaration):
        return None
    last = entries[-1]
    fall, rise = (value if isinstance(value, int) else None for value in (last["fall"], last["rise"]))
    return Recorded(date.fromisoformat(str(last["on"])), len(entries) - 1, fall, rise)


def record(
    home: Home, declaration: Mapping[str, object], on: date, fall: int | None, rise: int | None
) -> None:
    """Add a declaration. Raises RunFailed if it cannot be written."""
    last = ledger.head(home)
    body = {
        "measure": declaration["id"],
        "declared": digest(declaration),
        "declaration": declaration,
        "on": on.isoformat(),
        **audit.who(),
        "ledger": {"n": last.n, "hash": last.hash},
        "fall": fall,
        "rise": rise,
    }
    home.prepare()
    chain.append(log(home), body)
