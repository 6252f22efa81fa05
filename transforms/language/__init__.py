"""The language of pages and of what commands print: English, as it stands where it is used, or Dutch.

A text is looked up by its English: `translated("not confirmed")`, in a template `{{ _("not confirmed") }}` or
`{% trans %}`. `nl.toml` beside this module has the Dutch of each; a text of two forms, for one and for
several, is there by its first. What stands in no catalogue, as a name of a register, is shown as it is.

The language is that of the task: a command sets it once, the app for each request. Nothing here reads a clock
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
    """For the rest of this task."""
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
    """English → its text, or its texts for one and for several; empty for English."""
    if chosen == ENGLISH:
        return {}
    tables = tomllib.loads((files(__package__) / f"{chosen}.toml").read_text(encoding="utf-8"))
    return {english: text for table in tables.values() for english, text in table.items()}


def translated(text: str, /, **values: object) -> str:
    """The text in the language of the task, with `%(name)s` filled in; a per cent sign is written twice."""
    entry = catalogue(language()).get(text, text)
    whole = entry if isinstance(entry, str) else entry[0]
    return whole % values if values else whole


def translated_n(one: str, several: str, n: float | Decimal, /, **values: object) -> str:
    """The same of a text that differs for one and for several; `%(n)s` is the number."""
    return form_of(one, several, n) % {"n": n, **values}


def form_of(one: str, several: str, n: float | Decimal) -> str:
    """The form for this number, with nothing filled in."""
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
