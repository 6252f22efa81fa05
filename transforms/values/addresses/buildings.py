"""Buildings without a postcode: keyed by their name if it is distinctive, else by name and street."""

import polars as pl

from transforms.values.addresses.choosing import joined_pieces, pieces_of
from transforms.values.addresses.cutting import cut_into_pieces
from transforms.values.addresses.streets import is_street_alone
from transforms.values.addresses.word_lists import COMPASS, alternatives
from transforms.values.vocabulary import vocabulary

# Last words of building names that are mostly unique in a town.
_BUILDING = "BUILDINGS?|CENTRE|CHAMBERS|COMPLEX|HOUSE|PLAZA|TOWERS?"


def with_street(keyed: pl.DataFrame) -> pl.DataFrame:
    """Add the street to a unit without a postcode and without a number in a street, because The Cottage in
    one street is not The Cottage in another.

    Outside Britain, where few addresses have a postcode, a building with a distinctive name keeps its key
    without the street. If no country is stated, a town with the name of a British district counts as British.
    Columns of `keyed`: text, unit, postcode, town, country.
    """
    compass = "|".join(COMPASS)
    in_street = rf"(?:^|\|)(?:POBOX |[^|]*[0-9][^|]*(?:{alternatives('street')})(?: (?:{compass}))?(?:\||$))"
    needs_street = (
        pl.col("postcode").is_null() & pl.col("town").is_not_null() & ~pl.col("unit").str.contains(in_street)
    )
    is_open = keyed.select(needs_street.fill_null(False)).to_series()
    some = keyed.filter(is_open)
    british = ["LONDON", *vocabulary("areas")["area_name"].unique()]
    is_abroad = pl.coalesce(pl.col("country") != "gb", ~pl.col("town").is_in(british))
    abroad = some.select(is_abroad).to_series().arg_true().implode()
    distinctive = _distinctive(some["unit"]).filter(pl.col("of").is_in(abroad))
    pieces = pieces_of(some["unit"])
    other_streets = _streets(some["text"]).join(pieces, on=["of", "piece"], how="anti", maintain_order="left")
    first_streets = other_streets.unique("of", keep="first", maintain_order=True)
    streets = first_streets.join(distinctive, on="of", how="anti")
    units = joined_pieces(pl.concat([pieces, streets]), some.height)
    return keyed.with_columns(keyed["unit"].scatter(is_open.arg_true(), units))


def _distinctive(units: pl.Series) -> pl.DataFrame:
    """of: positions, from 0, of the units that name a building with a distinctive word."""
    building = pieces_of(units).filter(pl.col("piece").str.contains(rf"^[^0-9]+ (?:{_BUILDING})$"))
    common = rf"(?-u:\b)(?:{alternatives('no_name')}|{_BUILDING})(?-u:\b)"
    return building.filter(pl.col("piece").str.replace_all(common, " ").str.contains(r"\pL{2}")).select("of")


def _streets(texts: pl.Series) -> pl.DataFrame:
    """of, piece: the pieces of each text that are a street without a number."""
    pieces = pieces_of(cut_into_pieces(texts).str.replace_all("_", " "))
    return pieces.filter(is_street_alone(pl.col("piece")))
