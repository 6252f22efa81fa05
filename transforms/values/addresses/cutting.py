"""Cut the text of an address into pieces, in steps.

Between the steps a text is in capitals, with `|` between pieces and `=` between the kind of a unit and its
number.

The last words of a name distinguish streets from houses: `ROSE COTTAGE MILL LANE` is a house and its street,
`COTTAGE LANE` is a street.
"""

import re
from collections.abc import Callable
from functools import cache

import polars as pl

from transforms.values.addresses.number_words import (
    COMPASS,
    alternatives,
    has_number_word,
    with_house_numbers,
    with_unit_numbers,
    words_of,
)
from transforms.values.addresses.postcodes import CARE_OF, UK_POSTCODE, only_fills_lines, unless_filler
from transforms.values.names import folded, for_some

_STREET_WORDS_MAX = 3  # (own) in the name of a street
# (own) First words of streets abroad; last words of streets there; last words of houses there.
NAME_BEHIND = "AVENIDA|AVENUE|BOULEVARD|CALLE|CHAUSSEE|ROUTE|RUA|RUE|ULICA|VIA|VIALE"
_STREET_ABROAD = rf"^(?:{NAME_BEHIND}) |(?:GASSE|GRACHT|LAAN|STEENWEG|STRAAT|STRASSE)$"
_HOUSE_ABROAD = (
    r"(?:BUILDINGS?|CENTER|CENTRE|CHAMBERS|COTTAGES?|COURT|FARM|HALL|HOUSE|LODGE|MANOR|PLAZA|TOWERS?"
    r"|VILLAS?)$"
)


def is_street_alone(piece: pl.Expr) -> pl.Expr:
    """Whether a piece in capitals is a street without a number: LONDON ROAD, RUE HAUTE. Null stays null.

    A house with its street (ROSE COTTAGE MILL LANE) is not.
    """
    street = rf"^[^0-9|=]*(?:{alternatives('street')})(?: (?:{'|'.join(COMPASS)}))?$"
    after_house = rf"^.+ (?:{alternatives('house', 'house_or_street')}) .+ "
    ends = piece.str.contains(street) & ~piece.str.contains(after_house)
    abroad = (
        piece.str.contains(r"^[^0-9|=]+$")
        & piece.str.contains(_STREET_ABROAD)
        & ~piece.str.contains(_HOUSE_ABROAD)
    )
    return ends | abroad


def unless_street_or_filler(unit: pl.Expr) -> pl.Expr:
    """The unit; null where it is a filler or a street without a number.

    A street of many words stays, because its first words may name a house.
    """
    has_many_words = unit.str.contains(rf"^(?:[^ ]+ ){{{_STREET_WORDS_MAX},}}") & ~unit.str.starts_with(
        "LAND "
    )
    is_unit = (unit != "") & ~only_fills_lines(unit) & ~(is_street_alone(unit) & ~has_many_words)
    return pl.when(is_unit).then(unit)


def with_house_cut_off(text: pl.Expr) -> pl.Expr:
    """Cut `| ZED COTTAGE MILL LANE |` into a house and its street. `| MILL COTTAGE LANE |` is a street."""
    ends = {*words_of("house"), *words_of("house_or_street")} - {*words_of("building")}
    return for_some(
        lambda texts: texts.map_elements(
            lambda words: _house_before_street().sub(r"\1| ", words), return_dtype=pl.String
        ),
        text,
        where=lambda any_text: any_text.str.contains_any([f" {word} " for word in sorted(ends)]),
    )


@cache
def _house_before_street() -> re.Pattern[str]:
    """The name of a house up to its last word, before a street of two words.

    ZED COTTAGE MILL LANE is cut after COTTAGE; OLD MILL COTTAGE LANE is not cut. Streets of more words are
    not searched for, because their first words may belong to the house: ZED HALL STABLES MILL LANE."""
    house = alternatives("house", "house_or_street")
    street = rf"[^|0-9= ]+[ _](?:{alternatives('street')})[ _]"
    return re.compile(
        rf"(?<=\| )([^|0-9=]+ (?:{house}) )(?!(?:{alternatives('house')}) )(?={street}(?!(?:{house}) ))"
    )


_HOUSE_NUMBER = r"[0-9]+[A-Z]?(?:[-+][0-9]+[A-Z]?)*"
_UNIT_NUMBER = rf"(?:[A-Z]?{_HOUSE_NUMBER}|[A-Z])"


def cut_into_pieces(texts: pl.Series) -> pl.Series:
    """The texts with `|` between and around their pieces. texts: as written."""
    steps = (cleaned, _without_postcode, canonical_words, without_care_of, cut_at_numbers_and_streets)
    cut = texts.to_frame("text")
    for step in steps:
        cut = cut.with_columns(step(pl.col("text")).alias("text"))
    return cut["text"]


def box_in_words(box: pl.Expr) -> pl.Expr:
    """A box number with the words PO Box before it, because alone it would look like a house number. Zeros
    stay as they are."""
    is_bare = box.str.contains(r"^\s*[A-Za-z]?[ -]?[0-9]*[1-9][0-9]*\s*$")
    return pl.when(is_bare).then(pl.concat_str(pl.lit("PO Box "), box.str.strip_chars())).otherwise(box)


def box_number() -> pl.Expr:
    """Column po_box without its words; null for a filler (`N/A`, `PO Box 0`)."""
    number = (
        folded(pl.col("po_box"))
        .str.replace_all(r"[^0-9A-Z ]", " ")
        .str.replace(r"^\s*(?:P\s*O\s*)?(?:BOX)?\s*(?:NO )?", "")
    )
    return unless_filler(number.str.strip_chars())


def with_box(lines: pl.Expr, box: pl.Expr) -> pl.Expr:
    """The lines of an address, after the number of its box."""
    return pl.concat_str(pl.concat_str(pl.lit("PO BOX "), box), lines, separator=", ", ignore_nulls=True)


def cleaned(text: pl.Expr) -> pl.Expr:
    """Capitals, `|` at commas and at both ends, two spaces around each word, numbers as 10-12 and 12A."""
    plain = (
        for_some(_with_boxes, folded(text).str.replace_all(CARE_OF, " CAREOF "), where=_has("BOX"))
        .str.replace_all(r"[.'’`´\"]", "")
        .str.replace_all("&", " AND ", literal=True)
    )
    plain = for_some(_with_ranges, plain, where=_has("-", "–", "/")).str.replace_all(r"[,;\n] ?", " | ")
    plain = for_some(_in_single_words, plain, where=lambda text: text.str.contains(r"[^\p{L}\p{N} |]|  "))
    plain = for_some(_without_hyphens, plain, where=_has("-")).str.replace_all(
        r"((?:^|[\s,])[0-9]+) ([A-H])(\s)", "$1$2$3"
    )
    spaced = pl.concat_str(pl.lit(" | "), plain, pl.lit(" | ")).str.replace_all(" {2,}", " ")
    return for_some(_with_box_numbers, spaced, where=_has("POBOX")).str.replace_all(" ", "  ", literal=True)


def _has(*texts: str) -> Callable[[pl.Expr], pl.Expr]:
    return lambda text: text.str.contains_any(list(texts))


def _with_boxes(text: pl.Expr) -> pl.Expr:
    return text.str.replace_all(r"\bP\.?\s*O\.?\s*BOX\b", " POBOX ").str.replace_all(
        r"( POBOX +[A-Z])[ -]*([0-9])", "$1$2"
    )


def _with_box_numbers(text: pl.Expr) -> pl.Expr:
    """Join `PO Box` and a number that is the whole of the next piece."""
    return text.str.replace_all(r" POBOX (?:\| )+([A-Z]{0,2}[0-9]*[1-9][0-9]*) \|", " POBOX $1 |")


def _with_ranges(text: pl.Expr) -> pl.Expr:
    return text.str.replace_all(r"([0-9][A-Z]?)\s*[-–/]\s*([0-9])", "$1-$2")


def _in_single_words(text: pl.Expr) -> pl.Expr:
    return text.str.replace_all(r"[^\p{L}\p{N}|-]+|(?:^|\s)-|-(?:\s|$)", " ")


def _without_hyphens(text: pl.Expr) -> pl.Expr:
    return text.str.replace_all(r"([^0-9A-Z])-|([^0-9])-([^0-9])", "$1$2 $3")


def _without_postcode(text: pl.Expr) -> pl.Expr:
    """The text without postcodes and London postal districts, whose digits are not a unit's number."""
    district = r"\|  (?:LONDON  )?(?:EC|WC|[ENSW]|N[WE]|S[EW])[0-9]{1,2}[A-Z]?  \|"
    spaced = r"  ([A-Z]{1,2}[0-9][A-Z0-9]?  [0-9][ABD-HJLNP-UW-Z]{2})  "
    without = text.str.replace_all(rf"{spaced}|  {UK_POSTCODE}  ", "  |  ")
    return without.str.replace_all(district, "|  |")


def canonical_words(text: pl.Expr) -> pl.Expr:
    """The text with each word in the spelling of `vocabulary/address_words.csv`.

    Expects two spaces between words, so that each pattern can match a space on both sides of its word.
    """
    anywhere, last = words_of("anywhere"), words_of("last")
    changes = {f" {word} ": f" {canonical} " for word, canonical in anywhere.items()}
    ends = {
        f" {word}{point}  |": f" {canonical}{point}  |"
        for word, canonical in last.items()
        for point in ("", *(f"  {point}" for point in COMPASS))
    }
    for words in (changes, ends):
        text = text.str.replace_many(list(words), list(words.values()))
    floors = for_some(_with_floors, text, where=_has(" FLOOR ", " FL "))
    single = floors.str.replace_all("  ", " ", literal=True).str.replace_all(" {2,}", " ")
    return for_some(
        _with_numbers_joined,
        for_some(with_unit_numbers, single, where=has_number_word),
        where=_has(" TO ", " NO ", " AND "),
    )


def _with_numbers_joined(text: pl.Expr) -> pl.Expr:
    return (
        text.str.replace_all(r" ([0-9]+[A-Z]?) TO ([0-9]+[A-Z]? )", " $1-$2")
        .str.replace_all(r" NO ([0-9])", " $1")
        .str.replace_all(r"([0-9][A-Z]?) AND ([0-9])", "$1+$2")
    )


def _with_floors(text: pl.Expr) -> pl.Expr:
    """With SECOND FLOOR, 2ND FL and FLOOR 2ND as FLOOR 2."""
    floors = {word.replace(" ", "  "): number for word, number in words_of("floor").items()}
    for before, after in (("", "  FLOOR"), ("", "  FL"), ("FLOOR  ", "")):
        text = text.str.replace_many(
            [f" {before}{word}{after} " for word in floors],
            [f" FLOOR  {number} " for number in floors.values()],
            leftmost=True,
        )
    return text


def without_care_of(text: pl.Expr) -> pl.Expr:
    """The text without a care-of name, which ends with its legal form, at a number or at a comma. A name that
    is the whole text stays."""
    named = pl.when(text.str.contains(" CAREOF ", literal=True)).then(text)
    return pl.coalesce(
        named.str.replace_all(r"\| CAREOF [^|]*? (?:LTD|LIMITED|LLP|PLC|AND CO) ", "| ")
        .str.replace_all(r"\| CAREOF [^|0-9]*([0-9])", "| $1")
        .str.replace_all(r"\| CAREOF [^|0-9]*(\| [^| ])", "$1")
        .str.replace_all(" CAREOF ", " ", literal=True),
        text,
    )


def cut_at_numbers_and_streets(text: pl.Expr) -> pl.Expr:
    """Cut after the number of a unit, before a house number, and after the name of a building or a street.

    No cut between a house number and the name of its street: 15, Boulevard, Zed.
    """
    streets = alternatives("street")
    name = r"(?:\| )+([^0-9|=]+ \|)"
    numbered = (
        text.str.replace_all(rf"\b({alternatives('designator')}) ({_UNIT_NUMBER})\b", "| $1=$2 |")
        .str.replace_all(rf" ((?:{_HOUSE_NUMBER}) [^0-9|])", " | $1")
        .str.replace_all(rf"\| ({_HOUSE_NUMBER}) {name}", "| $1 $2")
    )
    abroad = for_some(
        lambda some: some.str.replace_all(rf"\| ({_HOUSE_NUMBER} (?:{NAME_BEHIND})) {name}", "| $1 $2"),
        numbered,
        where=_has(*NAME_BEHIND.split("|")),
    )
    ended = (
        for_some(with_house_numbers, abroad, where=has_number_word)
        .str.replace_all(rf" ({streets}) ({streets}|{'|'.join(COMPASS)}) ", " ${1}_${2} ")
        .str.replace_all(rf"(\| [0-9][^| ]* [^| ]+(?: [^| ]+)*? (?:{streets})(?:_[A-Z]+)?) ([^|])", "$1 | $2")
    )
    ended = for_some(_with_buildings, ended, where=_has(*words_of("building"), "COMPLEX"))
    return with_house_cut_off(ended)


def _with_buildings(text: pl.Expr) -> pl.Expr:
    return text.str.replace_all(
        rf"(\| [^|0-9=]+ (?:{alternatives('building')})) ([^|])", "$1 | $2"
    ).str.replace_all(r"(\| [^|0-9=]+ COMPLEX) ([^|0-9=]+\|)", "$1 | $2")
