"""Names of companies: unique, made from trades, surnames, places and initials by the patterns of
`words/name_patterns.csv`.

The r-th name of a family is a mixed-radix decoding of r over the pattern's lists, so names are unique without
being remembered. A pattern has a share of the family, at most as many names as its lists can make; the last
pattern of a family, which can make millions, takes the rest."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import polars as pl

from quality.town.parts.wordlists import Ints, gather, phrases, spread, table

SLOT = re.compile(r"\{(\w+?)(\d?)\}")
LISTS = {
    "surname": ("surnames", "surname"),
    "trade": ("trades", "trade"),
    "brand": ("brands", "brand"),
    "street": ("streets", "street"),
}
NOT_DRAWN = -1


@dataclass(frozen=True)
class Pattern:
    """A template, its slots' lists, and how many names it can make. `quota` of the family's names are made
    by it.
    """

    template: str
    lists: tuple[str, ...]
    sizes: tuple[int, ...]
    quota: int

    @property
    def capacity(self) -> int:
        return int(np.prod(self.sizes, dtype=np.int64))


@dataclass(frozen=True)
class Names:
    """stem: the names without legal form. trade, surname: positions in those lists, NOT_DRAWN where the
    name has none.
    """

    stem: pl.Series
    trade: Ints
    surname: Ints


def words_of(name: str, places: pl.Series) -> pl.Series:
    return places if name == "place" else _listed(name)


@cache
def _listed(name: str) -> pl.Series:
    return table(LISTS[name][0])[LISTS[name][1]].str.to_uppercase() if name in LISTS else phrases(name)


def _sizes(template: str, places: pl.Series) -> tuple[tuple[str, ...], tuple[int, ...]]:
    slots = SLOT.findall(template)
    lists = tuple(name for name, _ in slots)
    return lists, tuple(len(words_of(name, places)) - (1 if again else 0) for name, again in slots)


def patterns(family: str, total: int, places: pl.Series) -> tuple[Pattern, ...]:
    """The family's patterns with the quota each has of `total` names."""
    found: list[Pattern] = []
    for share, template in (
        table("name_patterns").filter(pl.col("family") == family).select("share", "template").iter_rows()
    ):
        lists, sizes = _sizes(template, places)
        left = total - sum(pattern.quota for pattern in found)
        quota = min(int(total * float(share)), int(np.prod(sizes, dtype=np.int64))) if share else left
        found.append(Pattern(template, lists, sizes, quota))
    return tuple(found)


def _decoded(pattern: Pattern, rank: Ints) -> list[Ints]:
    """Positions in each slot's list for the pattern's names of `rank`. A second word of one list differs
    from the first.
    """
    code = spread(rank, pattern.capacity)
    positions: list[Ints] = []
    for name, size, (_, again) in zip(
        pattern.lists, pattern.sizes, SLOT.findall(pattern.template), strict=True
    ):
        position = code % size
        code = code // size
        if again:
            first = positions[pattern.lists.index(name)]
            position = (first + 1 + position) % (size + 1)
        positions.append(position)
    return positions


def _text(pattern: Pattern, positions: Sequence[Ints], places: pl.Series) -> pl.Series:
    words = [
        gather(words_of(name, places), position).alias(f"w{i}")
        for i, (name, position) in enumerate(zip(pattern.lists, positions, strict=True))
    ]
    return (
        pl.DataFrame(words)
        .select(pl.format(SLOT.sub("{}", pattern.template), *(pl.col(word.name) for word in words)))
        .to_series()
    )


def names(family: str, rank: Ints, total: int, places: pl.Series) -> Names:
    """The names of `rank` (0 … total − 1) in a family."""
    place = spread(rank, total)
    stem = np.full(rank.size, "", dtype=object)
    trade, surname = (
        np.full(rank.size, NOT_DRAWN, dtype=np.int64),
        np.full(rank.size, NOT_DRAWN, dtype=np.int64),
    )
    start = 0
    for pattern in patterns(family, total, places):
        here = np.flatnonzero((place >= start) & (place < start + pattern.quota))
        if here.size:
            positions = _decoded(pattern, place[here] - start)
            stem[here] = _text(pattern, positions, places).to_numpy()
            for target, name in ((trade, "trade"), (surname, "surname")):
                if name in pattern.lists:
                    target[here] = positions[pattern.lists.index(name)]
        start += pattern.quota
    return Names(pl.Series(stem, dtype=pl.String), trade, surname)


@cache
def _planted(places: tuple[str, ...]) -> Pattern:
    lists, sizes = _sizes("{surname} {surname2} {trade}", pl.Series(places))
    return Pattern("{surname} {surname2} {trade}", lists, sizes, 0)


def planted_name(rank: int, places: pl.Series) -> str:
    """A name that the town itself never makes: two surnames and a trade."""
    pattern = _planted(tuple(places.to_list()))
    # Of one name, without a frame: there are fifteen hundred.
    words = (
        words_of(name, places)[int(position.item())]
        for name, position in zip(
            pattern.lists, _decoded(pattern, np.array([rank], dtype=np.int64)), strict=True
        )
    )
    return SLOT.sub("{}", pattern.template).format(*words)
