"""HTML character references that were left in a publisher's texts.

Source: the named references of HTML 5, https://html.spec.whatwg.org/multipage/named-characters.html, as Python's `html.entities` has them.
"""

from __future__ import annotations

import html
import re
from html.entities import html5

import polars as pl

from transforms.values.names import for_some

REFERENCE = r"&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]*);"
_REFERENCE = re.compile(REFERENCE)


def decoded(text: pl.Expr) -> pl.Expr:
    """Text with its complete references (`&#039;`, `&amp;`, `&AMP;`) as the characters they stand for. A bare `&`, and a word that is no reference, stay.

    What was encoded twice (`&amp;#039;`) is decoded twice.
    """
    return for_some(
        lambda some: some.map_elements(_decoded, return_dtype=pl.String),
        text,
        where=lambda one: one.str.contains(REFERENCE),
    )


def _decoded(text: str) -> str:
    after = _REFERENCE.sub(_character, text)
    return after if after == text else _decoded(after)  # each reference is longer than what it stands for


def _character(found: re.Match[str]) -> str:
    whole = found[0]
    if whole[1] == "#":
        return html.unescape(whole)
    name = whole[1:]
    # As written; then, of a text in capitals, the capital letter of that name (&EACUTE; is É) before the small one.
    return next((html5[form] for form in (name, name.capitalize(), name.lower()) if form in html5), whole)
