"""Witnesses of integrated ownership: the chain with the largest product or, if no single chain is enough, the
interests that contribute most over all walks.

For a person p and everything that p owns above the subjects, the best chain is found by relaxing arcs from p
downward until nothing improves (Bellman 1958; Ford 1956, on products of shares, which never exceed 1). All
persons are processed together. Arcs into (p, j) come from holders of j that are p or that p owns, so the work
is proportional to the pairs that `graphs.ownership.integrated` lists.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np

from graphs.arrays.edges import (
    Bools,
    Floats,
    Ints,
    Rows,
    ascending,
    is_in,
    marked,
    neighbours,
    ordering,
    run_starts,
    spread,
    starts,
)
from graphs.arrays.units import UNITS, units
from graphs.ownership.integrated import Solved
from graphs.ownership.interests import share_arcs
from graphs.verdicts.regimes import reached
from graphs.witnesses.excerpt import (
    LONGEST,
    MOST,
    Entries,
    Excerpt,
    PairSet,
    ShareQueries,
    StatedArcs,
    Steps,
    chosen,
)

QUERIES_AT_ONCE = 200_000  # own: some 200 MB of working arrays
SUMS_AT_ONCE = 20_000  # own: at most MOST interests each
# own: proofs by several chains. If there are more (a strongly connected set of 1,300 gives 2.5 million), each
# has only the end of its best chain.
SUMS_MADE = 100_000
INTERESTS_OF_ENDS = 10_000_000  # own: interests of all these ends together
NEAR = 1e-9  # own: relative; a share that exceeds the sum of its parts by more rests on completeness
NO_TEST = -1  # ShareQueries.regime


def ownership_steps(
    part: Excerpt, basis: str, solved: Solved, queries: ShareQueries, *, least: bool
) -> Iterator[Steps]:
    """Interests that prove each share on `basis`, some queries at a time: by minima (`least`) or by maxima.

    If there is no threshold, or the chain with the largest product reaches it alone, the proof is that chain;
    of a chain longer than LONGEST, the steps nearest to the subject. Otherwise it is all interests on walks
    from the party to the subject; of more than MOST, those that contribute most. If a minimum rests on
    knowing all holders of an entity, or is raised because of the maxima of the others, the others' interests
    are part of the proof.
    """
    walk = _Walk.from_solved(part, basis, solved, least=least)
    return (_proved(walk, queries.at(rows)) for rows in _by_party(queries.party))


def _by_party(party: Ints) -> Iterator[Ints]:
    """Runs of about QUERIES_AT_ONCE queries. The queries of a party stay together."""
    order = ordering(party)
    number = np.arange(len(order)) // QUERIES_AT_ONCE
    number = number[np.searchsorted(party[order], party[order])]
    return (rows for rows in np.split(order, np.flatnonzero(np.diff(number)) + 1) if len(rows))


@dataclass(frozen=True, eq=False)
class _Walk:
    """Links: one interest for each (held, holder, arc), sorted by these; and the share of every pair.

    Per link: `weight` after tightening, `plain` as stated, `most` the maximum, all fractions of the whole;
    `is_open` bool: the bound is exclusive; `interest`: its number in the excerpt; `also`: the interest that
    sets the bound, which differs only for joint holders who state different shares; `arc`: its number in the
    holdings. `x` float64[pairs]: the party's share of the subject.
    """

    part: Excerpt
    columns: StatedArcs
    entries: Entries
    weight: Floats
    plain: Floats
    most: Floats
    is_open: Bools
    interest: Ints
    also: Ints
    arc: Ints
    pairs: PairSet
    x: Floats
    least: bool

    @classmethod
    def from_solved(cls, part: Excerpt, basis: str, solved: Solved, *, least: bool) -> _Walk:
        network = part.network
        columns = StatedArcs.from_excerpt(
            part, np.flatnonzero(network.of_basis(basis)), partial(share_arcs, basis=basis)
        )
        holdings, arc = columns.holdings, columns.arc
        bound, is_open = (holdings.low, holdings.low_open) if least else (holdings.high, holdings.high_open)
        held, holder = network.held[columns.mine], network.holder[columns.mine]
        best = chosen(columns, bound[arc], (held, holder, arc), least=least)
        best = best[(bound[arc[best]] > 0) | (least & holdings.complete[held[best]])]
        plain = columns.low if least else columns.high
        pairs = PairSet.from_excerpt(part, solved.holder, solved.subject)
        figure = (solved.share_min if least else solved.share_max_declared)[pairs.at]
        return cls(
            part,
            columns,
            Entries.sorted(network.n, held[best], holder[best]),
            bound[arc[best]] / UNITS,
            plain[arc[best]] / UNITS,
            holdings.high[arc[best]] / UNITS,
            is_open[arc[best]],
            columns.mine[best],
            (columns.mine if least else columns.of_high)[best],
            arc[best],
            pairs,
            figure,
            least,
        )


@dataclass(frozen=True, eq=False)
class _Edges:
    """Links between pairs of one party: pair `source` (-1: the party itself) leads to pair `target` by
    `link`. Sorted by target; those of target k are in [begin[k], begin[k + 1]).
    """

    source: Ints
    target: Ints
    link: Ints
    begin: Ints


def _proved(walk: _Walk, queries: ShareQueries) -> Steps:
    pair = walk.pairs.find(queries.party, queries.subject)
    queries, pair = queries.at(pair >= 0), pair[pair >= 0]
    edges = _edges(walk, ascending(pair))
    value, is_open, last = _best(walk, edges)
    enough = (queries.regime == NO_TEST) & (value[pair] > 0) | _reaches(
        walk, value[pair], is_open[pair], queries.regime
    )
    alone, several = np.flatnonzero(enough), np.flatnonzero(~enough)
    parts = [_chain(walk, edges, last, queries.at(alone), pair[alone])]
    if len(several) > SUMS_MADE:
        longest = max(1, min(LONGEST, INTERESTS_OF_ENDS // len(several)))
        several = several[last[pair[several]] >= 0]
        return Steps.joined(
            (*parts, _chain(walk, edges, last, queries.at(several), pair[several], longest=longest))
        )
    for rows in np.split(several, np.arange(SUMS_AT_ONCE, len(several), SUMS_AT_ONCE)):
        parts.append(_sum(walk, edges, queries.at(rows), pair[rows]))
    return Steps.joined(parts)


def _reaches(walk: _Walk, share: Floats, is_open: Bools, regime: Ints) -> Bools:
    """True if a share reaches the threshold that the proof needs: bool[shares]."""
    in_units = units(share, up=not walk.least)
    return np.asarray((regime != NO_TEST) & reached(regime, in_units, is_open, least=walk.least), np.bool_)


def _edges(walk: _Walk, wanted: Ints) -> _Edges:
    """All links that lead to the wanted pairs, directly or through other pairs."""
    seen = marked(len(walk.pairs.key), wanted)
    none = np.zeros(0, np.int64)
    parts = [(none, none, none)]
    while len(wanted):
        party, subject = np.divmod(walk.pairs.key[wanted], walk.pairs.n)
        row, link, source = walk.entries.met(walk.pairs, party, subject)
        parts.append((source, wanted[row], link))
        new = source[source >= 0]
        wanted = ascending(new[~seen[new]])
        seen[wanted] = True
    source, target, link = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    order = ordering(link, target)
    return _Edges(source[order], target[order], link[order], starts(len(seen), target[order]))


def _best(walk: _Walk, edges: _Edges) -> tuple[Floats, Bools, Ints]:
    """Per pair: the largest product of a chain, whether one of its bounds is open, and its last edge (-1 for
    none).
    """
    pairs_n = len(walk.pairs.key)
    value, is_open, last = np.zeros(pairs_n), np.zeros(pairs_n, np.bool_), np.full(pairs_n, -1, np.int64)
    order = ordering(edges.source)
    begin = starts(pairs_n + 1, edges.source[order] + 1)
    frontier = np.full(min(len(order), 1), -1, np.int64)
    while len(frontier):
        _, place = spread(begin[frontier + 1], begin[frontier + 2] - begin[frontier + 1])
        edge = order[place]
        source, target = edges.source[edge], edges.target[edge]
        product = np.where(source < 0, 1.0, value[source]) * walk.weight[edges.link[edge]]
        better = ordering(edge, -product, target)
        better = better[run_starts(target[better])]
        better = better[product[better] > value[target[better]]]
        edge, source, frontier = edge[better], source[better], target[better]
        opened = np.where(source < 0, False, is_open[source]) | walk.is_open[edges.link[edge]]
        value[frontier], is_open[frontier], last[frontier] = product[better], opened, edge
    return value, is_open, last


def _chain(
    walk: _Walk, edges: _Edges, last: Ints, queries: ShareQueries, pair: Ints, *, longest: int = LONGEST
) -> Steps:
    """The best chain of each pair, from its end, at most `longest` steps; and the interests of co-holders if
    they raise its minima and the stated minima would not reach the threshold.
    """
    row, product = np.arange(len(pair)), np.ones(len(pair))
    parts: list[tuple[Ints, Ints, Ints]] = []
    raised: list[tuple[Ints, Ints, Ints]] = []
    for step in range(longest):
        edge = last[pair]
        link = edges.link[edge]
        rank, interest, also = np.full(len(row), -step), walk.interest[link], walk.also[link]
        differs = also != interest
        parts += ((row, rank, interest), (row[differs], rank[differs], also[differs]))
        product[row] *= walk.plain[link]
        lifted = walk.plain[link] < walk.weight[link]
        raised.append((row[lifted], rank[lifted], walk.entries.key[link[lifted]] // walk.entries.n))
        going = edges.source[edge] >= 0
        row, pair = row[going], edges.source[edge[going]]
        if not len(row):
            break
    steps = _steps(walk, queries, parts)
    row, rank, held = (np.concatenate(columns) for columns in zip(*raised, strict=True))
    if not walk.least or not len(row):
        return steps
    needed = ~_reaches(walk, product[row], np.zeros(len(row), np.bool_), queries.regime[row])
    run, interest = walk.columns.all_of(held[needed])
    return Steps.joined((steps, _steps(walk, queries, [(row[needed][run], rank[needed][run], interest)])))


def _steps(walk: _Walk, queries: ShareQueries, parts: list[tuple[Ints, Ints, Ints]]) -> Steps:
    """`parts`: row of `queries`, rank, number of the interest in the excerpt."""
    row, rank, interest = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    return Steps(queries.query[row], np.zeros(len(row), np.int64), rank, walk.part.at[interest])


def _sum(walk: _Walk, edges: _Edges, queries: ShareQueries, pair: Ints) -> Steps:
    """Interests on walks to each pair, the MOST that contribute most; and the interests of co-holders if a
    minimum rests on them.

    A link contributes the largest product of a walk from it to the subject, times the party's share of its
    holder. This never increases upward, so the interests kept are connected to the subject.
    """
    needs = _rests_on_all(walk, edges) if walk.least else np.zeros(len(walk.pairs.key), np.bool_)
    weight = np.where(needs[edges.target], walk.most[edges.link], walk.weight[edges.link])
    row, onward = np.arange(len(pair)), np.ones(len(pair))
    visited = row * len(walk.pairs.key) + pair
    kept = _Kept.joined(())
    for step in range(MOST):
        run, edge = spread(edges.begin[pair], edges.begin[pair + 1] - edges.begin[pair])
        source, onward = edges.source[edge], onward[run] * weight[edge]
        worth = onward * np.where(source < 0, 1.0, walk.x[source])
        kept, is_kept = _with_more(kept, _Kept(row[run], edge, worth, np.full(len(run), step)))
        going = is_kept & (source >= 0)
        key, onward = _largest(row[run[going]] * len(walk.pairs.key) + source[going], onward[going])
        new = ~is_in(visited, key)
        row, pair, onward = key[new] // len(walk.pairs.key), key[new] % len(walk.pairs.key), onward[new]
        if not len(row):
            break
        visited = np.sort(np.concatenate((visited, key[new])))
    run, interest = neighbours(walk.columns.by_arc, walk.arc[edges.link[kept.edge]])
    parts = [(kept.row[run], -kept.step[run], interest)]
    owner, at = visited // len(walk.pairs.key), visited % len(walk.pairs.key)
    owner, at = owner[needs[at]], at[needs[at]]
    run, interest = walk.columns.all_of(walk.pairs.key[at] % walk.pairs.n)
    parts.append((owner[run], np.zeros(len(run), np.int64), interest))
    return _steps(walk, queries, parts)


@dataclass(frozen=True, eq=False)
class _Kept(Rows):
    """For each row the MOST edges with the largest contribution (`worth`) so far, and the step of each."""

    row: Ints
    edge: Ints
    worth: Floats
    step: Ints


def _with_more(kept: _Kept, more: _Kept) -> tuple[_Kept, Bools]:
    """The edges kept of both, and which of the new ones are kept: bool[more]. Edges that contribute nothing
    are not kept; of equal contributions the earlier ones are.
    """
    both = _Kept.joined((kept, more))
    order = ordering(both.edge, both.step, -both.worth, both.row)
    begin = run_starts(both.row[order])
    place = np.arange(len(order)) - np.repeat(begin, np.diff(begin, append=len(order)))
    is_kept = marked(len(order), order[place < MOST]) & (both.worth > 0)
    return both.at(is_kept), is_kept[len(kept.row) :]


def _largest(key: Ints, value: Floats) -> tuple[Ints, Floats]:
    """The distinct keys, ascending, each with its largest value."""
    order = ordering(-value, key)
    order = order[run_starts(key[order])]
    return key[order], value[order]


def _rests_on_all(walk: _Walk, edges: _Edges) -> Bools:
    """True for pairs whose minimum exceeds the sum of the stated minima, with joint holders counted once:
    bool[pairs]. Such a minimum rests on the maxima of all other holders.
    """
    given = np.where(edges.source < 0, 1.0, walk.x[edges.source]) * walk.plain[edges.link]
    arc = walk.arc[edges.link]
    order = ordering(-given, arc, edges.target)
    once = order[run_starts(edges.target[order], arc[order])]
    plain = np.bincount(edges.target[once], weights=given[once], minlength=len(walk.x))
    return np.asarray((np.diff(edges.begin) > 0) & (walk.x > plain * (1 + NEAR)), np.bool_)
