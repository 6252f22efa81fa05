"""Commands about registers: fetch the publishers' files, list registers and their freshness."""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated

import typer

from flows.cli.options import HomeOption, JsonOption, LanguageOption
from flows.cli.output import begin_work, print_json, print_records, say
from flows.home import settings
from flows.home.authority import speak
from transforms.errors import UsageError, exit_code_of
from transforms.model.register import registers as all_registers


def fetch(
    register: Annotated[
        list[str] | None, typer.Argument(help="Registers (default: all that can be fetched).")
    ] = None,
    *,
    home: HomeOption,
    as_list: Annotated[
        bool, typer.Option("--list", help="List what can be fetched, from where, and the last fetch.")
    ] = False,
    any_size: Annotated[
        bool, typer.Option("--any-size", help="Accept a file much larger or smaller than the last.")
    ] = False,
    again: Annotated[
        bool,
        typer.Option("--again", help="Fetch files of the named registers again."),
    ] = False,
    as_json: JsonOption = False,
) -> int:
    """Fetch the publishers' files into the landing folder of the home.

    Only complete files are landed. Exit code 0: every requested file is here; 5: a register could not be
    fetched; 4: none could.
    """
    from flows.fetching.rounds import chosen, fetch_all
    from flows.operations.telling.tell import tell_or_warn

    begin_work()
    if as_list:
        _print_sources(home, register or [], as_json=as_json)
        return 0
    if again and not register:
        raise UsageError("--again: name the registers whose files are to be fetched again")
    results = fetch_all(home, chosen(home, register or []), any_size=any_size, again=again)
    rows = [{**asdict(result), "files": ", ".join(result.files)} for result in results]
    print_records(rows, as_json=as_json)
    if code := exit_code_of(failed for result in results for failed in result.failures):
        tell_or_warn(home)
    return code


def _print_sources(home: settings.Home, names: list[str], *, as_json: bool) -> None:
    """Every register that can be fetched, or the named ones: address, newest edition and its age, licence."""
    from flows.fetching.pages import place
    from flows.fetching.rounds import chosen
    from flows.fetching.sources import sources
    from flows.operations.freshness import freshness

    known = {register.register: register for register in freshness(home)}
    today = datetime.now(UTC).date()
    rows = []
    for wanted in chosen(home, names) if names else sources(home).values():
        held = known.get(wanted.register.name)
        newest = held.newest if held else None
        rows.append(
            {
                "register": wanted.register.name,
                "address": place(wanted.source.url),
                "newest": newest,
                "age_days": (today - newest).days if newest else None,
                "licence": wanted.register.licence,
            }
        )
    print_records(rows, as_json=as_json)


def registers(
    *,
    freshness: Annotated[
        bool,
        typer.Option("--freshness", help="Show what the home holds of each register, and what it missed."),
    ] = False,
    home: HomeOption,
    as_json: JsonOption = False,
    language: LanguageOption = None,
) -> None:
    """List the registers that Undertow can read, or the freshness of a home's registers."""
    speak(home, language)
    if freshness:
        _print_freshness(home, as_json=as_json)
        return
    names = ("title", "publisher", "cadence", "kind", "licence", "expected_rows")
    records = [
        {"register": register.name, **{name: getattr(register, name) for name in names}}
        for register in all_registers().values()
    ]
    print_records(records, as_json=as_json, columns=("register", "title", "publisher", "cadence", "kind"))


def _print_freshness(home: settings.Home, *, as_json: bool) -> None:
    from flows.operations.freshness import freshness

    known = freshness(home)
    records = [asdict(register) for register in known]
    if as_json:
        print_json(records)
        return
    columns = ("register", "newest", "fetched_at", "next_due", "is_overdue")
    print_records(records, as_json=False, columns=columns)
    for register in known:
        for missed in register.missed:
            say(f"{register.register}: missed {missed.first} to {missed.last}: {missed.why}")
        if register.fault:
            say(f"{register.register}: the last fetch failed: {register.fault}")
