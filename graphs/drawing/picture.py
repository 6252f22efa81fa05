"""The ownership picture of a case, drawn by the rules of the Beneficial Ownership Visualisation System.

Parties are shapes with an icon and their name. A tie runs from the holder to the entity held. The label for
ownership is left of a tie (below it, if the picture runs sideways), the one for control right of it (above).
A solid tie is certain, and a dashed one possible. One with dashes and dots is certain if the holder's
identity is confirmed. An unknown party has a dashed outline and a question mark, so nothing depends on colour
alone. Nothing is left out: many parties whose only tie is to the same other party are listed by name in a
box, and a party that holds itself has an arc back to itself.

All coordinates are CSS pixels, whole numbers from 0. The picture runs down the page, or sideways if it would
be too wide.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

from graphs.drawing.elements import Block, Line, Party, Picture, Shape, Tie, blocks_of
from graphs.drawing.frame import MARGIN, Frame, frame_of, shape_of
from graphs.drawing.labels import Extent, Label, extent, placed
from graphs.drawing.ties import courses_of, loop_line, path_data, triangle

DOWN_WIDTH_MAX = 1080  # own: a wider picture runs sideways, so that a reader scrolls down and not across


def draw(parties: Sequence[Party], ties: Sequence[Tie]) -> Picture:
    """The picture of these parties and ties. Both ends of every tie must be among the parties. The order of
    the input does not matter.
    """
    known = {party.id: party for party in sorted(parties, key=lambda party: party.id)}
    in_order = sorted(ties, key=lambda tie: (tie.from_id, tie.to_id, tie.kind))
    loops = {tie.from_id: tie for tie in in_order if tie.from_id == tie.to_id}
    blocks, at, joined = blocks_of(known, [tie for tie in in_order if tie.from_id != tie.to_id], loops)
    down = frame_of(blocks, joined, at, runs_down=True)
    return _drawn(
        blocks,
        joined,
        at,
        down
        if down.layout.extent + 2 * MARGIN <= DOWN_WIDTH_MAX
        else frame_of(blocks, joined, at, runs_down=False),
    )


def _drawn(blocks: Sequence[Block], ties: Sequence[Tie], at: Mapping[str, int], frame: Frame) -> Picture:
    shapes = tuple(shape_of(block, frame, place) for place, block in enumerate(blocks))
    looped = [(place, block.loop) for place, block in enumerate(blocks) if block.loop]
    loops = [loop_line(loop, shapes[place], frame.runs_down) for place, loop in looped]
    courses = courses_of(ties, [(at[tie.from_id], at[tie.to_id]) for tie in ties], frame)
    taken = [box for shape in shapes for box in _extents(shape)] + [
        extent(label) for line in loops for label in line.labels
    ]
    labels = placed([course.of_labels for course in courses], taken, runs_down=frame.runs_down)
    label_extents = [extent(label) for its in labels for label in its] + [
        extent(label) for line in loops for label in line.labels
    ]
    dx, dy = (
        max(0, math.ceil(MARGIN / 2 - min((box[side] for box in label_extents), default=MARGIN)))
        for side in (0, 1)
    )
    width, height = frame.point(frame.layout.extent + 2 * MARGIN, max(frame.ends, default=0) + MARGIN)
    right, bottom = (
        max((math.ceil(box[side] + MARGIN / 2) for box in label_extents), default=1) for side in (2, 3)
    )
    moved = tuple(_moved(shape, dx, dy) for shape in shapes)
    lines = [loop_line(loop, moved[place], frame.runs_down) for place, loop in looped]
    lines += [
        Line(
            course.tie,
            path_data(course.segments, dx, dy),
            triangle(*((x + dx, y + dy) for x, y in course.arrow)),
            tuple(replace(label, x=label.x + dx, y=label.y + dy) for label in its),
        )
        for course, its in zip(courses, labels, strict=True)
    ]
    return Picture(
        max(width, right) + dx, max(height, bottom, 1) + dy, moved, tuple(lines), runs_down=frame.runs_down
    )


def _moved(shape: Shape, dx: int, dy: int) -> Shape:
    return replace(
        shape,
        x=shape.x + dx,
        y=shape.y + dy,
        lines=tuple((x + dx, y + dy, line) for x, y, line in shape.lines),
        items=tuple(replace(item, x=item.x + dx, y=item.y + dy) for item in shape.items),
    )


def _extents(shape: Shape) -> list[Extent]:
    """Rectangles that no label may cover: the shape, the flag at its corner, and its name."""
    return [
        (shape.x, shape.y - 6, shape.x + shape.width + 4, shape.y + shape.height),
        *(extent(Label(x, y, shape.anchor, line)) for x, y, line in shape.lines),
    ]
