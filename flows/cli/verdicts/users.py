"""`undertow review`: the app; and `review user`: the people who review. Anyone who may write to the home may
add them.
"""

from __future__ import annotations

import ipaddress
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows.cli import night
from flows.cli.options import HomeOption, JsonOption
from flows.cli.output import complain, print_records, say
from flows.home import settings
from flows.release.store import current_target, is_real
from transforms.errors import UsageError

if TYPE_CHECKING:
    from flows.web.signing_in import Trust

review_app = typer.Typer(invoke_without_command=True, help="Serve the review app, and manage its users.")
user_app = typer.Typer(no_args_is_help=True, help="Users: who may read, judge, supervise, audit, administer.")
review_app.add_typer(user_app, name="user")


@review_app.callback()
def review(
    context: typer.Context,
    *,
    host: Annotated[str, typer.Option("--host", help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", help="Port to listen on.", min=1, max=65535)] = 8300,
    socket: Annotated[
        Path | None, typer.Option("--socket", help="Listen on this unix socket instead.")
    ] = None,
    tls: Annotated[bool, typer.Option("--tls", help="A proxy in front uses TLS with browsers.")] = False,
    user_header: Annotated[
        str | None,
        typer.Option("--user-header", help="Header in which a proxy names the signed-in user."),
    ] = None,
    proxy: Annotated[
        list[str] | None,
        typer.Option("--proxy", help="Address of a proxy whose header is trusted. Can be repeated."),
    ] = None,
    demo: Annotated[
        bool, typer.Option("--demo", help="Make a synthetic town and three users first.")
    ] = False,
    home: HomeOption,
) -> None:
    """Serve the review app on this machine, until interrupted."""
    if context.invoked_subcommand is not None:
        return
    from flows.home import logs
    from flows.web.serving import serve

    trust = _trust(user_header, proxy or [], socket)
    if demo:
        _make_demo(home)
    elif current_target(home) is None:
        raise UsageError(f"{home.root}: no release yet; run a night first, or try `undertow review --demo`")
    logs.configure(quiet=True)
    complain(f"review app on {socket or f'http://{host}:{port}'}; Ctrl-C ends it")
    serve(home, host=host, port=port, socket_path=socket, trust=trust, over_tls=tls)


def _trust(user_header: str | None, proxies: list[str], socket: Path | None) -> Trust | None:
    """The source that decides who a user is. Raises UsageError for options that do not go together."""
    from flows.web.signing_in import Trust

    if user_header is None:
        if proxies:
            raise UsageError("--proxy is whose --user-header counts; add that")
        return None
    if socket is None and not proxies:
        raise UsageError("--user-header counts on a --socket or from a --proxy only; add one of them")
    return Trust(user_header, frozenset(map(_address, proxies)), on_socket=socket is not None)


def _address(text: str) -> str:
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        raise UsageError(f"--proxy {text}: give an IP address") from None


def _make_demo(home: settings.Home) -> None:
    from flows.web.serving import add_demo_users

    if is_real(home):
        raise UsageError(f"{home.root}: this home holds real registers; give the demo another --home")
    if current_target(home) is None:
        night.demo(home)
    for name, role, password in add_demo_users(home):
        say(f"{name} ({role}): {password or 'has a password already'}")


NameArgument = Annotated[str, typer.Argument(help="Name of the user: letters, digits and . _ @ -")]


@user_app.command("add")
def user_add(
    name: NameArgument,
    role: Annotated[
        str, typer.Option("--role", help="reader, reviewer, supervisor, auditor or administrator.")
    ],
    home: HomeOption,
) -> None:
    """Add a user. Asks for the password; without a terminal, prints a code with which the user sets it."""
    from flows.review import users

    password = (
        str(typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True))
        if sys.stdin.isatty()
        else None
    )
    code = users.add(home, name, role, by=users.operator(), password=password)
    say(f"{name}: {role}{_with_code(code)}")


def _with_code(code: str) -> str:
    from flows.review.users import CODE_HOURS

    return f"; code to set a password with, once, within {CODE_HOURS} hours: {code}" if code else ""


@user_app.command("list")
def user_list(home: HomeOption, as_json: JsonOption = False) -> None:
    """List the users."""
    from flows.review import users

    print_records([asdict(one) for one in users.accounts(home)], as_json=as_json)


@user_app.command("role")
def user_role(
    name: NameArgument,
    role: Annotated[str, typer.Option("--role", help="The new role.")],
    home: HomeOption,
) -> None:
    """Give a user another role."""
    from flows.review import users

    users.change_role(home, name, role, by=users.operator())
    say(f"{name}: {role}")


@user_app.command("code")
def user_code(name: NameArgument, home: HomeOption) -> None:
    """Print a new code with which a user sets a password; the old password no longer works."""
    from flows.review import users

    say(f"{name}{_with_code(users.new_code(home, name, by=users.operator()))}")


@user_app.command("disable")
def user_disable(name: NameArgument, home: HomeOption) -> None:
    """Disable a user. Their verdicts stay, and nobody else gets the name."""
    from flows.review import users

    users.disable(home, name, by=users.operator())
    say(f"{name}: disabled")
