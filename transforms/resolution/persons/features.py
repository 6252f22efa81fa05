"""The features of a person that are compared: names in Latin capitals, their skeletons, and the month of
birth.

Names are stored and shown as written. `Müller, Jean-Luc` has surname MULLER and forenames JEAN LUC. Other
scripts are transliterated (anyascii). The first forename is `forename`; other given names are `middle`. In a
full name without parts, the surname is the text before a comma, else the last word. Forms of address are left
out. Particles before the surname belong to it (`Jan van der Berg` has surname VANDERBERG); suffixes (JR, OBE)
do not.

Fillers (UNKNOWN, N/A, TEST) are not names. A record without forename or surname is compared with nobody,
unless it states a day of birth or a personal number.

Records are read in batches, because a country's persons with all their facts do not fit in a frame.
"""

import re
from collections.abc import Callable

import polars as pl

from transforms.marts import MASS_SEATS_N
from transforms.model.sql import Connection, read_sql
from transforms.resolution.batches import append, batches, worked_ahead
from transforms.resolution.judgements import ANCHOR, registrar_numbers
from transforms.resolution.lists.name_parts import latin, skeleton
from transforms.values.addresses import in_unit_sql
from transforms.values.addresses.low_countries import NL_POSTCODE
from transforms.values.addresses.postcodes import UK_POSTCODE_SPACED, in_care_sql, only_fills_sql
from transforms.values.names import any_of, fillers, made_once, person_name_key, words_in_order
from transforms.values.vocabulary import vocabulary

FEATURES: dict[str, pl.DataType] = {
    "forename": pl.String(),
    "middle": pl.String(),
    "surname": pl.String(),
    "forename_key": pl.String(),
    "surname_key": pl.String(),
    "words": pl.String(),
    "birth_year": pl.Int16(),
    "birth_month": pl.Int8(),
}
TITLES, PARTICLES = (
    tuple(vocabulary("name_words").filter(pl.col("kind") == kind)["word"]) for kind in ("title", "particle")
)
# (own) Suffixes after a surname. Other forms of address are also surnames (Master, Major).
AFTER_NAME = ("JR", "JNR", "SR", "SNR", "II", "III", "IV", "ESQ", "PHD", "OBE", "MBE", "CBE")
_AFTER_NAME = rf"(?: (?:{'|'.join(AFTER_NAME)}))+$"
# (own) Han or Hangul without blanks: a surname of one character, as nearly all are, and a given name. A
# surname of two characters (Ouyang) is cut in the same place everywhere, so its records still agree.
_WITHOUT_BLANKS = re.compile(r"^\s*([\u4e00-\u9fff\uac00-\ud7a3])([\u4e00-\u9fff\uac00-\ud7a3]{1,2})\s*$")
# Particles after a first word and before the last one. A single letter (Y, E) is an initial.
_PARTICLES_BEFORE_LAST = (
    rf"^(.+? )((?:(?:{'|'.join(word for word in PARTICLES if len(word) > 1)}) )+)([^ ]+)$"
)
# Words that are not part of a name, and words that are: three letters without a vowel are initials.
_NO_WORD = rf"\b(?:{'|'.join((*TITLES, *PARTICLES, *AFTER_NAME))})\b"
_WORD = r"\b(?:[A-Z]{4,}|[AEIOUY][A-Z]{2}|[A-Z][AEIOUY][A-Z]|[A-Z]{2}[AEIOUY])\b"
# Fillers. Those of the second list are also names: they are fillers only if no other word is beside them. Two
# different words of the third list are a name.
NO_NAME, RARELY_NAME, ALSO_NAME = (
    fillers("person", "no"),
    fillers("person", "beside", "yes"),
    fillers("person", "yes"),
)
_ONLY_FILLERS = rf"^(?:(?:{any_of(fillers('person'), ' ')}|[0-9]+|X+)(?: |$))*$"
_TWO_DIFFERENT = "|".join(
    f"{name} (?:{'|'.join(other for other in ALSO_NAME if other != name)})" for name in ALSO_NAME
)
_TWO_NAMES = rf"^(?:{_TWO_DIFFERENT})(?: (?:{'|'.join(ALSO_NAME)}))*$"
_ONLY_RARE = rf"^(?:(?:{'|'.join(RARELY_NAME)})(?: |$))+$"
BIRTH_YEARS = (1000, 2100)  # (own) numbers outside are not years
NO_BIRTH = (1900, 1)  # (own) the first month that forms accept, entered if the birth is not known


def person_features(persons: pl.DataFrame) -> pl.DataFrame:
    """FEATURES, one row for each of `persons` (full_name, forename, middle_names, surname: String;
    birth_year, birth_month: integers).

    If `persons` has `birth_day` or `number`, records that state one keep an incomplete name.
    """
    latin_parts = persons.select(
        _latin(persons[name]).alias(name) for name in ("forename", "middle_names", "surname")
    )
    in_parts = pl.col("forename").is_not_null() | pl.col("surname").is_not_null()
    # If the parts of a name are stated, as in most registers, the full name is not read.
    is_needed = latin_parts.select(~in_parts.alias("is_needed"))["is_needed"]
    full_names = persons["full_name"].zip_with(is_needed, pl.Series([None], dtype=pl.String))
    latin_texts = latin_parts.with_columns(_latin(full_names, _latin_surname_last).alias("full_name"))
    whole_text = pl.when(~in_parts & ~_is_filler(pl.col("full_name"))).then(_whole_name())
    parts = [
        pl.when(~_is_filler(pl.col(name))).then(name).alias(name)
        for name in ("forename", "middle_names", "surname")
    ]
    split = latin_texts.select(whole_text.alias("whole"), *parts)
    surname = pl.coalesce(pl.col("surname").str.replace(_AFTER_NAME, ""), pl.col("whole").list.last())
    forenames = pl.concat_str("forename", pl.concat_str(pl.lit(" "), "middle_names").fill_null(""))
    all_but_last = pl.col("whole").list.head(pl.col("whole").list.len() - 1).list.join(" ").replace("", None)
    given = pl.coalesce(forenames, all_but_last)
    named = split.select(
        surname.str.replace_all(" ", "").alias("surname"),
        given.str.splitn(" ", 2).struct.rename_fields(["forename", "middle"]).alias("given"),
    ).unnest("given")
    named = named.select(
        pl.when(~_is_filler(pl.col(name))).then(name).alias(name)
        for name in ("forename", "middle", "surname")
    )
    whole = pl.concat_str("forename", "surname", separator=" ")
    is_named = named.select(~_only_fills(whole)).to_series() & ~_says_nothing(latin_texts)
    is_kept = is_named | _states_more(persons)
    named = named.select(pl.when(is_kept).then(name).alias(name) for name in named.columns)
    keys = named.with_columns(
        _skeletons(named["forename"]).alias("forename_key"),
        _skeletons(named["surname"]).alias("surname_key"),
        _words().alias("words"),
    )
    year, month = birth(pl.col("birth_year"), pl.col("birth_month"))
    births = persons.select(year.alias("birth_year"), month.alias("birth_month"))
    return pl.concat([keys, births], how="horizontal").select(
        pl.col(name).cast(kind) for name, kind in FEATURES.items()
    )


def _says_nothing(latin_texts: pl.DataFrame) -> pl.Series:
    """Whether the whole name consists of fillers, also if they are split over its parts (`To Be`,
    `Confirmed`).
    """
    given = pl.coalesce(
        pl.concat_str("forename", "middle_names", "surname", separator=" ", ignore_nulls=True).replace(
            "", None
        ),
        "full_name",
    )
    return latin_texts.select(_only_fills(given)).to_series()


def _states_more(persons: pl.DataFrame) -> pl.Series:
    """states_more: whether a record states a day of birth or a number, which identify without a whole
    name."""
    stated = [pl.col(name).is_not_null() for name in ("birth_day", "number") if name in persons.columns]
    return persons.with_columns(states_more=pl.any_horizontal(pl.lit(False), *stated))["states_more"]


def middle_is_word() -> pl.Expr:
    """Whether `middle` (FEATURES) has a word of at least three letters that is not a particle or a form of
    address. Never null.
    """
    return pl.col("middle").str.replace_all(_NO_WORD, "").str.contains(_WORD).fill_null(False)


def is_whole_name() -> pl.Expr:
    """Whether forename and surname (FEATURES) are more than initials. A middle name may replace the forename
    (`J Edgar`). Never null.
    """
    long = [(pl.col(name).str.len_chars() > 1).fill_null(False) for name in ("forename", "surname")]
    return (long[0] | (pl.col("forename").is_not_null() & middle_is_word())) & long[1]


def is_no_name(text: pl.Expr) -> pl.Expr:
    """Whether a whole name as written is no name: blank, digits or fillers. Two different fillers that are
    also names are a name (Nil Same). Never null.
    """
    plain = (
        text.str.to_uppercase()
        .str.replace_all(r"[.'’`´ʼʻ\"]", "")
        .str.replace_all(r"[^\p{L}\p{M}\p{N}]+", " ")
        .str.strip_chars()
    )
    return _only_fills(plain)


def _only_fills(plain: pl.Expr) -> pl.Expr:
    """`is_no_name` for a text in capitals with single blanks. True for null."""
    return (plain.str.contains(_ONLY_FILLERS) & ~plain.str.contains(_TWO_NAMES)).fill_null(True)


def _is_filler(plain: pl.Expr) -> pl.Expr:
    """Whether one part of a name is a filler. `NA` alone may be a surname."""
    return plain.str.contains(_ONLY_FILLERS) & ~plain.str.contains(_ONLY_RARE)


def _latin_surname_last(full_name: str) -> str:
    """`latin` of a full name with the surname last: text before a single comma is moved to the end, unless
    only suffixes (JR) follow the comma.
    """
    before, comma, after = full_name.partition(",")
    if comma and "," not in after and not set(latin(after).split()) <= set(AFTER_NAME):
        full_name = f"{after} {before}"
    return latin(_WITHOUT_BLANKS.sub(r"\2 \1", full_name))


def _latin(names: pl.Series, written: Callable[[str], str] = latin) -> pl.Series:
    """The names in Latin capitals with single blanks; null for a blank. Each distinct name is processed
    once."""
    return made_once(names.cast(pl.String), lambda text: written(text) or None, pl.String)


def _whole_name() -> pl.Expr:
    """The words of a full name without forms of address, with particles and surname as one word; null if
    there is only one word.
    """
    bare = pl.col("full_name").str.replace(rf"^(?:(?:{'|'.join(TITLES)}) )+", "").str.replace(_AFTER_NAME, "")
    before, particles, last = (bare.str.extract(_PARTICLES_BEFORE_LAST, part) for part in (1, 2, 3))
    words = pl.coalesce(pl.concat_str(before, particles.str.replace_all(" ", ""), last), bare).str.split(" ")
    return pl.when(words.list.len() > 1).then(words)


def _skeletons(parts: pl.Series) -> pl.Series:
    """`skeleton` of each part; the part itself if its skeleton is empty."""
    return made_once(parts, lambda part: skeleton(part) or part, pl.String)


def _words() -> pl.Expr:
    """All words of the name in alphabetical order, to compare names whose words are in another order."""
    whole = pl.concat_str("forename", "middle", "surname", separator=" ", ignore_nulls=True)
    return words_in_order(whole).replace("", None)


def birth(year: pl.Expr, month: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    """Year and month of birth; null if out of bounds, for a month without a year, and for NO_BIRTH."""
    is_filler = ((year == NO_BIRTH[0]) & (month == NO_BIRTH[1])).fill_null(False)
    is_stated = year.is_between(*BIRTH_YEARS) & ~is_filler
    return pl.when(is_stated).then(year), pl.when(is_stated & month.is_between(1, 12)).then(month)


def read_persons(connection: Connection) -> None:
    """Write, in order of anchors: `person_record`, the records of persons with their keys; `person_feature`,
    the features of those that are compared; and `person_shared`, with integers in place of keys.
    """
    parts = {
        "mass_seats_n": str(MASS_SEATS_N),
        "household_postcode": f"{UK_POSTCODE_SPACED}|{NL_POSTCODE}",
        "in_listed_unit": in_unit_sql("a.unit_key", "l.unit_key"),
        "only_fills": only_fills_sql("a.address_text"),
        "in_care": in_care_sql("a.care_of", "a.address_text"),
    }
    for name in ("person_mass", "person_address", "person_source"):
        connection.execute(read_sql(__package__, name, **parts))
    for number, (compared, keyed) in enumerate(
        worked_ahead(batches(connection, "person_source"), _compared_and_keyed)
    ):
        append(connection, "person_feature", compared, first=not number)
        append(connection, "person_record", keyed, first=not number)
    for name in ("person_address", "person_source"):
        connection.execute(f"drop table {name}")
    connection.execute(read_sql(__package__, "person_shared"))


def _compared_and_keyed(persons: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    compared = _compared(persons)
    return compared, _keyed(persons, compared)


def _compared(persons: pl.DataFrame) -> pl.DataFrame:
    """Rows of `person_feature`, without persons on lists (never merged) and protected ones (no name)."""
    known = persons.filter("is_known", ~pl.col("is_listed"))
    own = known.select("row_no", "statement_id", pl.col("address_id").alias("address"), "postcode")
    return (
        pl.concat([own, person_features(known)], how="horizontal")
        .filter(pl.col("surname").is_not_null())
        .select(*own.columns, *FEATURES)
    )


def _keyed(persons: pl.DataFrame, compared: pl.DataFrame) -> pl.DataFrame:
    """Rows of `person_record`, with `registrar_numbers` and person_key: name, month of birth and address.
    Only whole names get a key, because twins who are both A Smith share a home and a month of birth.
    """
    name = person_name_key(pl.col("full_name"), pl.col("forename"), pl.col("middle_names"), pl.col("surname"))
    month = birth(pl.col("birth_year"), pl.col("birth_month"))
    key = pl.concat_str(name, *month, "address_id", separator="|")
    whole = compared.filter(is_whole_name())["row_no"]
    return persons.select(
        *("row_no", "statement_id", "edition", *ANCHOR),
        *registrar_numbers(),
        pl.when(pl.col("row_no").is_in(whole.implode())).then(key).alias("person_key"),
    )
