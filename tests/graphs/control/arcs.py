"""Graphs of control by hand."""

from collections.abc import Iterable

import numpy as np

from graphs.arrays.edges import Bytes, Floats, Ints
from graphs.control.control import Controlled
from graphs.ownership.intervals import Flags

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

type Arc = tuple[int, int, float, float, int]
type Arrays = tuple[Ints, Ints, Floats, Floats, Bytes]
type Verdicts = dict[tuple[int, int], tuple[bool, int]]


def arrays(arcs: Iterable[Arc]) -> Arrays:
    """As `control` takes them."""
    rows = sorted(arcs, key=lambda arc: arc[:2])
    src, dst, low, high, flags = zip(*rows, strict=True) if rows else ((), (), (), (), ())
    return (
        np.array(src, np.int64),
        np.array(dst, np.int64),
        np.array(low, np.float64),
        np.array(high, np.float64),
        np.array([int(f) for f in flags], np.uint8),
    )


def number(letter: str) -> int:
    """Node of a letter, or the letter of a node: small letters are joint groups."""
    return (LETTERS + LETTERS.lower()).index(letter)


def right(holder: str, subject: str, flag: Flags) -> Arc:
    return number(holder), number(subject), np.nan, np.nan, int(flag)


def members(group: str, *holders: str) -> list[Arc]:
    return [right(holder, group, Flags.MEMBER) for holder in holders]


def verdicts(controlled: Controlled) -> Verdicts:
    rows = zip(
        controlled.controller.tolist(),
        controlled.subject.tolist(),
        controlled.certain.tolist(),
        controlled.kind.tolist(),
        strict=True,
    )
    return {(controller, subject): (certain, kind) for controller, subject, certain, kind in rows}


OPEN = Flags.LOW_EXCLUSIVE
BOTH_OPEN = Flags.LOW_EXCLUSIVE | Flags.HIGH_EXCLUSIVE
UNKNOWN = Flags.UNKNOWN_REACH
