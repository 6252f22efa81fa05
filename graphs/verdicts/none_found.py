"""The reason why no beneficial owner of an entity was found."""

from enum import IntFlag

import numpy as np
import numpy.typing as npt

from graphs.arrays.components import Condensation, levels
from graphs.arrays.edges import Arcs, Bools, Bytes, neighbours
from transforms.model.views import NONE_FOUND_REASONS

NO_REASON = 255


class Facts(IntFlag):
    """Facts about a party, as bits of an integer."""

    LISTED = 1
    STATE = 2
    EXEMPT = 4
    PROTECTED = 8  # a person whose identity is protected, or a statement that there is such a person
    UNDISCLOSED = 16  # a statement that a party is not disclosed, or an unspecified party
    ARRANGEMENT = 32
    PERSON = 64  # a natural person of known identity
    NOT_HELD = 128  # an entity without an entry in any register held
    BELOW_THRESHOLD = 256  # a statement that nobody reaches the threshold
    FOREIGN = 512  # an entity of a country other than those of the home


# Reasons in order of precedence. First those from facts about the entity itself or a party above it ...
_OF_CLOSURE: tuple[tuple[str, Facts], ...] = (
    ("listed", Facts.LISTED),
    ("state", Facts.STATE),
    ("exempt", Facts.EXEMPT),
    ("protected", Facts.PROTECTED),
    ("undisclosed", Facts.UNDISCLOSED),
    ("trust", Facts.ARRANGEMENT),
    ("below_threshold", Facts.PERSON | Facts.BELOW_THRESHOLD),
)


# ... then those from where the search ends.
_OF_TOPS = ("cycle", "foreign_register_not_held", "no_register_entry")
_NOTHING = "nothing_declared"
_PRECEDENCE = (*(name for name, _ in _OF_CLOSURE), *_OF_TOPS, _NOTHING)


def none_found(closure: Arcs, sets: Condensation, facts: npt.NDArray[np.integer], has_owner: Bools) -> Bytes:
    """The reason why nobody was found: uint8[nodes], position in NONE_FOUND_REASONS; NO_REASON where
    `has_owner`.

    `sets` is the condensation of `closure`; `facts` integer[nodes]: bits of Facts; `has_owner` bool[nodes]:
    entities with a CERTAIN or POSSIBLE owner under the regime, and nodes that get no reason.

    The reason is the first of these that holds for the entity itself or for any party above it:
    1. listed, state, exempt: by law the search ends here, and no owner behind such an entity has to be
       declared.
    2. protected, undisclosed, trust: something hides a person. These come before below_threshold, because the
       hidden person may be the owner.
    3. below_threshold: persons are known, or a statement says that nobody reaches the threshold.
    4. cycle, foreign_register_not_held, no_register_entry, nothing_declared: where the search ends without a
       person: in a set of entities that hold each other, at a foreign entity whose register is not held, at
       another entity without an entry in a register, or with nothing declared.

    A reason says what prevents a result. It is not a finding: 1 per cent held by a listed entity also gives
    `listed`.
    Cost: linear, one pass level by level from the tops of the condensation.
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
    reason = np.select(holds, range(len(holds)), len(holds)).astype(np.uint8)  # from the node's own facts
    rank = np.full(sets.arcs.n, len(_PRECEDENCE) - 1, np.uint8)
    np.minimum.at(rank, sets.label, reason)
    held = sets.arcs.held()
    for level in levels(sets.arcs):
        run, below = neighbours(held, level)
        np.minimum.at(rank, below, rank[level[run]])
    codes = np.array([NONE_FOUND_REASONS.index(name) for name in _PRECEDENCE], np.uint8)
    return np.where(has_owner, np.uint8(NO_REASON), codes[rank[sets.label]])
