"""Watch-list screening: parties of the registers that may be on a list.

The result is candidates with score and reason; nothing is merged. A person is a candidate if year and month
of birth agree and two parts of the name do, or the whole name however it is divided. An entity is a candidate
if a registration number and its country agree, or if its name is distinctive and resolution gave the listed
entity as its candidate. `is_strong` is the threshold of indicator LNK-010: every part of the shorter name
agrees, with year and month of birth; or number and country.

Parties are screened only against lists of other registers, and only against current listings. Placeholders
are not compared as numbers, and a name of one part is not compared. A candidate that was judged to be
somebody else is left out.

Scale: both sides become 64-bit keys, made of the skeletons (`name_parts`) of any two parts of a name with
year and month of birth. The millions of keys of the lists are sorted once; the registers' persons are read in
batches, and only those with a key of a list are kept. Keys may collide, so every pair is then compared in
full. Source of the blocking by hashed keys: Christen, Data Matching (2012), chapter 4.
"""

from collections.abc import Callable
from itertools import combinations

import numpy as np
import numpy.typing as npt
import polars as pl

from transforms.model.sql import Connection, frame, read_sql
from transforms.model.views import SCREENING
from transforms.resolution.batches import write_batches
from transforms.resolution.companies.numbers import national_number
from transforms.resolution.judgements import NEGATIVE, judged_records, of_rows, place_key
from transforms.resolution.lists.name_parts import agreement, letters_of, parts_of, skeleton
from transforms.values.identifiers import VAT, can_identify, is_placeholder, tidy_number
from transforms.values.names import company_name_key, names_similarity

SCREENED_CLASSES = ("sanction", "sanction_linked", "pep", "pep_linked", "debarment", "regulatory")
# (own) A registration number with fewer digits, without leading zeros, is too common to identify an entity.
NUMBER_DIGITS_MIN = 4
OWN_FORM = ("be", "nl")  # countries whose numbers are compared as their registers write them
# (own) Weight in the score of how well the shorter name agrees, and of how much of the longer name it covers.
PART_WEIGHT, REST_WEIGHT = 0.8, 0.2
NUMBER_SCORE, NAME_WEIGHT = 0.9, 0.1  # (own) score of number and country alone, and what the names add

PARTIES_SQL = "select statement_id, party_id from resolution semi join met using (statement_id)"
# A pair of different registers and parties: nobody is screened against itself.
IS_OTHER = (pl.col("register") != pl.col("register_listed")) & (
    pl.col("party_id") != pl.col("party_id_listed")
)
CLASSES = ", ".join(f"'{name}'" for name in SCREENED_CLASSES)


def screen(connection: Connection, judgements: pl.DataFrame) -> pl.DataFrame:
    """The `screening` mart, in the schema of SCREENING: one row for each pair of a party in a register and a
    party on a list, by their strongest pair of records.

    Reads the marts `listing` and `resolution`, the statement tables and `edition_in_use`. `judgements`
    (JUDGEMENT): a negative one on any record of each clears the candidate.
    """
    strongest = (
        pl.concat([_persons(connection), _entities(connection), _named(connection)])
        .join(_cleared(connection, judgements), on=SCREENING.key, how="anti")
        .sort(
            "party_id",
            "listed_party_id",
            "is_strong",
            "score",
            "party_statement_id",
            "listed_statement_id",
            "reason",
            descending=[False, False, True, True, False, False, False],
        )
    )
    return SCREENING.conformed(strongest.unique(SCREENING.key, keep="first", maintain_order=True)).sort(
        SCREENING.key
    )


def _cleared(connection: Connection, judgements: pl.DataFrame) -> pl.DataFrame:
    """party_id, listed_party_id, in both orders: pairs of parties with two records that were judged to be of
    different parties.
    """
    negative = judgements.filter(verdict=NEGATIVE)
    connection.register("judged_record", judged_records(negative).to_arrow())
    rows = (
        frame(connection, read_sql(__package__, "judged_records"))
        .with_columns(place_key(pl.col("role"), pl.col("name")))
        .with_row_index("row_no")
    )
    party_of = rows["party_id"].to_list()
    pairs = [(party_of[first], party_of[other]) for first, other in of_rows(negative, rows).negative]
    return pl.DataFrame(
        sorted({*pairs, *(pair[::-1] for pair in pairs)}),
        schema=dict.fromkeys(SCREENING.key, pl.String),
        orient="row",
    )


def _met_in(connection: Connection, screened: str, met: Callable[[pl.DataFrame], pl.DataFrame]) -> None:
    """Write `screened_met`: the result of `met` for the rows of the query `screened`, in batches."""
    numbered = f"select row_number() over () - 1 as row_no, * from ({screened})"
    connection.execute(f"create or replace temp table screened as {numbered}")
    write_batches(connection, "screened", "screened_met", met)
    connection.execute("drop table screened")


def _with_party(connection: Connection, met: pl.DataFrame) -> pl.DataFrame:
    """Add party_id. `met`: the few records that may match somebody on a list."""
    connection.register("met", met.select("statement_id").to_arrow())
    return met.join(frame(connection, PARTIES_SQL), on="statement_id", how="inner")


# --- persons --------------------------------------------------------------------------------------

COMPARED = {"register": pl.String, "statement_id": pl.String, "name": pl.String}
KEYED = {"row": pl.UInt32, "key": pl.UInt64}
# In this order the rows of one name are in one batch, so that its keys are made once.
NAMES_SQL = "select distinct name, birth_year, birth_month from screened_person order by all"
MET_PERSONS_SQL = """
select p.register, p.statement_id, p.name, m.key
from screened_person p
join screened_met m using (name, birth_year, birth_month)
"""


def _persons(connection: Connection) -> pl.DataFrame:
    listed = _each_birth(frame(connection, read_sql(__package__, "listed_names", classes=CLASSES)))
    births = listed.select("birth_year", "birth_month").unique().sort("birth_year", "birth_month")
    connection.register("listed_birth", births.to_arrow())
    wanted = _keyed(listed)
    keys = wanted["key"].unique().sort().to_numpy()
    if not len(keys):
        return SCREENING.empty()
    connection.execute(read_sql(__package__, "screened_persons"))
    _met_in(connection, NAMES_SQL, lambda batch: _met(batch, keys))
    met = frame(connection, MET_PERSONS_SQL)
    rows = listed.select("party_id", *COMPARED).with_row_index("row")
    pairs = (
        _with_party(connection, met)
        .join(wanted, on="key", how="inner")
        .join(rows, on="row", how="inner", suffix="_listed")
        .drop("key", "row")
    )
    return _compared(
        pairs.filter(IS_OTHER)
        .unique()
        .sort("party_id", "party_id_listed", "statement_id", "statement_id_listed", "name", "name_listed")
    )


def _each_birth(listed: pl.DataFrame) -> pl.DataFrame:
    """One row for each name and month of birth. Records with only a year of birth are left out."""
    first = pl.when(pl.col("birth_month").is_not_null()).then(
        pl.concat_str("birth_year", pl.lit("-"), pl.col("birth_month").cast(pl.String).str.zfill(2))
    )
    every = pl.concat_list(pl.concat_list(first), pl.col("further_births").fill_null([])).list.drop_nulls()
    each = listed.select(
        "party_id", "register", "statement_id", "name", every.list.unique().alias("birth")
    ).explode("birth")
    return each.filter(pl.col("birth").str.len_chars() == len("1978-08")).select(
        "party_id",
        "register",
        "statement_id",
        "name",
        pl.col("birth").str.head(4).cast(pl.Int64).alias("birth_year"),
        pl.col("birth").str.tail(2).cast(pl.Int64).alias("birth_month"),
    )


def _met(names: pl.DataFrame, keys: npt.NDArray[np.uint64]) -> pl.DataFrame:
    """name, birth_year, birth_month, key: one row for each of their keys that a list has. keys: sorted."""
    keyed = _keyed(names)
    own = keyed["key"].to_numpy()
    at = np.minimum(np.searchsorted(keys, own), len(keys) - 1)
    return (
        keyed.filter(pl.Series(keys[at] == own, dtype=pl.Boolean))
        .join(names.drop("row_no").with_row_index("row"), on="row", how="inner")
        .drop("row")
    )


def _keyed(names: pl.DataFrame) -> pl.DataFrame:
    """KEYED: for each row, the keys of its name: the skeletons of two parts in alphabetical order, or the
    letters of the whole name, with year and month of birth. Each distinct name is processed once.
    """
    once = names["name"].drop_nulls().unique()
    blocks = [_blocks_of(name) for name in once.to_list()]
    of_name = pl.DataFrame(
        {
            "name": once.gather(np.repeat(np.arange(len(blocks)), [len(each) for each in blocks])),
            "block": pl.Series([block for each in blocks for block in each], dtype=pl.String),
        }
    )
    text = pl.concat_str("block", "birth_year", "birth_month", separator="|")
    return (
        names.with_row_index("row")
        .join(of_name, on="name", how="inner")
        .select("row", text.hash(7).alias("key"))
        .select(pl.col(name).cast(kind) for name, kind in KEYED.items())
    )


def _blocks_of(name: str) -> list[str]:
    """Pairs of skeletons, and the letters of the whole name (`letters_of`)."""
    parts = parts_of(name)
    pairs = {" ".join(pair) for pair in combinations(sorted(map(skeleton, parts)), 2)}
    return sorted(pairs | ({letters_of(parts)} if parts else set()))


def _compared(pairs: pl.DataFrame) -> pl.DataFrame:
    """SCREENING rows of pairs that share a key, with what agrees."""
    rows = [_judged(name, other) for name, other in pairs.select("name", "name_listed").iter_rows()]
    judged = pl.DataFrame(
        rows,
        schema={
            "score": pl.Float64,
            "reason": pl.String,
            "is_strong": pl.Boolean,
            "is_candidate": pl.Boolean,
        },
        orient="row",
    )
    return _rows(pl.concat([pairs, judged], how="horizontal").filter("is_candidate"), "person")


def _judged(name: str, other: str) -> tuple[float, str, bool, bool]:
    """score, reason, is_strong, is_candidate (at least two parts agree) for two names with the same month of
    birth.
    """
    names = agreement(name, other)
    of_shorter = names.agreeing * names.similarity / max(names.shorter_n, 1)
    score = PART_WEIGHT * of_shorter + REST_WEIGHT * names.agreeing / max(names.longer_n, 1)
    spelled = "" if names.similarity == 1 else ", in other spellings"
    parts = f"{names.agreeing} of the {names.shorter_n} parts of the shorter name agree{spelled}"
    return round(score, 6), f"{parts}; so do birth year and month", names.is_whole, names.agreeing >= 2


def _rows(pairs: pl.DataFrame, kind: str) -> pl.DataFrame:
    return SCREENING.conformed(
        pairs.select(
            "party_id",
            pl.col("party_id_listed").alias("listed_party_id"),
            pl.lit(kind).alias("party_kind"),
            "score",
            "reason",
            "is_strong",
            pl.col("statement_id").alias("party_statement_id"),
            pl.col("statement_id_listed").alias("listed_statement_id"),
        )
    )


# --- entities -------------------------------------------------------------------------------------


NUMBER = ("bare", "country")
NUMBERS_SQL = "select distinct number, country from screened_entity"
MET_ENTITIES_SQL = """
select s.register, s.statement_id, s.name, s.country, m.bare
from screened_entity s
join screened_met m using (number, country)
"""


def _entities(connection: Connection) -> pl.DataFrame:
    """Candidates whose number and country agree. Leading zeros are not compared."""
    numbers = frame(connection, read_sql(__package__, "listed_numbers", classes=CLASSES, vat=VAT))
    listed = _numbered(numbers).drop("number")
    if not listed.height:
        return SCREENING.empty()
    connection.register("listed_country", listed.select("country").unique().sort("country").to_arrow())
    connection.execute(read_sql(__package__, "screened_entities", vat=VAT))
    _met_in(connection, NUMBERS_SQL, lambda batch: _numbered(batch, listed).drop("row_no"))
    met = frame(connection, MET_ENTITIES_SQL)
    pairs = _with_party(connection, met).join(listed, on=NUMBER, how="inner", suffix="_listed")
    return _numbers_judged(
        pairs.filter(IS_OTHER).sort(
            "party_id", "party_id_listed", "statement_id", "statement_id_listed", "bare"
        )
    )


def _named(connection: Connection) -> pl.DataFrame:
    """Candidates whose name and country agree. They are not strong, because names are not unique."""
    return SCREENING.conformed(frame(connection, read_sql(__package__, "named_candidates", classes=CLASSES)))


def _numbered(entities: pl.DataFrame, listed: pl.DataFrame | None = None) -> pl.DataFrame:
    """Add bare: the number in capitals and digits without leading zeros; a Dutch or Belgian number as its
    register writes it (`BE 0403.170.701` is 0403170701).

    Placeholders, numbers that are too short and those that are not in `listed` are left out.
    """
    country = pl.when(pl.col("country").is_in(OWN_FORM)).then("country")
    bare = entities.with_columns(national_number(pl.col("number"), country, None).alias("bare"))
    wanted = bare if listed is None else bare.join(listed, on=NUMBER, how="semi")
    return wanted.filter(
        ~is_placeholder(pl.col("number")) & can_identify(tidy_number(pl.col("number")), NUMBER_DIGITS_MIN)
    )


def _numbers_judged(pairs: pl.DataFrame) -> pl.DataFrame:
    keys = pairs.select(
        company_name_key(pl.col("name")).alias("name"), company_name_key(pl.col("name_listed")).alias("other")
    )
    alike = names_similarity(keys["name"], keys["other"])
    judged = pairs.with_columns(
        (NUMBER_SCORE + NAME_WEIGHT * alike).round(6).alias("score"),
        pl.format("registration number and country agree; the names are alike to {}", alike.round(2)).alias(
            "reason"
        ),
        pl.lit(True).alias("is_strong"),
    )
    return _rows(judged, "entity")
