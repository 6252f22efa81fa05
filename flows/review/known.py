"""Earlier review decisions on the parties of a check, for the same purpose.

Only decisions are shown. Nobody learns anything about an open round, so that a second reader stays blind.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from flows.check.sheet import Searched, Sheet, Subject
from flows.facts.party import LISTED_MAX
from flows.facts.rows import Row
from flows.journal import reviews
from flows.review import rules
from flows.review.desk import Desk, walked
from flows.review.fold import Round, Walked
from transforms.language import translated

SECTION = "decisions"


def with_decisions(sheet: Sheet, desk: Desk, *, purpose: str) -> Sheet:
    """The sheet with the decisions on each subject, and on flagged subjects beside it, that were made for
    this purpose: outcome, reason, what was done (such as a question to the applicant), and the notes.
    """
    with reviews.reading(desk.home) as log:
        known = _Known(desk, log, walked(desk.home, log), purpose)
        answers = tuple(
            replace(answer, subjects=tuple(map(known.added_to, answer.subjects))) for answer in sheet.answers
        )
    return replace(sheet, answers=answers)


@dataclass(frozen=True)
class _Known:
    """The store, as one purpose may read it."""

    desk: Desk
    log: reviews.Log | None
    walked: Walked
    purpose: str

    @cached_property
    def rounds(self) -> Mapping[str, Mapping[int, tuple[Round, set[str]]]]:
        """Subject → number of the last verdict of a decided round → the round, and its indicators."""
        rounds: dict[str, dict[int, tuple[Round, set[str]]]] = {}
        for (indicator, subject_id), decisions in self.walked.by_subject.items():
            for round_ in (one.round for one in decisions):
                if round_ is not None and round_.last.purpose == self.purpose:
                    of_subject = rounds.setdefault(subject_id, {})
                    of_subject.setdefault(round_.last.n, (round_, set()))[1].add(indicator)
        return rounds

    @cached_property
    def reasons(self) -> Mapping[str, Mapping[str, str]]:
        return self.desk.reasons(self.desk.indicators)

    def added_to(self, subject: Subject) -> Subject:
        if not subject.facts or subject.match.subject_type == "person":
            return subject
        flags = subject.facts.get("flags", ())
        ids = {subject.match.subject_id, *(str(flag["subject_id"]) for flag in flags)}
        decided = [
            (n, subject_id, round_, codes)
            for subject_id in ids & self.rounds.keys()
            for n, (round_, codes) in self.rounds[subject_id].items()
        ]
        newest_first = sorted(decided, key=lambda one: one[:2], reverse=True)
        rows = [self._row(subject_id, round_, codes) for _, subject_id, round_, codes in newest_first]
        searched = Searched(
            SECTION,
            translated("decisions of reviewers before, and what was asked"),
            len(rows),
            translated("reviews, for the purpose %(purpose)s", purpose=self.purpose),
        )
        return replace(
            subject,
            facts={**subject.facts, SECTION: tuple(rows[:LISTED_MAX])},
            searched=(*subject.searched, searched),
        )

    def _row(self, subject_id: str, round_: Round, codes: set[str]) -> Row:
        last = round_.last
        own = [one.n for one in round_.verdicts if one.purpose == self.purpose]
        notes = self.log.notes(own) if self.log is not None else {}
        each = [code for one in round_.verdicts for code in one.done]
        done = dict.fromkeys((*each, *self.walked.done.get(last.n, ())))
        return {
            "subject_id": subject_id,
            "case_id": last.case_id,
            "indicators": sorted(codes),
            "decided_on": last.at[:10],
            "outcome": rules.outcomes()[last.outcome],
            "reason": self.reasons[last.outcome].get(last.reason, last.reason),
            "done": [rules.measures().get(code, code) for code in done],
            "note": [notes[n] for n in own if n in notes],
        }
