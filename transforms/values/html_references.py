"""HTML character references that were left in a publisher's texts.

Source: the named references of HTML 5, https://html.spec.whatwg.org/multipage/named-characters.html, as
Python's `html.entities` has them."""

from __future__ import annotations

import html
import re

import polars as pl

from transforms.values.names import for_some

REFERENCE = r"&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]*);"
_REFERENCE = re.compile(REFERENCE)


def decoded(text: pl.Expr) -> pl.Expr:
    """Text with its complete references (`&#039;`, `&amp;`, `&AMP;`) as the characters they stand for.

    A bare `&`, and a word that is no reference, stay. A text that was encoded twice (`&amp;#039;`) is decoded
    twice."""
    return for_some(
        lambda some: some.map_elements(_decoded, return_dtype=pl.String),
        text,
        where=lambda one: one.str.contains(REFERENCE),
    )


def _decoded(text: str) -> str:
    after = _REFERENCE.sub(_character, text)
    return after if after == text else _decoded(after)  # each reference is longer than its character


def _character(match: re.Match[str]) -> str:
    """As written; in a text in capitals, the capital letter of that name (&EACUTE; is É) before the small
    one.
    """
    forms = (match[0], f"&{match[0][1:].capitalize()}", match[0].lower())
    return next((text for text in map(html.unescape, forms) if not text.endswith(";")), match[0])
