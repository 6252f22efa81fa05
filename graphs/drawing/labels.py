"""Where to put the labels of an ownership picture: beside their own line and, if there is room, clear of
everything else.

A label never stands on its own line. It is tried along the straight run that a line has where it is alone,
then along the rest of the line. It takes the first place that touches nothing, else the one with the least
cost: another label or a name costs more than another line, that more than a line near by, and distance least.
A label that does lie on another line is marked (`crosses`), so only there the line below it is interrupted.

Coordinates are CSS pixels. Equal input gives equal places.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

CHARACTER = 6.3  # across, in a label
LINE = 14  # between two labels of one line that stand on one side
ABOVE, BELOW = 11.0, 3.0  # of a label's base line
BESIDE = 6  # between a line and a label
CELL = 24  # of the grid in which it is looked up what meets what
RUN_PLACES, OTHER_PLACES = 5, 14  # that are tried
ON_TEXT, ON_LINE, BY_LINE, PER_PIXEL, PER_PLACE = 100.0, 20.0, 4.0, 0.5, 0.01  # (own) what a place costs
NEAR = 8  # a line this near a label could be taken for its own
GOOD = 3.0  # (own) a place that costs less is taken at once

type Point = tuple[float, float]  # x, y
type Extent = tuple[float, float, float, float]  # left, top, right, bottom


@dataclass(frozen=True)
class Label:
    """`crosses`: lies on the line of another tie."""

    x: int
    y: int
    anchor: Literal["start", "middle", "end"]
    text: str
    crosses: bool = False


@dataclass(frozen=True)
class Course:
    """A line as points a few pixels apart, the first and last of its straight run, and its labels.

    Labels `before` stand left of the line (above it, if the picture runs sideways), labels `after` right of
    it (below), several of one side together.
    """

    points: Sequence[Point]
    run: tuple[int, int]
    before: tuple[str, ...]
    after: tuple[str, ...]


def extent(label: Label) -> Extent:
    width = CHARACTER * len(label.text) + 4
    left = label.x - {"start": 0.0, "middle": width / 2, "end": width}[label.anchor]
    return left, label.y - ABOVE, left + width, label.y + BELOW


def meet(first: Extent, other: Extent) -> bool:
    return first[0] < other[2] and other[0] < first[2] and first[1] < other[3] and other[1] < first[3]


def placed(
    courses: Sequence[Course], taken: Iterable[Extent], *, runs_down: bool
) -> tuple[tuple[Label, ...], ...]:
    """The labels of each course. `taken`: names, shapes and labels that are already placed."""
    occupied = _Occupied()
    for box in taken:
        occupied.take(box)
    for k, course in enumerate(courses):
        occupied.draw(k, course.points)
    all_labels = []
    for k, course in enumerate(courses):
        labels: list[Label] = []
        for side, texts in ((-1, course.before), (1, course.after)):
            stack = _best(occupied, k, course, side, texts=texts, runs_down=runs_down) if texts else ()
            for label in stack:
                occupied.take(extent(label))
            labels += stack
        all_labels.append(tuple(labels))
    return tuple(all_labels)


class _Occupied:
    """What stands where, by cells of a grid: extents of texts and shapes, and points of lines."""

    def __init__(self) -> None:
        self.extents: dict[tuple[int, int], list[Extent]] = {}
        self.points: dict[tuple[int, int], list[tuple[float, float, int]]] = {}

    def take(self, box: Extent) -> None:
        for cell in _cells(box):
            self.extents.setdefault(cell, []).append(box)

    def draw(self, line: int, points: Iterable[Point]) -> None:
        for x, y in points:
            self.points.setdefault((int(x // CELL), int(y // CELL)), []).append((x, y, line))

    def is_taken(self, box: Extent) -> bool:
        return any(meet(box, other) for cell in _cells(box) for other in self.extents.get(cell, ()))

    def lines_n(self, box: Extent, own: int) -> tuple[int, int]:
        """How many lines but `own` run through an extent, and how many through it or within NEAR of it."""
        left, top, right, bottom = box
        through, near = set[int](), set[int]()
        for cell in _cells((left - NEAR, top - NEAR, right + NEAR, bottom + NEAR)):
            for x, y, k in self.points.get(cell, ()):
                if k != own and left - NEAR <= x <= right + NEAR and top - NEAR <= y <= bottom + NEAR:
                    near.add(k)
                    if left <= x <= right and top <= y <= bottom:
                        through.add(k)
        return len(through), len(near)


def _cells(box: Extent) -> list[tuple[int, int]]:
    columns = range(math.floor(box[0] / CELL), math.floor(box[2] / CELL) + 1)
    rows = range(math.floor(box[1] / CELL), math.floor(box[3] / CELL) + 1)
    return [(column, row) for column in columns for row in rows]


def _best(
    occupied: _Occupied, own: int, course: Course, side: int, *, texts: tuple[str, ...], runs_down: bool
) -> tuple[Label, ...]:
    """The labels of one side at the first place that touches nothing, else at the one with the least cost."""
    best, labels = math.inf, tuple[Label, ...]()
    for nth, place in enumerate(_places(course)):
        stack, away = _stack(course, place, side, texts, runs_down=runs_down)
        extents = [extent(label) for label in stack]
        cost = PER_PLACE * nth + PER_PIXEL * away + ON_TEXT * sum(map(occupied.is_taken, extents))
        if cost >= best:
            continue
        lines_n = [occupied.lines_n(box, own) for box in extents]
        cost += sum(ON_LINE * through_n + BY_LINE * near_n for through_n, near_n in lines_n)
        if cost < best:
            best, labels = (
                cost,
                tuple(
                    replace(label, crosses=through_n > 0)
                    for label, (through_n, _) in zip(stack, lines_n, strict=True)
                ),
            )
        if best < GOOD:
            break
    return labels


def _places(course: Course) -> Iterator[int]:
    """Numbers of points: along the run from its middle outward, then along the rest."""
    first, last = course.run
    step = max((last - first) / (RUN_PLACES + 1), 1)
    middle = (first + last) / 2
    tried = [
        round(middle + step * (nth + 1) // 2 * (-1) ** nth) if nth else round(middle)
        for nth in range(RUN_PLACES)
    ]
    every = [round(k * (len(course.points) - 1) / (OTHER_PLACES + 1)) for k in range(1, OTHER_PLACES + 1)]
    yield from dict.fromkeys(
        [place for place in tried if first <= place <= last]
        + sorted(every, key=lambda place: abs(place - middle))
    )


def _stack(
    course: Course, place: int, side: int, texts: tuple[str, ...], *, runs_down: bool
) -> tuple[tuple[Label, ...], float]:
    """Labels of one side at a point of the line, clear of the whole line, and how far from the point that
    moved them.
    """
    x, y = course.points[place]
    if runs_down:
        top = y - ABOVE + 4 - LINE * (len(texts) - 1) / 2
        bottom = top + ABOVE + BELOW + LINE * (len(texts) - 1)
        edge = side * max(side * across for across, _ in _near(course.points, place, 1, top, bottom))
        anchor: Literal["start", "end"] = "end" if side < 0 else "start"
        return tuple(
            Label(round(edge + side * BESIDE), round(top + ABOVE + LINE * k), anchor, text)
            for k, text in enumerate(texts)
        ), abs(edge - x)
    half = CHARACTER * max(map(len, texts)) / 2 + 2
    edge = side * max(side * down for _, down in _near(course.points, place, 0, x - half, x + half))
    base = edge + (LINE if side > 0 else -5)
    return tuple(
        Label(round(x), round(base + side * LINE * k), "middle", text) for k, text in enumerate(texts)
    ), abs(edge - y)


def _near(points: Sequence[Point], place: int, axis: Literal[0, 1], low: float, high: float) -> list[Point]:
    """The point at `place` and those beside it between two bounds along the layers, along which a line never
    turns back.
    """
    first = last = place
    while first > 0 and low <= points[first - 1][axis] <= high:
        first -= 1
    while last + 1 < len(points) and low <= points[last + 1][axis] <= high:
        last += 1
    return list(points[first : last + 1])
