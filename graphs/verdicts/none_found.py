"""Why no beneficial owner was found of an entity."""

from enum import IntFlag

import numpy as np
import numpy.typing as npt

from graphs.arrays.components import Condensation, levels
from graphs.arrays.edges import Arcs, Bools, Bytes, neighbours
from transforms.model.views import NONE_FOUND_REASONS

NO_REASON = 255


class Facts(IntFlag):
    """What is known of a party: bits of an integer."""

    LISTED = 1
    STATE = 2
    EXEMPT = 4
    PROTECTED = 8  # a person whose identity is protected, or a statement that there is one
    UNDISCLOSED = 16  # a statement that somebody is not disclosed, or an unspecified party
    ARRANGEMENT = 32
    PERSON = 64  # a natural person of known identity
    NOT_HELD = 128  # an entity of which no register held has an entry
    BELOW_THRESHOLD = 256  # a statement that nobody reaches the threshold
    FOREIGN = 512  # an entity of another country than those of the home


# In order of precedence. On facts of an entity itself or of anybody above it ...
_OF_CLOSURE: tuple[tuple[str, Facts], ...] = (
    ("listed", Facts.LISTED),
    ("state", Facts.STATE),
    ("exempt", Facts.EXEMPT),
    ("protected", Facts.PROTECTED),
    ("undisclosed", Facts.UNDISCLOSED),
    ("trust", Facts.ARRANGEMENT),
    ("below_threshold", Facts.PERSON | Facts.BELOW_THRESHOLD),
)


# ... and on where the search ends.
_OF_TOPS = ("cycle", "foreign_register_not_held", "no_register_entry")
_NOTHING = "nothing_declared"
_PRECEDENCE = (*(name for name, _ in _OF_CLOSURE), *_OF_TOPS, _NOTHING)


def none_found(closure: Arcs, sets: Condensation, facts: npt.NDArray[np.integer], has_owner: Bools) -> Bytes:
    """Why nobody was found: uint8[nodes], position in NONE_FOUND_REASONS; NO_REASON where `has_owner`.

    `sets` is the condensation of `closure`; `facts` integer[nodes]: bits of Facts; `has_owner` bool[nodes]:
    entities with a CERTAIN or POSSIBLE owner under the regime, and nodes that get no reason.

    The first reason that holds for the entity itself or for anybody above it is given, in this order. First
    the reasons by which the law ends the search (listed, state, exempt): no owner has to be declared behind
    them, so nothing below explains more. Then what hides a person: protected by law, undisclosed, behind an
    arrangement. Each comes before below_threshold, because the hidden person may be the owner. Then
    below_threshold: persons are known, or a statement says that nobody reaches it. Last, where the search
    ends without a person: in a set of entities that hold each other, at an entity from abroad of which no
    register is held, at another one of which no register has an entry, or with nothing declared.
    A reason says what stands in the way of a result; it is no finding: 1 per cent held by a listed entity
    gives `listed` too.
    Linear: one pass from the tops down, a level of the condensation at a time.
    """
    top = sets.sources()[sets.label]
    cyclic = np.bincount(sets.label, minlength=sets.arcs.n)[sets.label] > 1
    cyclic[closure.src[closure.src == closure.dst]] = True
    not_held, foreign = ((facts & int(bit)) != 0 for bit in (Facts.NOT_HELD, Facts.FOREIGN))
    holds = [
        *((facts & int(bits)) != 0 for _, bits in _OF_CLOSURE),
        top & cyclic,
        top & not_held & foreign,
        top & not_held,
    ]
    reason = np.select(holds, range(len(holds)), len(holds)).astype(np.uint8)  # that a node gives by itself
    rank = np.full(sets.arcs.n, len(_PRECEDENCE) - 1, np.uint8)
    np.minimum.at(rank, sets.label, reason)
    held = sets.arcs.held()
    for level in levels(sets.arcs):
        run, below = neighbours(held, level)
        np.minimum.at(rank, below, rank[level[run]])
    codes = np.array([NONE_FOUND_REASONS.index(name) for name in _PRECEDENCE], np.uint8)
    return np.where(has_owner, np.uint8(NO_REASON), codes[rank[sets.label]])
