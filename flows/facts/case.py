"""What a case page says of who belongs to whom: the parties and ties of its picture, its timeline, and how sure each link is.

Only `v_*` views of one release are read, so that anybody can ask the same. Persons' names are on a case page, which is for the analysts'
group; they are in no message and no log.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import groupby

import numpy as np

from flows.facts.rows import Row, as_int, query_rows
from graphs.cases.grouping import links_that_connect
from graphs.drawing.elements import Kind, Party, Tie, TieKind
from transforms.model.sql import Connection
from transforms.reports import number
from transforms.resolution.companies.joining import UNCONFIRMED

PARTIES_MAX = 300  # in a picture: members first, then those above them, nearest first
TOLD_MAX = 2000  # (own) in words beside it, in the same order
NAMELESS = "unknown-"  # how the id of a holder that a declaration does not name begins
EVENTS_MAX = 150  # (own) of a timeline; the number of all is said
TITLES_MAX = 40  # of one legal entity in the timeline, newest first
TITLES_PICTURED = 20  # of one legal entity in the picture, newest first; the words beside it have all

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
OWNING = ("shares", "surplus_assets")
BASIS_WORDS: Mapping[str, str] = {
    "shares": "shares",
    "votes": "votes",
    "surplus_assets": "surplus",
    "board": "board",
    "influence": "influence",
    "unknown": "right not stated",
}
# How a party record was joined to the party: the step of confidence, and in words. The last one is the weakest.
CONFIDENCE: Mapping[str, tuple[str, str]] = {
    "same_record": ("same record", "one record of a register names both"),
    "identifier": ("same identifier", "the same official number"),
    "record": ("one record only", "no rule joined it to a record of anybody else"),
    "identifier_and_name": ("confirmed", "number and name agree"),
    "judgement": ("confirmed", "a person judged the record to be of this party"),
    "name_birth_address": ("probable", "the same name, birth month and address"),
    "linkage": (
        "probable",
        "a like name and birth month, and further evidence: the address, co-owners, or a rare full name",
    ),
    "records_agree": (
        "probable",
        "the same name and country, and the same address, VAT number or number of a register there",
    ),
    "name_and_address": ("probable", "the same name, country and address; no number is stated"),
    "name_and_jurisdiction": ("probable", "the one company of that name in its country; no number is stated"),
    "identifier_unverified": ("probable", "a number that no register held here could confirm"),
}
CONFIDENCE_ORDER = tuple(CONFIDENCE)


@dataclass(frozen=True)
class Member:
    """A party of the case, or of the picture around it. `is_subject`: what the page, or the earliest flag of the case, is about."""

    id: str
    kind: str
    name: str | None
    flags_n: int = 0
    is_member: bool = True
    is_subject: bool = False


@dataclass(frozen=True)
class Around:
    """`members`: of the case, by the names and kinds of the picture, those too that have no room in it. `told`, `told_ties`: in words; `parties`, `ties`: of them
    those drawn; `left_out_n` are not drawn, and `untold_n` more, next to one told, would have made the page too large. `names`: of `told`. `titles`: what the case is about; `proprietors`: theirs. `links`: the ties that a statement says, in the columns of v_case_link.
    """

    members: tuple[Member, ...]
    parties: tuple[Party, ...]
    ties: tuple[Tie, ...]
    told: tuple[Party, ...]
    told_ties: tuple[Tie, ...]
    left_out_n: int
    untold_n: int
    names: Mapping[str, str]
    titles: tuple[str, ...]
    proprietors: tuple[str, ...]
    links: tuple[Row, ...]


@dataclass(frozen=True)
class Event:
    """One line of the timeline. `day` None never occurs; `source` is the register's title."""

    day: object
    what: str
    about: str
    source: str


@dataclass(frozen=True)
class LinkShown:
    """A link of the case, or of a subject's picture: names of both ends, how they were matched (`step`, `why`), and whether the case falls apart without it.
    `certainty`: of the link itself, in words; one that ended says when.
    """

    row: Row
    from_name: str
    to_name: str
    certainty: str
    step: str
    why: str
    holds: bool


@dataclass(frozen=True)
class Candidate:
    """A party of the page that may be one of a watch list. `score`: 0 to 1, of companies only, as no person has one."""

    name: str
    kind: str
    listed_name: str
    lists: str
    score: float | None
    reason: str


# --- who stands around ----------------------------------------------------------------------------------------------


def around(connection: Connection, members: Sequence[Member], links: Sequence[Row]) -> Around:
    """Parties and ties in words, and those of them in the picture: the members, proprietors of member titles, and everybody above, up to TOLD_MAX and PARTIES_MAX."""
    shown = {member.id: member for member in members[:TOLD_MAX]}
    grouped, sold = _grouped(connection, list(shown)), _titles_of(connection, list(shown))
    left_out = set(
        _add(shown, [str(row[name]) for name in ("controller_id", "subject_id") for row in grouped])
    )
    left_out |= set(_add(shown, [str(row["title_id"]) for row in sold]))
    titles = tuple(
        dict.fromkeys(
            [
                *(member.id for member in members if member.kind == "title"),
                *(str(row["title_id"]) for row in sold),
            ]
        )
    )
    proprietors = _proprietors(connection, titles)
    left_out |= set(_add(shown, [str(row["party_id"]) for row in proprietors]))
    placed = tuple(
        party for party in dict.fromkeys(str(row["party_id"]) for row in proprietors) if party in shown
    )
    components = _components(connection, list(shown))
    left_out |= _add_holders(connection, components, shown)
    held = _held(connection, [member.id for member in members if member.kind == "legal_entity"])
    before = set(shown)
    left_out |= set(_add(shown, [str(row["title_id"]) for row in held]))
    pictured = before | {str(row["title_id"]) for row in held if as_int(row["nth"]) <= TITLES_PICTURED}
    proprietors = (*proprietors, *held)
    ends = _ends(connection, components, shown)
    people = _described(connection, {*shown, *(member.id for member in members)})
    parties, undisclosed = (
        [replace(_party(member, people), is_subject=member.is_subject) for member in shown.values()],
        _undisclosed(connection, list(shown)),
    )
    unknown = [
        Party(f"{NAMELESS}{row['statement_id']}", "unknown", _reason(row), is_context=True)
        for row in undisclosed
    ]
    ties = [
        *_holding_ties(connection, ends, shown),
        *_other_ties(links, proprietors, shown),
        *_context_ties(grouped, sold, links),
        *(_unknown_tie(row) for row in undisclosed),
    ]
    told = (*parties, *unknown)
    there = {party.id for party in told}
    ties = [tie for tie in ties if tie.from_id in there and tie.to_id in there]
    found = _drawn(told, ties, pictured)
    drawn = {party.id for party in found}
    said_by = {
        **{_pair(row): str(row["statement_id"]) for row in ends},
        **{_held_pair(row): str(row["statement_id"]) for row in _last_open(proprietors)},
    }
    return Around(
        members=tuple(_as_shown(member, _party(member, people)) for member in members),
        parties=found,
        ties=tuple(tie for tie in ties if tie.from_id in drawn and tie.to_id in drawn),
        told=told,
        told_ties=tuple(ties),
        left_out_n=len(told) - len(found),
        untold_n=len(left_out - set(shown)),
        names={party.id: party.name for party in told},
        titles=titles,
        proprietors=placed,
        links=_links(ties, said_by),
    )


def _drawn(told: Sequence[Party], ties: Sequence[Tie], pictured: Collection[str]) -> tuple[Party, ...]:
    """Whoever has room in the picture, in the order taken in; who holds one of them and is not named, last."""
    named = [party for party in told if party.id in pictured][:PARTIES_MAX]
    there = {party.id for party in named}
    nameless = {tie.from_id for tie in ties if tie.to_id in there and tie.from_id.startswith(NAMELESS)}
    return (*named, *[party for party in told if party.id in nameless][: PARTIES_MAX - len(named)])


def _links(ties: Iterable[Tie], said_by: Mapping[tuple[str, str], str]) -> tuple[Row, ...]:
    return tuple(
        {
            "from_id": tie.from_id,
            "to_id": tie.to_id,
            "kind": tie.kind,
            "certainty": "certain" if tie.is_solid else "possible",
            "statement_id": said_by[tie.from_id, tie.to_id],
        }
        for tie in ties
        if (tie.from_id, tie.to_id) in said_by and tie.from_id != tie.to_id
    )


def _as_shown(member: Member, party: Party) -> Member:
    """A natural person, known or not, stays one."""
    return replace(member, name=party.name, kind=member.kind if member.kind == "person" else party.kind)


def _add(shown: dict[str, Member], ids: Iterable[str]) -> list[str]:
    """Take parties in while there is room (TOLD_MAX); gives those that found none."""
    refused = []
    for party in ids:
        if party not in shown and len(shown) >= TOLD_MAX:
            refused.append(party)
        elif party not in shown:
            shown[party] = Member(party, "", None, is_member=False)
    return refused


def _components(connection: Connection, ids: Sequence[str]) -> list[int]:
    """Numbers of the weakly connected parts of the closure in which these are: the edges are stored by them."""
    query = "select distinct component_no from v_closure_edge where subject_id in (select unnest($ids)) or party_id in (select unnest($ids)) order by component_no"
    return [as_int(row["component_no"]) for row in query_rows(connection, query, ids=list(ids))]


def _add_holders(connection: Connection, components: Sequence[int], shown: dict[str, Member]) -> set[str]:
    """Take in everybody above, nearest first, while there is room; gives the holders of those shown that found none."""
    frontier, left_out = sorted(shown), set[str]()
    query = """
        select distinct party_id from v_closure_edge
        where component_no in (select unnest($components)) and subject_id in (select unnest($ids)) order by party_id
    """
    while frontier:  # each round takes somebody in, so there are TOLD_MAX at most
        holders = [
            str(row["party_id"])
            for row in query_rows(connection, query, components=list(components), ids=frontier)
        ]
        before = set(shown)
        left_out |= set(_add(shown, holders))
        frontier = sorted(set(shown) - before)
    return left_out


def _grouped(connection: Connection, ids: Sequence[str]) -> tuple[Row, ...]:
    """Controller and entities of the control groups among members: such a case is about them."""
    query = "select control_group_id, controller_id, subject_id from v_control_group where control_group_id in (select unnest($ids)) order by all"
    return query_rows(connection, query, ids=list(ids))


def _titles_of(connection: Connection, ids: Sequence[str]) -> tuple[Row, ...]:
    """(id, title_id): the registered titles of the properties and sales among members, whose proprietors such a case is about."""
    query = """
        select distinct p.id, a.title_id from (
            select transaction_id as id, property_id from v_transaction where transaction_id in (select unnest($ids))
            union all select property_id, property_id from v_property where property_id in (select unnest($ids))
        ) p join v_title_address a on a.property_id = p.property_id order by p.id, a.title_id
    """
    return query_rows(connection, query, ids=list(ids))


def _proprietors(connection: Connection, titles: Sequence[str]) -> tuple[Row, ...]:
    query = "select title_id, party_id, added_on, ended_on, method, statement_id from v_proprietorship where title_id in (select unnest($ids)) order by title_id, position, statement_id"
    return query_rows(connection, query, ids=list(titles))


def _held(connection: Connection, ids: Sequence[str]) -> tuple[Row, ...]:
    """Open proprietorships of the legal entities among members, as `_proprietors`, with their place (`nth`, newest first) for each entity."""
    query = """
        select title_id, party_id, added_on, ended_on, method, statement_id,
            row_number() over (partition by party_id order by added_on desc nulls last, title_id, statement_id) as nth
        from v_proprietorship where ended_on is null and party_id in (select unnest($ids)) order by party_id, nth
    """
    return query_rows(connection, query, ids=list(ids))


def _ends(connection: Connection, components: Sequence[int], shown: Mapping[str, Member]) -> tuple[Row, ...]:
    query = """
        select party_id, subject_id, basis, share_min, statement_id from v_closure_edge
        where component_no in (select unnest($components)) and party_id in (select unnest($ids)) and subject_id in (select unnest($ids))
        order by party_id, subject_id
    """
    return query_rows(connection, query, components=list(components), ids=sorted(shown))


def _described(connection: Connection, ids: Iterable[str]) -> Mapping[str, Row]:
    """Name, kind and note of entities, persons and titles, and whether a list names them. Everything else has its name from the case."""
    query = """
        with on_list as (
            select party_id as id, listing_class, true as is_sure from v_listing where is_open and party_id in (select unnest($ids))
            union all
            select s.party_id, l.listing_class, false from v_screening s join v_listing l on l.party_id = s.listed_party_id
            where s.is_strong and l.is_open and s.party_id in (select unnest($ids))
        ), list_note as (
            select id, bool_or(is_sure and listing_class = 'sanction') as sanctioned, bool_or(listing_class = 'sanction') as may_be_sanctioned,
                bool_or(is_sure and listing_class = 'pep') as exposed, bool_or(listing_class = 'pep') as may_be_exposed
            from on_list group by id
        )
        select k.*, n.sanctioned, n.may_be_sanctioned, n.exposed, n.may_be_exposed from (
            select e.entity_id as id, e.name, e.entity_type as kind, upper(e.jurisdiction) as note, c.is_active
            from v_entity e left join v_company c on c.company_id = e.entity_id where e.entity_id in (select unnest($ids))
            union all
            select person_id, case when person_type = 'knownPerson' then full_name end, person_type, null, null from v_person
            where person_id in (select unnest($ids))
            union all
            select title_id, address_text, 'title', null, null from v_title where title_id in (select unnest($ids))
            union all
            -- Titles in no edition in force, of which a former proprietor was a legal entity.
            select x.title_id, min(a.address_text), 'title', null, null from v_title_address x join v_address a using (address_id)
            where x.title_id in (select unnest($ids)) and x.title_id not in (select title_id from v_title) group by x.title_id
        ) k left join list_note n on n.id = k.id
        order by k.id
    """
    return {str(row["id"]): row for row in query_rows(connection, query, ids=sorted(ids))}


def _list_notes(row: Row) -> tuple[str, ...]:
    """What lists say of a party; that a candidate of screening is the party listed, nobody has confirmed."""
    notes = (
        "on a sanctions list"
        if row["sanctioned"]
        else "may be on a sanctions list"
        if row["may_be_sanctioned"]
        else "",
        "politically exposed"
        if row["exposed"]
        else "may be politically exposed"
        if row["may_be_exposed"]
        else "",
    )
    return tuple(filter(None, notes))


def _party(member: Member, described: Mapping[str, Row]) -> Party:
    row = described.get(member.id)
    if row is not None and row["kind"] == "title":
        return Party(
            member.id,
            "title",
            member.name or str(row["name"] or member.id),
            KIND_WORDS["title"],
            member.flags_n,
            not member.is_member,
        )
    if row is None:
        return Party(
            member.id,
            _kind(member.kind),
            member.name or member.id,
            KIND_WORDS.get(member.kind, ""),
            member.flags_n,
            not member.is_member,
        )
    native = str(row["kind"])
    if native.endswith("Person"):
        kind: Kind = "person" if native == "knownPerson" else "unknown"
        return Party(
            member.id,
            kind,
            _person_name(native, row["name"]),
            " · ".join(_list_notes(row)),
            0,
            not member.is_member,
        )
    note = " · ".join(
        filter(
            None,
            (
                str(row["note"] or ""),
                "" if row["is_active"] in (None, True) else "no longer active",
                *_list_notes(row),
            ),
        )
    )
    return Party(
        member.id,
        ENTITY_KINDS.get(native, "legal_entity"),
        _entity_name(native, row["name"], member.id),
        note,
        member.flags_n,
        not member.is_member,
    )


def _entity_name(native: str, name: object, entity_id: str) -> str:
    """A register implies arrangements that it never names, and may tell only the number of an entity; an id made here tells nobody anything."""
    unnamed = "unnamed trust or other arrangement" if native == "arrangement" else "entity without a name"
    return str(name or (unnamed if entity_id.startswith(MADE_HERE) else f"{unnamed} ({entity_id})"))


def _person_name(native: str, name: object) -> str:
    if native == "knownPerson":
        return str(name or "person without a name")
    return {"anonymousPerson": "protected person"}.get(native, "unknown person")


def _kind(kind: str) -> Kind:
    kinds: tuple[Kind, ...] = (
        "legal_entity",
        "person",
        "title",
        "property",
        "transaction",
        "address",
        "control_group",
    )
    return next((known for known in kinds if known == kind), "unknown")


def _undisclosed(connection: Connection, ids: Sequence[str]) -> tuple[Row, ...]:
    """Open declarations that name nobody, one a subject and reason."""
    query = """
        select subject_id, unspecified_reason, declaration_class, min(statement_id) as statement_id from v_relationship
        where is_open and party_id is null and declaration_class <> 'neutral' and subject_id in (select unnest($ids))
        group by subject_id, unspecified_reason, declaration_class order by subject_id, unspecified_reason, declaration_class
    """
    return query_rows(connection, query, ids=sorted(ids))


def _reason(row: Row) -> str:
    return UNSPECIFIED_WORDS.get(
        str(row["unspecified_reason"]), f"owner not named ({row['declaration_class'] or 'no reason stated'})"
    )


def _unknown_tie(row: Row) -> Tie:
    return Tie(f"{NAMELESS}{row['statement_id']}", str(row["subject_id"]), "ownership", False)


# --- ties -----------------------------------------------------------------------------------------------------------


def _holding_ties(connection: Connection, ends: Sequence[Row], shown: Mapping[str, Member]) -> list[Tie]:
    """One tie for each holder and held, with every open interest between them in its labels."""
    interests = _interests(connection, sorted(shown))
    controls = _control(connection, sorted(shown))
    methods = methods_of(connection, [str(row["statement_id"]) for row in ends])
    return [
        _holding(
            row,
            interests.get(_pair(row), ()),
            controls.get(_pair(row), ""),
            methods.get(str(row["statement_id"]), ""),
        )
        for row in ends
    ]


def _pair(row: Row) -> tuple[str, str]:
    return str(row["party_id"]), str(row["subject_id"])


def _holding(row: Row, interests: Sequence[Row], control: str, method: str) -> Tie:
    owning = [f"{_jointly(one)}{_band(one)}" for one in interests if one["basis"] in OWNING]
    steering = [
        f"votes {_jointly(one)}{_band(one)}"
        if one["basis"] == "votes"
        else f"{_jointly(one)}{BASIS_WORDS[str(one['basis'])]}"
        for one in interests
        if one["basis"] not in OWNING
    ]
    certain = any(map(_is_certain, interests))
    kind: TieKind = "ownership" if owning or any(one["basis"] == "votes" for one in interests) else "control"
    return Tie(
        *_pair(row),
        kind,
        certain,
        "; ".join(dict.fromkeys(owning)),
        "; ".join(dict.fromkeys(steering)) or control,
        is_identified=method not in UNCONFIRMED,
    )


def _is_certain(one: Row) -> bool:
    """Whether the interest is of some size, whatever its true share within its bounds."""
    return one["basis"] == "board" or (isinstance(one["share_min"], Decimal) and one["share_min"] > 0)


def _jointly(one: Row) -> str:
    return "jointly " if one["is_joint"] else ""


def _band(one: Row) -> str:
    """`75–100 %`, `60 %`, `more than 25 to 50 %`: the share as stated."""
    low, high = one["share_min"], one["share_max"]
    if not isinstance(low, Decimal) and not isinstance(high, Decimal):
        return "share not stated"
    if one["share_min_exclusive"] or one["share_max_exclusive"]:
        return _exclusive_band(one)
    if low == high and isinstance(low, Decimal):
        return f"{_figure(low)} %"
    if not isinstance(high, Decimal) or high >= 100:
        return f"{_figure(low)}–100 %" if isinstance(low, Decimal) else "up to 100 %"
    return f"{_figure(low)}–{_figure(high)} %" if isinstance(low, Decimal) else f"up to {_figure(high)} %"


def _exclusive_band(one: Row) -> str:
    """Bounds of which one is not included; without a least share it is nought, without a most it is all."""
    low, high = one["share_min"], one["share_max"]
    begin = f"{'more than ' if one['share_min_exclusive'] else ''}{_figure(low) if isinstance(low, Decimal) else '0'}"
    return f"{begin} to {'less than ' if one['share_max_exclusive'] else ''}{_figure(high) if isinstance(high, Decimal) else '100'} %"


def _figure(share: Decimal) -> str:
    return str(number(share))


def _interests(connection: Connection, ids: Sequence[str]) -> Mapping[tuple[str, str], tuple[Row, ...]]:
    """(holder, held) → open interests. `is_joint`: another holder has it too, shown or not; a group of one is not joint (as in `graphs.ownership.interests`)."""
    query = """
        select distinct party_id, subject_id, basis, share_min, share_max, share_min_exclusive, share_max_exclusive, is_joint from (
            select *, joint_group is not null and min(party_id) over holders <> max(party_id) over holders as is_joint
            from v_interest where is_open and subject_id in (select unnest($ids)) window holders as (partition by subject_id, basis, joint_group)
        ) where party_id in (select unnest($ids)) order by all
    """
    found = query_rows(connection, query, ids=list(ids))
    return {pair: tuple(rows) for pair, rows in groupby(found, key=_pair)}


def _control(connection: Connection, ids: Sequence[str]) -> Mapping[tuple[str, str], str]:
    query = "select party_id, subject_id, verdict, kind from v_control where kind <> 'influence' and party_id in (select unnest($ids)) and subject_id in (select unnest($ids)) order by party_id, subject_id"
    return {
        _pair(
            row
        ): f"{'controls' if row['verdict'] == 'CERTAIN' else 'may control'}{' together with others' if row['kind'] == 'joint' else ''}"
        for row in query_rows(connection, query, ids=list(ids))
    }


def _other_ties(links: Sequence[Row], proprietors: Sequence[Row], shown: Mapping[str, Member]) -> list[Tie]:
    """Property and address links of the case, and proprietors of its titles, once for each two ends: of several holdings the open one, else the last to end."""
    ties = {
        (str(row["from_id"]), str(row["to_id"])): _linked(row)
        for row in links
        if row["kind"] not in ("ownership", "control")
    }
    for row in _last_open(proprietors):
        gone, ends = row["ended_on"] is not None, _held_pair(row)
        if ends[0] in shown and ends[1] in shown:
            said = (
                f"gone by {row['ended_on']}" if gone else f"since {row['added_on'] or '?'}"
            )  # by: that day's edition is the first without them
            ties[ends] = Tie(
                *ends, "property", True, said, has_ended=gone, is_identified=row["method"] not in UNCONFIRMED
            )
    groups = {
        (str(row["from_id"]), str(row["to_id"])): _linked(row)
        for row in links
        if str(row["to_id"]).startswith("CG-")
    }
    return [tie for _, tie in sorted({**groups, **ties}.items())]


def _held_pair(row: Row) -> tuple[str, str]:
    return str(row["party_id"]), str(row["title_id"])


def _last_open(proprietors: Iterable[Row]) -> list[Row]:
    """Those that ended first, by the day; the open ones last."""
    return sorted(proprietors, key=lambda row: (row["ended_on"] is None, str(row["ended_on"])))


def _context_ties(grouped: Sequence[Row], sold: Sequence[Row], links: Sequence[Row]) -> list[Tie]:
    """From a controller to its flagged group, and from a title to the property or sale that is its unit."""
    linked = {frozenset((str(row["from_id"]), str(row["to_id"]))) for row in links}
    pairs = {(str(row["controller_id"]), str(row["control_group_id"])) for row in grouped}
    groups = [
        Tie(*pair, "control", True, "", "controls") for pair in sorted(pairs) if frozenset(pair) not in linked
    ]
    units = [(str(row["title_id"]), str(row["id"])) for row in sold]
    return [
        *groups,
        *(Tie(*pair, "property", True, "the same unit") for pair in units if frozenset(pair) not in linked),
    ]


def _linked(row: Row) -> Tie:
    kind: TieKind = (
        "address" if row["kind"] == "address" else "control" if row["kind"] == "control" else "property"
    )
    return Tie(
        str(row["from_id"]),
        str(row["to_id"]),
        kind,
        row["certainty"] == "certain",
        "",
        "controls" if kind == "control" else "",
    )


# --- how sure -------------------------------------------------------------------------------------------------------


def methods_of(connection: Connection, statements: Sequence[str]) -> Mapping[str, str]:
    """statement_id of a relationship or proprietorship → how its party was resolved."""
    query = """
        select s.statement_id, r.method from v_relationship s join v_resolution r on r.statement_id = s.party_statement_id where s.statement_id in (select unnest($ids))
        union all
        select p.statement_id, p.method from v_proprietorship p where p.statement_id in (select unnest($ids))
        order by statement_id, method
    """
    return {
        str(row["statement_id"]): str(row["method"])
        for row in query_rows(connection, query, ids=sorted(set(statements)))
    }


def _ended(connection: Connection, statements: Sequence[str]) -> Mapping[str, object]:
    """statement_id of a proprietorship that has ended → the day."""
    query = "select statement_id, ended_on from v_proprietorship where ended_on is not null and statement_id in (select unnest($ids)) order by all"
    return {
        str(row["statement_id"]): row["ended_on"]
        for row in query_rows(connection, query, ids=sorted(set(statements)))
    }


def links_shown(
    connection: Connection,
    links: Sequence[Row],
    members: Sequence[Member],
    names: Mapping[str, str],
    surroundings: Around,
) -> tuple[LinkShown, ...]:
    """Links of the case, the weakest first: those without which it falls apart, then possible ones, then by how the party was resolved.

    v_case_link calls a link possible where it is not confirmed who the party is; of one that is drawn it is said here how certain the link itself is.
    """
    drawn = {(str(row["from_id"]), str(row["to_id"])): str(row["certainty"]) for row in surroundings.links}
    place = {member.id: k for k, member in enumerate(members)}
    src, dst = (np.array([place[str(row[end])] for row in links], np.int64) for end in ("from_id", "to_id"))
    holds = links_that_connect(
        len(members), src, dst, np.array([member.flags_n > 0 for member in members], np.bool_)
    )
    statements = [str(row["statement_id"]) for row in links if row["statement_id"] is not None]
    methods, ended = methods_of(connection, statements), _ended(connection, statements)
    found = [
        _link(
            row,
            methods,
            ended,
            names,
            drawn=drawn.get((str(row["from_id"]), str(row["to_id"])), str(row["certainty"])),
            holds=bool(held),
        )
        for row, held in zip(links, holds, strict=True)
    ]
    return tuple(
        sorted(
            found,
            key=lambda link: (
                not link.holds,
                *_weakness(link, methods),
                link.from_name,
                link.to_name,
                str(link.row["kind"]),
            ),
        )
    )


def _method(row: Row, methods: Mapping[str, str]) -> str:
    return methods.get(str(row["statement_id"]), "same_record")


def _weakness(link: LinkShown, methods: Mapping[str, str]) -> tuple[bool, int]:
    return link.row["certainty"] == "certain", -CONFIDENCE_ORDER.index(_method(link.row, methods))


def _link(
    row: Row,
    methods: Mapping[str, str],
    ended: Mapping[str, object],
    names: Mapping[str, str],
    *,
    drawn: str,
    holds: bool,
) -> LinkShown:
    step, why = CONFIDENCE[_method(row, methods)]
    day = ended.get(str(row["statement_id"]))
    certainty = (
        f"ended by {day}" if day else drawn if _method(row, methods) in UNCONFIRMED else str(row["certainty"])
    )
    return LinkShown(
        row,
        names.get(str(row["from_id"]), str(row["from_id"])),
        names.get(str(row["to_id"]), str(row["to_id"])),
        certainty,
        step,
        why,
        holds,
    )


def candidates(connection: Connection, surroundings: Around) -> tuple[Candidate, ...]:
    """Parties of the page that may be on a list of sanctions or of politically exposed persons, the weakest likeness first: `v_screening`, at its bar for flags."""
    query = """
        select s.party_id, s.party_kind, case when s.party_kind = 'entity' then s.score end as score, s.reason, min(l.listed_name) as listed_name,
            string_agg(distinct l.list_name, ', ' order by l.list_name) as lists
        from v_screening s join v_listing l on l.party_id = s.listed_party_id
        where s.is_strong and l.is_open and l.listing_class in ('sanction', 'pep') and s.party_id in (select unnest($ids))
        group by s.party_id, s.listed_party_id, s.party_kind, s.score, s.reason order by s.score, s.party_id, s.listed_party_id
    """
    names = {**{member.id: member.name or member.id for member in surroundings.members}, **surroundings.names}
    return tuple(
        _candidate(row, names[str(row["party_id"])])
        for row in query_rows(connection, query, ids=sorted(names))
    )


def _candidate(row: Row, name: str) -> Candidate:
    score = row["score"]
    return Candidate(
        name,
        str(row["party_kind"]),
        str(row["listed_name"] or "a party without a name"),
        str(row["lists"] or "a list without a name"),
        score if isinstance(score, float) else None,
        str(row["reason"]),
    )


# --- timeline -------------------------------------------------------------------------------------------------------

EVENTS_SQL = """
with titled as (
    select p.*, row_number() over (partition by p.party_id order by p.added_on desc nulls last, p.title_id, p.statement_id) > $titles_max
        and p.title_id not in (select unnest($titles)) as is_spare
    from v_proprietorship p where p.party_id in (select unnest($ids)) or p.title_id in (select unnest($titles))
),
units as (
    select property_id from v_title_address where title_id in (select unnest($ids))
    union select property_id from v_title_address where property_id in (select unnest($ids))
    union select property_id from v_transaction where transaction_id in (select unnest($ids))
),
sales as (
    select * from v_transaction where transaction_id in (select unnest($ids))
    union select * from v_transaction where property_id in (select property_id from units where property_id is not null)
),
holders as (
    select h.subject_id, h.party_id, h.valid_from, h.valid_to, h.is_left_censored, s.register
    from v_relationship h left join v_resolution s on s.statement_id = h.party_statement_id
    where h.party_id is not null and h.subject_id in (select unnest($entities)) and is_office is distinct from true
),
told as (
    select unnest([
            {day: incorporated_on, what: 'incorporated', rank_no: 1},
            {day: case when registered_on is distinct from incorporated_on then registered_on end, what: 'registered', rank_no: 2},
            {day: dissolved_on, what: 'dissolved', rank_no: 8},
            {day: left_register_on, what: 'by then no longer in the register', rank_no: 9}
        ], recursive := true), company_id as about, null as other, register, false as is_spare
        from v_company where company_id in (select unnest($entities))
    union all by name
    select unnest([{day: added_on, what: 'became proprietor of', rank_no: 5}, {day: ended_on, what: 'by then no longer proprietor of', rank_no: 6}], recursive := true),
        party_id as about, title_id as other, t.register, is_spare
        from titled left join (select title_id, register from v_title where title_id in (select title_id from titled)) t using (title_id)
    union all by name
    select transferred_on as day, concat('sold for £', format('{:,}', cast(price_gbp as bigint))) as what, 4 as rank_no,
        coalesce(property_id, transaction_id) as about, null as other, register, false as is_spare from sales
    union all by name
    select unnest([
            {day: case when not is_left_censored then valid_from end, what: 'holder recorded:', rank_no: 3}, {day: valid_to, what: 'holder ended:', rank_no: 7}
        ], recursive := true), subject_id as about, party_id as other, register, false as is_spare from holders
),
wanted as (select about as id from told union select other from told),
entity as (select entity_id, name, entity_type from v_entity where entity_id in (select id from wanted)),
title as (select title_id, address_text from v_title where title_id in (select id from wanted)),
named as (
    select distinct t.day, t.what, t.about, t.other, coalesce(r.title, t.register) as source, t.rank_no, t.is_spare,
        ea.entity_type as about_type, coalesce(eo.entity_type, po.person_type) as other_type,
        coalesce(ea.name, ta.address_text, pa.address_text) as about_name, coalesce(eo.name, po.full_name, ot.address_text) as other_name
    from told t
    left join v_register r on r.register = t.register
    left join entity ea on ea.entity_id = t.about
    left join title ta on ta.title_id = t.about
    left join (select property_id, address_text from v_property where property_id in (select id from wanted)) pa on pa.property_id = t.about
    left join entity eo on eo.entity_id = t.other
    left join (select person_id, person_type, full_name from v_person where person_id in (select id from wanted)) po on po.person_id = t.other
    left join title ot on ot.title_id = t.other
    where t.day is not null
)
select *, count(*) over () as events_n from named qualify not is_spare
order by day desc, rank_no, about_name, about, other_name, other, what, source limit $events_max
"""


def timeline(
    connection: Connection, members: Sequence[Member], surroundings: Around
) -> tuple[tuple[Event, ...], int]:
    """Property and ownership events of the case and of the proprietors of its titles, newest first, and how many more there are.

    Of one party the newest TITLES_MAX titles are told, and those that the case is about, however old.
    """
    ids = [member.id for member in members if member.kind != "person"]
    found = query_rows(
        connection,
        EVENTS_SQL,
        ids=ids,
        entities=[*ids, *surroundings.proprietors],
        titles=list(surroundings.titles),
        titles_max=TITLES_MAX,
        events_max=EVENTS_MAX,
    )
    return tuple(map(_event, found)), as_int(found[0]["events_n"]) - len(found) if found else 0


def _event(row: Row) -> Event:
    other = f" {_told_name(row, 'other')}" if row["other"] is not None else ""
    return Event(row["day"], f"{row['what']}{other}", _told_name(row, "about"), str(row["source"] or ""))


def _told_name(row: Row, side: str) -> str:
    """As the picture says it: the name of a party, the address of a title or property."""
    native, name = row[f"{side}_type"], row[f"{side}_name"]
    if native is None:
        return str(name or row[side])
    return (
        _person_name(str(native), name)
        if str(native).endswith("Person")
        else _entity_name(str(native), name, str(row[side]))
    )
