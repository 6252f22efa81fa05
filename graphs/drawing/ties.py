"""The course of each tie from holder to held, its arrow head, and its labels."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from graphs.arrays.edges import Floats
from graphs.drawing.elements import Line, Shape, Tie
from graphs.drawing.frame import LABEL_CHARACTERS, LOOP_CHARACTERS, MARGIN, RUN_MOST, Frame, shortened
from graphs.drawing.labels import LINE, Course, Label, Point
from transforms.language import translated

SAMPLE = 6  # pixels between the points of a tie that labels must avoid
APART = 12  # pixels between the two ties of parties that hold each other
FAN_FOOT, FAN_HEAD = 44, 11  # ties leave and arrive at most this many pixels from the middle of a shape
FAN_STEP = 14
ARROW = 7
BEND_LATE = 0.85
LOOP_WORDS = "holds itself"


def _fans(ends: Sequence[tuple[int, int]], frame: Frame) -> dict[int, tuple[float, float]]:
    """For each tie, how far from the middle of its shapes it leaves and arrives, in pixels.

    Ties of one shape are spread side by side, in the order of their other ends. If two ties join the same two
    parties, the one that points down comes first.
    """
    meeting: dict[tuple[int, bool], list[tuple[float, bool, int]]] = {}
    layer, across = frame.layout.layer, frame.layout.across
    for k, (start, end) in enumerate(ends):
        goes_down = bool(layer[start] < layer[end])
        meeting.setdefault((start, goes_down), []).append((float(across[end]), not goes_down, k))
        meeting.setdefault((end, not goes_down), []).append((float(across[start]), not goes_down, k))
    shift: dict[tuple[int, int], float] = {}
    for (place, at_foot), its in meeting.items():
        most = FAN_FOOT if at_foot and frame.runs_down else FAN_HEAD
        step = min(FAN_STEP, 2 * most / max(len(its) - 1, 1))
        for nth, (_, _, k) in enumerate(sorted(its)):
            shift[k, place] = step * (nth - (len(its) - 1) / 2)
    return {k: (shift[k, start], shift[k, end]) for k, (start, end) in enumerate(ends)}


type _Segment = tuple[tuple[int, int], ...]  # two points (x, y) of a straight segment, four of a cubic curve


@dataclass(frozen=True)
class TieCourse:
    """How one tie is drawn: its segments, the corners of its arrow head, and the course for placing its
    labels.
    """

    tie: Tie
    segments: tuple[_Segment, ...]
    arrow: tuple[tuple[int, int], ...]
    of_labels: Course


def courses_of(ties: Sequence[Tie], ends: Sequence[tuple[int, int]], frame: Frame) -> list[TieCourse]:
    """The course of each tie. `ends`: (holder, held) of each tie, as positions of blocks in the layout."""
    distinct = set(ends)
    fans, leaving, reaching = (
        _fans(ends, frame),
        Counter(end[0] for end in ends),
        Counter(end[1] for end in ends),
    )
    return [
        _course(
            tie,
            frame,
            end,
            fans[k],
            bends,
            both_ways=end[::-1] in distinct,
            at_holder=reaching[end[1]] > leaving[end[0]],
        )
        for k, (tie, end, bends) in enumerate(zip(ties, ends, frame.layout.bends, strict=True))
    ]


def _course(
    tie: Tie,
    frame: Frame,
    ends: tuple[int, int],
    fan: tuple[float, float],
    bends: Iterable[tuple[float, int]],
    *,
    both_ways: bool,
    at_holder: bool,
) -> TieCourse:
    """The tie from the foot of the holder to the head of the entity held, or upward if it closes a cycle.

    Its labels are beside a straight segment at the end where fewer ties meet: at the holder if `at_holder`,
    otherwise at the entity held. If two parties hold each other, the tie that points down is drawn on the
    left (or above) with its labels, and the one that points up on the right (or below).
    """
    start, end = ends
    layer, across = frame.layout.layer, frame.layout.across
    goes_down = bool(layer[start] < layer[end])
    shift = (-APART if goes_down else APART) if both_ways else 0
    first, last = (
        (_foot(frame, start), _head(frame, end)) if goes_down else (_head(frame, start), _foot(frame, end))
    )
    points = [(across[start] + MARGIN + fan[0], float(first))]
    for passing, passed in bends:
        through = (frame.begins[passed], frame.ends[passed])
        points += [
            (passing + MARGIN + shift, float(along)) for along in (through if goes_down else through[::-1])
        ]
    forward = 1 if goes_down else -1
    points.append((across[end] + MARGIN + fan[1], last - forward * ARROW))
    pieces, run = _pieces(
        points, goes_down, both_ways=both_ways, run=0 if both_ways else frame.run, at_holder=at_holder
    )
    segments = tuple(tuple(frame.point(*point) for point in piece) for piece in pieces)
    before, after = _label_sides(tie, goes_down, both_ways=both_ways, runs_down=frame.runs_down)
    tip_across, tip = points[-1]
    corners = (
        (tip_across - ARROW / 2 - 1, tip),
        (tip_across + ARROW / 2 + 1, tip),
        (tip_across, tip + forward * ARROW),
    )
    return TieCourse(
        tie,
        segments,
        tuple(frame.point(*corner) for corner in corners),
        Course(*_sampled(segments, run), before, after),
    )


def _label_sides(
    tie: Tie, goes_down: bool, *, both_ways: bool, runs_down: bool
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The labels left of a tie (above it, if the picture runs sideways) and those right of it."""
    owns, controls = (
        (shortened(text, LABEL_CHARACTERS),) if text else () for text in (tie.owns, tie.controls)
    )
    if both_ways:
        return (owns + controls, ()) if goes_down else ((), owns + controls)
    return (owns, controls) if runs_down else (controls, owns)


def _pieces(
    points: Sequence[tuple[float, float]], goes_down: bool, *, both_ways: bool, run: int, at_holder: bool
) -> tuple[list[tuple[tuple[float, float], ...]], int]:
    """The segments of a tie as points (across, along), and the index of the straight one that has the labels.

    Segments between layers are cubic curves; those that pass a layer are straight.
    """
    stretches = list(pairwise(points))
    pieces: list[tuple[tuple[float, float], ...]] = []
    run_at = 0
    for nth, (begin, finish) in enumerate(stretches):
        if nth % 2 or begin[0] == finish[0]:
            run_at = len(pieces) if nth in (0, len(stretches) - 1) and (nth == 0) == at_holder else run_at
            pieces.append((begin, finish))
            continue
        forward = 1 if goes_down else -1
        length = forward * min(run, RUN_MOST * abs(finish[1] - begin[1]))
        starts_straight = at_holder and nth == 0 and bool(length)
        ends_straight = not at_holder and nth == len(stretches) - 1 and bool(length)
        since = (begin[0], begin[1] + length) if starts_straight else begin
        until = (finish[0], finish[1] - length) if ends_straight else finish
        if starts_straight:
            run_at = len(pieces)
            pieces.append((begin, since))
        bend = 0.5
        if both_ways:  # of two opposite ties one bends late and the other early, so that they stay apart
            bend = BEND_LATE if goes_down == (until[0] > since[0]) else 1 - BEND_LATE
        half = since[1] + (until[1] - since[1]) * bend
        pieces.append((since, (since[0], half), (until[0], half), until))
        if ends_straight:
            run_at = len(pieces)
            pieces.append((until, finish))
    return pieces, run_at


def _sampled(segments: Sequence[_Segment], run: int) -> tuple[list[Point], tuple[int, int]]:
    """Points at most SAMPLE apart along the segments, and the indices of the first and last point of the
    straight one with the labels.
    """
    points: list[Point] = []
    bounds = (0, 0)
    for nth, piece in enumerate(segments):
        count = max(
            2, math.ceil(sum(math.dist(start, other) for start, other in pairwise(piece)) / SAMPLE) + 1
        )
        shares = np.linspace(0.0, 1.0, count)
        before = len(points)
        points += _at(piece, shares)
        bounds = (before, len(points) - 1) if nth == run else bounds
    return points, bounds


def _at(piece: _Segment, shares: Floats) -> list[Point]:
    """Points at the fractions `shares` of a straight segment, or of a cubic curve (Bernstein polynomials)."""
    rests = 1 - shares
    weights = (
        (rests, shares)
        if len(piece) == 2
        else (rests**3, 3 * rests**2 * shares, 3 * rests * shares**2, shares**3)
    )
    x, y = (
        sum(weight * corner[axis] for weight, corner in zip(weights, piece, strict=True)) for axis in (0, 1)
    )
    return list(zip(np.asarray(x).tolist(), np.asarray(y).tolist(), strict=True))


def loop_line(tie: Tie, shape: Shape, runs_down: bool) -> Line:
    """The tie of a party to itself: an arc right of its shape, or above it if names are on the right, with
    its labels beside it.
    """
    x, y = shape.x, shape.y
    texts = [text for text in (tie.owns, tie.controls) if text]
    if runs_down:
        path, arrow = (
            f"M{x + 38} {y + 13} C{x + 72} {y + 2} {x + 78} {y + 27} {x + 46} {y + 27}",
            triangle((x + 46, y + 22), (x + 46, y + 32), (x + 39, y + 27)),
        )
        labels = [
            Label(x + 71, y + 8 + LINE * k, "start", shortened(text, LOOP_CHARACTERS))
            for k, text in enumerate((translated(LOOP_WORDS), *texts))
        ]
    else:
        path, arrow = (
            f"M{x + 8} {y + 6} C{x - 4} {y - 22} {x + 20} {y - 26} {x + 20} {y - 6}",
            triangle((x + 15, y - 6), (x + 25, y - 6), (x + 20, y + 1)),
        )
        labels = [
            Label(
                x + 26,
                y - 12,
                "start",
                shortened(
                    f"{translated(LOOP_WORDS)}{': ' if texts else ''}{'; '.join(texts)}", LABEL_CHARACTERS
                ),
            )
        ]
    return Line(tie, path, arrow, tuple(labels))


def _foot(frame: Frame, place: int) -> int:
    """Where ties leave a block: below the shape and its name, or right of them."""
    return frame.begins[int(frame.layout.layer[place])] + frame.along[place]


def _head(frame: Frame, place: int) -> int:
    """Where ties arrive at a block: just above the shape, or left of it."""
    return frame.begins[int(frame.layout.layer[place])] - 2


def path_data(segments: Sequence[_Segment], dx: int, dy: int) -> str:
    """SVG path data of a tie, moved by (dx, dy)."""
    parts = [f"M{segments[0][0][0] + dx} {segments[0][0][1] + dy}"]
    for piece in segments:
        figures = " ".join(f"{x + dx} {y + dy}" for x, y in piece[1:])
        parts.append(f"{'L' if len(piece) == 2 else 'C'}{figures}")
    return " ".join(parts)


def triangle(*corners: tuple[int, int]) -> str:
    """Path data of an arrow head."""
    return "M{} {} L{} {} L{} {} Z".format(*(figure for corner in corners for figure in corner))
