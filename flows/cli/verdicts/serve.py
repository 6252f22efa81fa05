"""How `undertow review` serves the app, and makes the demo."""

import ipaddress
from pathlib import Path

from flows.cli import night
from flows.cli.output import complain, say
from flows.home import logs
from flows.home.settings import Home
from flows.release.store import current_target, is_real
from transforms.errors import UsageError


def serve_review(
    home: Home,
    *,
    host: str,
    port: int,
    socket: Path | None,
    user_header: str | None,
    proxies: list[str],
    tls: bool,
    demo: bool,
) -> None:
    """Raises UsageError for options that do not go together."""
    from flows.web.serving import serve
    from flows.web.signing_in import Trust

    trust = None
    if user_header is not None:
        if socket is None and not proxies:
            raise UsageError("--user-header counts on a --socket or from a --proxy only; add one of them")
        trust = Trust(user_header, frozenset(map(_address, proxies)), on_socket=socket is not None)
    elif proxies:
        raise UsageError("--proxy is whose --user-header counts; add that")
    if demo:
        _make_demo(home)
    elif current_target(home) is None:
        raise UsageError(f"{home.root}: no release yet; run a night first, or try `undertow review --demo`")
    logs.configure(quiet=True)
    complain(f"review app on {socket or f'http://{host}:{port}'}; Ctrl-C ends it")
    serve(home, host=host, port=port, socket_path=socket, trust=trust, over_tls=tls)


def _address(text: str) -> str:
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        raise UsageError(f"--proxy {text}: give an IP address") from None


def _make_demo(home: Home) -> None:
    from flows.web.serving import add_demo_users

    if is_real(home):
        raise UsageError(f"{home.root}: this home holds real registers; give the demo another --home")
    if current_target(home) is None:
        night.demo(home.root)
    for name, role, password in add_demo_users(home):
        say(f"{name} ({role}): {password or 'has a password already'}")
