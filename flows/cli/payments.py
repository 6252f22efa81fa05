"""`undertow check --payments`: a payment run before it goes out."""

from pathlib import Path

from flows.accountability.access import Access
from flows.check import payments
from flows.cli.output import EXIT_IN_PART, complain, counted, print_grid, print_json, say
from flows.home import progress
from flows.home.settings import Home
from flows.night.keys import id_key


def print_check(home: Home, file: Path, purpose: str | None, *, as_json: bool) -> int:
    """Check the run and print what to hold back. Returns the exit code: 5 if a line could not be read."""
    with Access(home, purpose) as access:
        with progress.shown("Checking"):
            key = id_key(home, synthetic=access.is_synthetic)
            run = payments.check_payments(home, access.connection, file, key)
        access.record("check", [file.name], shown=run.held["payee_id"].unique().to_list())
    if as_json:
        print_json(payments.as_json(run))
    else:
        lines = counted(run.lines_n, "line", "lines")
        say(f"{lines}, {run.known_n} to a payee that a register knows. To hold until it is clear:\n")
        print_grid(payments.HELD_COLUMNS, run.held.iter_rows(named=True), right=("amount",))
    if run.rejected_n:
        complain(f"{counted(run.rejected_n, 'line was', 'lines were')} not read, and nothing is said of them")
    return EXIT_IN_PART if run.rejected_n else 0
