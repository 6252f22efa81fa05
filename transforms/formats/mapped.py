"""Files in an authority's own columns → the fields of the register that reads them.

`mapped` returns the register for a mapping. Its fields are the file's columns, so that messages about
rejected records have the authority's own names. Its parser renames the columns, writes days as 2026-05-31 and
amounts as 1234.50, and calls the register's parser. A file has one style of dates; if another style occurs,
the whole file is refused. A record with an amount in another style than the declared one is rejected.
"""

from collections.abc import Mapping
from dataclasses import replace
from fnmatch import fnmatchcase

import polars as pl

from transforms.errors import BlockedEdition
from transforms.formats.file_names import day_in_name, month_in_name
from transforms.model.mapping import DATE_STYLES, FOR_EVERY_RECORD, YES_NO, FileMapping
from transforms.model.parsing import conform, without
from transforms.model.register import (
    BATCH_COLUMNS,
    Delimited,
    Edition,
    Parsed,
    Recognised,
    Register,
    SourceField,
)
from transforms.values.names import for_each_distinct

NOT_ONE = "?"  # replaces an invalid day or amount, so that the register rejects the record
TOTAL = r"(?i)^(?:grand|sub)?[ -]*totals?:?$|^(?:sub|eind)?[ -]*totaal:?$|^total général:?$"
_TIME = r"[ T]\d{1,2}:\d{2}(?::\d{2})?.*$"
# Two decimals; or many, because a spreadsheet may write 990.45 as 990.4499999999999 (7 per cent of a
# council's lines). Three to five decimals may be thousands in another style.
_AMOUNTS = {
    ".": (r"^(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.(?:\d{1,2}|\d{6,}))?$", ","),
    ",": (r"^(?:\d{1,3}(?:\.\d{3})+|\d+)(?:,(?:\d{1,2}|\d{6,}))?$", "."),
}


def mapped(register: Register, mapping: FileMapping) -> Register:
    """The register with the mapping's columns as fields, and a parser that converts them."""

    def parse(frame: pl.DataFrame, edition: Edition) -> Parsed:
        return _parsed(register, mapping, frame, edition)

    def recognise(file_name: str, _head: bytes) -> Recognised | None:
        day = day_in_name(file_name) or month_in_name(file_name)
        is_meant = fnmatchcase(file_name.casefold(), mapping.files.casefold())
        return Recognised(mapping.dataset, day) if is_meant else None

    return replace(
        register,
        reader=Delimited(
            separator=mapping.separator if mapping.format == "csv" else ",",
            lines_before_header_max=mapping.lines_before_header,
            fallback_encoding="cp1252" if mapping.encoding == "windows-1252" else "",
        ),
        fields=(
            *(SourceField(name) for name in dict.fromkeys(mapping.columns.values())),
            *(SourceField(name, ignored="by the mapping", required=False) for name in mapping.ignore),
        ),
        recognise=recognise,
        parse=parse,
        dataset_of=lambda _path, _head: mapping.dataset,
        mapping=mapping,
    )


def _parsed(register: Register, mapping: FileMapping, frame: pl.DataFrame, edition: Edition) -> Parsed:
    named = _in_fields(register, mapping, frame)
    ignored = _empty_or_total(register, mapping, named)
    lines = without(named, ignored)
    _refuse_other_dates(register, mapping, lines)
    plain = lines.with_columns(
        _plain(field, mapping).alias(field.name) for field in register.fields if field.name in mapping.columns
    )
    good, misfits, findings = conform(plain, register.fields)
    result = register.parse(good, edition)
    rejected = pl.concat([misfits, result.rejected]).sort("record_no")
    return replace(
        result,
        rejected=rejected.with_columns(pl.col("field").replace(mapping.columns)),
        ignored=pl.concat([ignored, result.ignored]),
        findings=pl.concat([findings, result.findings]),
    )


def _in_fields(register: Register, mapping: FileMapping, frame: pl.DataFrame) -> pl.DataFrame:
    """BATCH_COLUMNS and the register's fields as text. The word NULL becomes null."""
    constants = {**mapping.constants, **{name: getattr(mapping, name) for name in FOR_EVERY_RECORD}}

    def value(name: str) -> pl.Expr:
        if name not in mapping.columns:
            return pl.lit(constants.get(name), dtype=pl.String)
        text = pl.col(mapping.columns[name])
        return pl.when(text.str.to_uppercase() != "NULL").then(text)

    return frame.select(*BATCH_COLUMNS, *(value(field.name).alias(field.name) for field in register.fields))


def _empty_or_total(register: Register, mapping: FileMapping, named: pl.DataFrame) -> pl.DataFrame:
    """IGNORED_SCHEMA: records without any text, and totals. A total lacks a mandatory field, and has a word
    for a total, or nothing but an amount.
    """
    needed = [field for field in register.fields if field.required and field.name in mapping.columns]
    columns = [pl.col(name) for name in mapping.columns]
    lacking = [pl.col(field.name).is_null() for field in needed if field.kind != "money"]
    amounts = [pl.col(field.name).is_not_null() for field in needed if field.kind == "money"]
    has_word = pl.any_horizontal(column.str.contains(TOTAL).fill_null(False) for column in columns)
    is_amount_alone = pl.any_horizontal(*amounts, pl.lit(False)) & pl.all_horizontal(lacking)
    reason = (
        pl.when(pl.all_horizontal(column.is_null() for column in columns))
        .then(pl.lit("empty_row"))
        .when(has_word | is_amount_alone)
        .then(pl.lit("total_row"))
    )
    suspects = named.filter(pl.any_horizontal(lacking))
    return suspects.select("record_no", reason.alias("reason")).filter(pl.col("reason").is_not_null())


# --- days -------------------------------------------------------------------------------------------------


def _refuse_other_dates(register: Register, mapping: FileMapping, lines: pl.DataFrame) -> None:
    """Raise BlockedEdition for the first date that is invalid in the declared style but valid in another."""
    for field in register.fields:
        if field.kind != "date" or field.name not in mapping.columns:
            continue
        text = pl.col(field.name)
        others = pl.coalesce(
            pl.when(_iso_day(text, style).is_not_null()).then(pl.lit(style))
            for style in DATE_STYLES
            if style != mapping.dates
        )
        other = lines.filter(text.is_not_null() & _iso_day(text, mapping.dates).is_null()).with_columns(
            others.alias("style")
        )
        if (faults := other.filter(pl.col("style").is_not_null())).height:
            record_no, style = faults.select("record_no", "style").row(0)
            raise BlockedEdition(
                "date_style",
                f"{register.name}: line {record_no + 1 + mapping.lines_before_header} (record {record_no}), "
                f"column {mapping.columns[field.name]!r} has a date as {style}, but {mapping.file} "
                f"says {mapping.dates}; a file has one style: export it again, or correct the mapping",
            )


def _iso_day(text: pl.Expr, style: str) -> pl.Expr:
    """The day as 2026-05-31, without a time; null if it is not a day in that style."""
    pattern, written = DATE_STYLES[style]
    day = text.str.replace(_TIME, "")
    return (
        pl.when(day.str.contains(pattern))
        .then(day)
        .str.to_date(written, strict=False)
        .dt.to_string("%Y-%m-%d")
    )


# --- values -----------------------------------------------------------------------------------------------


def _plain(field: SourceField, mapping: FileMapping) -> pl.Expr:
    """The values of a field in the register's own style."""
    text = pl.col(field.name)
    codes = {word.casefold(): meaning for word, meaning in mapping.codes.get(field.name, {}).items()}
    match field.kind:
        case "date":
            return for_each_distinct(lambda day: _or_not_one(day, _iso_day(day, mapping.dates)), text)
        case "money":
            return for_each_distinct(lambda sum_: _or_not_one(sum_, _amount(sum_, mapping.decimal)), text)
        case "boolean":
            return _coded(text, {**YES_NO, **codes})
        case "category":
            return _coded(text, codes)
        case _:
            return _coded(text, codes) if codes else text


def _or_not_one(text: pl.Expr, value: pl.Expr) -> pl.Expr:
    return pl.when(text.is_not_null()).then(pl.coalesce(value, pl.lit(NOT_ONE)))


def _amount(text: pl.Expr, decimal: str) -> pl.Expr:
    """The amount as -1234.50, rounded to cents; null if it is not an amount in that style. Brackets or a
    trailing minus make it negative.
    """
    pattern, thousands = _AMOUNTS[decimal]
    bare = text.str.replace_all(r"[£€\s']|GBP|EUR", "")
    digits = bare.str.replace_all(r"[()\-+]", "")
    plain = digits.str.replace_all(thousands, "", literal=True).str.replace(decimal, ".", literal=True)
    sign = pl.when(bare.str.contains(r"^\(.*\)$|^-|-$")).then(pl.lit("-")).otherwise(pl.lit(""))
    cents = plain.cast(pl.Decimal(38, 20), strict=False).round(2).cast(pl.Decimal(18, 2), strict=False)
    return pl.when(digits.str.contains(pattern)).then(pl.concat_str(sign, cents.cast(pl.String)))


def _coded(text: pl.Expr, codes: Mapping[str, str]) -> pl.Expr:
    """The meaning of each word, in any case; an unknown word stays, in lower case."""
    word = text.str.to_lowercase()
    return word.replace(list(codes), list(codes.values())) if codes else word
