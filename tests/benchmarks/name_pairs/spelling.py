"""Words that may be one word with a typing error.

For candidates only: such a word is a reason to look, never to merge.
"""

from rapidfuzz.distance import OSA

# (own) Letters of the shorter word, and errors allowed from there on: one letter in three makes another word,
# one in five seldom does.
ERRORS_BY_LENGTH = ((9, 2), (4, 1))


def errors_max(letters_n: int) -> int:
    """Typing errors allowed in a word of so many letters."""
    return next((errors for length, errors in ERRORS_BY_LENGTH if letters_n >= length), 0)


def typing_errors(word: str, other: str) -> int | None:
    """Errors between two words: letters missing, too many, other ones, or two exchanged; None where there are
    more than its length allows.

    A word with a digit has no errors: numbers tell parties apart. Method: optimal string alignment
    (rapidfuzz).
    """
    if word == other:
        return 0
    allowed = (
        0 if any(letter.isdigit() for letter in word + other) else errors_max(min(len(word), len(other)))
    )
    distance = OSA.distance(word, other, score_cutoff=allowed)
    return distance if distance <= allowed else None
