"""Parties and ties of the picture of a case: kind, name and note; who holds what, by which right, and how
much.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import get_args

from flows.facts.rows import Row, rows_about
from graphs.drawing.elements import Kind, Party, Tie, TieKind
from transforms.language import day_text, language, translated
from transforms.model.sql import Connection, read_sql
from transforms.model.subjects import SUBJECT_KINDS
from transforms.reports import number
from transforms.resolution.companies.matching import UNCONFIRMED
from transforms.values.countries import country_name

NAMELESS = "unknown-"  # prefix of the id of a holder that a declaration does not name
MADE_HERE = "UT-"  # prefix of an id that does not come from a register
ENTITY_KINDS: Mapping[str, Kind] = {
    "arrangement": "arrangement",
    "state": "state",
    "stateBody": "state",
    "anonymousEntity": "unknown",
    "unknownEntity": "unknown",
}
KIND_WORDS: Mapping[str, str] = {
    **{kind.code: kind.word for kind in SUBJECT_KINDS.values()},
    "arrangement": "trust or other arrangement",
    "state": "state or public body",
    "person": "natural person",
    "unknown": "unknown party",
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
    """A party of the case, or of the picture around it. `is_subject`: the page or the earliest flag is about
    it.
    """

    id: str
    kind: str
    name: str | None
    flags_n: int = 0
    is_member: bool = True
    is_subject: bool = False


def party_rows(connection: Connection, ids: Iterable[str]) -> Mapping[str, Row]:
    """Name, kind, note and listings of entities, persons and titles, by id. Other subjects have no row."""
    rows = rows_about(connection, read_sql(__package__, "parties"), ids, "id")
    return {str(row["id"]): row for row in rows}


def party(member: Member, row: Row | None) -> Party:
    """The member as the picture shows it. `row`: from `party_rows`."""
    if row is None or row["kind"] == "title":
        kind = "title" if row else member.kind
        name = member.name or str((row and row["name"]) or member.id)
        notes = [translated(KIND_WORDS.get(kind, ""))]
    elif str(row["kind"]).endswith("Person"):
        kind = "person" if row["kind"] == "knownPerson" else "unknown"
        name, notes = person_name(str(row["kind"]), row["name"]), _listings(row)
    else:
        kind = ENTITY_KINDS.get(str(row["kind"]), "legal_entity")
        name = entity_name(str(row["kind"]), row["name"], member.id)
        inactive = translated("no longer active") if row["is_active"] is False else ""
        notes = [country_name(str(row["note"] or ""), language()), inactive, *_listings(row)]
    known: Kind = next((known for known in get_args(Kind) if known == kind), "unknown")
    note = " · ".join(filter(None, notes))
    may_be_listed = bool(row and (row["may_be_sanctioned"] or row["may_be_exposed"]))
    is_context = not member.is_member
    return Party(member.id, known, name, note, member.flags_n, is_context, member.is_subject, may_be_listed)


def _listings(row: Row) -> list[str]:
    """Listings of a party, in words. A candidate of screening is not confirmed to be the party on the
    list.
    """
    listings = {
        "sanctioned": ("on a sanctions list", "may be on a sanctions list"),
        "exposed": ("politically exposed", "may be politically exposed"),
    }
    return [
        translated(words if row[f"is_{listing}"] else doubt)
        for listing, (words, doubt) in listings.items()
        if row[f"may_be_{listing}"]
    ]


def entity_name(entity_type: str, name: object, entity_id: str) -> str:
    """The name of an entity, or words in its place. Registers imply arrangements that they do not name, and
    may give only the number of an entity.

    An id that no register gave is left out, because it tells a reader nothing.
    """
    is_trust = entity_type == "arrangement"
    unnamed = translated("unnamed trust or other arrangement" if is_trust else "entity without a name")
    return str(name or (unnamed if entity_id.startswith(MADE_HERE) else f"{unnamed} ({entity_id})"))


def person_name(person_type: str, name: object) -> str:
    """The name of a natural person, or words in its place if the person is protected or unknown."""
    if person_type == "knownPerson":
        return str(name or translated("person without a name"))
    return translated("protected person" if person_type == "anonymousPerson" else "unknown person")


def unnamed_holder(row: Row) -> Party:
    """The holder of a declaration that names nobody, with the stated reason in place of a name."""
    stated = row["declaration_class"] or translated("no reason stated")
    reason = translated("owner not named (%(reason)s)", reason=stated)
    words = translated(UNSPECIFIED_WORDS.get(str(row["unspecified_reason"]), reason))
    return Party(f"{NAMELESS}{row['statement_id']}", "unknown", words, is_context=True)


# --- ties: who holds what, by which right, how much, and how certain it is ----------------------------------


OWNING = ("shares", "surplus_assets")
BASIS_WORDS: Mapping[str, str] = {
    "board": "board",
    "influence": "influence",
    "unknown": "right not stated",
}

Pair = tuple[str, str]


def holding_pair(row: Row) -> Pair:
    return str(row["party_id"]), str(row["subject_id"])


def title_pair(row: Row) -> Pair:
    return str(row["party_id"]), str(row["title_id"])


def link_pair(row: Row) -> Pair:
    return str(row["from_id"]), str(row["to_id"])


def resolutions(connection: Connection, statement_ids: Iterable[str]) -> Mapping[str, Row]:
    """How the party of each relationship or proprietorship was resolved (`method`), and `ended_on`, by
    statement_id.
    """
    rows = rows_about(connection, read_sql(__package__, "resolutions"), statement_ids, "statement_id")
    return {str(row["statement_id"]): row for row in rows}


# --- ownership and control --------------------------------------------------------------------------------


def holding_ties(connection: Connection, holdings: Sequence[Row], ids: Sequence[str]) -> list[Tie]:
    """A tie for each pair of holder and held, with all open interests between them in its labels."""
    rows = rows_about(connection, read_sql(__package__, "interests"), ids, "subject_id", "party_id")
    interests = {pair: tuple(group) for pair, group in groupby(rows, key=holding_pair)}
    rows = rows_about(connection, read_sql(__package__, "control"), ids, "subject_id", "party_id")
    control = {holding_pair(row): _control_words(row) for row in rows}
    resolved = resolutions(connection, [str(row["statement_id"]) for row in holdings])
    return [
        _holding_tie(
            holding_pair(row),
            interests.get(holding_pair(row), ()),
            control.get(holding_pair(row), ""),
            resolved.get(str(row["statement_id"]), {}).get("method") not in UNCONFIRMED,
        )
        for row in holdings
    ]


def _control_words(row: Row) -> str:
    verb = "controls" if row["verdict"] == "CERTAIN" else "may control"
    return translated(f"{verb} together with others" if row["kind"] == "joint" else verb)


def _holding_tie(pair: Pair, interests: Sequence[Row], control: str, is_identified: bool) -> Tie:
    shares = [_interest_words(row) for row in interests if row["basis"] in OWNING]
    rights = [_interest_words(row) for row in interests if row["basis"] not in OWNING]
    has_votes = any(row["basis"] == "votes" for row in interests)
    return Tie(
        *pair,
        "ownership" if shares or has_votes else "control",
        any(_is_certain(row) for row in interests),
        "; ".join(dict.fromkeys(shares)),
        "; ".join(dict.fromkeys(rights)) or control,
        is_identified=is_identified,
    )


def _is_certain(interest: Row) -> bool:
    """Whether the interest is certainly more than nothing: a right over the board, or a minimum above 0."""
    least = interest["share_min"]
    return interest["basis"] == "board" or (isinstance(least, Decimal) and least > 0)


def _interest_words(interest: Row) -> str:
    """The interest in words, such as `jointly 25–50 %`, `votes 60 %`, `board`."""
    basis, jointly = str(interest["basis"]), f"{translated('jointly')} " if interest["is_joint"] else ""
    if basis in BASIS_WORDS:
        return f"{jointly}{translated(BASIS_WORDS[basis])}"
    votes = f"{translated('votes')} " if basis == "votes" else ""
    return f"{votes}{jointly}{_share_words(interest)}"


def _share_words(interest: Row) -> str:
    """The share as stated: `75–100 %`, `60 %`, `more than 25 to 50 %`, `up to 25 %`."""
    low, high = interest["share_min"], interest["share_max"]
    least = str(number(low)) if isinstance(low, Decimal) else None
    most = str(number(high)) if isinstance(high, Decimal) else None
    if least is None and most is None:
        return translated("share not stated")
    if interest["share_min_exclusive"] or interest["share_max_exclusive"]:
        above = f"{translated('more than')} " if interest["share_min_exclusive"] else ""
        below = f"{translated('less than')} " if interest["share_max_exclusive"] else ""
        return f"{above}{least or '0'} {translated('to')} {below}{most or '100'} %"
    if least == most:
        return f"{least} %"
    if most is None or (isinstance(high, Decimal) and high >= 100):
        most = "100"
    return f"{translated('up to')} {most} %" if least is None else f"{least}–{most} %"


def unnamed_tie(row: Row) -> Tie:
    """The tie of the holder that a declaration does not name."""
    return Tie(f"{NAMELESS}{row['statement_id']}", str(row["subject_id"]), "ownership", False)


# --- property, addresses and groups -----------------------------------------------------------------------


def other_ties(
    links: Sequence[Row], proprietorships: Sequence[Row], shown: Mapping[str, object]
) -> list[Tie]:
    """Ties of the case to properties, addresses and control groups, and of proprietors to titles, one for
    each pair.
    """
    ties = {
        link_pair(row): _link_tie(row)
        for row in links
        if row["kind"] not in ("ownership", "control") or str(row["to_id"]).startswith("CG-")
    }
    for row in open_last(proprietorships):
        pair, ended_on = title_pair(row), row["ended_on"]
        if shown.keys() >= set(pair):
            # "gone by": the edition of that day is the first without the proprietor.
            since = (
                translated("since %(day)s", day=_day(row["added_on"]))
                if ended_on is None
                else translated("gone by %(day)s", day=_day(ended_on))
            )
            is_identified = row["method"] not in UNCONFIRMED
            ties[pair] = Tie(
                *pair, "property", True, since, has_ended=ended_on is not None, is_identified=is_identified
            )
    return [tie for _, tie in sorted(ties.items())]


def _day(day: object) -> str:
    return day_text(day) if isinstance(day, date) else str(day or "?")


def open_last(proprietorships: Iterable[Row]) -> list[Row]:
    """The proprietorships by the day they ended, and open ones last, so that these replace earlier ones of a
    pair.
    """
    return sorted(proprietorships, key=lambda row: (row["ended_on"] is None, str(row["ended_on"])))


def context_ties(
    groups: Sequence[Row],
    unit_titles: Sequence[Row],
    hops: Sequence[Row],
    permits: Sequence[Row],
    links: Sequence[Row],
) -> list[Tie]:
    """Ties from a controller to its flagged group, from a title to the property or sale of the same unit,
    from payers and payees to the pattern of payments, and from applicants to the premises.
    """
    linked = {frozenset(link_pair(row)) for row in links}
    controllers = sorted({(str(row["controller_id"]), str(row["control_group_id"])) for row in groups})
    units = [(str(row["title_id"]), str(row["id"])) for row in unit_titles]
    ties = [Tie(*pair, "control", True, "", translated("controls")) for pair in controllers]
    ties += [Tie(*pair, "property", True, translated("the same unit")) for pair in units]
    ties += [Tie(str(row["party_id"]), str(row["pattern_id"]), "money", True) for row in hops]
    ties += [Tie(str(row["party_id"]), str(row["premises_id"]), "permit", True) for row in permits]
    return [tie for tie in ties if frozenset((tie.from_id, tie.to_id)) not in linked]


def loan_ties(lenders: Iterable[Row]) -> list[Tie]:
    """Ties from lenders to the titles on which they have a charge."""
    return [
        Tie(
            str(row["lender_id"]),
            str(row["title_id"]),
            "loan",
            True,
            translated("charge of %(day)s", day=_day(row["created_on"]))
            if row["created_on"]
            else translated("charge without a date"),
        )
        for row in lenders
    ]


def _link_tie(row: Row) -> Tie:
    kinds: Mapping[object, TieKind] = {
        "address": "address",
        "control": "control",
        "permit": "permit",
        "money": "money",
        "award": "award",
    }
    kind = kinds.get(row["kind"], "property")
    label = translated("controls") if kind == "control" else ""
    return Tie(*link_pair(row), kind, row["certainty"] == "certain", "", label)
