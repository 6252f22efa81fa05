"""Addresses on the islands of `vocabulary/address_islands.csv`.

One building is written with its town, its island or both, and with a district or a postcode that a whole town
has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import polars as pl

from transforms.values.addresses.choosing import chosen_pieces, joined_pieces, pieces_of
from transforms.values.addresses.cutting import (
    canonical_words,
    cleaned,
    cut_at_numbers_and_streets,
    with_box,
    without_care_of,
)
from transforms.values.addresses.postcodes import UK_POSTCODE_SPACED
from transforms.values.addresses.streets import unless_street_or_filler
from transforms.values.names import folded, spread
from transforms.values.vocabulary import lookup, vocabulary

# what follows on the same line is a street, a floor or another building
_BUILDING_ENDS = "BUILDING|CHAMBERS|HALL|HOUSE|MALL|PLAZA|TOWER"
_DISTRICT_NUMBER = "(?:[0-9]{1,2}|L?I{1,3}|I I)"  # WICKHAMS CAY 2, II, 11
_COMPANY = r"\| [^|0-9]* (?:LTD|LIMITED) (?:\| )?"
_IN_CARE_OF_A_BUILDING = rf" CAREOF ([^|]* (?:CENTRE|POBOX [0-9]+|{_BUILDING_ENDS}) )"  # which is where it is


@dataclass(frozen=True)
class _Island:
    """How an island is written, as regular expressions of words with a blank or a comma between them.

    name: in the key. end: the end of an address that is on it. own: names of no other place. places: names
    and postcodes. districts: parts of its towns."""

    name: str
    country: str
    end: str
    own: str
    places: str
    districts: str


@cache
def _islands() -> tuple[_Island, ...]:
    listed = vocabulary("address_islands")
    return tuple(
        _island(listed.filter(country=country), country)
        for country in listed["country"].unique(maintain_order=True)
    )


def _island(listed: pl.DataFrame, country: str) -> _Island:
    def spelled(*kinds: str) -> list[str]:
        return listed.filter(pl.col("kind").is_in(kinds))["name"].to_list()

    def any_of(names: Sequence[str]) -> str:
        return (
            "|".join(name.replace(" ", "[ |]+") for name in sorted(names, key=len, reverse=True))
            or r"[^\s\S]"
        )

    name, names = spelled("island")[0], spelled("island", "town", "shared_town")
    places = rf"{any_of(names)}|{country.upper()} ?[0-9](?:[ -]?[0-9]){{2,5}}"  # VG1110, KY1-1104
    end = "|".join(
        [any_of([key for key, code in lookup("countries", "key", "code").items() if code == country]), places]
    )
    return _Island(
        name,
        country,
        rf" (?:{end})(?:[ |]+(?:{end}))*[ |]*$",
        any_of(spelled("island", "town")),
        places,
        any_of(spelled("district")),
    )


def may_be_on_island(written: pl.DataFrame) -> pl.Series:
    """Few are, and they cost: the country is one of theirs or not known, there is no British postcode, and
    the name of one is somewhere, as it is mostly written.
    """
    names = [
        *vocabulary("address_islands").filter(pl.col("kind").is_in(["island", "town", "shared_town"]))[
            "name"
        ],
        "MAHÉ",
        "GHUT",
    ]
    is_british = pl.col("postcode").str.contains(rf"^{UK_POSTCODE_SPACED}$").fill_null(False)
    is_abroad = (
        pl.col("country").is_null() | pl.col("country").is_in([island.country for island in _islands()])
    ) & ~is_british
    is_open = written.select(is_abroad).to_series()
    is_named = pl.any_horizontal(
        pl.col(column).str.to_uppercase().str.contains_any(names) for column in ("lines", "locality")
    )
    return spread(written.filter(is_open).select(is_named.fill_null(False)).to_series(), is_open).fill_null(
        False
    )


@cache
def _buildings_of_boxes() -> dict[str, str]:
    """Listed buildings on islands that have one PO box → the box: it is the agent's, who is written to at
    either.
    """
    listed = vocabulary("address_vocabulary").filter(
        pl.col("po_box").is_not_null() & (pl.col("country") != "gb").fill_null(True)
    )
    few = listed.filter(pl.col("po_box").n_unique().over("lines") == 1)
    return dict(few.select(folded(pl.col("lines")), "po_box").iter_rows())


def island_units(written: pl.DataFrame) -> pl.Series:
    """unit_key of addresses on a listed island; null for those of elsewhere, blank for those that tell no
    more than a district or a floor.

    The island stands for its towns, postcodes and districts. A company's name is no part of a unit, but where
    nothing else is told.
    In steps, each on few rows: of few texts, to make the expressions ready takes longer than the work.
    """
    lines = with_box(pl.concat_str("lines", "locality", separator=", ", ignore_nulls=True), pl.col("po_box"))
    words = written.select("country", lines.alias("text"))
    for step in (cleaned, canonical_words, _where_care_is_taken, without_care_of):
        words = words.with_columns(step(pl.col("text")).alias("text"))
    keys = pl.Series("unit_key", [None], dtype=pl.String).new_from_index(0, words.height)
    for island in _islands():
        is_here = _is_on(island, words)
        if is_here.any():
            keys = keys.zip_with(~is_here, spread(_units_on(island, words.filter(is_here)["text"]), is_here))
    return keys


def _where_care_is_taken(text: pl.Expr) -> pl.Expr:
    return text.str.replace_all(_IN_CARE_OF_A_BUILDING, " $1")


def _is_on(island: _Island, words: pl.DataFrame) -> pl.Series:
    """Whether the end of a text in words is on the island. Never null."""
    ended = words.select("country", pl.col("text").str.extract(f"({island.end})", 1).alias("end"))
    is_of_country, is_named = (
        pl.col("country") == island.country,
        pl.col("end").str.contains(rf"[ |](?:{island.own})[ |]"),
    )
    is_here = (
        is_named | is_of_country & pl.col("end").str.contains(rf"[ |](?:{island.places})[ |]")
    ).fill_null(False)
    return ended.select(is_here & is_of_country.fill_null(True)).to_series()


def _units_on(island: _Island, texts: pl.Series) -> pl.Series:
    """unit_key of texts in words that end on the island; blank where nothing is told."""
    bare = texts.to_frame("text")
    for step in (
        pl.col("text").str.replace(island.end, " | "),
        pl.col("text").str.replace_all(rf"(?: (?:{island.places}))+ \|", " |"),
        pl.col("text").str.replace_all(rf" (?:{island.districts})(?: {_DISTRICT_NUMBER})? ", " | "),
        pl.col("text").str.replace_all(rf"(\| [^|0-9=]+ (?:{_BUILDING_ENDS})) (\pL{{2}})", "$1 | $2"),
    ):
        bare = bare.with_columns(step.alias("text"))
    units = _told_units(bare.select(pl.col("text").str.replace_all(_COMPANY, "| ")))
    if units.has_nulls():
        units = units.zip_with(units.is_not_null(), _told_units(bare))
    return (f"{island.name}|{island.country}|" + units).fill_null("")


def _told_units(bare: pl.DataFrame) -> pl.Series:
    """Null where only a floor or a suite is told, which are anywhere. A number without a street is none of
    a house.
    """
    cut = bare.select(_with_known_box(pl.col("text")).alias("text")).select(
        cut_at_numbers_and_streets(pl.col("text")).alias("text")
    )["text"]
    chosen = chosen_pieces(pieces_of(cut).filter(~pl.col("piece").str.contains(r"^[0-9]+$")))
    told = chosen.filter(pl.col("piece").str.contains(r"^POBOX=|^[^=]*\pL{2}[^=]*$").any().over("of"))
    return (
        joined_pieces(told, cut.len())
        .to_frame("unit")
        .select(unless_street_or_filler(pl.col("unit").str.replace_all("[=_]", " ")))
        .to_series()
    )


def _with_known_box(text: pl.Expr) -> pl.Expr:
    named = text
    for building, box in _buildings_of_boxes().items():
        named = named.str.replace(rf"\| {building} \|", f"| POBOX {box} |")
    return pl.when(text.str.contains(" POBOX ", literal=True)).then(text).otherwise(named)
