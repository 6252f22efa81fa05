"""`undertow review user`: the people who review. Whoever may write to the home may add them."""

import sys
from dataclasses import asdict
from typing import Annotated

import typer

from flows.cli.options import HomeOption, JsonOption
from flows.cli.output import print_records, say
from flows.home import settings

review_app = typer.Typer(no_args_is_help=True, help="The people who review.")
user_app = typer.Typer(no_args_is_help=True, help="Users: who may read, judge, supervise, audit, administer.")
review_app.add_typer(user_app, name="user")

NameArgument = Annotated[str, typer.Argument(help="Name of the user: letters, digits and . _ @ -")]


@user_app.command("add")
def user_add(
    name: NameArgument,
    role: Annotated[
        str, typer.Option("--role", help="reader, reviewer, supervisor, auditor or administrator.")
    ],
    home: HomeOption = None,
) -> None:
    """Add a user. Asks for the password; without a terminal, prints a code with which the user sets it."""
    from flows.review import users

    password = _password() if sys.stdin.isatty() else None
    code = users.add(settings.home(home), name, role, by=users.operator(), password=password)
    say(f"{name}: {role}{_with_code(code)}")


def _password() -> str:
    password: str = typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
    return password


def _with_code(code: str) -> str:
    from flows.review.users import CODE_HOURS

    return f"; code to set a password with, once, within {CODE_HOURS} hours: {code}" if code else ""


@user_app.command("list")
def user_list(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """List the users."""
    from flows.review import users

    print_records([asdict(one) for one in users.accounts(settings.home(home))], as_json=as_json)


@user_app.command("role")
def user_role(
    name: NameArgument,
    role: Annotated[str, typer.Option("--role", help="The new role.")],
    home: HomeOption = None,
) -> None:
    """Give a user another role."""
    from flows.review import users

    users.change_role(settings.home(home), name, role, by=users.operator())
    say(f"{name}: {role}")


@user_app.command("code")
def user_code(name: NameArgument, home: HomeOption = None) -> None:
    """Print a new code with which a user sets a password; the old password no longer works."""
    from flows.review import users

    say(f"{name}{_with_code(users.new_code(settings.home(home), name, by=users.operator()))}")


@user_app.command("disable")
def user_disable(name: NameArgument, home: HomeOption = None) -> None:
    """Disable a user. Their verdicts stay, and nobody else gets the name."""
    from flows.review import users

    users.disable(settings.home(home), name, by=users.operator())
    say(f"{name}: disabled")
