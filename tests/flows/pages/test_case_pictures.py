"""Pictures of a case: everybody is in them once, and texts are clear of each other."""

import random
import re

import pytest

from flows.facts.case.parties import UNSPECIFIED_WORDS
from graphs.drawing.elements import Party, Picture, Tie
from graphs.drawing.labels import CHARACTER, Label
from graphs.drawing.picture import draw
from tests.flows.pages.case_releases import PERSON
from transforms.language import in_language
from transforms.model.languages import Language


def made(n: int, seed: int = 1) -> tuple[list[Party], list[Tie]]:
    draw_from = random.Random(seed)
    parties = [
        Party(
            f"p{k:03d}",
            "person" if k < n // 8 else "legal_entity",
            f"PARTY NUMBER {k} LIMITED",
            "GB",
            int(k % 9 == 0),
        )
        for k in range(n)
    ]
    ends = {(draw_from.randrange(max(0, k - 40), k), k) for k in range(1, n)} | {
        (draw_from.randrange(n), draw_from.randrange(n)) for _ in range(n // 3)
    }
    return parties, [
        Tie(f"p{a:03d}", f"p{b:03d}", "ownership", a % 3 > 0, "25–50 %", "votes 75–100 %")
        for a, b in sorted(ends)
    ]


def shown(picture: Picture) -> list[str]:
    return [shape.party.id for shape in picture.shapes if not shape.items] + [
        item.text for shape in picture.shapes for item in shape.items
    ]


@pytest.mark.sample(1)
@pytest.mark.parametrize("n", [1, 3, 30, 300])
def test_pictures_of_every_size_show_everybody_once_and_apart(n: int) -> None:
    parties, ties = made(n)
    picture = draw(parties, ties)
    assert len(shown(picture)) == n
    boxes = [(shape.x, shape.y, shape.x + shape.width, shape.y + shape.height) for shape in picture.shapes]
    assert all(
        left >= 0 and top >= 0 and right <= picture.width and bottom <= picture.height
        for left, top, right, bottom in boxes
    )
    overlapping = [
        (k, j)
        for k, one in enumerate(boxes)
        for j, other in enumerate(boxes[:k])
        if one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
    ]
    assert overlapping == []
    assert all(
        re.fullmatch(r"[MLCZ0-9 ]+", line.path) and re.fullmatch(r"[MLCZ0-9 ]+", line.arrow)
        for line in picture.lines
    )
    assert picture == draw(parties[::-1], ties[::-1])


def test_many_that_hang_on_one_are_listed_each_by_name() -> None:
    parties = [
        Party("h", "legal_entity", "HOLDER LTD"),
        Party("o", "person", PERSON),
        *(Party(f"t{k:03d}", "title", f"{k} Wharf Road", flags_n=k % 2) for k in range(250)),
    ]
    ties = [
        Tie("o", "h", "ownership", True, "60 %"),
        *(Tie("h", f"t{k:03d}", "property", True, "since 2020") for k in range(250)),
    ]
    picture = draw(parties, ties)
    [box] = [shape for shape in picture.shapes if shape.items]
    assert [item.text for item in box.items] == [f"{k} Wharf Road since 2020" for k in range(250)]
    assert sum(item.is_flagged for item in box.items) == 125
    assert len(picture.lines) == 2 and picture.runs_down


type Extent = tuple[float, float, float, float]  # left, top, right, bottom


def extent(label: Label) -> Extent:
    width = CHARACTER * len(label.text)
    left = label.x - {"start": 0.0, "middle": width / 2, "end": width}[label.anchor]
    return left, label.y - 11, left + width, label.y + 3


def meet(one: Extent, other: Extent) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


@pytest.mark.parametrize(("language", "words"), [("en", "holds itself"), ("nl", "houdt zichzelf")])
def test_parties_that_hold_each_other_and_themselves(language: Language, words: str) -> None:
    with in_language(language):
        picture = draw(
            [Party("a", "legal_entity", "A"), Party("b", "legal_entity", "B")],
            [
                Tie("a", "b", "ownership", True, "1 %"),
                Tie("b", "a", "ownership", True, "2 %"),
                Tie("a", "a", "ownership", True, "3 %"),
            ],
        )
    assert len({line.path for line in picture.lines}) == 3
    [loop] = [line for line in picture.lines if line.tie.from_id == line.tie.to_id]
    assert [label.text for label in loop.labels] == [words, "3 %"]


@pytest.mark.parametrize("others_n", [1, 12])
def test_an_arc_back_to_its_party_stands_inside_the_picture_clear_of_other_texts(others_n: int) -> None:
    """In both directions: with twelve owned companies the picture runs sideways, and who holds itself is in
    no box.
    """
    names = [chr(ord("b") + k) for k in range(others_n)]
    ties = [Tie("a", name, "ownership", True, "60 %") for name in names] + [
        Tie(name, name, "control", True, "jointly 25–50 %", "votes 75–100 %") for name in names
    ]
    picture = draw(
        [
            Party("a", "person", "A B C D E F G H I J K L M N O P", "a note"),
            *(Party(name, "legal_entity", f"{name} LIMITED " * 9) for name in names),
        ],
        ties,
    )
    assert picture.runs_down is (others_n == 1) and not any(shape.items for shape in picture.shapes)
    loops = [line for line in picture.lines if line.tie.from_id == line.tie.to_id]
    assert len(loops) == others_n and all(
        re.fullmatch(r"[MLCZ0-9 ]+", line.path + line.arrow) for line in loops
    )
    extents = [extent(label) for line in loops for label in line.labels]
    assert all(
        min(left, top) >= 0 and right <= picture.width and bottom <= picture.height
        for left, top, right, bottom in extents
    )
    anchors = [(shape.anchor, line) for shape in picture.shapes for line in shape.lines]
    written = extents + [extent(Label(x, y, anchor, text)) for anchor, (x, y, text) in anchors]
    assert not [
        (one, other)
        for k, one in enumerate(extents)
        for j, other in enumerate(written)
        if j != k and meet(one, other)
    ]


def test_ownership_stands_left_and_control_right_of_a_tie() -> None:
    picture = draw(
        [Party("a", "person", "A"), Party("b", "legal_entity", "B")],
        [Tie("a", "b", "ownership", True, "60 %", "votes 60 %")],
    )
    left, right = picture.lines[0].labels
    assert (left.anchor, left.text, right.anchor, right.text) == (
        "end",
        "60 %",
        "start",
        "votes 60 %",
    ) and left.x < right.x


@pytest.mark.parametrize("others_n", [1, 12])
def test_what_is_said_of_an_unknown_holder_is_whole_in_both_directions(others_n: int) -> None:
    companies = [Party(f"c{k}", "legal_entity", f"{k} LIMITED", "GB") for k in range(others_n)]
    for phrase in UNSPECIFIED_WORDS.values():
        unknown = [Party(f"u{k}", "unknown", phrase, is_context=True) for k in range(others_n)]
        picture = draw(
            [*companies, *unknown], [Tie(f"u{k}", f"c{k}", "ownership", False) for k in range(others_n)]
        )
        assert picture.runs_down is (others_n == 1)
        for shape in picture.shapes:
            assert shape.party.kind != "unknown" or " ".join(line for _, _, line in shape.lines) == phrase


def test_a_label_right_of_the_last_tie_is_not_cut() -> None:
    picture = draw(
        [Party("a", "person", "A"), Party("b", "legal_entity", "B")],
        [Tie("a", "b", "control", True, "", "may control together with others")],
    )
    [label] = picture.lines[0].labels
    assert label.text == "may control together with others" and extent(label)[2] <= picture.width
