"""The command line. Exit codes are the contract's and mapped here, in one place.

0 published; 2 usage or no recognised register; 3 a gate blocked the release; 4 interrupted, failed or locked;
5 published, but a register was blocked, or checked, but for some rows of a list. Imports that are slow (stages, orchestrator) happen inside the commands that
need them: `sql`, `explain`, `registers` start without them.
"""

from __future__ import annotations

import errno
import json
import os
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import asdict
from datetime import date, datetime
from enum import StrEnum
from importlib.metadata import version
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table as RichTable
from rich.text import Text

from flows.home import settings
from flows.home.durable import write_bytes_durably
from flows.home.processes import keep_private
from transforms.errors import UndertowError, UsageError, as_typed, place

if TYPE_CHECKING:
    import pyarrow as pa

    from flows.check.answer import Sheet
    from flows.cli.resolve import Rower
    from flows.night.night import Night
    from flows.release.verification import Verified
    from transforms.model.sql import Connection

EXIT_USAGE = 2
EXIT_FAILED = 4
EXIT_IN_PART = 5
FAULTS_SAID = 10  # rows of a list that could not be checked, on standard error; the sheet has all of them
UNWRITABLE = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO})
DEMO_COMPANIES = 2000
DEMO_SEED = 1

app = typer.Typer(
    name="undertow",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Nightly red flags on company, ownership and property registers. A flag is an indication, not a finding.",
)

purpose_app = typer.Typer(no_args_is_help=True, help="What named subjects may be looked up for.")
audit_app = typer.Typer(no_args_is_help=True, help="The audit log and the ledger.")
app.add_typer(purpose_app, name="purpose")
app.add_typer(audit_app, name="audit")

HomeOption = Annotated[
    Path | None,
    typer.Option(
        "--home",
        help="Folder that everything is written to (default: data/, or UNDERTOW_HOME).",
        show_default=False,
    ),
]
KnownAtOption = Annotated[
    datetime | None,
    typer.Option(
        "--known-at",
        formats=["%Y-%m-%d"],
        help="Use only editions dated up to this day (default: --as-of where it is given, else all held).",
    ),
]
PurposeOption = Annotated[
    str | None,
    typer.Option(
        "--purpose",
        help="What for: a code declared in undertow.toml (default: UNDERTOW_PURPOSE). Goes into the audit log.",
        show_default=False,
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]
FORMAT_HELP = "How to print it. csv, json and parquet are for programs, every value as it is; xlsx and spreadsheet-csv for people, without formulas."


class Format(StrEnum):
    table = "table"
    csv = "csv"
    json = "json"
    parquet = "parquet"
    xlsx = "xlsx"
    spreadsheet_csv = "spreadsheet-csv"


class RowsFormat(StrEnum):
    """Of what is no table of the release: there are no files of it."""

    table = "table"
    csv = "csv"
    json = "json"


class GraphFormat(StrEnum):
    graphml = "graphml"


def _print_version(wanted: bool) -> None:
    if wanted:
        print(f"undertow {version('undertow')}")
        raise typer.Exit


@app.callback()
def _options(
    _: Annotated[
        bool,
        typer.Option(
            "--version",
            help="Print the version, which every release names too.",
            callback=_print_version,
            is_eager=True,
        ),
    ] = False,
) -> None:
    pass


def main(arguments: Sequence[str] | None = None) -> None:
    """Entry point: run a command and leave with the contract's exit code."""
    sys.exit(exit_code(arguments))


def exit_code(arguments: Sequence[str] | None = None) -> int:
    """Run a command; its exit code. Typer's own codes (1, 130, 143) never leave this function."""
    try:
        result = app(args=list(arguments) if arguments is not None else None, standalone_mode=False)
        sys.stdout.flush()
        return result if isinstance(result, int) else 0
    except typer.TyperException as error:  # everything Typer says of arguments
        _complain(error)
        return EXIT_USAGE
    except UndertowError as error:
        print(f"undertow: {printable(str(error))}", file=sys.stderr)
        return error.exit_code
    except (KeyboardInterrupt, typer.Abort):
        print("undertow: interrupted", file=sys.stderr)
        return EXIT_FAILED
    except (
        BrokenPipeError,
        SystemExit,
    ):  # the reader went away (| head); Typer and Rich make a SystemExit of it
        _say_no_more()
        return 0
    except (
        Exception
    ) as error:  # the last resort: its text may hold a record, so only its kind and place are said
        said = (
            _unwritten(error)
            or f"unexpected {type(error).__name__} at {place(error)}; please report this line"
        )
        print(f"undertow: {said}", file=sys.stderr)
        return EXIT_FAILED


@contextmanager
def _printing() -> Iterator[None]:
    """What a command says of work that is done: that nobody reads it, or that it cannot be written, changes nothing of how the command ended."""
    try:
        yield
        sys.stdout.flush()
    except (BrokenPipeError, SystemExit):
        _say_no_more()
    except OSError as error:
        if not (said := _unwritten(error)):
            raise
        print(f"undertow: {said}", file=sys.stderr)


def _unwritten(error: Exception) -> str:
    """That standard output cannot be written, where that is the error: one of a file has the file's name. "" for another error."""
    if not isinstance(error, OSError) or error.filename is not None or error.errno not in UNWRITABLE:
        return ""
    _say_no_more()
    return f"standard output: {error.strerror} (errno {error.errno}); give it where it can be written"


def _say_no_more() -> None:
    """What is still to be written to standard output goes nowhere: Python would fail with it at the end, with an exit code of its own."""
    with suppress(OSError):  # no file, as in a test
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


def _complain(error: typer.TyperException) -> None:
    """Typer's own words on an argument, which repeat it: a file name that a shell completed may hold what a terminal obeys."""
    for name, value in vars(error).items():
        if isinstance(value, str):
            setattr(error, name, printable(value))
    show = getattr(error, "show", None)
    if callable(show):
        show()
    else:
        print(f"undertow: {printable(str(error))}", file=sys.stderr)


# --- nights ---------------------------------------------------------------------------------------------------------


@app.command()
def demo(
    home: HomeOption = None,
    companies: Annotated[int, typer.Option(help="Companies of the town.", min=1)] = DEMO_COMPANIES,
    seed: Annotated[
        int, typer.Option(help="Seed of the town; the same seed gives the same town.")
    ] = DEMO_SEED,
) -> int:
    """Write a synthetic town in the registers' native formats, run the nightly on it, and say where the report is."""
    from flows.release.store import is_real
    from quality.town import write_town

    where = settings.home(home)
    if is_real(where):
        raise UsageError(
            f"{where.root}: this home holds a release from real registers; give the demo another --home"
        )
    keep_private()
    town = where.landing / "town"
    facts = write_town(town, companies=companies, seed=seed)
    print(f"SYNTHETIC town written: {facts}", file=sys.stderr)
    return _night(where, town / "landing", synthetic=True)


@app.command()
def run(
    landing: Annotated[Path, typer.Option("--landing", help="Folder with the publishers' files.")],
    home: HomeOption = None,
    as_of: Annotated[
        datetime | None,
        typer.Option(
            "--as-of", formats=["%Y-%m-%d"], help="Date of the facts (default: the newest edition's date)."
        ),
    ] = None,
    known_at: KnownAtOption = None,
    area: Annotated[
        list[str] | None,
        typer.Option(
            "--area", help="District name or code; filters reports only. May be given several times."
        ),
    ] = None,
) -> int:
    """One nightly run: read what is in the landing folder, publish a release, write the report."""
    where = settings.home(home)
    if (
        not where.root.exists() and not landing.is_dir()
    ):  # a typing error makes no home; where there is one, the night is in its diary
        raise UsageError(
            f"--landing {landing.name}: there is no such folder; name the folder that holds the publishers' files"
        )
    return _night(where, landing, as_of=_day(as_of), known_at=_day(known_at), areas=tuple(area or ()))


def _day(moment: datetime | None) -> date | None:
    return moment.date() if moment else None


def _night(
    home: settings.Home,
    landing: Path,
    *,
    as_of: date | None = None,
    known_at: date | None = None,
    areas: tuple[str, ...] = (),
    synthetic: bool = False,
) -> int:
    from flows.home import logs
    from flows.night.night import new_night

    logs.configure(quiet=True)
    keep_private()
    if settings.prefect_api_url():
        settings.prepare_prefect(home)
        from flows.nightly import run_through_prefect

        night = run_through_prefect(
            new_night(
                home,
                landing,
                as_of=as_of,
                known_at=known_at,
                areas=areas,
                synthetic=synthetic,
                engine="prefect",
            )
        )
    else:
        from flows.night.runner import run_night

        night = run_night(
            new_night(home, landing, as_of=as_of, known_at=known_at, areas=areas, synthetic=synthetic)
        )
    with _printing():
        _summary(night)
    return night.exit_code


def _summary(night: Night) -> None:
    """What was read, rejected and flagged, and where the report and the database are."""
    from flows.home.warehouse import RELEASE_DATABASE, query
    from flows.release.store import current_release

    release = current_release(night.home)
    out = console()
    known = f", known at {night.known_at_asked}" if night.known_at_asked else ""
    _say(
        out,
        f"\nRelease {night.release_id}, as of {night.as_of}{known}{'  —  SYNTHETIC DATA' if night.synthetic else ''}\n",
    )
    _print_table(out, "Read", query(release, SUMMARY_EDITIONS))
    _print_table(out, "Flagged (an indication, not a finding)", query(release, SUMMARY_INDICATORS))
    for row in query(release, "select file_name, reason from v_unrecognised_file").to_pylist():
        _say(out, f"not read: {_one_line(row['file_name'])} ({row['reason']})")
    for edition in night.editions.all:
        if edition.status == "blocked":
            _say(out, f"BLOCKED: {edition.facts.blocked_message}")
        elif edition.status == "in_force" and edition.facts.completeness == "extract":
            _say(
                out,
                f"EXTRACT: {edition.facts.register} {edition.facts.label}: {edition.facts.completeness_reason}",
            )
    for moment in night.missed:
        _say(out, f"MISSED: the night of {moment:%Y-%m-%d %H:%M} UTC did not run")
    for alarm in night.alarms:
        _say(out, f"ALARM: {alarm.message}")
    if said := _cases_with_another_id(night):
        _say(out, said)
    _warn_of_unknown_areas(night, release)
    _say(out, f"\nreport    {night.report}\ndatabase  {release / RELEASE_DATABASE}\n")


def _cases_with_another_id(night: Night) -> str:
    """A line on ids of the release before that no case has any more; "" where there are none."""
    words = {"cases_renamed": "renamed", "cases_merged": "merged", "cases_split": "fell apart"}
    counted = [
        f"{n} {word}" for name, word in words.items() if (n := night.counts.get("build", {}).get(name, 0))
    ]
    return (
        f'cases: {", ".join(counted)}; where their ids of before lead: undertow sql "from v_case_alias order by last_release_id desc"'
        if counted
        else ""
    )


def _warn_of_unknown_areas(night: Night, release: Path) -> None:
    """A typing error in --area must not read as a clearance."""
    from flows.home.warehouse import query
    from transforms.values.areas import area_asked

    named = query(
        release,
        "select distinct lower(area_name) as area from v_flag union select lower(area_name) from v_title union select lower(area_name) from v_area",
    ).to_pylist()
    known = {row["area"] for row in named}
    for area in night.areas:
        if area_asked(area).name.lower() not in known:
            print(
                f"undertow: --area {printable(area)}: no record of this release is in an area of that name or code; the report shows nothing for it",
                file=sys.stderr,
            )


SUMMARY_EDITIONS = """
select register, edition, status, completeness, rows_in as "in", rows_loaded as loaded, rows_rejected as rejected, rows_ignored as ignored
from v_edition order by register, edition, status
"""
SUMMARY_INDICATORS = """
select code, title, n_flagged as flagged, n_not_flagged as "not flagged", n_not_assessable as "not assessable", round(100 * base_rate, 2) as "base rate %"
from v_indicator order by code
"""


# --- looking --------------------------------------------------------------------------------------------------------


# A query may begin with a comment (`-- 1. A company by its number.`), which is no option.
@app.command(context_settings={"ignore_unknown_options": True})
def sql(
    query: Annotated[
        str,
        typer.Argument(
            help="One SELECT on the current release, or - to read it from standard input; `from v_dictionary` is the manual."
        ),
    ],
    home: HomeOption = None,
    format: Annotated[Format, typer.Option(help=FORMAT_HELP)] = Format.table,
    to: Annotated[
        Path | None, typer.Option("--to", help="Write to this file (default: standard output).")
    ] = None,
) -> None:
    """Read-only query of the current release."""
    from flows.home import warehouse
    from flows.release.store import current_release

    asked = _standard_input() if query == "-" else query
    _print(warehouse.query(current_release(settings.home(home)), asked), format, to)


def _standard_input() -> str:
    try:
        if sys.stdin is not None:  # as it is where it was closed
            return sys.stdin.read()
    except (OSError, ValueError):
        pass
    raise UsageError(
        "- stands for standard input, and nothing can be read from it; give the query itself, or a file of UTF-8 with `< FILE`"
    )


@app.command()
def diff(
    before: Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="The earlier day.")],
    after: Annotated[datetime, typer.Option("--to", formats=["%Y-%m-%d"], help="The later day.")],
    *,
    known_at: Annotated[
        datetime | None,
        typer.Option(
            "--known-at",
            formats=["%Y-%m-%d"],
            help="Use only editions dated up to this day, for both (default: the newest held).",
        ),
    ] = None,
    subject: Annotated[
        str | None, typer.Option("--subject", help="Only changes about this entity: asks for a purpose.")
    ] = None,
    home: HomeOption = None,
    purpose: PurposeOption = None,
    format: Annotated[Format, typer.Option(help=FORMAT_HELP)] = Format.table,
) -> None:
    """Who gained or lost ownership, control or beneficial-owner status between two days, as the editions held show it. Publishes nothing."""
    from flows.accountability.access import Access
    from flows.home import logs
    from flows.night.diff import difference

    logs.configure(quiet=True)
    keep_private()
    where = settings.home(home)
    with Access(where, purpose) if subject is not None else nullcontext() as access:
        if access is not None and subject is not None:
            access.record("diff", [subject], shown=access.known([subject]))
        found = difference(where, before.date(), after.date(), known_at=_day(known_at), subject=subject)
    # Rows alone on standard output where a program reads it.
    out = console() if format is Format.table else Console(stderr=True)
    known = (
        f"{found.known_at}{'' if known_at else ' (the newest edition held)'}"
        if found.known_at
        else "all held, none of which is dated"
    )
    _say(out, f"From {found.before} to {found.after}, by editions known at {known}\n")
    _print_table(out, "Changes", found.counts.to_arrow())
    _say(out, "")
    _print(found.rows.to_arrow(), format)


@app.command()
def registers(as_json: JsonOption = False) -> None:
    """The registers that can be read."""
    from transforms.model.register import registers as all_registers

    rows: list[dict[str, object]] = [
        {
            "register": r.name,
            "title": r.title,
            "publisher": r.publisher,
            "cadence": r.cadence,
            "kind": r.kind,
            "licence": r.licence,
            "expected_rows": r.expected_rows,
        }
        for r in all_registers().values()
    ]
    _print_rows(rows, as_json)


@app.command()
def indicators(as_json: JsonOption = False) -> None:
    """The indicators, one line each; `undertow explain CODE` shows a page."""
    from transforms.model.indicator import indicators as all_indicators

    rows: list[dict[str, object]] = [
        {
            "code": i.code,
            "title": i.title,
            "weak": i.weak,
            "subject": i.subject_type,
            "parameters": ", ".join(f"{p.name} {p.default:g} {p.unit}" for p in i.parameters),
            "source": i.source,
        }
        for i in all_indicators().values()
    ]
    _print_rows(rows, as_json)


@app.command()
def explain(
    what: Annotated[str, typer.Argument(help="Code of an indicator, or id of a flag.")],
    *,
    home: HomeOption = None,
    as_json: JsonOption = False,
    purpose: PurposeOption = None,
) -> None:
    """An indicator's page; or a flag with its sentence and evidence down to the source record."""
    from transforms.model.indicator import indicators as all_indicators

    known = all_indicators()
    if (indicator := known.get(what.upper())) is not None:
        print(
            _json({"code": indicator.code, "title": indicator.title, "page": indicator.page})
            if as_json
            else indicator.page
        )
        return
    _explain_flag(settings.home(home), what, purpose, as_json=as_json)


FLAG_SQL = """
select f.indicator, f.subject_id, f.case_id, f.state, f.subtype, f.reason, f.explanation, f.value, f.unit, f.threshold, f.parameters, n.base_rate, f.as_of, f.first_seen_on
from v_flag f left join v_indicator n on n.code = f.indicator where f.flag_id = ?
"""
# Said where there is none: a reader looks for them.
FLAG_BLANKS: Mapping[str, str] = {
    "case_id": "in no case",
    "threshold": "none: the indicator has no single one",
    "base_rate": "not known: nothing could be assessed",
}
EVIDENCE_SQL = "select role, register, edition, record, field, value, file_sha256 from v_evidence where flag_id = ? order by position"


def _explain_flag(home: settings.Home, flag_id: str, purpose: str | None, *, as_json: bool) -> None:
    from flows.accountability.access import Access
    from transforms.model.sql import frame

    with Access(home, purpose) as access:
        connection = access.connection
        flag = frame(connection, FLAG_SQL, [flag_id])
        evidence = frame(connection, EVIDENCE_SQL, [flag_id])
        access.record("explain", [flag_id], shown=[flag_id, *flag["subject_id"]] if flag.height else [])
    if flag.is_empty():
        raise UsageError(
            f"{as_typed(flag_id)}: neither the code of an indicator (see `undertow indicators`) nor a flag of the current release (see v_flag)"
        )
    row = flag.row(0, named=True)
    if as_json:
        print(_json({"flag_id": flag_id, **row, "evidence": evidence.to_dicts()}))
        return
    print(printable(f"{row['explanation']}"), "\n")
    said = {
        name: _said_of_flag(name, value)
        for name, value in row.items()
        if name != "explanation" and (value is not None or name in FLAG_BLANKS)
    }
    print("\n".join(printable(f"{name:14} {value}") for name, value in said.items()), "\n")
    _print(evidence.to_arrow(), Format.table)
    print(
        f"\nundertow explain {row['indicator']} shows the definition, ordinary explanations and what would clear it."
    )


def _said_of_flag(name: str, value: object) -> object:
    if value is None:
        return FLAG_BLANKS[name]
    return (
        f"{100 * value:.2f} % of all assessed" if name == "base_rate" and isinstance(value, float) else value
    )


@app.command()
def check(
    what: Annotated[
        str,
        typer.Argument(
            help="A name, number, title, address or id; or a CSV file with columns name, number, address (naam, nummer, adres)."
        ),
    ],
    *,
    home: HomeOption = None,
    to: Annotated[
        Path | None,
        typer.Option("--to", help="Write pages to this folder: one for each party, and an index."),
    ] = None,
    area: Annotated[
        list[str] | None,
        typer.Option(
            "--area", help="District name or code; filters the titles listed. May be given several times."
        ),
    ] = None,
    as_json: JsonOption = False,
    purpose: PurposeOption = None,
) -> int:
    """What is known of applicants, financiers, lessors or suppliers: owners, titles, flags, what could not be assessed, and what was not found.

    Exit code 5: a cell of the list could not be read, so that its row was not checked; the others were.
    """
    from flows.accountability.access import Access
    from flows.check.answer import as_json as as_plain
    from flows.check.answer import check as check_asked
    from flows.check.input import asked

    rows = asked(what)
    with Access(settings.home(home), purpose) as access:
        sheet = check_asked(
            access.connection, rows, areas=tuple(area or ()), checked_on=datetime.now().astimezone().date()
        )
        access.record("check", [one.shown for one in rows if not one.fault], shown=sheet.subject_ids)
        index = _check_pages(access.connection, sheet, to) if to is not None else None
    if index is not None:
        print(index, file=sys.stderr if as_json else sys.stdout)
    if as_json:
        print(_json(as_plain(sheet)))
    elif to is None:
        _print_sheet(sheet)
    for fault in sheet.faults[:FAULTS_SAID]:
        print(f"undertow: not checked: {fault}", file=sys.stderr)
    if (more_n := len(sheet.faults) - FAULTS_SAID) > 0:
        print(
            f"undertow: {more_n} more {'row was' if more_n == 1 else 'rows were'} not checked",
            file=sys.stderr,
        )
    return EXIT_IN_PART if sheet.faults else 0


def _check_pages(connection: Connection, sheet: Sheet, to: Path) -> Path:
    from flows.pages.check import write_pages

    keep_private()
    return write_pages(connection, sheet, to)


def _print_sheet(sheet: Sheet) -> None:
    from flows.cli.check_text import blocks

    out = console()
    for block in blocks(sheet):
        if block.title:
            out.print(Text(printable(f"\n{block.title}"), style="bold"), highlight=False, soft_wrap=True)
        for line in block.lines:
            _say(out, line)
        if block.rows:
            shown = RichTable(box=None, pad_edge=False, header_style="bold")
            for name in block.rows[0]:
                shown.add_column(Text(name), overflow="fold")
            for row in block.rows:
                shown.add_row(*(Text(printable(_cell(value))) for value in row.values()))
            out.print(shown, highlight=False)


@app.command()
def resolve(
    *,
    home: HomeOption = None,
    as_list: Annotated[
        bool, typer.Option("--list", help="Print the least certain pairs instead of asking about each.")
    ] = False,
    judge: Annotated[
        tuple[str, str, str, str, str] | None,
        typer.Option(
            "--judge",
            metavar="REGISTER RECORD REGISTER RECORD VERDICT",
            help="Judge two records (see v_resolution): positive, negative or unsure.",
        ),
    ] = None,
    explain: Annotated[
        tuple[str, str, str, str] | None,
        typer.Option(
            "--explain",
            metavar="REGISTER RECORD REGISTER RECORD",
            help="What each comparison adds to the weight of two records, or what is equal where a rule joins them.",
        ),
    ] = None,
    history: Annotated[
        bool,
        typer.Option(
            "--history",
            help="Print every merge and split of parties with its reason, newest first, also of releases that are gone.",
        ),
    ] = False,
    by: Annotated[str | None, typer.Option("--by", help="Who judges: a role or initials.")] = None,
    note: Annotated[
        str | None,
        typer.Option("--note", help="Why, in one line. `undertow purge` removes it with the person."),
    ] = None,
    show_scores: Annotated[
        bool, typer.Option("--show-scores", help="Show what the model says too; it may sway who judges.")
    ] = False,
    limit: Annotated[int, typer.Option("--limit", help="Pairs at most.", min=1)] = 200,
    format: Annotated[
        RowsFormat, typer.Option(help="How to print what --list, --explain and --history give.")
    ] = RowsFormat.table,
    purpose: PurposeOption = None,
) -> None:
    """Who is who: look at the pairs of records that are least certain and judge them. The next night takes judgements up; a later one undoes an earlier one."""
    from flows.accountability.access import Access
    from flows.cli.resolve import Asked, judge_each, judge_one, print_explained, print_history, print_list

    if sum(map(bool, (as_list, judge, explain, history))) > 1:
        raise UsageError(
            "--list, --judge, --explain and --history: give one of them, or none to be asked about each pair"
        )
    where = settings.home(home)
    asked = Asked(
        where,
        by,
        note,
        limit,
        scores=show_scores,
        say=lambda text: _say(console(), text),
        rows=_rows_shown(format),
        is_text=format is RowsFormat.table,
    )
    with Access(where, purpose) as access:
        if judge is not None:
            judge_one(access, asked, judge)
        elif explain is not None:
            print_explained(access, asked, explain)
        elif as_list:
            print_list(access, asked)
        elif history:
            print_history(access, asked)
        else:
            judge_each(access, asked)


def _rows_shown(format: RowsFormat) -> Rower:
    """Prints rows of text on a terminal, or what programs are given, by `format`; of a CSV without rows, its header."""

    def show(rows: Sequence[Mapping[str, object]], plain: object, columns: Sequence[str] = ()) -> None:
        import pyarrow as pa

        if format is RowsFormat.json:
            print(_json(plain))
        elif format is RowsFormat.csv:
            given = [dict(row) for row in (plain if isinstance(plain, list) else rows)]
            _print(
                pa.Table.from_pylist(given)
                if given
                else pa.schema([(name, pa.string()) for name in columns]).empty_table(),
                Format.csv,
            )
        elif rows:
            _print_texts(rows)

    return show


def _print_texts(rows: Sequence[Mapping[str, object]]) -> None:
    shown = RichTable(box=None, pad_edge=False, header_style="bold")
    for name in rows[0]:
        shown.add_column(Text(name), overflow="fold")
    for row in rows:
        shown.add_row(*(Text(printable(_cell(value))) for value in row.values()))
    console().print(shown, highlight=False)


@app.command()
def evaluate(
    truth: Annotated[
        Path | None,
        typer.Option(
            "--truth", help="CSV with indicator, subject_id, expected. Default: the synthetic town's."
        ),
    ] = None,
    home: HomeOption = None,
    *,
    linkage: Annotated[
        bool,
        typer.Option(
            "--linkage",
            help="Measure instead who is who: on the synthetic town, and on public sets with --data.",
        ),
    ] = False,
    data: Annotated[
        Path | None,
        typer.Option(
            "--data",
            help="With --linkage: folder with the public sets (FEBRL, historical figures, Senzing).",
        ),
    ] = None,
    train: Annotated[
        Path | None,
        typer.Option(
            "--train", help="With --linkage: train the settings for persons on a town and write them here."
        ),
    ] = None,
    bias: Annotated[
        bool,
        typer.Option(
            "--bias", help="With --linkage: error rates by script, length and frequency of name instead."
        ),
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Precision and recall of each indicator on the current release, against a truth file; or, with --linkage, of who is who."""
    if linkage:
        if truth is not None:
            raise UsageError(
                "--truth is about indicators; --linkage has a truth of its own. Give one of them"
            )
        _evaluate_linkage(data, train, bias=bias, as_json=as_json)
        return
    if data or train or bias:
        raise UsageError("--data, --train and --bias are about --linkage; give that too")
    from flows.release.store import open_current
    from quality.evaluation import evaluate as measure
    from quality.evaluation import read_truth, told, with_groups
    from transforms.model.sql import frame

    where = settings.home(home)
    path = truth or where.landing / "town" / "truth.csv"
    if not path.is_file():
        raise UsageError(
            f"{path}: there is no such truth file; give one with --truth, or run `undertow demo` first"
        )
    connection = open_current(where)
    try:
        states = frame(connection, "select indicator, subject_id, state from v_flag")
        counts = frame(
            connection,
            "select code as indicator, subject_type, n_flagged, n_not_flagged, n_not_assessable from v_indicator",
        )
        groups = frame(connection, "select subject_id, control_group_id from v_control_group")
        rows = with_groups(read_truth(path), groups)
        subjects = frame(connection, SUBJECTS_SQL, {"ids": rows["subject_id"].to_list()})
    finally:
        connection.close()
    said, absent = told(rows, subjects, dict(counts.select("indicator", "subject_type").iter_rows()))
    if absent.height:
        some = ", ".join(
            f"{code} {as_typed(subject)}"
            for code, subject in absent.select("indicator", "subject_id").head(ABSENT_SAID).iter_rows()
        )
        print(
            f"undertow: {absent.height} rows are of subjects that this release does not have, and are not counted: {printable(some)}",
            file=sys.stderr,
        )
    _print_rows(measure(states, said, counts).to_dicts() if said.height else [], as_json)


ABSENT_SAID = 5  # rows of a truth file named where their subjects are not there
SUBJECTS_SQL = """
with every as (
    select entity_id as subject_id, 'legal_entity' as subject_type from v_entity
    union all select title_id, 'title' from v_title
    union all select title_id, 'title' from v_proprietorship
    union all select property_id, 'property' from v_property
    union all select transaction_id, 'transaction' from v_transaction
    union all select address_id, 'address' from v_address
    union all select control_group_id, 'control_group' from v_control_group
    union all select subject_id, subject_type from v_flag
    union all select 'CG-OF-' || entity_id, 'control_group' from v_entity  -- quality.evaluation.GROUP_OF: an entity in no group has none that is flagged
)
select distinct subject_id, subject_type from every where subject_id in (select unnest($ids)) order by all
"""


def _evaluate_linkage(data: Path | None, train: Path | None, *, bias: bool, as_json: bool) -> None:
    from flows.home import logs
    from flows.night.linkage import bias_table, linkage_table
    from flows.night.linkage import train as train_settings

    logs.configure(quiet=True)
    if data is not None and not data.is_dir():
        raise UsageError(
            f"--data {data}: there is no such folder; give the one that holds the public sets, or leave it out"
        )
    if train is not None:
        train_settings(train)
    else:
        _print_rows(bias_table() if bias else linkage_table(data), as_json)


# --- operations -----------------------------------------------------------------------------------------------------


@app.command()
def report(
    *,
    to: Annotated[
        Path | None,
        typer.Option(
            "--to",
            help="Folder to write to (default: reports/<release> of the home; of an area a folder in it).",
        ),
    ] = None,
    case: Annotated[
        str | None, typer.Option("--case", help="Write the page of this case only (see v_case).")
    ] = None,
    subject: Annotated[
        str | None,
        typer.Option(
            "--subject", help="Write the page of the case that this subject is in, or of the subject itself."
        ),
    ] = None,
    area: Annotated[
        list[str] | None, typer.Option("--area", help="District name or code. May be given several times.")
    ] = None,
    home: HomeOption = None,
    purpose: PurposeOption = None,
) -> None:
    """Write the night's report and the pages of the first cases again, or the page of one case or subject, from the current release."""
    from flows.facts.areas import area_folder, known_areas
    from flows.home import disk
    from flows.pages import case as case_pages
    from flows.pages.night import render_night
    from flows.release.store import current_release, open_current

    if sum(one is not None for one in (case, subject, area)) > 1:
        raise UsageError("--case, --subject and --area: give one of them; a page is about one thing")
    where = settings.home(home)
    keep_private()
    folder = to or where.reports / current_release(where).name
    if (
        named := case if case is not None else subject
    ) is not None:  # a blank --case is no wish for every page
        with disk.written_to(to):
            print(
                _named_page(where, purpose, to or folder / case_pages.FOLDER, named, is_case=case is not None)
            )
        return
    connection = open_current(where)
    try:
        areas = known_areas(connection, area or ())
        if areas.names and to is None:  # the night's own report is of everything, and stays
            folder /= area_folder(areas)
        with disk.written_to(to):
            print(render_night(connection, folder, areas=areas.names))
            for page in case_pages.render_first_cases(connection, folder, areas=areas.names):
                print(page)
    finally:
        connection.close()


def _named_page(home: settings.Home, purpose: str | None, folder: Path, named: str, *, is_case: bool) -> Path:
    """The page of one case or subject, after the audit log has it."""
    from flows.accountability.access import Access
    from flows.pages import case as case_pages
    from flows.release.case_ids import cases_asked

    with Access(home, purpose) as access:
        led = cases_asked(access.connection, [named.strip()]) if is_case else {}
        access.record("report", [named.strip()], shown=access.known([named.strip(), *led.values()]))
        if is_case:
            _say_where_it_leads(access.connection, named)
        return (case_pages.render_case if is_case else case_pages.render_subject)(
            access.connection, folder, named
        )


def _say_where_it_leads(connection: Connection, case_id: str) -> None:
    """To whoever asked by an id that no case has any more. Raises UsageError where it leads to none."""
    from flows.release.case_ids import case_asked, was_its_id

    if (case := case_asked(connection, case_id)) != case_id.strip():
        said = (
            f"this case is {case} now"
            if was_its_id(connection, case_id.strip(), case)
            else f"this leads to {case}"
        )
        print(f"undertow: --case {printable(as_typed(case_id.strip()))}: {said}", file=sys.stderr)


@app.command()
def export(
    format: Annotated[
        GraphFormat,
        typer.Option(help="graphml: parties, titles and addresses of a case, and what joins them."),
    ],
    case: Annotated[str, typer.Option("--case", help="The case (see v_case).")],
    to: Annotated[
        Path | None, typer.Option("--to", help="Write to this file (default: standard output).")
    ] = None,
    *,
    home: HomeOption = None,
    purpose: PurposeOption = None,
) -> None:
    """A case as a graph, for other programs, from the current release."""
    from flows.accountability.access import Access
    from flows.exports.case_graph import case_graphml
    from flows.release.case_ids import cases_asked

    with Access(settings.home(home), purpose) as access:
        access.record(
            "export",
            [case.strip()],
            shown=access.known([case.strip(), *cases_asked(access.connection, [case.strip()]).values()]),
        )
        _say_where_it_leads(access.connection, case)
        contents = {GraphFormat.graphml: case_graphml}[format](access.connection, case)
    _hand_over(contents, to, is_text=True)


@app.command()
def releases(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """The releases kept, newest last."""
    from flows.release.store import releases as all_releases

    where = settings.home(home)
    _print_rows([asdict(listed) for listed in all_releases(where, readable=True)], as_json)
    _say_where_nothing_is(where)


@app.command()
def rollback(
    to: Annotated[
        str | None, typer.Option("--to", help="Release to go back to (default: the one before).")
    ] = None,
    home: HomeOption = None,
) -> None:
    """Make an earlier release the current one, after checking it against its manifest."""
    from flows.home.lock import held
    from flows.release import rollback

    where = settings.home(home)
    with held(where, "rollback"):
        print(f"current is now {rollback.rollback(where, to)}")


@app.command()
def backup(
    to: Annotated[Path, typer.Option("--to", help="File to write, outside the home.")],
    home: HomeOption = None,
) -> None:
    """All of a home as one file: lake, releases, reports, logs, settings and keys. Keep it as safe as the home."""
    from flows.operations.backup import backup as make

    keep_private()
    made = make(settings.home(home), to)
    print(
        f"{to}: {len(made.files)} files, {made.bytes_n:,} bytes; it holds whole registers, persons' data and the home's keys"
    )


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(help="A file that `undertow backup` wrote.")],
    home: HomeOption = None,
) -> None:
    """A home from a backup, every byte, release and chain compared. The home must not exist yet."""
    from flows.operations.backup import restore as unpack

    keep_private()
    where = settings.home(home)
    made = unpack(file, where)
    print(
        f"{where.root}: {len(made.files)} files as they were on {made.made_at}; a purge made since then is to be made again"
    )


@app.command()
def purge(
    what: Annotated[
        str,
        typer.Argument(help="Id of a natural person (UT-P-…), or REGISTER:RECORD as v_resolution has them."),
    ],
    *,
    home: HomeOption = None,
    purpose: PurposeOption = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do it without asking.")] = False,
) -> None:
    """Take a natural person out of this home: build everything anew without them, remove what held them, and prove it."""
    from flows.accountability.access import Access
    from flows.accountability.purge import plan
    from flows.accountability.purge import purge as carry_out
    from flows.home import logs

    logs.configure(quiet=True)
    keep_private()
    where = settings.home(home)
    with Access(where, purpose) as access:
        stated = access.purpose
    planned = plan(where, what.strip())
    print(
        f"This takes {len(planned.subject.records)} records of one natural person out of {planned.editions_n} editions, publishes a release without them, and "
        f"removes every release and report that holds them, of {len(planned.releases)}: `undertow rollback` cannot bring those back. Backups and copies elsewhere are yours.",
        file=sys.stderr,
    )
    for name in planned.landed:
        print(
            f"{name} still names the person: it is the publisher's own file, and is left for you to remove or replace",
            file=sys.stderr,
        )
    if not yes and not typer.confirm("Go on?", err=True):
        raise typer.Abort
    release, proof = carry_out(where, planned, purpose=stated)
    print(
        f"release {release} is current; searched {proof.files_n} files, {proof.bytes_n} bytes and {proof.values_n} decoded values: {sum(proof.hits.values())} hits"
    )


@purpose_app.command("list")
def purpose_list(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """The purposes declared in this home's undertow.toml."""
    from flows.accountability.purposes import declared

    _print_rows([one.model_dump() for one in declared(settings.home(home))], as_json)


@purpose_app.command("add")
def purpose_add(
    code: Annotated[str, typer.Argument(help="Short code: small letters, digits, - and _.")],
    title: Annotated[str, typer.Option(help="What for, in one line.")],
    legal_basis: Annotated[str, typer.Option(help="Which law allows it.")],
    *,
    home: HomeOption = None,
    area: Annotated[str | None, typer.Option(help="District that it is for.")] = None,
    desk: Annotated[str | None, typer.Option(help="Desk that it is for.")] = None,
) -> None:
    """Declare a purpose in this home's undertow.toml, which is made where there is none."""
    from flows.accountability import purposes

    where = settings.home(home)
    purposes.add(
        where, purposes.parsed(code=code, title=title, legal_basis=legal_basis, area=area, desk=desk)
    )
    print(f"{where.root / purposes.SETTINGS_FILE}: purpose {code} is declared")


@audit_app.command("verify")
def audit_verify(home: HomeOption = None, as_json: JsonOption = False) -> int:
    """Check the audit log, the ledger and every release's bytes. Exit code 0: sound; 3: something was changed, cut or lost; 4: a file cannot be read."""
    from flows.release.verification import verify

    found = verify(settings.home(home))
    with _printing():
        _print_verified(found, as_json)
    return found.exit_code


def _print_verified(found: Verified, as_json: bool) -> None:
    if as_json:
        print(json.dumps({"exit_code": found.exit_code, **asdict(found)}, ensure_ascii=False, indent=1))
        return
    out = console()
    for one in found.findings:
        place_of = f"{one.where}{f', line {one.line}' if one.line else ''}"
        _say(out, f"{'FAULT' if one.kind == 'fault' else 'note'}: {place_of}: {one.what}; {one.todo}")
    heads = f"ledger {_counted(found.ledger.n, 'entry', 'entries')}, head {found.ledger.hash}; audit log {_counted(found.audit.n, 'entry', 'entries')}, head {found.audit.hash}"
    faults = _counted(len(found.faults), "fault", "faults") if found.faults else "sound"
    _say(out, f"{faults}: {_counted(found.releases_n, 'release', 'releases')}; {heads}")


def _counted(n: int, one: str, several: str) -> str:
    return f"{n} {one if n == 1 else several}"


@app.command()
def serve(
    home: HomeOption = None,
    port: Annotated[int, typer.Option(help="Port on the loopback address.", min=1, max=65535)] = 4200,
) -> int:
    """Prefect server on loopback, and the nightly schedule of prefect.yaml. Stays in the foreground."""
    from flows.operations.serving import serve as serve_schedule

    keep_private()
    return serve_schedule(settings.home(home), port)


@app.command()
def doctor(home: HomeOption = None, as_json: JsonOption = False) -> int:
    """What is wrong with this home and what it runs in, each with the command that puts it right. Changes nothing. Exit code 4 where something is."""
    from flows.operations.doctor import examine

    found = examine(settings.home(home))
    for check, path in found.unseen.items():
        print(
            f"undertow: {check}: not looked at, because this user may not read {printable(path)}",
            file=sys.stderr,
        )
    with _printing():
        if as_json:
            print(json.dumps([asdict(finding) for finding in found.findings], ensure_ascii=False, indent=1))
        for finding in () if as_json else found.findings:
            print(
                printable(
                    f"{finding.check}: {finding.what}\n    where  {finding.where}\n    fix    {finding.fix}"
                )
            )
    print(
        f"undertow: {_counted(len(found.findings), 'finding', 'findings')}"
        if found.findings
        else "undertow: nothing is wrong",
        file=sys.stderr,
    )
    _say_where_nothing_is(settings.home(home))
    return EXIT_FAILED if found.findings else 0


def _say_where_nothing_is(home: settings.Home) -> None:
    """A typing error in --home must not read as a home in which all is well."""

    from flows.release.store import current_target

    if current_target(home) is None:
        there = (
            "no release has been published here yet"
            if home.root.is_dir()
            else "there is no such folder, so nothing has been published here"
        )
        print(
            f"undertow: {printable(str(home.root))}: {there}; run `undertow run --landing DIR`, or `undertow demo`",
            file=sys.stderr,
        )


# --- printing -------------------------------------------------------------------------------------------------------


PIPE_WIDTH = 10_000  # columns: a pipe has no width, so nothing is folded


def console() -> Console:
    """Standard output: as wide as the terminal, and as wide as needed in a pipe."""
    return Console(width=None if sys.stdout.isatty() else PIPE_WIDTH)


def _print(table: pa.Table, format: Format, to: Path | None = None) -> None:
    """A table to standard output, or in a form for files to a file."""
    table = table.rename_columns(_told_apart(table.column_names))
    if format is Format.table and to is None:
        _print_table(console(), "", table)
    elif format is Format.table:
        raise UsageError(
            "--to: a table is for the screen; give --format csv, json, parquet, xlsx or spreadsheet-csv with it"
        )
    else:
        _hand_over(_encoded(table, format), to, is_text=format in TEXT_FORMATS)


def _told_apart(names: Sequence[str]) -> list[str]:
    """Names of columns, of which no two are equal: of several `a` the second is `a_1`, as DuckDB names them in a table."""
    told: list[str] = []
    for name in names:
        free = (name, *(f"{name}_{n}" for n in range(1, len(names) + 1)))
        told.append(next(one for one in free if one not in told and (one == name or one not in names)))
    return told


TEXT_FORMATS = (Format.csv, Format.json, Format.spreadsheet_csv)


def _encoded(table: pa.Table, format: Format) -> bytes:
    match format:
        case Format.json:
            return f"{_json(table.to_pylist())}\n".encode()
        case Format.xlsx:
            from flows.exports.spreadsheet import workbook

            return workbook(table)
        case Format.spreadsheet_csv:
            from flows.exports.spreadsheet import spreadsheet_csv

            return spreadsheet_csv(table)
        case Format.parquet:
            import pyarrow.parquet as pq

            out = BytesIO()
            pq.write_table(table, out)
            return out.getvalue()
        case _:
            return _csv(table)


def _csv(table: pa.Table) -> bytes:
    """For programs: every text as it is, lists joined; what has parts of its own as JSON, and of what else CSV has no form for, its text."""
    import polars as pl
    import pyarrow as pa

    for position, column in enumerate(table.schema):
        if _has_no_csv(column.type):
            values = table[position].to_pylist(
                maps_as_pydicts="lossy"
            )  # of a key that is there twice, the last
            table = table.set_column(
                position,
                column.name,
                pa.array([None if value is None else _csv_text(value) for value in values], pa.string()),
            )
    frame = pl.from_arrow(table)
    assert isinstance(frame, pl.DataFrame)
    lists = [
        pl.col(name).list.join("; ") for name, dtype in frame.schema.items() if isinstance(dtype, pl.List)
    ]
    return frame.with_columns(lists).write_csv().encode()


def _has_no_csv(kind: pa.DataType) -> bool:
    """Whether polars writes no CSV of it: lists of anything but text, structs, maps, unions, intervals, bytes."""
    from pyarrow import BaseExtensionType, types

    if types.is_list(kind) and (types.is_string(kind.value_type) or types.is_large_string(kind.value_type)):
        return False
    is_bytes = types.is_binary(kind) or types.is_large_binary(kind) or isinstance(kind, BaseExtensionType)
    return types.is_nested(kind) or types.is_interval(kind) or is_bytes


def _csv_text(value: object) -> str:
    told = _told(value)
    parts = [part for part in told if part is not None] if isinstance(told, list) else [told]
    return "; ".join(
        json.dumps(part, default=str, ensure_ascii=False)
        if isinstance(part, list | dict | bool)
        else str(part)
        for part in parts
    )


def _told(value: object) -> object:
    """A value with the intervals in it as text."""
    if isinstance(value, list):
        return [_told(part) for part in value]
    if isinstance(value, dict):
        return {name: _told(part) for name, part in value.items()}
    return _interval(*value) if isinstance(value, tuple) and hasattr(value, "nanoseconds") else value


def _interval(months: int, days: int, nanoseconds: int) -> str:
    """As ISO 8601 writes it, `P14M3DT1.5S`: months, days and seconds are not made of each other."""
    seconds = f"T{nanoseconds / 1_000_000_000:.9f}".rstrip("0").rstrip(".") + "S" if nanoseconds else ""
    return f"P{months}M{days}D{seconds}"


def _hand_over(contents: bytes, to: Path | None, *, is_text: bool) -> None:
    """To the file, or to standard output as it is; on a terminal, which obeys control characters, text with code points in their place and nothing else."""
    if to is not None:
        _write_file(to.resolve(), contents)
    elif not sys.stdout.isatty():
        sys.stdout.buffer.write(contents)
    elif is_text:
        sys.stdout.write("\n".join(printable(line) for line in contents.decode("utf-8-sig").split("\n")))
    else:
        raise UsageError(
            "this format is for a file, not for a terminal: give --to FILE, or send the output to a file or a program"
        )


def _write_file(path: Path, contents: bytes) -> None:
    keep_private()
    try:
        write_bytes_durably(path, contents)
    except OSError as error:
        raise UsageError(
            f"--to {path}: {error.strerror}; give a file in a folder that is there and may be written to"
        ) from None


def _json(value: object) -> str:
    """JSON in which what a terminal could obey or a reader could not see stands as \\uXXXX, within texts only: any parser gives the raw value."""
    return _UNSEEN.sub(_escapes, json.dumps(value, default=str, ensure_ascii=False, indent=1))


_UNSEEN = re.compile(r"[^\x20-\x7e\n]")


def _escapes(found: re.Match[str]) -> str:
    return found[0] if found[0].isprintable() else json.dumps(found[0])[1:-1]


def _print_rows(rows: Sequence[dict[str, object]], as_json: bool) -> None:
    import pyarrow as pa

    if as_json:
        print(_json(rows))
    elif rows:
        _print(
            pa.Table.from_pylist([{name: _cell(value) for name, value in row.items()} for row in rows]),
            Format.table,
        )


def _print_table(console: Console, title: str, table: pa.Table) -> None:
    shown = RichTable(
        title=title or None, title_justify="left", box=None, pad_edge=False, header_style="bold"
    )
    for column in table.schema:
        shown.add_column(
            Text(printable(column.name)),
            justify="right" if str(column.type) in NUMERIC_TYPES else "left",
            overflow="fold",
        )
    for row in table.to_pylist():
        shown.add_row(*(Text(printable(_cell(value))) for value in row.values()))
    console.print(shown, highlight=False)
    if not title:
        console.print(f"({table.num_rows} {'row' if table.num_rows == 1 else 'rows'})", highlight=False)


NUMERIC_TYPES = frozenset({"int64", "int32", "double", "float", "decimal128(18, 2)", "decimal128(12, 9)"})


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return "; ".join(str(_told(part)) for part in value)
    return f"{value:g}" if isinstance(value, float) else str(_told(value))


def printable(text: str) -> str:
    """Text for a terminal: control and direction characters, and bytes that are no text, as their code points. Line ends stay."""
    return "".join(char if char.isprintable() or char == "\n" else f"<U+{ord(char):04X}>" for char in text)


def _one_line(text: str) -> str:
    """Line ends by their code points too: what follows one could pass for a message of ours."""
    return printable(text).replace("\n", "<U+000A>")


def _say(out: Console, text: str) -> None:
    """One message, with nothing in it read as markup."""
    out.print(Text("\n".join(map(printable, text.split("\n")))), highlight=False, soft_wrap=True)


if __name__ == "__main__":
    main()
