"""Beneficial Ownership Data Standard 0.4: how its statements are told, and its codes, shares, dates and numbers.

Code lists are `vocabulary/bods_interests.csv`, `bods_reasons.csv` and `bods_addresses.csv`. Source: the standard's schema and
code lists, https://standard.openownership.org/en/0.4.0/.

Open Ownership's statements about the United Kingdom give inclusive bands, and write the registrar's natures of control into the
interest's `details`. There the nature decides: exclusivity, reach, and whether a trust or a firm stands in between (`formats.gb_coh`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from functools import cache
from pathlib import Path

import orjson
import polars as pl

from transforms.formats import gb_coh
from transforms.model.statements import ENTITY_TYPES, PERSON_TYPES, REACHES
from transforms.values.countries import country_code
from transforms.values.identifiers import (
    GB_COH,
    fills_scheme,
    is_anybodys,
    lei,
    normalise_gb_coh,
    tidy_number,
)
from transforms.values.names import collapsed, folded
from transforms.values.vocabulary import lookup, vocabulary

LEI = "XI-LEI"
# Lists of public bodies whose codes are words or letters. Source: org-id.guide.
SCHEMES_OF_LETTERS = ("GB-GOR", "GB-GOV", "GB-LAE", "GB-LANI", "GB-LAS", "GB-NHS", "GB-PLA")
INTERNATIONAL = "XI"  # what org-id.guide begins schemes with that are of no country
KNOWN_ENTITY_TYPES, KNOWN_PERSON_TYPES, KNOWN_REACHES = (
    ENTITY_TYPES,
    PERSON_TYPES,
    REACHES,
)  # the standard's lists are this project's

# --- which file is it -----------------------------------------------------------------------------------------------

NAME = re.compile(
    r"(?:\.bods|bods[^/]*)\.(?:jsonl?|ndjson)(?:\.gz|\.zip)?$"
)  # a broken archive keeps its own name
STATEMENT = re.compile(rb'"statementId"\s*:')
RECORD = re.compile(rb'"record(?:Type|Details)"\s*:')
EARLIER_STATEMENT = re.compile(rb'"statementID"\s*:')
EARLIER_TYPE = re.compile(rb'"statementType"\s*:')
# A PSC record, a FollowTheMoney entity, a LEI record: files of other registers, whatever they are called.
OTHERS = re.compile(
    rb'^\s*+(?:\[\s*+)?\{\s*+(?:"company_number"\s*:|"LEI|"records?"\s*:)|"schema"\s*:\s*"[A-Z]|"properties"\s*:\s*\{'
)
# A record id that begins with the org-id of a register's own entry tells whose records the statements are about.
RECORD_ID = re.compile(rb'"recordId"\s*:\s*"((?:[^"\\]|\\.)*)"')
ORG_ID_SCHEME = re.compile(rb"([A-Z]{2}-[A-Z][A-Z0-9_]*)-")
PUBLISHER = re.compile(rb'"publisher"\s*:\s*\{[^{}]*?"name"\s*:\s*("(?:[^"\\]|\\.)*")')
DAY_IN_NAME = re.compile(r"(?<!\d)(\d{4})-(\d{2})(?:-(\d{2}))?(?!\d)")
SLUG_CHARS = 60
UNNAMED = "unnamed"
OF_REGISTER = "_"  # in a data set's name, between publisher and register: a slug has none


def is_bods(file_name: str, head: bytes) -> bool:
    """By content: the keys of a statement, of 0.4 or earlier. By name only where the content is no other register's."""
    if STATEMENT.search(head) and RECORD.search(head):
        return True
    if EARLIER_STATEMENT.search(head) and EARLIER_TYPE.search(head):
        return True
    return NAME.search(file_name.lower()) is not None and OTHERS.search(head) is None


def slug(name: str) -> str:
    """Small letters, digits and hyphens; `unnamed` where nothing is left."""
    plain: str | None = pl.select(
        folded(pl.lit(name)).str.to_lowercase().str.replace_all(r"[^a-z0-9]+", "-").str.strip_chars("-")
    ).item()
    return (plain or UNNAMED)[:SLUG_CHARS].strip("-")


def dataset(file_name: str, head: bytes) -> str:
    """The publisher of the first statement, with the register that all recordIds of `head` are made of; else the file's stem.

    One publisher may have several products: Open Ownership's statements about the United Kingdom are `open-ownership_gb-coh`, those about legal
    entity identifiers `open-ownership_xi-lei`, and both are in force. RecordIds of any other form tell nothing: `open-ownership`.
    """
    found = PUBLISHER.search(head)
    try:
        publisher = str(orjson.loads(found[1])) if found else ""
    except orjson.JSONDecodeError:
        publisher = ""
    if not publisher:
        return slug(Path(file_name).name.split(".")[0])
    return slug(publisher) + (f"{OF_REGISTER}{scheme.lower()}" if (scheme := _register_of(head)) else "")


def _register_of(head: bytes) -> str:
    """The one org-id scheme that every recordId begins with; none where one has no such beginning or there are several."""
    found = {
        matched[1] if (matched := ORG_ID_SCHEME.match(record_id)) else b""
        for record_id in RECORD_ID.findall(head)
    }
    return found.pop().decode() if len(found) == 1 else ""


def publisher_of(dataset: str) -> str:
    """The publisher's slug in the name of a data set."""
    return dataset.split(OF_REGISTER, 1)[0]


def day_in_name(file_name: str) -> date | None:
    """The full date in the name; a year and month is its first day; an impossible one is none."""
    found = DAY_IN_NAME.search(file_name)
    try:
        return date(int(found[1]), int(found[2]), int(found[3] or 1)) if found else None
    except ValueError:
        return None


# --- lists of objects -------------------------------------------------------------------------------------------------


def items(frame: pl.DataFrame, path: str, keys: Sequence[str], keep: Sequence[str]) -> pl.DataFrame:
    """One row for each object of the list at `path`: columns `keep`, `position` (from 0), and each key, blanks as null.

    The reader gives each key as a list with one element an object, null where no object has the key.
    """
    lists = {key: pl.col(f"{path}.{key}") for key in keys}
    sized = frame.select(*keep, *(column.alias(key) for key, column in lists.items())).with_columns(
        pl.max_horizontal(pl.col(key).list.len() for key in keys).fill_null(0).cast(pl.Int64).alias("items_n")
    )
    each = (
        sized.filter(pl.col("items_n") > 0)
        .with_columns(pl.int_ranges(0, pl.col("items_n")).alias("position"))
        .explode("position")
    )
    picked = [
        pl.col(key)
        .list.get(pl.col("position"), null_on_oob=True)
        .str.strip_chars()
        .replace("", None)
        .alias(key)
        for key in keys
    ]
    return each.with_columns(picked).drop("items_n")


# --- dates ------------------------------------------------------------------------------------------------------------


def day(text: pl.Expr) -> pl.Expr:
    """The day of a date or a date and time; null for a year, a year and month, or no date."""
    return text.str.extract(r"^(\d{4}-\d{2}-\d{2})(?:$|[T ])", 1).str.to_date("%Y-%m-%d", strict=False)


def date_fault(text: pl.Expr) -> pl.Expr:
    """partial_date for a year or a year and month, impossible_date for what is no date, else null."""
    bad = text.is_not_null() & day(text).is_null()
    return (
        pl.when(bad & text.str.contains(r"^\d{4}(-\d{2})?$"))
        .then(pl.lit("partial_date"))
        .when(bad)
        .then(pl.lit("impossible_date"))
    )


# --- places and numbers -------------------------------------------------------------------------------------------------


def place_code(code: pl.Expr, name: pl.Expr) -> pl.Expr:
    """ISO 3166-1 code in lower case: of a country's or a subdivision's code, else of the name. A code written as the name counts."""
    first = code.str.extract(r"^([A-Za-z]{2})(?:-|$)", 1).str.to_lowercase()
    return pl.coalesce(first, name.str.extract(r"^([A-Z]{2})$", 1).str.to_lowercase(), country_code(name))


def subdivision_code(code: pl.Expr) -> pl.Expr:
    """ISO 3166-2 code in lower case; null for a code of a whole country, and for a name."""
    return code.str.extract(r"^([A-Za-z]{2}-[A-Za-z0-9]+)$", 1).str.to_lowercase()


def numbers(frame: pl.DataFrame, legal_form_class: pl.Expr) -> pl.DataFrame:
    """record_no, scheme, number, native: the one number that each entity is known by; entities without a usable one have no row.

    `GB-COH` by its number rules comes first, then other org-id schemes in the order of their names, then `XI-LEI`, and last a UK number that
    anybody writes and that is not written in full. A scheme says whose number it is, so a short number of a register abroad is one.
    `legal_form_class`: over `frame`, as `identifiers.normalise_gb_coh` takes it.
    """
    return _ranked_numbers(frame, legal_form_class).unique("record_no", keep="first", maintain_order=True)


def further_numbers(frame: pl.DataFrame, legal_form_class: pl.Expr) -> pl.DataFrame:
    """The same, and country (of the register; null for XI-LEI), place (from 0): usable numbers that an entity states beside the one it is known by."""
    every = _ranked_numbers(frame, legal_form_class).unique(
        ["record_no", "scheme", "number"], keep="first", maintain_order=True
    )
    placed = every.with_columns((pl.int_range(pl.len()).over("record_no") - 1).alias("place"))
    prefix = pl.col("scheme").str.head(2)
    return placed.filter(pl.col("place") >= 0).with_columns(
        pl.when(prefix != INTERNATIONAL).then(prefix.str.to_lowercase()).alias("country")
    )


def _ranked_numbers(frame: pl.DataFrame, legal_form_class: pl.Expr) -> pl.DataFrame:
    """record_no, scheme, number, native of every usable number, the best of each entity first."""
    formed = frame.with_columns(legal_form_class.alias("form_class"))
    stated = items(formed, "recordDetails.identifiers", ("scheme", "id"), ("record_no", "form_class"))
    upper = collapsed(pl.col("id").str.to_uppercase())
    # One number is written with dots, blanks or neither. Letters of other scripts are told apart, so they stay.
    tidy = pl.when(upper.str.contains(r"^[ -~]*$")).then(tidy_number(pl.col("id"))).otherwise(upper)
    is_of_letters = pl.col("scheme").is_in(SCHEMES_OF_LETTERS)
    usable = (
        pl.when(pl.col("scheme") == GB_COH)
        .then(normalise_gb_coh(pl.col("id"), pl.col("form_class")))
        .when(pl.col("scheme") == LEI)
        .then(lei(pl.col("id")))
        .when(
            pl.col("scheme").str.contains(r"^[A-Z]{2}-[A-Z0-9_]+$")
            & ~fills_scheme(pl.col("id"), is_of_letters)
        )
        .then(tidy)
    )
    known = stated.with_columns(usable.alias("number"), tidy.alias("tidy")).filter(
        pl.col("number").is_not_null()
    )
    is_uk, is_typed = pl.col("scheme") == GB_COH, is_anybodys(pl.col("number"))
    rank = (
        pl.when(is_uk & is_typed & (pl.col("tidy") != pl.col("number")))
        .then(4)
        .when(pl.col("scheme") == LEI)
        .then(3)
        .when(~is_uk)
        .then(2)
        .when(is_typed)
        .then(1)
        .otherwise(0)
    )
    return (
        known.with_columns(rank.alias("rank"))
        .sort("record_no", "rank", "scheme", "number", "id")
        .select("record_no", "scheme", "number", pl.col("id").alias("native"))
    )


# --- the record that a statement repeats ------------------------------------------------------------------------------

PSC_LOCATOR = r"^/company/([A-Z0-9]{8})/persons-with-significant-control/[a-z-]+/([A-Za-z0-9_-]+)$"
PSC_RECORD_ID = r"^GB-COH-(?:PER|ENT|REL)-([A-Z0-9]{8})-([A-Za-z0-9_-]{20,})$"


def psc_link(record: pl.Expr) -> pl.Expr:
    """Company number and link of the PSC record that a locator is of: the register's own `links.self`, or a recordId that Open Ownership made of
    it. Equal links are one record of the registrar's, so its party is one party. Null for any other locator.
    """
    number, link = (
        pl.coalesce(record.str.extract(PSC_LOCATOR, part), record.str.extract(PSC_RECORD_ID, part))
        for part in (1, 2)
    )
    return number + "/" + link


# --- reasons ------------------------------------------------------------------------------------------------------------


def reason(code: pl.Expr) -> pl.Expr:
    """A reason as this project's vocabulary has it; `unknown` for a code that the list does not have; null stays null."""
    known = lookup("bods_reasons", "code", "unspecified_reason")
    return pl.when(code.is_not_null()).then(
        code.replace_strict(known, default="unknown", return_dtype=pl.String)
    )


def reason_class(code: pl.Expr) -> pl.Expr:
    """Declaration class of a reason; `unknown` for a code that the list does not have; null stays null."""
    known = lookup("bods_reasons", "code", "declaration_class")
    return pl.when(code.is_not_null()).then(
        code.replace_strict(known, default="unknown", return_dtype=pl.String)
    )


def reason_codes() -> tuple[str, ...]:
    return tuple(vocabulary("bods_reasons")["code"])


# --- shares -------------------------------------------------------------------------------------------------------------

SHARE_KEYS = ("exact", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")
UNITS = 10**9  # of a per cent: shares are kept to nine decimals
WHOLE = 100 * UNITS
NUMBER = r"^(\d{1,3})(?:\.(\d*))?$"
FLAG = r"^(?:true|false)$"  # before 0.4 exclusiveMinimum and exclusiveMaximum were booleans


def with_share(interests: pl.DataFrame) -> pl.DataFrame:
    """Add low, high (Int64, in UNITS), low_open, high_open (Boolean), share_fault (impossible_share, share_conflict, or null) and share_native.

    interests: the SHARE_KEYS and `share` (a value where an object is expected) as text. Nothing stated: low and high are null.
    One bound stated: the other is 0 or 100. A lower bound beyond nine decimals is rounded down, an upper one up, an exact share to
    the nearest. A number below 0, above 100 or none is impossible_share; an exact share outside its band, or an empty band, is
    share_conflict; low and high are then null, and share_native is what was stated.
    """
    numbered = interests.with_columns(
        *(_units(key, up=key.endswith("aximum")).alias(f"n_{key}") for key in SHARE_KEYS),
        *(pl.col(key).str.contains(FLAG).fill_null(False).alias(f"is_flag_{key}") for key in SHARE_KEYS),
    )
    bad = pl.any_horizontal(
        pl.col(key).is_not_null() & pl.col(f"n_{key}").is_null() & ~_is_flag(key) for key in SHARE_KEYS
    )
    bounded = numbered.with_columns((bad | pl.col("share").is_not_null()).alias("is_bad")).with_columns(
        *_bound("low", "Minimum"), *_bound("high", "Maximum")
    )
    return _settled_shares(bounded)


def _is_flag(key: str) -> pl.Expr:
    return pl.col(f"is_flag_{key}") if key.startswith("exclusive") else pl.lit(False)


def _units(key: str, *, up: bool) -> pl.Expr:
    """A number of per cent in UNITS; null where it is none, or outside 0 to 100."""
    text = pl.col(key)
    digits = pl.concat_str(text.str.extract(NUMBER, 2).fill_null(""), pl.lit("0" * 10))
    down = text.str.extract(NUMBER, 1).cast(pl.Int64) * UNITS + digits.str.head(9).cast(pl.Int64)
    beyond = digits.str.slice(9)
    more = (
        beyond.str.contains(r"^[5-9]")
        if key == "exact"
        else beyond.str.contains("[1-9]")
        if up
        else pl.lit(False)
    )
    return pl.when(down < WHOLE).then(down + more.cast(pl.Int64)).when(down == WHOLE).then(down)


def _bound(name: str, key: str) -> tuple[pl.Expr, pl.Expr]:
    """The tighter of the inclusive and the exclusive bound, and whether it is open."""
    inclusive, exclusive = pl.col(f"n_{key.lower()}"), pl.col(f"n_exclusive{key}")
    both = (inclusive, exclusive)
    bound = pl.max_horizontal(*both) if name == "low" else pl.min_horizontal(*both)
    flagged = pl.col(f"is_flag_exclusive{key}") & (pl.col(f"exclusive{key}") == "true")
    return bound.alias(name), ((exclusive == bound) | (flagged & inclusive.is_not_null())).fill_null(
        False
    ).alias(f"{name}_open")


def _settled_shares(bounded: pl.DataFrame) -> pl.DataFrame:
    exact, low, high = pl.col("n_exact"), pl.col("low"), pl.col("high")
    above = low.is_null() | (exact > low) | ((exact == low) & ~pl.col("low_open"))
    below = high.is_null() | (exact < high) | ((exact == high) & ~pl.col("high_open"))
    empty = (low > high) | ((low == high) & (pl.col("low_open") | pl.col("high_open")))
    conflict = pl.when(exact.is_not_null()).then(~(above & below)).otherwise(empty.fill_null(False))
    fault = (
        pl.when("is_bad")
        .then(pl.lit("impossible_share"))
        .when(conflict.fill_null(False))
        .then(pl.lit("share_conflict"))
    )
    judged = bounded.with_columns(fault.alias("share_fault")).with_columns(
        pl.when(pl.col("share_fault").is_not_null()).then(_as_stated()).alias("share_native")
    )
    usable = pl.col("share_fault").is_null()
    stated = exact.is_not_null() | low.is_not_null() | high.is_not_null()
    banded = usable & exact.is_null()
    return judged.with_columns(
        pl.when(usable & stated).then(pl.coalesce(exact, low, pl.lit(0))).alias("low"),
        pl.when(usable & stated).then(pl.coalesce(exact, high, pl.lit(WHOLE))).alias("high"),
        (banded & pl.col("low_open")).alias("low_open"),
        (banded & pl.col("high_open")).alias("high_open"),
    )


def _as_stated() -> pl.Expr:
    """`minimum 60, maximum 40`. What is neither a number nor a flag is not shown: it may be anything."""
    showable = r"^(?:[-+0-9.eE]{1,24}|true|false)$"
    each = (
        pl.when(pl.col(key).str.contains(showable)).then(key).otherwise(pl.lit("(no number)"))
        for key in (*SHARE_KEYS, "share")
    )
    parts = (
        pl.when(pl.col(key).is_not_null()).then(pl.format(f"{key} {{}}", shown))
        for key, shown in zip((*SHARE_KEYS, "share"), each, strict=True)
    )
    return pl.concat_str(*parts, separator=", ", ignore_nulls=True)


def per_cent(units: pl.Expr) -> pl.Expr:
    """UNITS as DECIMAL(12,9) per cent."""
    padded = units.cast(pl.String).str.zfill(12)
    return pl.concat_str(padded.str.head(3), pl.lit("."), padded.str.tail(9)).cast(pl.Decimal(12, 9))


# --- interests ----------------------------------------------------------------------------------------------------------

UNSTATED = "unspecified"  # native_code of an interest without a type
CODE_IN_DETAILS = r"[a-z][a-z0-9]*(?:-[a-z0-9]+)+"
NATURE_COLUMNS = (
    "nature",
    "nature_basis",
    "nature_low",
    "nature_high",
    "nature_low_open",
    "nature_high_open",
    "via",
    "regime_start",
)


def basis(interest_type: pl.Expr) -> pl.Expr:
    """Basis of a BODS interest type; `unknown` for none and for a type that the list does not have."""
    return interest_type.replace_strict(
        lookup("bods_interests", "code", "basis"), default="unknown", return_dtype=pl.String
    )


def interest_types() -> tuple[str, ...]:
    return tuple(vocabulary("bods_interests")["code"])


@cache
def _natures() -> pl.DataFrame:
    """Natures of control with NATURE_COLUMNS (bounds in UNITS) and interest_type; regime_start is the day their register's regime began."""
    starts = dict(gb_coh.kinds().select("regime", "regime_start").drop_nulls().unique().iter_rows())
    start = pl.when(pl.col("form") == "overseas_entity").then(starts["roe"]).otherwise(starts["psc"])
    return gb_coh.natures().select(
        pl.col("code").alias("nature"),
        pl.col("basis").alias("nature_basis"),
        "interest_type",
        (pl.col("share_min").cast(pl.Float64) * UNITS).cast(pl.Int64).alias("nature_low"),
        (pl.col("share_max").cast(pl.Float64) * UNITS).cast(pl.Int64).alias("nature_high"),
        pl.col("share_min_exclusive").alias("nature_low_open"),
        pl.col("share_max_exclusive").alias("nature_high_open"),
        "via",
        start.alias("regime_start"),
    )


def with_natures(interests: pl.DataFrame) -> pl.DataFrame:
    """Add NATURE_COLUMNS: the UK nature of control that each interest is, null where its `details` name none that fits.

    interests: record_no, position, type, details, and `with_share`'s columns. `details` lists the natures of the whole record, so one
    fits where it is of the interest's type and its band holds the stated one. The first interest of a type and band takes the first
    such nature, the second the second.
    """
    told = interests.filter(pl.col("details").str.contains(CODE_IN_DETAILS))
    codes = told.select(
        "record_no",
        "position",
        "type",
        "low",
        "high",
        pl.col("details").str.extract_all(CODE_IN_DETAILS).alias("nature"),
    )
    each = codes.with_columns(pl.int_ranges(0, pl.col("nature").list.len()).alias("code_no")).explode(
        "nature", "code_no"
    )
    known = each.join(_natures(), on="nature", how="inner", maintain_order="left")
    same = ((pl.col("low") == pl.col("nature_low")) & (pl.col("high") == pl.col("nature_high"))).fill_null(
        pl.col("low").is_null()
    )
    holds = ((pl.col("low") >= pl.col("nature_low")) & (pl.col("high") <= pl.col("nature_high"))).fill_null(
        True
    )
    fitting = known.filter((pl.col("interest_type") == pl.col("type")) & holds).with_columns(
        (~same).alias("is_wider")
    )
    one_interest, alike = ("record_no", "position"), ("record_no", "type", "low", "high")
    ranked = fitting.sort("record_no", "position", "is_wider", "code_no", maintain_order=True).with_columns(
        pl.int_range(pl.len()).over(one_interest).alias("choice"),
        pl.len().over(one_interest).alias("choices_n"),
        (pl.col("position").rank("dense").over(alike) - 1).alias("turn"),
    )
    chosen = ranked.filter(pl.col("choice") == pl.min_horizontal(pl.col("turn"), pl.col("choices_n") - 1))
    return interests.join(
        chosen.select(*one_interest, *NATURE_COLUMNS), on=one_interest, how="left", maintain_order="left"
    )


def relation_code(details: pl.Expr) -> pl.Expr:
    """The code of a legal entity identifier's relationship or exception, as Open Ownership writes it into `details`: IS_DIRECTLY_CONSOLIDATED_BY."""
    return details.str.extract(r"^(?:Relationship Type|Exception Category): ([A-Z]+(?:[_-][A-Z]+)+)$", 1)


def address_types() -> tuple[str, ...]:
    return tuple(vocabulary("bods_addresses")["code"])
