"""Whether two names may be of one entity: for candidates and for measuring, never for merging
(`transforms.values.names.NAME_AGREEMENT_MIN` is the bar for that).

    OOO Zedmark, Zedmark LLC, ТОВ Зедмарк     →  may be one: the form is another word for the same kind
    Zedmark Fund II, Zedmark Fund III         →  two: numbers tell companies apart
    Zed Trade Bank, ZTB                       →  may be one: three initials or more

Method (own). Letters of other scripts to Latin ones (anyascii). Forms are taken off either end: GLEIF's of
every country, and those of `vocabulary/legal_form_equivalents.csv`, which says the class of a form. Of the
words that are left each must have its own in the other name, in any order: equal, written together, as
initials, or with as few typing errors as its length allows. A number or a place has no typing errors.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import permutations

from tests.benchmarks.name_pairs.spelling import typing_errors
from transforms.resolution.lists.name_parts import latin
from transforms.values.names import ROMAN
from transforms.values.vocabulary import lookup, vocabulary

FORM_WORDS_MAX = 6
LONG_FORM = 10  # (own) letters from which a form is no name: it may stand first, and with one typing error
# (own) letters; shorter ones of 86 countries are initials more often than forms, except those the equivalents
# name
GLEIF_FORM_MIN = 3
ANY_COMPANY = "company"  # LTD, INC, CO: any kind of company, so it contradicts none
A_WORD = "word"  # GLEIF lists it, and it says what the body is: BANK, TRUST
ERRORS_MAX = 2  # (own) typing errors in a whole name
RUN_MAX = 4  # words that may be written as one
ACRONYM_MIN = 3  # letters
JOINED_MIN = 8  # (own) letters of a whole name without blanks, from which it may have a typing error
SLASHED_MIN = (
    6  # (own) letters on either side of a slash from which both sides are names: A/S, T/A and 24/7 are none
)
PLACE_MIN = 4  # letters; shorter ones are codes
JOINING = frozenset(
    ("AND", "OF", "THE", "UND", "ET", "EN")
)  # words that join words, in the languages of the registers read
_POSSESSIVE = re.compile(r"['’`´]S\b")
_ORDINAL = re.compile(r"([0-9]+)(?:ST|ND|RD|TH)")
_GLUED = re.compile(r"\b([^\W\d_]+[^\W\d_A-Z])([A-Z]{2,5})\b")  # ZedbergAG
_UNSPACED = re.compile(
    r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af㈱]"
)  # scripts in which a form stands beside the name without a blank


@dataclass(frozen=True)
class EntityName:
    """What is compared: `words` of the core in one spelling, and the classes of the forms that were taken
    off.
    """

    words: tuple[str, ...]
    classes: frozenset[str]


def may_be_one(name: str | None, other: str | None) -> bool:
    """Whether two names may be of one entity. Symmetric; False where one has nothing but a form."""
    return any(_may_be_one(one, two) for one in _names_in(name or "") for two in _names_in(other or ""))


def _names_in(text: str) -> tuple[str, ...]:
    """The name, and both of two names that are written with a slash between them."""
    sides = text.split("/")
    are_names = len(sides) == 2 and all(
        sum(letter.isalpha() for letter in side) >= SLASHED_MIN for side in sides
    )
    return (text, *sides) if are_names else (text,)


def _may_be_one(name: str, other: str) -> bool:
    one, two = sorted((entity_name(name), entity_name(other)), key=lambda each: (len(each.words), each.words))
    if not one.words or not two.words:
        return False
    if one.classes and two.classes and not one.classes & two.classes:
        return "".join(one.words) == "".join(two.words) and _numbers(one.words) == _numbers(two.words)
    return _numbers(one.words) == _numbers(two.words) and _are_alike(one.words, two.words)


@lru_cache(maxsize=1 << 16)
def entity_name(name: str) -> EntityName:
    """The name's core and the classes of its forms; no words where it has nothing but a form."""
    words, classes = _without_forms(_spelled(name))
    kept = [word for word in words if word not in JOINING]
    numbered = [
        _numeral(word, at_end=bool(place) and place == len(kept) - 1, is_first=place == 0)
        for place, word in enumerate(kept)
    ]
    return EntityName(tuple(_compound_numbers(numbered)), frozenset(classes - {ANY_COMPANY}))


# --- words ----------------------------------------------------------------------------------------


def _spelled(name: str) -> list[str]:
    """Words in Latin capitals, single letters in a row as one word, contractions in full."""
    apart = (
        _unspaced_forms().sub(r" \1 ", name)
        if _UNSPACED.search(name)
        else _GLUED.sub(_apart_from_a_form, name)
    )
    letters = _POSSESSIVE.sub("", apart.upper()).replace("&", " AND ").replace("+", " AND ")
    words = _initials_joined(latin(re.sub(r"\.(?=\w{2})", " ", letters)).split())
    contractions = lookup("name_contractions", "written", "word")
    return [contractions.get(word, word) for word in words]


def _apart_from_a_form(word: re.Match[str]) -> str:
    return f"{word[1]} {word[2]}" if _class_of(word[2], begins=False) is not None else word[0]


def _initials_joined(words: Sequence[str]) -> list[str]:
    joined: list[str] = []
    is_run = False
    for word in words:
        is_letter = len(word) == 1 and word.isalpha()
        if is_letter and is_run:
            joined[-1] += word
        else:
            joined.append(word)
        is_run = is_letter
    return joined


def _numeral(word: str, *, at_end: bool, is_first: bool) -> str:
    """A number word, an ordinal or a Roman number as digits; a single Roman letter only at the end."""
    if (number := lookup("number_words", "word", "number").get(word)) is not None:
        return number
    if ordinal := _ORDINAL.fullmatch(word):
        return ordinal[1]
    is_roman = word in ROMAN and not is_first and (len(word) > 1 or at_end)
    return str(ROMAN[word]) if is_roman else word


def _compound_numbers(words: Sequence[str]) -> list[str]:
    """FORTY FOUR, read as 40 and 4, is 44."""
    numbers: list[str] = []
    for word in words:
        if numbers and re.fullmatch("[2-9]0", numbers[-1]) and re.fullmatch("[1-9]", word):
            numbers[-1] = str(int(numbers[-1]) + int(word))
        else:
            numbers.append(word)
    return numbers


def _numbers(words: Sequence[str]) -> list[str]:
    return sorted(word for word in words if any(letter.isdigit() for letter in word))


@cache
def _places() -> Mapping[str, str]:
    """Country or its part as one word → code; towns and districts stand for themselves."""
    countries = lookup("countries", "key", "code")
    return {spelling: spelling for spelling in vocabulary("areas")["spelling"]} | countries


def _place(word: str) -> str | None:
    return _places().get(word) if len(word) >= PLACE_MIN else None


# --- forms ----------------------------------------------------------------------------------------


@cache
def _forms() -> tuple[Mapping[str, str], Mapping[str, str]]:
    """Form without blanks → its class, of forms that may end a name, and of those that may begin one."""
    listed = vocabulary("legal_form_equivalents").select("form", "form_class", "place").rows()
    known = {
        spelled: (form_class, place)
        for form, form_class, place in listed
        for spelled in (latin(form).replace(" ", ""), "".join(_plain_words(form)))
    }
    words = {form for form, (form_class, _) in known.items() if form_class == A_WORD}
    named = {form: given for form, given in known.items() if form not in words}
    gleif = vocabulary("legal_forms").select("form", "written_as").rows()
    classes = {
        form: named.get(latin(written), (ANY_COMPANY, ""))[0]
        for form, written in ((latin(form).replace(" ", ""), written) for form, written in gleif)
    }
    usable = {
        form: form_class
        for form, form_class in classes.items()
        if len(form) >= GLEIF_FORM_MIN and form not in words and form not in ROMAN
    }
    ends = usable | {form: form_class for form, (form_class, _) in named.items()}
    begins = {form: form_class for form, form_class in usable.items() if len(form) >= LONG_FORM}
    return ends, begins | {
        form: form_class
        for form, (form_class, place) in named.items()
        if place == "either" or len(form) >= LONG_FORM
    }


def _plain_words(form: str) -> list[str]:
    contractions = lookup("name_contractions", "written", "word")
    return [contractions.get(word, word) for word in _initials_joined(latin(form).split())]


@cache
def _unspaced_forms() -> re.Pattern[str]:
    forms = [form for form in vocabulary("legal_form_equivalents")["form"] if _UNSPACED.search(form)]
    return re.compile("(" + "|".join(map(re.escape, sorted(forms, key=len, reverse=True))) + ")")


@lru_cache(maxsize=1 << 12)
def _class_of(text: str, *, begins: bool) -> str | None:
    """The class of a form; a long one may have one typing error."""
    forms = _forms()[begins]
    if text in forms or len(text) < LONG_FORM:
        return forms.get(text)
    near = sorted(
        form
        for form in forms
        if len(form) >= LONG_FORM and abs(len(form) - len(text)) <= 1 and typing_errors(text, form) == 1
    )
    return forms[near[0]] if near else None


def _without_forms(words: Sequence[str]) -> tuple[list[str], set[str]]:
    """Forms are taken off the end, then the beginning, until there is none; the last word stays, unless it is
    a form that no name is.
    """
    left, classes = list(words), set[str]()
    while form := _form_at_an_end(left):
        left, form_class = form
        classes.add(form_class)
    last = _class_of("".join(left), begins=False)
    return ([] if last == ANY_COMPANY or (last is not None and not classes) else left), classes


def _form_at_an_end(words: list[str]) -> tuple[list[str], str] | None:
    for words_n in range(min(FORM_WORDS_MAX, len(words) - 1), 0, -1):
        if (form_class := _class_of("".join(words[-words_n:]), begins=False)) is not None:
            return words[:-words_n], form_class
    for words_n in range(min(FORM_WORDS_MAX, len(words) - 1), 0, -1):
        if (form_class := _class_of("".join(words[:words_n]), begins=True)) is not None:
            return words[words_n:], form_class
    return None


# --- alignment ------------------------------------------------------------------------------------


def _are_alike(words: Sequence[str], others: Sequence[str]) -> bool:
    """Every word has its own in the other name.

    `words` stand before `others` in order, so that the answer is the same both ways.
    """
    together, other = "".join(words), "".join(others)
    if together == other:
        return True
    if (
        len(words) != len(others)
        and min(len(together), len(other)) >= JOINED_MIN
        and typing_errors(together, other) == 1
    ):
        return True
    left, left_other = _without_equal(words, others)
    left, left_other = _without_runs(left, left_other)
    left_other, left = _without_runs(left_other, left)
    return len(left) == len(left_other) <= ERRORS_MAX and any(
        _errors(left, order) <= ERRORS_MAX for order in permutations(left_other)
    )


def _without_equal(words: Sequence[str], others: Sequence[str]) -> tuple[list[str], list[str]]:
    left, left_other = [], list(others)
    for word in words:
        same = next(
            (
                other
                for other in left_other
                if other == word or (_place(word) is not None and _place(other) == _place(word))
            ),
            None,
        )
        if same is None:
            left.append(word)
        else:
            left_other.remove(same)
    return left, left_other


def _without_runs(words: Sequence[str], others: Sequence[str]) -> tuple[list[str], list[str]]:
    """Words taken off that the other name writes apart, or of which it has the words and not the initials."""
    left, left_other = [], list(others)
    for word in words:
        run = next((run for run in _runs(left_other, len(word)) if word in _as_one(left_other[run])), None)
        if run is None:
            left.append(word)
        else:
            del left_other[run]
    return left, left_other


def _runs(words: Sequence[str], letters_n: int) -> list[slice]:
    return [
        slice(start, start + words_n)
        for words_n in range(2, max(RUN_MAX, letters_n) + 1)
        for start in range(len(words) - words_n + 1)
    ]


def _as_one(words: Sequence[str]) -> set[str]:
    written = {"".join(words)} if len(words) <= RUN_MAX else set()
    return written | ({"".join(word[0] for word in words)} if len(words) >= ACRONYM_MIN else set())


def _errors(words: Sequence[str], others: Sequence[str]) -> int:
    return sum(_errors_between(word, other) for word, other in zip(words, others, strict=True))


def _errors_between(word: str, other: str) -> int:
    """Two places that differ are two places, whatever they have in common."""
    errors = None if _place(word) and _place(other) else typing_errors(word, other)
    return ERRORS_MAX + 1 if errors is None else errors
