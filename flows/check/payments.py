"""A payment run before it goes out: the ledger's file judged by the rules of the night, on the release in
force.

The run takes the place of planned payments that the release holds. The indicators that planned payments count
for are assessed again with it, and what they say of its payees is shown, with the flags on watch lists.
"""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from flows.home.mappings import own_registers
from flows.home.processes import command_folder
from flows.home.settings import Home
from flows.ingest import lake
from flows.ingest.landing import look
from flows.ingest.parse import ingest
from flows.release.lookups import require_todays_views
from transforms.errors import BlockedEdition, UsageError
from transforms.flags.sentences import with_sentences
from transforms.flags.states import find_states
from transforms.language import language
from transforms.model.indicator import LANES, Indicator, indicators
from transforms.model.languages import ENGLISH
from transforms.model.register import registers
from transforms.model.sql import Connection, frame, read_sql

CODES = ("PUB-020", "PUB-170", "PUB-180", "PUB-190")
HELD_COLUMNS = ("lane", "indicator", "payee_id", "payee", "amount", "currency", "explanation")


@dataclass(frozen=True)
class PaymentRun:
    """What is said of a run. held: HELD_COLUMNS, the gravest first. lines_n, known_n: planned lines, and
    those whose payee is known; rejected_n: lines that could not be read.
    """

    held: pl.DataFrame
    lines_n: int
    known_n: int
    rejected_n: int


def check_payments(home: Home, connection: Connection, file: Path, account_key: bytes) -> PaymentRun:
    """Judge a file. Raises UsageError where no mapping reads it, or it is refused as a whole."""
    require_todays_views(connection)
    lines, rejected_n = _read(home, file, account_key)
    _add_to_release(connection, lines)
    as_of = frame(connection, "select as_of from v_release").item()
    totals = frame(
        connection,
        "select payee_id, min(payee_name) as payee, sum(amount) as amount, currency from payment_run "
        "where status = 'planned' and payee_id is not null group by payee_id, currency",
    )
    ids = totals["payee_id"].unique().to_list()
    listed = frame(connection, read_sql(__package__, "payment_flags"), {"ids": ids})
    # One that is switched off is none of the night's.
    of_night = frame(
        connection, "select code from v_indicator where code in (select unnest($codes))", {"codes": CODES}
    )
    judged = [_flagged(connection, indicators()[code], ids, as_of) for code in of_night["code"].sort()]
    order = pl.col("lane").replace_strict({lane: n for n, lane in enumerate(LANES)}, return_dtype=pl.Int8)
    in_language = "explanation" if language() == ENGLISH else pl.coalesce("explanation_nl", "explanation")
    held = (
        pl.concat([listed, *judged], how="vertical_relaxed")
        .with_columns(explanation=in_language)
        .rename({"subject_id": "payee_id"})
        .join(totals, on="payee_id", how="inner")
        .sort(order, "amount", "payee_id", "indicator", descending=[False, True, False, False])
        .select(HELD_COLUMNS)
    )
    lines_n, known_n = frame(
        connection, "select count(*), count(payee_id) from payment_run where status = 'planned'"
    ).row(0)
    return PaymentRun(held, lines_n, known_n, rejected_n)


def _read(home: Home, file: Path, account_key: bytes) -> tuple[pl.DataFrame, int]:
    """FLOW_STATEMENT rows of the file, and how many of its records were rejected."""
    if not file.is_file():
        raise UsageError(f"{file}: there is no such file")
    ledgers = [
        own
        for own in own_registers(home)
        if own.name == "ledger" and own.recognise(file.name, b"") is not None
    ]
    with command_folder(home) as name:
        landing = Path(name) / "landing"
        landing.mkdir()
        shutil.copy(file, landing / file.name)
        editions = look(landing, {"ledger": registers()["ledger"]}, own=ledgers).editions
        if not editions:
            raise UsageError(
                f"{file.name}: no mapping of this home reads a ledger of that name; give one `files` for it"
            )
        key = lake.lake_key(editions[0])
        try:
            ingested = ingest(editions[0], Path(name) / "work", key, account_key=account_key)
        except BlockedEdition as fault:
            raise UsageError(str(fault)) from None
        lines = pl.read_parquet(ingested.folder / "flow_statement.parquet", memory_map=False)
        return lines, ingested.facts.rows_rejected


def _add_to_release(connection: Connection, lines: pl.DataFrame) -> None:
    """The tables `flow` and `account`, as the next night would have them. Only this connection sees them. A
    line of the file that the release holds counts once; its id ends in the hash of its record.
    """
    database = frame(connection, "select current_database()").item()
    connection.register("payment_statement", lines.to_arrow())
    connection.execute(f"create temp table payment_run as {read_sql(__package__, 'payment_lines')}")
    new_accounts = read_sql(__package__, "payment_accounts", database=database)
    connection.execute(
        f"create temp view flow as select * from {database}.main.flow where status <> 'planned' "
        "and (register, dataset, split_part(flow_id, '-f-', 2)) not in "
        "(select (register, dataset, split_part(flow_id, '-f-', 2)) from payment_run) "
        "union all by name select * from payment_run"
    )
    connection.execute(
        f"create temp view account as select * from {database}.main.account "
        f"union all by name (from ({new_accounts}))"
    )


def _flagged(connection: Connection, indicator: Indicator, ids: list[str], as_of: date) -> pl.DataFrame:
    """indicator, subject_id, lane, explanation, explanation_nl of the payees that the indicator flags."""
    states = find_states(connection, indicator, as_of).filter(
        pl.col("state") == "flagged", pl.col("subject_id").is_in(ids)
    )
    numbered = states.with_row_index("flag_id").with_columns(pl.col("flag_id").cast(pl.String))
    return with_sentences(numbered, indicator).select(
        pl.lit(indicator.code).alias("indicator"), "subject_id", "lane", "explanation", "explanation_nl"
    )


def as_json(run: PaymentRun) -> Mapping[str, object]:
    return {
        "lines": run.lines_n,
        "known_payees": run.known_n,
        "rejected": run.rejected_n,
        "held": run.held.to_dicts(),
    }
