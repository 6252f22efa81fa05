"""The sheet of a check: questions, who may be meant, and what the release says of them; and its JSON."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from flows.check.input import Question
from flows.facts.certainty import CERTAINTIES, Certainty, Match
from flows.facts.party import LEFT_IN
from flows.facts.powers import Powers
from flows.facts.rows import Row, as_int
from transforms.language import translated, translated_n
from transforms.model.indicator import LANES
from transforms.model.languages import DUTCH
from transforms.model.subjects import SUBJECT_KINDS

Facts = Mapping[str, Sequence[Row]]
# What no register can say.
ALWAYS = (
    "Registers say what was declared or registered. What nobody declared is not here, and a declaration "
    "may be untrue.",
    "Names are compared as written: capitals, accents and punctuation do not matter, nor whether Limited or "
    "PLC is there; another legal form, spelling, language or trading name does. What was not found under "
    "this name may be there under another one; a number is surer.",
    "No flag is not a clearance. The release keeps who is flagged and who could not be assessed; anybody "
    "else was assessed and not flagged, or is not a subject of the indicator.",
    "A natural person of the same name may be another person. Nobody is scored.",
    "Leases are in no register that Undertow reads: ask whoever lets the authority's own property.",
)
INDICATION = "A flag is an indication, not a finding or an accusation; a person decides."


@dataclass(frozen=True)
class Searched:
    """What was looked for, how much was found, and in which editions (a sentence)."""

    section: str
    words: str
    found_n: int
    where: str


@dataclass(frozen=True)
class Subject:
    """A match with all that the release says about it. A candidate has no facts, unless it is a person."""

    match: Match
    facts: Facts
    searched: tuple[Searched, ...]

    @property
    def identity(self) -> Row:
        return self.facts["identity"][0] if self.facts.get("identity") else {}


@dataclass(frozen=True)
class Answer:
    """One question and what may be meant, best match first.

    `tried`: what was looked for where there is no certain match; `not_searched`: what could not be looked
    for. `other`: what the id is of, where it is no party, title or place, with the command for it.
    """

    question: Question
    subjects: tuple[Subject, ...]
    left_out: Mapping[Certainty, int]
    tried: tuple[Searched, ...]
    not_searched: tuple[str, ...] = ()
    other: str = ""
    has_unsearched_address: bool = False

    @property
    def matches(self) -> tuple[Subject, ...]:
        return tuple(subject for subject in self.subjects if not subject.match.is_candidate)

    @property
    def outcome(self) -> str:
        """In one line: matched, several matches, candidates only, nothing found, or not searched."""
        if self.matches:
            best = self.matches[0].match.certainty
            equal_n = sum(subject.match.certainty == best for subject in self.matches)
            how = translated(CERTAINTIES[best])
            return how if equal_n == 1 else translated("%(n)s equal matches: %(how)s", n=equal_n, how=how)
        if self.subjects:
            return translated("candidates only")
        if fault := self.question.fault or self.other:
            return translated("not checked: %(fault)s", fault=fault) if self.question.fault else fault
        if self.not_searched and not self.tried:
            return translated("not searched")
        if self.has_unsearched_address:
            return translated("nothing found, and the address was not searched")
        return translated("nothing found" if self.tried else "nothing was asked")


@dataclass(frozen=True)
class Sheet:
    """The answers, and what they rest on. `indicators_n`: kind of subject → indicators
    that the release assesses. `countries`: of the subjects of flags, for `powers`.
    """

    release: Row
    checked_on: date
    areas: tuple[str, ...]
    editions: tuple[Row, ...]
    not_held: tuple[Row, ...]
    cannot_be_said: tuple[str, ...]
    answers: tuple[Answer, ...]
    evidence: Mapping[str, Sequence[Row]]
    indicators_n: Mapping[str, int]
    powers: Powers
    countries: Mapping[str, Collection[str]]

    @property
    def faults(self) -> tuple[str, ...]:
        """Why rows of a list were not checked, each in a sentence."""
        return tuple(answer.question.fault for answer in self.answers if answer.question.fault)

    @property
    def subject_ids(self) -> tuple[str, ...]:
        """Ids of all that is shown as a match or a candidate."""
        return tuple(subject.match.subject_id for answer in self.answers for subject in answer.subjects)

    def with_titles(self, text: str) -> str:
        """The text with the titles of registers instead of their short names."""
        titles = {str(row["register"]): str(row["title"]) for row in (*self.not_held, *self.editions)}
        return re.sub(r"\b[a-z_]+\b", lambda word: titles.get(word[0], word[0]), text)


def more_of_each(answer: Answer) -> list[str]:
    """How many more were found than are shown, a line for each certainty."""
    return [
        translated("%(n)s more: %(how)s", n=n, how=translated(CERTAINTIES[certainty]))
        for certainty, n in answer.left_out.items()
    ]


def all_n(section: Sequence[Row]) -> int:
    """How many rows a section has in all, with those beyond LISTED_MAX, which no sheet has."""
    return as_int(section[0].get("all_n", len(section))) if section else 0


def left_out(name: str, section: Sequence[Row]) -> str:
    """A sentence on the rows that no sheet has; "" where there are none."""
    n = all_n(section) - len(section)
    if not n:
        return ""
    return translated_n(
        "%(n)s more is on no sheet: undertow sql has it, in %(view)s",
        "%(n)s more are on no sheet: undertow sql has them, in %(view)s",
        n,
        view=LEFT_IN[name],
    )


def assessed(subject: Subject, sheet: Sheet) -> str:
    """How many indicators were assessed of a subject itself; "" where there are none for its kind."""
    kind, facts = subject.match.subject_type, subject.facts
    if not (every := sheet.indicators_n.get(kind, 0)) or not facts:
        return ""
    own = {
        section: {row["indicator"] for row in facts.get(section, ()) if row["scope"] == "itself"}
        for section in ("flags", "not_assessable")
    }
    open_n = len(own["not_assessable"] - own["flags"])
    return translated(
        "Of %(every)s indicators for %(kind)s, %(flags_n)s flag it, %(open_n)s could not be assessed, and "
        "%(rest_n)s found nothing or do not concern it.",
        every=every,
        kind=translated(SUBJECT_KINDS[kind].words),
        flags_n=len(own["flags"]),
        open_n=open_n,
        rest_n=every - len(own["flags"]) - open_n,
    )


def titles_elsewhere(facts: Facts) -> str:
    """How many titles the areas leave out; "" where none, or where no area was given."""
    counts = facts["titles_elsewhere"][0] if facts.get("titles_elsewhere") else {}
    places = {"elsewhere_n": "in other districts", "no_district_n": "in no known district"}
    return ", ".join(
        f"{counts[name]} {translated(place)}" for name, place in places.items() if counts.get(name)
    )


def lanes_in_words(facts: Facts, column: str) -> str:
    """How many flags of each lane, as in `1 stop, 2 look`; 0 where there are none.

    `column`: own_lanes, or around_lanes for those on entities around the subject.
    """
    counts = facts["flags"][0][column] if facts.get("flags") else ()
    pairs = zip(LANES, counts if isinstance(counts, list) else (), strict=False)
    return ", ".join(f"{n} {translated(lane)}" for lane, n in pairs if n) or "0"


# --- JSON ---------------------------------------------------------------------------------------------------


def as_json(sheet: Sheet) -> dict[str, object]:
    """The sheet as plain values; dates and decimals are left to the writer (`default=str`)."""
    return {
        "release": dict(sheet.release),
        "checked_on": sheet.checked_on,
        "areas": list(sheet.areas),
        "indication": translated(INDICATION),
        "editions": [dict(edition) for edition in sheet.editions],
        "not_held": [str(register["register"]) for register in sheet.not_held],
        "cannot_be_said": list(sheet.cannot_be_said),
        "answers": [_answer_json(answer, sheet) for answer in sheet.answers],
    }


def _answer_json(answer: Answer, sheet: Sheet) -> dict[str, object]:
    question = answer.question
    names = ("name", "number", "address", "postcode", "role", "kind")
    texts = {name: getattr(question, name) for name in names}
    texts["born"] = question.born_text
    return {
        "row": question.row,
        "asked": {name: text for name, text in texts.items() if text},
        "outcome": answer.outcome,
        **({"fault": question.fault} if question.fault else {}),
        "subjects": [_subject_json(subject, sheet) for subject in answer.subjects],
        "more": dict(answer.left_out),
        "nothing_found": [{"what": searched.words, "searched": searched.where} for searched in answer.tried],
        "not_searched": list(answer.not_searched),
        **({"other": answer.other} if answer.other else {}),
    }


def _subject_json(subject: Subject, sheet: Sheet) -> dict[str, object]:
    match = subject.match
    sections = {
        name: [_bare(row) for row in rows] for name, rows in subject.facts.items() if name != "identity"
    }
    for flag in sections.get("flags", ()):
        evidence = sheet.evidence.get(str(flag["flag_id"]), ())
        flag["evidence"] = [_bare(fact) for fact in evidence]
        flag["evidence_n"] = evidence[0]["facts_n"] if evidence else 0
    return {
        "subject_id": match.subject_id,
        "subject_type": match.subject_type,
        "name": match.name,
        "certainty": match.certainty,
        "is_candidate": match.is_candidate,
        "score": match.score,
        "why": match.why,
        **({"identity": _bare(subject.identity)} if subject.identity else {}),
        **sections,
        "assessed": assessed(subject, sheet),
        "left_out": {name: n for name, rows in subject.facts.items() if (n := all_n(rows) - len(rows))},
        "searched": [
            {"what": searched.words, "found_n": searched.found_n, "searched": searched.where}
            for searched in subject.searched
        ],
    }


def _bare(row: Row) -> dict[str, object]:
    """A row without the columns that only serve the query."""
    return {
        name: value
        for name, value in row.items()
        if name not in ("id", "all_n", "row_no", "place", "facts_n", "own_lanes", "around_lanes")
        and not name.endswith(f"_{DUTCH}")
    }
