"""`undertow resolve`: print uncertain pairs of records, ask about each, judge or explain two records, print
changes.

Every lookup is in the audit log before anything is shown or judged.
"""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from flows.accountability.access import Access
from flows.cli.options import RowsFormat
from flows.cli.output import print_as, print_grid, print_json, say
from flows.exports.table import Format
from flows.home.settings import Home
from flows.journal import judgements
from flows.journal.entries import Head
from flows.release import party_log
from flows.review import users
from flows.review.pairs import (
    Pair,
    Stated,
    explained,
    known_parties,
    one_pair,
    places,
    plain,
    plain_columns,
    records_of,
    running,
    stated,
    uncertain,
)
from transforms.errors import UsageError
from transforms.resolution.judgements import VERDICTS

type Rows = Sequence[Mapping[str, object]]

APPLIED = "The next run applies it."


@dataclass(frozen=True)
class Request:
    """The options of the command line."""

    access: Access
    home: Home
    by: str | None
    note: str | None
    limit: int
    show_scores: bool
    format: RowsFormat

    @property
    def is_text(self) -> bool:
        """Whether a person reads the output; programs get only rows."""
        return self.format == "table"

    @property
    def judge(self) -> str:
        if self.by is None:
            raise UsageError("--by is missing; give the role or initials of the person who judges")
        if users.accounts(self.home):
            users.user(self.home, self.by).require("judge")
        return self.by

    def record(self, records: Sequence[judgements.Locator], parties: Sequence[str]) -> None:
        """Write the lookup to the audit log."""
        self.access.record("resolve", [" ".join(locator) for locator in records], shown=parties)

    def print_rows(self, rows: Rows, values: object, columns: Sequence[str] = ()) -> None:
        """Rows for people, or `values` for programs. `columns`: the header of a CSV without rows."""
        if self.format == "json":
            print_json(values)
        elif self.format == "csv":
            records = values if isinstance(values, list) else rows
            header = pa.schema([(name, pa.string()) for name in columns])
            print_as(pa.Table.from_pylist(records) if records else header.empty_table(), Format.csv)
        elif rows:
            print_grid(list(rows[0]), rows)


def judge_one(request: Request, given: tuple[str, str, str, str, str]) -> None:
    """Record a judgement on two records of the current release. Raises UsageError."""
    register, record, other_register, other_record, verdict = given
    first, second = (register, record), (other_register, other_record)
    judgements.validate(first, second, verdict, request.judge, request.note)
    connection = request.access.connection
    request.record([first, second], known_parties(connection, first, second))
    with records_of(request.home, connection) as records:
        names = places(stated(records, connection, [first, second]))
    written = _save(request, (first, second), verdict, names)
    say(f"judgement {written.n}: {verdict}. {APPLIED}")


def print_explained(request: Request, given: tuple[str, str, str, str]) -> None:
    connection = request.access.connection
    pair = one_pair(connection, request.home, (given[0], given[1]), (given[2], given[3]))
    request.record([pair.one, pair.other], pair.parties)
    for line in standing(pair) if request.is_text else ():
        say(line)
    if pair.weight_bits is not None:
        request.print_rows(_with_outcome(request, pair, waterfall(pair)), explained(pair))
        return
    why = unweighed(pair)
    if request.is_text:
        say(why)
    with records_of(request.home, connection) as records:
        statements = stated(records, connection, [pair.one, pair.other])
    compared = side_by_side(statements[pair.one], statements[pair.other])
    request.print_rows(
        _with_outcome(request, pair, compared, why=why),
        {**explained(pair), "why": why, "agree": agreeing(compared)},
    )


def _with_outcome(request: Request, pair: Pair, rows: Rows, **more: str) -> Rows:
    """For programs each row has the outcome; people read it above the rows."""
    if request.is_text:
        return rows
    outcome = {"outcome": pair.outcome, "reason": pair.reason, "verdict": pair.verdict, "by": pair.by}
    return [{**outcome, **more, **row} for row in rows]


def print_history(request: Request) -> None:
    """Every merge and split, newest first, including those of deleted releases."""
    changes = party_log.history(request.home, request.access.connection)[: request.limit]
    ends = ("previous_party_id", "party_id")
    request.record([], [str(change[end]) for change in changes for end in ends])
    if not changes and request.is_text:
        say("no merges or splits")
    request.print_rows(changes, changes, party_log.CHANGED)


def print_list(request: Request) -> None:
    connection = request.access.connection
    pairs = uncertain(connection, request.home, request.limit)
    request.record([], [party for pair in pairs for party in pair.parties])
    with records_of(request.home, connection) as records:
        statements = stated(records, connection, [end for pair in pairs for end in (pair.one, pair.other)])
    if not pairs and request.is_text:
        say("no uncertain pairs")
    request.print_rows(
        listed(pairs, statements, scores=request.show_scores),
        [plain(pair, scores=request.show_scores) for pair in pairs],
        plain_columns(scores=request.show_scores),
    )


def judge_each(request: Request) -> None:
    """Ask about one pair after the other, until the last one, `q`, or the end of the input."""
    _ = request.judge  # refuse before anything is shown
    connection = request.access.connection
    pairs = uncertain(connection, request.home, request.limit)
    judged_n = 0
    with records_of(request.home, connection) as records:
        for position, pair in enumerate(pairs, start=1):
            request.record([pair.one, pair.other], pair.parties)
            statements = stated(records, connection, [pair.one, pair.other])
            for line in heading(pair, position, len(pairs), scores=request.show_scores):
                say(line)
            rows = side_by_side(statements[pair.one], statements[pair.other])
            print_grid(list(rows[0]), rows)
            answer = _answer()
            if answer == "quit":
                break
            if answer in VERDICTS:
                _save(request, (pair.one, pair.other), answer, places(statements))
                judged_n += 1
    say(f"{judged_n} judged, of {len(pairs)} pairs. {APPLIED if judged_n else ''}".rstrip())


def _answer() -> str:
    """A verdict, `skip` or `quit`. Anything else is asked again; the end of the input quits."""
    while True:
        say(QUESTION)
        if (answer := answered(sys.stdin.readline() or "quit")) is not None:
            return answer
        say(ONE_OF_THEM)


def _save(
    request: Request,
    pair: tuple[judgements.Locator, judgements.Locator],
    verdict: str,
    names: Mapping[judgements.Locator, str | None],
) -> Head:
    return judgements.judge(
        request.home,
        *pair,
        verdict,
        by=request.judge,
        purpose=request.access.purpose,
        note=request.note,
        names=names,
    )


# --- pairs as rows of text ----------------------------------------------------------------------------------


FIELDS = (
    "name",
    "born",
    "kind",
    "number",
    "jurisdiction",
    "address",
    "holds",
    "register",
    "record",
    "edition",
)
SAME, OTHER, ONE_SIDED = "=", "≠ differs", "· one says nothing"
BAR_CELLS = 24
COMPARED, DRAWN = "compared", "drawn"  # names of the last columns
KEYS: Mapping[str, str] = {"p": "positive", "n": "negative", "u": "unsure", "s": "skip", "q": "quit"}
QUESTION = "One and the same?  p positive, n negative, u unsure, s skip, q quit: "
ONE_OF_THEM = "Answer with one of the letters, or the whole word."
OUTCOMES: Mapping[str, str] = {
    "joined": "These are one party now.",
    "candidate": "These are two parties now; each may be the other.",
    "refused": "These are two parties now; a limit keeps them apart",
    "apart": "These are two parties now.",
}
REASONS: Mapping[str, str] = {
    "judged": "a judgement says so",
    "size": "too many ways of writing one person",
    "birth": "births exclude each other",
    "forename": "forenames exclude each other",
    "middle_name": "middle names exclude each other",
    "identifiers": "two official numbers of one kind",
    "kind": "a natural person and an entity",
}

# What two records agree in, by the release's resolution step (`transforms.resolution.companies.joining`):
# companies without a usable number, or persons with the same spelling.
AGREES: Mapping[str, str] = {
    "key": "name, month of birth and address are equal",
    "vat": "name, country and the VAT number agree",
    "unit": "name, country and the unit of an address agree",
    "postcode": "name, country and the postcode agree",
    "number": "name, country and the number there agree",
    "distinct": "one company of the country has this name, which tells companies apart",
    "unstated": "one company of the country of the address has this name, which tells companies apart",
    "candidate": "the name agrees, which tells companies apart, and nothing beside it does",
}


def answered(line: str) -> str | None:
    """The answer to a typed line, by its letter or its whole word; None for anything else."""
    text = line.strip().casefold()
    return KEYS.get(text, text if text in KEYS.values() else None)


# What holds a record to its party, by method (`v_resolution`), if there are no weights.
RULES: Mapping[str, str] = {
    "identifier": "it is the register's own entry of the number",
    "identifier_and_name": "it states the number, and its name agrees with the register's",
    "identifier_unverified": "it states the number, and its name agrees with another record's that does",
    "name_and_address": "its name, country and address agree with the company's",
    "name_and_jurisdiction": "its name is that of one company of its country",
    "records_agree": "its name and country agree with another record's, and VAT number, address or number do",
    "name_birth_address": "its name, month of birth and address are equal to another record's",
    "linkage": "it was weighed with another record",
    "judgement": "a person judged it to be of this party",
    "record": "it gave the party its id, or is the same record in another edition or register",
}


def heading(pair: Pair, position: int, pairs_n: int, *, scores: bool) -> list[str]:
    """The lines above a pair: its position in the list, and what is known about it."""
    weight = "" if pair.weight_bits is None else f", {pair.weight_bits:+.1f} bits"
    score = [f"score {pair.score:.4f}{weight}"] if scores else []
    return [f"Pair {position} of {pairs_n}", *standing(pair), *score]


def standing(pair: Pair) -> list[str]:
    """Whether the two are one party, the limit that keeps them apart, and the last judgement."""
    reason = f": {REASONS[pair.reason]}." if pair.reason else ""
    judged = [f"Judged {pair.verdict} by {pair.by}."] if pair.verdict else []
    return [f"{OUTCOMES[pair.outcome]}{reason}", *judged]


def side_by_side(first: Stated, second: Stated) -> list[dict[str, str]]:
    """A row for each field that either record states: both values, and whether they agree."""
    rows = []
    for name in FIELDS:
        left, right = first.fields.get(name, ""), second.fields.get(name, "")
        if left or right:
            rows.append({"field": name, "one record": left, "the other": right, COMPARED: _mark(left, right)})
    return rows


def _mark(left: str, right: str) -> str:
    if not left or not right:
        return ONE_SIDED
    return SAME if " ".join(left.casefold().split()) == " ".join(right.casefold().split()) else OTHER


def agreeing(compared: Sequence[Mapping[str, str]]) -> list[str]:
    """Fields of `side_by_side` in which both records state the same value."""
    return [row["field"] for row in compared if row[COMPARED] == SAME]


def unweighed(pair: Pair) -> str:
    """Why there are no weights: a rule joined the two records, or a person judged them."""
    if pair.methods:
        first, second = (RULES[method] for method in pair.methods)
        both = (
            f"of either record, {first}"
            if first == second
            else f"of the one record, {first}; of the other, {second}"
        )
        return f"No weights: what is equal joins them, or others between them; {both}."
    if pair.steps:
        return f"No weights: {AGREES[pair.steps[0].level]}."
    if pair.outcome != "candidate":
        return "No weights: the two were judged, and not weighed."
    if pair.score:
        return "No weights: name and country were compared."
    return "No weights: the one states the number of the other, and their names do not agree."


def waterfall(pair: Pair) -> list[dict[str, str]]:
    """A row for each step, with a bar for what it adds; the last row is the total."""
    longest = max((abs(step.bits) for step in pair.steps), default=1.0) or 1.0
    rows = [
        {
            "comparison": step.comparison,
            "agrees": step.level,
            "bits": f"{step.bits:+.2f}",
            "total": f"{total:+.2f}",
            DRAWN: bar(step.bits, longest),
        }
        for step, total in running(pair.steps)
    ]
    weight = f"{pair.weight_bits or 0.0:+.2f}"
    probability = f"probability {pair.score:.6f}"
    return [*rows, {"comparison": "total", "agrees": "", "bits": weight, "total": weight, DRAWN: probability}]


def bar(bits: float, longest: float) -> str:
    """`+` for evidence of one party, `-` for evidence against it, in proportion to the longest."""
    return ("+" if bits > 0 else "-") * round(abs(bits) / longest * BAR_CELLS)


def listed(
    pairs: Sequence[Pair], statements: Mapping[tuple[str, str], Stated], *, scores: bool
) -> list[dict[str, str]]:
    """A row for each pair."""
    return [
        {
            "register": pair.one[0],
            "record": pair.one[1],
            "name": statements[pair.one].fields.get("name", ""),
            "other register": pair.other[0],
            "other record": pair.other[1],
            "other name": statements[pair.other].fields.get("name", ""),
            "now": pair.outcome,
            "judged": pair.verdict or "",
            **({"score": f"{pair.score:.4f}"} if scores else {}),
        }
        for pair in pairs
    ]
