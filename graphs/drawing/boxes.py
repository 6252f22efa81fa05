"""Parties that have only one and the same other party are listed by name in a box."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from graphs.drawing.elements import Block, Party, Tie

BOX_MIN = 7  # from so many parties that hang on one other only they are listed
NOT_IDENTIFIED = "(?)"  # after a line of a box


def blocks_of(
    known: Mapping[str, Party], ties: Sequence[Tie], loops: Mapping[str, Tie]
) -> tuple[list[Block], dict[str, int], list[Tie]]:
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
    certain = text if tie.is_certain or tie.has_ended else f"{text} possible"
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
