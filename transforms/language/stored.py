"""Translates sentences that a release stores in English into the language of the task.

A run writes them with numbers, names and indicators' titles filled in: the role of a fact, the reason for a
case's rank, the title of a case. The catalogue has them with `{n}` for each number or date, in the order of
the English text, or with `{name}` for other words.
"""

import re
from collections.abc import Mapping
from datetime import date
from functools import cache

from transforms.language import catalogue, day_text, decimals, language, translated
from transforms.model.languages import ENGLISH, Language
from transforms.model.translation import phrase_pattern

_NUMBER = re.compile(r"\d{4}-\d{2}-\d{2}|\d+(?:\.\d+)?")
_PARTS = re.compile(r"(, |: )")
_GROUP = re.compile(r"a (set|group) (of \d+ entities )?(under|directed by) .+")
_PATTERN = re.compile(
    r"(round trip from|cycle from|return to|scatter-gather from|gather-scatter through|fan from|fan to"
    r"|pass-through by) (account …)?(.+), (\d{4}-\d{2}-\d{2})"
)
_MORE = re.compile(r" and (\d+) more(?: indicators?)?$")


def stored(text: str) -> str:
    """The translation of a stored sentence; the text itself if the catalogue does not have it."""
    if language() == ENGLISH:
        return text
    known, numbers = catalogue(language()), iter(_NUMBER.findall(text))
    whole = known.get(_NUMBER.sub("{n}", text))
    if isinstance(whole, str):
        return re.sub(r"\{n\}", lambda _: _written(next(numbers)), whole)
    for phrase, words in _phrases(language()).items():
        if match := phrase.fullmatch(text):
            return words.format(**{name: _word(value) for name, value in match.groupdict().items()})
    parts = [_word(part) for part in _PARTS.split(text)]
    pieces = _PARTS.split(text)[::2]
    return "".join(parts) if all(one in known or _NUMBER.fullmatch(one) for one in pieces) else text


def subject_named(name: str) -> str:
    """The translation of a name that Undertow made, such as `a group of 4 entities under one natural person`.
    Any other name stays as it is.
    """
    if _GROUP.fullmatch(name):
        return stored(name)
    if match := _PATTERN.fullmatch(name):
        kind, account, party, day = match.groups()
        return f"{translated(kind)} {translated(account) if account else ''}{party}, {_written(day)}"
    return name


def case_title(title: str) -> str:
    """The translation of a case's title, such as `Name and 2 more: circular ownership, nothing declared and 1
    more indicator`. The name of a register stays as it is."""
    if language() == ENGLISH:
        return title
    name, colon, indicators = title.rpartition(": ")
    more = _MORE.search(name)
    name = subject_named(name[: more.start()]) + _more(more) if more else subject_named(name)
    indicators = _MORE.sub(_more, indicators)
    titles = _titles(language())
    pattern = "|".join(map(re.escape, sorted(titles, key=len, reverse=True)))
    return name + colon + re.sub(pattern, lambda match: titles[match[0]], indicators)


def _more(match: re.Match[str]) -> str:
    return f" {translated('and %(n)s more', n=match[1])}"


def _word(text: str) -> str:
    return _titles(language()).get(text) or translated(_written(text))


def _written(text: str) -> str:
    if not _NUMBER.fullmatch(text):
        return text
    return day_text(date.fromisoformat(text)) if "-" in text else decimals(text)


@cache
def _phrases(chosen: Language) -> Mapping[re.Pattern[str], str]:
    texts = {english: text for english, text in catalogue(chosen).items() if isinstance(text, str)}
    return {phrase_pattern(one): text for one, text in texts.items() if re.search(r"\{(?!n\})", one)}


@cache
def _titles(chosen: Language) -> Mapping[str, str]:
    """Titles of indicators, English → translation, as written inside a sentence."""
    from transforms.model.indicator import indicators  # slow to import, and a text in English needs none

    pairs = ((one.title, one.texts(chosen).title) for one in indicators().values())
    unconfirmed = "possible link to a listed party (not confirmed)"
    return {inside_sentence(title): inside_sentence(own) for title, own in pairs} | {
        unconfirmed: translated(unconfirmed)
    }


def inside_sentence(title: str) -> str:
    """An indicator's title with a small first letter, unless its first word is in capitals."""
    return title if title[1:2].isupper() else title[:1].lower() + title[1:]
