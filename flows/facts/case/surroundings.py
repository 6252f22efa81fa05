"""The surroundings of a case: its parties and ties, in words and in the picture."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from flows.facts.case.parties import (
    NAMELESS,
    Member,
    Pair,
    context_ties,
    holding_pair,
    holding_ties,
    loan_ties,
    open_last,
    other_ties,
    party,
    party_rows,
    title_pair,
    unnamed_holder,
    unnamed_tie,
)
from flows.facts.rows import Row, as_int, rows_about
from graphs.drawing.elements import Party, Tie
from transforms.model.sql import Connection, read_sql

# (own) Limits. Members come first, then parties above them, nearest first.
PARTIES_MAX = 2000  # in words
DRAWN_MAX = 300  # in the picture
TITLES_DRAWN = 20  # titles of one legal entity in the picture, newest first; the text beside it has all


@dataclass(frozen=True)
class Surroundings:
    """What a case page shows around the members of the case.

    `members`: of the case, with the names and kinds of the picture.
    `parties`, `ties`: those shown in words. `drawn_parties`, `drawn_ties`: those of them in the picture.
    `not_drawn_n`: number of the other parties.
    `omitted_n`: number of further neighbours, which would have made the page too large.
    `names`: of `parties`, by id. `titles`: those that the case is about. `proprietors`: of these titles.
    `payers`: payers and payees in patterns of payments that the case is about. `applicants`: companies that
    applied for a permit at flagged premises.
    `links`: the ties that a statement proves, in the columns of v_case_link.
    """

    members: tuple[Member, ...]
    parties: tuple[Party, ...]
    ties: tuple[Tie, ...]
    drawn_parties: tuple[Party, ...]
    drawn_ties: tuple[Tie, ...]
    omitted_n: int
    names: Mapping[str, str]
    titles: tuple[str, ...]
    proprietors: tuple[str, ...]
    payers: tuple[str, ...]
    applicants: tuple[str, ...]
    links: tuple[Row, ...]

    @property
    def not_drawn_n(self) -> int:
        return len(self.parties) - len(self.drawn_parties)


class _Circle:
    """The parties of the page, in the order in which they were added, up to PARTIES_MAX, and the rows that
    connect them.

    `refused`: parties beyond PARTIES_MAX. `titles`: those that the case is about. `proprietors`: of these
    titles. `drawable`: parties that may be in the picture.
    """

    def __init__(self, connection: Connection, members: Sequence[Member]) -> None:
        """Add the members, the parties of their groups and titles, who lent on these, all holders above, and
        the titles held.
        """
        self.members = {member.id: member for member in members[:PARTIES_MAX]}
        self.refused: set[str] = set()
        ids = list(self.members)
        self.groups = rows_about(connection, read_sql(__package__, "control_groups"), ids, "control_group_id")
        self.unit_titles = rows_about(connection, read_sql(__package__, "unit_titles"), ids, "id")
        self.add(row[name] for row in self.groups for name in ("controller_id", "subject_id"))
        self.add(row["title_id"] for row in self.unit_titles)
        titles = [member.id for member in members if member.kind == "title"]
        self.titles = tuple(dict.fromkeys([*titles, *(str(row["title_id"]) for row in self.unit_titles)]))
        owned = rows_about(connection, read_sql(__package__, "proprietors"), self.titles, "title_id")
        self.proprietors = tuple(dict.fromkeys(str(row["party_id"]) for row in owned))
        self.add(self.proprietors)
        self.lenders = rows_about(connection, read_sql(__package__, "lenders"), self.titles, "title_id")
        self.add(row["lender_id"] for row in self.lenders)
        patterns = [member.id for member in members if member.kind == "flow_pattern"]
        self.hops = rows_about(connection, read_sql(__package__, "pattern_parties"), patterns, "pattern_id")
        self.payers = tuple(dict.fromkeys(str(row["party_id"]) for row in self.hops))
        self.add(self.payers)
        premises = [member.id for member in members if member.kind == "address" and member.flags_n]
        self.permits = rows_about(connection, read_sql(__package__, "applicants"), premises, "premises_id")
        self.applicants = tuple(dict.fromkeys(str(row["party_id"]) for row in self.permits))
        self.add(self.applicants)
        self._add_holders(connection)
        entities = [member.id for member in members if member.kind == "legal_entity"]
        held = rows_about(connection, read_sql(__package__, "titles_held"), entities, "party_id")
        newest = (str(row["title_id"]) for row in held if as_int(row["nth"]) <= TITLES_DRAWN)
        self.drawable = frozenset({*self.members, *newest})
        self.add(row["title_id"] for row in held)
        self.proprietorships = (*owned, *held)
        query = read_sql(__package__, "holdings")
        self.holdings = rows_about(connection, query, self.members, "subject_id", "party_id")

    def add(self, ids: Iterable[object]) -> list[str]:
        """Add parties while there is room. Returns those added."""
        new = [str(party_id) for party_id in dict.fromkeys(ids) if party_id not in self.members]
        room = max(PARTIES_MAX - len(self.members), 0)
        self.members |= {party_id: Member(party_id, "", None, is_member=False) for party_id in new[:room]}
        self.refused.update(new[room:])
        return new[:room]

    def _add_holders(self, connection: Connection) -> None:
        """Add all holders above, nearest first."""
        query, frontier = read_sql(__package__, "holders"), list(self.members)
        while frontier:  # each round adds a party, so there are at most PARTIES_MAX rounds
            holders = rows_about(connection, query, frontier, "subject_id")
            frontier = self.add(row["party_id"] for row in holders)


def find_surroundings(
    connection: Connection, members: Sequence[Member], links: Sequence[Row]
) -> Surroundings:
    """Parties and ties around these members: proprietors of their titles, titles they hold, and all holders
    above.

    `links`: rows of v_case_link of the case.
    """
    near = _Circle(connection, members)
    shown = near.members
    rows = party_rows(connection, {*shown, *(member.id for member in members)})
    unnamed = rows_about(connection, read_sql(__package__, "undisclosed"), shown, "subject_id")
    parties = (
        *(party(member, rows.get(member.id)) for member in shown.values()),
        *(unnamed_holder(row) for row in unnamed),
    )
    ties = _between(
        [
            *holding_ties(connection, near.holdings, sorted(shown)),
            *other_ties(links, near.proprietorships, shown),
            *context_ties(near.groups, near.unit_titles, near.hops, near.permits, links),
            *loan_ties(near.lenders),
            *(unnamed_tie(row) for row in unnamed),
        ],
        parties,
    )
    drawn = _drawn(parties, ties, near.drawable)
    return Surroundings(
        members=tuple(_as_shown(member, party(member, rows.get(member.id))) for member in members),
        parties=parties,
        ties=ties,
        drawn_parties=drawn,
        drawn_ties=_between(ties, drawn),
        omitted_n=len(near.refused),
        names={each.id: each.name for each in parties},
        titles=near.titles,
        proprietors=near.proprietors,
        payers=near.payers,
        applicants=near.applicants,
        links=_links(ties, near.holdings, near.proprietorships),
    )


def _between(ties: Iterable[Tie], parties: Iterable[Party]) -> tuple[Tie, ...]:
    """The ties with both ends among these parties."""
    ids = {each.id for each in parties}
    return tuple(tie for tie in ties if tie.from_id in ids and tie.to_id in ids)


def _drawn(parties: Sequence[Party], ties: Sequence[Tie], drawable: Collection[str]) -> tuple[Party, ...]:
    """The parties of the picture, up to DRAWN_MAX, in the order in which they were added. Their unnamed
    holders come last.
    """
    named = [each for each in parties if each.id in drawable][:DRAWN_MAX]
    ids = {each.id for each in named}
    holders = {tie.from_id for tie in ties if tie.to_id in ids and tie.from_id.startswith(NAMELESS)}
    unnamed = [each for each in parties if each.id in holders]
    return (*named, *unnamed[: DRAWN_MAX - len(named)])


def _links(ties: Iterable[Tie], holdings: Iterable[Row], proprietorships: Iterable[Row]) -> tuple[Row, ...]:
    statements: dict[Pair, str] = {holding_pair(row): str(row["statement_id"]) for row in holdings}
    statements |= {title_pair(row): str(row["statement_id"]) for row in open_last(proprietorships)}
    return tuple(
        {
            "from_id": tie.from_id,
            "to_id": tie.to_id,
            "kind": tie.kind,
            "certainty": "certain" if tie.is_solid else "possible",
            "statement_id": statements[tie.from_id, tie.to_id],
        }
        for tie in ties
        if (tie.from_id, tie.to_id) in statements and tie.from_id != tie.to_id
    )


def _as_shown(member: Member, drawn: Party) -> Member:
    """The member with the name and kind of the picture. A natural person keeps the kind `person`, known or
    not.
    """
    return replace(member, name=drawn.name, kind="person" if member.kind == "person" else drawn.kind)
