"""The people who review: names, roles, passwords and one-time codes. The only module that touches them.

A password is kept as an Argon2id hash with the library's own parameters. A user without a password sets one
with a code, which works once and for CODE_HOURS. The chain has an event for adding or disabling a user;
hashes of passwords and codes are not in it.
"""

import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import sqlalchemy as sa
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from flows.home.settings import Home
from flows.journal import audit, reviews
from flows.journal.reviews import USER, Draft, Log
from flows.review.rules import ROLES, User
from transforms.errors import UsageError
from transforms.language import translated

NAME = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$")
PASSWORD_CHARS = (12, 200)  # OWASP ASVS 2.1: at least 12, and long ones allowed
CODE_HOURS = 24  # (own)
OPERATOR = "operator"  # the role of anyone who acts from the command line through file system rights
USER_EVENT = "user"
hasher = PasswordHasher()


@dataclass(frozen=True)
class Account:
    """A user as administrators see one. Times are UTC, ISO 8601."""

    name: str
    role: str
    made_at: str
    disabled_at: str | None
    has_password: bool


def accounts(home: Home) -> list[Account]:
    """All users by name, including disabled ones."""
    with reviews.reading(home) as log:
        rows = log.connection.execute(sa.select(USER).order_by(USER.c.name)).all() if log is not None else []
    return [
        Account(row.name, row.role, row.made_at, row.disabled_at, row.password_hash is not None)
        for row in rows
    ]


def user(home: Home, name: str) -> User:
    """The user of that name. Raises UsageError if there is none, or it is disabled."""
    account = active(home, name)
    return User(account.name, account.role)


def active(home: Home, name: str) -> Account:
    """The account of that name. Raises UsageError if there is none, or it is disabled."""
    for account in accounts(home):
        if account.name == name and account.disabled_at is None:
            return account
    raise UsageError(
        f"there is no such user here: {name!r}; `undertow review user list` lists them, and "
        "`undertow review user add NAME --role reviewer` adds one"
    )


def operator() -> User:
    """The person who runs a command on users, whom the file system allows."""
    return User(str(audit.who()["user"]) or "unknown", OPERATOR)


def add(home: Home, name: str, role: str, *, by: User, password: str | None = None) -> str:
    """Add a user; returns a one-time code, or "" if a password is given. Raises UsageError."""
    _may_keep_users(by)
    if not NAME.match(name):
        raise UsageError(
            translated("a name has at most 64 letters, digits and . _ @ -, and begins with a letter or digit")
        )
    if role not in ROLES:
        raise UsageError(f"--role: one of {', '.join(ROLES)}")
    password_hash = _hashed(password) if password is not None else None
    with reviews.writing(home) as log:
        if log.connection.execute(sa.select(USER).where(USER.c.name == name)).first():
            raise UsageError(
                translated("%(name)s: there is a user of this name; a name is never used again", name=name)
            )
        log.connection.execute(
            sa.insert(USER).values(name=name, role=role, password_hash=password_hash, made_at=_now())
        )
        _note(log, by, name, f"added as {role}")
        return "" if password is not None else _new_code(log, name)


def change_role(home: Home, name: str, role: str, *, by: User) -> None:
    """Raises UsageError."""
    _may_keep_users(by)
    if role not in ROLES:
        raise UsageError(f"--role: one of {', '.join(ROLES)}")
    with reviews.writing(home) as log:
        _change(log, name, role=role)
        _note(log, by, name, f"is {role}")


def disable(home: Home, name: str, *, by: User) -> None:
    """Disable a user. The name stays taken, and its verdicts stay. Raises UsageError."""
    _may_keep_users(by)
    with reviews.writing(home) as log:
        _change(log, name, disabled_at=_now(), password_hash=None, code_hash=None)
        _note(log, by, name, "disabled")


def new_code(home: Home, name: str, *, by: User) -> str:
    """A one-time code with which the user sets a password; the old password no longer works."""
    _may_keep_users(by)
    with reviews.writing(home) as log:
        _change(log, name, password_hash=None)
        _note(log, by, name, "got a new code")
        return _new_code(log, name)


def set_password(home: Home, name: str, code: str, password: str) -> None:
    """Set a password with the one-time code, which is then used up. Raises UsageError."""
    password_hash = _hashed(password)
    with reviews.writing(home) as log:
        row = _row(log, name)
        held = row.code_hash if row is not None and (row.code_until or "") > _now() else None
        if not _fits(held, code):
            raise UsageError(
                translated("this name and code do not fit, or the code has expired; ask for a new one")
            )
        _change(log, name, password_hash=password_hash, code_hash=None, code_until=None)


def signed_in(home: Home, name: str, password: str) -> User | None:
    """The user, if name and password match. Takes equally long if there is no such user."""
    with reviews.reading(home) as log:
        row = _row(log, name) if log is not None else None
    held = row.password_hash if row is not None and row.disabled_at is None else None
    return User(row.name, row.role) if _fits(held, password) and row is not None else None


def _may_keep_users(by: User) -> None:
    if by.role != OPERATOR:
        by.require("users")


def _hashed(password: str) -> str:
    least, most = PASSWORD_CHARS
    if not least <= len(password) <= most:
        raise UsageError(
            translated("a password has from %(least)s to %(most)s characters", least=least, most=most)
        )
    return hasher.hash(password)


@cache
def _nobody() -> str:
    """A dummy to compare a wrong name with, so that the answer takes as long as for a right one."""
    return hasher.hash(secrets.token_hex())


def _fits(held: str | None, given: str) -> bool:
    try:
        return hasher.verify(held or _nobody(), given) and held is not None
    except (VerificationError, InvalidHashError):
        return False


def _new_code(log: Log, name: str) -> str:
    code = secrets.token_urlsafe(12)
    until = (datetime.now(UTC) + timedelta(hours=CODE_HOURS)).isoformat(timespec="seconds")
    _change(log, name, code_hash=hasher.hash(code), code_until=until)
    return code


def _row(log: Log, name: str) -> sa.Row[Any] | None:
    return log.connection.execute(sa.select(USER).where(USER.c.name == name)).first()


def _change(log: Log, name: str, **values: str | None) -> None:
    found_n = log.connection.execute(sa.update(USER).where(USER.c.name == name).values(**values)).rowcount
    if not found_n:
        raise UsageError(f"there is no such user here: {name!r}")


def _note(log: Log, by: User, name: str, what: str) -> None:
    log.append(Draft(by.name, by.role, "", "", USER_EVENT, {"user": name, "what": what, "via": audit.who()}))


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
