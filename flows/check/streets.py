"""Match an address by house number, street and place, where no postcode leads to it.

The texts of units, and of titles that have none, are split in the same way as the address given.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import polars as pl

from flows.facts.certainty import AddressSearch, Match
from flows.home.warehouse import literal
from transforms.model.sql import Connection, frame, read_sql
from transforms.values.addresses.postcodes import UK_POSTCODE_SPACED
from transforms.values.names import folded
from transforms.values.vocabulary import vocabulary

STREETS_MAX = 20  # (own) addresses of one check: the texts of all units are read for each
BY_BOTH = AddressSearch("this address, by its postcode, and by its number, street and place")
BY_STREET = AddressSearch("this address, by its number, street and place, because no postcode was given")
UNREAD = AddressSearch(
    "This address was not searched: a search needs a postcode, or a street and place, "
    "and neither can be read from it",
    is_done=False,
)
TOO_MANY = AddressSearch(
    "This address was not searched: no postcode was given, and a check searches "
    f"{STREETS_MAX} addresses at most by street and place; add the postcode",
    is_done=False,
)
# Ends of street names beside those of the vocabulary. (own)
STREET_ENDS = frozenset(
    [
        "SQUARE",
        "WAY",
        "PLACE",
        "COURT",
        "HILL",
        "ROW",
        "WALK",
        "PARADE",
        "MEWS",
        "PARK",
        "YARD",
        "QUAY",
        "WHARF",
        "GREEN",
        "VIEW",
        "RISE",
    ]
)
# Words before a street in a description of land.
_BEFORE_STREET = frozenset(
    [
        "AT",
        "OF",
        "ON",
        "TO",
        "IN",
        "OFF",
        "NEAR",
        "THE",
        "AND",
        "ADJOINING",
        "BEING",
        "BEHIND",
        "FRONTING",
        "LAND",
        "BUILDINGS",
    ]
)
# Words after a street that do not tell one place from another.
_NO_PLACE = frozenset(
    [
        "THE",
        "AND",
        "UPON",
        "NEAR",
        "ENGLAND",
        "WALES",
        "SCOTLAND",
        "UNITED",
        "KINGDOM",
        "GREAT",
        "BRITAIN",
        "NORTH",
        "SOUTH",
        "EAST",
        "WEST",
        "LTD",
        "LIMITED",
        "PLC",
        "LLP",
    ]
)
_NUMBER = r"[0-9]+[A-Z]?(?:-[0-9]+[A-Z]?)?"
_PLAIN = "translate(upper(address_text), '.''`', '')"


@dataclass(frozen=True)
class Spot:
    """House number ("" for none), street, the words after it, and the outward code of the postcode."""

    number: str
    street: str
    places: frozenset[str]
    outward: str = ""

    def shared_n(self, other: Spot) -> int:
        """How many words of the place, and the outward code, agree."""
        return len(self.places & other.places) + bool(self.outward and self.outward == other.outward)


def match_streets(
    connection: Connection, keyed: pl.DataFrame
) -> tuple[dict[int, list[Match]], dict[int, AddressSearch]]:
    """Row → matches, and row → how the address was searched, if not by its postcode alone.

    `keyed`: row, line, a_postcode.
    """
    spots = _spots(keyed, "line", "a_postcode")
    searchable = {row: spot for row, spot in spots.items() if spot.places or spot.outward}
    streets = dict(list(searchable.items())[:STREETS_MAX])
    searches = dict.fromkeys(keyed.filter(pl.col("a_postcode").is_null())["row"], UNREAD)
    searches |= {row: TOO_MANY for row, spot in searchable.items() if not spot.outward}
    searches |= {row: BY_BOTH if spot.outward else BY_STREET for row, spot in streets.items()}
    return (_matches(connection, streets) if streets else {}), searches


def _matches(connection: Connection, streets: Mapping[int, Spot]) -> dict[int, list[Match]]:
    condition = " or ".join(map(_may_agree, dict.fromkeys(streets.values())))
    texts = frame(connection, read_sql(__package__, "address_texts", condition=condition))
    texts = texts.with_row_index("row")
    known: dict[tuple[str, str], list[tuple[int, Spot]]] = {}
    for position, spot in _spots(texts, "address_text", "postcode").items():
        known.setdefault((spot.number, spot.street), []).append((position, spot))
    matches: dict[int, list[Match]] = {}
    for row, given in streets.items():
        for position, spot in known.get((given.number, given.street), ()):
            if shared_n := given.shared_n(spot):
                text = texts.row(position, named=True)
                why = _words(given, is_title=text["subject_type"] == "title")
                match = Match(
                    text["subject_id"],
                    text["subject_type"],
                    text["address_text"],
                    "similar_address",
                    why,
                    nearness=shared_n,
                )
                matches.setdefault(row, []).append(match)
    return matches


def _words(given: Spot, *, is_title: bool) -> str:
    agreement = "number, street and place agree" if given.number else "street and place agree"
    if is_title:
        return f"{agreement} with the text of this title, which has no postcode"
    return f"{agreement}; {'the postcode is another one' if given.outward else 'no postcode was given'}"


def _may_agree(spot: Spot) -> str:
    """SQL that is true for every text of this number, street and place, and for texts not in ASCII."""
    rewritten = {
        "AND",
        *address_words("anywhere").values(),
        *address_words("last").values(),
        *address_words("street"),
    }
    words = [word for word in (spot.number, *spot.street.split(" ")) if word and word.isascii()]
    street = [_contains(word) for word in words if word not in rewritten]
    places = [_contains(word) for word in sorted(spot.places) if word not in rewritten] or ["true"]
    outward = [_contains(spot.outward)] if spot.outward else []
    every = " and ".join([*street, f"({' or '.join([*places, *outward])})"])
    return f"({every} or strlen(address_text) <> length(address_text))"


def _contains(word: str) -> str:
    return f"contains({_PLAIN}, {literal(word)})"


# --- a text as number, street and place ---------------------------------------------------------------------


def _spots(texts: pl.DataFrame, line: str, postcode: str) -> dict[int, Spot]:
    """Row → number, street and place, for the texts in which a street can be told."""
    rows = texts.drop_nulls(line).select("row", folded(pl.col(line)).alias("capitals"), postcode)
    spots = {row: _spot(capitals, code) for row, capitals, code in rows.iter_rows()}
    return {row: spot for row, spot in spots.items() if spot is not None}


def _spot(capitals: str, code: str | None) -> Spot | None:
    text = _in_pieces(capitals)
    for pattern in _patterns():
        parts = pattern.search(text)
        if parts and (street := parts["street"] if parts["number"] else _street_name(parts["street"])):
            words = set(re.findall(r"[^\W\d_]{3,}", parts["rest"]))
            places = frozenset(words - _NO_PLACE - STREET_ENDS - address_words("street").keys())
            return Spot(parts["number"], street, places, code.split(" ")[0] if code else "")
    return None


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    """Number and street up to its end, number and street up to a comma, street without a number."""
    ends = "|".join(sorted({*address_words("street"), *STREET_ENDS}, key=len, reverse=True))
    numbered = rf"(?:^| )(?P<number>{_NUMBER}) (?:\| )?"
    return (
        re.compile(rf"{numbered}(?P<street>[^ 0-9|]+(?: [^ 0-9|]+)*? (?:{ends}))(?P<rest> .*)$"),
        re.compile(rf"{numbered}(?P<street>[^ 0-9|]+(?: [^ 0-9|]+)*)(?P<rest> \| .*)$"),
        re.compile(rf"^(?P<number>)(?P<street>[^0-9]*? (?:{ends}))(?P<rest> .*)$"),
    )


def _in_pieces(capitals: str) -> str:
    """Words in full, with ` | ` for commas; without postcode, apostrophes and number of a flat."""
    plain = re.sub(r"['’`´.]", "", re.sub(rf"\b{UK_POSTCODE_SPACED}\b", " ", capitals)).replace("&", " AND ")
    pieces = [re.findall(r"[^\W_]+(?:-[0-9][^\W_]*)?", piece) for piece in re.split(r"[,;()\n]", plain)]
    text = " | ".join(" ".join(_in_full(words)) for words in pieces if words)
    designators = "|".join(address_words("designator"))
    flat = rf"(?:^|(?<= ))(?:{designators}) (?:[A-Z]?[0-9]+[A-Z]?|[A-Z])(?: \|)?(?= )"
    return re.sub(flat, "", text).strip() + " | "


def _in_full(words: Sequence[str]) -> list[str]:
    anywhere, last = address_words("anywhere"), address_words("last")
    full = [anywhere.get(word, word) for word in words]
    if len(full) > 1:
        full[-1] = last.get(full[-1], full[-1])
    # Within a piece ST after a name is a street; after a number or at the beginning it is a saint.
    return [
        "STREET" if word == "ST" and 0 < n < len(full) - 1 and full[n - 1].isalpha() else word
        for n, word in enumerate(full)
    ]


def _street_name(description: str) -> str:
    """The street at the end of a description of land; "" where there is only its last word."""
    words = description.rsplit("|", maxsplit=1)[-1].split()
    start = max((n + 1 for n, word in enumerate(words) if word in _BEFORE_STREET), default=0)
    return " ".join(words[start:]) if len(words) - start > 1 else ""


@cache
def address_words(kind: str) -> dict[str, str]:
    """Word → its full form, for the words of a kind in the vocabulary."""
    words = vocabulary("address_words").filter(pl.col("kind") == kind)
    return dict(words.select("word", "canonical").iter_rows())
