"""Places for the labels of an ownership picture: beside their own line and, if there is room, clear of
everything else.

A label never lies on its own line. Places are tried along the straight part of the line, then along the rest.
The first place that touches nothing is used, otherwise the one with the lowest cost: overlap with another
label or a name costs most, then overlap with another line, then a line close by, then distance. A label that
lies on another line is marked (`crosses`), so that the drawing interrupts the line only there.

Coordinates are CSS pixels. Equal input gives equal places.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

CHARACTER = 6.3  # width of a character of a label
LINE = 14  # height of a line of text
ABOVE, BELOW = 11.0, 3.0  # extent of a label above and below its base line
BESIDE = 6  # between a line and a label
CELL = 24  # size of a cell of the grid that finds overlaps
RUN_PLACES, OTHER_PLACES = 5, 14  # own: places tried along the straight part, and along the whole line
ON_TEXT, ON_LINE, BY_LINE, PER_PIXEL, PER_PLACE = 100.0, 20.0, 4.0, 0.5, 0.01  # own: costs
NEAR = 8  # own: a line this close to a label could be mistaken for the label's own
GOOD = 3.0  # own: a place that costs less is used without trying others

type Point = tuple[float, float]  # x, y
type Extent = tuple[float, float, float, float]  # left, top, right, bottom


@dataclass(frozen=True)
class Label:
    """A placed label. `crosses`: it lies on the line of another tie."""

    x: int
    y: int
    anchor: Literal["start", "middle", "end"]
    text: str
    crosses: bool = False


@dataclass(frozen=True)
class Course:
    """A line as points a few pixels apart. `run`: the indices of the first and last point of its straight
    part.

    Labels `before` are left of the line (above it, if the picture runs sideways), labels `after` right of it
    (below). The labels of one side are placed together.
    """

    points: Sequence[Point]
    run: tuple[int, int]
    before: tuple[str, ...]
    after: tuple[str, ...]


def extent(label: Label) -> Extent:
    """The rectangle that a label covers."""
    width = CHARACTER * len(label.text) + 4
    left = label.x - {"start": 0.0, "middle": width / 2, "end": width}[label.anchor]
    return left, label.y - ABOVE, left + width, label.y + BELOW


def meet(first: Extent, other: Extent) -> bool:
    """Whether two rectangles overlap."""
    return first[0] < other[2] and other[0] < first[2] and first[1] < other[3] and other[1] < first[3]


def placed(
    courses: Sequence[Course], taken: Iterable[Extent], *, runs_down: bool
) -> tuple[tuple[Label, ...], ...]:
    """The labels of each course. `taken`: rectangles of names, shapes and labels that are already placed."""
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
    """Extents of texts and shapes, and points of lines, by cells of a grid."""

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
        """The number of lines other than `own` that cross an extent, and of those that cross it or come
        within NEAR.
        """
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
    """The labels of one side, at the first place that touches nothing, otherwise at the one with the lowest
    cost.
    """
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
    """Indices of points to try: along the straight part from its middle outward, then along the rest."""
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
    """Labels of one side beside a point of the line, moved clear of the whole line, and the distance they
    were moved.
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
    """The point at `place` and those next to it whose coordinate `axis` is from `low` to `high`. A line never
    turns back in that direction.
    """
    first = last = place
    while first > 0 and low <= points[first - 1][axis] <= high:
        first -= 1
    while last + 1 < len(points) and low <= points[last + 1][axis] <= high:
        last += 1
    return list(points[first : last + 1])
