"""Structured logs with one line for each event, and fields from an allow-list only, so that no name gets in.

Numbers and booleans pass. Text passes under the names below only. Exceptions are logged by kind, never with
values."""

import logging
import sys
from collections.abc import MutableMapping
from contextlib import suppress

import structlog

TEXT_FIELDS = frozenset(
    {
        "event",
        "level",
        "timestamp",
        "stage",
        "register_name",
        "edition",
        "code",
        "message",
        "release",
        "run_id",
        "kind",
        "where",
    }
)


class _Lines(structlog.PrintLogger):
    """A closed pipe does not end a night: a killed worker closes the other end of the night's output."""

    def msg(self, message: str) -> None:
        with suppress(BrokenPipeError):
            super().msg(message)

    log = debug = info = warn = warning = fatal = failure = err = error = critical = exception = msg


def configure(*, quiet: bool = False) -> None:
    """Log to standard error; `quiet` shows warnings and errors only."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="%H:%M:%S", utc=True),
            allow_listed,
            structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), pad_event_to=12),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING if quiet else logging.INFO),
        logger_factory=lambda *_: _Lines(sys.stderr),
        cache_logger_on_first_use=False,
    )


def allow_listed(
    _logger: object, _method: str, event: MutableMapping[str, object]
) -> MutableMapping[str, object]:
    """Drop every text field that is not on the list, and count what was dropped."""
    kept = {
        key: value
        for key, value in event.items()
        if key in TEXT_FIELDS or isinstance(value, bool | int | float)
    }
    dropped = len(event) - len(kept)
    return {**kept, "fields_dropped": dropped} if dropped else kept
