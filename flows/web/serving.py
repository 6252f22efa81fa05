"""Serving the app with uvicorn, on loopback or a unix socket; and the demo."""

import os
import secrets
import socket
from pathlib import Path

import uvicorn

from flows.home.settings import Home
from flows.review import users
from flows.web.app import now, review_app
from flows.web.provider import provider_of
from flows.web.signing_in import Trust
from transforms.errors import RunFailed, UsageError

LOOPBACK = ("127.0.0.1", "::1", "localhost")
DEMO_USERS = (("anna", "reviewer"), ("ben", "reviewer"), ("carla", "supervisor"))


def serve(
    home: Home,
    *,
    host: str,
    port: int,
    socket_path: Path | None = None,
    trust: Trust | None = None,
    over_tls: bool,
) -> None:
    """Serve until interrupted. `over_tls`: a proxy in front uses TLS with browsers.

    Raises UsageError for an address other than this machine's own without TLS and for settings that conflict,
    RunFailed if the port is taken.
    """
    if socket_path is None and host not in LOOPBACK and not over_tls:
        raise UsageError(
            f"--host {host}: passwords would cross the network in the clear; put a proxy with TLS before it "
            "and add --tls, or use 127.0.0.1"
        )
    provider = provider_of(home, now)
    if provider is not None and trust is not None:
        raise UsageError("--user-header: undertow.toml has [sign_in] too; keep one of the two")
    app = review_app(home, secure=over_tls, trust=trust, provider=provider)
    listening = [bound(socket_path)] if socket_path is not None else None
    os.umask(0o077)
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        access_log=False,  # an address may hold what somebody searched for
        log_level="warning",
        proxy_headers=False,
        server_header=False,
        date_header=True,
        workers=1,
        timeout_keep_alive=15,
        limit_concurrency=200,
    )
    try:
        uvicorn.Server(config).run(sockets=listening)
    except SystemExit:
        raise RunFailed(f"port {port} of {host} is taken or not allowed; give another --port") from None


def bound(path: Path) -> socket.socket:
    """A Unix socket for this user and its group only: whoever can write to it may name any user.

    uvicorn would allow everybody. Raises UsageError if the path is taken or cannot be made.
    """
    if path.is_socket():
        path.unlink()  # of a server that was killed
    made = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    before = os.umask(0o117)
    try:
        made.bind(str(path))
    except OSError as error:
        raise UsageError(f"--socket {path}: {error.strerror}; give a path in a folder of this user") from None
    finally:
        os.umask(before)
    return made


def add_demo_users(home: Home) -> list[tuple[str, str, str]]:
    """Name, role and password of three users; for users that already existed the password is ""."""
    there = {one.name for one in users.accounts(home)}
    made = []
    for name, role in DEMO_USERS:
        password = "" if name in there else secrets.token_urlsafe(12)
        if password:
            users.add(home, name, role, by=users.operator(), password=password)
        made.append((name, role, password))
    return made
