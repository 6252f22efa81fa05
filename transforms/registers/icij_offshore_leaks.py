"""Offshore entities in leaked documents, as the International Consortium of Investigative Journalists (ICIJ)
publishes them: an archive of six tables, or of five in the form of 2016.

Being listed is no sign of wrongdoing: according to ICIJ there are legitimate uses of offshore companies. One
indicator, which opens no case by itself, shows a reviewer which offshore entity has the name.

| table | becomes | part | locator |
|---|---|---|---|
| nodes-entities | entity, its number | `p`, `k` | node_id |
| nodes-officers, nodes-intermediaries, nodes-others | entity, if its name has a legal form | `p` | node_id |
| relationships, registered_address | address of the entity | `a` | both nodes, type and link |
| relationships, officer_of | relationship, interest of a company | `r`, `i` | the same, and the start |

Particulars:

- Officers and intermediaries may be natural persons, and no column says so. A node whose name has no legal
  form is left out (`may_be_a_person`), with its relationships.
- A relationship is as old as its leak: without an end date, it ends with the last year that the leak covers.
  So none of them counts as ownership today.
- ICIJ's links between similar names or addresses, and service providers, are ignored by name.
- Dates are written `23-MAR-2006`; two-digit years from 31 are in the last century (own). A date in another
  form is left out, with a finding.

The declaration is at the end.
Source: https://offshoreleaks.icij.org/pages/database and https://github.com/ICIJ/offshoreleaks-data-packages.
"""

import re
from datetime import date

import polars as pl

from transforms.formats import icij
from transforms.formats.icij import day
from transforms.model.parsing import (
    NO_TEXTS,
    coded,
    located,
    parsed,
    record_findings,
    record_ids,
    rejections,
    statement,
    statement_id,
    without,
    written_addresses,
)
from transforms.model.register import (
    DelimitedTables,
    Edition,
    Index,
    Parsed,
    PublicPage,
    Recognised,
    Register,
)
from transforms.model.source import Source
from transforms.model.statements import (
    ADDRESS_STATEMENT,
    ENTITY_STATEMENT,
    IDENTIFIER_STATEMENT,
    INTEREST_STATEMENT,
    RELATIONSHIP_STATEMENT,
)
from transforms.values.countries import country_code
from transforms.values.identifiers import is_placeholder, tidy_number

TABLES = (
    ENTITY_STATEMENT,
    ADDRESS_STATEMENT,
    IDENTIFIER_STATEMENT,
    RELATIONSHIP_STATEMENT,
    INTEREST_STATEMENT,
)
OFFICER, SEAT = "officer_of", "registered_address"
# Type of a relationship → why it is not loaded.
NOT_LOADED = {
    "intermediary_of": "intermediary",
    "connected_to": "link_of_unknown_kind",
    "underlying": "link_of_unknown_kind",
    **dict.fromkeys(
        (
            *("same_name_as", "same_name_and_registration_date_as", "same_company_as", "same_as", "similar"),
            *("same_id_as", "same_address_as", "same_intermediary_as", "similar_company_as"),
            *("probably_same_officer_as",),
        ),
        "link_drawn_by_icij",
    ),
}
# Words in the link of an officer → interest type, basis. The first that fits counts.
LINKS = (
    (r"(?i)shareholder|stockholder|owner of shares|holder of shares", "shareholding", "shares"),
    (r"(?i)beneficia|owner", "otherInfluenceOrControl", "influence"),
    (r"(?i)director|president|secretary|treasurer|officer|board|manager", "boardMember", "unknown"),
)
UNKNOWN_LINK = ("unknownInterest", "unknown")
STATUSES = (
    (r"(?i)dissol|struck|defunct|liquidated|dead|deregistered|inactivated|closed|bad debt", "dissolved"),
    (r"(?i)liquidation", "liquidation"),
    (r"(?i)\bactive|good standing|registered", "active"),
)
_NAME = re.compile(r"^(?:full-oldb|offshore_leaks_csvs?|csv_[a-z_]+)\b.*\.zip$", re.IGNORECASE)
_GENERATED = re.compile(r"^generated_on_(\d{4})(\d{2})(\d{2})\.txt$", re.IGNORECASE)
_IN_NAME = re.compile(r"(?<!\d)(20\d{2})-?(\d{2})-?(\d{2})(?!\d)")


def recognise(file_name: str, _head: bytes) -> Recognised | None:
    """By the name of the archive, or of the note in it with the date of the edition."""
    generated = _GENERATED.match(file_name)
    if not (generated or _NAME.match(file_name)):
        return None
    day = generated or _IN_NAME.search(file_name)
    return Recognised("offshore-leaks", date(int(day[1]), int(day[2]), int(day[3])) if day else None)


def declined(file_name: str, head: bytes) -> str:
    is_table = b"node_id" in head[:400] or head.startswith((b"node_1,", b'"node_1"'))
    is_one = is_table and file_name.lower().endswith(".csv")
    return "one table of the Offshore Leaks Database; put ICIJ's archive here, unchanged" if is_one else ""


# --- parsing ----------------------------------------------------------------------------------------------


def parse(frame: pl.DataFrame, edition: Edition) -> Parsed:
    """Statements of one batch, which has rows of one table. Rejects: missing_value (a node's name, or a node
    of a relationship), unknown_kind (of relationship).
    """
    table, rows = icij.today(frame)
    index = icij.settled(icij.kept(frame)) if edition.index is None else edition.index
    if table == icij.ADDRESSES:
        read = rows.select("record_no", pl.lit("read_with_its_entities").alias("reason"))
        return parsed(located(rows.clear(), pl.lit(""), edition), _filled({}), ignored=read)
    if table == icij.RELATIONSHIPS:
        return _relationships(rows, edition, index)
    return _nodes(rows, table, edition)


def _filled(made: dict[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    return {table.name: made.get(table.name, table.empty()) for table in TABLES}


def _nodes(rows: pl.DataFrame, table: str, edition: Edition) -> Parsed:
    names = ("name", "original_name", "jurisdiction_description", "ibcRUC", "company_type", "type", "status")
    dates = (
        "incorporation_date",
        "inactivation_date",
        "struck_off_date",
        "closed_date",
        "former_name",
        "address",
    )
    absent = [name for name in (*names, *dates) if name not in rows.columns]
    full = rows.with_columns(pl.lit(None, dtype=pl.String).alias(name) for name in absent)
    name = pl.coalesce("name", "original_name")
    rejected = rejections(full, [(name.is_null(), "missing_value", f"{table}.name")])
    named = without(full, rejected).with_columns(name.alias("name"))
    may_be_a_person = pl.lit(table != icij.ENTITIES) & ~icij.is_company(pl.col("name"))
    persons = named.filter(may_be_a_person).select("record_no", pl.lit("may_be_a_person").alias("reason"))
    good = located(without(named, persons), pl.col("node_id"), edition)
    made = {ENTITY_STATEMENT.name: _entities(good, table, edition)}
    if table == icij.ENTITIES:
        made[IDENTIFIER_STATEMENT.name] = _numbers(good, edition)
    return parsed(good, _filled(made), rejected=rejected, ignored=persons, findings=_odd_dates(good, table))


def _entities(good: pl.DataFrame, table: str, edition: Edition) -> pl.DataFrame:
    ended = pl.coalesce(
        *(day(pl.col(name)) for name in ("struck_off_date", "inactivation_date", "closed_date"))
    )
    status = pl.lit("unknown")
    for pattern, meaning in reversed(STATUSES):
        status = pl.when(pl.col("status").str.contains(pattern)).then(pl.lit(meaning)).otherwise(status)
    return statement(
        good,
        ENTITY_STATEMENT,
        edition,
        "p",
        role=pl.lit("subject" if table == icij.ENTITIES else "owner"),
        is_registry_entry=pl.lit(False),
        identifier_native=pl.col("ibcRUC"),
        entity_type=pl.lit("registeredEntity" if table == icij.ENTITIES else "unknownEntity"),
        name=pl.col("name"),
        former_names=pl.concat_list("former_name").list.drop_nulls(),
        jurisdiction=country_code(pl.col("jurisdiction_description")),
        legal_form=pl.coalesce("company_type", "type"),
        legal_form_class=pl.lit("unknown"),
        status=pl.when(ended.is_not_null()).then(pl.lit("dissolved")).otherwise(status.fill_null("unknown")),
        status_native=pl.col("status") if table == icij.ENTITIES else pl.lit(None),
        incorporated_on=day(pl.col("incorporation_date")),
        dissolved_on=ended,
        industry_codes=NO_TEXTS,
    )


def _numbers(good: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    country = country_code(pl.col("jurisdiction_description"))
    usable = good.filter(~is_placeholder(pl.col("ibcRUC")) & country.is_not_null())
    return statement(
        usable,
        IDENTIFIER_STATEMENT,
        edition,
        "k",
        of_statement_id=statement_id("p"),
        number=tidy_number(pl.col("ibcRUC")),
        number_native=pl.col("ibcRUC"),
        country=country,
    )


def _odd_dates(good: pl.DataFrame, table: str) -> list[pl.DataFrame]:
    names = [
        name
        for name in ("incorporation_date", "inactivation_date", "struck_off_date")
        if name in good.columns
    ]
    return [
        record_findings(
            good.filter(pl.col(name).is_not_null() & day(pl.col(name)).is_null()),
            "impossible_date",
            f"{table}.{name}",
        )
        for name in names
    ]


# --- relationships ----------------------------------------------------------------------------------------


def _relationships(rows: pl.DataFrame, edition: Edition, index: pl.DataFrame) -> Parsed:
    table = icij.RELATIONSHIPS
    known = (OFFICER, SEAT, *NOT_LOADED)
    rejected = rejections(
        rows,
        [
            (pl.col("node_id_start").is_null(), "missing_value", f"{table}.node_id_start"),
            (pl.col("node_id_end").is_null(), "missing_value", f"{table}.node_id_end"),
            (~pl.col("rel_type").is_in(known).fill_null(False), "unknown_kind", f"{table}.rel_type"),
        ],
    )
    nodes = index.select("node_id", pl.col("table").cast(pl.String), "text")
    judged = (
        without(rows, rejected)
        .join(
            nodes.drop("text").rename({"table": "of"}),
            left_on="node_id_start",
            right_on="node_id",
            how="left",
        )
        .join(nodes.rename({"table": "to"}), left_on="node_id_end", right_on="node_id", how="left")
        .sort("record_no")
        .with_columns(_fate().alias("reason"))
    )
    ignored = judged.filter(pl.col("reason").is_not_null()).select("record_no", "reason")
    start = pl.when(pl.col("rel_type") == OFFICER).then("start_date")
    locator = pl.concat_str(
        "node_id_start", "rel_type", "node_id_end", "link", start, separator="/", ignore_nulls=True
    )
    good = located(without(judged, ignored), locator, edition)
    officers = _dated(good.filter(pl.col("rel_type") == OFFICER), icij.years(index))
    made = {
        ADDRESS_STATEMENT.name: _seats(good.filter(pl.col("rel_type") == SEAT), edition),
        RELATIONSHIP_STATEMENT.name: _held(officers, edition),
        INTEREST_STATEMENT.name: _interests(officers, edition),
    }
    return parsed(good, _filled(made), rejected=rejected, ignored=ignored)


def _fate() -> pl.Expr:
    """Why a relationship is not loaded; null if it is."""
    is_seat = pl.col("rel_type") == SEAT
    return (
        pl.when(pl.col("rel_type").is_in(list(NOT_LOADED)))
        .then(coded("rel_type", NOT_LOADED))
        .when(is_seat & (pl.col("to") != icij.ADDRESSES).fill_null(True))
        .then(pl.lit("missing_node"))
        .when(is_seat & (pl.col("of") != icij.ENTITIES).fill_null(True))
        .then(pl.lit("may_be_a_person"))
        .when(is_seat & pl.col("text").is_null())
        .then(pl.lit("no_address"))
        .when(~is_seat & pl.col("of").is_null())
        .then(pl.lit("may_be_a_person"))
        .when(~is_seat & pl.col("to").is_in([icij.ADDRESSES]).fill_null(True))
        .then(pl.lit("missing_node"))
    )


def _entity_of(node: str, edition: Edition, rows: pl.DataFrame) -> pl.Series:
    """Entity statement of a node."""
    return record_ids(rows[node], edition) + "-p"


def _seats(rows: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    return written_addresses(
        rows.with_columns(_entity_of("node_id_start", edition, rows).alias("entity")),
        edition,
        "a",
        of_statement_id=pl.col("entity"),
        role=pl.lit("registered"),
        lines=[pl.col("text")],
    )


def _dated(rows: pl.DataFrame, years: pl.DataFrame) -> pl.DataFrame:
    """Add from_on, to_on (stated, else the day after the last year that the leak covers), interest and
    basis."""
    interest, basis = pl.lit(UNKNOWN_LINK[0]), pl.lit(UNKNOWN_LINK[1])
    for pattern, kind, of_basis in reversed(LINKS):
        fits = pl.col("link").str.contains(pattern)
        interest = pl.when(fits).then(pl.lit(kind)).otherwise(interest)
        basis = pl.when(fits).then(pl.lit(of_basis)).otherwise(basis)
    through = rows.join(years, left_on="sourceID", right_on="source", how="left", maintain_order="left")
    after = pl.date(pl.col("until").cast(pl.Int32) + 1, 1, 1)
    start = day(pl.col("start_date"))
    last = pl.coalesce(day(pl.col("end_date")), after)
    return through.with_columns(
        start.alias("from_on"),
        pl.when((last >= start).fill_null(True)).then(last).alias("to_on"),
        interest.alias("interest"),
        basis.alias("basis"),
    )


def _held(rows: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    ends = rows.with_columns(
        _entity_of("node_id_start", edition, rows).alias("party"),
        _entity_of("node_id_end", edition, rows).alias("subject"),
    )
    return statement(
        ends,
        RELATIONSHIP_STATEMENT,
        edition,
        "r",
        subject_statement_id=pl.col("subject"),
        party_statement_id=pl.col("party"),
        party_kind=pl.lit("entity"),
        valid_from=pl.col("from_on"),
        valid_to=pl.col("to_on"),
        is_ceased=pl.lit(True),
        is_left_censored=pl.lit(False),
    )


def _interests(rows: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    return statement(
        rows,
        INTEREST_STATEMENT,
        edition,
        "i",
        relationship_statement_id=statement_id("r"),
        interest_type=pl.col("interest"),
        native_code=pl.col("link").fill_null(OFFICER),
        basis=pl.col("basis"),
        reach=pl.lit("unknown"),
        share_min_exclusive=pl.lit(False),
        share_max_exclusive=pl.lit(False),
    )


REGISTER = Register(
    name="icij_offshore_leaks",
    title="Offshore Leaks Database",
    publisher="International Consortium of Investigative Journalists",
    territory="world",
    url="https://offshoreleaks.icij.org/pages/database",
    licence="Open Database License 1.0; contents CC BY-SA 3.0; cite ICIJ",
    cadence="once or twice a year",
    kind="snapshot",
    identifier_scheme="",
    expected_rows="about 5,357,000 in six tables, 814,616 of them entities (2026-09-09)",
    description="Offshore companies in leaked documents, with companies that held or ran them at the time. "
    "Being listed is no sign of wrongdoing.",
    roles=("leaks",),
    partial_roles=("owners",),
    source=Source(
        "https://offshoreleaks-data.icij.org/offshoreleaks/csv/full-oldb.LATEST.zip", on_request=True
    ),
    reader=DelimitedTables((icij.FULL, tuple(icij.OF_2016)), beside=icij.BESIDE),
    fields=icij.FIELDS,
    tables=TABLES,
    recognise=recognise,
    declined=declined,
    parse=parse,
    index=Index(icij.kept, icij.settled),
    public_page=PublicPage(r"(?P<node>\d+)", "https://offshoreleaks.icij.org/nodes/{node}"),
)
