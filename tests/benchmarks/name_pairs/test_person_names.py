"""Whether two names may be of one person: invented names, alike and not."""

import random

import pytest

from tests.benchmarks.name_pairs.person_names import may_be_one_person
from transforms.resolution.lists.name_parts import agreement


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("A. Zedovich", "Anton Zedovich"),
        ("J.-C. Zedovich", "Jean-Claude Zedovich"),
        ("JC Zedovich", "Jean-Claude Zedovich"),
        ("AntonZedovich", "Anton Zedovich"),
        ("AntnZedovich", "Anton Zedovich"),
        ("Anton Zedo vich", "Anton Petrovich Zedovich"),
        ("Bill Zedovich", "William Zedovich"),
        ("Ant0n Zed0vich", "Anton Zedovich"),
        ("Anton Zedovihc", "Anton Zedovich"),
        ("Антон Зедович", "Zedovich, Anton"),
        ("Zedovitch", "Zedovich"),
        ("Ben Zedovich", "Benjamin Zedovich"),  # BEN before two parts and more is a particle
        ("Sergejs Zedovs", "Sergey Zedov"),  # Latvian endings
        ("Zedovich, Anton G.", "Anton G Zedovich"),
    ],
)
def test_may_be_one(name: str, other: str) -> None:
    assert may_be_one_person(name, other) and may_be_one_person(other, name)


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("B. Zedovich", "Anton Zedovich"),
        ("A. Zed", "Anton Zedovich"),
        ("Zedovich", "Anton Zedovich"),
        ("Frank Zedovich", "Fred Zedovich"),
        ("Mary Zedovich", "Mark Zedovich"),  # two names of the census list, one letter apart
        ("Anton Zedov", "Antona Zedova"),
        ("Kim Zed Min", "Kim Zeb Min"),  # a short word has no typing error
        ("Antom Zedovihc", "Anton Zedovich"),  # two words with an error
        ("Anton Zedovich", "Anton Zadowski"),
        ("Zedovich, Anton G.", "Anton W Zedovich"),
        ("Ben Zedovich", "Al Zedovich"),
        ("A. Z.", "Anton Zedovich"),
        ("", ""),
        (".", "Anton Zedovich"),
    ],
)
def test_are_two(name: str, other: str) -> None:
    assert not may_be_one_person(name, other) and not may_be_one_person(other, name)


def test_symmetric_reflexive_and_no_stricter_than_screening() -> None:
    draw = random.Random(43)
    words = [
        "Anton",
        "Antom",
        "A.",
        "JC",
        "Zedovich",
        "Zedovitch",
        "Bill",
        "William",
        "Zedo",
        "Vich",
        "Jean",
        "Claude",
        "bin",
        "Anna",
        "Ann",
    ]
    names = [" ".join(draw.choice(words) for _ in range(draw.randint(1, 4))) for _ in range(500)]
    for name, other in zip(names, draw.sample(names, len(names)), strict=True):
        assert may_be_one_person(name, other) == may_be_one_person(other, name), f"seed 43: {name} | {other}"
        assert may_be_one_person(name, other) >= agreement(name, other).is_whole, f"seed 43: {name} | {other}"
        assert may_be_one_person(name, name) >= agreement(name, name).is_whole, f"seed 43: {name}"
    assert sum(may_be_one_person(name, name) for name in names) > 250
