"""The command that notifies the receivers."""

from dataclasses import asdict
from typing import Annotated

import typer

from flows.cli.options import HomeOption, JsonOption
from flows.cli.output import complain, print_records, say
from transforms.errors import UsageError, exit_code_of


def notify(
    home: HomeOption,
    *,
    is_test: Annotated[
        bool, typer.Option("--test", help="Send each receiver a message that says it is a test.")
    ] = False,
    is_dry: Annotated[bool, typer.Option("--dry-run", help="Print what is due; send nothing.")] = False,
    as_json: JsonOption = False,
) -> int:
    """Notify the receivers in the home's notify.toml of what is due: results of nights, alarms, new cases.

    Every run does this at its end. Nothing is sent twice. Exit code 0: every message was sent, or none was
    due; 5: a receiver could not be notified; 4: none could.
    """
    from flows.home import logs
    from flows.operations.telling import tell
    from flows.operations.telling.matters import misspelled
    from flows.operations.telling.receivers import NOTIFY_FILE

    logs.configure(quiet=True)
    if not tell.has_receivers(home):
        raise UsageError(
            f"{home.root / NOTIFY_FILE}: there is no such file; name in it who is notified of what"
        )
    for fault in misspelled(home):
        complain(f"{home.root / NOTIFY_FILE}, {fault}")
    if is_dry:
        for receiver, message in tell.would_tell(home):
            say(
                f"--- {receiver}\n{message.title}\n\n{message.text}\n"
                if message
                else f"--- {receiver}: nothing due\n"
            )
        return 0
    outcomes = tell.try_receivers(home) if is_test else tell.tell(home)
    print_records([asdict(outcome) for outcome in outcomes], as_json=as_json)
    return exit_code_of(outcome.state == "failed" for outcome in outcomes)
