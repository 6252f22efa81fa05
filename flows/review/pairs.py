"""`undertow resolve`: what two records state, the least certain pairs of records, and the weights of a pair.

What records state is read from the lake. Pairs and weights come from the release (`v_resolution_link`,
candidates in `v_resolution`). Judged pairs are left out, except those judged unsure, which come first, even
if an equal key or number joins them and nothing was weighed.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, field, replace
from itertools import accumulate
from pathlib import Path

import polars as pl

from flows.home import warehouse
from flows.home.processes import command_folder
from flows.home.settings import Home
from flows.home.warehouse import Connection
from flows.ingest import lake
from flows.journal import judgements
from flows.journal.judgements import Known, Locator
from transforms.errors import UsageError, as_typed
from transforms.model.sql import frame, read_sql
from transforms.model.statements import STATEMENT_TABLES
from transforms.resolution.judgements import PERSON_PREFIX, UNSURE, place_key

HOLDINGS_SHOWN = 5
TABLES = ("person_statement", "entity_statement", "address_statement", "relationship_statement")
STATED_SQL = read_sql("flows.review", "stated")
NAMES_SQL = (
    "select entity_id, name from v_entity where entity_id in (select unnest($ids)) and name is not null"
)


@dataclass(frozen=True)
class Stated:
    """What a record states, by field, in the order in which it is shown. `place`: of a place on a title, the
    key of the name there.
    """

    fields: Mapping[str, str] = field(default_factory=dict)
    place: str | None = None


@contextmanager
def records_of(home: Home, release: Connection) -> Iterator[Connection]:
    """A connection to the statements of the editions from which the release in force was made."""
    used = {
        (str(row[0]), str(row[1]))
        for row in release.execute(
            "select register, edition from v_edition where status in ('in_force', 'history')"
        ).fetchall()
    }
    editions = [facts for facts in lake.manifests(home) if (facts.register, facts.label) in used]
    with (
        command_folder(home) as work,
        closing(warehouse.connect(Path(work), read_paths=[home.lake])) as connection,
    ):
        for name in TABLES:
            warehouse.parquet_view(
                connection, name, lake.table_files(home, name, editions), table=STATEMENT_TABLES[name]
            )
        yield connection


def stated(records: Connection, release: Connection, locators: Iterable[Locator]) -> dict[Locator, Stated]:
    """What each record states in its newest edition. A record that is no longer held states nothing."""
    wanted = sorted(set(locators))
    records.register(
        "wanted",
        pl.DataFrame(wanted, schema={"register": pl.String, "record": pl.String}, orient="row").to_arrow(),
    )
    rows = list(
        frame(records, STATED_SQL)
        .with_columns(place_key(pl.col("role").cast(pl.String), pl.col("name")))
        .iter_rows(named=True)
    )
    subjects = sorted({subject for row in rows for subject in row["subjects"] or ()})
    names = dict(frame(release, NAMES_SQL, {"ids": subjects}).iter_rows())
    by_locator = {
        (row["register"], row["record"]): Stated(_fields(row, names), row["name_key"]) for row in rows
    }
    return {each: by_locator.get(each, Stated()) for each in wanted}


def places(facts: Mapping[Locator, Stated]) -> dict[Locator, str | None]:
    """Keys of the names of those that are places on titles."""
    return {end: each.place for end, each in facts.items()}


def _fields(row: Mapping[str, object], names: Mapping[str, str]) -> dict[str, str]:
    subjects: list[str] = row["subjects"] or []  # type: ignore[assignment]  # a list of texts
    more = [f"and {len(subjects) - HOLDINGS_SHOWN} more"] if len(subjects) > HOLDINGS_SHOWN else []
    birth = "-".join(
        f"{int(str(part)):02d}" for part in (row["birth_year"], row["birth_month"]) if part is not None
    )
    fields = {
        "register": row["register"],
        "record": row["record"],
        "edition": row["edition"],
        "kind": row["kind"],
        "name": row["name"],
        "born": birth,
        "number": row["number"],
        "jurisdiction": row["jurisdiction"],
        "address": row["address"],
        "holds": "; ".join([names.get(subject, subject) for subject in subjects[:HOLDINGS_SHOWN]] + more),
    }
    return {name: str(value or "") for name, value in fields.items()}


# --- what records state -------------------------------------------------------------------------------------


PAIRS_MAX = 200  # of one list, by default
JOINED_SHARE = 4  # one in four of the pairs listed is a join with a low score
LINE_SEPARATOR = "|"
APART = "apart"  # outcome of two parties that nothing suggests are one
WRITTEN = ("name", "born", "address")  # the fields in which two spellings of a person differ


PAIRS = read_sql("flows.review", "pairs")
HASH = judgements.HASHED_SQL.format(alias="")
OTHER_HASH = judgements.HASHED_SQL.format(alias="other_")
UNCERTAIN_SQL = read_sql("flows.review", "uncertain", pairs=PAIRS)
JUDGED_SQL = read_sql("flows.review", "judged", pairs=PAIRS, hash=HASH, other_hash=OTHER_HASH)
ONE_SQL = read_sql("flows.review", "one_pair", pairs=PAIRS)
PARTY_SQL = read_sql("flows.review", "party_of_record")
RECORDS_SQL = read_sql("flows.review", "judged_records", hash=HASH)
PARTY_LINKS_SQL = read_sql("flows.review", "pairs_of_party")


@dataclass(frozen=True)
class Step:
    """One step of a waterfall: bits that a comparison adds, at the level at which the two records agree."""

    comparison: str
    level: str
    bits: float


@dataclass(frozen=True)
class Pair:
    """Two records, their outcome, and who last judged them. `score` and `weight_bits` are for those who ask.

    `methods`: how each was resolved (`v_resolution`), if the two were not weighed against each other. Then
    `outcome` is joined, or apart.
    """

    one: Locator
    other: Locator
    parties: tuple[str, str]
    outcome: str
    reason: str | None
    score: float
    weight_bits: float | None
    steps: tuple[Step, ...] = ()
    verdict: str | None = None
    by: str | None = None
    methods: tuple[str, ...] = ()


def uncertain(connection: Connection, home: Home, limit: int = PAIRS_MAX) -> list[Pair]:
    """The pairs to look at, at most `limit`: those judged unsure, then candidates, likeliest first, then
    joins, least likely first; persons and entities alternate.
    """
    known = judgements.known(home)
    joined_n, judged_n = limit // JOINED_SHARE, len(known.by_pair)
    bounds = {"apart_n": limit - joined_n + judged_n, "joined_n": joined_n + judged_n}
    judged_pairs = _with_verdicts(
        connection,
        home,
        [_pair(row) for row in frame(connection, UNCERTAIN_SQL, bounds).iter_rows(named=True)],
        known,
    )
    unsure = _unsure(connection, home, known)
    fresh = [pair for pair in judged_pairs if pair.verdict is None]
    apart = [pair for pair in fresh if pair.outcome != "joined"][: limit - joined_n]
    return [*unsure, *apart, *[pair for pair in fresh if pair.outcome == "joined"][:joined_n]][:limit]


def _unsure(connection: Connection, home: Home, known: Known) -> list[Pair]:
    """Pairs judged unsure, likeliest first, however low their weight, and pairs that were not weighed at all,
    which need their own query.
    """
    judged = {
        ends for ends, verdicts in known.by_pair.items() if any(each.verdict == UNSURE for each in verdicts)
    }
    if not judged:
        return []
    texts = [" ".join(f"{register} {digest}" for register, digest in ends) for ends in sorted(judged)]
    weighed = [
        _pair(row)
        for row in frame(connection, JUDGED_SQL, {"key": known.key.hex(), "judged": texts}).iter_rows(
            named=True
        )
    ]
    rest = judged - {known.ends(pair.one, pair.other) for pair in weighed}
    candidates = [*weighed, *_unweighed(connection, known, rest)]
    return [pair for pair in _with_verdicts(connection, home, candidates, known) if pair.verdict == UNSURE]


def _unweighed(connection: Connection, known: Known, judged: Set[tuple[Locator, Locator]]) -> list[Pair]:
    """Judged pairs of records of the release that were not weighed against each other."""
    if not judged:
        return []
    ends = sorted({end for pair in judged for end in pair})
    parameters = {
        "key": known.key.hex(),
        "registers": sorted({register for register, _ in ends}),
        "digests": sorted({digest for _, digest in ends}),
    }
    record_of = {
        (register, digest): (register, record)
        for register, record, digest in frame(connection, RECORDS_SQL, parameters).iter_rows()
    }
    pairs = [
        sorted((record_of[one], record_of[other]))
        for one, other in judged
        if one in record_of and other in record_of
    ]
    return [_by_rule(connection, one, other) for one, other in sorted(pairs)]


def one_pair(connection: Connection, home: Home, one: Locator, other: Locator) -> Pair:
    """This pair in the release in force. For two records of one party that were not weighed, the pair weighed
    in their place (`_written_alike`), or how each was resolved. Raises UsageError if nothing suggests that
    they are one.
    """
    parameters = {"register": one[0], "record": one[1], "other_register": other[0], "other_record": other[1]}
    rows = list(frame(connection, ONE_SQL, parameters).iter_rows(named=True))
    pair = _pair(rows[0]) if rows else _by_rule(connection, one, other)
    if pair.outcome == APART:
        raise UsageError(
            "these two records were not weighed against each other in the release in force: nothing "
            "suggests that they are one party. v_resolution says how each was resolved"
        )
    if pair.methods and pair.parties[0].startswith(PERSON_PREFIX):
        pair = _written_alike(connection, home, pair)
    return _with_verdicts(connection, home, [pair], judgements.known(home))[0]


def _by_rule(connection: Connection, one: Locator, other: Locator) -> Pair:
    """Two records that were not weighed: one party by the rule that resolved each, or two parties."""
    ends = [_resolved(connection, end) for end in (one, other)]
    (party, method, score), (other_party, other_method, other_score) = ends
    outcome = "joined" if party == other_party else APART
    return Pair(
        one,
        other,
        (party, other_party),
        outcome,
        None,
        min(score, other_score) if outcome == "joined" else 0.0,
        None,
        methods=(method, other_method),
    )


def _written_alike(connection: Connection, home: Home, pair: Pair) -> Pair:
    """The weighed pair with the same spellings as these two records, because each spelling of a person is
    weighed once; `pair` if there is none.
    """
    parameters = {"party": pair.parties[0], "pairs_n": PAIRS_MAX}
    weighed = [_pair(row) for row in frame(connection, PARTY_LINKS_SQL, parameters).iter_rows(named=True)]
    if not weighed:
        return pair
    with records_of(home, connection) as records:
        facts = stated(
            records,
            connection,
            {end for candidate in (pair, *weighed) for end in (candidate.one, candidate.other)},
        )
    written = {
        end: tuple(" ".join(record.fields.get(name, "").casefold().split()) for name in WRITTEN)
        for end, record in facts.items()
    }
    wanted = {written[pair.one], written[pair.other]}
    alike = next(
        (
            candidate
            for candidate in weighed
            if len(wanted) == 2 and {written[candidate.one], written[candidate.other]} == wanted
        ),
        None,
    )
    return pair if alike is None else replace(alike, one=pair.one, other=pair.other, parties=pair.parties)


def known_parties(connection: Connection, one: Locator, other: Locator) -> tuple[str, str]:
    """The parties of two records. Raises UsageError for a record that the release in force does not have."""
    return _resolved(connection, one)[0], _resolved(connection, other)[0]


def _resolved(connection: Connection, end: Locator) -> tuple[str, str, float]:
    """Party, method and score of a record. Raises UsageError for a record that the release in force does not
    have.
    """
    register, record = end
    rows = list(frame(connection, PARTY_SQL, {"register": register, "record": record}).iter_rows())
    if not rows:
        raise UsageError(
            f"{as_typed(register)} {as_typed(record)}: no party record of the release in force; "
            f"v_resolution has register and record of each"
        )
    party, method, score = rows[0]
    return str(party), str(method), float(score)


def _pair(row: Mapping[str, object]) -> Pair:
    # a list of texts
    steps = [str(step).split(LINE_SEPARATOR) for step in row["steps"]]  # type: ignore[attr-defined]
    return Pair(
        (str(row["register"]), str(row["record"])),
        (str(row["other_register"]), str(row["other_record"])),
        (str(row["party_id"]), str(row["other_party_id"])),
        str(row["outcome"]),
        None if row["reason"] is None else str(row["reason"]),
        float(str(row["score"])),
        None if row["weight_bits"] is None else float(str(row["weight_bits"])),
        tuple(Step(name, level, float(bits)) for name, level, bits in steps),
    )


def _with_verdicts(connection: Connection, home: Home, pairs: Sequence[Pair], known: Known) -> list[Pair]:
    """The pairs with their judgements. Names at places on titles are read only if one was judged."""
    if not known.by_pair:
        return list(pairs)
    known_verdicts = [known.on(pair.one, pair.other, {}) for pair in pairs]
    to_read = [
        end
        for pair, judgement in zip(pairs, known_verdicts, strict=True)
        if judgement is not None and any(judgement.names)
        for end in (pair.one, pair.other)
    ]
    names: dict[Locator, str | None] = {}
    if to_read:
        with records_of(home, connection) as records:
            names = places(stated(records, connection, to_read))
    return [
        pair
        if (judgement := known.on(pair.one, pair.other, names)) is None
        else replace(pair, verdict=judgement.verdict, by=judgement.by)
        for pair in pairs
    ]


def plain(pair: Pair, *, scores: bool) -> dict[str, object]:
    """A row for programs; without scores unless they are asked for."""
    row: dict[str, object] = {
        "register": pair.one[0],
        "record": pair.one[1],
        "other_register": pair.other[0],
        "other_record": pair.other[1],
        "party_id": pair.parties[0],
        "other_party_id": pair.parties[1],
        "outcome": pair.outcome,
        "reason": pair.reason,
        "verdict": pair.verdict,
        "by": pair.by,
    }
    return {**row, "score": pair.score, "weight_bits": pair.weight_bits} if scores else row


def plain_columns(*, scores: bool) -> tuple[str, ...]:
    """Names in such a row."""
    return tuple(plain(Pair(("", ""), ("", ""), ("", ""), APART, None, 0.0, None), scores=scores))


def explained(pair: Pair) -> dict[str, object]:
    """The waterfall for programs: each step with the total so far; methods of two that were not weighed."""
    return {
        **plain(pair, scores=True),
        "methods": list(pair.methods),
        "steps": [{**asdict(step), "total_bits": total} for step, total in running(pair.steps)],
    }


def running(steps: Sequence[Step]) -> Iterator[tuple[Step, float]]:
    """Each step and the bits up to it."""
    totals = accumulate(step.bits for step in steps)
    return ((step, round(total, 2)) for step, total in zip(steps, totals, strict=True))
