"""The elements of a picture: parties and ties as they come in, shapes and lines as they are drawn."""

from dataclasses import dataclass
from typing import Literal

from graphs.drawing.labels import Label

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
class Block:
    """What stands at one place of the layout: a party alone, with its tie to itself if it has one, or the
    parties of a box.
    """

    parties: tuple[Party, ...]
    texts: tuple[str, ...]
    is_box: bool
    loop: Tie | None = None
