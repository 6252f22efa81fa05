"""Names and numbers of companies.

Names are unique, made from trades, surnames, places and initials by the patterns of
`words/name_patterns.csv`. The r-th name of a family is a mixed-radix decoding of r over the pattern's
lists, so names are unique without being remembered. A pattern has a share of the family, at most as many
names as its lists can make; the last pattern of a family, which can make millions, takes the rest.

Numbers are unique too, and agree with the day of incorporation: a register numbers its companies in the
order of incorporation. `words/number_series.csv` has, for each series, how much of the live register was
incorporated by a day (`share`, 0 to 1) and the number reached on it; the figures are rounded from the
published ones. The k-th of M companies takes a number inside the k-th of M slots of that curve: numbers are
unique without being remembered, whatever M.

Numbers whose value is 13 modulo 16 are left to the plants (`reserved`).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

import numpy as np
import polars as pl

from quality.town.parts.wordlists import Days, Ints, Objects, gather, spread, table
from transforms.errors import UsageError

SLOT = re.compile(r"\{(\w+?)(\d?)\}")
LISTS = {
    "surname": ("surnames", "surname"),
    "trade": ("trades", "trade"),
    "brand": ("brands", "brand"),
    "street": ("streets", "street"),
}
NOT_DRAWN = -1
RESERVED_MODULUS = 16
RESERVED_RESIDUE = 13
DIGITS = 8


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


def words_of(name: str, places: pl.Series) -> pl.Series:
    return places if name == "place" else _listed(name)


@cache
def _listed(name: str) -> pl.Series:
    return (
        table(LISTS[name][0])[LISTS[name][1]].str.to_uppercase()
        if name in LISTS
        else table("phrases").filter(list=name)["phrase"]
    )


def _sizes(template: str, places: pl.Series) -> tuple[tuple[str, ...], tuple[int, ...]]:
    slots = SLOT.findall(template)
    lists = tuple(name for name, _ in slots)
    return lists, tuple(len(words_of(name, places)) - (1 if again else 0) for name, again in slots)


def patterns(family: str, total: int, places: pl.Series) -> tuple[Pattern, ...]:
    """The family's patterns with the quota each has of `total` names."""
    drawn: list[Pattern] = []
    for share, template in (
        table("name_patterns").filter(family=family).select("share", "template").iter_rows()
    ):
        lists, sizes = _sizes(template, places)
        left = total - sum(pattern.quota for pattern in drawn)
        quota = min(int(total * float(share)), int(np.prod(sizes, dtype=np.int64))) if share else left
        drawn.append(Pattern(template, lists, sizes, quota))
    return tuple(drawn)


def _decoded(pattern: Pattern, rank: Ints) -> list[Ints]:
    """Positions in each slot's list for the pattern's names of `rank`. A second word of one list differs
    from the first.
    """
    code = spread(rank, pattern.capacity)
    positions: list[Ints] = []
    for name, size, (_, again) in zip(
        pattern.lists, pattern.sizes, SLOT.findall(pattern.template), strict=True
    ):
        code, position = np.divmod(code, size)
        if again:
            position = (positions[pattern.lists.index(name)] + 1 + position) % (size + 1)
        positions.append(position)
    return positions


def _text(pattern: Pattern, positions: Sequence[Ints], places: pl.Series) -> pl.Series:
    words = [
        pl.lit(gather(words_of(name, places), position))
        for name, position in zip(pattern.lists, positions, strict=True)
    ]
    return pl.select(pl.format(SLOT.sub("{}", pattern.template), *words)).to_series()


def names(family: str, rank: Ints, total: int, places: pl.Series) -> tuple[Objects, Ints, Ints]:
    """The names of `rank` (0 … total − 1) in a family, without legal form; and the positions of their trade
    and surname in those lists, NOT_DRAWN where a name has none.
    """
    place, start = spread(rank, total), 0
    stem, trade, surname = np.full(rank.size, "", object), *np.full((2, rank.size), NOT_DRAWN)
    for pattern in patterns(family, total, places):
        here = np.flatnonzero((place >= start) & (place < start + pattern.quota))
        if here.size:
            positions = _decoded(pattern, place[here] - start)
            stem[here] = _text(pattern, positions, places).to_numpy()
            for target, name in ((trade, "trade"), (surname, "surname")):
                if name in pattern.lists:
                    target[here] = positions[pattern.lists.index(name)]
        start += pattern.quota
    return stem, trade, surname


def planted_name(rank: int, places: pl.Series, sic: str | None = None) -> tuple[str, str]:
    """A name of a kind that the town itself never makes, and the SIC code of its trade. The trade is one of
    `sic` where the list has such a trade. Names of two ranks may be the same.
    """
    templates = _planted_templates()
    template = templates[rank % len(templates)]
    pattern = Pattern(template, *_sizes(template, places), quota=0)
    positions = [int(position[0]) for position in _decoded(pattern, np.array([rank]))]
    at = pattern.lists.index("trade")
    if fitting := _trades_of(sic):
        positions[at] = fitting[positions[at] % len(fitting)]
    words = (words_of(name, places)[place] for name, place in zip(pattern.lists, positions, strict=True))
    return SLOT.sub("{}", template).format(*words), str(table("trades")["sic"][positions[at]])


@cache
def _planted_templates() -> list[str]:
    return table("name_patterns").filter(family="planted")["template"].to_list()


@cache
def _trades_of(sic: str | None) -> list[int]:
    """Positions of the trades with the code."""
    return table("trades").with_row_index().filter(sic=sic or "")["index"].to_list()


# --- numbers ---------------------------------------------------------------------------------------------


@cache
def curve(series: str) -> pl.DataFrame:
    """Anchors of one series, ascending: share of the live register, number, day since 1970-01-01."""
    return (
        table("number_series")
        .filter(series=series)
        .select(
            pl.col("share", "number").cast(pl.Float64),
            pl.col("day").str.to_date("%Y-%m-%d").cast(pl.Int32).cast(pl.Float64),
        )
    )


def slots(series: str, rank: Ints, total: int, rng: np.random.Generator) -> tuple[Ints, Days]:
    """Numbers (without prefix) and days of incorporation for the companies of `rank` (0 … total − 1) in a
    series.

    Raises UsageError where `total` companies do not fit the series: a slot must be at least two numbers wide.
    """
    line = curve(series)
    place = spread(rank, total)
    low = np.floor(np.interp(place / total, line["share"], line["number"])).astype(np.int64)
    width = np.floor(np.interp((place + 1) / total, line["share"], line["number"])).astype(np.int64) - low
    if width.size and width.min() < 2:
        raise UsageError(f"{total} companies of series {series} do not fit its numbers; write a smaller town")
    offset = (rng.random(rank.size) * width).astype(np.int64)
    beside = np.where(
        offset + 1 < width, offset + 1, offset - 1
    )  # inside the slot, and no other multiple of the modulus
    offset = np.where((low + offset) % RESERVED_MODULUS == RESERVED_RESIDUE, beside, offset)
    number = low + offset
    return number, np.interp(number, line["number"], line["day"]).astype(np.int64).astype("datetime64[D]")


def written(series: str, number: pl.Series) -> pl.Series:
    """The number as its register writes it: eight characters, prefix included."""
    prefix = prefix_of(series)
    return prefix + number.cast(pl.String).str.zfill(DIGITS - len(prefix))


def prefix_of(series: str) -> str:
    """What a number of the series begins with; England and Wales have no prefix."""
    return "" if series == "EW" else series


def reserved(series: str, incorporated_on: date, after: dict[str, int]) -> str:
    """A number for a plant: one that the town never uses and that fits the day of incorporation, or the next
    free one.

    `after`: each number that is taken, and the value to try after it; the one given is added.
    """
    line = curve(series)
    value = int(np.interp((incorporated_on - date(1970, 1, 1)).days, line["day"], line["number"]))
    value += (RESERVED_RESIDUE - value) % RESERVED_MODULUS
    prefix = prefix_of(series)
    passed = []
    while (number := f"{prefix}{value:0{DIGITS - len(prefix)}d}") in after:
        passed.append(number)
        value = after[number]
    # Whoever begins at one of these need not try again what is taken.
    after.update(dict.fromkeys([*passed, number], value + RESERVED_MODULUS))
    return number
