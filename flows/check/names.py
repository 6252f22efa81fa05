"""Match a name with the legal entities of a release, by the keys that resolution compares, and with its
natural persons, who are always candidates and never have a score.

A few names are compared after DuckDB has excluded those that cannot match; for a long list every name gets a
key, and candidates share a rare word, or two words of a person's name.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any

import polars as pl
from rapidfuzz.distance import Levenshtein

from flows.check.input import Question
from flows.facts.certainty import Certainty, Match
from flows.facts.rows import light_frame
from flows.home.warehouse import literal
from flows.release.lookups import NOT_ASCII
from transforms.language import translated
from transforms.model.sql import Connection, frame, read_sql
from transforms.values.names import ROMAN, company_name_key, names_similarity, person_name_key
from transforms.values.payees import LEGAL_FORMS

CANDIDATE_MIN = 0.8  # (own) similarity of name keys, 0 to 1, of a candidate; two names agree from 0.9
SAME_BUT_FORM = 0.95  # (own) similarity of two names that differ in blanks or in their legal form only
FEW_NAMES = 5  # so many are searched one by one, more through keys of every name
LEGAL_FORM_CHARACTERS_MAX = 50  # of the longest form that becomes one word of a key, with room
PREFILTER_MIN = 0.85  # Jaro-Winkler similarity of the plain texts, lower than that of any candidate
COMMON_WORD_NAMES = 2_000  # a word in more names than this does not lead to candidates of a long list
RARE_WORDS = 2  # of each name in a long list: candidates share one of them
# Words that company_name_key rewrites, so that a name may have the key without having the word; and VOF,
# which a name may begin or end with.
_REWRITTEN = frozenset(
    [
        "AND",
        "THE",
        "LTD",
        "LIMITED",
        "PLC",
        "LLP",
        "CIC",
        "LP",
        "CO",
        "COMPANY",
        "INC",
        "INCORPORATED",
        "CORP",
        "CORPORATION",
        "CYF",
        "CYFYNGEDIG",
        "CCC",
        "VOF",
    ]
)
# With those that LEGAL_FORMS leaves out, because what else ends so may be a person's name, and partnerships.
_FORM_AT_END = f" (?:{LEGAL_FORMS}|SA|AG|CV|SC|VOF|SNC|COMMV|SCS)$"
SOURCES: Mapping[str, str] = {
    "current": "its name",
    "former": "a former name of it",
    "other": "another name of it",
    "title": "its name as a title writes it",
}
# So long that it is no Roman number written in digits; `name_of.number` has these.
_LONG_NUMBER = re.compile("[0-9]{3,}")
_NUMBER = re.compile("[0-9]+")
# Between the name of a party and the one it trades under.
_TRADING_AS = re.compile(
    r"\s*[,;(\[]?\s*\b(?:trading\s+as|t\s*/\s*as?|d\s*/\s*b\s*/\s*a|h\.?\s*o\.?\s*d\.?\s*n\.?)(?=[\s:]|$)\s*:?\s*",
    re.IGNORECASE,
)
_INSOLVENT = r"in +(?:[a-z']+ +){0,2}(?:liquidation|administration|receivership)"
_ENDED = r"dissolved|struck +off|dormant|inactive|closed"
# What is said of a company behind its name: in brackets, after a dash or comma, or plainly at the end.
_STATUS = (
    rf"(?i)\s*[(\[]\s*(?:now +)?(?:{_INSOLVENT}|{_ENDED})\s*[)\]]"
    rf"|\s*[,–-]\s*(?:{_INSOLVENT}|{_ENDED})\s*$|\s+{_INSOLVENT}\s*$"
)


def match_companies(connection: Connection, questions: Sequence[Question]) -> dict[int, list[Match]]:
    """Row → legal entities of the name, or of a similar one."""
    given = names_in(questions).select("row", _key()).drop_nulls("key")
    if given.is_empty():
        return {}
    known = _known_names(connection, given["key"].unique().sort().to_list())
    columns = ("row", "party_id", "source", "score", "begins")
    same = given.join(known, on="key").with_columns(score=pl.lit(1.0), begins=pl.lit(value=False))
    near = _near(given, known, set(same["row"])).select(*columns, is_exact=False)
    order = ["row", "party_id", "is_exact", "begins", "score", "source"]
    best = (
        pl.concat([same.select(*columns, is_exact=True), near])
        .sort(order, descending=[False, False, True, True, True, False])
        .unique(["row", "party_id"], keep="first", maintain_order=True)
    )
    names_sql = "select entity_id, name from entity where rowid in (from rows_of('entity.entity_id', $ids))"
    ids = best["party_id"].unique().to_list()
    names = dict(connection.execute(names_sql, {"ids": ids}).fetchall())
    matches: dict[int, list[Match]] = {}
    for row, party_id, source, score, begins, is_exact in best.iter_rows():
        words = {"how": translated(_how(score, begins, is_exact)), "name": translated(SOURCES[source])}
        why = translated("the name given %(how)s %(name)s", **words)
        certainty: Certainty = "exact_name" if is_exact else "similar_name"
        match = Match(party_id, "legal_entity", names.get(party_id), certainty, why, score, int(begins))
        matches.setdefault(row, []).append(match)
    return matches


def _how(score: float, begins: bool, is_exact: bool) -> str:
    if is_exact:
        return "is"
    if begins:
        return "is the beginning of"
    return "has the same words as" if score == 1.0 else "is near"


def names_in(questions: Sequence[Question]) -> pl.DataFrame:
    """row, name: the name given; where a party trades under another name, both."""
    names: list[tuple[int, str]] = []
    for question in questions:
        parts = [part.strip(" )]") for part in _TRADING_AS.split(question.name, maxsplit=1)]
        names += [
            (question.row, part) for part in (parts if len(parts) == 2 and all(parts) else [question.name])
        ]
    return pl.DataFrame(names, schema={"row": pl.Int64, "name": pl.String}, orient="row")


def plain_name(name: pl.Expr) -> pl.Expr:
    """A company's name without its status: `Zed PLC (in liquidation)` is `Zed PLC`."""
    plain = name.str.replace_all(_STATUS, "")
    return pl.when(plain.str.strip_chars() != "").then(plain).otherwise(name)


def _key() -> pl.Expr:
    return company_name_key(plain_name(pl.col("name"))).alias("key")


def _known_names(connection: Connection, keys: Sequence[str]) -> pl.DataFrame:
    """party_id, source, key of the names of the release; for a few keys, of those that may agree with one."""
    is_few = len(keys) <= FEW_NAMES
    condition = " or ".join(map(_may_agree, keys)) if is_few else "true"
    parameters = {}
    numbers = [number for key in keys for number in _LONG_NUMBER.findall(key)[:1]]
    if is_few and len(numbers) == len(keys):  # a name with another number is never similar
        condition = f"rowid in (from rows_of('name_of.number', $numbers)) and ({condition})"
        parameters = {"numbers": numbers}
    names_sql = (
        f"select party_id, source, name from name_of where {condition} order by party_id, source, name"
    )
    names = light_frame(connection, names_sql, **parameters) if is_few else frame(connection, names_sql)
    return names.select("party_id", "source", _key()).drop_nulls("key").unique(maintain_order=True)


def _may_agree(key: str) -> str:
    """SQL that is true for every name with this key, for similar ones, and for names that are not ASCII."""
    words = [word for word in key.split(" ") if word not in _REWRITTEN]
    # A key of rewritten words alone says no more of the name than that it is short.
    has_words = (
        " and ".join(f"contains(plain, {literal(word)})" for word in words)
        or f"length(name) <= {LEGAL_FORM_CHARACTERS_MAX * len(key.split(' '))}"
    )
    is_near = f"jaro_winkler_similarity(plain, {literal(key)}, {PREFILTER_MIN}) >= {PREFILTER_MIN}"
    numbers = " and ".join(map(_has_number, _NUMBER.findall(key))) or "true"
    return f"(({numbers}) and (({has_words}) or {is_near}) or plain is null)"


def _has_number(number: str) -> str:
    """SQL that is true for every name with this number, also in Roman figures."""
    texts = [number, *(letters for letters, value in ROMAN.items() if str(value) == number)]
    return f"({' or '.join(f'contains(plain, {literal(text)})' for text in texts)})"


def _near(given: pl.DataFrame, known: pl.DataFrame, exact_rows: Collection[int]) -> pl.DataFrame:
    """row, party_id, source, score, begins: names that are not the same, with a similarity from CANDIDATE_MIN
    on; and, for rows that are not in `exact_rows`, those that begin with the name given.
    """
    is_few = given["key"].n_unique() <= FEW_NAMES
    pairs = given.join(known, how="cross", suffix="_known") if is_few else _sharing_rare_words(given, known)
    others = pairs.filter(pl.col("key") != pl.col("key_known"))
    scored = others.with_columns(similarity(others["key"], others["key_known"]).alias("score"))
    goes_on = pl.col("key_known").str.starts_with(pl.col("key").str.replace(_FORM_AT_END, "") + " ")
    begins = goes_on & ~pl.col("row").is_in(exact_rows)
    return scored.with_columns(begins=begins).filter((pl.col("score") >= CANDIDATE_MIN) | pl.col("begins"))


def similarity(keys: pl.Series, others: pl.Series) -> pl.Series:
    """Similarity of two keys, 0 to 1: that of resolution, and SAME_BUT_FORM where only blanks or the legal
    form differ.
    """
    score = names_similarity(keys, others).alias("score")
    # Two keys of different numbers score 0: 1 2 is not 12.
    is_same = (_without_form(keys) == _without_form(others)) & (score > 0)
    return pl.select(
        pl.when(is_same & (score < SAME_BUT_FORM)).then(SAME_BUT_FORM).otherwise(score)
    ).to_series()


def _without_form(keys: pl.Series) -> pl.Series:
    return keys.str.replace(f"^VOF |{_FORM_AT_END}", "").str.replace_all(" ", "")


def _sharing_rare_words(given: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """row, key, party_id, source, key_known of pairs that share one of the rarest words of the name given."""
    given_words, known_words = (
        names.select(pl.col("key").unique())
        .with_columns(pl.col("key").str.split(" ").list.unique().alias("word"))
        .explode("word", empty_as_null=False)
        for names in (given, known)
    )
    counts = known_words.group_by("word").len("names_n").filter(pl.col("names_n") <= COMMON_WORD_NAMES)
    rarest = (
        given_words.join(counts, on="word").sort("key", "names_n", "word").group_by("key").head(RARE_WORDS)
    )
    # Mc Donald and McDonald have no word in common.
    unspaced = pl.col("key").str.replace_all(" ", "").alias("word")
    linked = pl.concat(
        [
            rarest.select("key", "word").join(known_words.rename({"key": "key_known"}), on="word"),
            given_words.select("key", unspaced).join(
                known_words.select(unspaced, key_known="key"), on="word"
            ),
        ]
    ).select("key", "key_known")
    return given.join(linked.unique(), on="key").join(known.rename({"key": "key_known"}), on="key_known")


# --- natural persons ----------------------------------------------------------------------------------------

WORDS_MIN = 2  # of a name: a surname alone finds nobody, unless the month of birth is given
LIKE_LETTERS_MIN = 5  # (own) of a word that may differ by one letter: a shorter word becomes another name
# Words that no natural person is called by. Sa, Co, Ag, Trust and Council are surnames too.
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
        "BV",
        "NV",
        "VOF",
        "GMBH",
        "SARL",
        "SRL",
        "OY",
        "APS",
        "LLC",
        "STICHTING",
        "FOUNDATION",
    ]
)


def match_persons(connection: Connection, questions: Sequence[Question]) -> dict[int, list[Match]]:
    """Row → persons of the same name or a similar one. Those whose birth is known to differ are marked, and
    shown to nobody.

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
    if len({name["key"] for name in given}) <= FEW_NAMES:
        query = read_sql(__package__, "persons_of_words", not_ascii=literal(NOT_ASCII))
        persons = light_frame(connection, query, **_words_asked(given))
    else:
        persons = frame(connection, read_sql(__package__, "persons"))
    return persons.with_columns(*_keys("full_name")).drop_nulls("key")


def _words_asked(given: Sequence[Mapping[str, Any]]) -> dict[str, list[str]]:
    """Parameters of persons_of_words.sql: two names that match have two words alike, but where a name has no
    other than its surname, or initials beside it.
    """
    words = {word for name in given for word in name["key"].split(" ")}
    surnames = {name["surname"] for name in given if name["surname"]}
    alone = {
        name["surname"]
        for name in given
        if name["surname"] and all(len(word) == 1 for word in _given_names(name))
    }
    like = [word for word in words | surnames if len(word) >= LIKE_LETTERS_MIN]
    return {"words": sorted(words), "like": sorted(like), "alone": sorted(alone)}


def _match(question: Question, name: Mapping[str, Any], person: Mapping[str, Any]) -> Match | None:
    """A candidate, in words; None where the names are not alike."""
    year, month = person["birth_year"], person["birth_month"]
    asked_year, asked_month = question.born or (None, None)
    differs = bool(asked_year and year and asked_year != year) or bool(
        asked_month and month and asked_month != month
    )
    born = translated("no birth was compared")
    if asked_year and year:
        is_month = asked_month and month
        born = translated("year and month of birth agree" if is_month else "the year of birth agrees")
    certainty: Certainty = "person_name"
    how = _same_words(name["key"], person["key"])
    if not how:
        has_birth = None not in (asked_year, asked_month, year, month) and not differs
        certainty, how = "like_person_name", _likeness(name, person, has_birth=has_birth)
    if not how:
        return None
    if differs:
        certainty, born = "person_of_another_birth", translated("the birth differs")
    return Match(person["person_id"], "person", person["full_name"], certainty, f"{how}; {born}")


def _same_words(key: str, other: str) -> str:
    """How the words of one name are all in the other; "" where they are not."""
    shorter, longer = sorted((set(key.split(" ")), set(other.split(" "))), key=len)
    if len(shorter) < WORDS_MIN or not shorter <= longer:
        return ""
    return translated(
        "all parts of the name agree" if key == other else "all parts of the shorter name agree"
    )


def _likeness(name: Mapping[str, Any], person: Mapping[str, Any], *, has_birth: bool) -> str:
    """How the names are alike; "" where they are not. `has_birth`: year and month of birth agree."""
    if not name["surname"] or not person["surname"] or not _is_near(name["surname"], person["surname"]):
        return ""
    differs = name["surname"] != person["surname"]
    given, own = _given_names(name), _given_names(person)
    if not given:
        agrees = translated("the surname agrees, and no forename was given")
        return agrees if has_birth and not differs else ""
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
    return f", {translated('and')} ".join(map(translated, parts))


def _is_near(word: str, other: str) -> bool:
    is_long = min(len(word), len(other)) >= LIKE_LETTERS_MIN
    return word == other or (is_long and Levenshtein.distance(word, other) <= 1)


def _given_names(name: Mapping[str, Any]) -> list[str]:
    """The words of a name without those of its surname."""
    surname = name["surname"].split(" ")
    return [word for word in name["key"].split(" ") if word not in surname]
