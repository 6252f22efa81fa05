"""What reviewers decided about the parties of a check before, for the same purpose.

Only what is decided is said: of an open round nobody learns anything, so that a second reader stays blind.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from flows.check.sheet import Searched, Sheet, Subject
from flows.facts.party import LISTED_MAX
from flows.journal import reviews
from flows.journal.reviews import Log
from flows.review import rules
from flows.review.desk import Desk, walked
from flows.review.fold import Round, Walked
from transforms.language import translated

SECTION = "decisions"


def with_decisions(sheet: Sheet, desk: Desk, *, purpose: str) -> Sheet:
    """The sheet with the decisions on each subject, and on what has flags beside it, that were made for this
    purpose: outcome, reason, what was done (such as a question to the applicant), and the note.
    """
    with reviews.reading(desk.home) as log:
        all_events = walked(desk.home, log)
        answers = tuple(
            replace(
                answer,
                subjects=tuple(
                    _with_decisions(subject, desk, log, all_events, purpose) for subject in answer.subjects
                ),
            )
            for answer in sheet.answers
        )
    return replace(sheet, answers=answers)


def _with_decisions(
    subject: Subject, desk: Desk, log: Log | None, all_events: Walked, purpose: str
) -> Subject:
    if not subject.facts or subject.match.subject_type == "person":
        return subject
    ids = {
        subject.match.subject_id,
        *(str(flag["subject_id"]) for flag in subject.facts.get("flags", ())),
    }
    rows = _decisions(desk, log, all_events, ids, purpose)
    words = translated("decisions of reviewers before, and what was asked")
    where = translated("reviews, for the purpose %(purpose)s", purpose=purpose)
    searched = Searched(SECTION, words, len(rows), where)
    return replace(
        subject,
        facts={**subject.facts, SECTION: tuple(rows[:LISTED_MAX])},
        searched=(*subject.searched, searched),
    )


def _decisions(
    desk: Desk, log: Log | None, all_events: Walked, ids: Collection[str], purpose: str
) -> list[dict[str, Any]]:
    """The newest first; one for each round and subject."""
    rounds: dict[tuple[int, str], tuple[Round, set[str]]] = {}
    for (indicator, subject_id), decisions in all_events.by_subject.items():
        if subject_id not in ids:
            continue
        for covered in decisions:
            if covered.round is not None and covered.round.last.purpose == purpose:
                place = (covered.round.last.n, subject_id)
                rounds.setdefault(place, (covered.round, set()))[1].add(indicator)
    readings = [reading for round_, _codes in rounds.values() for reading in round_.verdicts]
    notes = log.notes(one.n for one in readings if one.purpose == purpose) if log is not None else {}
    return [
        {
            "subject_id": subject_id,
            "case_id": round_.last.case_id,
            "indicators": sorted(codes),
            "decided_on": round_.last.at[:10],
            "outcome": rules.outcomes()[round_.last.outcome],
            "reason": _reason(desk, round_),
            "done": [
                rules.measures().get(code, code)
                for code in dict.fromkeys((*round_.last.done, *all_events.done.get(n, ())))
            ],
            "note": [notes[one.n] for one in round_.verdicts if one.n in notes],
        }
        for (n, subject_id), (round_, codes) in sorted(rounds.items(), reverse=True)
    ]


def _reason(desk: Desk, round_: Round) -> str:
    words: Mapping[str, str] = rules.reasons(round_.last.outcome, desk.indicators.values())
    return words.get(round_.last.reason, round_.last.reason)
