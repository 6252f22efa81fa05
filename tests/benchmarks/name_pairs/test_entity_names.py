"""Whether two names may be of one entity: invented names, alike and not."""

import random

import pytest

from tests.benchmarks.name_pairs.entity_names import entity_name, may_be_one
from tests.benchmarks.name_pairs.spelling import typing_errors
from transforms.values.vocabulary import vocabulary

ALIKE = [
    ("OOO Zedmark", "Zedmark LLC"),
    ("ТОВ Зедмарк", "Zedmark Limited Liability Company"),
    ("Общество с ограниченной ответственностью «Зедмарк»", "ZEDMARK OOO"),
    ("Zedmark JSC", "Open Joint Stock Company Zedmark"),
    ("Zedmark Aktiengeselschaft", "Zedmark AG"),
    ("Zedmark Sp. z o.o.", "Zedmark"),
    ("株式会社ゼド", "ゼド"),
    ("P.T. Zedmark Abadi", "PT Zedmark Abadi"),
    ("1st Zedmark Bank", "First Zedmark Bank"),
    ("Company Twenty-Seven Zeds", "Zeds Company 27"),
    ("Zedmark Fund II", "Zedmark Fund 2"),
    ("Zedmark Int'l Bank", "International Zedmark Bank"),
    ("Zedmark Mfg. Co.", "Zedmark Manufacturing Company"),
    ("ZTB Inc.", "Zed Trade Bank"),
    ("Van der Zed Ltd", "Vanderzed Limited"),
    ("Zedmark Holding", "Zedmrak Holding"),
    ("Zedmark (Schweiz) AG", "Zedmark (Switzerland) AG"),
    ("Zed & Sons", "Zed and Sons"),
    ("Sia Ltd", "SIA Limited"),
    ("ZedmarkAG", "Zedmark AG"),
    ("Zedmark/Quillfeather Union", "Quill-Feather Union"),
]
DIFFERENT = [
    ("Zedmark Fund II", "Zedmark Fund III"),
    ("Zedmark Fund", "Zedmark Fund II"),
    ("Zedmark Trust 2006-2", "Zedmark Trust 2007-2"),
    ("Zedmark 12 Ltd", "Zedmark 1 2 Ltd"),
    ("Bank of Zed (Iran)", "Bank of Zed (Iraq)"),
    ("Zedmark (France) SARL", "Zedmark (Germany) GmbH"),
    ("Zedmark AG", "Zedmark (Schweiz) AG"),
    ("ZB plc", "ZD plc"),
    ("ZBC Industries", "ZDC Industries"),
    ("Zedmark Systems Ltd", "Zedmark Ltd"),
    ("Zedmark Bank", "Zedmark Trust"),
    ("Zedmark Bank Trust Company", "Zedmark Bank"),
    ("Zedmark Builders", "Zedmark Building"),
    ("Zed Trade Bank", "ZT"),
    ("ZedmarkUK", "Zedmark"),  # no form
    ("Zedmark A/S", "Zedmark T/A Quill"),
    ("Zed/Quillfeather Union", "Quillfeather Union"),  # too short to be a name of its own
    ("Zedmark LLC", "Zedmrak JSC"),  # neither the form nor the spelling
]


@pytest.mark.parametrize(("name", "other"), ALIKE)
def test_may_be_one(name: str, other: str) -> None:
    assert may_be_one(name, other) and may_be_one(other, name), (entity_name(name), entity_name(other))


@pytest.mark.parametrize(("name", "other"), DIFFERENT)
def test_are_two(name: str, other: str) -> None:
    assert not may_be_one(name, other) and not may_be_one(other, name), (
        entity_name(name),
        entity_name(other),
    )


@pytest.mark.parametrize(
    "nothing",
    ["", " . ", "Ltd", "LIMITED", "Co. Ltd.", "OOO", "The", "& Co", "GmbH", "Limited Company Ltd", None],
)
def test_a_form_alone_agrees_with_nothing(nothing: str | None) -> None:
    assert not may_be_one(nothing, nothing)
    assert not any(may_be_one(nothing, other) for pair in ALIKE for other in pair)


def test_reflexive_and_symmetric_on_seeded_names() -> None:
    draw = random.Random(41)
    words = [
        "Zed",
        "Zedmark",
        "Mark",
        "Bank",
        "Trade",
        "II",
        "2",
        "Twenty",
        "Seven",
        "Intl",
        "of",
        "France",
        "ZTB",
        "Zedmrak",
        "LLC",
        "JSC",
        "Ltd",
        "A.",
        "B.",
    ]
    names = [" ".join(draw.choice(words) for _ in range(draw.randint(1, 5))) for _ in range(400)]
    for name, other in zip(names, draw.sample(names, len(names)), strict=True):
        assert may_be_one(name, other) == may_be_one(other, name), f"seed 41: {name} | {other}"
        assert may_be_one(name, name) == bool(entity_name(name).words), f"seed 41: {name}"
    assert sum(may_be_one(name, name) for name in names) > 300


def test_typing_errors_are_bounded_by_length() -> None:
    pairs = [
        ("ZED", "ZEB"),
        ("ZEDS", "ZEDZ"),
        ("ZEDMARK", "ZEDMRAK"),
        ("ZEDMARK", "ZEDMORT"),
        ("ZEDMARKER", "ZADMORKER"),
        ("ZED2", "ZED3"),
    ]
    assert [typing_errors(*pair) for pair in pairs] == [None, 1, 1, None, 2, None]


def test_the_lists_are_of_one_meaning() -> None:
    forms = vocabulary("legal_form_equivalents")
    assert forms["form"].is_unique().all()
    assert set(forms["form_class"]) == {
        "company",
        "stock",
        "limited",
        "limited_partnership",
        "partnership",
        "word",
    } and set(forms["place"]) == {
        "end",
        "either",
    }
    assert (
        vocabulary("name_contractions")["written"].is_unique().all()
        and vocabulary("number_words")["word"].is_unique().all()
    )
