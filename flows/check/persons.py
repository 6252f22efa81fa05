"""Match a name with the natural persons of a release. Every match is a candidate, and nobody has a score."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any

import polars as pl
from rapidfuzz.distance import Levenshtein

from flows.check.companies import FEW_NAMES, names_in
from flows.check.input import Question
from flows.facts.certainty import Certainty, Match
from flows.home.warehouse import literal
from transforms.model.sql import Connection, frame, read_sql
from transforms.values.names import person_name_key

WORDS_MIN = 2  # of a name: a surname alone finds nobody, unless the month of birth is given
LIKE_LETTERS_MIN = 5  # (own) of a word that may differ by one letter: a shorter word becomes another name
# Words that no natural person is called by.
_LEGAL_FORMS = frozenset(
    [
        "LTD",
        "LIMITED",
        "PLC",
        "LLP",
        "CIC",
        "LP",
        "INC",
        "CORP",
        "CO",
        "BV",
        "NV",
        "VOF",
        "GMBH",
        "AG",
        "SA",
        "SARL",
        "SRL",
        "OY",
        "AB",
        "APS",
        "LLC",
        "STICHTING",
        "FOUNDATION",
        "TRUST",
        "COUNCIL",
    ]
)
_PLAIN = "translate(upper(full_name), '.''`', '')"


def match_persons(connection: Connection, questions: Sequence[Question]) -> dict[int, list[Match]]:
    """Row → persons of the same name or a similar one, without those whose birth is known to differ.

    The same name: all words of the shorter name, and at least two, are in the longer one. A similar name:
    equal surnames, and a given name or initial for each other word; or one of the words differs by one
    letter.
    """
    by_row = {question.row: question for question in questions}
    names = names_in(questions).with_columns(*_keys("name")).drop_nulls("key").to_dicts()
    given = [name for name in names if _may_be_person(by_row[name["row"]], name["name"])]
    if not given:
        return {}
    index: dict[object, list[dict[str, Any]]] = {}
    for name in given:
        for block in set(_blocks(name)):
            index.setdefault(block, []).append(name)
    matches: dict[int, list[Match]] = {}
    for person in _known_persons(connection, given).iter_rows(named=True):
        names_met = {id(name): name for block in _blocks(person) for name in index.get(block, ())}
        for name in names_met.values():
            if (match := _match(by_row[name["row"]], name, person)) is not None:
                matches.setdefault(name["row"], []).append(match)
    return matches


def _keys(column: str) -> tuple[pl.Expr, pl.Expr]:
    """key of the name, and surname: the key of the words before a comma, or else of the last word."""
    nothing, text = pl.lit(None, dtype=pl.String), pl.col(column).str.strip_chars()
    has_comma = text.str.contains(r"^[^,]*\S,")
    last = pl.when(has_comma).then(text.str.extract(r"^([^,]*)")).otherwise(text.str.extract(r"(\S+)$"))
    return (
        person_name_key(pl.col(column), nothing, nothing, nothing).alias("key"),
        person_name_key(last, nothing, nothing, nothing).alias("surname"),
    )


def _may_be_person(question: Question, name: str) -> bool:
    """Whether a name is said to be a person's, or has at least two words and no legal form among them."""
    words = [word.strip(".,").upper().replace(".", "") for word in name.split()]
    has_form = not _LEGAL_FORMS.isdisjoint(words)
    return question.is_person or question.born is not None or (len(words) >= WORDS_MIN and not has_form)


def _blocks(name: Mapping[str, Any]) -> Iterator[object]:
    """Two names are compared if they share two words, or have surnames that differ by one letter at most."""
    yield from combinations(sorted(set(name["key"].split(" "))), WORDS_MIN)
    if surname := name["surname"]:
        yield surname
        if len(surname) >= LIKE_LETTERS_MIN:
            # Two words that differ by one letter are equal without one of their letters.
            yield from (surname[:n] + surname[n + 1 :] for n in range(len(surname)))


def _known_persons(connection: Connection, given: Sequence[Mapping[str, Any]]) -> pl.DataFrame:
    """person_id, full_name, birth_year, birth_month, key, surname; for a few names, of possible matches."""
    is_few = len({name["key"] for name in given}) <= FEW_NAMES
    condition = " or ".join(map(_may_match, given)) if is_few else "true"
    persons = frame(connection, read_sql(__package__, "persons", condition=condition))
    return persons.with_columns(*_keys("full_name")).drop_nulls("key")


def _may_match(name: Mapping[str, Any]) -> str:
    """SQL that is true for names with two of the words or a similar surname, and for those not in ASCII."""
    words = [f"contains({_PLAIN}, {literal(word)})" for word in sorted(set(name["key"].split(" ")))]
    shared_n = " + ".join(f"cast({word} as integer)" for word in words)
    condition = f"{shared_n} >= {WORDS_MIN} or strlen(full_name) <> length(full_name)"
    if surname := name["surname"]:
        has_surname = " and ".join(f"contains({_PLAIN}, {literal(word)})" for word in surname.split(" "))
        distance = f"levenshtein(split_part({_PLAIN}, ' ', -1), {literal(surname)})"
        condition += f" or ({has_surname}) or {distance} <= 1"
    return f"({condition})"


def _match(question: Question, name: Mapping[str, Any], person: Mapping[str, Any]) -> Match | None:
    """A candidate, in words; None where the names are not alike, or both births are known and differ."""
    year, month = person["birth_year"], person["birth_month"]
    asked_year, asked_month = question.born or (None, None)
    if (asked_year and year and asked_year != year) or (asked_month and month and asked_month != month):
        return None
    born = "no birth was compared"
    if asked_year and year:
        is_month = asked_month and month
        born = "year and month of birth agree" if is_month else "the year of birth agrees"
    certainty: Certainty = "person_name"
    how = _same_words(name["key"], person["key"])
    if not how:
        has_birth = None not in (asked_year, asked_month, year, month)
        certainty, how = "like_person_name", _likeness(name, person, has_birth=has_birth)
    if not how:
        return None
    return Match(person["person_id"], "person", person["full_name"], certainty, f"{how}; {born}")


def _same_words(key: str, other: str) -> str:
    """How the words of one name are all in the other; "" where they are not."""
    shorter, longer = sorted((set(key.split(" ")), set(other.split(" "))), key=len)
    if len(shorter) < WORDS_MIN or not shorter <= longer:
        return ""
    return "all parts of the name agree" if key == other else "all parts of the shorter name agree"


def _likeness(name: Mapping[str, Any], person: Mapping[str, Any], *, has_birth: bool) -> str:
    """How the names are alike; "" where they are not. `has_birth`: year and month of birth agree."""
    if not name["surname"] or not person["surname"] or not _is_near(name["surname"], person["surname"]):
        return ""
    differs = name["surname"] != person["surname"]
    given, own = _given_names(name), _given_names(person)
    if not given:
        return "the surname agrees, and no forename was given" if has_birth and not differs else ""
    initials = {word for word in given if len(word) == 1}
    others = [word for word in given if len(word) > 1 and word not in own]
    have_initials = all(any(word.startswith(initial) for word in own) for initial in initials)
    are_near = all(any(_is_near(word, other) for other in own) for word in others)
    if not have_initials or not are_near or len(others) + differs > 1:
        return ""
    letters = {"the surname differs by one letter": differs, "a forename differs by one letter": bool(others)}
    parts = [part for part, applies in letters.items() if applies]
    if initials - set(own):
        parts.append("a forename is given by its initial")
    return ", and ".join(parts)


def _is_near(word: str, other: str) -> bool:
    is_long = min(len(word), len(other)) >= LIKE_LETTERS_MIN
    return word == other or (is_long and Levenshtein.distance(word, other) <= 1)


def _given_names(name: Mapping[str, Any]) -> list[str]:
    """The words of a name without those of its surname."""
    surname = name["surname"].split(" ")
    return [word for word in name["key"].split(" ") if word not in surname]
