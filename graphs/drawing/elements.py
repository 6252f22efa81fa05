"""The elements of a picture: parties and ties as input, shapes and lines as output.

Many parties whose only tie is to the same other party are listed by name in a box.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from graphs.drawing.labels import Label
from transforms.language import translated

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
    "directed_set",
    "award",
    "flow_pattern",
]


TieKind = Literal["ownership", "control", "property", "address", "permit", "money", "loan", "award"]


@dataclass(frozen=True)
class Party:
    """A party of the picture: its `name` as shown, and `note`, the text under the name.

    `flags_n`: the number of its own flags. `is_context`: not a member of the case, but shown because it is
    above a member. `is_subject`: the party that the page is about; it has a second outline and is never in a
    box. `may_be_listed`: possibly on a watch list; its note says so, and therefore it is never in a box.
    """

    id: str
    kind: Kind
    name: str
    note: str = ""
    flags_n: int = 0
    is_context: bool = False
    is_subject: bool = False
    may_be_listed: bool = False


@dataclass(frozen=True)
class Tie:
    """A tie from holder to held. `owns` and `controls` are its labels. A tie that is certain and has not
    ended is drawn solid, any other dashed.

    `is_certain` is about the share or right only. `is_identified`: the holder's identity is confirmed;
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
    """A line of a box. Coordinates are CSS pixels here and below."""

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
    items: tuple[Item, ...] = ()


@dataclass(frozen=True)
class Line:
    """A drawn tie with its labels. `path` and `arrow`, the arrow head, are SVG path data."""

    tie: Tie
    path: str
    arrow: str
    labels: tuple[Label, ...]


@dataclass(frozen=True)
class Picture:
    """A drawn picture. `width`, `height` in CSS pixels. `runs_down`: the layers are below each other;
    otherwise side by side.
    """

    width: int
    height: int
    shapes: tuple[Shape, ...]
    lines: tuple[Line, ...]
    runs_down: bool = True


@dataclass(frozen=True)
class Block:
    """One node of the layout: a single party, with its tie to itself if it has one, or the parties of a box.
    `texts`: for each party, its label in the box.
    """

    parties: tuple[Party, ...]
    texts: tuple[str, ...]
    is_box: bool
    loop: Tie | None = None


BOX_MIN = 7  # own: at least this many parties whose only tie is to the same party are put in a box
NOT_IDENTIFIED = "(?)"  # at the end of a line of a box, if the holder's identity is not confirmed


def blocks_of(
    known: Mapping[str, Party], ties: Sequence[Tie], loops: Mapping[str, Tie]
) -> tuple[list[Block], dict[str, int], list[Tie]]:
    """The blocks, the block of each party, and the ties to draw: one for all parties of a box. A party that
    holds itself is never in a box, nor is the subject, nor a party that may be on a watch list.
    """
    ends: dict[str, list[Tie]] = {party: [] for party in known}
    for tie in ties:
        ends[tie.from_id].append(tie)
        ends[tie.to_id].append(tie)
    hanging: dict[tuple[str, bool, str], list[str]] = {}
    for party, its in ends.items():
        stands_alone = party in loops or known[party].is_subject or known[party].may_be_listed
        if len(its) == 1 and not stands_alone:
            other = its[0].to_id if its[0].from_id == party else its[0].from_id
            if len(ends[other]) > 1:
                hanging.setdefault((other, its[0].from_id == party, its[0].kind), []).append(party)
    boxed = [members for members in hanging.values() if len(members) >= BOX_MIN]
    in_box = {party for members in boxed for party in members}
    blocks = [
        Block((party,), ("",), False, loops.get(party.id))
        for party in known.values()
        if party.id not in in_box
    ]
    blocks += [
        Block(
            tuple(known[party] for party in members),
            tuple(_box_text(ends[party][0]) for party in members),
            True,
        )
        for members in boxed
    ]
    at = {party.id: place for place, block in enumerate(blocks) for party in block.parties}
    drawn = [tie for tie in ties if tie.from_id not in in_box and tie.to_id not in in_box]
    return blocks, at, drawn + [_together([ends[party][0] for party in members]) for members in boxed]


def _box_text(tie: Tie) -> str:
    text = ", ".join(part for part in (tie.owns, tie.controls) if part)
    certain = text if tie.is_certain or tie.has_ended else f"{text} {translated('possible')}"
    return (certain if tie.is_identified else f"{certain} {NOT_IDENTIFIED}").strip()


def _together(ties: Sequence[Tie]) -> Tie:
    """The one tie of a box. It has no labels, because the lines of the box have them."""
    solid = [tie for tie in ties if tie.is_solid]
    return replace(
        ties[0],
        is_certain=bool(solid),
        is_identified=any(tie.is_identified for tie in solid or ties),
        has_ended=False,
        owns="",
        controls="",
    )
