"""An indicator's texts in Dutch: `nl.toml` and `page.nl.md` in its folder.

`nl.toml` has the keys of `Translation`. It is optional for an authority's own indicator; a test requires it
for a shipped one. Reasons that several indicators share are in `reasons.nl.toml`.

`words` translates English texts of the states query, such as `days_word` or `finding`: for each column there
is a table of English = Dutch, of which the first entry that matches the whole value is used. `{name}` in both
stands for any text, which is translated in turn if there is a table `words.<name>`. Digits at the end of the
name are ignored: `"{shared1}, {shared2}"` is a list of entries in `words.shared`. `{name!d}` writes a date
and `{name!n}` a number, given as text by the query, in Dutch. The sentence may use these too.
"""

import re
from collections.abc import Mapping
from string import Formatter
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

Text = Annotated[str, Field(min_length=1)]

# Headings of a page, English → Dutch.
DUTCH_SECTIONS: Mapping[str, str] = {
    "Condition": "Voorwaarde",
    "Method": "Werkwijze",
    "Why it is a red flag": "Waarom dit een signaal is",
    "Unit": "Eenheid",
    "Parameters": "Parameters",
    "Exclusions": "Uitzonderingen",
    "Ordinary explanations": "Gewone verklaringen",
    "What would clear it": "Wat het signaal wegneemt",
    "Not assessable when": "Niet te beoordelen wanneer",
    "Source": "Bron",
}

# Roles of registers (`transforms.model.register.Role`) → Dutch words for what they hold, in a sentence.
DUTCH_ROLES: Mapping[str, str] = {
    "companies": "vennootschappen",
    "owners": "eigenaren",
    "officers": "bestuurders",
    "titles": "onroerende zaken",
    "prices": "koopsommen",
    "charges": "zekerheidsrechten",
    "insolvency": "insolventies",
    "disqualifications": "bestuursverboden",
    "payments": "betalingen",
    "transfers": "overboekingen",
    "ledger": "een financiële administratie",
    "rates": "wisselkoersen",
    "awards": "gunningen",
    "groups": "concerns",
    "subsidies": "subsidies",
    "permits": "vergunningen",
    "premises": "panden",
    "lists": "lijsten van partijen",
    "leaks": "gelekte gegevens",
    "areas": "gebieden",
}


def phrase_pattern(english: str) -> re.Pattern[str]:
    """A pattern for an English phrase of `words`, with any text in place of each `{name}`."""
    parts = (
        re.escape(text) + (f"(?P<{name}>.+?)" if name is not None else "")
        for text, name, *_ in Formatter().parse(english)
    )
    return re.compile("".join(parts), re.DOTALL)


def _check_phrases(phrases: Mapping[str, str]) -> Mapping[str, str]:
    for english, dutch in phrases.items():
        try:
            known = phrase_pattern(english).groupindex
        except re.error:
            raise ValueError(f"{english!r} names something twice, or not by letters and digits") from None
        if unknown := {name for _, name, *_ in Formatter().parse(dutch) if name is not None} - known.keys():
            raise ValueError(f"{english!r} lacks {{{min(unknown)}}}, which its Dutch has")
    return phrases


Phrases = Annotated[Mapping[Text, str], AfterValidator(_check_phrases)]


class Translation(BaseModel):
    """The texts of an indicator in another language: keys as in `Indicator`, and `words`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: Text
    sentence: Text
    reasons: Mapping[str, Text] = Field(default_factory=dict)
    subtypes: Mapping[str, Text] = Field(default_factory=dict)
    ordinary_explanations: tuple[Text, ...]
    what_would_clear_it: Text
    ask_next: tuple[Text, ...] = ()
    law: str = ""
    words: Mapping[str, Phrases] = Field(default_factory=dict)
    page: Text
