"""The witness of each beneficial owner: the interests that prove its verdict, in order from the person
downward.

Most rows of a national register are proved by one interest of the person in the subject itself; `direct`
finds all of these together. The rest is proved on the part of the graph above the subjects (`excerpt`):
ownership by `chains`, control and blocks by `majorities`. Regimes with the same verdict by the same route
share a witness, made for the strictest of them.

CERTAIN is proved by minima, POSSIBLE by maxima: by what these interests give, whatever else is declared. For
UNDECLARED and EXCLUDED the witness is the declared chain with the largest maximum. It proves that there is
ownership, but not that there is no more. In sets solved by iteration (`Solved.iterated`) a maximum may be
wider than what any interests give; a POSSIBLE that rests on such a maximum has all walks as its witness.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from graphs.arrays.edges import (
    Bools,
    Ints,
    Numbers,
    ascending,
    marked,
    starts,
)
from graphs.control.control import Controlled
from graphs.ownership.integrated import Solved
from graphs.ownership.interests import NO_GROUP, SHARE_BASES, Interests, share_arcs
from graphs.ownership.intervals import Flags
from graphs.verdicts.beneficial_owners import ListedRows, Owners
from graphs.verdicts.regimes import Route, Verdict
from graphs.witnesses.chains import NO_TEST, ownership_steps
from graphs.witnesses.direct import NONE, Queries, prove_control, prove_ownership
from graphs.witnesses.excerpt import BlockQueries, ControlQueries, Excerpt, ShareQueries, StatedArcs, Steps
from graphs.witnesses.majorities import block_steps, control_steps

PROOFS_AT_ONCE = 250_000  # own: some 100 MB of working arrays


@dataclass(frozen=True, eq=False)
class Witness:
    """Proof k is `interest[begin[k]:begin[k + 1]]`, distinct interests: `begin` int64[proofs + 1], `interest`
    int32, positions in `Interests`.

    `proof_no` int32[regimes, pairs of `Owners`]: the proof of each row, NONE if the pair is not listed under
    the regime.
    """

    proof_no: Numbers
    begin: Ints
    interest: Numbers


def witness(
    owners: Owners, network: Interests, solved: Mapping[str, Solved], controlled: Controlled
) -> Witness:
    """Interests that prove each row of `owners`, which was computed from `solved` and `controlled`.

    A witness may be cut: a longer chain to the 500 steps nearest to the subject (the rest is proved by the
    row of the holder at the cut), and a proof by several chains to the 100 interests that contribute most.
    """
    queries = Queries.from_owners(owners)
    single = np.full(len(queries.pair), NONE, np.int32)
    for basis in range(len(SHARE_BASES)):
        prove_ownership(single, queries, network, basis)
    prove_control(single, queries, network, controlled)
    rest = np.flatnonzero(single == NONE)
    steps = _longer(rest, queries.taken(rest), network, solved=solved, controlled=controlled)
    return _laid_out(queries.proof, single, *_lists(len(single), [part.once() for part in steps]))


def as_declared(proofs: Witness, network: Interests) -> Bools:
    """True for rows whose witness has an interest of unknown reach: bool[regimes, pairs]."""
    unknown = np.zeros(len(proofs.interest) + 1, np.int32)
    np.cumsum((network.flags[proofs.interest] & Flags.UNKNOWN_REACH) != 0, out=unknown[1:])
    of_proof = np.append(
        unknown[proofs.begin[1:]] > unknown[proofs.begin[:-1]], False
    )  # the last is for NONE
    return np.asarray(of_proof[proofs.proof_no], np.bool_)


def _longer(
    rest: Ints, rows: ListedRows, network: Interests, *, solved: Mapping[str, Solved], controlled: Controlled
) -> Iterator[Steps]:
    """Proofs on the part of the graph above the subjects, some at a time. `rest`: their numbers."""
    if not len(rest):
        return
    part = Excerpt.above(network, ascending(np.concatenate((rows.subject, _jointly_held(network, rows)))))
    rows = replace(
        rows,
        party=part.local(rows.party),
        subject=part.local(rows.subject),
        through=part.local(np.maximum(rows.through, 0)),
    )
    for basis in solved:
        yield from _owned(part, basis, solved, rest, rows)
    blocks, held = _blocks(part, controlled, rest, rows)
    yield blocks
    by_itself, through = rows.route == Route.CONTROL, rows.route >= Route.THROUGH
    controls = (
        ControlQueries(rest[by_itself], rows.party[by_itself], rows.subject[by_itself]),
        ControlQueries(rest[through], rows.through[through].astype(np.int64), rows.subject[through]),
        held,
    )
    joined = ControlQueries.joined(controls)
    if len(joined.query):
        yield from control_steps(part, controlled, joined)


def _jointly_held(network: Interests, rows: ListedRows) -> Ints:
    """Subjects of the joint interests of controlling parties. They are added because the members of a group
    may together control a subject that is not below their joint interest.
    """
    rows = rows.at(rows.route >= Route.CONTROL)
    who = marked(network.n, rows.party)
    who[np.maximum(rows.through, 0)] |= rows.through >= 0
    return network.held[np.flatnonzero((network.group != NO_GROUP) & who[network.holder])]


def _owned(
    part: Excerpt, basis: str, solved: Mapping[str, Solved], rest: Ints, rows: ListedRows
) -> Iterator[Steps]:
    """Proofs of ownership of the subjects, and of X of art. 54 (b), on one basis. `rows`: with nodes of the
    excerpt.
    """
    b = SHARE_BASES.index(basis)
    itself, through = rows.route == Route.OWNERSHIP + b, rows.route == Route.THROUGH + b
    owned = np.where(through, rows.through, rows.subject)
    regime = np.where(rows.verdict <= Verdict.POSSIBLE, rows.regime.astype(np.int64), NO_TEST)
    for least in (True, False):
        at = np.flatnonzero((itself | through) & ((rows.verdict == Verdict.CERTAIN) == least))
        if len(at):
            wanted = ShareQueries(rest[at], rows.party[at], owned[at], regime[at])
            yield from ownership_steps(part, basis, solved[basis], wanted, least=least)


def _blocks(
    part: Excerpt, controlled: Controlled, rest: Ints, rows: ListedRows
) -> tuple[Steps, ControlQueries]:
    """The direct interests of blocks, and the control of their holders. `rows`: with nodes of the excerpt."""
    steps, held = [], []
    for b, basis in enumerate(SHARE_BASES):
        at = np.flatnonzero(rows.route == Route.BLOCK + b)
        if not len(at):
            continue
        columns = StatedArcs.from_excerpt(
            part, np.flatnonzero(part.network.of_basis(basis)), partial(share_arcs, basis=basis)
        )
        certain = rows.verdict[at] == Verdict.CERTAIN
        wanted = BlockQueries(
            rest[at], rows.party[at], rows.subject[at], rows.regime[at].astype(np.int64), certain
        )
        more, controls = block_steps(part, columns, controlled, wanted)
        steps.append(more)
        held.append(controls)
    return Steps.joined(steps), ControlQueries.joined(held)


def _lists(queries_n: int, parts: list[Steps]) -> tuple[Ints, Numbers]:
    """Interests of each proof in order, each at its first place: (begin int64[queries + 1], interest). Each
    of `parts` is sorted by query.
    """
    runs = [np.zeros((2, 0), np.int32)]
    for first in range(0, queries_n, PROOFS_AT_ONCE):
        ends = (np.searchsorted(part.query, (first, first + PROOFS_AT_ONCE)).tolist() for part in parts)
        steps = Steps.joined(part.at(slice(*at)) for part, at in zip(parts, ends, strict=True)).once()
        runs.append(np.stack((steps.query, steps.interest)))
    query, interest = np.concatenate(runs, axis=1)
    return starts(queries_n, query), interest


def _laid_out(proof: Numbers, single: Numbers, begin: Ints, interest: Numbers) -> Witness:
    """All proofs together: those of one interest (`single`), and those of several (`begin`, `interest`)."""
    alone = single != NONE
    offsets = np.zeros(len(single) + 1, np.int64)
    np.cumsum(np.where(alone, 1, np.diff(begin)), out=offsets[1:])
    of_one = marked(int(offsets[-1]), offsets[:-1][alone])
    out = np.empty(len(of_one), np.int32)
    out[of_one], out[~of_one] = single[alone], interest
    return Witness(proof, offsets, out)
