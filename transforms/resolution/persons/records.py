"""Records of persons, read batch by batch: a country's persons with all that is stated of them do not fit in
a frame.
"""

import polars as pl

from transforms.marts import MASS_SEATS_N
from transforms.model.sql import Connection, frame, read_sql
from transforms.resolution.judgements import ANCHOR
from transforms.resolution.persons.features import FEATURES, birth, is_whole_name, person_features
from transforms.values.addresses import in_unit_sql
from transforms.values.addresses.low_countries import NL_POSTCODE
from transforms.values.addresses.postcodes import UK_POSTCODE_SPACED, in_care_sql, only_fills_sql
from transforms.values.names import person_name_key

BATCH_ROWS = 200_000
BATCH_SQL = "select * from person_source where row_no >= {0} and row_no < {0} + {1} order by row_no"


def read_persons(connection: Connection) -> pl.DataFrame:
    """row_no, statement_id, edition, ANCHOR and person_key of each record, in order of row_no.

    person_key: name, month of birth and address; null where too little is stated, or the person is protected
    or listed. Writes the table `person_feature`, with what is compared of each record.
    """
    source = read_sql(
        __package__,
        "person_source",
        mass_seats_n=str(MASS_SEATS_N),
        household_postcode=f"{UK_POSTCODE_SPACED}|{NL_POSTCODE}",
        in_listed_unit=in_unit_sql("a.unit_key", "l.unit_key"),
        only_fills=only_fills_sql("a.address_text"),
        in_care=in_care_sql("a.care_of", "a.address_text"),
    )
    connection.execute(source)
    connection.execute(read_sql(__package__, "person_feature"))
    ((rows_n,),) = connection.sql("select count(*) from person_source").fetchall()
    persons = []
    for start in range(0, max(rows_n, 1), BATCH_ROWS):
        batch = frame(connection, BATCH_SQL.format(start, BATCH_ROWS))
        compared = _compared(batch)
        connection.register("person_batch", compared.to_arrow())
        connection.execute("insert into person_feature select * from person_batch")
        persons.append(_keyed(batch, compared))
    connection.execute("drop table person_source")
    return pl.concat(persons)


def _compared(persons: pl.DataFrame) -> pl.DataFrame:
    """Rows of `person_feature`. Listed persons are screened and never merged; protected ones have no name."""
    known = persons.filter("is_known", ~pl.col("is_listed"))
    own = known.select("row_no", "statement_id", pl.col("address_id").alias("address"), "postcode")
    return (
        pl.concat([own, person_features(known)], how="horizontal")
        .filter(pl.col("surname").is_not_null())
        .select(*own.columns, *FEATURES)
    )


def _keyed(persons: pl.DataFrame, compared: pl.DataFrame) -> pl.DataFrame:
    """`persons` with person_key, for those whose name is whole: twins who are both A Smith share a home and a
    birthday.
    """
    name = person_name_key(pl.col("full_name"), pl.col("forename"), pl.col("middle_names"), pl.col("surname"))
    month = birth(pl.col("birth_year"), pl.col("birth_month"))
    key = pl.concat_str(name, *month, "address_id", separator="|")
    whole = compared.filter(is_whole_name())["row_no"]
    person_key = pl.when(pl.col("row_no").is_in(whole.implode())).then(key).alias("person_key")
    return persons.select(pl.col("row_no").cast(pl.UInt32), "statement_id", "edition", *ANCHOR, person_key)
