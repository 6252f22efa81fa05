"""The language of pages and of what commands print: English, as written in the code, or Dutch.

The key of a text is its English: `translated("not confirmed")`, in a template `{{ _("not confirmed") }}` or
`{% trans %}`. `nl.toml` beside this module has the Dutch texts. A text with a singular and a plural has its
singular as key. A text that is not in the catalogue, such as the name of a company, is shown unchanged.

The language belongs to the task: a command sets it once, the app for each request. Nothing here reads a clock
or the network.
"""

import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from decimal import Decimal
from functools import cache
from importlib.resources import files

from transforms.model.languages import ENGLISH, Language

_SPOKEN: ContextVar[Language] = ContextVar("language", default=ENGLISH)


def language() -> Language:
    return _SPOKEN.get()


def set_language(chosen: Language) -> None:
    """Set the language for the rest of this task."""
    _SPOKEN.set(chosen)


@contextmanager
def in_language(chosen: Language) -> Iterator[None]:
    before = _SPOKEN.set(chosen)
    try:
        yield
    finally:
        _SPOKEN.reset(before)


@cache
def catalogue(chosen: Language) -> Mapping[str, str | list[str]]:
    """English text → translation, or [singular, plural]; empty for English."""
    if chosen == ENGLISH:
        return {}
    tables = tomllib.loads((files(__package__) / f"{chosen}.toml").read_text(encoding="utf-8"))
    return {english: text for table in tables.values() for english, text in table.items()}


def translated(text: str, /, **values: object) -> str:
    """The text in the language of the task. With `values`, `%(name)s` is filled in and `%%` is one %."""
    entry = catalogue(language()).get(text, text)
    whole = entry if isinstance(entry, str) else entry[0]
    return whole % values if values else whole


def translated_n(one: str, several: str, n: float | Decimal, /, **values: object) -> str:
    """As `translated`, for a text with a singular and a plural; `%(n)s` is the number."""
    return form_of(one, several, n) % {"n": n, **values}


def form_of(one: str, several: str, n: float | Decimal) -> str:
    """The singular or plural for this number, with nothing filled in."""
    entry = catalogue(language()).get(one, [one, several])
    forms = [entry, entry] if isinstance(entry, str) else entry
    return forms[0 if n == 1 else 1]


# --- numbers and days ---------------------------------------------------------------------------------------


def decimals(text: str) -> str:
    """A number written as in English, in the language of the task: `1,234.50` is `1.234,50` in Dutch."""
    return text if language() == ENGLISH else text.translate({ord(","): ".", ord("."): ","})


def day_text(day: date) -> str:
    """`2026-11-29`, in Dutch `29-11-2026`."""
    return day.isoformat() if language() == ENGLISH else f"{day:%d-%m-%Y}"
