"""Unit keys of addresses in the Netherlands and Belgium, row by row.

    Herengracht 502-H / 1017 CB            →  1017 CB|nl|502 H
    502 hs, Herengracht / 1017cb           →  1017 CB|nl|502 H
    Unit 3, Herengracht 502 / 1017 CB      →  1017 CB|nl|502 UNIT 3
    Wetstraat 15 bus 101 / 1000            →  1000|be|WETSTRAAT 15 BUS 101
    Rue de la Loi - Wetstraat 15/101       →  1000|be|RUE DE LA LOI 15 BUS 101
    Postbus 95 / 1000 AB                   →  1000 AB|nl|POSTBUS 95

A Dutch unit is the postcode, the house number and its addition, whatever the spelling of the street. Parts of
a building are in alphabetical order, a floor as FLOOR 3. An address in no known form becomes a unit as
written, so that no part of it is lost. Of a street name in two languages, the alphabetically first is used; a
name in one language is not matched to its translation.
Sources: Basisregistratie Adressen en Gebouwen (huisnummer, huisletter, huisnummertoevoeging); bpost, form of
addresses (bus, boîte, bte)."""

import polars as pl

from transforms.values.names import collapsed, folded

COUNTRIES = ("nl", "be")
NL_POSTCODE = r"([1-9][0-9]{3}) ?([A-Z]{2})"
BE_POSTCODE = r"^(?:BE?[ -]*)?([1-9][0-9]{3})$"
# Only at the start of a piece, because 1234 AB after a street may be a house.
_NL_POSTCODE_IN = rf"(?:^|,) *(?:NL[ -]*)?{NL_POSTCODE}(?:[ ,]|$)"
_PO_BOX = r"\b(?:POSTBUS|PO ?BOX|BOITE POSTALE|BP)(?: NR| NO)? ([0-9]*[1-9][0-9]*)\b"
# Letters are a box only if a space separates them from the word: Bussestraat is a street.
_BOX = (
    r"[ ,/-]*\b(?:BUS|BOITE|BTE|BOX)(?:[ ,]+(?:NR |NO )?([0-9A-Z]+(?:[ "
    r"/-][0-9]+)?)|([0-9][0-9A-Z]*(?:[ /-][0-9]+)?|[A-Z]))\b"
)
_ADDITION = r"(?:[ /-]*(?:[A-Z]{1,4}|[A-Z][0-9]{1,4}|[0-9]{1,4})\b)"
# The other pieces may be the name of a building or the town. If they have a number, neither form matches.
_AFTER_STREET = (
    rf"^(?:[^0-9]*, )?([^,]*?\p{{L}}{{2,}}[^,0-9]*?)[ "
    rf",]+([0-9]+)((?:[A-Z]\b)?{_ADDITION}{{0,3}})(?: *,[^0-9]*)?$"
)
_BEFORE_STREET = (
    r"^([0-9]+)((?:[A-Z]{1,3}\b)?(?:[ /-]+(?:[A-Z]|BIS|TER|HS|[0-9]{1,4})\b){0,2})[ "
    r",]+([^,]*\p{L}{2,}[^,]*)(?:,[^0-9]*)?$"
)
# Parts of a building, which belong to the unit: a word and a number or letter, the number of a floor and a
# word, or a word alone.
_PARTS = (
    "UNIT",
    "FLAT",
    "SUITE",
    "APP",
    "APPT",
    "APT",
    "APPARTEMENT",
    "APARTMENT",
    "KAMER",
    "ROOM",
    "OFFICE",
    "KANTOOR",
    "BUREAU",
    "TOWER",
    "TOREN",
    "BLOK",
    "BLOC",
    "GEBOUW",
    "BATIMENT",
    "HAL",
    "STUDIO",
    "DEUR",
    "PORTE",
)
_FLOORS = ("VERDIEPING", "VERD", "ETAGE", "FLOOR", "LEVEL", "NIVEAU")
_GROUND = ("GELIJKVLOERS", "BEGANE GROND", "REZ DE CHAUSSEE", "RDC", "SOUTERRAIN", "BEL ETAGE")
_ORDINAL = "(?:E|DE|STE|ER|EME|IEME|ST|ND|RD|TH)"
_WORDS = "|".join(sorted((*_PARTS, *_FLOORS), key=len, reverse=True))
_PART = (
    rf"\b(?:(?:{_WORDS})(?:[ :]*(?:NR |NO )?[0-9]+[A-Z]?|[ :]+(?:NR |NO "
    rf")?[A-Z])|[0-9]{{1,2}}{_ORDINAL} (?:{'|'.join(_FLOORS)})|(?:{'|'.join(_GROUND)}))\b"
)
_WORDS_OF_PARTS = {
    **dict.fromkeys(("APPT", "APT", "APPARTEMENT", "APARTMENT"), "APP"),
    **dict.fromkeys(_FLOORS, "FLOOR"),
    "TOWER": "TOREN",
    "BLOC": "BLOK",
    "BATIMENT": "GEBOUW",
    "OFFICE": "KANTOOR",
    "BUREAU": "KANTOOR",
    "ROOM": "KAMER",
    "PORTE": "DEUR",
    "RDC": "GELIJKVLOERS",
    "REZ DE CHAUSSEE": "GELIJKVLOERS",
}
# Neither a street nor a house (but perhaps beside one), so that the number is not a house number.
_NO_STREET = rf"^(?:{_WORDS}|ANTWOORDNUMMER)$|^(?:T/?O|TEGENOVER|BIJ|NAAST|ACHTER|LAND) "
# 2E HUGO DE GROOTSTRAAT. With other numbers the "street" may include a house number.
_ORDINAL_STREET = r"^(?:[0-9]{1,2}(?:E|DE|STE) )?[^0-9]+$"
# Abbreviations at the end of a Dutch street and at the start of a French one.
_SPELLINGS = (
    (r"STR$", "STRAAT"),
    (r"LN$", "LAAN"),
    (r"(?:STWG|STW)$", "STEENWEG"),
    (r"PLN$", "PLEIN"),
    (r"^AV ", "AVENUE "),
    (r"^(?:BD|BLD|BLVD) ", "BOULEVARD "),
    (r"^CH(?:EE)? ", "CHAUSSEE "),
    (r"^PL ", "PLACE "),
    (r"\b(?:SINT|SAINT|ST)[ -]+", "ST "),
)


def local_postcode(text: pl.Expr, country: pl.Expr) -> pl.Expr:
    """`1012ab` as 1012 AB in the Netherlands, `B-1000` as 1000 in Belgium; null for any other text or
    country.
    """
    local = pl.when(country.is_in(COUNTRIES)).then(text).str.to_uppercase().str.strip_chars()
    return (
        pl.when(country == "nl")
        .then(_dutch_postcode(local, rf"^(?:NL[ -]*)?{NL_POSTCODE}$"))
        .otherwise(local.str.extract(BE_POSTCODE, 1))
    )


def local_postcode_in(lines: pl.Expr, country: pl.Expr) -> pl.Expr:
    """A Dutch postcode at the start of a piece of the lines; null if there is none or the country is not
    nl.
    """
    return _dutch_postcode(pl.when(country == "nl").then(lines).str.to_uppercase(), _NL_POSTCODE_IN)


def _dutch_postcode(capitals: pl.Expr, pattern: str) -> pl.Expr:
    return pl.concat_str(*(capitals.str.extract(pattern, group) for group in (1, 2)), separator=" ")


def local_units(stated: pl.DataFrame) -> pl.Series:
    """unit_key of addresses in `COUNTRIES`; blank if the address has no number or this method finds no unit.

    Columns of `stated`: lines, postcode, town, country, po_box.
    """
    boxes = stated.with_columns(_plain(pl.col("lines")).alias("text")).with_columns(
        pl.coalesce(
            pl.col("po_box").str.extract(r"([0-9]*[1-9][0-9]*)", 1), pl.col("text").str.extract(_PO_BOX, 1)
        ).alias("po_number"),
        pl.when(pl.col("country") == "be")
        .then(pl.coalesce(pl.col("text").str.extract(_BOX, group) for group in (1, 2)))
        .alias("box"),
    )
    without_box = (
        pl.when(pl.col("box").is_not_null()).then(pl.col("text").str.replace(_BOX, "")).otherwise("text")
    )
    cut = boxes.with_columns(without_box.alias("rest")).with_columns(
        _parts(pl.col("rest")).alias("parts"), _without_parts(pl.col("rest")).alias("rest")
    )
    after = [pl.col("rest").str.extract(_AFTER_STREET, part) for part in (1, 2, 3)]
    before = [pl.col("rest").str.extract(_BEFORE_STREET, part) for part in (3, 1, 2)]
    keyed = (
        cut.with_columns(
            pl.coalesce(first, second).alias(name)
            for name, first, second in zip(("street", "number", "addition"), after, before, strict=True)
        )
        .with_columns(_box_and_addition())
        .with_columns(_street(pl.col("street")).alias("street"))
        .with_columns(_key().alias("unit_key"))
    )
    # In these countries buildings have a number. A name, a town or a filler alone is not a unit.
    is_numbered = (pl.col("po_number").is_not_null() | pl.col("text").str.contains("[0-9]")).fill_null(False)
    return keyed.select(
        pl.when(is_numbered).then(pl.col("unit_key").fill_null("")).otherwise(pl.lit("")).alias("unit_key")
    )["unit_key"]


def _parts(rest: pl.Expr) -> pl.Expr:
    """The parts of a building in alphabetical order, with one spelling for each kind and floors as FLOOR 3;
    blank if none is stated."""
    stated_parts = rest.str.extract_all(_PART).list.eval(
        pl.element()
        .str.replace(rf"^([0-9]{{1,2}}){_ORDINAL} (?:{'|'.join(_FLOORS)})$", "FLOOR $1")
        .str.replace(rf"^({_WORDS})[ :]*(?:NR |NO )?([0-9]+[A-Z]?|[A-Z])$", "$1 $2")
    )
    canonical = pl.element()
    for word, replacement in _WORDS_OF_PARTS.items():
        canonical = canonical.str.replace(rf"^{word}\b", replacement)
    return stated_parts.list.eval(canonical).list.eval(pl.element().unique().sort()).list.join(" ")


def _without_parts(rest: pl.Expr) -> pl.Expr:
    """The house: the text without parts of a building and without a postcode before the town."""
    no_town = rest.str.replace_all(_PART, "").str.replace(
        r", *(?:(?:BE?[ -]*)?[1-9][0-9]{3}|(?:NL[ -]*)?[1-9][0-9]{3} ?[A-Z]{2}) [^0-9,]+$", ""
    )
    bare = no_town.str.replace(r"\b(?:POSTBUS|PO ?BOX|BOITE POSTALE|BP) 0+\b", "")
    return collapsed(bare.str.replace_all(r"(?:[ ]*[,-])+ *,|,(?: *[,-])+", ",")).str.strip_chars(" ,-/")


def _plain(lines: pl.Expr) -> pl.Expr:
    """Capitals without full stops, apostrophes, text in brackets and a postcode; single spaces."""
    bare = (
        folded(lines)
        .str.replace_all(r"\([^)0-9]*\)", " ")
        .str.replace_all("[()]", " ")
        .str.replace_all(r"([0-9])\.([0-9])", "$1-$2")
        .str.replace_all(r"\bREZ[ -]DE[ -]CHAUSSEE\b", "REZ DE CHAUSSEE")
        .str.replace_all(r"\bBEL-ETAGE\b", "BEL ETAGE")
        .str.replace_all(r"[.'’`´\"]", "")
        .str.replace_all(r"\b[1-9][0-9]{3} ?[A-Z]{2}\b(?: *,|$)", "")
    )
    return collapsed(
        bare.str.replace_all(r"[;\n]", ",").str.replace_all(r" *(?:, *)+", ", ")
    ).str.strip_chars(", ")


def _box_and_addition() -> tuple[pl.Expr, pl.Expr]:
    """Columns box and addition. In Belgium the box may follow a slash after the house number."""
    slashed = pl.when((pl.col("country") == "be") & pl.col("box").is_null()).then(
        pl.col("addition").str.extract(r"/ *([0-9A-Z]+)$", 1)
    )
    rest = (
        pl.when(slashed.is_not_null())
        .then(pl.col("addition").str.replace(r"/ *[0-9A-Z]+$", ""))
        .otherwise("addition")
    )
    return pl.coalesce("box", slashed).alias("box"), rest.str.replace_all(r"[ /-]+", "").str.replace(
        r"^(?:HUIS|HS)$", "H"
    ).replace("", None).alias("addition")


def _street(street: pl.Expr) -> pl.Expr:
    """The street in capitals without abbreviations; of two languages, the alphabetically first."""
    first = (
        street.str.split(" - ")
        .list.eval(pl.element().str.split(" / ").explode())
        .list.eval(pl.element().str.strip_chars(" -/,"))
        .list.eval(pl.element().filter(pl.element() != "").sort())
        .list.first()
    )
    for short, word in _SPELLINGS:
        first = first.str.replace(short, word)
    return collapsed(first.str.replace_all(r"[^\p{L}\p{N}]+", " "))


def _as_written() -> pl.Expr:
    """The words of the text; null for a number alone, unless a whole postcode identifies the street."""
    words = pl.col("text").str.replace_all(r"[^\p{L}\p{N}]+", " ").str.strip_chars()
    is_house = words.str.contains("^[1-9][0-9]{0,3}$") & pl.col("postcode").str.contains(
        rf"^{NL_POSTCODE}$"
    ).fill_null(False)
    return pl.when(words.str.contains(r"\p{L}{2}") | is_house).then(words)


def _key() -> pl.Expr:
    """The unit key from the columns of `local_units`; null where place or unit is missing."""
    place = pl.concat_str(pl.coalesce("postcode", "town"), pl.col("country"), separator="|")
    number = pl.concat_str(
        pl.col("number").str.strip_chars_start("0"), "addition", separator=" ", ignore_nulls=True
    )
    is_house = (
        pl.col("number").is_not_null()
        & ~pl.col("street").str.contains(_NO_STREET).fill_null(False)
        & (pl.col("number").str.strip_chars_start("0") != "")
    )
    needs_no_street = (
        pl.col("postcode").str.contains(rf"^{NL_POSTCODE}$") & pl.col("street").str.contains(_ORDINAL_STREET)
    ).fill_null(False)
    box = pl.concat_str(
        pl.lit("BUS "), pl.col("box").str.replace_all("[ /]", "-").str.replace(r"^0+([0-9])", "$1")
    )
    house = (
        pl.when(needs_no_street)
        .then(number)
        .otherwise(
            pl.concat_str(
                pl.concat_str("street", number, separator=" "), box, separator=" ", ignore_nulls=True
            )
        )
    )
    parts = pl.when(pl.col("parts") != "").then("parts")
    # An address in no known form stays as written; cutting it would lose the street or the house.
    unit = (
        pl.when(is_house)
        .then(pl.concat_str(house, parts, separator=" ", ignore_nulls=True))
        .otherwise(_as_written())
    )
    return pl.concat_str(
        place,
        pl.when(pl.col("po_number").is_not_null())
        .then(pl.concat_str(pl.lit("POSTBUS "), "po_number"))
        .otherwise(unit),
        separator="|",
    )
