"""Records of companies without a usable number, the companies that they may be, and what is stated beside
their names.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from transforms.marts import MASS_SEATS_N
from transforms.model.sql import Connection, frame, read_sql
from transforms.resolution.batches import batches, write_batches
from transforms.resolution.companies.names import beginnings, with_company_name
from transforms.resolution.companies.numbers import highest_first_digit, national_number
from transforms.values.addresses import in_unit_sql
from transforms.values.addresses.postcodes import UK_POSTCODE_SPACED, in_care_sql, only_fills_sql
from transforms.values.identifiers import VAT
from transforms.values.names import ONE_SPELLING

# Legal form class → kind of body. Only records of one kind, or of no kind known, may be one body.
KIND_OF_CLASS: Mapping[str, str] = {
    "company": "company",
    "guarantee_company": "company",
    "plc": "company",
    "llp": "llp",
    "limited_partnership": "partnership",
    "society": "society",
    "cio": "cio",
    "royal_charter": "charter",
    "european_form": "company",
    "overseas_entity": "overseas",
    "overseas_company": "overseas",
}
PUBLIC = ("state", "stateBody")
# A proprietor that the land registry calls a corporate body. It is not a company, partnership or society,
# because the registry has other words for those.
OTHER_BODY = "body"
# The number in an entry's org-id, as `national_number` writes those of its country.
NATIONAL = r"^(?:NL-KVK|BE-BCE_KBO)-(.+)$"
# Only names in a register that begin like the core of a record's name are read: with its first
# BEGINNING_CHARS characters, or with the whole of a shorter core and a blank (`ACME ` for Acme, because ACME
# LIMITED begins so).
BEGINNING_CHARS = 6
IS_ALONE = "c.method = 'record' and starts_with(c.party_id, 'UT-E-')"  # the party has no number
UNRESOLVED_SQL = f"""
create or replace temp table unresolved as
select c.statement_id, c.party_id, {IS_ALONE} and c.candidate_id is null as is_open
from claim_row c
where is_open or c.method <> 'record'
"""
OWN_NAMES_SQL = """
create or replace temp table own_name as
with named as (
    select distinct s.name, split_part(s.jurisdiction, '-', 1) as country
    from entity_statement s
    join unresolved o using (statement_id)
    where o.is_open and s.name is not null
)
select row_number() over () - 1 as row_no, * from named
"""


# SQL: a name as `company_name_key` writes it, except the spelling of legal forms, with a blank at its end.
LETTERS = "regexp_replace(upper(strip_accents(replace({name}, '&', ' AND '))), '[.''`]', '', 'g')"
WORDS = f"regexp_replace({LETTERS}, '[^A-Z0-9]+', ' ', 'g')"
PLAIN = f"regexp_replace(trim({WORDS}) || ' ', '^THE ([^ ])', '\\1')"
# Names that are not ASCII without their accents (ß, Ø, Cyrillic) have several spellings. They are few, so all
# of them are read.
IS_PLAIN = "regexp_full_match(strip_accents({name}), '[ -~]*')"
# Names with a legal form in their first letters have several spellings too.
FORM_BEGINS = rf"regexp_matches({{plain}}, '^.?.?.?.?.?\b(?:{'|'.join(ONE_SPELLING)})\b')"
BEGINS = " or ".join(
    (
        FORM_BEGINS,
        *(
            f"left({{plain}}, {length}) in (select beginning from name_beginning)"
            for length in range(2, BEGINNING_CHARS + 1)
        ),
    )
)


@dataclass(frozen=True)
class Beside:
    """What records state beside a name.

    places: statement_id, address_country, unit, postcode. vats: statement_id, vat, org_id (null for a record
    without a number).
    """

    places: pl.DataFrame
    vats: pl.DataFrame


def stated_beside(connection: Connection, records: pl.DataFrame) -> Beside:
    connection.execute(read_sql(__package__, "seats_of_many", mass_seats_n=str(MASS_SEATS_N)))
    vats = frame(connection, read_sql(__package__, "vat_numbers", vat=VAT))
    return Beside(addresses(connection, records), vats)


def addresses(connection: Connection, rows: pl.DataFrame) -> pl.DataFrame:
    """statement_id, address_country, unit, postcode of the statements in `rows`.

    Reads `seat_of_many`, which `stated_beside` writes.
    """
    wanted = rows.select("statement_id").unique().sort("statement_id")
    connection.register("address_wanted", wanted.to_arrow())
    query = read_sql(
        __package__,
        "linking_addresses",
        in_care=in_care_sql("a.care_of", "a.address_text"),
        only_fills=only_fills_sql("a.address_text"),
        in_listed_unit=in_unit_sql("m.unit_key", "l.unit_key"),
        uk_postcode=UK_POSTCODE_SPACED,
    )
    return frame(connection, query)


def open_records(connection: Connection) -> pl.DataFrame:
    """Named records in `claim_row` whose party has neither a number nor a candidate (`is_open`), and records
    that state a number and have a name that begins like one of theirs.

    In order of their anchors, with core, form, is_distinct, kind, number (`numbers`) and seq.
    """
    connection.execute(UNRESOLVED_SQL)
    connection.execute(OWN_NAMES_SQL)
    named = (with_company_name(batch, in_front=True) for batch in batches(connection, "own_name"))
    own = pl.concat(batch.select("core", "country") for batch in named).unique()
    connection.register("name_beginning", beginnings(own, BEGINNING_CHARS).to_frame().to_arrow())
    connection.execute(_begins_alike("open_records", "s."))
    is_other_body = (pl.col("role") == "proprietor") & (pl.col("legal_form_class") == "other")
    is_public = pl.col("entity_type").is_in(PUBLIC)
    kind = pl.when(is_public).then(pl.lit("public")).when(is_other_body).then(pl.lit(OTHER_BODY))
    names = ("statement_id", "party_id", "is_open", "role", "spoken_on", "subdivision")
    stated = (
        kind.otherwise(_kind()).alias("kind"),
        national_number(
            pl.col("identifier_native"), pl.col("country"), highest_first_digit(connection)
        ).alias("number"),
    )
    return _with_core(connection, "open_record", own, names, stated).with_row_index("seq")


def _with_core(
    connection: Connection, table: str, own: pl.DataFrame, names: Sequence[str], stated: Sequence[pl.Expr]
) -> pl.DataFrame:
    """`names`, `stated`, country, core, form, is_distinct of a table's rows whose name has a core of `own`.

    The rows kept are written back to DuckDB, because a frame of them would keep its whole batch in memory.
    """
    cores = own.select("core").unique()

    def kept(batch: pl.DataFrame) -> pl.DataFrame:
        named = with_company_name(batch, in_front=True).join(cores, on="core", how="semi")
        return named.select("row_no", *names, *stated, "country", "core", "form", "is_distinct")

    write_batches(connection, table, "with_core", kept)
    return frame(connection, "select * exclude (row_no) from with_core order by row_no")


def _begins_alike(name: str, table: str = "") -> str:
    """The query `name`, for names that begin like one in `name_beginning`."""
    column = {"name": f"{table}name"}
    return read_sql(
        __package__,
        name,
        is_plain=IS_PLAIN.format(**column),
        plain_name=PLAIN.format(**column),
        begins_alike=f"({BEGINS.format(plain=f'{table}plain')})",
    )


def _kind() -> pl.Expr:
    return pl.col("legal_form_class").replace_strict(KIND_OF_CLASS, default=None, return_dtype=pl.String)


def entries(connection: Connection, own: pl.DataFrame) -> pl.DataFrame:
    """Names of registers' entries that have the core of a record in `own`. Columns as `stated_companies`,
    without statement_id.
    """
    for statement in (_begins_alike("entry_names"), read_sql(__package__, "entries")):
        connection.execute(statement)
    names = ("org_id", "target_id", "is_present", "incorporated_on", "dissolved_on")
    unstated = pl.lit(None, dtype=pl.String).alias("subdivision")
    number = pl.col("org_id").str.extract(NATIONAL).alias("number")
    stated = (_kind().alias("kind"), pl.lit(True).alias("is_entry"), number, unstated)
    return _with_core(connection, "entry", own, names, stated)


def stated_companies(records: pl.DataFrame) -> pl.DataFrame:
    """Companies whose number records state.

    Columns: org_id, statement_id, target_id, core, form, country, subdivision, kind, number, is_present,
    incorporated_on, dissolved_on, is_entry.
    """
    stated = records.filter(~pl.col("is_open") & pl.col("country").is_not_null())
    return stated.select(
        pl.col("party_id").alias("org_id"),
        "statement_id",
        pl.col("statement_id").alias("target_id"),
        *("core", "form", "country", "subdivision", "kind", "number"),
        pl.lit(False).alias("is_present"),
        pl.lit(None, dtype=pl.Date).alias("incorporated_on"),
        pl.lit(None, dtype=pl.Date).alias("dissolved_on"),
        pl.lit(False).alias("is_entry"),
    )


def registered_names(own: pl.DataFrame, entries: pl.DataFrame) -> pl.DataFrame:
    """core, country of names that are in a register of the country. For a record without a country (null), a
    register of any country counts.
    """
    known = entries.select("core", "country").unique()
    unstated = own.filter(pl.col("country").is_null()).select("core", "country").unique()
    return pl.concat([known, unstated.join(known, on="core", how="semi")])
