"""Names of persons as parts that can be compared in any order, script and spelling, for screening.

`NICOLAS VAN DER BERG`, `van der Berg, Nicolas` and `Николас ван дер Берг` have the same parts. Method: other
scripts are transliterated to Latin (anyascii: one table, the same everywhere), in capitals without accents.
Particles and forms of address are left out (`vocabulary/name_words.csv`), except a form of address as surname
(Imran Sheikh). `ABD AL X`, `ABDUL X` and `ABDULX` are one part. Pages show the name as written.

A part's skeleton is what most transliterations have in common: consonants in classes, without doubles, and
whether the part begins with a vowel. Two parts agree if they are equal, or if their skeletons are equal and
enough letters too (`part_similarity`). Own method.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

import polars as pl
from anyascii import anyascii
from rapidfuzz.distance import Indel

from transforms.values.vocabulary import vocabulary

PARTS_MAX = 12  # (own) of one name; more words are a description
SAME_LETTERS_MIN = 0.6  # (own) share of letters in common at which parts with one skeleton agree
# (own) The same for parts of at most SHORT letters, in which one vowel matters more.
SAME_LETTERS_MIN_SHORT = 0.75
SHORT = 4
PARTS_MIN = 2  # (own) parts that must agree; one forename identifies nobody
SERVANT = re.compile(
    r"\b(?:ABD(?:UL|EL|AL|OL|UR|ER|US|UN)?|ABDOUL)\s+(?:(?:AL|EL|UL|AR|ER|AS|AN|AZ|ASH|OUL)\s+)?(?=[A-Z]{3})"
)
SERVANT_JOINED = re.compile(r"\bABD(?:UL|EL|AL|OL|OUL)(?=[A-Z]{3})")
_PUNCTUATION = re.compile(r"[.'’`´ʼʻ\"]")
_OTHER = re.compile(r"[^A-Z0-9]+")


def latin(text: str) -> str:
    """The text in Latin capitals, digits and single blanks; other scripts are transliterated."""
    plain = _PUNCTUATION.sub("", text if text.isascii() else anyascii(text)).upper()
    return _OTHER.sub(" ", plain).strip()


_TITLES, _PARTICLES = (
    frozenset(vocabulary("name_words").filter(pl.col("kind") == kind)["word"])
    for kind in ("title", "particle")
)
# (own) Forms of address that are surnames too.
ALSO_SURNAMES = frozenset(("BARON", "HAJI", "LORD", "MASTER", "SAYYID", "SHAIKH", "SHEIK", "SHEIKH"))


@cache
def forenames() -> frozenset[str]:
    """Forenames of the census list, in capitals."""
    return frozenset(vocabulary("forenames")["forename"])


@cache
def _short_forms() -> frozenset[tuple[str, str]]:
    rows = vocabulary("short_forenames").select("forename", "short_form").rows()
    return frozenset(rows) | frozenset((short, long) for long, short in rows)


def is_short_form(part: str, other: str) -> bool:
    """Whether one of two forenames in capitals is a short form of the other: BOB, ROBERT."""
    return (part, other) in _short_forms()


def _forename_at_an_end(words: list[str]) -> list[str]:
    """A particle at either end that is also a forename: BEN in `Ben van Zedberg` and `van Zedberg, Ben`.
    Empty for a name of one word.
    """
    return (
        [word for word in (words[0], words[-1]) if word in _PARTICLES and word in forenames()][:1]
        if len(words) > 1
        else []
    )


@lru_cache(maxsize=1 << 14)
def _words_of(text: str) -> tuple[str, ...]:
    words = SERVANT_JOINED.sub("ABD", SERVANT.sub("ABD", latin(text))).split()
    if not _TITLES.isdisjoint(words):
        surname = ALSO_SURNAMES.intersection(latin(text.partition(",")[0]).split()[-1:])
        words = [word for word in words if word not in _TITLES or word in surname]
    named = [word for word in words if word not in _PARTICLES]
    if len(named) < PARTS_MIN:  # in a name of two words both count: Wang Bin, Le Minh
        named = words if len(words) == PARTS_MIN else [*_forename_at_an_end(words), *named]
    return tuple(named or words) if len(named) <= PARTS_MAX else ()


def parts_of(text: str | None) -> tuple[str, ...]:
    """The parts of a name in its order, without initials; none for a blank or a text of more than PARTS_MAX
    words.
    """
    return tuple(word for word in _words_of(text) if len(word) > 1) if text else ()


def wholes_of(parts: Sequence[str]) -> tuple[str, ...]:
    """The whole name as one word, starting from each of its parts, because the surname may come first or last
    and XIAOLONG may be written as one word or two.
    """
    return tuple("".join((*parts[start:], *parts[:start])) for start in range(len(parts)))


def letters_of(parts: Sequence[str]) -> str:
    """The letters of the whole name in alphabetical order. Equal for names that share one of `wholes_of`."""
    return "".join(sorted("".join(parts)))


def initials_of(text: str | None) -> tuple[str, ...]:
    """Single letters that stand for a part of the name."""
    return tuple(word for word in _words_of(text) if len(word) == 1) if text else ()


# --- skeletons ------------------------------------------------------------------------------------

_BEGINNINGS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), by)
    for pattern, by in (
        (r"^(?:IU|IOU|YU|YOU|JU|JOU)", "JU"),
        (r"^(?:IA|YA|JA)", "JA"),
        (r"^(?:YE|JE|IE)(?=[^S])", "E"),
        (r"^YO", "JO"),
    )
)
_SPELLINGS: tuple[tuple[re.Pattern[str], str], ...] = _BEGINNINGS + tuple(
    (re.compile(pattern), by)
    for pattern, by in (
        (r"OFF$", "OV"),
        (r"(?<=[EO]V)S$", ""),
        (r"JS$", "J"),
        (r"H$", ""),
        (r"SCH|SZCZ|SHCH", "S"),
        (r"TCH|TSCH|CZ", "CH"),
        (r"DZH|DJ|DSCH", "J"),
        (r"GI(?=[AOU])", "J"),
        (r"GUE|GUI", "GE"),
        (r"PH", "F"),
        (r"GH", "G"),
        (r"KH", "H"),
        (r"ZH", "J"),
        (r"TH", "T"),
        (r"SH", "S"),
        (r"CK|CQ|Q", "K"),
        (r"X", "KS"),
        (r"TS|TZ|Z", "S"),
        (r"CH", "S"),
        (r"C(?=[EIY])", "S"),
        (r"C", "K"),
        (r"W", "V"),
        (r"(?<=[AEIOUY])H(?=[NRL])", ""),
    )
)
_VOWEL_BEGINS = re.compile(r"^[AEIOUY]+")
_VOWELS = re.compile(r"[AEIOUYJ]+")
_HAS_VOWEL = re.compile(r"[AEIOUY]")
_DOUBLES = re.compile(r"(.)\1+")


@lru_cache(maxsize=1 << 17)
def skeleton(part: str) -> str:
    """What most transliterations of a part have in common: MHMD for `MOHAMMED` and `MUHAMAD`, AVGN for
    `YEVGENIY` and `EVGENY`.
    """
    spelled = _spelled(part, _SPELLINGS)
    begins = _VOWEL_BEGINS.match(spelled)
    first = "A" if begins else spelled[:1]
    rest = spelled[begins.end() :] if begins else spelled[1:]
    return first + _DOUBLES.sub(r"\1", _VOWELS.sub("", _DOUBLES.sub(r"\1", rest)))


def _spelled(part: str, spellings: tuple[tuple[re.Pattern[str], str], ...]) -> str:
    for pattern, by in spellings:
        part = pattern.sub(by, part)
    return part


@lru_cache(maxsize=1 << 18)
def part_similarity(part: str, other: str) -> float:
    """1 for equal parts; the share of letters in common if they agree otherwise; 0 if they do not agree.

    Parts of which only one ends with A do not agree: it distinguishes women's names from men's (Daniela,
    Ivanova). A part without a vowel comes from a script without vowels, so only its consonants count.
    """
    if part == other:
        return 1.0
    if skeleton(part) != skeleton(other):
        return 0.0
    alike = Indel.normalized_similarity(part, other)
    if min(len(part), len(other)) > 2 and not (_HAS_VOWEL.search(part) and _HAS_VOWEL.search(other)):
        return max(alike, SAME_LETTERS_MIN)
    if part.rstrip("H").endswith("A") != other.rstrip("H").endswith("A"):
        return 0.0
    enough = SAME_LETTERS_MIN_SHORT if min(len(part), len(other)) <= SHORT else SAME_LETTERS_MIN
    # One Cyrillic first letter becomes two or three Latin ones, which would weigh more than the rest (Iurii,
    # Yuri), so beginnings are brought to one spelling. Not in short parts: Ian and Yan are two names.
    is_short = min(len(part), len(other)) < SHORT
    begun = (
        alike
        if is_short
        else Indel.normalized_similarity(_spelled(part, _BEGINNINGS), _spelled(other, _BEGINNINGS))
    )
    return alike if max(alike, begun) >= enough else 0.0


@dataclass(frozen=True)
class Agreement:
    """Comparison of two names: `agreeing` of the `shorter_n` parts of the shorter name agree, with an average
    `similarity` (0 to 1); the longer name has `longer_n` parts.
    """

    agreeing: int
    shorter_n: int
    longer_n: int
    similarity: float

    @property
    def is_whole(self) -> bool:
        """Whether every part of the shorter name agrees, and there are at least PARTS_MIN."""
        return self.agreeing == self.shorter_n and self.agreeing >= PARTS_MIN


def agreement(name: str | None, other: str | None) -> Agreement:
    """Compare two names. Each part of the longer name is used once: equal parts first, then in the order of
    the shorter name.

    Names that differ only in where they are divided, and in which end comes first, agree fully. An initial
    that contradicts the other name counts as a part that disagrees.
    """
    parts, others = parts_of(name), parts_of(other)
    shorter, longer = sorted((parts, others), key=lambda side: (len(side), side))
    if not {*wholes_of(parts)}.isdisjoint(wholes_of(others)):
        return Agreement(
            len(longer),
            len(longer) + _contradict(initials_of(name), initials_of(other), (), ()),
            len(longer),
            1.0,
        )
    agreeing, left, unmatched = _paired(shorter, longer)
    left_of_name, left_of_other = (unmatched, left) if parts is shorter else (left, unmatched)
    contradicted = _contradict(initials_of(name), initials_of(other), left_of_name, left_of_other)
    return Agreement(
        len(agreeing),
        len(shorter) + contradicted,
        len(longer),
        sum(agreeing) / len(agreeing) if agreeing else 0.0,
    )


def _contradict(
    initials: Sequence[str], others: Sequence[str], left: Sequence[str], left_of_other: Sequence[str]
) -> bool:
    """Whether initials contradict: both names have some and none in common; or one has some, and none of the
    other's unmatched parts begins with one.
    """
    if initials and others:
        return not set(initials) & set(others)
    given, beside = (initials, left_of_other) if initials else (others, left)
    return bool(given and beside) and not any(part[0] in given for part in beside)


def _paired(shorter: Sequence[str], longer: Sequence[str]) -> tuple[list[float], list[str], list[str]]:
    """Similarities of the parts that agree, and the unmatched parts of the longer and of the shorter name."""
    left, waiting, similarities, unmatched = list(longer), [], [], []
    for part in shorter:
        if part in left:
            left.remove(part)
            similarities.append(1.0)
        else:
            waiting.append(part)
    for part in waiting:
        best, place = max(
            ((part_similarity(part, other), -place) for place, other in enumerate(left)), default=(0.0, 0)
        )
        if best > 0:
            del left[-place]
            similarities.append(best)
        else:
            unmatched.append(part)
    return similarities, left, unmatched
