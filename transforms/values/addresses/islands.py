"""Unit keys of addresses on the islands of `vocabulary/address_islands.csv`.

There, the same building is written with its town, its island or both, and with a district or a postcode that
covers a whole town."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import polars as pl

from transforms.values.addresses.choosing import chosen_pieces, joined_pieces, pieces_of
from transforms.values.addresses.cutting import (
    canonical_words,
    cleaned,
    cut_at_numbers_and_streets,
    unless_street_or_filler,
    with_box,
    without_care_of,
)
from transforms.values.addresses.postcodes import UK_POSTCODE_SPACED
from transforms.values.names import folded
from transforms.values.vocabulary import lookup, vocabulary

# What follows on the same line is a street, a floor or another building.
_BUILDING_ENDS = "BUILDING|CHAMBERS|HALL|HOUSE|MALL|PLAZA|TOWER"
_DISTRICT_NUMBER = "(?:[0-9]{1,2}|L?I{1,3}|I I)"  # WICKHAMS CAY 2, II, 11
_COMPANY = r"\| [^|0-9]* (?:LTD|LIMITED) (?:\| )?"
# The "name" after care-of is the building itself.
_IN_CARE_OF_A_BUILDING = rf" CAREOF ([^|]* (?:CENTRE|POBOX [0-9]+|{_BUILDING_ENDS}) )"


@dataclass(frozen=True)
class _Island:
    """How addresses on an island are written. All but name and country are regular expressions.

    name: in the key. country: ISO code. end: end of an address on the island. own_names: names that no other
    place has. places: names and postcodes. districts: parts of its towns."""

    name: str
    country: str
    end: str
    own_names: str
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
    """A quick test that leaves few addresses for `island_units`: the country is one of the islands' or
    unknown, the postcode is not British, and the name of an island or of a town on one occurs."""
    is_place = pl.col("kind").is_in(["island", "town", "shared_town"])
    names = [*vocabulary("address_islands").filter(is_place)["name"], "MAHÉ", "GHUT"]
    countries = [island.country for island in _islands()]
    is_british = pl.col("postcode").str.contains(rf"^{UK_POSTCODE_SPACED}$").fill_null(False)
    is_named = pl.any_horizontal(
        pl.col(column).str.to_uppercase().str.contains_any(names) for column in ("lines", "locality")
    )
    may_be = pl.col("country").is_in(countries).fill_null(True) & ~is_british & is_named.fill_null(False)
    return written.select(may_be).to_series()


@cache
def _boxes_of_buildings() -> dict[str, str]:
    """Listed buildings on islands with one PO box → that box, because post for the agent goes to either."""
    with_one_box = (
        vocabulary("address_vocabulary")
        .filter(pl.col("po_box").is_not_null() & (pl.col("country") != "gb").fill_null(True))
        .filter(pl.col("po_box").n_unique().over("lines") == 1)
    )
    return dict(with_one_box.select(folded(pl.col("lines")), "po_box").iter_rows())


def island_units(written: pl.DataFrame) -> pl.Series:
    """unit_key of addresses on a listed island; null for addresses elsewhere, blank for those that state only
    a district or a floor.

    In the key the island replaces its towns, postcodes and districts. The name of a company is a part of the
    unit only if the address states nothing else.
    """
    lines = with_box(pl.concat_str("lines", "locality", separator=", ", ignore_nulls=True), pl.col("po_box"))
    words = written.select("country", lines.alias("text"))
    for step in (cleaned, canonical_words, _without_care_of):
        words = words.with_columns(step(pl.col("text")).alias("text"))
    keys = pl.Series("unit_key", [None], dtype=pl.String).new_from_index(0, words.height)
    for island in _islands():
        is_here = _is_on(island, words)
        if is_here.any():
            keys = keys.scatter(is_here.arg_true(), _units_on(island, words.filter(is_here)["text"]))
    return keys


def _without_care_of(text: pl.Expr) -> pl.Expr:
    return without_care_of(text.str.replace_all(_IN_CARE_OF_A_BUILDING, " $1"))


def _is_on(island: _Island, words: pl.DataFrame) -> pl.Series:
    """Whether a text ends with a place on the island. Never null."""
    ended = words.select("country", pl.col("text").str.extract(f"({island.end})", 1).alias("end"))
    is_of_country, is_named = (
        pl.col("country") == island.country,
        pl.col("end").str.contains(rf"[ |](?:{island.own_names})[ |]"),
    )
    is_here = (
        is_named | is_of_country & pl.col("end").str.contains(rf"[ |](?:{island.places})[ |]")
    ).fill_null(False)
    return ended.select(is_here & is_of_country.fill_null(True)).to_series()


def _units_on(island: _Island, texts: pl.Series) -> pl.Series:
    """unit_key of texts that end with a place on the island; blank if they state no unit."""
    bare = texts.to_frame("text")
    for step in (
        pl.col("text").str.replace(island.end, " | "),
        pl.col("text").str.replace_all(rf"(?: (?:{island.places}))+ \|", " |"),
        pl.col("text").str.replace_all(rf" (?:{island.districts})(?: {_DISTRICT_NUMBER})? ", " | "),
        pl.col("text").str.replace_all(rf"(\| [^|0-9=]+ (?:{_BUILDING_ENDS})) (\pL{{2}})", "$1 | $2"),
    ):
        bare = bare.with_columns(step.alias("text"))
    units = _units_in(bare.select(pl.col("text").str.replace_all(_COMPANY, "| ")))
    if units.has_nulls():
        units = units.zip_with(units.is_not_null(), _units_in(bare))
    return (f"{island.name}|{island.country}|" + units).fill_null("")


def _units_in(bare: pl.DataFrame) -> pl.Series:
    """The units; null if only a floor or a suite is stated, which any building may have. A number without a
    street is not a house number.
    """
    cut = bare.select(_with_known_box(pl.col("text")).alias("text")).select(
        cut_at_numbers_and_streets(pl.col("text")).alias("text")
    )["text"]
    with_place = chosen_pieces(pieces_of(cut).filter(~pl.col("piece").str.contains(r"^[0-9]+$"))).filter(
        pl.col("piece").str.contains(r"^POBOX=|^[^=]*\pL{2}[^=]*$").any().over("of")
    )
    return (
        joined_pieces(with_place, cut.len())
        .to_frame("unit")
        .select(unless_street_or_filler(pl.col("unit").str.replace_all("[=_]", " ")))
        .to_series()
    )


def _with_known_box(text: pl.Expr) -> pl.Expr:
    with_box = text
    for building, box in _boxes_of_buildings().items():
        with_box = with_box.str.replace(rf"\| {building} \|", f"| POBOX {box} |")
    return pl.when(text.str.contains(" POBOX ", literal=True)).then(text).otherwise(with_box)
