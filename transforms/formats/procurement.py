"""What procurement notices have in common: times and official numbers. Row-local."""

import polars as pl

from transforms.values.identifiers import (
    BE_KBO,
    GB_COH,
    NL_KVK,
    be_kbo,
    is_scheme_filler,
    nl_kvk,
    normalise_gb_coh,
    org_id,
)
from transforms.values.payees import NAMED_KINDS, payee_kind

SCHEMES = (GB_COH, BE_KBO, NL_KVK)  # registers whose numbers identify a party
PARTY = ("ref", "name", "scheme", "number")  # columns of a party
_MOMENT = r"^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2})?))?(?:\.\d+)?(Z|[+-]\d{2}:?\d{2})?$"


def moment_of(text: pl.Expr) -> pl.Expr:
    """The time in UTC of a date with or without a time and a UTC offset; null for any other text."""
    day, clock = text.str.extract(_MOMENT, 1), text.str.extract(_MOMENT, 2)
    zone = text.str.extract(_MOMENT, 3)
    hours = zone.str.slice(1, 2).cast(pl.Int64, strict=False).fill_null(0)
    minutes = zone.str.slice(-2).cast(pl.Int64, strict=False).fill_null(0)
    sign = pl.when(zone.str.starts_with("-")).then(-1).otherwise(1)
    time = pl.concat_str(clock.fill_null("00:00"), pl.lit(":00")).str.slice(0, 8)
    local = pl.concat_str(day, pl.lit(" "), time).str.to_datetime(
        "%Y-%m-%d %H:%M:%S", strict=False, time_unit="us"
    )
    return local - pl.duration(minutes=sign * (60 * hours + minutes))


def day_of(text: pl.Expr) -> pl.Expr:
    """The day as written, without time and UTC offset; null for any other text."""
    return text.str.extract(_MOMENT, 1).str.to_date("%Y-%m-%d", strict=False)


def official_id(scheme: pl.Expr, number: pl.Expr, ref: pl.Expr) -> pl.Expr:
    """`<scheme>-<number>` of a party in an official register, from the stated scheme and number, else from a
    publisher's id that begins with the scheme; null for a publisher's own scheme.
    """
    return pl.coalesce(
        pl.when(scheme == known)
        .then(org_id(known, in_register(known, number)))
        .when(ref.str.starts_with(f"{known}-"))
        .then(org_id(known, in_register(known, ref.str.strip_prefix(f"{known}-"))))
        for known in SCHEMES
    )


def in_register(scheme: str, number: pl.Expr) -> pl.Expr:
    """The number as its register writes it; null if it cannot be such a number."""
    match scheme:
        case "GB-COH":
            return normalise_gb_coh(number)
        case "BE-BCE_KBO":
            return be_kbo(number)
        case _:
            return nl_kvk(number)


def scheme_of(official: pl.Expr) -> pl.Expr:
    return official.str.extract(rf"^({'|'.join(SCHEMES)})-", 1)


def number_of(official: pl.Expr) -> pl.Expr:
    return official.str.replace(rf"^(?:{'|'.join(SCHEMES)})-", "")


def with_party(frame: pl.DataFrame) -> pl.DataFrame:
    """Add official (`official_id`), kind (PAYEE_KINDS), kept_name and kept_ref of the party in the columns
    name, scheme, number, ref. A party with a UK company number is a company; sole traders may have numbers in
    the other registers, and their names are not kept. Without a publisher's id, the number or the kept name
    is used as the id. A filler (00000000, `not available`) is not a number.
    """
    stated = frame.with_columns(
        pl.when(~is_scheme_filler(pl.col("number"), pl.lit(True))).then("number").alias("number")
    )
    official = official_id(pl.col("scheme"), pl.col("number"), pl.col("ref"))
    known = stated.with_columns(official.alias("official"), payee_kind(pl.col("name")).alias("kind"))
    is_unknown = pl.col("kind").is_in(["unclassified", "unnamed"])
    is_company = pl.col("official").str.starts_with(GB_COH) & is_unknown
    kinds = known.with_columns(pl.when(is_company).then(pl.lit("company")).otherwise("kind").alias("kind"))
    kept = pl.when(pl.col("kind").is_in(NAMED_KINDS)).then(pl.col("name"))
    return kinds.with_columns(
        kept.alias("kept_name"), pl.coalesce("ref", "official", "number", kept).alias("kept_ref")
    )
