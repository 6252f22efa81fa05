"""The ownership picture of a case: parties and ties in, drawn shapes out, by the rules of the Beneficial
Ownership Visualisation System.

Parties are shapes with an icon and their name; a tie runs from the holder to what is held. The label for
ownership stands left of a tie (below it, if the picture runs sideways), the one for control right of it
(above). A solid tie is certain, a dashed one possible, one of dashes and dots certain if the holder is who it
may be; an unknown party has a dashed outline and a question mark, so nothing depends on colour alone. Nothing
is left out silently: many parties that have only one and the same other party are listed by name in a box,
and a party that holds itself has an arc back to itself.

Everything is in CSS pixels, in whole numbers from 0. `graphs.drawing.layout` decides where things stand.
"""

from __future__ import annotations

import math
import textwrap
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

import numpy as np

from graphs.arrays.edges import Floats
from graphs.drawing.labels import CHARACTER, LINE, Course, Extent, Label, Point, extent, placed
from graphs.drawing.layout import Layout, layered
from transforms.reports import plain

Kind = Literal[
    "legal_entity",
    "arrangement",
    "state",
    "person",
    "unknown",
    "title",
    "property",
    "transaction",
    "address",
    "control_group",
]
TieKind = Literal["ownership", "control", "property", "address"]

MARGIN = 24
ICON = 40  # across a party's shape
GAP_DOWN, GAP_SIDE = 100, 90  # between layers: room for the labels of ties; sideways their run is added
RUN_DOWN, RUN_MOST = (
    34,
    0.6,
)  # how long a tie is straight where its labels stand, and what part of the way between two layers at most
SAMPLE = 6  # between points of a tie that are looked at
CAPITAL = 8.2  # across, a bold capital of a name
NAME_LINES = 3
NOTE_LINES = 2
DOWN_ROOM, DOWN_CHARACTERS = (
    184,
    20,
)  # a party across its layer where the picture runs down, and a line of its name there
SIDE_ROOM, SIDE_CHARACTERS, SIDE_WIDTH = 52, 24, 252
DOWN_WIDTH_MAX = 1080  # wider than this it runs sideways, so that a reader scrolls down and not across
BOX_MIN = 7  # from so many parties that hang on one other only they are listed
BOX_SMALL = 46  # characters of a line that is not in capitals
NOT_IDENTIFIED = "(?)"  # after a line of a box
BOX_LINE, BOX_CHARACTERS, BOX_SAID, BOX_COLUMN = 17, 38, 20, 330  # a line of bold capitals fits its column
BOX_COLUMNS_DOWN, BOX_ROWS_SIDE = 3, 40
APART = 12  # between the two ties of parties that hold each other, where they pass a layer
FAN_FOOT, FAN_HEAD = 44, 11  # how far from the middle of a shape its ties may leave and arrive
FAN_STEP = 14
ARROW = 7
BEND_LATE = 0.85
LABEL_CHARACTERS = 32  # "may control together with others"
LOOP_WORDS = "holds itself"
LOOP_CHARACTERS, LOOP_DOWN, LOOP_SIDE = (
    16,
    56,
    26,
)  # a label of an arc, and the room of the arc with its labels on either side of its party


@dataclass(frozen=True)
class Party:
    """`name` as shown; `note` under it. `flags_n`: its own flags. `is_context`: not a member of the case,
    shown because it stands above a member.

    `is_subject`: the party that the page is about; it has a second outline and is never in a box.
    """

    id: str
    kind: Kind
    name: str
    note: str = ""
    flags_n: int = 0
    is_context: bool = False
    is_subject: bool = False


@dataclass(frozen=True)
class Tie:
    """From holder to held. `owns` and `controls` are the labels; a tie that is certain and has not ended is
    drawn solid, any other dashed.

    `is_certain` concerns the share or right alone. `is_identified`: it is confirmed who the holder is;
    otherwise the line has dots between its dashes.
    """

    from_id: str
    to_id: str
    kind: TieKind
    is_certain: bool
    owns: str = ""
    controls: str = ""
    has_ended: bool = False
    is_identified: bool = True

    @property
    def is_solid(self) -> bool:
        return self.is_certain and not self.has_ended


@dataclass(frozen=True)
class Item:
    """A line of a box."""

    x: int
    y: int
    text: str
    kind: Kind
    is_flagged: bool


@dataclass(frozen=True)
class Shape:
    """A party, or a box of them (`items`): top left corner, size, and its text lines (x, y, text)."""

    party: Party
    x: int
    y: int
    width: int
    height: int
    lines: tuple[tuple[int, int, str], ...]
    anchor: Literal["middle", "start"]
    icon_x: int = 0
    items: tuple[Item, ...] = ()


@dataclass(frozen=True)
class Line:
    """A drawn tie: its path, its arrow head, and its labels. `path` and `arrow` are SVG path data."""

    tie: Tie
    path: str
    arrow: str
    labels: tuple[Label, ...]


@dataclass(frozen=True)
class Picture:
    width: int
    height: int
    shapes: tuple[Shape, ...]
    lines: tuple[Line, ...]
    runs_down: bool = True


@dataclass(frozen=True)
class _Block:
    """What stands at one place of the layout: a party alone, with its tie to itself if it has one, or the
    parties of a box.
    """

    parties: tuple[Party, ...]
    texts: tuple[str, ...]
    is_box: bool
    loop: Tie | None = None


def draw(parties: Sequence[Party], ties: Sequence[Tie]) -> Picture:
    """The picture. Parties are drawn in the order of their ids, so equal input gives an equal picture. Both
    ends of every tie are among the parties.
    """
    known = {party.id: party for party in sorted(parties, key=lambda party: party.id)}
    in_order = sorted(ties, key=lambda tie: (tie.from_id, tie.to_id, tie.kind))
    loops = {tie.from_id: tie for tie in in_order if tie.from_id == tie.to_id}
    blocks, at, joined = _blocks(known, [tie for tie in in_order if tie.from_id != tie.to_id], loops)
    down = _frame(blocks, joined, at, runs_down=True)
    return _drawn(
        blocks,
        joined,
        at,
        down
        if down.layout.extent + 2 * MARGIN <= DOWN_WIDTH_MAX
        else _frame(blocks, joined, at, runs_down=False),
    )


# --- boxes ------------------------------------------------------------------------------------------------


def _blocks(
    known: Mapping[str, Party], ties: Sequence[Tie], loops: Mapping[str, Tie]
) -> tuple[list[_Block], dict[str, int], list[Tie]]:
    """Blocks, the block of each party, and the ties that are drawn: one for all parties of a box. A party
    that holds itself is in no box, nor is the subject.
    """
    ends: dict[str, list[Tie]] = {party: [] for party in known}
    for tie in ties:
        ends[tie.from_id].append(tie)
        ends[tie.to_id].append(tie)
    hanging: dict[tuple[str, bool, str], list[str]] = {}
    for party, its in ends.items():
        if len(its) == 1 and party not in loops and not known[party].is_subject:
            other = its[0].to_id if its[0].from_id == party else its[0].from_id
            if len(ends[other]) > 1:
                hanging.setdefault((other, its[0].from_id == party, its[0].kind), []).append(party)
    boxed = [members for members in hanging.values() if len(members) >= BOX_MIN]
    in_box = {party for members in boxed for party in members}
    blocks = [
        _Block((party,), ("",), False, loops.get(party.id))
        for party in known.values()
        if party.id not in in_box
    ]
    blocks += [
        _Block(
            tuple(known[party] for party in members), tuple(_said(ends[party][0]) for party in members), True
        )
        for members in boxed
    ]
    at = {party.id: place for place, block in enumerate(blocks) for party in block.parties}
    drawn = [tie for tie in ties if tie.from_id not in in_box and tie.to_id not in in_box]
    return blocks, at, drawn + [_together([ends[party][0] for party in members]) for members in boxed]


def _said(tie: Tie) -> str:
    said = ", ".join(part for part in (tie.owns, tie.controls) if part)
    certain = said if tie.is_certain or tie.has_ended else f"{said} possible"
    return (certain if tie.is_identified else f"{certain} {NOT_IDENTIFIED}").strip()


def _together(ties: Sequence[Tie]) -> Tie:
    """The tie of a box: its lines say what each one is."""
    solid = [tie for tie in ties if tie.is_solid]
    return replace(
        ties[0],
        is_certain=bool(solid),
        is_identified=any(tie.is_identified for tie in solid or ties),
        has_ended=False,
        owns="",
        controls="",
    )


# --- places -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Frame:
    """Sizes of blocks and where layers begin. Across: along a layer. Along: from layer to layer. `run`: how
    long a tie is straight where its labels stand.
    """

    across: tuple[int, ...]
    along: tuple[int, ...]
    begins: tuple[int, ...]
    ends: tuple[int, ...]
    layout: Layout
    runs_down: bool
    run: int

    def point(self, across: float, along: float) -> tuple[int, int]:
        """(x, y)."""
        x, y = (across, along) if self.runs_down else (along, across)
        return round(x), round(y)


def _drawn(blocks: Sequence[_Block], ties: Sequence[Tie], at: Mapping[str, int], frame: _Frame) -> Picture:
    shapes = tuple(_shape(block, frame, place) for place, block in enumerate(blocks))
    looped = [place for place, block in enumerate(blocks) if block.loop]
    loops = [_loop(_loop_of(blocks[place]), shapes[place], frame.runs_down) for place in looped]
    courses = _courses(ties, [(at[tie.from_id], at[tie.to_id]) for tie in ties], frame)
    taken = [one for shape in shapes for one in _extents(shape)] + [
        extent(label) for line in loops for label in line.labels
    ]
    labels = placed([course.of_labels for course in courses], taken, runs_down=frame.runs_down)
    found = [extent(label) for its in labels for label in its] + [
        extent(label) for line in loops for label in line.labels
    ]
    dx, dy = (
        max(0, math.ceil(MARGIN / 2 - min((one[side] for one in found), default=MARGIN))) for side in (0, 1)
    )
    width, height = frame.point(frame.layout.extent + 2 * MARGIN, max(frame.ends, default=0) + MARGIN)
    right, bottom = (max((math.ceil(one[side] + MARGIN / 2) for one in found), default=1) for side in (2, 3))
    moved = tuple(_moved(shape, dx, dy) for shape in shapes)
    lines = [_loop(_loop_of(blocks[place]), moved[place], frame.runs_down) for place in looped]
    lines += [
        Line(
            course.tie,
            _written(course.segments, dx, dy),
            _arrow(course, dx, dy),
            tuple(replace(label, x=label.x + dx, y=label.y + dy) for label in its),
        )
        for course, its in zip(courses, labels, strict=True)
    ]
    return Picture(
        max(width, right) + dx, max(height, bottom, 1) + dy, moved, tuple(lines), runs_down=frame.runs_down
    )


def _loop_of(block: _Block) -> Tie:
    assert block.loop is not None  # asked only of those that have one
    return block.loop


def _moved(shape: Shape, dx: int, dy: int) -> Shape:
    return replace(
        shape,
        x=shape.x + dx,
        y=shape.y + dy,
        icon_x=shape.icon_x + dx,
        lines=tuple((x + dx, y + dy, line) for x, y, line in shape.lines),
        items=tuple(replace(item, x=item.x + dx, y=item.y + dy) for item in shape.items),
    )


def _extents(shape: Shape) -> list[Extent]:
    """What of a shape no label may cover: the shape, the flag at its corner, and its name."""
    return [
        (shape.x, shape.y - 6, shape.x + shape.width + 4, shape.y + shape.height),
        *(extent(Label(x, y, shape.anchor, line)) for x, y, line in shape.lines),
    ]


def _frame(
    blocks: Sequence[_Block], ties: Sequence[Tie], at: Mapping[str, int], *, runs_down: bool
) -> _Frame:
    sizes = [_size(block, runs_down) for block in blocks]
    across = tuple(size[0] for size in sizes)
    src, dst = (np.array([at[getattr(tie, end)] for tie in ties], np.int64) for end in ("from_id", "to_id"))
    layout = layered(len(blocks), src, dst, np.array(across, np.float64))
    depth = [
        max((size[1] for size, layer in zip(sizes, layout.layer, strict=True) if layer == k), default=0)
        for k in range(int(layout.layer.max(initial=-1)) + 1)
    ]
    run = (
        RUN_DOWN
        if runs_down
        else round(
            CHARACTER
            * min(
                max((len(text) for tie in ties for text in (tie.owns, tie.controls)), default=0),
                LABEL_CHARACTERS,
            )
        )
        + 14
    )
    gap = GAP_DOWN if runs_down else GAP_SIDE + run
    begins = [MARGIN + sum(depth[:k]) + gap * k for k in range(len(depth))]
    along = tuple(
        size[1] if runs_down or block.is_box else _reach(block.parties[0])
        for block, size in zip(blocks, sizes, strict=True)
    )
    return _Frame(
        across, along, tuple(begins), tuple(map(sum, zip(begins, depth, strict=True))), layout, runs_down, run
    )


def _reach(party: Party) -> int:
    """How far a shape and the name beside it extend along."""
    return min(ICON + 14 + round(CAPITAL * max(map(len, _name(party, runs_down=False)))), SIDE_WIDTH)


def _size(block: _Block, runs_down: bool) -> tuple[int, int]:
    """(across, along) of a block, with the gaps to its neighbours in the first."""
    if block.is_box:
        rows, columns = _grid(len(block.parties), runs_down)
        high, wide = rows * BOX_LINE + 14, columns * BOX_COLUMN + 12
        return (wide + 16, high) if runs_down else (high + 14, wide)
    lines = len(_name(block.parties[0], runs_down))
    loop_room = 0 if not block.loop else 2 * LOOP_DOWN if runs_down else 2 * LOOP_SIDE
    return (
        (DOWN_ROOM + loop_room, ICON + LINE * lines + 6)
        if runs_down
        else (max(SIDE_ROOM, LINE * lines + 12) + loop_room, SIDE_WIDTH)
    )


def _grid(count: int, runs_down: bool) -> tuple[int, int]:
    """(rows, columns) of a box."""
    columns = min(BOX_COLUMNS_DOWN, -(-count // BOX_MIN)) if runs_down else -(-count // BOX_ROWS_SIDE)
    return -(-count // columns), columns


def _name(party: Party, runs_down: bool) -> list[str]:
    """Lines under or beside a shape: the name, cut if it is long (the list beside the picture has it in
    full), and the note.
    """
    width = DOWN_CHARACTERS if runs_down else SIDE_CHARACTERS
    most = (
        NAME_LINES if runs_down or not party.note else NAME_LINES - 1
    )  # sideways a name and its note share the room
    lines = textwrap.wrap(plain(party.name), width, max_lines=most, placeholder=" …") or [party.id]
    return [*lines, *textwrap.wrap(plain(party.note), width, max_lines=NOTE_LINES, placeholder=" …")]


def shortened(text: str, characters: int) -> str:
    """`text` made visible, and no longer than `characters`."""
    whole = plain(text)
    return whole if len(whole) <= characters else whole[: characters - 1].rstrip() + "…"


def _shape(block: _Block, frame: _Frame, place: int) -> Shape:
    layer = int(frame.layout.layer[place])
    middle, begin = frame.layout.across[place] + MARGIN, frame.begins[layer]
    party = block.parties[0]
    if block.is_box:
        return _box(block, frame, middle, begin)
    lines = _name(party, frame.runs_down)
    if frame.runs_down:
        x, y = round(middle - ICON / 2), begin
        placed = tuple((round(middle), y + ICON + LINE * (k + 1), line) for k, line in enumerate(lines))
        return Shape(party, x, y, ICON, ICON, placed, "middle", x)
    x, y = begin, round(middle - ICON / 2)
    top = round(middle - LINE * len(lines) / 2) + LINE - 3
    return Shape(
        party,
        x,
        y,
        ICON,
        ICON,
        tuple((x + ICON + 8, top + LINE * k, line) for k, line in enumerate(lines)),
        "start",
        x,
    )


def _box(block: _Block, frame: _Frame, middle: float, begin: int) -> Shape:
    rows, columns = _grid(len(block.parties), frame.runs_down)
    width, height = columns * BOX_COLUMN + 4, rows * BOX_LINE + 10
    x, y = (round(middle - width / 2), begin) if frame.runs_down else (begin, round(middle - height / 2))
    items = tuple(
        Item(
            x + 8 + (k // rows) * BOX_COLUMN,
            y + BOX_LINE * (k % rows + 1),
            _item(party, said),
            party.kind,
            party.flags_n > 0,
        )
        for k, (party, said) in enumerate(zip(block.parties, block.texts, strict=True))
    )
    return Shape(block.parties[0], x, y, width, height, (), "start", x, items)


def _item(party: Party, said: str) -> str:
    characters = BOX_CHARACTERS if sum(map(str.isupper, party.name)) > len(party.name) / 2 else BOX_SMALL
    name = shortened(party.name, characters - min(len(said), BOX_SAID) - 1)
    return f"{name} {shortened(said, BOX_SAID)}".strip()


# --- ties -------------------------------------------------------------------------------------------------


def _fans(ends: Sequence[tuple[int, int]], frame: _Frame) -> dict[int, tuple[float, float]]:
    """For each tie, how far from the middle it leaves and arrives.

    Ties that meet at a foot or a head are spread in the order of where they go; of two ties to one party the
    one down comes first.
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


type _Segment = tuple[tuple[int, int], ...]  # two points (x, y) of a straight piece, four of a cubic


@dataclass(frozen=True)
class _Course:
    """The way of a tie: its pieces, the corners of its arrow head, and what is needed to place its labels."""

    tie: Tie
    segments: tuple[_Segment, ...]
    arrow: tuple[tuple[int, int], ...]
    of_labels: Course


def _courses(ties: Sequence[Tie], ends: Sequence[tuple[int, int]], frame: _Frame) -> list[_Course]:
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
    frame: _Frame,
    ends: tuple[int, int],
    fan: tuple[float, float],
    bends: Iterable[tuple[float, int]],
    *,
    both_ways: bool,
    at_holder: bool,
) -> _Course:
    """The tie from the foot of the holder to the head of what is held; upward where it closes a ring.

    It has a straight run where it is alone: at what is held, or at the holder if more ties reach the one than
    leave the other. Of two parties that hold each other, the tie down keeps left (above), with its labels
    there, and the tie up keeps right (below).
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
    owns, controls = (
        (shortened(text, LABEL_CHARACTERS),) if text else () for text in (tie.owns, tie.controls)
    )
    if both_ways:
        before, after = (owns + controls, ()) if goes_down else ((), owns + controls)
    else:
        before, after = (owns, controls) if frame.runs_down else (controls, owns)
    tip_across, tip = points[-1]
    corners = (
        (tip_across - ARROW / 2 - 1, tip),
        (tip_across + ARROW / 2 + 1, tip),
        (tip_across, tip + forward * ARROW),
    )
    return _Course(
        tie,
        segments,
        tuple(frame.point(*corner) for corner in corners),
        Course(*_sampled(segments, run), before, after),
    )


def _pieces(
    points: Sequence[tuple[float, float]], goes_down: bool, *, both_ways: bool, run: int, at_holder: bool
) -> tuple[list[tuple[tuple[float, float], ...]], int]:
    """Pieces in (across, along), cubics between layers and straight ones where a layer is passed; and which
    of them is the run.
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
        half = since[1] + (until[1] - since[1]) * (_bend(since, until, goes_down) if both_ways else 0.5)
        pieces.append((since, (since[0], half), (until[0], half), until))
        if ends_straight:
            run_at = len(pieces)
            pieces.append((until, finish))
    return pieces, run_at


def _sampled(segments: Sequence[_Segment], run: int) -> tuple[list[Point], tuple[int, int]]:
    """Points at most SAMPLE apart along the pieces, and the numbers of the first and last point of
    the run.
    """
    points: list[Point] = []
    bounds = (0, 0)
    for nth, piece in enumerate(segments):
        count = max(2, math.ceil(sum(math.dist(one, other) for one, other in pairwise(piece)) / SAMPLE) + 1)
        shares = np.linspace(0.0, 1.0, count)
        before = len(points)
        points += _at(piece, shares)
        bounds = (before, len(points) - 1) if nth == run else bounds
    return points, bounds


def _at(piece: _Segment, shares: Floats) -> list[Point]:
    """Points of a straight piece, or of a cubic by Bernstein's polynomials, at `shares` of it."""
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


def _loop(tie: Tie, shape: Shape, runs_down: bool) -> Line:
    """The tie of a party to itself: an arc right of its shape, or above it where names stand to the right;
    its labels beside the arc.
    """
    x, y = shape.x, shape.y
    said = [text for text in (tie.owns, tie.controls) if text]
    if runs_down:
        path, arrow = (
            f"M{x + 38} {y + 13} C{x + 72} {y + 2} {x + 78} {y + 27} {x + 46} {y + 27}",
            _triangle((x + 46, y + 22), (x + 46, y + 32), (x + 39, y + 27)),
        )
        labels = [
            Label(x + 71, y + 8 + LINE * k, "start", shortened(text, LOOP_CHARACTERS))
            for k, text in enumerate((LOOP_WORDS, *said))
        ]
    else:
        path, arrow = (
            f"M{x + 8} {y + 6} C{x - 4} {y - 22} {x + 20} {y - 26} {x + 20} {y - 6}",
            _triangle((x + 15, y - 6), (x + 25, y - 6), (x + 20, y + 1)),
        )
        labels = [
            Label(
                x + 26,
                y - 12,
                "start",
                shortened(f"{LOOP_WORDS}{': ' if said else ''}{'; '.join(said)}", LABEL_CHARACTERS),
            )
        ]
    return Line(tie, path, arrow, tuple(labels))


def _foot(frame: _Frame, place: int) -> int:
    """Below a shape and its name, or right of them."""
    return frame.begins[int(frame.layout.layer[place])] + frame.along[place]


def _head(frame: _Frame, place: int) -> int:
    return frame.begins[int(frame.layout.layer[place])] - 2


def _bend(begin: tuple[float, float], finish: tuple[float, float], goes_down: bool) -> float:
    """Where between layers one of two opposite ties bends, as a part of the way. One keeps near the holder's
    side as long as the other keeps near the held's.
    """
    return BEND_LATE if goes_down == (finish[0] > begin[0]) else 1 - BEND_LATE


def _written(segments: Sequence[_Segment], dx: int, dy: int) -> str:
    """Path data: curves leave and arrive along the direction of the layers, and are straight where they pass
    a layer.
    """
    parts = [f"M{segments[0][0][0] + dx} {segments[0][0][1] + dy}"]
    for piece in segments:
        figures = " ".join(f"{x + dx} {y + dy}" for x, y in piece[1:])
        parts.append(f"{'L' if len(piece) == 2 else 'C'}{figures}")
    return " ".join(parts)


def _arrow(course: _Course, dx: int, dy: int) -> str:
    return _triangle(*((x + dx, y + dy) for x, y in course.arrow))


def _triangle(*corners: tuple[int, int]) -> str:
    return "M{} {} L{} {} L{} {} Z".format(*(figure for corner in corners for figure in corner))
