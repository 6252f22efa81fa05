"""The ownership picture of a case: parties and ties in, drawn shapes out, by the rules of the Beneficial Ownership Visualisation System.

Parties are shapes with an icon and their name; a tie runs from who holds to what is held. The label on ownership stands left of a tie (below it,
where the picture runs sideways), the one on control right of it (above). A solid tie is certain, a dashed one possible, one of dashes and dots certain if the holder is who it may be; an unknown party has a
dashed outline and a question mark, so nothing is told by colour alone. Nothing is left out in silence: many parties that hang on one other only
are listed in a box, each by name, and a party that holds itself has an arc back to itself.

Everything is in CSS pixels, in whole numbers from 0 up. `graphs.layout` says where things stand.
"""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

import numpy as np

from graphs.layout import Layout, layered
from transforms.reports import plain

Kind = Literal["legal_entity", "arrangement", "state", "person", "unknown", "title", "property", "transaction", "address", "control_group"]
TieKind = Literal["ownership", "control", "property", "address"]

MARGIN = 24
ICON = 40  # across a party's shape
LINE = 14  # between lines of a name
GAP_DOWN, GAP_SIDE = 88, 150  # between layers: room for the labels of ties
NAME_LINES = 3
NOTE_LINES = 2
DOWN_ROOM, DOWN_CHARACTERS = 184, 20  # a party across its layer where the picture runs down, and a line of its name there
SIDE_ROOM, SIDE_CHARACTERS, SIDE_WIDTH = 52, 24, 252
DOWN_WIDTH_MAX = 1080  # wider than this it runs sideways, so that a reader scrolls down and not across
BOX_MIN = 7  # from so many parties that hang on one other only they are listed
NOT_IDENTIFIED = "(?)"  # after a line of a box
BOX_LINE, BOX_CHARACTERS, BOX_SAID, BOX_COLUMN = 17, 38, 20, 330  # a line of bold capitals fits its column
BOX_COLUMNS_DOWN, BOX_ROWS_SIDE = 3, 40
APART = 12  # between the two ties of parties that hold each other, where they pass a layer
FAN_FOOT, FAN_HEAD = 44, 11  # how far from the middle of a shape its ties may leave and arrive
FAN_STEP = 14
PLACES_OPPOSITE = (0.3, 0.2, 0.4, 0.12, 0.5)
ARROW = 7
BEND_LATE = 0.85
LABEL_CHARACTERS = 32  # "may control together with others"
LOOP_WORDS = "holds itself"
LOOP_CHARACTERS, LOOP_DOWN, LOOP_SIDE = 16, 56, 26  # a label of an arc, and the room of the arc with its labels on either side of its party
CHARACTER = 6.3  # across, in a label
# How far along a stretch labels may stand: the first free place. Near the held, and near the holder where more ties reach the held than leave the holder.
PLACES_NEAR_HELD, PLACES_NEAR_HOLDER = (0.6, 0.45, 0.75, 0.3, 0.85, 0.18), (0.36, 0.5, 0.22, 0.65, 0.12, 0.8)


@dataclass(frozen=True)
class Party:
    """`name` as shown; `note` under it. `flags_n` of its own; `is_context`: not of the case, shown because it stands above a member."""

    id: str
    kind: Kind
    name: str
    note: str = ""
    flags_n: int = 0
    is_context: bool = False


@dataclass(frozen=True)
class Tie:
    """From holder to held. `owns` and `controls` are the labels; what is certain and has not ended is drawn solid, anything else dashed. `is_certain` is of the
    share or right alone; `is_identified` says whether it is confirmed who the holder is, and without it a line has dots between its dashes.
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
class Label:
    x: int
    y: int
    anchor: Literal["start", "middle", "end"]
    text: str


@dataclass(frozen=True)
class Line:
    """A drawn tie: its path, its arrow head, and labels. `path` and `arrow` are SVG path data of figures only."""

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
    """What stands at one place of the layout: a party alone, with its tie to itself if it has one, or the parties of a box."""

    parties: tuple[Party, ...]
    texts: tuple[str, ...]
    is_box: bool
    loop: Tie | None = None


def draw(parties: Sequence[Party], ties: Sequence[Tie]) -> Picture:
    """The picture. Parties are drawn in the order of their ids, so equal input gives an equal picture. A tie to a party that is not given is left out by the caller, not here."""
    known = {party.id: party for party in sorted(parties, key=lambda party: party.id)}
    in_order = sorted(ties, key=lambda tie: (tie.from_id, tie.to_id, tie.kind))
    loops = {tie.from_id: tie for tie in in_order if tie.from_id == tie.to_id}
    blocks, at, joined = _blocks(known, [tie for tie in in_order if tie.from_id != tie.to_id], loops)
    down = _frame(blocks, joined, at, runs_down=True)
    return _drawn(blocks, joined, at, down if down.layout.extent + 2 * MARGIN <= DOWN_WIDTH_MAX else _frame(blocks, joined, at, runs_down=False))


# --- boxes ----------------------------------------------------------------------------------------------------------


def _blocks(known: Mapping[str, Party], ties: Sequence[Tie], loops: Mapping[str, Tie]) -> tuple[list[_Block], dict[str, int], list[Tie]]:
    """Blocks, the block of each party, and the ties that are drawn: one for all parties of a box. A party that holds itself is in no box."""
    ends: dict[str, list[Tie]] = {party: [] for party in known}
    for tie in ties:
        ends[tie.from_id].append(tie)
        ends[tie.to_id].append(tie)
    hanging: dict[tuple[str, bool, str], list[str]] = {}
    for party, its in ends.items():
        if len(its) == 1 and party not in loops:
            other = its[0].to_id if its[0].from_id == party else its[0].from_id
            if len(ends[other]) > 1:
                hanging.setdefault((other, its[0].from_id == party, its[0].kind), []).append(party)
    boxed = [members for members in hanging.values() if len(members) >= BOX_MIN]
    in_box = {party for members in boxed for party in members}
    blocks = [_Block((party,), ("",), False, loops.get(party.id)) for party in known.values() if party.id not in in_box]
    blocks += [_Block(tuple(known[party] for party in members), tuple(_said(ends[party][0]) for party in members), True) for members in boxed]
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
    return replace(ties[0], is_certain=bool(solid), is_identified=any(tie.is_identified for tie in solid or ties), has_ended=False, owns="", controls="")


# --- places ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Frame:
    """Sizes of blocks and where layers begin. Across: along a layer. Along: from layer to layer."""

    across: tuple[int, ...]
    along: tuple[int, ...]
    begins: tuple[int, ...]
    ends: tuple[int, ...]
    layout: Layout
    runs_down: bool

    def point(self, across: float, along: float) -> tuple[int, int]:
        """(x, y)."""
        x, y = (across, along) if self.runs_down else (along, across)
        return round(x), round(y)


def _drawn(blocks: Sequence[_Block], ties: Sequence[Tie], at: Mapping[str, int], frame: _Frame) -> Picture:
    shapes = tuple(_shape(block, frame, place) for place, block in enumerate(blocks))
    ends = [(at[tie.from_id], at[tie.to_id]) for tie in ties]
    distinct = set(ends)
    both = {end for end in distinct if end[::-1] in distinct}
    fans, leaving, reaching = _fans(ends, frame), Counter(end[0] for end in ends), Counter(end[1] for end in ends)
    lines = [_loop(block.loop, shape, frame.runs_down) for block, shape in zip(blocks, shapes, strict=True) if block.loop]
    taken = [_extent(label) for line in lines for label in line.labels]
    for k, (tie, end, bends) in enumerate(zip(ties, ends, frame.layout.bends, strict=True)):
        lines.append(
            _line(
                tie,
                frame,
                end,
                fans[k],
                bends,
                both_ways=end in both,
                near=PLACES_NEAR_HOLDER if reaching[end[1]] > leaving[end[0]] else PLACES_NEAR_HELD,
                taken=taken,
            )
        )
        taken += map(_extent, lines[-1].labels)
    width, height = frame.point(frame.layout.extent + 2 * MARGIN, max(frame.ends, default=0) + MARGIN)
    right = max(
        (round(_extent(label)[2]) for line in lines for label in line.labels), default=1
    )  # a label right of the last tie may reach further than any party
    return Picture(max(width, right), max(height, 1), shapes, tuple(lines), runs_down=frame.runs_down)


def _frame(blocks: Sequence[_Block], ties: Sequence[Tie], at: Mapping[str, int], *, runs_down: bool) -> _Frame:
    sizes = [_size(block, runs_down) for block in blocks]
    across = tuple(size[0] for size in sizes)
    src, dst = (np.array([at[getattr(tie, end)] for tie in ties], np.int64) for end in ("from_id", "to_id"))
    layout = layered(len(blocks), src, dst, np.array(across, np.float64))
    depth = [
        max((size[1] for size, layer in zip(sizes, layout.layer, strict=True) if layer == k), default=0) for k in range(int(layout.layer.max(initial=-1)) + 1)
    ]
    gap = GAP_DOWN if runs_down else GAP_SIDE
    begins = [MARGIN + sum(depth[:k]) + gap * k for k in range(len(depth))]
    return _Frame(across, tuple(size[1] for size in sizes), tuple(begins), tuple(map(sum, zip(begins, depth, strict=True))), layout, runs_down)


def _size(block: _Block, runs_down: bool) -> tuple[int, int]:
    """(across, along) a layer, gaps to neighbours included in the first."""
    if block.is_box:
        rows, columns = _grid(len(block.parties), runs_down)
        high, wide = rows * BOX_LINE + 14, columns * BOX_COLUMN + 12
        return (wide + 16, high) if runs_down else (high + 14, wide)
    lines = len(_name(block.parties[0], runs_down))
    loop_room = 0 if not block.loop else 2 * LOOP_DOWN if runs_down else 2 * LOOP_SIDE
    return (DOWN_ROOM + loop_room, ICON + LINE * lines + 6) if runs_down else (max(SIDE_ROOM, LINE * lines + 12) + loop_room, SIDE_WIDTH)


def _grid(count: int, runs_down: bool) -> tuple[int, int]:
    """(rows, columns) of a box."""
    columns = min(BOX_COLUMNS_DOWN, -(-count // BOX_MIN)) if runs_down else -(-count // BOX_ROWS_SIDE)
    return -(-count // columns), columns


def _name(party: Party, runs_down: bool) -> list[str]:
    """Lines under or beside a shape: the name, cut where it is long (the list beside the picture has it whole), and the note."""
    width = DOWN_CHARACTERS if runs_down else SIDE_CHARACTERS
    lines = textwrap.wrap(plain(party.name), width, max_lines=NAME_LINES if runs_down else NAME_LINES - 1, placeholder=" …") or [party.id]
    return [*lines, *textwrap.wrap(plain(party.note), width, max_lines=NOTE_LINES, placeholder=" …")]


def shortened(text: str, characters: int) -> str:
    """`text` made visible and no longer than `characters`."""
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
    return Shape(party, x, y, ICON, ICON, tuple((x + ICON + 8, top + LINE * k, line) for k, line in enumerate(lines)), "start", x)


def _box(block: _Block, frame: _Frame, middle: float, begin: int) -> Shape:
    rows, columns = _grid(len(block.parties), frame.runs_down)
    width, height = columns * BOX_COLUMN + 4, rows * BOX_LINE + 10
    x, y = (round(middle - width / 2), begin) if frame.runs_down else (begin, round(middle - height / 2))
    items = tuple(
        Item(x + 8 + (k // rows) * BOX_COLUMN, y + BOX_LINE * (k % rows + 1), _item(party, said), party.kind, party.flags_n > 0)
        for k, (party, said) in enumerate(zip(block.parties, block.texts, strict=True))
    )
    return Shape(block.parties[0], x, y, width, height, (), "start", x, items)


def _item(party: Party, said: str) -> str:
    return f"{shortened(party.name, BOX_CHARACTERS - min(len(said), BOX_SAID) - 1)} {shortened(said, BOX_SAID)}".strip()


# --- ties -----------------------------------------------------------------------------------------------------------


def _fans(ends: Sequence[tuple[int, int]], frame: _Frame) -> dict[int, tuple[float, float]]:
    """For each tie, how far from the middle it leaves and arrives: ties that meet at a foot or a head are spread in the order of where they go."""
    meeting: dict[tuple[int, bool], list[tuple[float, int]]] = {}
    layer, across = frame.layout.layer, frame.layout.across
    for k, (start, end) in enumerate(ends):
        goes_down = bool(layer[start] < layer[end])
        meeting.setdefault((start, goes_down), []).append((float(across[end]), k))
        meeting.setdefault((end, not goes_down), []).append((float(across[start]), k))
    shift: dict[tuple[int, int], float] = {}
    for (place, at_foot), its in meeting.items():
        most = FAN_FOOT if at_foot and frame.runs_down else FAN_HEAD
        step = min(FAN_STEP, 2 * most / max(len(its) - 1, 1))
        for nth, (_, k) in enumerate(sorted(its)):
            shift[k, place] = step * (nth - (len(its) - 1) / 2)
    return {k: (shift[k, start], shift[k, end]) for k, (start, end) in enumerate(ends)}


def _line(
    tie: Tie, frame: _Frame, ends: tuple[int, int], fan: tuple[float, float], bends: Iterable[tuple[float, int]], *, both_ways: bool,
    near: Sequence[float], taken: Sequence[_Extent],
) -> Line:  # fmt: skip
    """The tie from the foot of the holder to the head of what is held; upward where a ring is closed, to the side of its counterpart."""
    start, end = ends
    layer = frame.layout.layer
    goes_down = layer[start] < layer[end]
    shift = (APART if goes_down else -APART) if both_ways else 0
    first, last = (_foot(frame, start), _head(frame, end)) if goes_down else (_head(frame, start), _foot(frame, end))
    points = [(frame.layout.across[start] + MARGIN + fan[0], float(first))]
    for across, passed in bends:
        through = (frame.begins[passed], frame.ends[passed])
        points += [(across + MARGIN + shift, float(along)) for along in (through if goes_down else through[::-1])]
    points.append((frame.layout.across[end] + MARGIN + fan[1], last - (ARROW if goes_down else -ARROW)))
    bend = _bend(points, goes_down) if both_ways else 0.5
    if both_ways and not goes_down:  # where it stands clear of its counterpart
        near = PLACES_OPPOSITE if bend == BEND_LATE else tuple(1 - place for place in PLACES_OPPOSITE)
    return Line(tie, _path(frame, points, bend), _arrow(frame, points[-1], 1 if goes_down else -1), _labels(tie, frame, points, bend, near=near, taken=taken))


def _loop(tie: Tie, shape: Shape, runs_down: bool) -> Line:
    """The tie of a party to itself: an arc right of its shape, or above it where names stand to the right; the labels beside the arc."""
    x, y = shape.x, shape.y
    said = [text for text in (tie.owns, tie.controls) if text]
    if runs_down:
        path, arrow = (
            f"M{x + 38} {y + 13} C{x + 72} {y + 2} {x + 78} {y + 27} {x + 46} {y + 27}",
            _triangle((x + 46, y + 22), (x + 46, y + 32), (x + 39, y + 27)),
        )
        labels = [Label(x + 71, y + 8 + LINE * k, "start", shortened(text, LOOP_CHARACTERS)) for k, text in enumerate((LOOP_WORDS, *said))]
    else:
        path, arrow = f"M{x + 8} {y + 6} C{x - 4} {y - 22} {x + 20} {y - 26} {x + 20} {y - 6}", _triangle((x + 15, y - 6), (x + 25, y - 6), (x + 20, y + 1))
        labels = [Label(x + 26, y - 12, "start", shortened(f"{LOOP_WORDS}{': ' if said else ''}{'; '.join(said)}", LABEL_CHARACTERS))]
    return Line(tie, path, arrow, tuple(labels))


def _foot(frame: _Frame, place: int) -> int:
    """Below a shape and its name; sideways, where its layer ends, as names are of any length."""
    layer = int(frame.layout.layer[place])
    return frame.begins[layer] + frame.along[place] if frame.runs_down else frame.ends[layer]


def _head(frame: _Frame, place: int) -> int:
    return frame.begins[int(frame.layout.layer[place])] - 2


def _bend(points: Sequence[tuple[float, float]], goes_down: bool) -> float:
    """Where between layers one of two opposite ties bends, from its start: the one keeps near the holder's side as long as the other keeps near the held's."""
    rightward = points[-1][0] > points[0][0]
    return BEND_LATE if goes_down == rightward else 1 - BEND_LATE


def _path(frame: _Frame, points: Sequence[tuple[float, float]], bend: float) -> str:
    """Curves that leave and reach along the direction of the layers; straight where they pass a layer."""
    parts = ["M{} {}".format(*frame.point(*points[0]))]
    for (across, along), (next_across, next_along) in pairwise(points):
        half = along + (next_along - along) * bend
        if across == next_across:
            parts.append("L{} {}".format(*frame.point(next_across, next_along)))
        else:
            bent = (*frame.point(across, half), *frame.point(next_across, half), *frame.point(next_across, next_along))
            parts.append("C{} {} {} {} {} {}".format(*bent))
    return " ".join(parts)


def _arrow(frame: _Frame, tip: tuple[float, float], direction: int) -> str:
    across, along = tip
    return _triangle(
        *(frame.point(*corner) for corner in ((across - ARROW / 2 - 1, along), (across + ARROW / 2 + 1, along), (across, along + direction * ARROW)))
    )


def _triangle(*corners: tuple[int, int]) -> str:
    return "M{} {} L{} {} L{} {} Z".format(*(figure for corner in corners for figure in corner))


type _Extent = tuple[float, float, float, float]  # left, top, right, bottom


def _labels(
    tie: Tie, frame: _Frame, points: Sequence[tuple[float, float]], bend: float, *, near: Sequence[float], taken: Sequence[_Extent]
) -> tuple[Label, ...]:  # fmt: skip
    """Ownership left of the tie, or below it; control right, or above. Between layers, where the tie runs straightest, and clear of other labels where there is room."""
    between = sorted(list(pairwise(points))[::2], key=lambda ends: abs(ends[0][0] - ends[1][0]))  # every second stretch passes a layer
    texts = shortened(tie.owns, LABEL_CHARACTERS), shortened(tie.controls, LABEL_CHARACTERS)
    tried = (_labels_at(texts, frame, stretch, bend, part) for stretch in between for part in near)
    clear = (labels for labels in tried if not any(_meet(extent, other) for extent in map(_extent, labels) for other in taken))
    return next(clear, _labels_at(texts, frame, between[0], bend, near[0]))


def _labels_at(
    texts: tuple[str, str], frame: _Frame, stretch: tuple[tuple[float, float], tuple[float, float]], bend: float, part: float
) -> tuple[Label, ...]:  # fmt: skip
    """At `part` of the curve that `_path` draws, a cubic whose control points are both at `bend`."""
    (across, along), (other_across, other_along) = stretch
    aside, ahead = part * part * (3 - 2 * part), 3 * bend * part * (1 - part) + part**3
    x, y = frame.point(across + (other_across - across) * aside, along + (other_along - along) * ahead)
    if frame.runs_down:
        found = (Label(max(x - 6, 0), y, "end", texts[0]), Label(x + 6, y, "start", texts[1]))
    else:
        found = (Label(x, y + LINE, "middle", texts[0]), Label(x, max(y - 5, 0), "middle", texts[1]))
    return tuple(label for label in found if label.text)


def _extent(label: Label) -> _Extent:
    width = CHARACTER * len(label.text) + 4
    left = label.x - {"start": 0.0, "middle": width / 2, "end": width}[label.anchor]
    return left, label.y - 11.0, left + width, label.y + 3.0


def _meet(one: _Extent, other: _Extent) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
