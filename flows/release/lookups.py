"""The table `row_of` says where the rows for one id are, like an index kept as a table, and the macro
`rows_of` reads it. Names have tables too: `name_of` has each name of a legal entity once, prepared for
comparison, for a search that reads all of them; `person_word` says in which natural persons' names a word
occurs, and `address_word` and `sale_word` in which addresses.

A table is stored in key order, and only in that order can DuckDB skip rows that cannot hold an id. Any other
column is read to its end, which takes seconds on a country. DuckDB's own index would have to be in memory to
be built and to be read. `row_of` is sorted by its ids and spills. These tables say nothing that others do not
say, so they are in no hash, and no view shows them.

`row_of` holds the first 64 bits of each id's MD5. For some 100,000 rows DuckDB keeps the first eight bytes of
the least and greatest text, in which ids are alike (GB-COH-01498301 is GB-COH-0), but all of a number. MD5 is
the same in every version of DuckDB, and `hash` is not. Among 30 million ids, one question in some 600,000
million meets the hash of another id. For the same reason some tables are looked up here by the key that they
are sorted by.
"""

from collections.abc import Collection, Mapping
from functools import reduce
from typing import NamedTuple

from flows.home.warehouse import identifier, literal
from transforms.errors import UsageError
from transforms.model.sql import Connection, read_sql
from transforms.model.statements import Table
from transforms.model.views import RELEASE_TABLES
from transforms.values.addresses.number_words import words_of
from transforms.values.names import UNDECOMPOSED

NAME_OF = "name_of"
# Table of names → the tables that it reads.
NAMES = {
    NAME_OF: ("company", "entity", "other_name", "proprietorship"),
    "person_word": ("person",),
    "distinct_person_word": ("person_word",),
    "address_word": ("address", "property", "title", "title_address"),
    "sale_word": ("transaction",),
}
NOT_ASCII = "not in ASCII"  # no word, because words are in capitals
_SINGLE = {letter: plain for letter, plain in UNDECOMPOSED.items() if len(plain) == 1}
_SINGLE_SQL = f"translate(name, '{''.join(_SINGLE)}', '{''.join(_SINGLE.values())}')"
_SEVERAL_SQL = reduce(
    lambda sql, pair: f"replace({sql}, '{pair[0]}', '{pair[1]}')",
    ((letter, plain) for letter, plain in UNDECOMPOSED.items() if letter not in _SINGLE),
    _SINGLE_SQL,
)
_FOLDED = f"strip_accents({_SEVERAL_SQL})"
# A name in capitals, without accents (as `transforms.values.names.folded`), points and apostrophes, which few
# have; null where it is still not in ASCII: it is compared with every name asked for then.
PLAIN = f"""case
        when strlen(name) <> length(name)
        then if(
            strlen({_FOLDED}) = length({_FOLDED}), translate(upper({_FOLDED}), '.''`', ''), null
        )
        when contains(name, '.') or contains(name, '''') or contains(name, '`')
        then translate(upper(name), '.''`', '')
        else upper(name)
    end"""
ROW_OF, ROW_OF_BEFORE = "row_of", "row_of_before"
LOOKED_UP = "looked_up"  # table of the sources whose rows `row_of` has, or would have
TABLE_SQL = f"create table {ROW_OF} (source varchar, id_hash ubigint, row_no bigint)"
# `md5_number` has a sign in DuckDB 1.2.2; its low 64 bits, the first of the MD5, are the same in all.
HASH = "cast(md5_number({}) & 18446744073709551615 as ubigint)"
# The rows come from a list, of which DuckDB expects few: it reads those rows of the table, and never hashes
# the table first. Without any id, or any row, it would read them all: so there is an id that nothing has, and
# a row.
MACRO_SQL = f"""
create macro rows_of(source_name, ids) as table
select unnest(coalesce((
    select list(row_no)
    from {ROW_OF}
    where source = source_name
        and id_hash in (
            select {HASH.format("coalesce(given, '')")}
            from (select unnest(coalesce(nullif(ids, []), [''])) as given)
        )
), [-1])) as row_no
"""
# Capitals and digits, as `transforms.values.identifiers.tidy_number`.
TIDY = r"upper(regexp_replace(regexp_replace(trim({}), '^([0-9]+)\.0+$', '\1'), '[^0-9A-Za-z]', '', 'g'))"


class Lookup(NamedTuple):
    """A table, what its rows are looked up by, which rows, and what else is read for it."""

    table: str
    id: str
    condition: str = "true"
    reads: tuple[str, ...] = ()


# Source → lookup.
LOOKUPS: Mapping[str, Lookup] = {
    **{
        f"{table}.{column}": Lookup(table, column)
        for table, columns in {
            "case_member": ("subject_id",),
            "company": ("address_id", "company_id"),
            "directed_set": ("subject_id",),
            "entity": ("entity_id",),
            "flag": ("case_id", "subject_id"),
            "flow": ("payee_id", "payer_id"),
            "graph_control": ("subject_id",),
            "graph_control_group": ("subject_id",),
            "graph_edge": ("subject_id",),
            "graph_integrated": ("subject_id",),
            "graph_ubo": ("party_id", "subject_id"),
            "listing": ("party_id",),
            "proprietorship": ("party_id", "title_id"),
            "resolution": ("candidate_id",),
            "title": ("title_id",),
            "title_address": ("address_id", "property_id", "title_id"),
            "transaction": ("property_id",),
        }.items()
        for column in columns
    },
    # Sales of no known property; the others are found by the property of their address or postcode.
    **{
        f"transaction.{column}": Lookup("transaction", column, "property_id is null")
        for column in ("address_id", "postcode")
    },
    "flag.flag_id": Lookup("flag", "flag_id", "case_id is not null"),
    "interest.party_id": Lookup("interest", "party_id", "is_open"),
    "interest.subject_id": Lookup("interest", "subject_id", "is_open"),
    "relationship.subject_id": Lookup("relationship", "subject_id", "is_open"),
    "relationship.ended": Lookup("relationship", "subject_id", "is_open is distinct from true"),
    # A number that may be given without its scheme, of a register other than Companies House, whose own are
    # tried with theirs.
    "entity.foreign_number": Lookup(
        "entity",
        TIDY.format("regexp_extract(entity_id, '^[A-Z]{2}-[A-Z_0-9]+-(.*)$', 1)"),
        "not starts_with(entity_id, 'UT-') and not starts_with(entity_id, 'GB-COH-')",
    ),
    # Numbers of three digits or more in a name.
    "name_of.number": Lookup(
        NAME_OF,
        "unnest(regexp_extract_all(translate(name, '.''’`´', ''), '[0-9]{3,}'))",
        "regexp_matches(name, '[0-9]')",
        NAMES[NAME_OF],
    ),
    # Of a proprietor whose number on the title is of no known register.
    "proprietorship.number_native": Lookup(
        "proprietorship", TIDY.format("number_native"), "starts_with(party_id, 'UT-')"
    ),
}


def _parts() -> Mapping[str, str]:
    """What the queries of NAMES have in common."""
    plain = {"plain": PLAIN, "not_ascii": literal(NOT_ASCII)}
    words = read_sql("flows.release.sql", "words_of_text", **plain, full_words=_full_words())
    return {**plain, "words_of_text": words}


def _full_words() -> str:
    """Pairs of SQL: a short word of an address, and its full form."""
    anywhere, last = words_of("anywhere"), words_of("last")
    full = {word: last.get(anywhere.get(word, word), anywhere.get(word, word)) for word in anywhere | last}
    return ", ".join(f"({literal(word)}, {literal(text)})" for word, text in full.items())


def store_lookups(
    connection: Connection, declared: Mapping[str, Table], kept: Collection[str] = frozenset()
) -> None:
    """Create tables of names, `row_of` of the tables that are declared, and `rows_of`.

    `kept`: tables that are unchanged since the previous release; ROW_OF_BEFORE has their rows.
    """
    stored, parts = set(declared), _parts()
    for name, reads in NAMES.items():
        if stored.issuperset(reads):
            if name not in kept:
                connection.execute(read_sql("flows.release.sql", name, **parts))
            stored.add(name)
    connection.execute(TABLE_SQL)
    sources = {source: one for source, one in sorted(LOOKUPS.items()) if {one.table, *one.reads} <= stored}
    connection.execute(f"create table {LOOKED_UP} as select unnest({list(sources)}::varchar[]) as source")
    for source, lookup in sources.items():
        before = f"select * from {ROW_OF_BEFORE} where source = {literal(source)}"
        is_kept = {lookup.table, *lookup.reads} <= set(kept)
        connection.execute(f"insert into {ROW_OF} {before if is_kept else _rows(source)}")
    connection.execute(f"drop table if exists {ROW_OF_BEFORE}")
    connection.execute(MACRO_SQL)
    meaning = "from rows_of(source, ids): Numbers of the rows (rowid) that hold one of the ids in a column."
    connection.execute(f"comment on macro table rows_of is {literal(meaning)}")


def _rows(source: str) -> str:
    """Query of the rows of `row_of` of a source, by their ids."""
    table, id_, condition, _ = LOOKUPS[source]
    looked_up = f"select {id_} as id, rowid as row_no from {identifier(table)} where {condition}"
    hashed = f"select {HASH.format('id')} as id_hash, row_no from ({looked_up}) where id is not null"
    return f"select {literal(source)}, id_hash, row_no from ({hashed} order by id_hash, row_no)"


# --- releases of before -------------------------------------------------------------------------------------


# DuckDB's own list of columns would bind every view.
HELD_SQL = f"""
select "view", "column" from v_dictionary
union all
select table_name, 'source' from duckdb_tables() where table_name = {literal(LOOKED_UP)}
"""


def require_todays_views(connection: Connection) -> None:
    """Raises UsageError if the release lacks a current view, column or lookup because an earlier version made
    it.
    """
    held = set(connection.execute(HELD_SQL).fetchall())
    wanted = {(table.view, name) for table in RELEASE_TABLES.values() for name in table.names}
    if missing := sorted((wanted | {(LOOKED_UP, "source")}) - held):
        raise _of_before(".".join(missing[0]))
    stored = {source for (source,) in connection.execute(f"from {LOOKED_UP}").fetchall()}
    if sources := sorted(LOOKUPS.keys() - stored):
        raise _of_before(f"lookup by {sources[0]}")


def _of_before(missing: str) -> UsageError:
    return UsageError(
        f"the current release has no {missing}: it was made by an earlier version. Run the night again. "
        "Until then the pages that the earlier version wrote are in reports/, and `undertow sql` reads the "
        "release"
    )
