"""Numbers in words are read whole, or not at all."""

from __future__ import annotations

import re

import pytest

from transforms.values.spelled_numbers import FIRST_WORDS, NUMBER_WORDS, RUN, in_digits
from transforms.values.vocabulary import vocabulary


def spelled(number: int) -> str:
    """An oracle: the words of a number under 1000 with AND after the hundred."""
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    below = (
        [FIRST_WORDS[rest - 1]]
        if 0 < rest < 20
        else [*([FIRST_WORDS[17 + tens]] if tens else []), *([FIRST_WORDS[ones - 1]] if ones else [])]
    )
    return " ".join(
        [
            *([FIRST_WORDS[hundreds - 1], "HUNDRED"] if hundreds else []),
            *(["AND"] if hundreds and rest else []),
            *below,
        ]
    )


def test_every_number_under_a_thousand_is_read() -> None:
    numbers = range(1, 1000)
    assert [in_digits(spelled(number)) for number in numbers] == [str(number) for number in numbers]
    assert [in_digits(spelled(number).replace("AND ", "")) for number in numbers] == [
        str(number) for number in numbers
    ]
    assert spelled(342) == "THREE HUNDRED AND FORTY TWO"


@pytest.mark.parametrize(
    ("words", "number"),
    [
        ("ONE ELEVEN", "111"),
        ("TWO TWENTY FIVE", "225"),
        ("ONE TO THREE", "1-3"),
        ("ONE AND THREE", "1+3"),
        ("TWO ONE", None),
        ("ONE POINT FIVE", None),
        ("TEN HUNDRED", None),
        ("TWENTY TEN", None),
    ],
)
def test_a_run_of_number_words_is_read_whole_or_not_at_all(words: str, number: str | None) -> None:
    assert in_digits(words) == number


@pytest.mark.parametrize(
    ("text", "run"),
    [
        ("ONE HUNDRED AND ONE HIGH STREET", "ONE HUNDRED AND ONE"),
        ("ONE HUNDRED HOUSE", "ONE HUNDRED"),
        ("TWENTY ONE TO TEN", "TWENTY ONE TO TEN"),
        ("ONE AND ALL HOUSE", "ONE"),
        ("ONE TO ONE LTD", "ONE TO ONE"),
        ("SEVENTEEN A", "SEVENTEEN"),
        ("ONE POINT FIVE", "ONE POINT FIVE"),
    ],
)
def test_a_run_ends_where_no_word_of_a_number_follows(text: str, run: str) -> None:
    found = re.match(RUN, text)
    assert found is not None and found[0] == run


def test_the_numerals_are_those_of_the_vocabulary() -> None:
    """Which has the cardinal of a number before its ordinal."""
    listed = vocabulary("number_words").unique("number", keep="first", maintain_order=True)
    assert {word: int(number) for word, number in listed.select("word", "number").iter_rows()} == NUMBER_WORDS
