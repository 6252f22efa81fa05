"""Labels of an ownership picture: beside their own line, inside the picture, apart, and marked where another
line runs below them.
"""

import random
import re

import pytest

from graphs.drawing.elements import Line, Party, Picture, Tie
from graphs.drawing.labels import Extent, Point, extent, meet
from graphs.drawing.picture import draw

SEEDS = range(12)
SLACK = 2.0  # pixels: places and ways are rounded


def drawn(seed: int, n: int) -> Picture:
    """Parties of which each but the first is held by an earlier one, some of them twice, with opposite ties
    and labels of any length among them.
    """
    draw_from = random.Random(seed)
    ends = {(draw_from.randrange(max(0, k - 8), k), k) for k in range(1, n)} | {
        (draw_from.randrange(n), draw_from.randrange(n)) for _ in range(n // 4)
    }
    labels = ("60 %", "more than 25 to 50 %", "", "jointly 75–100 %")
    ties = [
        Tie(
            f"p{a:03d}",
            f"p{b:03d}",
            "ownership",
            True,
            draw_from.choice(labels),
            draw_from.choice(("controls", "votes 75–100 %", "")),
        )
        for a, b in sorted(ends)
    ]
    return draw(
        [Party(f"p{k:03d}", "legal_entity", f"PARTY NUMBER {k} LIMITED", "GB") for k in range(n)], ties
    )


def course(line: Line) -> list[Point]:
    """Points of a path, pieces read from its data."""
    points: list[Point] = []
    for letter, text in re.findall(r"([MLC])([0-9 ]+)", line.path):
        figures = [float(figure) for figure in text.split()]
        corners = list(zip(figures[::2], figures[1::2], strict=True))
        if letter == "M":
            points.append(corners[0])
            continue
        (ax, ay), (zx, zy) = points[-1], corners[-1]
        for k in range(1, 201):
            t = k / 200
            if letter == "L":
                points.append((ax + (zx - ax) * t, ay + (zy - ay) * t))
            else:
                (bx, by), (cx, cy) = corners[0], corners[1]
                weights = (1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3
                points.append(
                    (
                        sum(w * x for w, x in zip(weights, (ax, bx, cx, zx), strict=True)),
                        sum(w * y for w, y in zip(weights, (ay, by, cy, zy), strict=True)),
                    )
                )
    return points


def runs_through(points: list[Point], one: Extent, slack: float) -> bool:
    left, top, right, bottom = one
    return any(left + slack < x < right - slack and top + slack < y < bottom - slack for x, y in points)


@pytest.mark.sample(7)
@pytest.mark.parametrize("n", [3, 12, 40])
@pytest.mark.parametrize("seed", SEEDS)
def test_no_label_stands_on_its_own_line_and_one_on_another_line_says_so(seed: int, n: int) -> None:
    lines = [line for line in drawn(seed, n).lines if line.tie.from_id != line.tie.to_id]
    ways = [course(line) for line in lines]
    for k, line in enumerate(lines):
        for label in line.labels:
            assert not runs_through(ways[k], extent(label), SLACK), f"seed {seed}, {n} parties: {label}"
            if not label.crosses:
                assert not any(
                    runs_through(way, extent(label), SLACK) for j, way in enumerate(ways) if j != k
                ), f"seed {seed}, {n} parties: {label}"


@pytest.mark.sample(5)
@pytest.mark.parametrize("n", [3, 12, 40, 300])
@pytest.mark.parametrize("seed", SEEDS[:4])
def test_every_label_is_whole_inside_the_picture(seed: int, n: int) -> None:
    picture = drawn(seed, n)
    for left, top, right, bottom in (extent(label) for line in picture.lines for label in line.labels):
        assert left >= 0 and top >= 0 and right <= picture.width and bottom <= picture.height, (
            f"seed {seed}, {n} parties"
        )


@pytest.mark.parametrize(("n", "meeting_most"), [(3, 0), (12, 0), (40, 1)])
@pytest.mark.parametrize("seed", SEEDS)
def test_labels_stand_apart(seed: int, n: int, meeting_most: int) -> None:
    """In a tangle of forty there may be a label that has no free place along its line."""
    extents = [extent(label) for line in drawn(seed, n).lines for label in line.labels]
    assert sum(meet(one, other) for k, one in enumerate(extents) for other in extents[:k]) <= meeting_most, (
        f"seed {seed}, {n} parties"
    )


def test_labels_of_many_ties_of_one_holder_stand_each_at_what_is_held() -> None:
    ties = [Tie("a", f"b{k}", "ownership", True, "75–100 %", "controls") for k in range(10)] + [
        Tie(f"b{k}", "c", "address", True) for k in range(10)
    ]
    parties = [
        Party(party, "legal_entity", f"{party} LIMITED")
        for party in ("a", "c", *(f"b{k}" for k in range(10)))
    ]
    picture = draw(parties, ties)
    heads = {shape.party.id: shape.y + shape.height / 2 for shape in picture.shapes}
    assert not picture.runs_down
    for line in picture.lines:
        assert all(abs(label.y - heads[line.tie.to_id]) < 20 and not label.crosses for label in line.labels)


@pytest.mark.parametrize("names", [("a", "b"), ("b", "a")])
def test_of_two_that_hold_each_other_labels_stand_outside_of_both_ties(names: tuple[str, str]) -> None:
    one, other = names
    picture = draw(
        [Party("a", "legal_entity", "A"), Party("b", "legal_entity", "B")],
        [
            Tie(one, other, "ownership", True, "75–100 %", "controls"),
            Tie(other, one, "ownership", True, "25–50 %"),
        ],
    )
    left, right = sorted(picture.lines, key=lambda line: sum(x for x, _ in course(line)) / len(course(line)))
    assert {label.anchor for label in left.labels} == {"end"} and {
        label.anchor for label in right.labels
    } == {"start"}
    assert max(extent(label)[2] for label in left.labels) <= min(x for x, _ in course(left)) + SLACK
    assert min(extent(label)[0] for label in right.labels) >= max(x for x, _ in course(right)) - SLACK
