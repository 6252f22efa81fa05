"""The certainty of each link of a case, which of its parties may be on a watch list, and its timeline."""

import re
from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np

from flows.facts.case.parties import (
    KIND_WORDS,
    NAMELESS,
    Member,
    entity_name,
    link_pair,
    person_name,
    resolutions,
)
from flows.facts.case.surroundings import Surroundings
from flows.facts.rows import Row, as_int, rows_about
from graphs.cases.grouping import links_that_connect
from transforms.language import day_text, decimals, language, translated
from transforms.model.languages import ENGLISH
from transforms.model.sql import Connection, read_sql
from transforms.resolution.companies.matching import UNCONFIRMED

# How a record was matched to the party: level of confidence, and explanation. Strongest first.
CONFIDENCE: Mapping[str, tuple[str, str]] = {
    "same_record": ("same record", "one record of a register names both"),
    "identifier": ("same identifier", "the same official number"),
    "record": ("one record only", "no rule joined it to a record of anybody else"),
    "identifier_and_name": ("confirmed", "number and name agree"),
    "judgement": ("confirmed", "a person judged the record to be of this party"),
    "name_birth_address": ("probable", "the same name, birth month and address"),
    "linkage": (
        "probable",
        "a similar name and birth month, and further evidence: the address, co-owners, or a rare full name",
    ),
    "records_agree": (
        "probable",
        "the same name and country, and the same address, VAT number or number of a register there",
    ),
    "name_and_address": ("probable", "the same name, country and address; no number is stated"),
    "name_and_jurisdiction": (
        "probable",
        "the only company of that name in its country; no number is stated",
    ),
    "identifier_unverified": ("probable", "a number that no register held here could confirm"),
}
CONFIDENCE_ORDER = tuple(CONFIDENCE)


def case_links(
    connection: Connection,
    rows: Sequence[Row],
    members: Sequence[Member],
    names: Mapping[str, str],
    near: Surroundings,
) -> list[Row]:
    """Links between these members, the weakest first.

    First are links without which the case falls apart, then possible ones; these are ordered by how the party
    was resolved. Each row has the names of both ends; `step` and `why`, how its ends were matched; and
    `holds_case`: without this link the case falls apart. In v_case_link a link is possible if the identity of
    the party is not confirmed. For a link in the picture, `certainty` says how certain the link itself is, or
    when it ended.
    """
    drawn = {link_pair(row): str(row["certainty"]) for row in near.links}
    kinds = {member.id: member.kind for member in members}
    place = {member.id: k for k, member in enumerate(members)}
    src, dst = (np.array([place[str(row[end])] for row in rows], np.int64) for end in ("from_id", "to_id"))
    is_flagged = np.array([member.flags_n > 0 for member in members], np.bool_)
    holds = links_that_connect(len(members), src, dst, is_flagged)
    resolved = resolutions(connection, [str(row["statement_id"]) for row in rows if row["statement_id"]])
    links = []
    for row, holds_case in zip(rows, holds, strict=True):
        resolution = resolved.get(str(row["statement_id"]), {"method": "same_record", "ended_on": None})
        method = str(resolution["method"])
        certainty = str(row["certainty"])
        if method in UNCONFIRMED:
            certainty = drawn.get(link_pair(row), certainty)
        if resolution["ended_on"] is not None:
            day = resolution["ended_on"]
            certainty = translated("ended by %(day)s", day=day_text(day) if isinstance(day, date) else day)
        from_name, to_name = (names.get(end, end) for end in link_pair(row))
        if from_name == to_name:  # a title, its property and its sale have one address
            from_name, to_name = (
                f"{from_name} ({translated(KIND_WORDS.get(kinds[end], kinds[end]))})"
                for end in link_pair(row)
            )
        step, why = map(translated, CONFIDENCE[method])
        words = {"from_name": from_name, "to_name": to_name, "step": step, "why": why}
        words["certainty"] = translated(certainty)
        strength = (not holds_case, row["certainty"] == "certain", -CONFIDENCE_ORDER.index(method))
        order = (*strength, from_name, to_name, str(row["kind"]))
        links.append((order, {**row, **words, "holds_case": bool(holds_case)}))
    return [link for _, link in sorted(links, key=lambda keyed: keyed[0])]


def candidates(connection: Connection, near: Surroundings) -> list[Row]:
    """Parties of the page that may be on a list of sanctions or of politically exposed persons, the weakest
    match first.

    They are those of `v_screening` above its threshold for flags. `score`: 0 to 1, only for companies.
    """
    names = {**{member.id: member.name or member.id for member in near.members}, **near.names}
    known = (party_id for party_id in names if not party_id.startswith(NAMELESS))
    rows = rows_about(connection, read_sql(__package__, "candidates"), known, "party_id")
    return [{**row, "name": names[str(row["party_id"])]} for row in rows]


# --- the timeline -------------------------------------------------------------------------------------------


EVENTS_MAX = 150  # (own) the page says how many there are in all
EVENT = ("day", "what", "about", "other", "source")  # columns that identify an event
# (own) titles of one legal entity, and as many offices, newest first; titles that the case is about always
# count
TITLES_MAX = 40


def timeline(connection: Connection, members: Sequence[Member], near: Surroundings) -> tuple[list[Row], int]:
    """Events of property, ownership, offices and registered addresses, for the case, the proprietors of its
    titles and who applied for permits at its premises, newest first.

    Returns the first EVENTS_MAX (day, what, about, source: the register's title), and the number of further
    events. Of the titles of a proprietor, the newest TITLES_MAX count, and all that the case is about; of the
    offices of an entity, the newest TITLES_MAX.
    """
    ids = {member.id for member in members if member.kind != "person"}
    titles = set(near.titles)
    lives = {*ids, *near.proprietors, *near.applicants}
    keys = {"entity": lives, "office": lives, "party": ids, "title": titles, "sale": ids}
    query = read_sql(__package__, "timeline")
    wanted = sorted(set().union(*keys.values()))
    rows = [
        row
        for row in rows_about(connection, query, wanted, "key", titles_max=TITLES_MAX)
        if row["key"] in keys[str(row["key_kind"])]
    ]
    events = {tuple(row[column] for column in EVENT): row for row in rows}
    left_out = {(row["key_kind"], row["key"]): as_int(row["left_out_n"]) for row in rows}
    # Events of titles that the case is about were counted as left out too.
    both_n = sum(
        as_int(row["nth"]) > TITLES_MAX and ("party", row["about"]) in left_out for row in events.values()
    )
    newest = [*events.values()][:EVENTS_MAX]
    return [_event(row) for row in newest], len(events) - len(newest) + sum(left_out.values()) - both_n


def _event(row: Row) -> Row:
    other = f" {_name(row, 'other')}" if row["other"] is not None else ""
    # `sold for £1,000`, or `insolvency or liquidation:` followed by its kind as in the register.
    what, *details = re.split(r" (?=[£€])|(?<=:) ", str(row["what"]))
    words = (_sum(one) if one[0] in "£€" else one.replace("-", " ") for one in details)
    sentence = f"{' '.join((translated(what), *words))}{other}"
    source = row["source"] and translated(str(row["source"]))
    return {**row, "what": sentence, "about": _name(row, "about"), "source": source}


def _sum(text: str) -> str:
    """`£1,000`, in Dutch `£ 1.000`."""
    return text if language() == ENGLISH else f"{text[0]} {decimals(text[1:])}"


def _name(row: Row, side: str) -> str:
    """The name of a party, or the address of a title or property, as in the picture."""
    party_type, name = row[f"{side}_type"], row[f"{side}_name"]
    if party_type is None:
        return str(name or row[side])
    if str(party_type).endswith("Person"):
        return person_name(str(party_type), name)
    return entity_name(str(party_type), name, str(row[side]))
