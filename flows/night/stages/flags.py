"""Stage flags: run every indicator and write its flags and evidence."""

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from threading import Lock

import polars as pl
import structlog

from flows.home import warehouse
from flows.home.local_indicators import read_local
from flows.home.sorted_files import write_parquet
from flows.night.night import Counts, Night
from flows.night.tables import EDITIONS, HELD_BYTES, open_tables, write_stream, write_table
from transforms.errors import DeclarationError, RunFailed
from transforms.flags.engine import Counted, prepare, raise_flags
from transforms.flags.evidence import claims_sql, evidence_sql, flags_sql, prove
from transforms.flags.states import tables_of
from transforms.model.indicator import Indicator, indicators
from transforms.model.statements import STATEMENT_TABLES
from transforms.model.views import DWELLING, EVIDENCE, FLAG, GRAPH_TABLES, INDICATOR_VIEW, MARTS

log = structlog.get_logger()

PREPARING = Lock()  # two indicators at once may need the same subjects
PARTS = ("flag", "claim", "count", "dwelling")  # of one indicator, a file each
CLAIM_KEY = ("flag_id", "role", "statement_id", "field")

type Prepare = Callable[[warehouse.Connection, Indicator], Indicator]


def as_declared(_: warehouse.Connection, indicator: Indicator) -> Indicator:
    return indicator


def find_flags(night: Night, prepare_steps: Prepare = as_declared) -> Counts:
    """Write flags, evidence and counts of dwellings.

    Subjects and facts are in the stage's own database, flags in a file for each indicator. `prepare_steps`
    returns an indicator whose steps may read what another engine has computed; it is not called for the
    authority's own.
    """
    own, left_out = read_local(night.home)
    off = _switched_off(night)
    every = {code: one for code, one in {**indicators(), **own}.items() if code not in off}
    database = night.work / "flags" / "flags.duckdb"
    database.parent.mkdir(exist_ok=True)
    database.unlink(missing_ok=True)
    with open_tables(night, (*MARTS, *GRAPH_TABLES), held_bytes=HELD_BYTES, database=database) as connection:

        def counted(code: str) -> Counted | str:
            """The indicator's counts, or why the authority's own indicator is left out."""
            try:
                with connection.cursor() as mine, warehouse.safe_errors(code):  # one thread, one connection
                    return _raised(night, mine, every[code], None if code in own else prepare_steps)
            except (DeclarationError, RunFailed) as error:
                if code in own:
                    return str(error)
                raise

        with closing(night.each("indicator", every, counted)) as outcomes:
            done = dict(zip(every, outcomes, strict=True))
        raised = [code for code, each in done.items() if isinstance(each, Counted)]
        parts = {f"{what}-{code}" for what in ("flag", "claim") for code in raised}
        faults = night.memory.step(
            "evidence",
            {*parts, *STATEMENT_TABLES, EDITIONS},
            (FLAG.name, EVIDENCE.name),
            partial(_prove, night, connection, raised, own),
            rule=(night.as_of, raised, sorted(own)),
        )
        done |= {code: str(fault) for code, fault in faults.items()}
    database.unlink()
    results = [each for each in done.values() if isinstance(each, Counted)]
    night.left_out = (*left_out, *off.values(), *(each for each in done.values() if isinstance(each, str)))
    for fault in night.left_out:
        log.warning("indicator left out", message=fault)
    totals = pl.concat([INDICATOR_VIEW.empty(), *(each.indicator for each in results)])
    write_table(night, INDICATOR_VIEW, totals)
    write_table(night, DWELLING, pl.concat([DWELLING.empty(), *(each.dwellings for each in results)]))
    return {
        "flagged": int(totals["n_flagged"].sum()),
        "not_assessable": int(totals["n_not_assessable"].sum()),
    }


def _switched_off(night: Night) -> dict[str, str]:
    """Indicator → since when, and why."""
    return {
        one.indicator: f"{one.indicator}: switched off since {one.since}: {one.reason}"
        for one in night.authority.switched_off
        if one.since <= night.started_at.date()
    }


def _prove(
    night: Night,
    connection: warehouse.Connection,
    raised: Sequence[str],
    own: Collection[str],
) -> Mapping[str, str]:
    """Write evidence, and flags in no order, of all indicators. Returns errors in the authority's own, by
    code: their flags are left out.
    """
    for what in ("flag", "claim"):
        files = [_part(night, what, code) for code in raised]
        warehouse.parquet_view(connection, f"{what}_stored", files)
    connection.execute("create view claimed as from claim_stored")
    with warehouse.safe_errors("evidence"):
        faults = prove(connection)
    if broken := sorted(faults.keys() - set(own)):
        raise DeclarationError(faults[broken[0]])
    sound = ", ".join(warehouse.literal(code) for code in raised if code not in faults)
    connection.execute(
        # The parts may be those of the last run.
        f"create view flag_part as select * replace (date '{night.as_of}' as as_of) from flag_stored "
        f"where list_contains([{sound}], indicator)"
    )
    write_parquet(connection, evidence_sql(), night.table(EVIDENCE.name), EVIDENCE.key)
    write_parquet(connection, flags_sql(), night.table(FLAG.name), ())  # cases put them in order
    return faults


def _part(night: Night, what: str, code: str) -> Path:
    return night.table(f"{what}-{code}")


def _raised(
    night: Night, connection: warehouse.Connection, indicator: Indicator, prepare_steps: Prepare | None
) -> Counted:
    """Write an indicator's flags, and what they claim, to its own files, or reuse those of the last run. The
    authority's own indicators, without `prepare_steps`, are always run.
    """
    code = indicator.code

    def written() -> Counts:
        with PREPARING:
            prepare(connection, indicator)
        prepared = prepare_steps(connection, indicator) if prepare_steps else indicator
        counted, flags = raise_flags(connection, prepared, night.as_of)
        write_stream(_part(night, "flag", code), FLAG, flags)
        stored = warehouse.parquet_source([_part(night, "flag", code)])
        # Without a flag, DuckDB does not look for evidence.
        flagged = "state = 'flagged'" if counted.indicator["n_flagged"].item() else "false"
        connection.execute(f"create or replace temp view flagged_now as from ({stored}) where {flagged}")
        claims, values = claims_sql(prepared, night.as_of)
        write_parquet(connection, claims, _part(night, "claim", code), CLAIM_KEY, values)
        counted.indicator.write_parquet(_part(night, "count", code))
        counted.dwellings.write_parquet(_part(night, "dwelling", code))
        return {}

    if prepare_steps is None:
        written()
    else:
        uses_date = "$as_of" in indicator.states + indicator.evidence
        night.memory.step(
            f"flags-{code}",
            partial(tables_of, indicator),
            [f"{what}-{code}" for what in PARTS],
            written,
            rule=night.as_of if uses_date else None,
        )
    return Counted(*(pl.read_parquet(_part(night, what, code)) for what in ("count", "dwelling")))
