"""Which pairs the votes of some holders decide."""

import numpy as np

from graphs.arrays.edges import Bools, Bytes, Ints, run_starts, spread
from graphs.control.coalitions import Runs, least, most
from graphs.control.graph import BY_INFLUENCE, CERTAIN, NEVER, POSSIBLE, ControlGraph
from graphs.control.pairs import FoundPairs, Pairs, Votes


def votes_into(graph: ControlGraph, found: FoundPairs, arcs: Ints, least_level: Bytes) -> Votes:
    """Every arc for its holder, and for every party found so far that may control its holder."""
    holder, subject = graph.src[arcs], graph.dst[arcs]
    own = np.flatnonzero(least_level[holder] < NEVER)
    vote, position = spread(found.begin[holder], np.where(graph.passes[arcs], found.count[holder], 0))
    return Votes(
        np.concatenate((holder[own], found.party[position])),
        np.concatenate((subject[own], subject[vote])),
        np.concatenate((arcs[own], arcs[vote])),
        np.concatenate((np.full(len(own), CERTAIN, np.uint8), found.level[position])),
    )


def decided_pairs(graph: ControlGraph, votes: Votes, least_level: Bytes) -> Pairs:
    """Pairs that these votes decide, sorted by (subject, party). A party's votes in itself decide nothing."""
    key = votes.subject * graph.n + votes.party
    order = np.argsort(key)
    key = key[order]
    begin = run_starts(key)
    subject, party = np.divmod(key[begin], graph.n)
    level = decided_levels(graph, runs_of_sets(begin, votes.arc[order]), votes.level[order], subject)
    kept = (level > 0) & (level >= least_level[party]) & (subject != party)
    return Pairs(party[kept], subject[kept], level[kept])


def runs_of_sets(begin: Ints, arc: Ints) -> Runs:
    return Runs(begin, np.repeat(np.arange(len(begin)), np.diff(np.append(begin, len(arc)))), arc)


def decided_levels(graph: ControlGraph, sets: Runs, level: Bytes, subject: Ints) -> Bytes:
    """How strongly the holders of each run control its `subject`: uint8[runs]. `level`: how strongly each
    holder is itself controlled.
    """
    if not len(subject):
        return np.zeros(0, np.uint8)
    decided = np.maximum.reduceat(np.minimum(level, graph.cap[sets.arc]), sets.begin)
    low, low_open = least(graph.of, sets, level == CERTAIN)
    need = graph.need[subject]
    certain = (2 * low > need) | ((2 * low == need) & (low_open | graph.need_open[subject]))
    possible = _may_exceed(graph, sets, level >= POSSIBLE, subject)
    by_influence = (
        _may_exceed(graph, sets, level >= BY_INFLUENCE, subject)
        if (level == BY_INFLUENCE).any()
        else possible
    )
    return np.maximum(
        decided,
        np.select((certain, possible, by_influence), (CERTAIN, POSSIBLE, BY_INFLUENCE), 0).astype(np.uint8),
    )


def _may_exceed(graph: ControlGraph, sets: Runs, chosen: Bools, subject: Ints) -> Bools:
    """True where the chosen holders may have more than half of the votes cast: bool[runs]."""
    total, left = most(graph.of, sets, chosen, subject)
    return np.asarray(
        (2 * total > graph.cast_least[subject]) & (2 * left < graph.cast_most[subject]) & (total > left),
        np.bool_,
    )
