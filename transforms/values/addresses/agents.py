"""The units of agents and mail forwarders (`vocabulary/address_vocabulary.csv`)."""

from functools import cache

import polars as pl

from transforms.values.addresses.units import address_id, with_address
from transforms.values.vocabulary import vocabulary

_HOUSES_MAX = 20  # (own) house numbers that one building may have, on one side of a street
_PLACE_OF_KEY = r"^[^|]*(\|[a-z]{2})?"  # the part of a unit key before the unit


@cache
def address_class_list() -> pl.DataFrame:
    """address_id, address_class, unit_key of the listed addresses, found by the same method as any address.

    Also each single house number of an address with several: tenants of 71-75 also write 71.
    """
    listed = vocabulary("address_vocabulary")
    keyed = with_address(
        listed,
        lines=[pl.col("lines")],
        locality=pl.col("locality"),
        country=pl.col("country"),
        postcode_text=pl.col("postcode"),
        po_box=pl.col("po_box"),
    ).select("address_class", pl.col("a_unit_key").alias("unit_key"))
    units = pl.concat([keyed, _single_houses(keyed)]).unique("unit_key", keep="first", maintain_order=True)
    return units.select(address_id(pl.col("unit_key")).alias("address_id"), "address_class", "unit_key")


def _single_houses(listed: pl.DataFrame) -> pl.DataFrame:
    """address_class, unit_key of each house in a range: 71, 73 and 75 for `PLACE|71-75 STREET`, since one
    side of a street has every second number.
    """
    range_of_houses = r"^(?<place>[^|]+)\|(?<first>[0-9]+)-(?<last>[0-9]+) (?<street>[^|]+)$"
    parts = listed.with_columns(pl.col("unit_key").str.extract_groups(range_of_houses).alias("part"))
    houses = parts.unnest("part").with_columns(
        pl.int_ranges(pl.col("first").cast(pl.Int64), pl.col("last").cast(pl.Int64) + 1, 2).alias("house")
    )
    few = houses.filter(pl.col("house").list.len().is_between(2, _HOUSES_MAX)).explode("house")
    return few.select("address_class", pl.format("{}|{} {}", "place", "house", "street").alias("unit_key"))


def in_unit_sql(unit: str, listed: str) -> str:
    """SQL condition: whether the unit key `unit` is the `listed` one or a part of it, such as a suite in an
    agent's building.
    """
    place, listed_place = (f"regexp_extract({key}, '{_PLACE_OF_KEY}')" for key in (unit, listed))
    listed_unit = f"substr({listed}, length({listed_place}) + 1)"
    return f"({place} = {listed_place} and contains({unit} || '|', {listed_unit} || '|'))"
