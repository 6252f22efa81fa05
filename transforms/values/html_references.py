"""HTML character references (`&amp;`) that a publisher left in its texts.

Source: the named references of HTML 5, https://html.spec.whatwg.org/multipage/named-characters.html, as
Python's `html.entities` has them."""

import html
import re

import polars as pl

from transforms.values.names import for_some

REFERENCE = r"&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]*);"
_REFERENCE = re.compile(REFERENCE)


def decoded(text: pl.Expr) -> pl.Expr:
    """The text with each complete reference (`&#039;`, `&amp;`, `&AMP;`) replaced by its character.

    A bare `&` and an unknown reference stay. A text that was encoded twice (`&amp;#039;`) is decoded twice.
    """
    return for_some(
        lambda some: some.map_elements(_decoded, return_dtype=pl.String),
        text,
        where=lambda any_text: any_text.str.contains(REFERENCE),
    )


def _decoded(text: str) -> str:
    after = _REFERENCE.sub(_character, text)
    return after if after == text else _decoded(after)  # ends: each pass shortens the text


def _character(match: re.Match[str]) -> str:
    """The character of a reference: of its name as written, else capitalised (&EACUTE; is É), else in lower
    case; the reference itself if unknown.
    """
    forms = (match[0], f"&{match[0][1:].capitalize()}", match[0].lower())
    return next((text for text in map(html.unescape, forms) if not text.endswith(";")), match[0])
