"""KBO Open Data: the tables of one edition joined by number.

An edition is a full file and the updates since. Each of its files states the number of its extract. An update
lists the entities whose rows it deletes from a table, and has all present rows of those entities.

Source: Cookbook KBO Open Data, FPS Economy.
"""

from collections.abc import Callable, Mapping
from itertools import pairwise

import polars as pl

from transforms.errors import BlockedEdition
from transforms.model.parsing import NATURAL_PERSON, coded
from transforms.model.register import table_of
from transforms.values.identifiers import be_kbo, kbo_checked

ENTERPRISE, ESTABLISHMENT, BRANCH = "enterprise", "establishment", "branch"
CODE, META, DELETE = "code", "meta", "_delete"
# Table → its column with the number of the entity.
NUMBERS = {
    "enterprise": "EnterpriseNumber",
    "establishment": "EstablishmentNumber",
    "branch": "Id",
    "denomination": "EntityNumber",
    "address": "EntityNumber",
    "activity": "EntityNumber",
    "contact": "EntityNumber",
}
TABLES = (*NUMBERS, CODE, META)
FULL = TABLES
UPDATE = (
    *(f"{table}{DELETE}" for table in NUMBERS),
    *(f"{table}_insert" for table in NUMBERS),
    CODE,
    META,
)
LEGAL_PERSON = "2"
TYPES = {"0": "unknown_type", "1": NATURAL_PERSON}  # of enterprises that are not loaded
MAIN_NAME = "001"
FIRST_ESTABLISHMENT = 2_000_000_000  # enterprises have lower numbers, branches higher ones
FORM, LANGUAGES = "JuridicalForm", {"NL": 0, "FR": 1, "DE": 2, "EN": 3}

# What rows of an edition need from other rows. table: of the row. number: of its entity. of: enterprise of an
# establishment or branch. text: name, type of enterprise, or a code's words. activities: of an enterprise.
KEPT: dict[str, pl.DataType] = {
    "table": pl.Enum([*TABLES, *(f"{table}{DELETE}" for table in NUMBERS)]),
    "number": pl.Int64(),
    "part_no": pl.Int64(),
    "of": pl.Int64(),
    "text": pl.String(),
    "code": pl.String(),
    "activities": pl.List(pl.Categorical()),
}


def table_in(frame: pl.DataFrame) -> str:
    """The table of a batch."""
    return next(filter(None, map(table_of, frame.columns)))


def number_in(table: str) -> pl.Expr:
    """The number of the entity of each row of a table, as an integer; null if it is not a number."""
    column = f"{table}.{NUMBERS[table.removesuffix(DELETE)]}"
    return kbo_number(pl.col(column)).cast(pl.Int64)


def kbo_number(number: pl.Expr) -> pl.Expr:
    """A number of an enterprise, establishment or branch as ten digits; null if its check digits are
    wrong."""
    return kbo_checked(number.str.replace_all(".", "", literal=True))


def kept(frame: pl.DataFrame) -> pl.DataFrame:
    """KEPT rows of one batch."""
    table = table_in(frame)
    if table.endswith(DELETE):
        rows = frame.select(number_in(table).alias("number"), "part_no").unique(maintain_order=True)
    elif table in _KEPT_OF:
        rows = _KEPT_OF[table](frame)
    else:
        rows = frame.select("part_no").clear()
    return _whole(rows.with_columns(pl.lit(table, dtype=KEPT["table"]).alias("table")))


def _sites(frame: pl.DataFrame) -> pl.DataFrame:
    table = table_in(frame)
    enterprise = be_kbo(pl.col(f"{table}.EnterpriseNumber")).cast(pl.Int64).alias("of")
    return frame.select(number_in(table).alias("number"), "part_no", enterprise)


def _names(frame: pl.DataFrame) -> pl.DataFrame:
    """The main name of each enterprise: its first social name in the file."""
    number = number_in("denomination").alias("number")
    name, kind = pl.col("denomination.Denomination"), pl.col("denomination.TypeOfDenomination")
    language = pl.col("denomination.Language").alias("code")
    rows = frame.select(number, "part_no", name.alias("text"), language, kind.str.zfill(3).alias("kind"))
    return rows.filter(pl.col("number") < FIRST_ESTABLISHMENT, pl.col("kind") == MAIN_NAME).drop("kind")


def _activities(frame: pl.DataFrame) -> pl.DataFrame:
    """The activities of each enterprise. A code of 2008 or later is first in its text, because the divisions
    have had the same numbers since; for a code of 2003 the year is first.
    """
    version, code, kind = (
        pl.col(f"activity.{name}") for name in ("NaceVersion", "NaceCode", "Classification")
    )
    text = (
        pl.when(version == "2003")
        .then(pl.format("{} {} {}", version, code, kind))
        .otherwise(pl.format("{} {} {}", code, version, kind))
    )
    number = number_in("activity").alias("number")
    rows = frame.select(number, "part_no", text.cast(pl.Categorical).alias("activities"))
    of_enterprises = rows.filter(pl.col("number") < FIRST_ESTABLISHMENT)
    return of_enterprises.group_by("number", "part_no", maintain_order=True).agg(
        pl.col("activities").unique(maintain_order=True)
    )


def _codes(frame: pl.DataFrame) -> pl.DataFrame:
    """Words of the legal forms. number: rank of the language in LANGUAGES."""
    order = pl.col("code.Language").replace_strict(LANGUAGES, default=9, return_dtype=pl.Int64)
    rows = frame.filter(pl.col("code.Category") == FORM)
    return rows.select(
        order.alias("number"),
        "part_no",
        pl.col("code.Description").alias("text"),
        pl.col("code.Code").alias("code"),
    )


_KEPT_OF: Mapping[str, Callable[[pl.DataFrame], pl.DataFrame]] = {
    ENTERPRISE: lambda frame: frame.select(
        number_in(ENTERPRISE).alias("number"), "part_no", pl.col("enterprise.TypeOfEnterprise").alias("code")
    ),
    ESTABLISHMENT: _sites,
    BRANCH: _sites,
    "denomination": _names,
    "activity": _activities,
    CODE: _codes,
    META: lambda frame: frame.select(
        "part_no", pl.col("meta.Variable").alias("code"), pl.col("meta.Value").alias("text")
    ),
}


def settled(kept: pl.DataFrame) -> pl.DataFrame:
    """KEPT, one row each: enterprises (code: type; text: main name; activities), establishments, branches,
    codes and, for each table, the numbers that updates deleted (part_no: of the last such update).

    Names and activities are those of legal persons. Raises BlockedEdition: extract_gap.
    """
    check_extracts(kept.filter(pl.col("table") == META))
    deleted = _deleted(kept)
    activities = (
        _live(kept, deleted, "activity", "activities")
        .group_by("number")
        .agg(pl.col("activities").explode(empty_as_null=False).unique())
    )
    is_legal = pl.col("code") == LEGAL_PERSON
    enterprises = (
        _once(_live(kept, deleted, ENTERPRISE, "code"))
        .join(_once(_live(kept, deleted, "denomination", "text")), on="number", how="left")
        .join(activities, on="number", how="left")
        .with_columns(pl.when(is_legal).then("text"), pl.when(is_legal).then("activities"))
    )
    sites = [_once(_live(kept, deleted, table, "of")) for table in (ESTABLISHMENT, BRANCH)]
    codes = kept.filter(pl.col("table") == CODE)
    last = codes.filter(pl.col("part_no") == pl.col("part_no").max())
    words = last.sort("number", maintain_order=True).unique("code", keep="first", maintain_order=True)
    return pl.concat([_whole(rows) for rows in (enterprises, *sites, words, deleted)])


def _live(kept: pl.DataFrame, deleted: pl.DataFrame, table: str, column: str) -> pl.DataFrame:
    """The rows of a table that no later part deletes, with one column."""
    of_table = kept.lazy().filter(pl.col("table") == table)
    rows = of_table.select("table", "number", "part_no", column).collect()
    return without_deleted(rows, deleted) if deleted.height else rows


def _once(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.unique("number", keep="first", maintain_order=True)


def _whole(rows: pl.DataFrame) -> pl.DataFrame:
    """KEPT, with nulls for the columns that the rows lack."""
    nulls = (pl.lit(None, dtype=dtype).alias(name) for name, dtype in KEPT.items() if name not in rows)
    return rows.with_columns(nulls).select(pl.col(name).cast(dtype) for name, dtype in KEPT.items())


def _deleted(kept: pl.DataFrame) -> pl.DataFrame:
    is_delete = pl.col("table").cast(pl.String).str.ends_with(DELETE)
    deletes = kept.filter(is_delete, pl.col("number").is_not_null())
    return deletes.sort("part_no").unique(("table", "number"), keep="last", maintain_order=True)


def without_deleted(rows: pl.DataFrame, deleted: pl.DataFrame) -> pl.DataFrame:
    """Rows (table, number, part_no) without those that a later part deletes."""
    ends = deleted.select(
        pl.col("table").cast(pl.String).str.strip_suffix(DELETE).cast(KEPT["table"]),
        "number",
        pl.col("part_no").alias("deleted_in"),
    )
    joined = rows.join(ends, on=("table", "number"), how="left", maintain_order="left")
    is_live = pl.col("deleted_in").is_null() | (pl.col("deleted_in") < pl.col("part_no"))
    return joined.filter(is_live).drop("deleted_in")


def check_extracts(meta: pl.DataFrame) -> None:
    """Raise BlockedEdition unless the files of an edition are a full one and the updates since, in order."""
    each = meta.sort("part_no").group_by("part_no", maintain_order=True).agg("code", "text")
    files = [dict(zip(names, values, strict=True)) for _, names, values in each.iter_rows()]
    for number, file in enumerate(files):
        wanted = "update" if number else "full"
        if (file.get("ExtractType") or "").lower() != wanted:
            raise BlockedEdition(
                "extract_type",
                f"be_kbo: extract {file.get('ExtractNumber') or 'without a number'} is not of type {wanted} "
                "according to its meta.csv; fetch a full file again",
            )
    stated = [file.get("ExtractNumber") or "" for file in files]
    numbers = [int(text) if text.isdecimal() else 0 for text in stated]
    for before, number in pairwise(numbers):
        if number != before + 1:
            raise BlockedEdition(
                "extract_gap",
                f"be_kbo: the update to extract {number} follows extract {before} and not {number - 1}; "
                f"fetch the full file of extract {number} or a later one",
            )


# --- one batch -------------------------------------------------------------------------------------------


def judged(rows: pl.DataFrame, table: str, index: pl.DataFrame) -> pl.DataFrame:
    """Add `of` (the enterprise of each row), `fate` (why the row is not loaded), and the enterprise's name
    and activities.
    """
    is_table = pl.col("table")
    deleted = index.filter(is_table == f"{table}{DELETE}").select(
        "number", pl.col("part_no").alias("deleted_in")
    )
    sites = index.filter(is_table.is_in([ESTABLISHMENT, BRANCH])).select("number", "of")
    enterprises = index.filter(is_table == ENTERPRISE).select(
        pl.col("number").alias("of"), pl.col("code").alias("type"), pl.col("text").alias("name"), "activities"
    )
    joined = (
        rows.join(deleted, on="number", how="left", maintain_order="left")
        .join(sites, on="number", how="left", maintain_order="left")
        .with_columns(pl.coalesce("of", "number").alias("of"))
        .join(enterprises, on="of", how="left", maintain_order="left")
    )
    fate = (
        pl.when(pl.col("deleted_in") > pl.col("part_no"))
        .then(pl.lit("deleted"))
        .when(pl.col("type").is_null())
        .then(pl.lit("no_enterprise"))
        .when(pl.col("type") != LEGAL_PERSON)
        .then(coded("type", TYPES, "unknown_type"))
        .otherwise(_fate_of(table))
    )
    return joined.with_columns(fate.alias("fate"))


def _fate_of(table: str) -> pl.Expr:
    """Why a row of a legal person does not become a statement: its content is in another one, or it is an
    address that the register struck off.
    """
    match table:
        case "branch":
            return pl.lit("in_its_enterprise")
        case "denomination":
            is_main = pl.col("denomination.TypeOfDenomination").str.zfill(3) == MAIN_NAME
            is_name = is_main & (pl.col("number") == pl.col("of"))
            return pl.when(is_name & (pl.col("denomination.Denomination") == pl.col("name"))).then(
                pl.lit("in_its_enterprise")
            )
        case "address":
            return pl.when(pl.col("address.DateStrikingOff").is_not_null()).then(pl.lit("struck_off"))
        case _:
            return pl.lit(None, dtype=pl.String)


def locator(table: str) -> pl.Expr:
    number = pl.col("number").cast(pl.String).str.zfill(10)
    match table:
        case "denomination":
            kind = pl.col("denomination.TypeOfDenomination").str.zfill(3)
            return pl.format("{} {} {}", number, kind, pl.col("denomination.Language").fill_null("0"))
        case "address":
            return pl.format("{} {}", number, pl.col("address.TypeOfAddress").fill_null("none"))
        case _:
            return number
