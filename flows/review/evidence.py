"""The flags of cases with short keyed hashes of the facts that they rest on, as verdicts are bound to."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from flows.facts.rows import grouped, query_rows, texts
from flows.review.fold import Flag
from transforms.model.sql import Connection, read_sql

JUDGED_CASES_SQL = """
select case_id from flag where rowid in (from rows_of('flag.flag_id', $flags))
union
select case_id from flag where case_id is not null and rowid in (from rows_of('flag.subject_id', $subjects))
order by case_id
"""
ALIASES_SQL = "select party_id, previous_party_id from v_party_alias order by all"


@dataclass(frozen=True)
class CaseFlags:
    """A case's flags. `lanes`, `values`: of each flag by its id; a value is text, after the sub-type if there
    is one. Without a value, or with one that grows each night, it is a hash of the facts.

    `words`: indicator → the sentence of its first flag.
    """

    flags: tuple[Flag, ...] = ()
    lanes: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)

    @property
    def indicators(self) -> list[str]:
        return sorted({flag.indicator for flag in self.flags})

    @property
    def stamp(self) -> str:
        """Hash of everything to which a verdict on the case is bound; a page with a different stamp is
        stale.
        """
        lines = sorted(f"{flag.flag_id} {flag.version} {evidence_hash(flag.facts)}" for flag in self.flags)
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:32]


def flags_of_cases(connection: Connection, key: bytes, case_ids: Iterable[str]) -> dict[str, CaseFlags]:
    """Case → its flags now. `key`: of the home (`audit.subject_key`). A case without flags is left out."""
    rows = query_rows(
        connection, read_sql(__package__, "case_flags"), ids=sorted(set(case_ids)), key=key.hex()
    )
    by_case = grouped(rows, lambda row: row["case_id"])
    return {case_id: _case_flags(flags) for case_id, flags in by_case.items()}


def _case_flags(rows: Sequence[Mapping[str, object]]) -> CaseFlags:
    names = ("flag_id", "indicator", "version", "subject_id")
    flags = tuple(
        Flag(
            **{name: str(row[name]) for name in names},
            facts=frozenset(texts(row["facts"])),
            lane=str(row["lane"]),
        )
        for row in rows
    )
    return CaseFlags(
        flags,
        {str(row["flag_id"]): str(row["lane"]) for row in rows},
        {str(row["flag_id"]): _value(row) for row in rows},
        {str(row["indicator"]): str(row["explanation"]) for row in reversed(rows)},
    )


def _value(row: Mapping[str, object]) -> str:
    value = str(row["value"] or evidence_hash(texts(row["facts"])))
    return f"{row['subtype']} {value}" if row["subtype"] else value


def cases_with(connection: Connection, flag_ids: Iterable[str], subject_ids: Iterable[str]) -> list[str]:
    """Cases that have one of the flags, or a flag on one of the subjects."""
    rows = query_rows(
        connection, JUDGED_CASES_SQL, flags=sorted(set(flag_ids)), subjects=sorted(set(subject_ids))
    )
    return [str(row["case_id"]) for row in rows]


def earlier_subjects(connection: Connection) -> dict[str, list[str]]:
    """Subject → the ids that it had in earlier releases."""
    earlier: dict[str, list[str]] = {}
    for row in query_rows(connection, ALIASES_SQL):
        earlier.setdefault(str(row["party_id"]), []).append(str(row["previous_party_id"]))
    return earlier


def evidence_hash(facts: Iterable[str]) -> str:
    """SHA-256 of a flag's facts in order."""
    return hashlib.sha256("\n".join(sorted(facts)).encode()).hexdigest()


def stated(flag: Flag, outcome: str = "") -> dict[str, object]:
    """A flag as an event's body has it."""
    return {
        "flag_id": flag.flag_id,
        "indicator": flag.indicator,
        "version": flag.version,
        "subject_id": flag.subject_id,
        "evidence": evidence_hash(flag.facts),
        "facts": sorted(flag.facts),
        "lane": flag.lane,
        **({"outcome": outcome} if outcome else {}),
    }
