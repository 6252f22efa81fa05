"""Find who or what of a release a question may mean, with a certainty for each match and never a silent
choice.

Everything in a question is looked up and everything found is returned: two parties of one name are two
matches. A number alone identifies a party; beside a name that the party never had, it is a candidate, as is a
party of the name with another number. A similar name, and any natural person, is a candidate.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from flows.check.addresses import match_addresses
from flows.check.companies import match_companies
from flows.check.input import Question
from flows.check.numbers import match_numbers, with_numbers_compared
from flows.check.persons import match_persons
from flows.facts.certainty import CERTAINTIES, Certainty, Match, Matched
from transforms.model.sql import Connection

MATCHES_SHOWN = 20  # of one certainty; the number of the others is said
CANDIDATES_SHOWN = 5


def matched(connection: Connection, questions: Sequence[Question]) -> dict[int, Matched]:
    """Row → what may be meant, best match first, ties by name and id. Every row is a key."""
    numbers = match_numbers(connection, questions)
    companies = match_companies(connection, [row for row in questions if row.name and not row.is_person])
    companies = with_numbers_compared(questions, numbers, companies)
    persons = match_persons(connection, [row for row in questions if row.name])
    places, searches = match_addresses(connection, [row for row in questions if row.address or row.postcode])
    results: dict[int, Matched] = {}
    for question in questions:
        row = question.row
        matches = [match for kind in (numbers, companies, persons, places) for match in kind.get(row, [])]
        results[row] = replace(_ranked(matches), address=searches.get(row))
    return results


def _ranked(matches: Iterable[Match]) -> Matched:
    """Each subject once, by its best certainty; the rest of a long list is counted."""
    order = list(CERTAINTIES)
    in_order = sorted(
        matches,
        key=lambda match: (
            order.index(match.certainty),
            -(match.score or 0.0),
            -match.nearness,
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
        if counts[match.certainty] <= (CANDIDATES_SHOWN if match.is_candidate else MATCHES_SHOWN):
            shown.append(match)
    left_out = counts - Counter(match.certainty for match in shown)
    return Matched(tuple(shown), dict(left_out))
