"""Who is signed in, tokens of forms, limits on signing in, and purposes kept for a day.

All of it is in memory: after a restart everybody has to sign in again, and no token is on a disk. Cookies
hold a random token, memory only its hash.
"""

import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from threading import Lock

IDLE = timedelta(minutes=30)  # OWASP ASVS 5.0, 7.3.1: both are to be chosen and written down
TOTAL = timedelta(hours=12)  # (own) a working day
TRIES_MAX, TRIES_WINDOW = 5, timedelta(minutes=15)  # (own) wrong passwords of one account
KEYS_MAX = 10_000  # (own) accounts remembered; then the oldest goes

type Clock = Callable[[], datetime]


@dataclass
class Session:
    """One user in one browser. `csrf`: the token of all its forms. `message`: shown on the next page."""

    user: str
    csrf: str
    begun: datetime
    seen: datetime
    message: str = ""


class Sessions:
    """Sessions by the hash of their token."""

    def __init__(self, clock: Clock) -> None:
        self._clock, self._held, self._lock = clock, dict[str, Session](), Lock()

    def begin(self, user: str) -> str:
        """A new session; returns its token. The user's other sessions continue."""
        token, now = secrets.token_urlsafe(32), self._clock()
        with self._lock:
            self._held = {key: one for key, one in self._held.items() if not self._is_over(one, now)}
            self._held[_hashed(token)] = Session(user, secrets.token_urlsafe(32), now, now)
        return token

    def open(self, token: str) -> Session | None:
        """The session of a token; None if there is none, or it has expired."""
        now = self._clock()
        with self._lock:
            session = self._held.get(_hashed(token))
            if session is None or self._is_over(session, now):
                self._held.pop(_hashed(token), None)
                return None
            session.seen = now
            return session

    def end(self, token: str) -> None:
        with self._lock:
            self._held.pop(_hashed(token), None)

    def drop(self, session: Session) -> None:
        with self._lock:
            self._held = {key: one for key, one in self._held.items() if one is not session}

    def end_all_of(self, user: str) -> None:
        """Call after a password change, or when the user is disabled."""
        with self._lock:
            self._held = {key: one for key, one in self._held.items() if one.user != user}

    @staticmethod
    def _is_over(session: Session, now: datetime) -> bool:
        return now - session.seen > IDLE or now - session.begun > TOTAL


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def is_same(given: str, held: str) -> bool:
    """Constant-time comparison."""
    return bool(held) and hmac.compare_digest(given.encode("utf-8", "replace"), held.encode())


class Tries:
    """Failures by key within TRIES_WINDOW."""

    def __init__(self, clock: Clock) -> None:
        self._clock, self._lock = clock, Lock()
        self._failed: dict[str, list[datetime]] = {}

    def is_blocked(self, key: str) -> bool:
        return len(self._recent(key)) >= TRIES_MAX

    def fail(self, key: str) -> None:
        with self._lock:
            self._failed[key] = [*self._recent(key), self._clock()]
            while len(self._failed) > KEYS_MAX:
                del self._failed[next(iter(self._failed))]

    def forget(self, key: str) -> None:
        with self._lock:
            self._failed.pop(key, None)

    def _recent(self, key: str) -> list[datetime]:
        since = self._clock() - TRIES_WINDOW
        return [at for at in self._failed.get(key, ()) if at > since]


@dataclass
class Purposes:
    """The purpose for which a user opened a subject, for that day."""

    clock: Clock
    _held: dict[tuple[str, str], str] = field(default_factory=dict)
    _day: date | None = None

    def keep(self, user: str, subject: str, purpose: str) -> None:
        self._begin_day()
        self._held[(user, subject)] = purpose

    def get(self, user: str, subject: str) -> str | None:
        self._begin_day()
        return self._held.get((user, subject))

    def _begin_day(self) -> None:
        today = self.clock().astimezone().date()
        if today != self._day:
            self._day, self._held = today, {}
