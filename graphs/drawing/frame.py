"""The space that shapes need, where the layers of a picture begin and end, and the shapes with their texts.

*Across* is along a layer, *along* from layer to layer. Sizes are CSS pixels unless they are characters.

"""

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from graphs.drawing.elements import BOX_MIN, Block, Item, Party, Shape, Tie
from graphs.drawing.labels import CHARACTER, LINE
from graphs.drawing.layout import Layout, layered
from transforms.reports import plain

MARGIN = 24
ICON = 40  # across a party's shape
# Between layers, with room for the labels of ties; if the picture runs sideways, their run is added.
GAP_DOWN, GAP_SIDE = 100, 90
# The straight part of a tie, beside which its labels are; and its largest part of the way between two layers.
RUN_DOWN, RUN_MOST = 34, 0.6
CAPITAL = 8.2  # width of a bold capital in a name
NAME_LINES = 3
NOTE_LINES = 2
# Space across for a party, and characters in a line of its name: in a picture that runs down, and sideways.
DOWN_ROOM, DOWN_CHARACTERS = 184, 20
SIDE_ROOM, SIDE_CHARACTERS, SIDE_WIDTH = 52, 24, 252
BOX_SMALL = 46  # characters of a box line that is not in capitals
BOX_LINE, BOX_CHARACTERS, BOX_SAID, BOX_COLUMN = 17, 38, 20, 330  # a line of bold capitals fits a column
BOX_COLUMNS_DOWN, BOX_ROWS_SIDE = 3, 40
LABEL_CHARACTERS = 32  # fits "may control together with others"
# A label of a party's tie to itself, and the space across for that tie and its labels on each side.
LOOP_CHARACTERS, LOOP_DOWN, LOOP_SIDE = 16, 56, 26


@dataclass(frozen=True)
class Frame:
    """Sizes of blocks, `across` and `along`, and where layers begin and end. `run`: length of the straight
    part of a tie, beside which its labels are.
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


def frame_of(
    blocks: Sequence[Block], ties: Sequence[Tie], at: Mapping[str, int], *, runs_down: bool
) -> Frame:
    """The frame of these blocks and ties. `at`: the block of each party."""
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
    return Frame(
        across, along, tuple(begins), tuple(map(sum, zip(begins, depth, strict=True))), layout, runs_down, run
    )


def _reach(party: Party) -> int:
    """Width of a shape and the name beside it, in a picture that runs sideways."""
    return min(ICON + 14 + round(CAPITAL * max(map(len, _name(party, runs_down=False)))), SIDE_WIDTH)


def _size(block: Block, runs_down: bool) -> tuple[int, int]:
    """(across, along) of a block. Across includes the gaps to its neighbours."""
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
    """Lines under or beside a shape: the name, shortened if it is long (the list beside the picture has it in
    full), and the note.
    """
    width = DOWN_CHARACTERS if runs_down else SIDE_CHARACTERS
    # Beside a shape, a name and its note share the space.
    most = NAME_LINES if runs_down or not party.note else NAME_LINES - 1
    lines = textwrap.wrap(plain(party.name), width, max_lines=most, placeholder=" …") or [party.id]
    return [*lines, *textwrap.wrap(plain(party.note), width, max_lines=NOTE_LINES, placeholder=" …")]


def shortened(text: str, characters: int) -> str:
    """`text` with its control characters made visible, cut to at most `characters`."""
    whole = plain(text)
    return whole if len(whole) <= characters else whole[: characters - 1].rstrip() + "…"


def shape_of(block: Block, frame: Frame, place: int) -> Shape:
    """The shape of the block at position `place` of the layout."""
    middle, begin = frame.layout.across[place] + MARGIN, frame.begins[int(frame.layout.layer[place])]
    party = block.parties[0]
    if block.is_box:
        return _box(block, frame, middle, begin)
    lines = _name(party, frame.runs_down)
    if frame.runs_down:
        x, y = round(middle - ICON / 2), begin
        placed = tuple((round(middle), y + ICON + LINE * (k + 1), line) for k, line in enumerate(lines))
        return Shape(party, x, y, ICON, ICON, placed, "middle")
    x, y = begin, round(middle - ICON / 2)
    top = round(middle - LINE * len(lines) / 2) + LINE - 3
    placed = tuple((x + ICON + 8, top + LINE * k, line) for k, line in enumerate(lines))
    return Shape(party, x, y, ICON, ICON, placed, "start")


def _box(block: Block, frame: Frame, middle: float, begin: int) -> Shape:
    rows, columns = _grid(len(block.parties), frame.runs_down)
    width, height = columns * BOX_COLUMN + 4, rows * BOX_LINE + 10
    x, y = (round(middle - width / 2), begin) if frame.runs_down else (begin, round(middle - height / 2))
    items = tuple(
        Item(
            x + 8 + (k // rows) * BOX_COLUMN,
            y + BOX_LINE * (k % rows + 1),
            _item(party, text),
            party.kind,
            party.flags_n > 0,
        )
        for k, (party, text) in enumerate(zip(block.parties, block.texts, strict=True))
    )
    return Shape(block.parties[0], x, y, width, height, (), "start", items)


def _item(party: Party, text: str) -> str:
    characters = BOX_CHARACTERS if sum(map(str.isupper, party.name)) > len(party.name) / 2 else BOX_SMALL
    name = shortened(party.name, characters - min(len(text), BOX_SAID) - 1)
    return f"{name} {shortened(text, BOX_SAID)}".strip()
