"""Records that state an official number. If the name agrees, the record is of that company; otherwise the
company is a candidate.
"""

import polars as pl

from transforms.model.sql import Connection, read_sql
from transforms.resolution.batches import write_batches
from transforms.resolution.companies.names import with_company_name
from transforms.resolution.companies.numbers import highest_first_digit
from transforms.resolution.judgements import registrar_numbers, write_ids
from transforms.values.identifiers import GB_COH, is_beyond_gb_coh, is_dummy_number
from transforms.values.names import (
    NAME_AGREEMENT_MIN,
    company_name_key,
    for_each_distinct,
    names_similarity,
)

# (own) If more names than this state one number, the number is no evidence, even where names are similar. The
# name of a large owner has a dozen spellings or so.
SHARED_NAMES_MAX = 50
SHARED_NUMBERS_SQL = f"""
select candidate_id
from entity_row
where method = 'record' and candidate_id is not null
group by candidate_id
having count(*) > {SHARED_NAMES_MAX}
order by candidate_id
"""
# Registers that take a company's number from the Dutch trade register, with its name on the day of the deed
# or answer, but without former names. Source: Kadaster, questions and answers on the link of BRK with the
# Handelsregister, 3 August 2016.
LINKED = ("nl_brk", "nl_kvk_dataservice")
IS_CLAIM = "not (s.is_registry_entry and s.identifier is not null)"
LIMITS = {"names_max": str(SHARED_NAMES_MAX), "agreement_min": str(NAME_AGREEMENT_MIN)}
EARLIEST_SQL = """
create or replace temp view claim_earliest as
select * from claim_record
where row_no in (select anchor_no from claim_placed where method = 'record')
"""


def write_claims(connection: Connection, id_key: bytes) -> None:
    """Write `claim_row` (RESOLUTION): records that name an entity outside its own register.

    If the names agree, the party is the company of that number. Otherwise the record gets a party of its own,
    with that company as candidate, unless the number looks made up.
    """
    records = read_sql(__package__, "entity_records", condition=IS_CLAIM)
    connection.execute(f"create or replace temp table claim_source as {records}")
    # An owner of many titles has the same spelling on most of them.
    key = for_each_distinct(company_name_key, pl.col("name")).alias("name_key")
    keys = (key, _is_nobodys(connection), *registrar_numbers())
    write_batches(
        connection, "claim_source", "claim_record", lambda rows: rows.with_columns(*keys).drop("name")
    )
    connection.execute("drop table claim_source")
    _write_known_names(connection)
    connection.execute(read_sql(__package__, "claim_pair"))
    write_batches(connection, "claim_pair", "claim_similarity", _compared)
    for name in ("claim_agreement", "claim_placed"):
        connection.execute(read_sql(__package__, name, **LIMITS))
    connection.execute(EARLIEST_SQL)
    write_ids(connection, "claim_earliest", "claim_party", "UT-E-", id_key)
    connection.execute(read_sql(__package__, "claim_row"))


def _write_known_names(connection: Connection) -> None:
    """Write `known_name` (org_id, known_key, verified): names that the company registers and LINKED give for
    the stated numbers, in any edition.
    """
    connection.execute(read_sql(__package__, "registered_names"))
    key = company_name_key(pl.col("name")).alias("known_key")
    write_batches(
        connection, "registered_name", "registered_key", lambda names: names.select("org_id", key).unique()
    )
    linked = ", ".join(f"'{register}'" for register in LINKED)
    connection.execute(read_sql(__package__, "known_name", linked=linked))


def _compared(pairs: pl.DataFrame) -> pl.DataFrame:
    """Add similarity (0 to 1). For numbers of KBO or KVK, names that differ only in their legal form agree,
    because KBO leaves the form out.
    """
    country = pl.col("org_id").str.extract(r"^(BE-BCE|NL-KVK)").str.head(2).str.to_lowercase()
    local = pairs.with_columns(country.alias("country")).filter(pl.col("country").is_not_null())
    cores = [
        with_company_name(local.select("country", pl.col(name).alias("name")), in_front=True)["core"]
        for name in ("name_key", "known_key")
    ]
    alike = local.filter(cores[0] == cores[1])["row_no"]
    similarity = names_similarity(pairs["name_key"], pairs["known_key"])
    return pairs.with_columns(
        pl.when(pl.col("row_no").is_in(alike.implode())).then(1.0).otherwise(similarity).alias("similarity")
    )


def _is_nobodys(connection: Connection) -> pl.Expr:
    """is_nobodys: whether a UK number looks made up, or is not issued yet. It counts only if its register
    holds it.
    """
    number = pl.col("org_id").str.extract(rf"^{GB_COH}-(.+)$", 1)
    is_beyond = is_beyond_gb_coh(number, highest_first_digit(connection))
    return (is_dummy_number(number) | is_beyond).fill_null(False).alias("is_nobodys")


def shared_numbers(connection: Connection) -> list[str]:
    """Numbers, in order, that more than SHARED_NAMES_MAX records state although their names do not agree.

    Reads `entity_row`.
    """
    return [number for (number,) in connection.sql(SHARED_NUMBERS_SQL).fetchall()]
