"""An indicator's texts in Dutch: `nl.toml` and `page.nl.md` in its folder.

`nl.toml` has the keys of `Translation`. An authority's own indicator needs none; a shipped one does, and a
test refuses it without. Reasons that several indicators share are in `reasons.nl.toml`.

`words` translates what the states query writes in English, as `days_word` or `finding`: for each column a
table of English = Dutch, of which the first that fits the whole value holds. `{name}` in both stands for what
is in between; where there is a table `words.<name>` that is translated in turn, and digits at the end of the
name do not count (`"{shared1}, {shared2}"` is a list of what `words.shared` has). `{name!d}` writes a date,
and `{name!n}` a number, that the query gives as text as Dutch does; so may the sentence.
"""

import re
from collections.abc import Mapping
from string import Formatter
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

Text = Annotated[str, Field(min_length=1)]

# The headings of a page in English -> in Dutch.
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

# Roles of registers (`transforms.model.register.Role`) as a sentence names what they hold.
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
    """What an English phrase of `words` fits: itself, with anything in place of each `{name}`."""
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
            raise ValueError(f"{english!r} has no {{{min(unknown)}}} as its Dutch has")
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
