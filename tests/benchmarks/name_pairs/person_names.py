"""Whether two names may be of one natural person: for candidates and for measuring.

Screening has a bar of its own (`name_parts.Agreement.is_whole`).

Whatever agrees whole may be one. So may names that differ by initials (`A. Zedova`, `JC Zedova`), by what is
written together (`AnnaZedova`), by a short form (`vocabulary/short_forenames.csv`), a digit in place of a
letter, or one typing error by length of the word. Two forenames of the census list that are no short forms of
each other are two names, and a last A that only one has tells a woman's name from a man's. Own method.
"""

import re
from collections.abc import Sequence

from tests.benchmarks.name_pairs.spelling import typing_errors
from transforms.resolution.lists.name_parts import (
    PARTS_MIN,
    agreement,
    forenames,
    initials_of,
    is_short_form,
    part_similarity,
    parts_of,
)

MONONYM_MIN = 6  # (own) letters from which a name of one word may be compared
JOINED_MIN = 10  # (own) letters of a whole name without blanks, from which it may have a typing error
FULL_MIN = 4  # (own) letters of the one full part that stands beside an initial
INITIALS_MAX = 3  # letters of a word that may be initials
RUN_MAX = 3  # words that may be one part
ERRORS_MAX = 1  # (own) parts of a name with a typing error
_MISREAD = str.maketrans("01358", "OIESB")  # digits that stand for the letter they look like
_MIXED = re.compile(r"\w*[^\W\d]\w*")


def may_be_one_person(name: str | None, other: str | None) -> bool:
    """Whether two names may be of one person. Symmetric; False where one has no full part."""
    one, two = sorted(
        (_read(name or ""), _read(other or "")), key=lambda text: (len(parts_of(text)), parts_of(text), text)
    )
    parts, others = parts_of(one), parts_of(two)
    if not parts or not others:
        return False
    if agreement(one, two).is_whole:
        return True
    if initials_of(one) and initials_of(two) and not set(initials_of(one)) & set(initials_of(two)):
        return False
    if len(parts) == len(others) == 1:
        return _is_mononym(parts[0], others[0]) and not initials_of(one) and not initials_of(two)
    together, other_together = "".join(parts), "".join(others)
    if (
        len(parts) != len(others)
        and min(len(together), len(other_together)) >= JOINED_MIN
        and typing_errors(together, other_together) == 1
    ):
        return True
    return _are_paired(parts, others, initials_of(one), initials_of(two))


def _read(text: str) -> str:
    return _MIXED.sub(lambda word: word[0].translate(_MISREAD), text)


def _is_mononym(part: str, other: str) -> bool:
    return min(len(part), len(other)) >= MONONYM_MIN and (
        part_similarity(part, other) > 0 or _is_misspelt(part, other)
    )


def _are_paired(
    parts: Sequence[str], others: Sequence[str], initials: Sequence[str], other_initials: Sequence[str]
) -> bool:
    """Every part of the shorter name has its own in the longer, best ones first, or the other way round where
    words are joined; initials last.
    """
    left, left_other, agreed = list(parts), list(others), 0
    full = 0
    errors = 0
    for pairing in (str.__eq__, _is_variant, is_short_form, _is_misspelt):
        for part in tuple(left):
            if (same := next((each for each in left_other if pairing(part, each)), None)) is None or (
                pairing is _is_misspelt and errors == ERRORS_MAX
            ):
                continue
            left.remove(part)
            left_other.remove(same)
            agreed += 1
            errors += pairing is _is_misspelt
            full += min(len(part), len(same)) >= FULL_MIN
    left, left_other, joined = _without_runs(left, left_other)
    left_other, left, joined_other = _without_runs(left_other, left)
    letters, letters_other = _taken(initials, left_other), _taken(other_initials, left)
    if letters is None or letters_other is None:
        return False
    stood_for = letters + letters_other
    whole = agreed + joined + joined_other
    return not (left and left_other) and whole + stood_for >= PARTS_MIN and (whole >= PARTS_MIN or full > 0)


def _taken(initials: Sequence[str], left: list[str]) -> int | None:
    """How many parts left the initials stand for, which are taken off; None where parts are left and none
    begins so.
    """
    taken_n = 0
    had = bool(left)
    for letter in initials:
        if (part := next((part for part in left if part[0] == letter), None)) is not None:
            left.remove(part)
            taken_n += 1
    return None if initials and had and not taken_n else taken_n


def _without_runs(words: Sequence[str], others: Sequence[str]) -> tuple[list[str], list[str], int]:
    """Words taken off that the other name writes apart, or of which they are the initials; and how many."""
    left, left_other = [], list(others)
    for word in words:
        runs = [
            slice(start, start + words_n)
            for words_n in range(2, RUN_MAX + 1)
            for start in range(len(left_other) - words_n + 1)
        ]
        run = next((run for run in runs if _stands_for(word, left_other[run])), None)
        if run is None:
            left.append(word)
        else:
            del left_other[run]
    return left, left_other, len(words) - len(left)


def _stands_for(word: str, run: Sequence[str]) -> bool:
    return word == "".join(run) or (
        len(word) == len(run) <= INITIALS_MAX
        and all(letter == part[0] for letter, part in zip(word, run, strict=True))
    )


def _is_variant(part: str, other: str) -> bool:
    return part_similarity(part, other) > 0


def _is_misspelt(part: str, other: str) -> bool:
    are_two = {part, other} <= forenames() or part.endswith("A") != other.endswith("A")
    return not are_two and typing_errors(part, other) is not None
