"""Parties of a case as its picture shows them: kind, name and note."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import get_args

from flows.facts.rows import Row, query_rows
from graphs.drawing.elements import Kind, Party
from transforms.model.sql import Connection, read_sql

NAMELESS = "unknown-"  # how the id of a holder that a declaration does not name begins
MADE_HERE = "UT-"  # how an id begins that no register gave
ENTITY_KINDS: Mapping[str, Kind] = {
    "arrangement": "arrangement",
    "state": "state",
    "stateBody": "state",
    "anonymousEntity": "unknown",
    "unknownEntity": "unknown",
}
KIND_WORDS: Mapping[str, str] = {
    "legal_entity": "legal entity",
    "arrangement": "trust or other arrangement",
    "state": "state or public body",
    "person": "natural person",
    "unknown": "unknown party",
    "title": "registered title",
    "property": "property",
    "transaction": "sale",
    "address": "address",
    "control_group": "group under one control",
}
UNSPECIFIED_WORDS: Mapping[str, str] = {
    "noBeneficialOwners": "the company says that nobody holds significant control",
    "subjectUnableToConfirmOrIdentifyBeneficialOwners": "owner not identified or not confirmed",
    "interestedPartyHasNotProvidedInformation": "owner gave no information",
    "subjectExemptFromDisclosure": "exempt from declaring owners",
    "interestedPartyExemptFromDisclosure": "owner exempt from disclosure",
    "unknown": "owner unknown",
    "informationUnknownToPublisher": "owner unknown to the publisher",
}


@dataclass(frozen=True)
class Member:
    """A party of the case, or of the picture around it.

    `is_subject`: the page, or the earliest flag, is about it.
    """

    id: str
    kind: str
    name: str | None
    flags_n: int = 0
    is_member: bool = True
    is_subject: bool = False


def party_rows(connection: Connection, ids: Iterable[str]) -> Mapping[str, Row]:
    """id → name, kind, note and listings of entities, persons and titles; other subjects have none."""
    rows = query_rows(connection, read_sql(__package__, "parties"), ids=sorted(ids))
    return {str(row["id"]): row for row in rows}


def party(member: Member, row: Row | None) -> Party:
    """The member as the picture shows it. `row`: from `party_rows`."""
    if row is None or row["kind"] == "title":
        kind = "title" if row else member.kind
        name = member.name or str((row and row["name"]) or member.id)
        notes = [KIND_WORDS.get(kind, "")]
    elif str(row["kind"]).endswith("Person"):
        kind = "person" if row["kind"] == "knownPerson" else "unknown"
        name, notes = person_name(str(row["kind"]), row["name"]), _listings(row)
    else:
        kind = ENTITY_KINDS.get(str(row["kind"]), "legal_entity")
        name = entity_name(str(row["kind"]), row["name"], member.id)
        inactive = "no longer active" if row["is_active"] is False else ""
        notes = [str(row["note"] or ""), inactive, *_listings(row)]
    known: Kind = next((known for known in get_args(Kind) if known == kind), "unknown")
    note = " · ".join(filter(None, notes))
    return Party(member.id, known, name, note, member.flags_n, not member.is_member, member.is_subject)


def _listings(row: Row) -> list[str]:
    """What lists say of a party. Nobody has confirmed that a candidate of screening is the party listed."""
    notes = []
    if row["may_be_sanctioned"]:
        notes.append("on a sanctions list" if row["is_sanctioned"] else "may be on a sanctions list")
    if row["may_be_exposed"]:
        notes.append("politically exposed" if row["is_exposed"] else "may be politically exposed")
    return notes


def entity_name(entity_type: str, name: object, entity_id: str) -> str:
    """A register implies arrangements that it never names, and may give only the number of an entity.

    An id made here is left out, because it tells a reader nothing.
    """
    unnamed = (
        "unnamed trust or other arrangement" if entity_type == "arrangement" else "entity without a name"
    )
    return str(name or (unnamed if entity_id.startswith(MADE_HERE) else f"{unnamed} ({entity_id})"))


def person_name(person_type: str, name: object) -> str:
    if person_type == "knownPerson":
        return str(name or "person without a name")
    return "protected person" if person_type == "anonymousPerson" else "unknown person"


def unnamed_holder(row: Row) -> Party:
    """The holder of a declaration that names nobody: its reason stands for a name."""
    reason = f"owner not named ({row['declaration_class'] or 'no reason stated'})"
    words = UNSPECIFIED_WORDS.get(str(row["unspecified_reason"]), reason)
    return Party(f"{NAMELESS}{row['statement_id']}", "unknown", words, is_context=True)
