"""Units of addresses in the Netherlands and Belgium. Row-local; used by `addresses` where the country is one of the two.

    Herengracht 502-H / 1017 CB        →  1017 CB|nl|502 H       (postcode, house number and addition are one unit there, whatever the street's spelling)
    502 hs, Herengracht / 1017cb       →  the same
    Wetstraat 15 bus 101 / 1000        →  1000|be|WETSTRAAT 15 BUS 101
    Rue de la Loi - Wetstraat 15/101   →  1000|be|RUE DE LA LOI 15 BUS 101
    Postbus 95 / 1000 AB               →  1000 AB|nl|POSTBUS 95

Of a street written in two languages the name that comes first in the alphabet counts; nothing here knows that a name alone is the other of two.
Sources: Basisregistratie Adressen en Gebouwen (huisnummer, huisletter, huisnummertoevoeging); bpost, form of addresses (bus, boîte, bte).
"""

from __future__ import annotations

import polars as pl

from transforms.names import collapsed, folded, for_some

COUNTRIES = ("nl", "be")
NL_POSTCODE = r"([1-9][0-9]{3}) ?([A-Z]{2})"
BE_POSTCODE = r"^(?:B[ -]*)?([1-9][0-9]{3})$"
_PO_BOX = r"\b(?:POSTBUS|PO ?BOX|BOITE POSTALE)(?: NR| NO)? ([0-9]*[1-9][0-9]*)\b"
_BOX = r"[ ,/]*\b(?:BUS|BOITE|BTE|BOX)[ ,]*(?:NR |NO )?([0-9A-Z]+(?:[ /][0-9]+)?)\b"
_ADDITION = r"(?:[ /-]*(?:[A-Z]{1,4}|[0-9]{1,4})\b)"
_AFTER_STREET = rf"^(?:.*, )?([^,]*?\p{{L}}{{2,}}[^,0-9]*?)[ ,]+([0-9]+)((?:[A-Z]\b)?{_ADDITION}{{0,3}})(?: *,.*)?$"
_BEFORE_STREET = r"^([0-9]+)((?:[A-Z]{1,3}\b)?(?:[ /-]+(?:[A-Z]|BIS|TER|HS|[0-9]{1,4})\b){0,2})[ ,]+([^,]*\p{L}{2,}[^,]*)(?:,.*)?$"
# A number after one of these is a part of the building's, and the text is for the general method.
_PARTS = ("UNIT", "FLAT", "SUITE", "APP", "APPARTEMENT", "APARTMENT", "KAMER", "VERDIEPING", "FLOOR", "ROOM", "OFFICE", "KANTOOR", "BUREAU", "ETAGE", "TOWER")
# Words as they are shortened, at the end of a Dutch street and at the beginning of a French one.
_SPELLINGS = ((r"STR$", "STRAAT"), (r"LN$", "LAAN"), (r"(?:STWG|STW)$", "STEENWEG"), (r"PLN$", "PLEIN"), (r"^AV ", "AVENUE "), (r"^(?:BD|BLD|BLVD) ", "BOULEVARD "), (r"^CH(?:EE)? ", "CHAUSSEE "), (r"^PL ", "PLACE "))  # fmt: skip


def local_postcode(text: pl.Expr, country: pl.Expr) -> pl.Expr:
    """`1012ab` as 1012 AB in the Netherlands, `B-1000` as 1000 in Belgium; null where the text is neither, or the country another."""
    dutch = for_some(_dutch_postcode, pl.when(country == "nl").then(text), where=pl.Expr.is_not_null)
    return pl.coalesce(dutch, for_some(_belgian_postcode, pl.when(country == "be").then(text), where=pl.Expr.is_not_null))


def _dutch_postcode(text: pl.Expr) -> pl.Expr:
    capitals = text.str.to_uppercase().str.strip_chars()
    return pl.concat_str(*(capitals.str.extract(rf"^(?:NL[ -]*)?{NL_POSTCODE}$", part) for part in (1, 2)), separator=" ")


def _belgian_postcode(text: pl.Expr) -> pl.Expr:
    return text.str.to_uppercase().str.strip_chars().str.extract(BE_POSTCODE, 1)


def local_units(stated: pl.DataFrame) -> pl.Series:
    """unit_key of addresses in `COUNTRIES`, null where this method tells none, blank where there is none to tell. Columns lines, postcode, locality, country, po_box."""
    read = stated.with_columns(_plain(pl.col("lines")).alias("text")).with_columns(
        pl.coalesce(pl.col("po_box").str.extract(r"([0-9]*[1-9][0-9]*)", 1), pl.col("text").str.extract(_PO_BOX, 1)).alias("po_number"),
        pl.when(pl.col("country") == "be").then(pl.col("text").str.extract(_BOX, 1)).alias("box"),
    )
    cut = read.with_columns(pl.when(pl.col("box").is_not_null()).then(pl.col("text").str.replace(_BOX, "")).otherwise("text").alias("text"))
    after = [pl.col("text").str.extract(_AFTER_STREET, part) for part in (1, 2, 3)]
    before = [pl.col("text").str.extract(_BEFORE_STREET, part) for part in (3, 1, 2)]
    parts = cut.with_columns(pl.coalesce(one, other).alias(name) for name, one, other in zip(("street", "number", "addition"), after, before, strict=True))
    keyed = parts.with_columns(_slashed()).with_columns(_street(pl.col("street")).alias("street")).with_columns(_key().alias("unit_key"))
    # A building there has a number: a name, a town or a filler alone is left to nobody.
    is_numbered = (pl.col("po_number").is_not_null() | pl.col("text").str.contains("[0-9]")).fill_null(False)
    return keyed.select(pl.when(is_numbered).then("unit_key").otherwise(pl.lit("")).alias("unit_key"))["unit_key"]


def _plain(lines: pl.Expr) -> pl.Expr:
    """Capitals, no stops and apostrophes, nothing in brackets, no postcode, single blanks."""
    bare = folded(lines).str.replace_all(r"\([^)]*\)", " ").str.replace_all(r"[.'’`´\"]", "").str.replace_all(r"\b[1-9][0-9]{3} ?[A-Z]{2}\b(?: *,|$)", "")
    return collapsed(bare.str.replace_all(r"[;\n]", ",").str.replace_all(r" *(?:, *)+", ", ")).str.strip_chars(", ")


def _slashed() -> tuple[pl.Expr, pl.Expr]:
    """In Belgium what follows a stroke after the number is the box."""
    slashed = pl.when((pl.col("country") == "be") & pl.col("box").is_null()).then(pl.col("addition").str.extract(r"/ *([0-9A-Z]+)$", 1))
    rest = pl.when(slashed.is_not_null()).then(pl.col("addition").str.replace(r"/ *[0-9A-Z]+$", "")).otherwise("addition")
    return pl.coalesce("box", slashed).alias("box"), rest.str.replace_all(r"[ /-]+", "").str.replace(r"^(?:HUIS|HS)$", "H").replace("", None).alias("addition")


def _street(street: pl.Expr) -> pl.Expr:
    names = (
        street.str.split(" - ")
        .list.eval(pl.element().str.split(" / ").explode())
        .list.eval(pl.element().str.strip_chars(" -/,"))
        .list.eval(pl.element().filter(pl.element() != "").sort())
    )
    first = names.list.first()
    for short, word in _SPELLINGS:
        first = first.str.replace(short, word)
    return collapsed(first.str.replace_all(r"[^\p{L}\p{N}]+", " "))


def _key() -> pl.Expr:
    town = collapsed(folded(pl.col("locality")).str.replace_all(r"[^\p{L}\p{N}]+", " "))
    place = pl.concat_str(pl.coalesce("postcode", town), pl.col("country"), separator="|")
    number = pl.concat_str(pl.col("number").str.strip_chars_start("0"), "addition", separator=" ", ignore_nulls=True)
    is_told = pl.col("number").is_not_null() & ~pl.col("street").is_in(_PARTS).fill_null(False) & (pl.col("number").str.strip_chars_start("0") != "")
    whole_postcode = pl.col("postcode").str.contains(rf"^{NL_POSTCODE}$").fill_null(False)
    box = pl.concat_str(pl.lit("BUS "), "box")
    unit = pl.when(whole_postcode).then(number).otherwise(pl.concat_str(pl.concat_str("street", number, separator=" "), box, separator=" ", ignore_nulls=True))
    return pl.concat_str(
        place, pl.when(pl.col("po_number").is_not_null()).then(pl.concat_str(pl.lit("POSTBUS "), "po_number")).when(is_told).then(unit), separator="|"
    )
