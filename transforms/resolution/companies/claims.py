"""Records that state an official number: theirs where the name agrees, else its holder is a candidate."""

import polars as pl

from transforms.model.sql import Connection, frame, read_sql
from transforms.model.views import RESOLUTION
from transforms.resolution.companies.numbers import highest_first_digit
from transforms.resolution.judgements import LOCATOR, anchor_ids, registrar_links
from transforms.values.identifiers import GB_COH, is_beyond_gb_coh, is_dummy_number
from transforms.values.names import NAME_AGREEMENT_MIN, company_name_key, names_similarity

# (own) Names that state one number, beyond which the number is no evidence, however alike some of the names
# are. A large owner is written in some dozen ways.
SHARED_NAMES_MAX = 50
SHARED_NUMBERS_SQL = f"""
select candidate_id
from entity_row
where method = 'record' and candidate_id is not null
group by candidate_id
having count(*) > {SHARED_NAMES_MAX}
order by candidate_id
"""
IS_CLAIM = "not (s.is_registry_entry and s.identifier is not null)"


def write_entities(connection: Connection, claims: pl.DataFrame) -> None:
    """Write `entity_row`: `claims` (RESOLUTION), and the entries of company registers."""
    connection.register("claim_row", claims.to_arrow())
    connection.execute(read_sql(__package__, "entity_row"))


def claim_rows(connection: Connection, id_key: bytes) -> pl.DataFrame:
    """Records that name an entity elsewhere than in its own register. Columns as RESOLUTION.

    The party is the number where the names agree; else a party of its own, with the number's holder as a
    candidate. A number that anybody writes is then none.
    """
    claims = (
        frame(connection, read_sql(__package__, "entity_records", condition=IS_CLAIM))
        .with_columns(company_name_key(pl.col("name")).alias("name_key"), _is_nobodys(connection))
        .with_row_index("row_no")
    )
    rows = claims.join(
        _agreement(claims, _known_names(claims, _registered_names(connection))),
        on=["org_id", "name_key"],
        how="left",
        nulls_equal=True,
        maintain_order="left",
    )
    agrees = pl.col("similarity").fill_null(0.0) >= NAME_AGREEMENT_MIN
    by_name = (
        pl.when("verified").then(pl.lit("identifier_and_name")).otherwise(pl.lit("identifier_unverified"))
    )
    method = pl.when(agrees).then(by_name).otherwise(pl.lit("record")).alias("method")
    return _with_parties(rows.with_columns(method, _same_record().alias("anchor_no")), id_key)


def _with_parties(rows: pl.DataFrame, id_key: bytes) -> pl.DataFrame:
    on_its_own = pl.col("method") == "record"
    linked = _with_links(rows, on_its_own)
    ids = anchor_ids(linked, linked.filter(on_its_own)["anchor_no"], "UT-E-", id_key)
    own = pl.when(on_its_own)
    is_another = pl.col("org_id").ne_missing(pl.col("linked_id"))
    return RESOLUTION.conformed(
        linked.join(ids, on="anchor_no", how="left").with_columns(
            own.then(pl.coalesce("linked_id", "party_id")).otherwise("org_id").alias("party_id"),
            own.then(pl.coalesce("linked_method", "method")).otherwise("method").alias("method"),
            own.then(pl.coalesce("linked_score", pl.lit(0.0))).otherwise("similarity").alias("score"),
            pl.when(on_its_own & ~pl.col("is_nobodys") & is_another).then("org_id").alias("candidate_id"),
        )
    )


def _registered_names(connection: Connection) -> pl.DataFrame:
    """org_id, known_key: names that the company registers give to the numbers stated, in any edition."""
    return (
        frame(connection, read_sql(__package__, "registered_names"))
        .select("org_id", company_name_key(pl.col("name")).alias("known_key"))
        .unique()
    )


def _known_names(claims: pl.DataFrame, registered: pl.DataFrame) -> pl.DataFrame:
    """org_id, known_key, verified: the registers' names; of a number that none holds, the earliest record's
    name.
    """
    named = claims.filter(pl.col("org_id").is_not_null() & pl.col("name_key").is_not_null())
    others = named.join(registered, on="org_id", how="anti", maintain_order="left")
    earliest = others.unique("org_id", keep="first", maintain_order=True).select(
        "org_id", pl.col("name_key").alias("known_key")
    )
    return pl.concat([registered.with_columns(verified=True), earliest.with_columns(verified=False)])


def _agreement(claims: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """org_id, name_key, similarity (best over the known names), verified: every number and name stated
    together.
    """
    pairs = (
        claims.filter(pl.col("org_id").is_not_null())
        .select("org_id", "name_key", "is_nobodys")
        .unique()
        .join(known, on="org_id", how="inner")
    )
    similarity = names_similarity(pairs["name_key"], pairs["known_key"]).alias("similarity")
    return (
        pairs.with_columns(similarity)
        .with_columns(_lowered())
        .group_by("org_id", "name_key")
        .agg(pl.col("similarity").max(), pl.col("verified").max())
    )


def _lowered() -> pl.Expr:
    """The similarity, 0 where the number says nothing.

    Of a number that too many names state, only the name that its register gives it counts. A number that
    anybody writes, such as 1 or 02345678, or that no register has come to yet, says nothing unless a register
    held has it.
    """
    is_shared = pl.col("name_key").n_unique().over("org_id") > SHARED_NAMES_MAX
    is_its_own = pl.col("verified") & (pl.col("name_key") == pl.col("known_key"))
    says_nothing = (is_shared & ~is_its_own) | (pl.col("is_nobodys") & ~pl.col("verified"))
    return pl.when(says_nothing.fill_null(False)).then(0.0).otherwise("similarity").alias("similarity")


def _is_nobodys(connection: Connection) -> pl.Expr:
    """is_nobodys: whether a number is none of the UK's unless its register holds it."""
    number = pl.col("org_id").str.extract(rf"^{GB_COH}-(.+)$", 1)
    is_beyond = is_beyond_gb_coh(number, highest_first_digit(connection))
    return (is_dummy_number(number) | is_beyond).fill_null(False).alias("is_nobodys")


def shared_numbers(connection: Connection) -> list[str]:
    """Numbers that more than SHARED_NAMES_MAX records state without being their holder, in order.

    Reads `entity_row`.
    """
    return [number for (number,) in connection.sql(SHARED_NUMBERS_SQL).fetchall()]


def _with_links(rows: pl.DataFrame, on_its_own: pl.Expr) -> pl.DataFrame:
    """Add linked_id, linked_method, linked_score, and make anchor_no one, for parties that several registers
    have from one record of the registrar's.

    linked_id: the number that agrees with the name in one of them, where there is one such number;
    linked_method and linked_score: how it agrees there. anchor_no: the earliest record of those that are on
    their own.
    """
    party, is_linked = ("link", "part"), pl.col("link").is_not_null()
    numbered = pl.when(~on_its_own)
    number = numbered.then("org_id")
    known = pl.when(is_linked & (number.drop_nulls().n_unique().over(party) == 1))
    earliest = pl.when(on_its_own).then("anchor_no").min().over(party)
    return rows.with_columns(registrar_links(rows)).with_columns(
        known.then(number.min().over(party)).alias("linked_id"),
        known.then(numbered.then("method").min().over(party)).alias("linked_method"),
        known.then(numbered.then("similarity").max().over(party)).alias("linked_score"),
        pl.when(is_linked & on_its_own).then(earliest).otherwise("anchor_no").alias("anchor_no"),
    )


def _same_record() -> pl.Expr:
    """row_no of the earliest edition's record of the same party.

    The locator of an owner or an arrangement is its own for life. That of a proprietor is a place on a title,
    which another may take: there the name must be the same too.
    """
    name = (
        pl.when(pl.col("role") == "proprietor").then(pl.col("name_key").fill_null("")).otherwise(pl.lit(""))
    )
    return pl.col("row_no").min().over(*LOCATOR, name)
