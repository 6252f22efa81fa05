"""Commands that query a release (sql, check, diff) and the list of indicators."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from flows.accountability.access import Access
from flows.cli.options import (
    DAY_SHOWN,
    AreaOption,
    FormatOption,
    HomeOption,
    JsonOption,
    LanguageOption,
    PurposeOption,
    day,
)
from flows.cli.output import (
    EXIT_IN_PART,
    begin_work,
    complain,
    console,
    counted,
    print_as,
    print_grid,
    print_json,
    print_records,
    print_table,
    say,
    worded,
)
from flows.exports.table import Format
from flows.home import progress, settings, warehouse
from flows.home.authority import speak
from flows.home.processes import keep_private
from flows.release.store import current_release
from transforms.errors import DeclarationError, UsageError
from transforms.language import translated, translated_n
from transforms.model.indicator import Indicator, read_indicator
from transforms.model.languages import Language
from transforms.model.macros import MACROS

if TYPE_CHECKING:
    from flows.check.sheet import Sheet
    from flows.night.diff import Difference

FAULTS_PRINTED = 10  # rows of a list that were not checked; the sheet names all of them


# --- queries ------------------------------------------------------------------------------------------------


def sql(
    query: Annotated[
        str,
        typer.Argument(
            help="One SELECT, or - for standard input. `from v_dictionary` lists the views and columns."
        ),
    ],
    home: HomeOption,
    format: Annotated[Format, FormatOption] = Format.table,
    to: Annotated[Path | None, typer.Option("--to", help="Write to this file.")] = None,
) -> None:
    """Query the current release. Read-only."""
    statement = _standard_input() if query == "-" else query
    with progress.shown("Querying"):
        rows = warehouse.query(current_release(home), statement)
    print_as(rows, format, to)
    if not rows.num_rows and any(f"{macro.name}(" in statement for macro in MACROS):
        complain("no rows; write ids in full, such as GB-COH-00098254: `undertow check 98254` prints it")


def _standard_input() -> str:
    try:
        return sys.stdin.read()
    except (AttributeError, OSError, ValueError):  # it is None where it was closed
        raise UsageError(
            "- reads the query from standard input, which cannot be read; "
            "give the query itself, or a UTF-8 file with `< FILE`"
        ) from None


def diff(
    before: Annotated[date, typer.Option("--from", parser=day, metavar=DAY_SHOWN, help="The earlier day.")],
    after: Annotated[date, typer.Option("--to", parser=day, metavar=DAY_SHOWN, help="The later day.")],
    *,
    known_at: Annotated[
        date | None,
        typer.Option(
            "--known-at",
            parser=day,
            metavar=DAY_SHOWN,
            help="Use only editions published up to this day, for both days (default: all).",
        ),
    ] = None,
    subject: Annotated[
        str | None, typer.Option("--subject", help="Only changes about this entity. Needs a purpose.")
    ] = None,
    home: HomeOption,
    purpose: PurposeOption = None,
    format: Annotated[Format, FormatOption] = Format.table,
) -> None:
    """Show who gained or lost ownership, control or beneficial ownership between two days.

    Publishes nothing.
    """
    from flows.night.diff import difference

    begin_work()
    with Access(home, purpose) if subject is not None else nullcontext() as access:
        if access is not None and subject is not None:
            access.record("diff", [subject], shown=access.known([subject]))
        with progress.shown():
            changes = difference(home, before, after, known_at=known_at, subject=subject)
    _print_changes(changes, format, is_newest=known_at is None)


def _print_changes(changes: Difference, format: Format, *, is_newest: bool) -> None:
    """A program reads only rows from standard output, so messages about them go to standard error."""
    from flows.cli.diff_text import change_lines

    is_text = format is Format.table
    out = console() if is_text else Console(stderr=True)
    newest = " (the newest edition held)" if is_newest else ""
    known = f"{changes.known_at}{newest}" if changes.known_at else "all held, none of which is dated"
    say(f"From {changes.before} to {changes.after}, by editions known at {known}\n", out)
    print_table(changes.counts.to_arrow(), "Changes", out)
    say("", out)
    if is_text:
        for line in change_lines(changes.rows):
            say(line)
    else:
        print_as(changes.rows.to_arrow(), format)


# --- the catalogue ------------------------------------------------------------------------------------------


def indicators(
    codes: Annotated[list[str] | None, typer.Argument(help="Own indicators to --pack.")] = None,
    *,
    home: HomeOption,
    as_json: JsonOption = False,
    check: Annotated[
        Path | None, typer.Option("--check", help="Only check the folder of an indicator.")
    ] = None,
    pack: Annotated[bool, typer.Option("--pack", help="Write own indicators to the file of --to.")] = False,
    to: Annotated[Path | None, typer.Option("--to", help="File of the pack.")] = None,
    unpack: Annotated[Path | None, typer.Option("--unpack", help="Add the indicators of a pack.")] = None,
    language: LanguageOption = None,
) -> None:
    """List the indicators, including the home's own in indicators/. `explain CODE` describes one."""
    from flows.home import local_indicators

    spoken = speak(home, language)
    if check is not None:
        say(_checked(check))
    elif unpack is not None:
        say(f"unpacked {', '.join(local_indicators.unpack(home, unpack))}; the next run assesses them")
        for fault in local_indicators.read_local(home)[1]:
            complain(f"but not yet: {fault}")
    elif pack:
        if to is None or not codes:
            raise UsageError("--pack needs the codes of own indicators, and --to FILE")
        from flows.cli.evaluation.practice import sheets_for_pack

        local_indicators.own_codes(home, codes)  # what is not one is said before anything is written
        sheets = sheets_for_pack(home, codes)
        say(f"packed {', '.join(local_indicators.pack(home, codes, to, sheets))} in {to}")
    else:
        from flows.cli.verdicts.precision import precision_of

        known, faults = local_indicators.known_indicators(home), local_indicators.read_local(home)[1]
        precision = precision_of(home)
        print_records(
            [{**_listed(one, spoken), "precision": precision.get(one.code)} for one in known.values()],
            as_json=as_json,
        )
        for fault in faults:
            complain(f"left out: {fault}")


def _listed(indicator: Indicator, language: Language) -> dict[str, object]:
    return {
        "code": indicator.code,
        "title": indicator.texts(language).title,
        "lane": indicator.lane,
        "weak": indicator.weak,
        "subject": indicator.subject_type,
        "parameters": ", ".join(f"{p.name} {p.default:g} {p.unit}" for p in indicator.parameters),
        "source": indicator.source,
    }


def _checked(folder: Path) -> str:
    from transforms.flags.local import LOCAL_FAMILY, check_local

    if not folder.is_dir():
        raise UsageError(f"{folder}: this is not a folder")
    try:
        indicator = read_indicator(folder.resolve())
        if indicator.family == LOCAL_FAMILY:
            check_local(indicator)
    except DeclarationError as error:
        raise UsageError(str(error)) from None
    return f"{indicator.code} {indicator.title}: its files are whole"


# --- check --------------------------------------------------------------------------------------------------


def check(
    what: Annotated[
        str | None,
        typer.Argument(
            help="A name, number, title, address or id; or a CSV file with columns name, number, address "
            "(naam, nummer, adres)."
        ),
    ] = None,
    *,
    payments: Annotated[
        Path | None,
        typer.Option(
            "--payments",
            help="A payment run to check before it goes out, read through a mapping of this home.",
        ),
    ] = None,
    home: HomeOption,
    to: Annotated[
        Path | None,
        typer.Option("--to", help="Write pages to this folder: an index, and one page for each party."),
    ] = None,
    area: AreaOption = None,
    as_json: JsonOption = False,
    language: LanguageOption = None,
    purpose: PurposeOption = None,
) -> int:
    """Show what is known about an applicant, financier, lessor or supplier, or about each party of a list.

    Owners, titles, flags, what could not be assessed, and what was searched without result. --area limits the
    titles listed. Exit code 5: a row of the list could not be read and was not checked; the others were.
    """

    speak(home, language)
    if payments is not None and what is None:
        return _check_payments(home, payments, purpose, as_json=as_json)
    if what is None or payments is not None:
        raise UsageError("give a name, number or list to check, or --payments FILE, one of the two")
    return _check_parties(home, what, to, tuple(area or ()), purpose, as_json=as_json)


def _check_payments(home: settings.Home, file: Path, purpose: str | None, *, as_json: bool) -> int:
    """Check the run and print what to hold back. Returns the exit code: 5 if a line could not be read."""
    from flows.check import payments
    from flows.night.keys import id_key

    with Access(home, purpose) as access:
        with progress.shown("Checking"):
            key = id_key(home, synthetic=access.is_synthetic)
            run = payments.check_payments(home, access.connection, file, key)
        access.record("check", [file.name], shown=run.held["payee_id"].unique().to_list())
    if as_json:
        print_json(payments.as_json(run))
    else:
        lines = translated_n("%(n)s line", "%(n)s lines", run.lines_n)
        known = translated("%(n)s to a payee that a register knows", n=run.known_n)
        say(f"{lines}, {known}. {translated('To hold until it is clear:')}\n")
        names = {name: translated(name) for name in payments.HELD_COLUMNS}
        rows = [{names[name]: worded(row[name]) for name in names} for row in run.held.to_dicts()]
        print_grid([*names.values()], rows, right=(names["amount"],))
    if run.rejected_n:
        complain(f"{counted(run.rejected_n, 'line was', 'lines were')} not read, and nothing is said of them")
    return EXIT_IN_PART if run.rejected_n else 0


def _check_parties(
    home: settings.Home,
    what: str,
    to: Path | None,
    areas: tuple[str, ...],
    purpose: str | None,
    *,
    as_json: bool,
) -> int:
    from flows.check.answer import check as check_rows
    from flows.check.input import read_argument
    from flows.check.sheet import as_json as sheet_values

    rows = read_argument(what)
    with Access(home, purpose) as access:
        today = datetime.now().astimezone().date()
        with progress.shown("Checking"):
            sheet = check_rows(access.connection, rows, areas=areas, allows=access.allows, checked_on=today)
        access.record("check", [row.shown for row in rows if not row.fault], shown=sheet.subject_ids)
        if (home.state / "review.sqlite").exists():  # the store is slow to import
            from flows.review.desk import Desk
            from flows.review.known import with_decisions

            sheet = with_decisions(sheet, Desk(home, access.connection, today), purpose=access.purpose)
        if to is not None:
            from flows.pages.check import write_pages

            keep_private()
            with progress.shown("Writing pages"):
                index = write_pages(access.connection, sheet, to)
            print(index, file=sys.stderr if as_json else sys.stdout)
    if as_json:
        print_json(sheet_values(sheet))
    elif to is None:
        _print_sheet(sheet)
    for fault in sheet.faults[:FAULTS_PRINTED]:
        complain(f"not checked: {fault}")
    if (more_n := len(sheet.faults) - FAULTS_PRINTED) > 0:
        complain(f"{counted(more_n, 'more row was', 'more rows were')} not checked")
    return EXIT_IN_PART if sheet.faults else 0


def _print_sheet(sheet: Sheet) -> None:
    from flows.cli.check_text import blocks

    for block in blocks(sheet):
        if block.title:
            say(f"\n{block.title}", style="bold")
        for line in block.lines:
            say(line)
        if block.rows:
            print_grid(list(block.rows[0]), block.rows)
