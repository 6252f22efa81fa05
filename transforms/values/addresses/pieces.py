"""From the text of an address to its pieces, in steps, and the pieces that tell a unit.

Between the steps a text is in capitals, with `|` between its pieces and `=` between a unit's kind and its number.
"""

from __future__ import annotations

from functools import cache

import polars as pl

from transforms.values.addresses.numbers import has_spelled_number, with_house_numbers, with_unit_numbers
from transforms.values.addresses.postcodes import UK_POSTCODE
from transforms.values.addresses.streets import NAME_BEHIND, may_have_street, with_street_cut_off
from transforms.values.addresses.told import CARE_OF, only_fills_lines, unless_filler
from transforms.values.addresses.words import COMPASS, alternatives, words_of
from transforms.values.names import folded, for_some
from transforms.values.spelled_numbers import FIRST_WORDS

_HOUSE_NUMBER = r"[0-9]+[A-Z]?(?:[-+][0-9]+[A-Z]?)*"
_UNIT_NUMBER = rf"(?:[A-Z]?{_HOUSE_NUMBER}|[A-Z])"


def in_pieces(texts: pl.DataFrame) -> pl.DataFrame:
    """Column cut: a text; the same, cut into pieces by `|`."""
    cut = texts
    for step in _steps():
        cut = cut.with_columns(step)
    return cut


def box_in_words(box: pl.Expr) -> pl.Expr:
    """As it is read: a column for boxes mostly has the bare number, which would look like a house's. A number of zeros says nothing, and stays as it is."""
    is_bare = box.str.contains(r"^\s*[A-Za-z]?[ -]?[0-9]*[1-9][0-9]*\s*$")
    return pl.when(is_bare).then(pl.concat_str(pl.lit("PO Box "), box.str.strip_chars())).otherwise(box)


@cache
def _steps() -> tuple[pl.Expr, ...]:
    """From a text to its pieces, each on the last one's `cut`. Made once: of few texts, to write the expressions down takes longer than the work."""
    return tuple(
        step(pl.col("cut")).alias("cut")
        for step in (cleaned, _without_postcode, canonical_words, without_care_of, cut_text)
    )


def stated_box() -> pl.Expr:
    """A PO box without its words; null where it says nothing (`N/A`, `PO Box 0`): a box stands for the whole address."""
    return for_some(_number_of_box, pl.col("po_box"), where=pl.Expr.is_not_null)


def _number_of_box(po_box: pl.Expr) -> pl.Expr:
    number = (
        folded(po_box)
        .str.replace_all(r"[^0-9A-Z ]", " ")
        .str.replace(r"^\s*(?:P\s*O\s*)?(?:BOX)?\s*(?:NO )?", "")
    )
    return unless_filler(number.str.strip_chars())


def with_box(lines: pl.Expr, box_number: pl.Expr) -> pl.Expr:
    return pl.concat_str(
        pl.concat_str(pl.lit("PO BOX "), box_number), lines, separator=", ", ignore_nulls=True
    )


def cleaned(text: pl.Expr) -> pl.Expr:
    """Capitals, `|` at commas and at both ends, two blanks around every word, numbers as 10-12 and 12A."""
    plain = (
        folded(text)
        .str.replace_all(CARE_OF, " CAREOF ")
        .str.replace_all(r"\bP\.?\s*O\.?\s*BOX\b", " POBOX ")
        .str.replace_all(r"( POBOX +[A-Z])[ -]*([0-9])", "$1$2")
        .str.replace_all(r"[.'’`´\"]", "")
        .str.replace_all("&", " AND ", literal=True)
        .str.replace_all(r"([0-9][A-Z]?)\s*[-–/]\s*([0-9])", "$1-$2")
        .str.replace_all(r"[,;\n]", " | ")
        .str.replace_all(r"[^\p{L}\p{N}|-]+|(?:^|\s)-|-(?:\s|$)", " ")
        .str.replace_all(r"([^0-9A-Z])-|([^0-9])-([^0-9])", "$1$2 $3")
        .str.replace_all(r"((?:^|[\s,])[0-9]+) ([A-H])(\s)", "$1$2$3")
    )
    return for_some(
        _with_its_number, _blanks(pl.concat_str(pl.lit(" | "), plain, pl.lit(" | "))), where=_has_bare_box
    ).str.replace_all(" ", "  ", literal=True)


def _has_bare_box(text: pl.Expr) -> pl.Expr:
    return text.str.contains(" POBOX | ", literal=True)


def _with_its_number(text: pl.Expr) -> pl.Expr:
    """`PO Box, 22644`: a number alone in the next piece is the box's."""
    return text.str.replace_all(r" POBOX (?:\| )+([A-Z]{0,2}[0-9]*[1-9][0-9]*) \|", " POBOX $1 |")


def _blanks(text: pl.Expr) -> pl.Expr:
    """Runs of blanks to one. No other white space is left when this is called."""
    return text.str.replace_all(" {2,}", " ")


def _without_postcode(text: pl.Expr) -> pl.Expr:
    """Postcodes and London postal districts are not numbers of a unit."""
    districts = r"\|  (?:LONDON  )?(?:EC|WC|[ENSW]|N[WE]|S[EW])[0-9]{1,2}[A-Z]?  \|"
    return (
        text.str.replace_all(r"  ([A-Z]{1,2}[0-9][A-Z0-9]?  [0-9][ABD-HJLNP-UW-Z]{2})  ", "  |  ")
        .str.replace_all(rf"  {UK_POSTCODE}  ", "  |  ")
        .str.replace_all(districts, "|  |")
    )


def canonical_words(text: pl.Expr) -> pl.Expr:
    """Whole words only: a word has two blanks of its own on either side of it, so that neighbours do not share one."""
    anywhere, last, floors = words_of("anywhere"), words_of("last"), words_of("floor")
    marked = text.str.replace_many(
        [f" {word} " for word in anywhere], [f" {word} " for word in anywhere.values()]
    )
    marked = marked.str.replace_many(
        [f" {word}  |" for word in last], [f" {word}  |" for word in last.values()]
    )
    pairs = [(short, word, point) for short, word in last.items() for point in COMPASS]
    marked = marked.str.replace_many(
        [f" {short}  {point}  |" for short, _, point in pairs],
        [f" {word}  {point}  |" for _, word, point in pairs],
    )
    spaced = {word.replace(" ", "  "): number for word, number in floors.items()}
    for before, after in (("", "  FLOOR"), ("", "  FL"), ("FLOOR  ", "")):
        marked = marked.str.replace_many(
            [f" {before}{word}{after} " for word in spaced],
            [f" FLOOR  {number} " for number in spaced.values()],
            leftmost=True,
        )
    single = _blanks(marked.str.replace_all("  ", " ", literal=True))
    single = for_some(with_unit_numbers, single, where=has_spelled_number).str.replace_all(
        r" ([0-9]+[A-Z]?) TO ([0-9]+[A-Z]? )", " $1-$2"
    )
    return single.str.replace_all(r" NO ([0-9])", " $1").str.replace_all(
        r"([0-9][A-Z]?) AND ([0-9])", "$1+$2"
    )


def without_care_of(text: pl.Expr) -> pl.Expr:
    """A care-of name ends with its legal form, at a number, or at a comma; alone on its line it is all there is, and stays."""
    named = pl.when(text.str.contains(" CAREOF ", literal=True)).then(text)
    without = (
        named.str.replace_all(r"\| CAREOF [^|]*? (?:LTD|LIMITED|LLP|PLC|AND CO) ", "| ")
        .str.replace_all(r"\| CAREOF [^|0-9]*([0-9])", "| $1")
        .str.replace_all(r"\| CAREOF [^|0-9]*(\| [^| ])", "$1")
        .str.replace_all(" CAREOF ", " ", literal=True)
    )
    return pl.coalesce(without, text)


def cut_text(text: pl.Expr) -> pl.Expr:
    """Cut after a unit's number, before a house number, after a building's name and after a street's end; not before a street's name (15, Boulevard, Zed)."""
    streets = alternatives("street")
    numbered = (
        text.str.replace_all(rf"\b({alternatives('designator')}) ({_UNIT_NUMBER})\b", "| $1=$2 |")
        .str.replace_all(rf" ((?:{_HOUSE_NUMBER}) [^0-9|])", " | $1")
        .str.replace_all(rf"\| ({_HOUSE_NUMBER}) (?:\| )+([^0-9|=]+ \|)", "| $1 $2")
        .str.replace_all(rf"\| ({_HOUSE_NUMBER} (?:{NAME_BEHIND})) (?:\| )+([^0-9|=]+ \|)", "| $1 $2")
    )
    ended = (
        for_some(with_house_numbers, numbered, where=has_spelled_number)
        .str.replace_all(rf" ({streets}) ({streets}|{'|'.join(COMPASS)}) ", " ${1}_${2} ")
        .str.replace_all(rf"(\| [0-9][^| ]* [^| ]+(?: [^| ]+)*? (?:{streets})(?:_[A-Z]+)?) ([^|])", "$1 | $2")
        .str.replace_all(rf"(\| [^|0-9=]+ (?:{alternatives('building')})) ([^|])", "$1 | $2")
        .str.replace_all(r"(\| [^|0-9=]+ COMPLEX) ([^|0-9=]+\|)", "$1 | $2")
    )
    return for_some(with_street_cut_off, ended, where=may_have_street)


def pieces_of(texts: pl.Series) -> pl.DataFrame:
    """of, piece: the pieces of each text, in their order; `of` counts the texts from 0.

    Rows and not lists: of a list, polars asks for every text by itself whether its pieces are wanted.
    """
    split = (
        texts.alias("piece")
        .to_frame()
        .with_row_index("of")
        .with_columns(pl.col("piece").str.split("|"))
        .explode("piece")
    )
    return split.with_columns(pl.col("piece").str.strip_chars()).filter(pl.col("piece") != "")


def joined_pieces(pieces: pl.DataFrame, texts_n: int) -> pl.Series:
    """The pieces of each text, each once, in their alphabetical order, with `|` between them; blank where there is none."""
    listed = (
        pieces.unique()
        .sort("of", "piece")
        .group_by("of", maintain_order=True)
        .agg(pl.col("piece").str.join("|"))
    )
    every = pl.select(pl.int_range(texts_n, dtype=pl.UInt32).alias("of"))
    return every.join(listed, on="of", how="left", maintain_order="left")["piece"].fill_null("")


# Pieces without a number that are a part of the house they stand beside, or ground at it, and so are no name of the house.
_POSITION = r"^(?:AT |THE |TO |GROUND )*(?:ABOVE|BEHIND|FRONT|LEFT|OVER|REAR|RIGHT)(?: OF)?(?: THE)?$"
_LAND = r"^(?:AMENITY )?LAND(?: (?:ADJ|ADJACENT|ADJOINING|AND|AT|BEHIND|BEING|BETWEEN|EAST|LYING|NEAR|NORTH|OFF|ON|OPPOSITE|REAR|SOUTH|TO|WEST)\b.*)?$|^PART(?: OF)?$"
_PART_OF_HOUSE = (
    rf"{_POSITION}|{_LAND}|\b(?:MAISONETTE|MEZZANINE|WING|[BFGLST]FF|[LU]GFF?)\b|"
    r"^(?:(?:FRONT|GARDEN|LOWER|OLD|REAR|THE|TOP|UPPER) )*(?:ATTIC|CELLAR|COACH HOUSE|GARAGE|LODGE|LOFT|LOWER|SHOP|STUDIO|UPPER)$"
)
# What may be a village after the house's piece, where it does not say of what it is a part: Over, Wing, Shop.
_VILLAGE = r"^(?:(?:LOWER|OLD|THE|UPPER) )*(?:LAND|LODGE|LOFT|OVER|SHOP)$|^WING$"
# Words of these.
_PARTS_OF_HOUSES = (
    "MAISONETTE",
    "MEZZANINE",
    "WING",
    "BFF",
    "FFF",
    "GFF",
    "LFF",
    "SFF",
    "TFF",
    "LGF",
    "LGFF",
    "UGF",
    "UGFF",
    "ATTIC",
    "CELLAR",
    "COACH HOUSE",
    "GARAGE",
    "LODGE",
    "LOFT",
    "LOWER",
    "SHOP",
    "STUDIO",
    "UPPER",
    "ABOVE",
    "BEHIND",
    "FRONT",
    "LEFT",
    "OVER",
    "REAR",
    "RIGHT",
    "LAND",
    "PART",
    "FL",
)


def parts_of_houses() -> tuple[str, ...]:
    """Regular expressions of words: a text is plain where it has none of them. The last is a unit with its number in words."""
    return (*_PARTS_OF_HOUSES, rf"(?:{alternatives('designator')}) (?:{'|'.join(FIRST_WORDS)})")


def chosen_pieces(pieces: pl.DataFrame) -> pl.DataFrame:
    """A PO box alone; else the pieces with a number, with the house's parts, or the first name if there is no house number; else the first name. A filler is no name.

    of, piece: as `pieces_of` gives them.
    """
    piece, of_text = pl.col("piece"), pl.col("of")
    told = pieces.with_columns(
        is_box=piece.str.starts_with("POBOX="),
        is_numbered=piece.str.contains(r"[0-9=]|\b(?:FLAT|BASEMENT|ANNEXE?|PENTHOUSE)\b"),
        is_part=piece.str.contains(_PART_OF_HOUSE),
        is_position=piece.str.contains(_POSITION),
        has_house_number=piece.str.contains(r"^[0-9]").any().over(of_text),
        has_box=piece.str.starts_with("POBOX=").any().over(of_text),
    ).with_columns(is_name=~pl.col("is_numbered") & ~pl.col("is_position") & ~only_fills_lines(piece))
    told = _without_villages(told)
    is_first_box = pl.col("is_box") & (pl.col("is_box").cum_sum().over(of_text) == 1)
    is_first_name = pl.col("is_name") & (pl.col("is_name").cum_sum().over(of_text) == 1)
    beside_number, beside_none = pl.col("is_part"), pl.col("is_position") | is_first_name
    in_house = pl.col("is_numbered") | pl.when("has_house_number").then(beside_number).otherwise(beside_none)
    return told.filter(pl.when("has_box").then(is_first_box).otherwise(in_house)).select("of", "piece")


def _without_villages(told: pl.DataFrame) -> pl.DataFrame:
    """Without the pieces behind the house's that are rather its village than a part of it."""
    may_be = told.select(pl.col("is_part") & pl.col("piece").str.contains(_VILLAGE)).to_series()
    if not may_be.any():
        return told
    is_house = pl.when("has_house_number").then(pl.col("piece").str.contains(r"^[0-9]")).otherwise("is_name")
    return told.filter(
        ~(may_be & told.select((is_house.cum_sum().over("of") - is_house.cast(pl.UInt32)) > 0).to_series())
    )
