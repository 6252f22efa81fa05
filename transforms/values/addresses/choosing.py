"""Choose the pieces of an address that identify its unit.

A building without a postcode is keyed by its name if that is distinctive, else by name and street.
"""

import polars as pl

from transforms.values.addresses.cutting import cut_into_pieces, is_street_alone
from transforms.values.addresses.number_words import COMPASS, FIRST_WORDS, alternatives
from transforms.values.addresses.postcodes import only_fills_lines
from transforms.values.vocabulary import vocabulary

# Pieces without a number that name a part of the house in the next piece, or land beside it. They are not the
# name of a house.
_POSITION = r"^(?:AT |THE |TO |GROUND )*(?:ABOVE|BEHIND|FRONT|LEFT|OVER|REAR|RIGHT)(?: OF)?(?: THE)?$"
_BESIDE = (
    "ADJ|ADJACENT|ADJOINING|AND|AT|BEHIND|BEING|BETWEEN|EAST|LYING|NEAR|NORTH|OFF|ON|OPPOSITE|REAR|SOUTH"
    "|TO|WEST"
)
_PART_OF_HOUSE = (
    rf"{_POSITION}|^(?:AMENITY )?LAND(?: (?:{_BESIDE})\b.*)?$|^PART(?: OF)?$"
    r"|\b(?:MAISONETTE|MEZZANINE|WING|[BFGLST]FF|[LU]GFF?)\b"
    r"|^(?:(?:FRONT|GARDEN|LOWER|OLD|REAR|THE|TOP|UPPER) )*"
    r"(?:ATTIC|CELLAR|COACH HOUSE|GARAGE|LODGE|LOFT|LOWER|SHOP|STUDIO|UPPER)$"
)
_WORDS_OF_PARTS = (
    "MAISONETTE MEZZANINE WING BFF FFF GFF LFF SFF TFF LGF LGFF UGF UGFF ATTIC CELLAR GARAGE LODGE LOFT LOWER"
    " SHOP STUDIO UPPER ABOVE BEHIND FRONT LEFT OVER REAR RIGHT LAND PART FL"
)


def pieces_of(texts: pl.Series) -> pl.DataFrame:
    """of, piece: one row for each piece of each text, in order; `of` is the position of the text, from 0."""
    return (
        texts.to_frame("piece")
        .with_row_index("of")
        .with_columns(pl.col("piece").str.split("|"))
        .explode("piece")
        .with_columns(pl.col("piece").str.strip_chars())
        .filter(pl.col("piece") != "")
    )


def joined_pieces(pieces: pl.DataFrame, texts_n: int) -> pl.Series:
    """The distinct pieces of each text in alphabetical order, joined by `|`; blank for a text without
    pieces.
    """
    is_one = pieces["of"].is_unique()
    several = (
        pieces.filter(~is_one)
        .unique()
        .sort("of", "piece")
        .group_by("of", maintain_order=True)
        .agg(pl.col("piece").str.join("|"))
    )
    joined = pl.concat([pieces.filter(is_one), several])
    return pl.Series("piece", [""]).new_from_index(0, texts_n).scatter(joined["of"], joined["piece"])


def chosen_pieces(pieces: pl.DataFrame) -> pl.DataFrame:
    """of, piece (as returned by `pieces_of`) of the pieces that identify the unit.

    The first PO box alone, if there is one. Else the pieces with a number, together with the parts of the
    house if there is a house number, or with the first name if there is none. A filler is not a name."""
    piece, text = pl.col("piece"), pl.col("of")
    described = pieces.with_columns(
        is_box=piece.str.starts_with("POBOX="),
        is_numbered=piece.str.contains(r"[0-9=]|\b(?:FLAT|BASEMENT|ANNEXE?|PENTHOUSE)\b"),
        is_part=piece.str.contains(_PART_OF_HOUSE),
        is_position=piece.str.contains(_POSITION),
        has_house_number=text.is_in(text.filter(piece.str.contains(r"^[0-9]")).implode()),
    ).with_columns(
        is_name=~pl.col("is_numbered") & ~pl.col("is_position") & ~only_fills_lines(piece),
        has_box=text.is_in(text.filter("is_box").implode()),
    )
    is_first_box = pl.col("is_box") & pl.when("is_box").then(text).is_first_distinct()
    is_first_name = pl.col("is_name") & pl.when("is_name").then(text).is_first_distinct()
    beside = pl.when("has_house_number").then("is_part").otherwise(pl.col("is_position") | is_first_name)
    tells_unit = pl.when("has_box").then(is_first_box).otherwise(pl.col("is_numbered") | beside)
    return described.filter(tells_unit).select("of", "piece")


def parts_of_houses() -> tuple[str, ...]:
    """Regular expressions of words that name a part of a house; the last matches a unit with its number in
    words. A text that matches none of them names no part.
    """
    number_words = rf"(?:{alternatives('designator')}) (?:{'|'.join(FIRST_WORDS)})"
    return (*_WORDS_OF_PARTS.split(), "COACH HOUSE", number_words)


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
    if not is_open.any():
        return keyed
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
    """of: positions, from 0, of the units with a building whose name has a distinctive word."""
    building = pieces_of(units).filter(pl.col("piece").str.contains(rf"^[^0-9]+ (?:{_BUILDING})$"))
    common = rf"(?-u:\b)(?:{alternatives('no_name')}|{_BUILDING})(?-u:\b)"
    return building.filter(pl.col("piece").str.replace_all(common, " ").str.contains(r"\pL{2}")).select("of")


def _streets(texts: pl.Series) -> pl.DataFrame:
    """of, piece: the pieces of each text that are a street without a number."""
    return pieces_of(cut_into_pieces(texts).str.replace_all("_", " ")).filter(
        is_street_alone(pl.col("piece"))
    )
