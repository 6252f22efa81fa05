"""Helpers for the parsers of registers: typing of native fields, statements with their ids, rejections,
findings.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

import polars as pl

from transforms.errors import DeclarationError
from transforms.model.register import (
    FINDING_SCHEMA,
    IGNORED_SCHEMA,
    RECORD_ID_BYTES,
    RECORD_SCHEMA,
    REJECT_SCHEMA,
    Edition,
    FieldKind,
    Parsed,
    SourceField,
)
from transforms.model.statements import ADDRESS_STATEMENT, ENTITY_STATEMENT, Table
from transforms.values.addresses import ADDRESS, with_address
from transforms.values.text_hashes import text_hashes

MONEY_PATTERN = r"^-?\d{1,16}(\.\d{1,2})?$"
# `%Y` also accepts 01/02/03, as a day in the year 3.
FIRST_DAY = date(1000, 1, 1)
INTEGER_PATTERN = r"^-?\d{1,18}$"
FAULT_CODES: Mapping[FieldKind, str] = {
    "date": "impossible_date",
    "integer": "not_a_number",
    "money": "not_a_number",
    "boolean": "not_a_boolean",
}
NO_TEXTS = pl.lit([], dtype=pl.List(pl.String))
# Records listed for one kind of finding in a batch; further ones are counted together.
NAMED_RECORDS_MAX = 200

# Why a record about a natural person's business (a sole trader's) is ignored, in every register.
NATURAL_PERSON = "natural_person"

Fault = tuple[pl.Expr | pl.Series, str, str]  # mask of records, code, native field

# --- native text to typed columns --------------------------------------------------------------------------


def conform(
    frame: pl.DataFrame, fields: Sequence[SourceField]
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Type every field and split off records with invalid values.

    frame: BATCH_COLUMNS plus native fields as String (lists for `texts`, Boolean or String for `boolean`).
    Returns (good records, rejections in REJECT_SCHEMA, findings in FINDING_SCHEMA).
    An impossible date (also one before FIRST_DAY), a malformed number or a blank mandatory field rejects the
    whole record, even in an ignored field, because it makes the rest untrustworthy. An unknown category is
    loaded and reported.
    """
    native = _blank_to_null(frame, fields)
    typed = native.with_columns(
        _typed(field).alias(field.name) for field in fields if field.kind in FAULT_CODES
    )
    rejected = rejections(native, [*_field_faults(native, typed, fields)])
    good = without(typed, rejected)
    unknown = (
        finding_rows(
            good.filter(~pl.col(field.name).is_in(field.known)),  # null is in no list, and no finding
            "unknown_category",
            field.name,
            pl.col(field.name),
        )
        for field in fields
        if field.kind == "category"
    )
    return good, rejected, pl.concat([pl.DataFrame(schema=FINDING_SCHEMA), *unknown])


def _blank_to_null(frame: pl.DataFrame, fields: Sequence[SourceField]) -> pl.DataFrame:
    """Strip texts, make empty texts null, and add a null column for each absent field."""
    schema = frame.schema  # polars builds it on each access
    texts = [
        field.name
        for field in fields
        if schema.get(field.name) == pl.String and frame[field.name].null_count() < frame.height
    ]
    absent = {
        field.name: pl.List(pl.String) if field.kind == "texts" else pl.String()
        for field in fields
        if field.name not in schema
    }
    stripped = frame.with_columns(pl.col(texts).str.strip_chars())
    return stripped.with_columns(
        *(pl.when(pl.col(name) != "").then(pl.col(name)).alias(name) for name in texts),
        *(pl.lit(None, dtype=dtype).alias(name) for name, dtype in absent.items()),
    )


def _typed(field: SourceField) -> pl.Expr:
    column = pl.col(field.name)
    match field.kind:
        case "date":
            days = (column.str.to_date(format_, strict=False) for format_ in field.date_format.split("|"))
            return pl.coalesce([pl.when(day >= FIRST_DAY).then(day) for day in days])
        case "integer":
            return pl.when(column.str.contains(INTEGER_PATTERN)).then(column).cast(pl.Int64, strict=False)
        case "money":
            number = pl.when(column.str.contains(MONEY_PATTERN)).then(column)
            return number.cast(pl.Decimal(18, 2), strict=False)
        case _:  # boolean
            text = column.cast(pl.String)
            return pl.when(text.is_in(["true", "false"])).then(text == "true")


def _field_faults(
    native: pl.DataFrame, typed: pl.DataFrame, fields: Sequence[SourceField]
) -> Iterator[Fault]:
    """For each field: records with a malformed value, then records without a mandatory value."""
    for field in fields:
        before, after = native[field.name], typed[field.name]
        if field.kind in FAULT_CODES and before.null_count() < after.null_count():
            yield before.is_not_null() & after.is_null(), FAULT_CODES[field.kind], field.name
        if field.mandatory:
            yield before.is_null(), "missing_value", field.name


def coded(column: str | pl.Expr, codes: Mapping[str, str], default: str | None = None) -> pl.Expr:
    """The meaning of each code; `default` for null and for an unlisted code."""
    code = pl.col(column) if isinstance(column, str) else column
    meaning = code.replace_strict(codes, default=None, return_dtype=pl.String)
    return pl.coalesce(meaning, pl.lit(default, dtype=pl.String))


# --- lists of objects in a record -------------------------------------------------------------------------


def items(
    frame: pl.DataFrame, columns: Mapping[str, str], keep: Sequence[str], place: str, at_least: int = 0
) -> pl.DataFrame:
    """One row for each item of parallel lists, and at least `at_least` rows for each record.

    columns: column with the lists → name of the column with the items. keep: columns of the record. place:
    name of the column with the item's position, from 1; `<place>_n` has the number of items.
    """
    items_n = pl.max_horizontal(pl.col(name).list.len() for name in columns).fill_null(0).cast(pl.Int64)
    nothing = pl.lit(None, dtype=pl.String).repeat_by("rows_n")
    return (
        frame.with_columns(items_n.alias(f"{place}_n"))
        .with_columns(pl.max_horizontal(f"{place}_n", pl.lit(at_least)).alias("rows_n"))
        .filter(pl.col("rows_n") > 0)
        .select(
            *keep,
            f"{place}_n",
            pl.int_ranges(1, pl.col("rows_n") + 1).alias(place),
            *(
                pl.when(pl.col(name).list.len() > 0).then(pl.col(name)).otherwise(nothing).alias(item)
                for name, item in columns.items()
            ),
        )
        .explode(place, *columns.values())
    )


def inner(column: str) -> pl.Expr:
    """The list whose JSON text is in the column (`inner_lists`)."""
    return pl.col(column).str.json_decode(pl.List(pl.String))


# --- rejections and findings ------------------------------------------------------------------------------


def reject_rows(frame: pl.DataFrame, code: str, field: str) -> pl.DataFrame:
    """REJECT_SCHEMA rows for the records in `frame`."""
    return frame.select(
        "record_no",
        "byte_offset",
        "byte_length",
        "part_no",
        pl.lit(code).alias("code"),
        pl.lit(field).alias("field"),
    )


def rejections(frame: pl.DataFrame, faults: Sequence[Fault]) -> pl.DataFrame:
    """REJECT_SCHEMA, one row for each faulty record: its first fault. A null in a mask is no fault."""
    masks = frame.select(mask.fill_null(False).alias(str(n)) for n, (mask, _, _) in enumerate(faults))
    rows = [
        reject_rows(frame.filter(masks[str(n)]), code, field)
        for n, (_, code, field) in enumerate(faults)
        if masks[str(n)].any()
    ]
    every = pl.concat([pl.DataFrame(schema=REJECT_SCHEMA), *rows])
    return every.unique("record_no", keep="first", maintain_order=True).sort("record_no")


def without(frame: pl.DataFrame, rejected: pl.DataFrame) -> pl.DataFrame:
    """The records of `frame` that are not in `rejected`."""
    if not rejected.height:
        return frame
    return frame.join(rejected.select("record_no"), on="record_no", how="anti", maintain_order="left")


def finding_rows(rows: pl.DataFrame, code: str, field: str, value: pl.Expr) -> pl.DataFrame:
    """FINDING_SCHEMA rows: the number of `rows` for each value of `value`."""
    return (
        rows.with_columns(value.cast(pl.String).alias("value"))  # not select: a literal must fill every row
        .group_by("value")
        .agg(pl.len().cast(pl.Int64).alias("rows_n"))
        .sort("value")
        .select(pl.lit(code).alias("code"), pl.lit(field).alias("field"), "value", "rows_n")
    )


def record_findings(rows: pl.DataFrame, code: str, field: str) -> pl.DataFrame:
    """FINDING_SCHEMA rows: `record-<number>` for each record, `further-records` beyond NAMED_RECORDS_MAX."""
    once = rows.select("record_no").unique().sort("record_no").with_row_index("nth")
    is_named = pl.col("nth") < NAMED_RECORDS_MAX
    name = pl.when(is_named).then(pl.format("record-{}", "record_no")).otherwise(pl.lit("further-records"))
    return finding_rows(once, code, field, name)


# --- statements -------------------------------------------------------------------------------------------


def located(frame: pl.DataFrame, record: pl.Expr, edition: Edition) -> pl.DataFrame:
    """Add `record` (the register's own locator) and `record_id` (see `record_ids`)."""
    with_record = frame.with_columns(record.alias("record"))
    return with_record.with_columns(record_ids(with_record["record"], edition))


def record_ids(records: pl.Series, edition: Edition) -> pl.Series:
    """`record_id` of each locator of this edition: 24 hex digits, with which its statements' ids begin. Null
    stays null.
    """
    prefix = f"{edition.register}|{edition.dataset}|{edition.label}|"
    return text_hashes(records, RECORD_ID_BYTES, before=prefix).alias("record_id")


def joined(*words: str | pl.Expr) -> pl.Expr:
    """Words, literal or from columns, joined by hyphens: a statement's part, or its id."""
    return pl.concat_str(*(pl.lit(word) if isinstance(word, str) else word for word in words), separator="-")


def statement_id(part: str | pl.Expr) -> pl.Expr:
    """Id of the statement for `part` of a located record. Parts are short words: `e`, `p2`, `a-e`."""
    return joined(pl.col("record_id"), part)


def statement(
    located_frame: pl.DataFrame, table: Table, edition: Edition, part: str | pl.Expr, **columns: pl.Expr
) -> pl.DataFrame:
    """One statement for each row, in exactly the schema of `table`.

    `part` is a literal, or an expression with a String for each row. Omitted columns are null. Raises
    DeclarationError if `table` does not have one of the columns, or if a non-nullable column is omitted.
    """
    provenance = {
        "statement_id": statement_id(part),
        "register": pl.lit(edition.register),
        "dataset": pl.lit(edition.dataset),
        "edition": pl.lit(edition.label),
        "file_sha256": pl.lit(edition.file_sha256),
        "record": pl.col("record"),
        "record_no": pl.col("record_no"),
    }
    values = {**provenance, **columns}
    if unknown := [name for name in values if name not in table]:
        raise DeclarationError(f"{edition.register}: table {table.name} has no column {unknown[0]}")
    if missing := [column.name for column in table if not column.nullable and column.name not in values]:
        raise DeclarationError(
            f"{edition.register}: column {missing[0]} of {table.name} may not be null; give it a value"
        )
    return located_frame.select(
        values.get(name, pl.lit(None)).cast(dtype).alias(name) for name, dtype in table.schema.items()
    )


def other_entities(
    rows: pl.DataFrame, edition: Edition, part: str | pl.Expr = "p", **stated: pl.Expr
) -> pl.DataFrame:
    """Entity statements about parties that are not entries of the register: owners of an unknown kind, unless
    `stated` gives other columns.
    """
    unless_stated = {
        "role": pl.lit("owner"),
        "is_registry_entry": pl.lit(False),
        "entity_type": pl.lit("unknownEntity"),
        "former_names": NO_TEXTS,
        "legal_form_class": pl.lit("unknown"),
        "status": pl.lit("unknown"),
        "industry_codes": NO_TEXTS,
    }
    return statement(rows, ENTITY_STATEMENT, edition, part, **{**unless_stated, **stated})


def written_addresses(
    rows: pl.DataFrame,
    edition: Edition,
    part: str | pl.Expr,
    *,
    of_statement_id: pl.Expr,
    role: pl.Expr,
    lines: Sequence[pl.Expr],
    locality: pl.Expr | None = None,
    region: pl.Expr | None = None,
    country: pl.Expr | None = None,
    country_text: pl.Expr | None = None,
    postcode_text: pl.Expr | None = None,
    care_of: pl.Expr | None = None,
    po_box: pl.Expr | None = None,
) -> pl.DataFrame:
    """Address statements of the rows with a non-blank address. of_statement_id: id of the statement that the
    address belongs to. The other arguments are as in `with_address`.
    """
    written = with_address(
        rows,
        lines=lines,
        locality=locality,
        region=region,
        country=country,
        country_text=country_text,
        postcode_text=postcode_text,
        care_of=care_of,
        po_box=po_box,
    ).filter(pl.col("a_address_text").is_not_null())
    return statement(
        written, ADDRESS_STATEMENT, edition, part, of_statement_id=of_statement_id, role=role, **ADDRESS
    )


def parsed(
    frame: pl.DataFrame,
    tables: Mapping[str, pl.DataFrame],
    *,
    ignored: pl.DataFrame | None = None,
    rejected: pl.DataFrame | None = None,
    findings: Iterable[pl.DataFrame] = (),
) -> Parsed:
    """A `Parsed` for the located records in `frame`, which are neither rejected nor ignored."""
    return Parsed(
        tables=tables,
        records=frame.select(list(RECORD_SCHEMA)),
        rejected=rejected if rejected is not None else pl.DataFrame(schema=REJECT_SCHEMA),
        ignored=ignored if ignored is not None else pl.DataFrame(schema=IGNORED_SCHEMA),
        findings=pl.concat([pl.DataFrame(schema=FINDING_SCHEMA), *findings]),
    )
