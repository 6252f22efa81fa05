"""A synthetic national register of the size and shape of the United Kingdom's, from a seed. Nobody in it
exists.

    register = national(6_100_000, seed=1)
    register.edges(), register.nodes(), register.marks()     frames for `graphs.build.build`
    share_arcs(register.interests(), "shares")                arrays for `graphs.ownership.integrated.solve`
    (graphs.ownership.interests) control_arcs(register.interests())                        arrays for
    `graphs.control.control.control`

What the figures come from:
- entities, persons, relationships, interests (6.1, 5.2, 6.5 and 14.2 million): Jofre and Knobel, Insights
  from the United Kingdom's People with Significant Control register, Open Ownership 2025; more than half of
  the interests are in the band 75 to 100 there (56 per cent);
- 1.13 owners for each company that names one, 8 per cent that declare none (335,000 of 4.19 million), 9,000
  companies whose owner has more than a hundred: Global Witness, The Companies We Keep, 2018;
- few layers (74 per cent of UK companies have at most one entity between them and a person): Tax Justice
  Network, July 2020;
- the bands and natures themselves: `transforms/values/vocabulary/gb_psc_natures.csv`.
All other shares are this project's own: they are constants below, each with what it is. Real registers have
fewer cycles (328 companies in circular structures, Global Witness) than the 0.02 per cent here, which the
issue asks for.

Parties are numbered in the order of their ids: entities, arrangements (unnamed trusts and firms), persons.
The position of an entity in a structure is independent of its number, as in a register."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import polars as pl

from graphs.arrays.components import weak_labels
from graphs.arrays.edges import Bools, Bytes, Ints, ascending, distinct
from graphs.ownership.interests import BASES, NO_GROUP, Interests
from graphs.ownership.intervals import Flags

UK_ENTITIES = 6_100_000
PERSONS = 0.85  # for each entity
ENDED = 0.02  # relationships that have ended: they are drawn and left out
DECLARES_NONE = 0.08  # entities with a statement only
HOLDERS = (0.865, 0.122, 0.013)  # one, two or three holders: 1.15 on average

# Legal entities as holders: 12 per cent of the relationships.
# entities that may hold others; each is held by one above it with HELD_HOLDING, all others with HELD_OTHER
HOLDINGS = 0.06
HELD_HOLDING, HELD_OTHER = 0.32, 0.10
HOLDING_TAIL = 1.3  # Pareto: how many entities a holding has
PERSON_TAIL = 1.8  # Pareto: how many companies a person has, for the few with several
PERSONS_WITH_SEVERAL = 0.045
HELD_BY_THESE = 0.05  # of the places of persons, beyond one each
HOLDER_ABOVE = 0.015  # entities with a second holder who is above the first one

# Bands: 0 none, 1 (25, 50], 2 (50, 75), 3 [75, 100].
BOUNDS = ((np.nan, np.nan), (25.0, 50.0), (50.0, 75.0), (75.0, 100.0))
LOW_OPEN, HIGH_OPEN = np.array((False, True, True, False)), np.array((False, False, True, False))
ONE_HOLDER = ((1, 0.10), (2, 0.11), (3, 0.79))
TWO_HOLDERS = (
    ((1, 1), 0.60),
    ((2, 1), 0.37),
    ((3, 1), 0.01),
    ((3, 3), 0.01),
    ((2, 2), 0.01),
)  # the last three cannot all be true

# Natures of a relationship that has a band.
LLP = 0.01  # of entities: surplus assets instead of shares
SHARES, VOTES, BOARD_MAJORITY, BOARD_OTHER, INFLUENCE = 0.97, 0.80, 0.46, 0.22, 0.025
VOTES_IN_ANOTHER_BAND = 0.01
INFLUENCE_ONLY = 0.015  # relationships without a band

JOINT, TRUSTS = 0.0015, 0.0015  # of entities: two joint holders; an unnamed trust or firm that holds
PROTECTED = 0.00005  # of persons
IN_CYCLES = 0.0002  # of entities, in sets of 2 to 12
BELOW_CYCLES = 0.5  # entities held by a member of a set, for each member
MARKED = 0.01  # of entities: the mark "offshore"
FACTS = {
    "is_foreign": 0.015,
    "is_listed": 0.0003,
    "is_state": 0.00001,
    "is_exempt": 0.00002,
    "is_protected": 0.0,  # the register states a protected person as a party
    "is_in_no_register": 0.003,
}  # of entities

NOBODY, PERSON = -1, -2  # placeholders until persons are dealt out
NO_JOINT = -1

type Uint8 = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Extremes:
    """Structures of a fixed size: the longest chain, the largest hub, the largest strongly connected set.
    In entities.
    """

    chain: int = 10_000
    hub: int = 100_000
    largest_set: int = 1_300

    @classmethod
    def scaled(cls, entities: int) -> Extremes:
        """In proportion to the register below the United Kingdom's size, so that the cost of an arc can be
        compared between sizes.
        """
        part = min(1.0, entities / UK_ENTITIES)
        return cls(*(max(10, int(size * part)) for size in (cls.chain, cls.hub, cls.largest_set)))


@dataclass(frozen=True, eq=False)
class National:
    """The register. Interests are arrays of one length, in the order of their ids.

    `holder`, `held` int64 party numbers, `relationship` int64, `basis` uint8 position in BASES, `band` uint8
    (see BOUNDS), `joint` int64 group or NO_JOINT."""

    entities: int
    arrangements: int
    persons: int
    seed: int
    holder: Ints
    held: Ints
    relationship: Ints
    basis: Uint8
    band: Uint8
    joint: Ints

    @property
    def parties(self) -> int:
        return self.entities + self.arrangements + self.persons

    @property
    def kinds(self) -> Uint8:
        """Per party: 0 legal entity, 1 arrangement, 2 person, 3 protected person."""
        kind = np.repeat(np.array((0, 1, 2), np.uint8), (self.entities, self.arrangements, self.persons))
        kind[len(kind) - int(self.persons * PROTECTED) :] = 3
        return kind

    def interests(self) -> Interests:
        """As `graphs.ownership.interests.interests` would make them of `edges()`."""
        group, groups = self._groups()
        low, high = (np.array([pair[k] for pair in BOUNDS])[self.band] / 100 for k in (0, 1))
        closure = distinct(self.parties, self.holder, self.held)
        row, component = np.arange(len(self.holder)), weak_labels(self.parties, closure.src, closure.dst)
        return Interests(
            self.parties + groups,
            self.parties,
            row,
            self.holder,
            self.held,
            self.basis,
            low,
            high,
            self._flags(),
            group,
            closure,
            component,
        )

    def ids(self) -> pl.Series:
        """party_id in ascending order, as long as a night's: an org-id, or a prefix and 20 digits."""
        entity = pl.select("GB-COH-" + _digits(pl.int_range(self.entities, dtype=pl.Int64), 8)).to_series()
        hidden = [
            pl.select(prefix + _digits(pl.int_range(count, dtype=pl.Int64), 20)).to_series()
            for prefix, count in (("a-", self.arrangements), ("p-", self.persons))
        ]
        return pl.concat([entity, *hidden]).alias("party_id")

    def nodes(self) -> pl.DataFrame:
        """party_id, kind, component_no, and the facts of `graphs.build.build` (booleans)."""
        words = pl.Series(["legal_entity", "arrangement", "person", "protected"], dtype=pl.String)
        facts = self._facts()
        return pl.DataFrame(
            {
                "party_id": self.ids(),
                "kind": words.gather(pl.Series(values=self.kinds)),
                "component_no": weak_labels(self.parties, self.holder, self.held),
                **facts,
            }
        )

    def _facts(self) -> dict[str, Bools]:
        """Who is foreign, and why an entity may name nobody: of the entities without a holder four in five
        say that there is none.
        """
        draw = np.random.default_rng((self.seed, 2)).random(self.parties)
        entity = np.arange(self.parties) < self.entities
        silent = entity & (np.bincount(self.held, minlength=self.parties) == 0)
        facts = {name: entity & (draw < share) for name, share in FACTS.items()}
        facts["cannot_be_owned"] = (self.kinds == 2) | facts["is_state"]
        return facts | {
            "is_nobody_above_threshold": silent & (draw < 0.8),
            "is_undisclosed": silent & (draw >= 0.8),
        }

    def marks(self) -> pl.DataFrame:
        """mark, party_id."""
        marked = np.random.default_rng((self.seed, 1)).choice(
            self.entities, int(self.entities * MARKED), replace=False
        )
        carriers = self.ids().gather(pl.Series(values=np.sort(marked)))
        return pl.DataFrame(
            {"mark": pl.Series(["offshore"]).new_from_index(0, len(carriers)), "party_id": carriers}
        )

    def edges(self) -> pl.DataFrame:
        """The rows of a night: one for each interest, with all columns that `graphs.build.build` reads."""
        ids, band = self.ids(), pl.Series(values=self.band)
        numbers = pl.DataFrame({"relationship": self.relationship, "basis": self.basis})
        scrambled = (
            pl.col("relationship") * 2_654_435_761
        ) % 1_000_000_000_039  # as hashes: not in the order of anything
        named = numbers.select(
            (_digits(scrambled, 24) + pl.format("-x{}", "basis")).alias("interest_id"),
            (_digits(scrambled, 24) + "-r").alias("statement_id"),
            pl.Series("basis", list(BASES), dtype=pl.String).gather(pl.Series(values=self.basis)),
        )
        bounds = {
            name: pl.Series([None, *column], dtype=pl.Decimal(12, 9)).gather(band)
            for name, column in (("share_min", (25, 50, 75)), ("share_max", (50, 75, 100)))
        }
        joint = pl.DataFrame({"joint": self.joint}).select(
            pl.when(pl.col("joint") != NO_JOINT).then(pl.format("j-{}", "joint"))
        )
        return named.with_columns(
            ids.gather(pl.Series(values=self.holder)).alias("party_id"),
            ids.gather(pl.Series(values=self.held)).alias("subject_id"),
            pl.lit("unknown").alias("reach"),
            joint.to_series().alias("joint_group"),
            *(series.alias(name) for name, series in bounds.items()),
            pl.Series("share_min_exclusive", LOW_OPEN[self.band]),
            pl.Series("share_max_exclusive", HIGH_OPEN[self.band]),
            pl.lit(False).alias("is_complete"),
        )

    def _groups(self) -> tuple[Ints, int]:
        """Group node of each interest; one for each joint group and basis of two holders or more, numbered
        after the parties by (held, basis).
        """
        joint = np.flatnonzero(self.joint != NO_JOINT)
        key = self.held[joint] * len(BASES) + self.basis[joint]
        member = ascending(key * self.parties + self.holder[joint]) // self.parties  # each holder once
        keys = ascending(member[1:][member[1:] == member[:-1]])
        place = np.searchsorted(keys, key)
        shared = np.append(keys, -1)[place] == key
        group = np.full(len(self.held), NO_GROUP, np.int64)
        group[joint[shared]] = self.parties + place[shared]
        return group, len(keys)

    def _flags(self) -> Bytes:
        flags = np.full(len(self.held), int(Flags.UNKNOWN_REACH), np.uint8)
        person = self.kinds[self.holder] == 2
        for bit, mask in (
            (Flags.LOW_EXCLUSIVE, LOW_OPEN[self.band]),
            (Flags.HIGH_EXCLUSIVE, HIGH_OPEN[self.band]),
            (Flags.HOLDER_IS_PERSON, person),
        ):
            flags[mask] |= np.uint8(bit)
        return flags


@dataclass(frozen=True, eq=False)
class _Links:
    """Relationships: arrays of one length. `band` 0: influence only. `kept`: part of a structure, so it
    does not end.
    """

    holder: Ints
    held: Ints
    joint: Ints
    band: Uint8
    kept: Bools

    @classmethod
    def from_arcs(
        cls,
        holder: Ints | int,
        held: Ints,
        band: Ints | Uint8 | int,
        *,
        joint: Ints | int = NO_JOINT,
        kept: bool = False,
    ) -> _Links:
        n = len(held)
        return cls(
            np.full(n, holder, np.int64),
            held,
            np.full(n, joint, np.int64),
            np.full(n, band, np.uint8),
            np.full(n, kept),
        )

    @classmethod
    def joined(cls, parts: Sequence[_Links]) -> _Links:
        return cls(
            *(
                np.concatenate(columns)
                for columns in zip(*(vars(part).values() for part in parts), strict=True)
            )
        )

    def taken(self, keep: Bools | Ints) -> _Links:
        return _Links(*(column[keep] for column in vars(self).values()))


@dataclass(frozen=True, eq=False)
class _Places:
    """Entities by their part in the register, as ranks: a holder outside cycles has a smaller rank than
    what it holds. int64 lists without overlap.
    """

    holdings: Ints
    chain: Ints
    hub: Ints
    sets: tuple[Ints, ...]
    below_sets: Ints


def national(entities: int = UK_ENTITIES, seed: int = 1, extremes: Extremes | None = None) -> National:
    """The register of `entities` legal entities (1,000 or more). Cost and memory are linear: about 100
    bytes an interest at the peak.
    """
    draw = np.random.default_rng(seed)
    places = _placed(draw, entities, extremes or Extremes.scaled(entities))
    links, arrangements = _with_trusts(
        draw, _Links.joined([_ordinary(draw, entities, places), *_structures(draw, places)]), entities
    )
    persons = int(entities * PERSONS)
    links = replace(links, holder=_dealt(draw, links.holder, persons, first=entities + arrangements))
    links = _Links.joined([links, _above(draw, links, entities)])
    links = links.taken(links.kept | (draw.random(len(links.held)) >= ENDED))
    return _with_natures(draw, _renumbered(draw, links, entities), (entities, arrangements, persons), seed)


def _renumbered(draw: np.random.Generator, links: _Links, entities: int) -> _Links:
    """Entities by numbers that tell nothing of their rank, and relationships in any order."""
    number = np.arange(int(links.holder.max()) + 1)
    number[:entities] = draw.permutation(entities)
    joint = np.where(links.joint == NO_JOINT, NO_JOINT, number[links.joint])
    return replace(links, holder=number[links.holder], held=number[links.held], joint=joint).taken(
        draw.permutation(len(links.held))
    )


def _placed(draw: np.random.Generator, entities: int, extremes: Extremes) -> _Places:
    holdings = int(entities * HOLDINGS)
    free = holdings + draw.permutation(entities - holdings)
    small = 2 + draw.integers(0, 11, max(1, int(entities * IN_CYCLES / 7)))
    sizes = np.array((extremes.chain, extremes.hub, extremes.largest_set, *small))
    parts = np.split(free, np.cumsum([*sizes, int(sizes[2:].sum() * BELOW_CYCLES)]))
    return _Places(np.arange(holdings), np.sort(parts[0]), parts[1], tuple(parts[2:-2]), parts[-2])


def _ordinary(draw: np.random.Generator, entities: int, places: _Places) -> _Links:
    """Holders of all entities that are not in a chain, a hub or a set."""
    free = np.ones(entities, np.bool_)
    free[np.concatenate((places.chain, places.hub, *places.sets, places.below_sets))] = False
    held = np.flatnonzero(free & (draw.random(entities) >= DECLARES_NONE))
    first = _first_holders(draw, held, len(places.holdings))
    count = 1 + np.searchsorted(np.cumsum(HOLDERS[:-1]), draw.random(len(held)), side="right")
    one, two, three = (np.flatnonzero(count == k) for k in (1, 2, 3))
    pairs = np.array([pair for pair, _ in TWO_HOLDERS])[
        _drawn(draw, [share for _, share in TWO_HOLDERS], len(two))
    ]
    joint = np.where(
        (draw.random(len(two)) < JOINT / HOLDERS[1]) & (first[two] == PERSON), held[two], NO_JOINT
    )
    pairs[joint != NO_JOINT] = draw.integers(2, 4, int((joint != NO_JOINT).sum()))[:, None]
    single = np.array([band for band, _ in ONE_HOLDER])[
        _drawn(draw, [share for _, share in ONE_HOLDER], len(one))
    ]
    return _Links.joined(
        [
            _Links.from_arcs(first[one], held[one], single),
            _Links.from_arcs(first[two], held[two], pairs[:, 0], joint=joint),
            _Links.from_arcs(PERSON, held[two], pairs[:, 1], joint=joint),
            _Links.from_arcs(first[three], held[three], 1),
            _Links.from_arcs(PERSON, np.repeat(held[three], 2), 1),
        ]
    )


def _first_holders(draw: np.random.Generator, held: Ints, holdings: int) -> Ints:
    """A person, or a holding of smaller rank: a Pareto tail of how many each has."""
    weight = np.cumsum(draw.pareto(HOLDING_TAIL, holdings) + 1)
    corporate = draw.random(len(held)) < np.where(held < holdings, HELD_HOLDING, HELD_OTHER)
    corporate &= held > 0
    before = weight[np.minimum(held, holdings) - 1]
    above = np.searchsorted(weight, draw.random(len(held)) * before, side="right")
    return np.where(corporate, np.minimum(above, held - 1), PERSON).astype(np.int64)


def _above(draw: np.random.Generator, links: _Links, entities: int) -> _Links:
    """Second holders who hold the first one, an entity: what they declare covers what they hold through
    it, so the band is the same.
    """
    above = np.full(entities, NOBODY, np.int64)
    direct = links.taken(links.held < entities)
    above[direct.held] = direct.holder  # of several holders one
    through = np.flatnonzero((links.holder < entities) & (links.joint == NO_JOINT) & ~links.kept)
    through = through[above[links.holder[through]] != NOBODY]
    chosen = draw.choice(through, min(len(through), int(entities * HOLDER_ABOVE)), replace=False)
    return _Links.from_arcs(above[links.holder[chosen]], links.held[chosen], links.band[chosen])


def _structures(draw: np.random.Generator, places: _Places) -> list[_Links]:
    """The chain (a person at its head), the hub (the first holding), the sets and what these hold."""
    members = np.concatenate(places.sets)
    below = places.below_sets
    return [
        _Links.from_arcs(np.append(PERSON, places.chain[:-1]), places.chain, 3, kept=True),
        _Links.from_arcs(0, places.hub, 1 + draw.integers(0, 3, len(places.hub)), kept=True),
        _Links.from_arcs(
            draw.choice(members, len(below)), below, 1 + draw.integers(0, 3, len(below)), kept=True
        ),
        *(_set(draw, inside, sparse=len(inside) <= 12) for inside in places.sets),
    ]


def _set(draw: np.random.Generator, members: Ints, *, sparse: bool) -> _Links:
    """A ring; in a larger set each is held by a second member too; and a person beside them, where the
    ring leaves room.
    """
    band = np.where(draw.random(len(members)) < 0.8, 1, 3) if sparse else np.ones(len(members), np.int64)
    ring = _Links.from_arcs(np.roll(members, 1), members, band, kept=True)
    person = _Links.from_arcs(PERSON, members[band == 1], 1, kept=True)
    chords = _Links.from_arcs(draw.permutation(members), members, 1, kept=True)
    return _Links.joined(
        [ring, person] if sparse else [ring, person, chords.taken(chords.holder != chords.held)]
    )


def _with_trusts(draw: np.random.Generator, links: _Links, entities: int) -> tuple[_Links, int]:
    """Some single persons replaced by unnamed arrangements over which they have influence; half of these
    have two trustees, recorded each with an arrangement of its own.
    """
    alone = np.flatnonzero(
        (links.holder == PERSON)
        & ~links.kept
        & (np.bincount(links.held, minlength=entities)[links.held] == 1)
    )
    chosen = draw.choice(alone, min(len(alone), int(entities * TRUSTS)), replace=False)
    second = chosen[: len(chosen) // 2]
    arrangement = entities + np.arange(len(chosen) + len(second))
    rest = np.ones(len(links.held), np.bool_)
    rest[chosen] = False
    through, joint = (
        np.concatenate((chosen, second)),
        np.where(np.arange(len(chosen)) < len(second), links.held[chosen], NO_JOINT),
    )
    holds = _Links.from_arcs(
        arrangement,
        links.held[through],
        links.band[through],
        joint=np.concatenate((joint, joint[: len(second)])),
    )
    return _Links.joined([links.taken(rest), holds, _Links.from_arcs(PERSON, arrangement, 0)]), len(
        arrangement
    )


def _dealt(draw: np.random.Generator, holder: Ints, persons: int, first: int) -> Ints:
    """Persons in the places of PERSON: as many as there is room for once, and again the few with several,
    a Pareto tail. Some have no place: theirs have ended.
    """
    places = np.flatnonzero(holder == PERSON)
    again = max(len(places) - persons, int(len(places) * HELD_BY_THESE))
    weight = np.cumsum(draw.pareto(PERSON_TAIL, max(1, int(persons * PERSONS_WITH_SEVERAL))) + 1)
    several = np.searchsorted(weight, draw.random(again) * weight[-1], side="right")
    dealt = holder.copy()
    dealt[places] = first + draw.permutation(np.concatenate((np.arange(len(places) - again), several)))
    return dealt


def _with_natures(
    draw: np.random.Generator, links: _Links, sizes: tuple[int, int, int], seed: int
) -> National:
    """Interests of the relationships: which bases, and the band of each. `sizes`: entities, arrangements,
    persons.
    """
    n, entities = len(links.held), sizes[0]
    banded = (links.band > 0) & (links.kept | (draw.random(n) >= INFLUENCE_ONLY))
    llp = (draw.random(entities) < LLP)[np.minimum(links.held, entities - 1)]
    owned = banded & (draw.random(n) < SHARES)
    voting = banded & ((draw.random(n) < VOTES) | ~owned)
    board = banded & (draw.random(n) < np.where(links.band == 3, BOARD_MAJORITY, BOARD_OTHER))
    influence = ~banded | (draw.random(n) < INFLUENCE)
    chosen = np.column_stack((owned & ~llp, voting, owned & llp, board, influence))
    row, basis = np.nonzero(chosen)
    band = np.where(basis <= 2, links.band[row], 0).astype(np.uint8)
    other = (basis == 1) & (draw.random(len(row)) < VOTES_IN_ANOTHER_BAND) & (links.joint[row] == NO_JOINT)
    band[other] = 1 + draw.integers(0, 3, int(other.sum()))
    joint = np.where(basis <= 2, links.joint[row], NO_JOINT)
    return National(
        *sizes, seed, links.holder[row], links.held[row], row, basis.astype(np.uint8), band, joint
    )


def _drawn(draw: np.random.Generator, shares: Sequence[float], n: int) -> Ints:
    """Positions in `shares`, drawn by these."""
    return np.minimum(
        np.searchsorted(np.cumsum(shares), draw.random(n), side="right"), len(shares) - 1
    ).astype(np.int64)


def _digits(number: pl.Expr, width: int) -> pl.Expr:
    return number.cast(pl.String).str.zfill(width)
