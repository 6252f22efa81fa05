"""Buildings without a postcode: with the street where their name is one that any may have, without it where a town has one of that name."""

from __future__ import annotations

from functools import cache

import polars as pl

from transforms.values.addresses.pieces import in_pieces, joined_pieces, pieces_of
from transforms.values.addresses.streets import is_street_alone
from transforms.values.addresses.words import COMPASS, alternatives
from transforms.values.names import spread
from transforms.values.vocabulary import vocabulary

# Buildings that a town has one of by its name, and words that do not make a name one.
_BUILDING_NAMED = "BUILDINGS?|CENTRE|CHAMBERS|COMPLEX|HOUSE|PLAZA|TOWERS?"
_NO_NAME = (
    "THE",
    "OF",
    "AND",
    "OLD",
    "NEW",
    "GREAT",
    "LITTLE",
    "UPPER",
    "LOWER",
    "TOP",
    "HIGH",
    "LONG",
    "NORTH",
    "SOUTH",
    "EAST",
    "WEST",
    "FIRST",
    "MAIN",
    "CENTRAL",
    "CENTRE",
    "MILL",
    "CHURCH",
    "CHAPEL",
    "SCHOOL",
    "STATION",
    "ROSE",
    "IVY",
    "MANOR",
    "FARM",
    "GARDEN",
    "PARK",
    "LODGE",
    "HALL",
    "COACH",
    "GATE",
    "GRANGE",
    "GREEN",
    "WHITE",
    "RED",
    "BLACK",
    "BLUE",
    "BROWN",
    "GREY",
    "OAK",
    "ELM",
    "ASH",
    "LIME",
    "YEW",
    "HOLLY",
    "CEDAR",
    "BEECH",
    "PALM",
    "BRIDGE",
    "RIVER",
    "LAKE",
    "SEA",
    "BEACH",
    "HILL",
    "VALLEY",
    "WOOD",
    "FIELD",
    "COURT",
    "TOWN",
    "CITY",
    "VILLAGE",
    "MARKET",
    "BANK",
    "POST",
    "OFFICE",
    "BUSINESS",
    "TRADE",
    "TRADING",
    "COMMERCE",
    "COMMERCIAL",
    "SHOPPING",
    "MEDICAL",
    "HEALTH",
    "COMMUNITY",
    "CIVIC",
    "SPORTS",
    "LEISURE",
    "ENTERPRISE",
    "INNOVATION",
    "TECHNOLOGY",
    "CONFERENCE",
    "GOVERNMENT",
    "FINANCIAL",
    "CORPORATE",
    "INDUSTRIAL",
    "ADMINISTRATION",
    "FACTORY",
    "GUEST",
    "HARBOUR",
    "HEAD",
    "HOTEL",
    "JAMES",
    "NATIONAL",
    "REGENT",
    "RESIDENTIAL",
    "ST",
    "SAINT",
    "TRUST",
    "UNIVERSITY",
    "WAREHOUSE",
    "INTERNATIONAL",
    "KING",
    "KINGS",
    "QUEEN",
    "QUEENS",
    "CROWN",
    "ROYAL",
    "VICTORIA",
    "ALBERT",
    "UNION",
)


def with_street(keyed: pl.DataFrame) -> pl.DataFrame:
    """With the street, where there is no postcode to tell The Cottage in one from that in another. Columns text, unit, postcode, locality, country.

    Outside Britain, where few addresses have one, a building with a name of its own is the same with its street and without. Where no country is stated, the town
    decides: one that has the name of a British district may be that.
    """
    told = rf"(?:^|\|)(?:POBOX |[^|]*[0-9][^|]*(?:{alternatives('street')})(?: (?:{'|'.join(COMPASS)}))?(?:\||$))"
    is_open = keyed.select(
        (
            pl.col("postcode").is_null()
            & pl.col("locality").is_not_null()
            & ~pl.col("unit").str.contains(told)
        ).fill_null(False)
    ).to_series()
    if not is_open.any():
        return keyed
    some = keyed.filter(is_open)
    streets = some.join(
        streets_in(some.select("text").unique()), on="text", how="left", maintain_order="left"
    ).with_row_index("of")
    is_abroad = streets.select(
        pl.coalesce(pl.col("country") != "gb", ~pl.col("locality").is_in(_british_districts()))
    ).to_series()
    is_alone = _is_distinctive(streets["unit"]) & is_abroad
    is_house = pl.format("|{}|", "unit").str.contains(pl.format("|{}|", "street"), literal=True)
    beside = pl.when(is_house).then("next_street").otherwise("street")
    pieces = pl.concat(
        [
            pieces_of(streets["unit"]),
            streets.filter(~is_alone).select("of", beside.alias("piece")).drop_nulls(),
        ]
    )
    return keyed.with_columns(
        keyed["unit"].zip_with(~is_open, spread(joined_pieces(pieces, streets.height), is_open))
    )


@cache
def _british_districts() -> tuple[str, ...]:
    return ("LONDON", *vocabulary("areas")["area_name"].unique().sort())


def _is_distinctive(units: pl.Series) -> pl.Series:
    """Whether a unit has a building with a name that is more than the words that any may have."""
    building = pieces_of(units).filter(pl.col("piece").str.contains(rf"^[^0-9]+ (?:{_BUILDING_NAMED})$"))
    rest = pl.col("piece").str.replace_all(
        rf"(?-u:\b)(?:{'|'.join(_NO_NAME)}|{_BUILDING_NAMED})(?-u:\b)", " "
    )
    named = building.filter(rest.str.contains(r"\pL{2}"))["of"]
    return pl.select(pl.int_range(units.len(), dtype=pl.UInt32).alias("of"))["of"].is_in(named.implode())


def streets_in(texts: pl.DataFrame) -> pl.DataFrame:
    """Column text; with `street`, the first piece that is one and has no number, and `next_street`, the second: where the first is the house."""
    cut = in_pieces(texts.with_columns(pl.col("text").alias("cut")))["cut"].str.replace_all("_", " ")
    alone = pieces_of(cut).filter(is_street_alone(pl.col("piece"))).unique(maintain_order=True)
    streets = alone.group_by("of").agg(
        pl.col("piece").first().alias("street"), pl.col("piece").get(1, null_on_oob=True).alias("next_street")
    )
    return (
        texts.with_row_index("of")
        .join(streets, on="of", how="left", maintain_order="left")
        .select("text", "street", "next_street")
    )
