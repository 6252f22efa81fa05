"""Templates of pages, and their text safety: a page shows any text that a register holds, but such a text
cannot change the page.

Anybody can register a company called `<script>`, or one with a character that turns the reading direction. So
every expression in a template passes through `shown` (Jinja2's `finalize`), which escapes it and shows
invisible characters as `U+202E`. No template can leave this out. Inside attributes only `token`, `plain`,
`figures` and `public_page` are allowed; a test checks the templates for this.

May import `transforms.model`. Nothing here reads a clock, a data file or the network.
"""

import json
import math
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import cache
from pathlib import Path
from typing import Literal

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from transforms.language import day_text, decimals, form_of, language, translated
from transforms.language.stored import case_title, stored
from transforms.model.register import page_of_id, page_of_record

TEXT_SHOWN_CHARACTERS = 4000
# Vietnamese, pointed Hebrew and Tibetan need up to three; a tower of marks covers its neighbours.
COMBINING_MARKS_IN_A_ROW = 4
THIN_SPACE = "\u202f"
DECIMALS_SHOWN = 4
SMALLEST_PERCENT = 0.001
THREE_DIGITS = Context(prec=3, rounding=ROUND_HALF_UP)  # 3.125 is 3.13, as `round` in SQL

# Printable by category but invisible: the blank Braille pattern, and fillers, joiners and variation
# selectors (Default_Ignorable_Code_Point in
# https://www.unicode.org/Public/UCD/latest/ucd/DerivedCoreProperties.txt).
INVISIBLE = frozenset(
    chr(point)
    for first, last in (
        (0x034F, 0x034F),
        (0x115F, 0x1160),
        (0x17B4, 0x17B5),
        (0x180B, 0x180F),
        (0x2800, 0x2800),
        (0x3164, 0x3164),
        (0xFE00, 0xFE0F),
        (0xFFA0, 0xFFA0),
        (0xE0100, 0xE01EF),
    )
    for point in range(first, last + 1)
)

# Families of indicators in words; the codes are those of `transforms.model.indicator.FAMILIES`.
FAMILY_WORDS: Mapping[str, str] = {
    "OWN": "ownership",
    "DEC": "declarations",
    "ROL": "roles",
    "ADR": "addresses",
    "LIF": "life cycle",
    "PRP": "property",
    "LNK": "links to lists",
    "PUB": "public money",
    "FLW": "money flow",
    "PRM": "permits",
    "ARE": "areas",
    "LOC": "local",
}
SINGULAR: Mapping[str, str] = {
    "days": "day",
    "days to the release": "day to the release",
    "entities": "entity",
    "months": "month",
    "persons": "person",
    "sales": "sale",
    "steps": "step",
    "titles": "title",
}

BlockKind = Literal["paragraph", "list", "code"]
_TOKEN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,119}")
_FIGURES = re.compile(r"[MLCZ0-9 ]{0,20000}")
_BULLET = re.compile(r"\s*[-*] ")
_ADDRESS = re.compile(r"https://[a-z0-9.-]{1,100}/[A-Za-z0-9/_.?=#-]{0,300}")


@dataclass(frozen=True)
class Block:
    """A block of an indicator's page: a paragraph (one line), a list (one line for each item) or code."""

    kind: BlockKind
    lines: tuple[str, ...]


# --- characters ---------------------------------------------------------------------------------------------


def is_hidden(character: str) -> bool:
    """Whether a reader cannot see the character or tell it from a plain space.

    These are control characters, direction marks, zero-width characters, unusual spaces and unassigned ones.
    """
    return not character.isprintable() or character in INVISIBLE


def code_point(character: str) -> str:
    return f"U+{ord(character):04X}"


def _pieces(text: str) -> Iterable[tuple[str, bool]]:
    """(character, whether its code point is shown instead), in order."""
    marks_n = 0
    for character in text:
        is_mark = unicodedata.combining(character) or unicodedata.category(character) in {"Mn", "Me"}
        marks_n = marks_n + 1 if is_mark else 0
        yield character, is_hidden(character) or marks_n > COMBINING_MARKS_IN_A_ROW


def _is_all_shown(text: str) -> bool:
    return (text.isascii() and text.isprintable()) or not any(named for _, named in _pieces(text))


def visible(text: str) -> Markup:
    """Escaped text in which a small chip names every hidden character."""
    start, rest_n = text[:TEXT_SHOWN_CHARACTERS], len(text) - TEXT_SHOWN_CHARACTERS
    markup = escape(start) if _is_all_shown(start) else _with_chips(start)
    if rest_n > 0:
        rest = translated("%(n)s more characters in the database", n=number(rest_n))
        markup += Markup('<span class="cut"> … {}</span>').format(Markup(rest))
    return markup


def _with_chips(text: str) -> Markup:
    chip = Markup('<span class="chip">{}</span>')
    return Markup("").join(
        chip.format(code_point(character)) if named else escape(character)
        for character, named in _pieces(text)
    )


def plain(text: str) -> str:
    """As `visible` but without markup, for attributes: hidden characters as [U+202E]. `shown` escapes it."""
    start = text[:TEXT_SHOWN_CHARACTERS]
    if _is_all_shown(start):
        return start
    return "".join(
        f"[{code_point(character)}]" if named else character for character, named in _pieces(start)
    )


def token(value: object) -> str:
    """The value if it has only letters, digits, `.`, `_` and `-`, else "". For ids, classes and CSS."""
    text = str(value)
    return Markup(text) if _TOKEN.fullmatch(text) else ""


def figures(path: object) -> str:
    """SVG path data if it has only commands and whole numbers from 0 up, else ""."""
    text = str(path)
    return Markup(text) if _FIGURES.fullmatch(text) else ""


def public_page(id_or_row: object) -> str:
    """Address of the publisher's page, or "". Pages have no other external links.

    `id_or_row`: an official identifier, or a row with `register` and `record`.
    """
    if isinstance(id_or_row, Mapping):
        address = page_of_record(str(id_or_row["register"]), str(id_or_row["record"]))
    else:
        address = page_of_id(str(id_or_row))
    return Markup(address) if _ADDRESS.fullmatch(address) else ""


# --- values -------------------------------------------------------------------------------------------------


def shown(value: object) -> Markup:
    """What a page shows for a value: the `finalize` of every expression in a template."""
    match value:
        case Markup():
            return value
        case None:
            return Markup('<span class="none">{}</span>').format(translated("not stated"))
        case bool():
            return Markup(translated("yes" if value else "no"))
        case int() | float() | Decimal():
            return number(value)
        case date():
            return Markup(day_text(value))
        case _:
            return visible(str(value))


def number(value: float | Decimal) -> Markup:
    """Digits in groups of three with thin spaces; at most four decimals, without trailing zeros."""
    if not math.isfinite(value):
        return Markup(translated("not a number"))
    text = (
        f"{value:,.{DECIMALS_SHOWN}f}".rstrip("0").rstrip(".")
        if abs(value) >= 10**-DECIMALS_SHOWN or value == 0
        else f"{value:.3g}"
    )
    return Markup(decimals(text.replace(",", THIN_SPACE)).replace("-", "\u2212"))


def percent(share: float) -> Markup:
    """A share of 0 to 1 in per cent, with three significant digits."""
    per_cent = share * 100
    if 0 < per_cent < SMALLEST_PERCENT:
        least = decimals(str(SMALLEST_PERCENT))
        return Markup(translated("under %(share)s", share=f"{least}{THIN_SPACE}%"))
    return Markup(decimals(f"{float(THREE_DIGITS.create_decimal(per_cent)):g}") + f"{THIN_SPACE}%")


def money(amount: float | Decimal, places: int = 2) -> str:
    """`1,234.50`, in Dutch `1.234,50`."""
    return decimals(f"{amount:,.{places}f}")


def words(code: str) -> str:
    """A code as words: `impossible_date` → `impossible date`."""
    return translated(code.replace("_", " "))


def minute(at: str, end: int = 16) -> str:
    """A moment of a log: `2026-11-29T08:05:00+00:00` → `2026-11-29 08:05 UTC`; up to 19, with seconds."""
    return f"{day_text(date.fromisoformat(at[:10]))} {at[11:end]} UTC"


def first_upper(text: str) -> str:
    """The text with a capital at its start; the rest stays as it is."""
    return text[:1].upper() + text[1:]


def slug(text: str) -> str:
    """Lower-case letters and digits with a dash between words, for the part of an address after `#`."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-") or "unnamed"


def family(code: str) -> str:
    """A family of indicators in words, with its code: `ownership (OWN)`."""
    return f"{family_words(code)} ({code})" if code in FAMILY_WORDS else code


def family_words(code: str) -> str:
    """A family of indicators in words: `ownership`."""
    return translated(FAMILY_WORDS.get(code, code))


def counted(unit: str, value: float | Decimal) -> str:
    """The unit as it is written after the value: 1 day, 2 days."""
    return translated(SINGULAR.get(unit, unit) if value == 1 else unit)


def parameters(text: str) -> list[tuple[str, str]]:
    """(name, value) of parameters stored as a JSON object, by name."""
    return sorted((name, str(value)) for name, value in json.loads(text).items())


def inline(text: str) -> Markup:
    """A line of a page in which `words between backticks` are code."""
    pieces = text.split("`")
    if len(pieces) % 2 == 0:  # a stray backtick
        return visible(text)
    return Markup("").join(
        Markup("<code>{}</code>").format(visible(piece)) if place % 2 else visible(piece)
        for place, piece in enumerate(pieces)
    )


def blocks(text: str) -> tuple[Block, ...]:
    """A section of a page in blocks separated by blank lines: indented blocks are code, dashed ones lists."""
    return tuple(
        _block(piece.splitlines()) for piece in re.split(r"\n\s*\n", text.strip("\n")) if piece.strip()
    )


def _block(lines: list[str]) -> Block:
    if _BULLET.match(lines[0]):
        return Block("list", _items(lines))
    if all(line.startswith("  ") for line in lines):
        return Block("code", tuple(line.expandtabs(4)[2:].rstrip() for line in lines))
    return Block("paragraph", (" ".join(line.strip() for line in lines),))


def _items(lines: list[str]) -> tuple[str, ...]:
    """List items; a line without a dash continues the item before it."""
    items: list[str] = []
    for line in lines:
        if _BULLET.match(line):
            items.append(_BULLET.sub("", line, count=1).strip())
        else:
            items[-1] = f"{items[-1]} {line.strip()}"
    return tuple(items)


# --- templates ----------------------------------------------------------------------------------------------


def _stored(text: str | None) -> str | None:
    return None if text is None else stored(text)


def _gettext(text: str, /, **values: object) -> Markup:
    """A text of a template in the language of the task. Only the values are escaped, by `shown`."""
    if not values:
        return _gettext_alone(text, language())
    return Markup(translated(text)) % {name: shown(value) for name, value in values.items()}


@cache
def _gettext_alone(text: str, _language: str) -> Markup:
    return Markup(translated(text)) % {}


def _ngettext(one: str, several: str, count: float, /, **values: object) -> Markup:
    shown_values = {name: shown(value) for name, value in values.items()}
    return Markup(form_of(one, several, count)) % shown_values


@cache
def environment() -> Environment:
    """Environment of all pages: escaping on, undefined names are errors, expressions go through `shown`."""
    templates = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=shown,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        extensions=["jinja2.ext.i18n"],
    )
    # Jinja's own calls would fill values in without `shown`.
    templates.newstyle_gettext = True  # type: ignore[attr-defined]
    templates.globals.update(gettext=_gettext, ngettext=_ngettext, language=language, day_text=day_text)
    templates.filters.update(
        plain=plain,
        token=token,
        figures=figures,
        public_page=public_page,
        percent=percent,
        words=words,
        minute=minute,
        first_upper=first_upper,
        slug=slug,
        family=family,
        family_words=family_words,
        counted=counted,
        money=money,
        stored=_stored,
        case_title=case_title,
        parameters=parameters,
        inline=inline,
    )
    return templates


def render(template: str, **values: object) -> str:
    """The page. Raises jinja2.UndefinedError if a name of the template has no value."""
    return environment().get_template(template).render(**values)
