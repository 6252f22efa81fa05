"""ICIJ's Offshore Leaks Database: the tables of its two forms, and what rows need from other rows.

The form of 2016 has other names of tables and columns, and no periods of relationships; it is converted to
the present form.
"""

import re

import polars as pl

from transforms.model.layout import SourceField
from transforms.model.register import BATCH_COLUMNS, table_of

ADDRESSES, ENTITIES = "nodes-addresses", "nodes-entities"
OFFICERS, INTERMEDIARIES, OTHERS = "nodes-officers", "nodes-intermediaries", "nodes-others"
RELATIONSHIPS = "relationships"
NODES = (ADDRESSES, ENTITIES, INTERMEDIARIES, OFFICERS, OTHERS)
FULL = (*NODES, RELATIONSHIPS)
# Table of 2016 → present table.
OF_2016 = {
    "addresses": ADDRESSES,
    "entities": ENTITIES,
    "intermediaries": INTERMEDIARIES,
    "officers": OFFICERS,
    "all_edges": RELATIONSHIPS,
}
EDGES_OF_2016 = {"node_1": "node_id_start", "node_2": "node_id_end"}
BESIDE = r"generated_on_\d{8}\.txt|readme.*|disclaimer.*"  # members of the archive that are not tables

# (own) A name with a legal form is a company's; any other name may be a natural person's.
COMPANY_NAME = (
    r"(?i)\b(?:LTD|LIMITED|PLC|LLP|LLC|L\.L\.C|INC|INCORPORATED|CORP|CORPORATION|GMBH"
    r"|S\.?A\.?R\.?L|S\.?R\.?L|LTDA|PTE|PTY|BHD|A/S|ANSTALT|STIFTUNG|ASBL|COMPANY)\b\.?"
)
# (own) Short forms may be surnames or initials (Zelda Sa Zedson; Zedson, A.G.). They count in capitals, as
# the last word before any bracket, and neither after one word and a comma nor after a particle of a surname
# (de Sa).
_SHORT_FORM = r"(?:A\.?G|B\.?V|N\.?V|S\.?A|S\.?[Pp]\.?A|O[Yy])\.?\s*(?:\(.*)?$"
COMPANY_NAME_SHORT = rf"\s{_SHORT_FORM}"
PERSON_NAME_SHORT = rf"(?:^[^\s,]+,|\b(?i:d[aeo]s?|e))\s*{_SHORT_FORM}"

_IDENTITY = "number of the node in the leak's own database"
_COMMON = {
    "countries": "",
    "country_codes": "the country as a code, which its name repeats",
    "sourceID": "",
    "valid_until": "",
    "note": "free text, which may name a person",
}


def _fields(table: str, columns: dict[str, str]) -> tuple[SourceField, ...]:
    return tuple(
        SourceField(
            f"{table}.{name}",
            ignored=why,
            required=name in ("node_id", "rel_type"),
            mandatory=name == "node_id",
        )
        for name, why in columns.items()
    )


COLUMNS = {
    ADDRESSES: {"node_id": "", "address": "", "name": "repeats the address", "icij_id": _IDENTITY, **_COMMON},
    ENTITIES: {
        "node_id": "",
        "name": "",
        "original_name": "",
        "former_name": "",
        "jurisdiction": "the leak's own code, which the description repeats",
        "jurisdiction_description": "",
        "company_type": "",
        "address": "",
        "internal_id": _IDENTITY,
        "incorporation_date": "",
        "inactivation_date": "",
        "struck_off_date": "",
        "dorm_date": "when it became dormant; no column of the model holds it",
        "status": "",
        "service_provider": "who served it, as the source of the leak says",
        "ibcRUC": "",
        **_COMMON,
    },
    INTERMEDIARIES: {
        "node_id": "",
        "name": "",
        "status": "whether it still served the source of the leak",
        "internal_id": _IDENTITY,
        "address": "of the intermediary, which may be a person's",
        **_COMMON,
    },
    OFFICERS: {
        "node_id": "",
        "name": "",
        "icij_id": _IDENTITY,
        **_COMMON,
        "countries": "where the officer is, which is not read",
    },
    OTHERS: {
        "node_id": "",
        "name": "",
        "type": "",
        "incorporation_date": "",
        "struck_off_date": "",
        "closed_date": "",
        "jurisdiction": "the leak's own code, which the description repeats",
        "jurisdiction_description": "",
        **_COMMON,
    },
    RELATIONSHIPS: {
        "node_id_start": "",
        "node_id_end": "",
        "rel_type": "",
        "link": "",
        "status": "whether ICIJ itself checked the link",
        "start_date": "",
        "end_date": "",
        "sourceID": "",
    },
}
FIELDS = (
    *(field for table, columns in COLUMNS.items() for field in _fields(table, columns)),
    *(
        field
        for table, today in OF_2016.items()
        if today != RELATIONSHIPS
        for field in _fields(table, COLUMNS[today])
    ),
    *_fields("all_edges", {"node_1": "", "rel_type": "", "node_2": ""}),
)


def today(frame: pl.DataFrame) -> tuple[str, pl.DataFrame]:
    """The table of a batch, and the batch with the table's present column names."""
    named = next(filter(None, map(table_of, frame.columns)))
    table = OF_2016.get(named, named)

    def rename(name: str) -> str:
        column = name.partition(".")[2]
        return name if name in BATCH_COLUMNS else EDGES_OF_2016.get(column, column)

    plain = frame.rename({name: rename(name) for name in frame.columns})
    absent = (
        pl.lit(None, dtype=pl.String).alias(name) for name in COLUMNS[table] if name not in plain.columns
    )
    return table, plain.with_columns(*absent)


# --- what the rows of an edition know of each other -------------------------------------------------------

# table: of the node. text: of an address. source: the leak. until: the last year that the leak covers.
KEPT: dict[str, pl.DataType] = {
    "table": pl.Enum(NODES),
    "node_id": pl.String(),
    "text": pl.String(),
    "source": pl.Categorical(),
    "until": pl.Int16(),
}


def is_company(name: pl.Expr) -> pl.Expr:
    is_short = name.str.contains(COMPANY_NAME_SHORT) & ~name.str.contains(PERSON_NAME_SHORT)
    return (name.str.contains(COMPANY_NAME) | is_short).fill_null(False)


def kept(frame: pl.DataFrame) -> pl.DataFrame:
    """KEPT rows of one batch: nodes that become entities, and addresses."""
    table, rows = today(frame)
    if table == RELATIONSHIPS:
        return pl.DataFrame(schema=KEPT)
    if table not in (ADDRESSES, ENTITIES):
        rows = rows.filter(is_company(pl.col("name")))
    text = pl.col("address") if table == ADDRESSES else pl.lit(None, dtype=pl.String)
    columns = {
        "table": pl.lit(table),
        "node_id": pl.col("node_id"),
        "text": text,
        "source": pl.col("sourceID"),
        "until": pl.col("valid_until").str.extract(r"\b((?:19|20)\d{2})\b", 1),
    }
    return rows.select(columns[name].cast(dtype).alias(name) for name, dtype in KEPT.items())


def settled(kept_rows: pl.DataFrame) -> pl.DataFrame:
    """The first row of each node, with the last year that its source covers."""
    latest = pl.col("until").max().over("source")
    return kept_rows.with_columns(latest.alias("until")).unique("node_id", keep="first", maintain_order=True)


def years(index: pl.DataFrame) -> pl.DataFrame:
    """source (String) and until: the last year that each leak covers."""
    return index.group_by(pl.col("source").cast(pl.String)).agg(pl.col("until").max()).drop_nulls()


# --- dates ------------------------------------------------------------------------------------------------

CENTURY_FROM = 31  # (own) two-digit years from here on are in the last century
DAY = r"^(\d{1,2})[-/ ]([A-Za-z]{3})[-/ ](\d{2}|\d{4})$"
MONTHS = {
    name: f"{n:02}" for n, name in enumerate(re.findall("...", "JANFEBMARAPRMAYJUNJULAUGSEPOCTNOVDEC"), 1)
}


def day(text: pl.Expr) -> pl.Expr:
    """`23-MAR-2006`, `23-Mar-06` or `2006-03-23`; null for anything else."""
    year = text.str.extract(DAY, 3)
    late = (
        pl.when(year.cast(pl.Int32, strict=False) >= CENTURY_FROM).then(pl.lit("19")).otherwise(pl.lit("20"))
    )
    month = (
        text.str.extract(DAY, 2)
        .str.to_uppercase()
        .replace_strict(MONTHS, default=None, return_dtype=pl.String)
    )
    whole = pl.when(year.str.len_chars() == 2).then(pl.concat_str(late, year)).otherwise(year)
    written = pl.concat_str(whole, month, text.str.extract(DAY, 1).str.zfill(2), separator="-")
    iso = text.str.extract(r"^(\d{4}-\d{2}-\d{2})(?:$|[ T])", 1)
    return pl.coalesce(written, iso).str.to_date("%Y-%m-%d", strict=False)
