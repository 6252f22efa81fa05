"""The `undertow` command: every subcommand by group, and the exit codes.

0 success; 2 usage, or no recognised register; 3 a gate blocked the release; 4 interrupted, failed or locked;
5 a register or some rows of a list were left out, the rest was published or checked. Modules that are slow to
import (stages, Prefect, pages) are imported inside the commands that need them.
"""

import gc
import sys
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import version
from typing import Annotated

import polars as pl
import typer

from flows.cli import ask, explain, fetch, night, operate, review
from flows.cli.evaluation.command import evaluate
from flows.cli.output import EXIT_FAILED, EXIT_USAGE, complain, discard_output, file_error, output_error
from flows.cli.verdicts.commands import verdict_app
from flows.cli.verdicts.users import review_app
from transforms.errors import UndertowError, place

COMMANDS: Mapping[str, Sequence[Callable[..., int | None]]] = {
    "Night": (night.demo, fetch.fetch, night.run, night.releases, night.rollback),
    "Ask": (ask.check, explain.explain, ask.sql, ask.diff),
    "Decide": (review.report, review.export, review.resolve),
    "Data": (fetch.registers, ask.indicators, evaluate),
    "Operate": (
        night.serve,
        operate.notify,
        operate.doctor,
        operate.metrics,
        operate.backup,
        operate.restore,
        operate.disclose,
        operate.purge,
    ),
}
# A query may begin with a comment (`-- companies by number`), which is not an option.
CONTEXT_SETTINGS: Mapping[str, dict[str, bool]] = {"sql": {"ignore_unknown_options": True}}

app = typer.Typer(
    name="undertow",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
    help="Find red flags in company, ownership and property registers. "
    "A flag is an indication, not a finding.",
)
for panel, commands in COMMANDS.items():
    for command in commands:
        app.command(rich_help_panel=panel, context_settings=CONTEXT_SETTINGS.get(command.__name__))(command)
app.add_typer(verdict_app, name="verdict", rich_help_panel="Decide")
app.add_typer(review_app, name="review", rich_help_panel="Decide")
app.add_typer(operate.purpose_app, name="purpose", rich_help_panel="Operate")
app.add_typer(operate.audit_app, name="audit", rich_help_panel="Operate")
app.add_typer(operate.deploy_app, name="deploy", rich_help_panel="Operate")


def _print_version(is_wanted: bool) -> None:
    if is_wanted:
        print(f"undertow {version('undertow')}")
        raise typer.Exit


@app.callback()
def _options(
    _: Annotated[
        bool,
        typer.Option("--version", help="Print the version.", callback=_print_version, is_eager=True),
    ] = False,
) -> None:
    pass


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command and leave with its exit code."""
    code = exit_code(arguments)
    gc.freeze()  # otherwise Python spends a tenth of a second on a last garbage collection
    sys.exit(code)


def exit_code(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code. Typer's own codes (1, 130, 143) never leave this function."""
    try:
        result = app(args=list(arguments) if arguments is not None else None, standalone_mode=False)
        sys.stdout.flush()
        return result if isinstance(result, int) else 0
    except typer.TyperException as error:
        if message := _usage_message(error):
            complain(message)
        return EXIT_USAGE
    except UndertowError as error:
        complain(str(error))
        return error.exit_code
    except (KeyboardInterrupt, typer.Abort):
        complain("interrupted")
        return EXIT_FAILED
    except (BrokenPipeError, SystemExit):
        # The reader closed the pipe (`| head`); Typer and Rich turn that into a SystemExit.
        discard_output()
        return 0
    except (Exception, pl.exceptions.PanicException) as error:
        # The text of an unexpected error may contain a record, so only its kind and place are printed.
        unexpected = f"unexpected {type(error).__name__} at {place(error)}; please report this line"
        complain(output_error(error) or file_error(error) or unexpected)
        return EXIT_FAILED


def _usage_message(error: typer.TyperException) -> str:
    """Typer's message and the command whose help explains it; "" if Typer has already printed the help."""
    context = getattr(error, "ctx", None)
    message = " ".join(error.format_message().split()).rstrip(".")
    return f"{message}; see `{context.command_path} --help`" if context and message else message


if __name__ == "__main__":
    main()
