"""The command that fetches what publishers put out."""

from typing import Annotated

import typer

from flows.cli.options import HomeOption, JsonOption
from flows.cli.output import print_records
from flows.home import settings


def fetch(
    register: Annotated[
        list[str] | None, typer.Argument(help="Registers (default: all that can be).")
    ] = None,
    home: HomeOption = None,
    *,
    any_size: Annotated[
        bool, typer.Option("--any-size", help="Also a file far larger or smaller than the last.")
    ] = False,
    as_json: JsonOption = False,
) -> int:
    """Fetch what publishers put out into the landing folder of the home.

    Only whole files are landed. Exit code 0: all that was asked for is here; 5: a register could not be
    fetched; 4: none could.
    """
    from dataclasses import asdict

    from flows.fetching.rounds import chosen, exit_code, fetch_all

    where = settings.home(home)
    results = fetch_all(where, chosen(where, register or []), any_size=any_size)
    rows = [{**asdict(result), "files": ", ".join(result.files)} for result in results]
    print_records(rows, as_json=as_json)
    return exit_code(results)
