"""Control groups: an ultimate controller with everything that it certainly controls."""

import numpy as np

from graphs.arrays.components import strong_labels
from graphs.arrays.edges import Ints, distinct, marked
from graphs.control.control import CONTROL, Controlled


def ultimate(controlled: Controlled, n: int) -> tuple[Ints, Ints]:
    """Control groups: (controller, subject), int64 arrays sorted by both, of `n` nodes.

    The controller certainly controls the subject, alone (kind control), and nobody certainly controls the
    controller alone. Of parties that control each other, and that nobody else controls, the one with the
    smallest number stands for all; the others are in its group.
    """
    sure = controlled.certain & (controlled.kind == CONTROL)
    controller, subject = controlled.controller[sure], controlled.subject[sure]
    label = strong_labels(n, controller, subject)
    smallest = np.full(n, n, np.int64)
    np.minimum.at(smallest, label, np.arange(n))
    below = marked(n, label[subject[label[controller] != label[subject]]])
    top = ~below[label[controller]]
    head = smallest[label[controller[top]]]
    pairs = distinct(n, head, subject[top])
    other = pairs.src != pairs.dst
    return pairs.src[other], pairs.dst[other]
