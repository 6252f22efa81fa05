"""Clusters of linked records, within limits.

Links are followed from the strongest to the weakest. A link that would break a limit is refused and reported.

Limits (`Facts`, SIZE_MAX): records judged to be of two parties are never in one cluster; a person has one
month of birth, and at most one more that may be a slip; no two forenames or middle names exclude each other;
a party has one number of a scheme; a cluster has at most SIZE_MAX members. Because the strongest links are
followed first, a cluster that breaks a limit is cut at its weakest link (Kruskal, 1956: the link refused is
the weakest one on the strongest path between two records). The result does not depend on the order of rows.

A chain of links (A with B, B with C) does not prove A with C, so members without a direct link are compared
by their facts. This also applies to links by an equal key: a corrected record may share one key with each of
two persons.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import product
from typing import Final, Literal, NamedTuple

from rapidfuzz.distance import DamerauLevenshtein

from transforms.resolution.lists.name_parts import is_short_form

type Reason = Literal["judged", "size", "birth", "forename", "middle_name", "identifiers", "kind"]

# (own) Different spellings of one person (name, birth, address) in all registers. Records with the same
# spelling count once. Somebody who holds companies from 500 addresses is an error in a register.
SIZE_MAX = 500
MONTHS_MAX = 2  # months of birth of one person: the right one, and one with a slip
SLIPS_MAX = 2  # (own) letters by which two spellings of one name may differ: one slip on either side
YEAR_MONTHS = 12


@dataclass(frozen=True)
class Facts:
    """What is stated about a member and can exclude another member. An empty set: nothing is stated.

    months: months of birth, as year × 12 + month. years: years of birth without a month. If a member has
    several, any of them may be right. forenames, middles: as compared. words: every word of the names.
    numbers: official numbers, scheme first.
    """

    months: frozenset[int] = frozenset()
    years: frozenset[int] = frozenset()
    forenames: frozenset[str] = frozenset()
    middles: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()
    numbers: frozenset[str] = frozenset()

    @classmethod
    def stated(
        cls,
        months: Iterable[int | None] | None,
        years: Iterable[int | None] | None,
        forenames: Iterable[str | None],
        middles: Iterable[str | None],
        names: Iterable[str | None],
    ) -> Facts:
        """Facts from the values of rows. Nulls and blanks are left out."""
        words = frozenset(word for name in names if name for word in name.split())
        return cls(_known(months), _known(years), _known(forenames), _known(middles), words)


def _known[T](values: Iterable[T | None] | None) -> frozenset[T]:
    return frozenset(value for value in values or () if value)


class Refusal(NamedTuple):
    """A link that was not followed."""

    left: int
    right: int
    reason: Reason


NOTHING = Facts()
NAMES: Final[tuple[Reason, ...]] = ("forename", "middle_name")


@dataclass
class _Cluster:
    """Members that are one party. least: the smallest. stated: facts → the members that state them.
    is_judged: a judgement joined some of them.
    """

    least: int
    members: list[int]
    stated: dict[Facts, list[int]]
    is_judged: bool = False

    def absorb(self, other: _Cluster) -> None:
        self.least, self.is_judged = min(self.least, other.least), self.is_judged or other.is_judged
        self.members += other.members
        for facts, members in other.stated.items():
            self.stated.setdefault(facts, []).extend(members)


@dataclass
class Clusters:
    """Disjoint sets of members, each identified by its smallest.

    apart: pairs of members that may not be in one cluster. direct: pairs (smaller first) with a direct link,
    whose facts are not compared again.
    """

    facts: Mapping[int, Facts] = field(default_factory=dict)
    apart: Iterable[tuple[int, int]] = ()
    direct: Collection[tuple[int, int]] = frozenset()
    size_max: int = SIZE_MAX
    refused: list[Refusal] = field(default_factory=list)
    _by_member: dict[int, _Cluster] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._enemies: dict[int, set[int]] = {}
        for left, right in self.apart:
            self._enemies.setdefault(left, set()).add(right)
            self._enemies.setdefault(right, set()).add(left)

    def first(self, member: int) -> int:
        return self._by_member[member].least if member in self._by_member else member

    def join(self, left: int, right: int, *, is_judged: bool = False) -> bool:
        """Join two members' clusters. Returns whether they are in one cluster now; a refused link is added to
        `refused`.

        is_judged: a person judged that they are one party. Names are then not compared, because that person
        may know of a change of name.
        """
        one, other = self._cluster(left), self._cluster(right)
        if one is other:
            return True
        if (
            reason := self._limit(one, other, names=not (is_judged or one.is_judged or other.is_judged))
        ) is not None:
            self.refused.append(Refusal(left, right, reason))
            return False
        larger, smaller = (one, other) if len(one.members) >= len(other.members) else (other, one)
        larger.absorb(smaller)
        larger.is_judged = larger.is_judged or is_judged
        for member in smaller.members:
            self._by_member[member] = larger
        return True

    def first_of_each(self) -> dict[int, int]:
        """Member → smallest member of its cluster, for members that were joined."""
        return {
            member: cluster.least for member, cluster in self._by_member.items() if len(cluster.members) > 1
        }

    def _cluster(self, member: int) -> _Cluster:
        if member not in self._by_member:
            facts = self.facts.get(member, NOTHING)
            self._by_member[member] = _Cluster(
                member, [member], {} if facts == NOTHING else {facts: [member]}
            )
        return self._by_member[member]

    def _limit(self, one: _Cluster, other: _Cluster, *, names: bool) -> Reason | None:
        if len(one.members) + len(other.members) > self.size_max:
            return "size"
        if self._enemies and self._at_odds(one.members, other.members):
            return "judged"
        months = [{month for facts in cluster.stated for month in facts.months} for cluster in (one, other)]
        if len(set().union(*months)) > max(MONTHS_MAX, *map(len, months)):
            return "birth"
        return self._contradiction(one, other, names=names)

    def _at_odds(self, members: list[int], others: list[int]) -> bool:
        fewer, more = sorted((members, others), key=len)
        far = set(more)
        return any(not far.isdisjoint(self._enemies[member]) for member in fewer if member in self._enemies)

    def _contradiction(self, one: _Cluster, other: _Cluster, *, names: bool) -> Reason | None:
        """Why members without a direct link contradict each other; None if they do not. `names`: whether
        names are compared."""
        for facts, others in product(one.stated, other.stated):
            reason = contradiction(facts, others)
            if (
                reason is not None
                and (names or reason not in NAMES)
                and any(
                    (min(pair), max(pair)) not in self.direct
                    for pair in product(one.stated[facts], other.stated[others])
                )
            ):
                return reason
        return None


def contradiction(one: Facts, other: Facts) -> Reason | None:
    """Why the two cannot be one party; None if no fact excludes it."""
    if _births_exclude(one, other):
        return "birth"
    if schemes_clash(one.numbers, other.numbers):
        return "identifiers"
    if (
        one.forenames
        and other.forenames
        and not (_any_alike(one.forenames, other.words) or _any_alike(other.forenames, one.words))
    ):
        return "forename"
    if one.middles and other.middles and not (_any_alike(one.middles, other.middles)):
        return "middle_name"
    return None


def is_near(month: int, other: int) -> bool:
    """Whether two months of birth (year × 12 + month) are within one slip: in the same year, or exactly a
    year apart."""
    return abs(month - other) == YEAR_MONTHS or _year(month) == _year(other)


def _births_exclude(one: Facts, other: Facts) -> bool:
    """Whether both state a birth and no two births are within one slip. For a year without a month, a slip is
    one year.
    """
    years, others = ({*facts.years, *(_year(month) for month in facts.months)} for facts in (one, other))
    if not years or not others or any(is_near(*pair) for pair in product(one.months, other.months)):
        return False
    by_year = (*product(one.years, others), *product(years, other.years))
    return not any(abs(year - its_year) <= 1 for year, its_year in by_year)


def _year(month: int) -> int:
    return (month - 1) // YEAR_MONTHS


def schemes_clash(numbers: Iterable[str], others: Iterable[str]) -> bool:
    """Whether the two have different numbers of one scheme: `GB-COH-00000001` and `GB-COH-00000002`."""
    known = {number.rpartition("-")[0]: number for number in numbers}
    return any(known.get(number.rpartition("-")[0], number) != number for number in others)


def _any_alike(names: Iterable[str], others: Iterable[str]) -> bool:
    return any(_is_alike(name, other) for name, other in product(names, others))


def _is_alike(name: str, other: str) -> bool:
    """Whether two names are equal, or one is an initial, beginning, part or short form of the other, or they
    are at most SLIPS_MAX letters apart."""
    if (
        is_short_form(name, other)
        or name == other
        or name.startswith(other)
        or other.startswith(name)
        or not set(name.split()).isdisjoint(other.split())
    ):
        return True
    slips = SLIPS_MAX if min(len(name), len(other)) > 2 * SLIPS_MAX else 1
    return (
        DamerauLevenshtein.distance(name, other, score_cutoff=slips) <= slips
        and min(len(name), len(other)) > 1
    )
