"""Match a number or id with parties, titles and places of a release, and compare the name beside it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from operator import itemgetter
from typing import Any

import polars as pl

from flows.check.input import Question, bare_number
from flows.check.names import names_in, plain_name, similarity
from flows.facts.certainty import Certainty, Match
from flows.facts.party import units
from flows.facts.rows import Row, light_frame, query_rows
from transforms.language import translated
from transforms.model.sql import Connection, read_sql
from transforms.values.identifiers import (
    GB_COH,
    PLACEHOLDERS,
    is_placeholder,
    normalise_gb_coh,
    registry_gb_coh,
    tidy_number,
)
from transforms.values.names import NAME_AGREEMENT_MIN, company_name_key

SALE_ID_CHARACTERS = 36  # of the publisher's id of a sale, a GUID


def match_numbers(connection: Connection, questions: Sequence[Question]) -> dict[int, list[Match]]:
    """Row → matches by the number given."""
    numbered = {question.row: question for question in questions if question.number}
    if not numbered:
        return {}
    tried = _ids_tried(connection, list(numbered.values()))
    ids = sorted({tried_id for _, tried_id in tried})
    subjects_sql = read_sql(__package__, "subjects_of_ids", units=units("address_id"))
    subjects = _by(query_rows(connection, subjects_sql, ids=ids), "asked_id")
    candidates_sql = read_sql(__package__, "candidates_for_numbers")
    candidates = _by(query_rows(connection, candidates_sql, ids=ids), "holder_id")
    pairs = [
        (numbered[row], subject["subject_id"])
        for row, tried_id in tried
        for subject in subjects.get(tried_id, [])
    ]
    name_scores = _name_scores(connection, pairs)
    matches: dict[int, list[Match]] = {}
    for row, tried_id in tried:
        of_row = matches.setdefault(row, [])
        for subject in subjects.get(tried_id, []):
            score = name_scores.get((row, subject["subject_id"]))
            of_row.append(_holder(numbered[row].number, tried_id, subject, score))
        of_row += [_candidate(candidate, tried_id) for candidate in candidates.get(tried_id, [])]
    why = translated("a title states this number for it, and the register of the number is not known")
    for row, party_id, name in _on_titles(connection, list(numbered.values())):
        matches.setdefault(row, []).append(Match(party_id, "legal_entity", name, "number_on_title", why))
    return matches


def _by(rows: Sequence[Row], column: str) -> dict[object, list[Mapping[str, Any]]]:
    """The rows by the column that they are sorted by."""
    return {value: list(group) for value, group in groupby(rows, itemgetter(column))}


def _written(questions: Sequence[Question]) -> pl.DataFrame:
    """row, number: as written, and without the words before it."""
    numbers = [
        (question.row, number)
        for question in questions
        for number in dict.fromkeys((question.number, bare_number(question.number)))
    ]
    return pl.DataFrame(numbers, schema={"row": pl.Int64, "number": pl.String}, orient="row")


def _usable(column: str) -> pl.Expr:
    """The number in capitals and digits; null for a blank or a placeholder, which identifies nobody."""
    return pl.when(~is_placeholder(pl.col(column))).then(tidy_number(pl.col(column)))


def _may_be_assigned(number: pl.Expr) -> pl.Expr:
    """Whether a company may have the number: 02345678 is one's, a listed placeholder is nobody's."""
    return ~tidy_number(number).is_in(PLACEHOLDERS) & number.str.contains("[1-9]")


def _ids_tried(connection: Connection, questions: Sequence[Question]) -> list[tuple[int, str]]:
    """(row, id) of every id that a number may stand for, in order and each once."""
    number = pl.col("number").str.replace(r"^(?i)GB-COH-", "")
    keyed = _written(questions).with_columns(
        written=pl.col("number").str.strip_chars(),
        capitals=pl.col("number").str.strip_chars().str.to_uppercase(),
        tidy=_usable("number"),
        company=normalise_gb_coh(number),
        registry=pl.when(_may_be_assigned(number)).then(registry_gb_coh(number)),
    )
    sale = pl.col("capitals").str.strip_chars("{}")
    direct = pl.concat_list(
        "written",
        "capitals",
        pl.lit(f"{GB_COH}-") + pl.col("company"),
        pl.lit(f"{GB_COH}-") + pl.col("registry"),
        pl.lit("GB-HMLR-") + pl.col("tidy"),
        pl.lit("NL-BRK-") + pl.col("tidy"),
        pl.when(sale.str.len_chars() == SALE_ID_CHARACTERS).then(pl.lit("GB-PPD-") + sale),
    )
    ids = keyed.select("row", direct.list.drop_nulls().alias("id")).explode("id", empty_as_null=False)
    foreign = _with_numbers(connection, "foreign_numbers", keyed).with_columns(tidy=_usable("number"))
    foreign_ids = keyed.join(foreign, on="tidy").select("row", id="entity_id")
    return pl.concat([ids, foreign_ids]).unique().sort("row", "id").rows()


def _with_numbers(connection: Connection, name: str, keyed: pl.DataFrame) -> pl.DataFrame:
    """The rows of a query that may have one of the numbers in the column tidy."""
    numbers = keyed["tidy"].drop_nulls().unique().sort().to_list()
    return light_frame(connection, read_sql(__package__, name), numbers=numbers)


def _on_titles(connection: Connection, questions: Sequence[Question]) -> list[tuple[int, str, str | None]]:
    """(row, party_id, name) of proprietors without a known number whose titles state the number given."""
    keyed = _written(questions).with_columns(tidy=_usable("number"))
    stated = _with_numbers(connection, "numbers_on_titles", keyed)
    parties = keyed.join(stated.with_columns(tidy=_usable("number_native")), on="tidy")
    return parties.select("row", "party_id", "name").unique().sort("row", "party_id", "name").rows()


def _name_scores(
    connection: Connection, pairs: Sequence[tuple[Question, str]]
) -> dict[tuple[int, str], float]:
    """(row, id) → best similarity, 0 to 1, of the name given to a name that the party has or had."""
    named = {question.row: question for question, _ in pairs if question.name and not question.is_free}
    if not named:
        return {}
    stated = [(question.row, party_id) for question, party_id in pairs if question.row in named]
    parties = pl.DataFrame(stated, schema={"row": pl.Int64, "party_id": pl.String}, orient="row").unique()
    names_sql = read_sql(__package__, "names_of_parties")
    ids = parties["party_id"].unique().sort().to_list()
    known = light_frame(connection, names_sql, ids=ids)
    keyed = (
        parties.join(names_in(list(named.values())), on="row")
        .join(known.select("party_id", known="name"), on="party_id")
        .with_columns(company_name_key(plain_name(pl.col(column))) for column in ("name", "known"))
    )
    scored = keyed.with_columns(similarity(keyed["name"], keyed["known"]).alias("score"))
    best = scored.group_by("row", "party_id").agg(pl.col("score").max())
    return {(row, party_id): score for row, party_id, score in best.iter_rows()}


def _holder(number: str, tried_id: str, subject: Mapping[str, Any], score: float | None) -> Match:
    """The subject that has the number. `score`: None where there is no name to compare."""
    subject_id, kind, name = subject["subject_id"], subject["subject_type"], subject["name"]
    if kind == "person":
        why = translated("the id of this release is this person's")
        return Match(subject_id, kind, name, "identifier", why)
    why = _how(number, tried_id, subject_id)
    if score is None:
        return Match(subject_id, kind, name, "identifier", why)
    if score >= NAME_AGREEMENT_MIN:
        why = f"{why}, {translated('and the name is one it has or had')}"
        return Match(subject_id, kind, name, "identifier_and_name", why, score)
    why = translated("the number is this party's, and the name given is none that it has or had")
    return Match(subject_id, kind, name, "number_of_another_name", why, score)


def _how(number: str, tried_id: str, subject_id: str) -> str:
    """Whether the number is written as given. A padded one may be that of a society instead."""
    if tried_id != subject_id:
        return translated("the property of this sale")
    if subject_id.startswith(("UT-A-", "UT-U-", "CG-")):
        return translated("the id is its own")
    ends_so = subject_id.upper().endswith(re.sub(r"[ .]", "", number.upper()))
    is_padded = number.isdigit() and len(number) < len(subject_id.rsplit("-", 1)[-1])
    if ends_so and not is_padded:
        return translated("the number is this party's")
    return translated("the number, read as %(id)s, is this party's", id=subject_id)


def _candidate(candidate: Mapping[str, Any], holder_id: str) -> Match:
    """Of a row of candidates_for_numbers.sql."""
    certainty: Certainty = "similar_name"
    why = translated(
        "the holder of %(id)s has the same or a similar name; "
        "the record of this party states no number that can be used",
        id=holder_id,
    )
    if candidate["score"] == 0:
        certainty = "number_of_another_name"
        why = translated(
            "a record gives this party the number %(id)s, whose holder has another name", id=holder_id
        )
    return Match(candidate["party_id"], "legal_entity", candidate["name"], certainty, why)


def with_numbers_compared(
    questions: Sequence[Question], by_number: Mapping[int, list[Match]], by_name: Mapping[int, list[Match]]
) -> dict[int, list[Match]]:
    """`by_name`, where a party is a candidate if the number beside its name is another party's or nobody's.

    A number that anybody types (02345678, 1) is compared only if some party has it.
    """
    numbers = _written([question for question in questions if question.number and not question.is_free])
    has_digits = _usable("number").str.contains("[0-9]").fill_null(False)
    may_be_assigned = _may_be_assigned(pl.col("number")).fill_null(False) & pl.col("row").is_in(
        [row for row, matches in by_number.items() if matches]
    )
    compared = dict(by_name)
    for row in set(numbers.filter(has_digits | may_be_assigned)["row"]) & by_name.keys():
        matches = by_number.get(row, [])
        # An exact id beside a name is that of a title or a place, which says nothing about a party.
        if all(match.certainty != "identifier" for match in matches):
            compared[row] = [_with_number_compared(match, matches) for match in by_name[row]]
    return compared


def _with_number_compared(match: Match, by_number: Sequence[Match]) -> Match:
    certainties = {other.subject_id: other.certainty for other in by_number}
    if certainties.get(match.subject_id) in ("identifier_and_name", "number_on_title"):
        return match
    holders = [
        party_id
        for party_id, certainty in certainties.items()
        if certainty in ("identifier_and_name", "number_of_another_name")
    ]
    whose = (
        translated("but that of %(ids)s", ids=f" {translated('or')} ".join(holders))
        if holders
        else translated("and in this release no party's")
    )
    known = (
        translated("no number is known of this party, and the number given is")
        if match.subject_id.startswith("UT-")
        else translated("the number given is not this party's,")
    )
    certainty: Certainty = "name_of_another_number" if match.certainty == "exact_name" else match.certainty
    return replace(match, certainty=certainty, why=f"{match.why}; {known} {whose}")
