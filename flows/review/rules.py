"""Who may do what, and the closed lists of outcomes, reasons and measures (`verdicts.toml`)."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from importlib.resources import files
from typing import Literal

from flows.home.authority import ONE_LINE
from flows.review.fold import Round, State
from transforms.errors import UsageError
from transforms.language import language, translated
from transforms.model.indicator import Indicator

Role = Literal["reader", "reviewer", "supervisor", "auditor", "administrator"]
Act = Literal[
    "read",
    "judge",
    "assign",
    "assign-others",
    "explain-away",
    "close",
    "reopen",
    "see-both",
    "users",
    "audit",
]

ROLES: tuple[Role, ...] = ("reader", "reviewer", "supervisor", "auditor", "administrator")
# The auditor reads the audit log and the administrator manages users; neither opens a case.
MAY: Mapping[Act, frozenset[str]] = {
    "read": frozenset({"reader", "reviewer", "supervisor"}),
    "judge": frozenset({"reviewer", "supervisor"}),
    "assign": frozenset({"reviewer", "supervisor"}),
    "assign-others": frozenset({"supervisor"}),
    "explain-away": frozenset({"supervisor"}),
    "close": frozenset({"supervisor"}),
    "reopen": frozenset({"supervisor"}),
    "see-both": frozenset({"supervisor"}),
    "users": frozenset({"administrator"}),
    "audit": frozenset({"auditor"}),
}
NOTE_CHARS_MAX = 4_000
SETTLED = "settled"  # reason for closing: decided, and all actions are done
OTHER = "other"
DRAWN_SHARE = 0.1  # the share of verdicts without need of a second reader that get one
NOTE_PATTERN = re.compile(r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069]*$")


@dataclass(frozen=True)
class User:
    """Who acts. `role`: one of ROLES."""

    name: str
    role: str

    def may(self, act: Act) -> bool:
        return self.role in MAY[act]

    def require(self, act: Act) -> None:
        """Raises UsageError if the role does not allow it."""
        if not self.may(act):
            raise UsageError(f"{self.name} is {self.role}; this takes a {' or '.join(sorted(MAY[act]))}")


@cache
def _lists() -> Mapping[str, Mapping[str, Mapping[str, str]]]:
    return tomllib.loads((files(__package__) / "verdicts.toml").read_text(encoding="utf-8"))


def _in_words(listed: Mapping[str, str]) -> dict[str, str]:
    return {code: translated(words) for code, words in listed.items()}


def outcomes() -> Mapping[str, str]:
    """Code of an outcome → words."""
    return _in_words(_lists()["outcomes"])  # type: ignore[arg-type]


def measures() -> Mapping[str, str]:
    """What can be done about a decided case: code → words."""
    return _in_words(_lists()["done"])  # type: ignore[arg-type]


def reasons(what: str, indicators: Iterable[Indicator] = ()) -> dict[str, str]:
    """Code → words of the reasons of an outcome, of `close` or of `reopen`.

    For no-concern they include the ordinary explanations of the indicators: `PRP-030/1` is the first.
    """
    own = _in_words(_lists()["reasons"][what])
    if what != "no-concern":
        return own
    explanations = {
        f"{indicator.code}/{place}": words
        for indicator in indicators
        for place, words in enumerate(indicator.texts(language()).ordinary_explanations, start=1)
    }
    return {**explanations, **own}


def check_reason(what: str, reason: str, note: str, indicators: Iterable[Indicator] = ()) -> None:
    """Raises UsageError if the reason is not on the list, or the note is missing or cannot be kept."""
    known = reasons(what, indicators)
    if reason not in known:
        raise UsageError(f"--reason: for {what} it is one of {', '.join(known)}")
    if reason == OTHER and not note.strip():
        raise UsageError(translated("a note is missing: another reason needs one"))
    if len(note) > NOTE_CHARS_MAX or not NOTE_PATTERN.match(note):
        raise UsageError(
            translated("a note has at most %(n)s characters, none that hides or turns text", n=NOTE_CHARS_MAX)
        )


def check_line(option: str, text: str, chars_max: int = 300) -> str:
    """One line, without control characters. Raises UsageError."""
    if not text.strip() or len(text) > chars_max or not re.match(ONE_LINE, text):
        raise UsageError(
            translated("%(what)s: give one line of at most %(n)s characters", what=option, n=chars_max)
        )
    return text.strip()


def check_done(done: Iterable[str]) -> tuple[str, ...]:
    """Raises UsageError for what is not on the list."""
    chosen = tuple(dict.fromkeys(done))
    if unknown := [code for code in chosen if code not in measures()]:
        raise UsageError(f"--done {unknown[0]}: it is one of {', '.join(measures())}")
    return chosen


def check_holder(holder: str, user: User) -> None:
    """Raises UsageError if somebody else has taken the case."""
    if holder not in ("", user.name):
        raise UsageError(
            translated(
                "this case is with %(name)s now; take another, or wait until the lock expires", name=holder
            )
        )


# --- four eyes ----------------------------------------------------------------------------------------------


def draw(key: bytes, what: str, subject: str) -> float:
    """A number from 0 up to 1 that nobody can predict without the home's key, and that stays the same."""
    digest = blake2b(f"{what}\n{subject}".encode(), key=key, digest_size=8).digest()
    return int.from_bytes(digest) / 2**64


def second_reason(*, lanes: Iterable[str], outcomes: Iterable[str], always: bool, drawn: float) -> str:
    """Why a second person has to read the case after this first verdict; "" if one reader is enough."""
    if always:
        return "always"
    if "stop" in lanes:
        return "lane"
    if "confirmed" in outcomes:
        return "confirmed"
    return "drawn" if drawn < DRAWN_SHARE else ""


def next_reading(state: State, user: User, seen: Iterable[str]) -> tuple[int, int]:
    """(number of the reading that the user's verdict would be, number of the round's first verdict or 0).

    `seen`: who has seen the first verdict without being its author. Raises UsageError if it is not the user's
    turn. The message never tells a second reader that there is a first.
    """
    user.require("judge")
    if state.stage == "decided":
        raise UsageError(
            translated("this case is decided, and nothing in it is new; a supervisor can reopen it")
        )
    if state.stage == "closed":
        raise UsageError(
            translated("this case is closed, and nothing in it is new; a supervisor can reopen it")
        )
    if state.explained:
        raise UsageError(
            translated("a known explanation covers every flag of this case; it needs no verdict")
        )
    if state.round is None:
        return 1, 0
    if user.name in state.round.readers:
        raise UsageError(read_already())
    if state.stage == "first-read" and user.name in seen:
        raise UsageError(
            translated("you have seen the first verdict, so another person has to read this case")
        )
    return len(state.round.verdicts) + 1, state.round.verdicts[0].n


def read_already() -> str:
    return translated("you have read this case; now another person has to")


def may_see(round_: Round, user: User, seen: Iterable[str]) -> bool:
    """Whether the user may see the verdicts of a round: once two are in, or it is decided. Before that, only
    its author, and whoever gave up being its second reader.
    """
    return round_.decided or len(round_.verdicts) > 1 or user.name in round_.readers or user.name in seen
