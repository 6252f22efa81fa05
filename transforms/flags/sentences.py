"""The sentence of each flag, and of each subject that is not assessable, in each language."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from string import Formatter
from typing import Any

import polars as pl

from transforms.errors import DeclarationError
from transforms.model.indicator import Indicator
from transforms.model.languages import DUTCH, ENGLISH, Language
from transforms.model.translation import DUTCH_ROLES, Translation, phrase_pattern
from transforms.values.countries import country_name

type FillIn = Callable[[str, Mapping[str, object]], str]  # template and values to sentence


@dataclass(frozen=True)
class _Phrases:
    """The language of a sentence, and the words for a subject that is not assessable. `by_kind`: words for
    reasons with a colon, which all indicators share; {} is what follows the colon. `roles`: translations of
    roles that follow the colon.
    """

    language: Language
    not_assessable: str
    not_known: str
    by_kind: Mapping[str, str]
    roles: Mapping[str, str] = field(default_factory=dict)


_ENGLISH = _Phrases(
    ENGLISH,
    "{}: not assessable, because {}.",
    "the facts are not known",
    {
        "extract": "the edition of {} is an extract, and absence from it proves nothing",
        "rejected": "a record of {} that may be about it was rejected",
        "not_published": "no register that Undertow reads covers {} there in full",
        "missing": "no edition of {} is held",
    },
)
_DUTCH = _Phrases(
    DUTCH,
    "{}: niet te beoordelen, want {}.",
    "de feiten zijn niet bekend",
    {
        "extract": "de levering van {} is een uittreksel, en wat daarin ontbreekt, bewijst niets",
        "rejected": "een record van {} dat erover kan gaan, is afgekeurd",
        "not_published": "geen register dat Undertow leest, bevat daar alle {}",
        "missing": "er is geen levering van {}",
    },
    DUTCH_ROLES,
)
_MONTHS = (
    *("januari", "februari", "maart", "april", "mei", "juni", "juli"),
    *("augustus", "september", "oktober", "november", "december"),
)
_SEPARATORS = str.maketrans(",.", ".,")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


def with_sentences(states: pl.DataFrame, indicator: Indicator) -> pl.DataFrame:
    """`states` (flag_id, subject_id, subject_name, state, reason, and the columns that the sentence names)
    with `explanation`, and with `explanation_nl`, which is null if the indicator has no Dutch texts.
    """
    columns = {"explanation": _explanations(states, indicator.code, indicator, str.format_map, _ENGLISH)}
    if (dutch := indicator.dutch) is None:
        return states.with_columns(**columns, explanation_nl=pl.lit(None, dtype=pl.String))
    in_dutch = DutchFormatter(dutch).format_map
    columns["explanation_nl"] = _explanations(states, indicator.code, dutch, in_dutch, _DUTCH)
    return states.with_columns(**columns)


def _explanations(
    states: pl.DataFrame, code: str, texts: Indicator | Translation, fill_in: FillIn, phrases: _Phrases
) -> pl.Series:
    flagged = states.filter(pl.col("state") == "flagged")
    sentences = pl.DataFrame(
        {
            "flag_id": flagged["flag_id"],
            "sentence": [
                _sentence(code, texts.sentence, fill_in, _named(row, phrases.language))
                for row in flagged.iter_rows(named=True)
            ],
        },
        schema={"flag_id": pl.String, "sentence": pl.String},
    )
    # Every company of a country may be not assessable, so these sentences are written by column, not by row.
    reasons = states["reason"].unique().to_list()
    words = {reason: _reason_words(phrases, texts.reasons, reason) for reason in reasons}
    not_assessable = pl.format(
        phrases.not_assessable,
        pl.when(pl.col("subject_name") != "").then("subject_name").otherwise("subject_id"),
        pl.col("reason").replace_strict(words, return_dtype=pl.String),
    )
    joined = states.join(sentences, on="flag_id", how="left", maintain_order="left")
    return joined.select(pl.coalesce("sentence", not_assessable)).to_series()


def _named(row: Mapping[str, object], language: Language) -> dict[str, object]:
    """The values for a sentence, with the name of the subject, and of a country by its code."""
    country = row.get("country")
    named = {"country": country_name(country, language)} if isinstance(country, str) else {}
    return {**row, **named, "subject_name": row["subject_name"] or row["subject_id"]}


def _sentence(code: str, sentence: str, fill_in: FillIn, row: Mapping[str, object]) -> str:
    try:
        return fill_in(sentence, row)
    except KeyError as missing:
        raise DeclarationError(
            f"{code}: its sentence names {missing}, but its states query gives no such column"
        ) from None


def _reason_words(phrases: _Phrases, reasons: Mapping[str, str], reason: str | None) -> str:
    kind, _, register = (reason or "").partition(":")
    if kind in phrases.by_kind:
        return phrases.by_kind[kind].format(phrases.roles.get(register, register))
    return reasons.get(kind, phrases.not_known)


class DutchFormatter(Formatter):
    """Writes a sentence's numbers and dates in Dutch, and translates its English words by `words`."""

    def __init__(self, texts: Translation) -> None:
        self.patterns = {
            name: [(phrase_pattern(english), dutch) for english, dutch in phrases.items()]
            for name, phrases in texts.words.items()
        }

    def format_map(self, sentence: str, row: Mapping[str, object]) -> str:
        return self.vformat(sentence, (), row)

    def get_field(self, field_name: str, args: Any, kwargs: Any) -> Any:
        value, used = super().get_field(field_name, args, kwargs)
        return self.translated(field_name, value) if isinstance(value, str) else value, used

    def translated(self, name: str, value: str) -> str:
        """A value in Dutch; unchanged if no phrase in the table of that name matches it."""
        for pattern, dutch in self.patterns.get(name.rstrip("0123456789"), ()):
            if fitting := pattern.fullmatch(value):
                return self.vformat(dutch, (), fitting.groupdict())
        return value

    def convert_field(self, value: Any, conversion: Any) -> Any:
        if conversion == "d" and isinstance(value, str) and _DATE.fullmatch(value):
            return date.fromisoformat(value)
        return value.translate(_SEPARATORS) if conversion == "n" and isinstance(value, str) else value

    def format_field(self, value: Any, format_spec: str) -> str:
        match value:
            case date():
                return f"{value.day} {_MONTHS[value.month - 1]} {value.year}"
            case int() | float() | Decimal():
                return format(value, format_spec).translate(_SEPARATORS)
            case _:
                return format(value, format_spec)
