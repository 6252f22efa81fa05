"""Numbers in English words, as they stand in addresses: ONE, TWENTY ONE, ONE HUNDRED AND FIVE, ONE ELEVEN (111), ONE TO THREE.

A run of such words is read as a whole or not at all: half of one is another number.
"""

from __future__ import annotations

# As `vocabulary/number_words.csv` has the cardinals (a test holds the two together): that list is read with a query, which an import may not run.
_ONES = {
    word: number
    for number, word in enumerate(
        ("ONE", "TWO", "THREE", "FOUR", "FIVE", "SIX", "SEVEN", "EIGHT", "NINE"), start=1
    )
}
_TEENS = {
    word: number
    for number, word in enumerate(
        (
            "TEN",
            "ELEVEN",
            "TWELVE",
            "THIRTEEN",
            "FOURTEEN",
            "FIFTEEN",
            "SIXTEEN",
            "SEVENTEEN",
            "EIGHTEEN",
            "NINETEEN",
        ),
        start=10,
    )
}
_TENS = {
    word: 10 * number
    for number, word in enumerate(
        ("TWENTY", "THIRTY", "FORTY", "FIFTY", "SIXTY", "SEVENTY", "EIGHTY", "NINETY"), start=2
    )
}
_BETWEEN = {"TO": "-", "AND": "+"}  # of several numbers, as 1-3 and 1+3 are written

NUMBER_WORDS = _ONES | _TEENS | _TENS
FIRST_WORDS = tuple(NUMBER_WORDS)
_FIRST = "|".join(sorted(FIRST_WORDS, key=len, reverse=True))
# A regular expression of the whole run, with single blanks: what follows a number and belongs to it.
RUN = rf"(?:{_FIRST})(?: (?:{_FIRST}|HUNDRED|POINT|(?:AND|TO) (?:{_FIRST}))\b)*"


def in_digits(run: str) -> str | None:
    """`ONE HUNDRED AND FIVE` as 105, `ONE TO THREE` as 1-3; null where the words are no number under 1000: ONE POINT FIVE, TWO ONE."""
    written, words = "", list[str]()
    for word in run.split():
        if word in _BETWEEN and not (word == "AND" and words[-1:] == ["HUNDRED"]):
            number = _number(words)
            if number is None:
                return None
            written, words = f"{written}{number}{_BETWEEN[word]}", []
        else:
            words.append(word)
    last = _number(words)
    return None if last is None else f"{written}{last}"


def _number(words: list[str]) -> int | None:
    if len(words) > 1 and words[0] in _ONES:
        hundreds = 100 * _ONES[words[0]]
        if words[1] == "HUNDRED":
            rest = words[3:] if words[2:3] == ["AND"] else words[2:]
            below = _below_hundred(rest) if rest else 0
            return None if below is None else hundreds + below
        below = _below_hundred(words[1:])
        return None if below is None or below < 10 else hundreds + below
    return _below_hundred(words)


def _below_hundred(words: list[str]) -> int | None:
    match words:
        case [one]:
            return NUMBER_WORDS.get(one)
        case [ten, one] if ten in _TENS and one in _ONES:
            return _TENS[ten] + _ONES[one]
        case _:
            return None
