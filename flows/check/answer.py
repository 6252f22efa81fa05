"""Find who or what in a release each question of a check may mean, and collect what the release says about
them into a sheet.

Everything in a question is looked up, and everything found is returned with a certainty. There is never a
silent choice: two parties with one name are two matches. A number alone identifies a party. Beside a name
that the party never had it gives a candidate, as does a party of that name with another number. A similar
name, and any natural person, is a candidate.

Only the current release is read, so every answer can be reproduced with SQL. What was not found is reported
with the editions that were searched: an empty answer about a register that is not held is no answer. Nothing
here reads a clock; `checked_on` is an argument.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from flows.check.addresses import match_addresses
from flows.check.input import Question, is_company_number, is_org_id
from flows.check.names import match_companies, match_persons
from flows.check.numbers import match_numbers, with_numbers_compared
from flows.check.searches import SEARCHES
from flows.check.sheet import ALWAYS, Answer, Facts, Searched, Sheet, Subject, all_n, titles_elsewhere
from flows.facts.areas import Areas, known_areas
from flows.facts.certainty import CERTAINTIES, Certainty, Match, Matched
from flows.facts.party import OF_PERSON, evidence, facts
from flows.facts.powers import read_powers, territories
from flows.facts.registers import relevant_registers
from flows.facts.rows import Row, as_int, query_rows, release_row, translated_titles
from flows.home.warehouse import safe_errors
from flows.release.case_ids import cases_by_id
from flows.release.lookups import require_todays_views
from graphs.cases import CASE_PREFIX
from transforms.language import translated
from transforms.language.stored import stored
from transforms.model.register import Role, register_named
from transforms.model.sql import Connection, read_sql

REGISTERS_SQL = (
    "select register, title, territory, cadence, edition_in_force from v_register order by register"
)
INDICATORS_SQL = "select subject_type, count(*) as n from v_indicator group by subject_type order by all"
ONE_WORD = (
    "Natural persons were not searched: one word is too little to identify anybody; "
    "add a forename or an initial, or the year and month of birth"
)
UNLISTED = (
    ", but for %(register)s: whoever lists one person's functions there needs an authorisation of its "
    "publisher, and a purpose that allows functions (undertow purpose add CODE --allows functions)"
)
NOT_HELD = (
    "Not held here, and so not searched: %(titles)s. What was searched stands below, under Editions searched."
)
# What an id stands for that is no party, title or place, and the command for it.
OTHER_IDS: Mapping[str, str] = {
    "case": "this is the id of a case: undertow report --case %(id)s",
    "flag": "this is the id of a flag: undertow explain %(id)s",
}


@dataclass(frozen=True)
class Editions:
    """The editions of a release, as sentences. `by_role`: names of registers, also of other countries."""

    editions: tuple[Row, ...]
    registers: tuple[Row, ...]
    by_role: Mapping[Role, Sequence[str]]

    def searched(self, roles: Iterable[Role]) -> str:
        """The editions in force of registers with these roles, and which of the registers are not held."""
        known = {register["register"] for register in self.registers}
        names = (name for role in roles for name in self.by_role.get(role, ()))
        labels = [label for name in dict.fromkeys(names) if name in known for label in self._labels(name)]
        return "; ".join(labels) or translated("nowhere, because this release knows no register for it")

    def _labels(self, name: str) -> list[str]:
        """Of a register that many bodies publish, those of one day together."""
        labels = Counter(
            f"{name} {edition['edition']}"
            f"{', ' + translated('extract') if edition['completeness'] == 'extract' else ''}"
            f"{', ' + translated('stale') if edition['stale_since'] else ''}"
            for edition in self.editions
            if edition["register"] == name and edition["status"] == "in_force"
        )
        several = [
            label if n == 1 else f"{label} ({translated('%(n)s editions', n=n)})"
            for label, n in labels.items()
        ]
        return several or [f"{name}: {translated('not held')}"]

    def unlisted(self, allows: Collection[str]) -> dict[str, str]:
        """Scheme -> title of the registers held whose functions of one person the purpose does not allow."""
        held = {row["register"] for row in self.registers if row["edition_in_force"] is not None}
        # Not those of the home's own mappings.
        names = {name for names in self.by_role.values() for name in names if name in held}
        return {
            register.identifier_scheme: register.title
            for register in map(register_named, sorted(names))
            if register.listed_by and register.listed_by not in allows
        }

    def limits(self) -> tuple[str, ...]:
        """Which registers are missing, and a sentence for each that is an extract, stale or blocked, or had
        rejects."""
        titles = "; ".join(str(row["title"]) for row in self.registers if row["edition_in_force"] is None)
        missing = [translated(NOT_HELD, titles=titles)] if titles else []
        # Of many bodies' editions the same may be said.
        return (*missing, *dict.fromkeys(limit for edition in self.editions for limit in _limits(edition)))


def _limits(edition: Row) -> list[str]:
    name = f"{edition['title']}, {translated('edition')} {edition['edition']}"
    if edition["status"] == "blocked":
        blocked = translated("was blocked (%(code)s) and is not used.", code=edition["blocked_code"])
        return [f"{name}: {blocked}"]
    limits = []
    if edition["completeness"] == "extract":
        extract = "only an extract is held (%(reason)s). What it does not hold proves nothing."
        limits.append(translated(extract, reason=stored(str(edition["completeness_reason"]))))
    if since := edition["stale_since"]:
        limits.append(
            translated("a newer edition was blocked, so this one is stale since %(day)s.", day=since)
        )
    if rejected_n := edition["rows_rejected"]:
        rejected = "%(n)s records could not be read. A rejected record is not an absent one."
        limits.append(translated(rejected, n=rejected_n))
    return [f"{name}: {limit}" for limit in limits]


def check(
    connection: Connection,
    questions: Sequence[Question],
    *,
    areas: Sequence[str] = (),
    allows: Collection[str] = (),
    checked_on: date,
) -> Sheet:
    """The sheet of the questions, from the release behind `connection`.

    The connection is one of `flows.accountability.access`, which asks for the purpose and keeps the audit
    log; `allows`: what that purpose allows. Raises UsageError for a blank or unknown area, or a release of
    an earlier version that lacks a view.
    """
    with safe_errors("check"):
        require_todays_views(connection)
        release = release_row(connection)
        # A misspelled area must not look like an area without titles.
        districts = known_areas(connection, areas)
        editions = Editions(
            translated_titles(query_rows(connection, read_sql(__package__, "editions"))),
            relevant_registers(translated_titles(query_rows(connection, REGISTERS_SQL))),
            dict(connection.execute(read_sql(__package__, "registers_by_role")).fetchall()),
        )
        answers = _answers(connection, questions, districts, editions, allows)
        flags = [
            flag
            for answer in answers
            for subject in answer.subjects
            for flag in subject.facts.get("flags", ())
        ]
        flag_ids = [str(flag["flag_id"]) for flag in flags]
        return Sheet(
            release=release,
            checked_on=checked_on,
            areas=districts.names,
            editions=editions.editions,
            not_held=tuple(row for row in editions.registers if row["edition_in_force"] is None),
            cannot_be_said=(*editions.limits(), *map(translated, ALWAYS)),
            answers=answers,
            evidence=evidence(connection, flag_ids) if flag_ids else {},
            indicators_n={
                str(row["subject_type"]): as_int(row["n"]) for row in query_rows(connection, INDICATORS_SQL)
            },
            powers=read_powers(connection),
            countries=territories(connection, (flag["subject_id"] for flag in flags)),
        )


def _answers(
    connection: Connection,
    questions: Sequence[Question],
    areas: Areas,
    editions: Editions,
    allows: Collection[str],
) -> tuple[Answer, ...]:
    sound = [question for question in questions if not question.fault]
    matches = matched(connection, sound)
    ids: dict[str, set[str]] = {}
    for match in (match for result in matches.values() for match in result.matches if _has_facts(match)):
        ids.setdefault(match.subject_type, set()).add(match.subject_id)
    unlisted = editions.unlisted(allows) if "person" in ids else {}
    known = {kind: facts(connection, kind, sorted(of_kind), areas, unlisted) for kind, of_kind in ids.items()}
    others = _other_ids(connection, sound)

    def answer(question: Question) -> Answer:
        if question.fault:
            return Answer(question, (), {}, ())
        result, other = matches[question.row], others.get(question.row, "")
        subjects = tuple(
            _subject(
                match, known.get(match.subject_type, {}).get(match.subject_id, {}), editions, areas, unlisted
            )
            for match in result.matches
        )
        is_matched = any(not match.is_candidate for match in result.matches)
        tried = () if other or is_matched else _tried(question, result, editions)
        address = _address_not_searched(question, result)
        persons = () if subjects or other else _persons_not_searched(question)
        return Answer(question, subjects, result.left_out, tried, (*address, *persons), other, bool(address))

    return tuple(map(answer, questions))


def _other_ids(connection: Connection, questions: Sequence[Question]) -> dict[int, str]:
    """Row → what its id is of, where a check is not about that."""
    ids = {question.row: (question.number or question.name).strip() for question in questions}
    words = {
        str(row["id"]): translated(OTHER_IDS[str(row["kind"])], id=row["id"])
        for row in query_rows(
            connection, read_sql(__package__, "cases_and_flags"), ids=sorted(set(ids.values()))
        )
    }
    earlier = [text for text in ids.values() if text.startswith(CASE_PREFIX) and text not in words]
    for text, case in cases_by_id(connection, earlier).items():
        words[text] = translated("this is an earlier id of a case: undertow report --case %(id)s", id=case)
    return {row: words[text] for row, text in ids.items() if text in words}


def _has_facts(match: Match) -> bool:
    """A candidate's facts are on no sheet. A person is always a candidate, recognised by the facts."""
    return not match.is_candidate or match.subject_type == "person"


def _subject(
    match: Match, known: Facts, editions: Editions, areas: Areas, unlisted: Mapping[str, str]
) -> Subject:
    if not _has_facts(match):
        return Subject(match, {}, ())
    names = f" {translated('or')} ".join(areas.names)
    elsewhere = f", {translated('in')} {names} ({titles_elsewhere(known) or translated('none elsewhere')})"
    aside = "".join(translated(UNLISTED, register=title) for title in unlisted.values())
    further = {
        "titles": elsewhere if areas.names else "",
        **(dict.fromkeys(OF_PERSON, aside) if match.subject_type == "person" else {}),
    }
    searched = [
        Searched(
            search.section,
            translated(search.words) + further.get(search.section, ""),
            all_n(known.get(search.section, ())),
            editions.searched(search.roles),
        )
        for search in SEARCHES[match.subject_type]
    ]
    return Subject(match, known, tuple(searched))


def _tried(question: Question, result: Matched, editions: Editions) -> tuple[Searched, ...]:
    """What was looked for, where there is no certain match."""
    number = "a party of this number"
    if is_org_id(question.number):
        number = "a party, title or place of this id"
    elif not is_company_number(question.number):
        number = "a party of this number, as written: it does not have the form of a UK company number"
    is_unsearched = question.is_person and _persons_not_searched(question)
    address = result.address
    tried: Mapping[str, tuple[bool, str, tuple[Role, ...]]] = {
        "number": (bool(question.number), number, ("companies", "owners", "titles")),
        "name": (
            bool(question.name) and not is_unsearched,
            "a party of this name",
            ("companies", "owners", "titles"),
        ),
        "address": (
            address is not None and address.is_done,
            address.words if address else "",
            ("companies", "titles", "prices"),
        ),
    }
    return tuple(
        Searched(section, translated(words), 0, editions.searched(roles))
        for section, (is_tried, words, roles) in tried.items()
        if is_tried
    )


def _address_not_searched(question: Question, result: Matched) -> tuple[str, ...]:
    """A free text that may be a name is an address only if it has a digit."""
    if result.address is None or result.address.is_done:
        return ()
    may_be_name = question.is_free and question.name and not re.search(r"\d", question.address)
    return () if may_be_name else (translated(result.address.words),)


def _persons_not_searched(question: Question) -> tuple[str, ...]:
    is_word = len(question.name.split()) == 1 and question.name.isalpha() and not question.number
    return (translated(ONE_WORD),) if is_word and (question.born is None or question.born[1] is None) else ()


# --- who or what may be meant -------------------------------------------------------------------------------


MATCHES_SHOWN = 20  # of one certainty; the number of the others is said
CANDIDATES_SHOWN = 5


def matched(connection: Connection, questions: Sequence[Question]) -> dict[int, Matched]:
    """Row → what may be meant, best match first, ties by name and id. Every row is a key."""
    numbers = match_numbers(connection, questions)
    companies = match_companies(connection, [row for row in questions if row.name and not row.is_person])
    companies = with_numbers_compared(questions, numbers, companies)
    persons = match_persons(connection, [row for row in questions if row.name])
    places, searches = match_addresses(connection, [row for row in questions if row.address or row.postcode])
    kinds = (numbers, companies, persons, places)
    return {
        row: replace(
            _ranked(match for kind in kinds for match in kind.get(row, [])), address=searches.get(row)
        )
        for row in (question.row for question in questions)
    }


def _ranked(matches: Iterable[Match]) -> Matched:
    """Each subject once, by its best certainty; the rest of a long list is counted."""
    order = list(CERTAINTIES)
    in_order = sorted(
        matches,
        key=lambda match: (
            order.index(match.certainty),
            -match.nearness,
            -(match.score or 0.0),
            match.name or "",
            match.subject_id,
        ),
    )
    unique: dict[tuple[str, str], Match] = {}
    for match in in_order:
        unique.setdefault((match.subject_type, match.subject_id), match)
    counts: Counter[Certainty] = Counter()
    shown: list[Match] = []
    for match in unique.values():
        counts[match.certainty] += 1
        most = CANDIDATES_SHOWN if match.is_candidate else MATCHES_SHOWN
        if counts[match.certainty] <= most and match.certainty != "person_of_another_birth":
            shown.append(match)
    left_out = counts - Counter(match.certainty for match in shown)
    return Matched(tuple(shown), dict(left_out))
