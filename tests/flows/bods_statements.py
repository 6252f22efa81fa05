"""Small invented BODS statements, sound and broken, as one file of a landing."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from tests.landings import CANARY, EDITION

BODS = "bods"
FILE = "zedland.bods.jsonl"
PUBLISHED = {"publicationDate": EDITION, "bodsVersion": "0.4", "publisher": {"name": "Register of Zedland"}}


def statement(kind: str, record: str, details: Mapping[str, object]) -> dict[str, object]:
    about = {
        "statementId": f"s-{record}",
        "statementDate": "2026-05-01",
        "recordId": record,
        "recordType": kind,
        "recordDetails": details,
    }
    return {**about, "publicationDetails": PUBLISHED}


def entity(key: str) -> dict[str, object]:
    return statement(
        "entity",
        f"ent-{key}",
        {"entityType": {"type": "registeredEntity"}, "name": f"ZEDTON {key.upper()} LIMITED"},
    )


def person(key: str) -> dict[str, object]:
    return statement(
        "person",
        f"per-{key}",
        {"personType": "knownPerson", "names": [{"type": "legal", "fullName": CANARY}]},
    )


def related(
    key: str, *interests: Mapping[str, object], subject: object = None, party: object = None
) -> dict[str, object]:
    parties = {"subject": subject or f"ent-{key}", "interestedParty": party or f"per-{key}"}
    return statement("relationship", f"rel-{key}", {**parties, "interests": list(interests)})


def held(**share: object) -> dict[str, object]:
    return {"type": "shareholding", "directOrIndirect": "direct", "share": share}


def lines(statements: Iterable[Mapping[str, object]]) -> bytes:
    return b"".join(json.dumps(one).encode() + b"\n" for one in statements)


def package(statements: Iterable[Mapping[str, object]]) -> bytes:
    return json.dumps(list(statements), indent=1).encode()


@dataclass(frozen=True)
class Bad:
    """One kind of bad content, and where it is told of.

    statements: those of `key`. own_100: sub-type of the flag on `ent-<key>`. finding, reject: code. share:
    (share_min, share_max) of the interest of `rel-<key>`; fault: its share_fault. owner: verdict and basis of
    `per-<key>` for `ent-<key>` (AMLR); None: nobody.
    """

    statements: tuple[Mapping[str, object], ...]
    own_100: str | None = None
    finding: str | None = None
    reject: str | None = None
    share: tuple[float | None, float | None] = (None, None)
    fault: str | None = None
    owner: tuple[str, str] | None = ("POSSIBLE", "ownership")


def _interested_party(key: str, interest: Mapping[str, object]) -> tuple[Mapping[str, object], ...]:
    return entity(key), person(key), related(key, interest)


def _dated(start: str, end: str | None = None) -> dict[str, object]:
    return {**held(exact=60), "startDate": start, **({"endDate": end} if end else {})}


@dataclass(frozen=True)
class _Shares:
    key: str
    share: Mapping[str, object]
    fault: str = ""
    read: tuple[float | None, float | None] = (None, None)
    owner: tuple[str, str] | None = field(default=("POSSIBLE", "ownership"))


_SHARES = (
    _Shares("over", {"exact": 130}, "impossible_share"),
    _Shares("negative", {"exact": -5}, "impossible_share"),
    _Shares("negative-band", {"minimum": -5, "maximum": 50}, "impossible_share"),
    _Shares("vast", {"exact": 1e12}, "impossible_share"),
    _Shares("words", {"exact": "sixty"}, "impossible_share"),
    _Shares("not-a-number", {"exact": "NaN"}, "impossible_share"),
    _Shares("reversed-band", {"minimum": 60, "maximum": 40}, "share_conflict"),
    _Shares("empty-band", {"exclusiveMinimum": 25, "maximum": 25}, "share_conflict"),
    _Shares("exact-beside-band", {"exact": 60, "minimum": 25, "maximum": 50}, "share_conflict"),
    _Shares(
        "exact-in-band", {"exact": 30, "minimum": 25, "maximum": 50}, "", (30, 30), ("CERTAIN", "ownership")
    ),
    _Shares("one-bound", {"minimum": 25}, "", (25, 100), ("CERTAIN", "ownership")),
    _Shares("other-bound", {"maximum": 20}, "", (0, 20), ("UNDECLARED", "ownership")),
)
BAD: Mapping[str, Bad] = {
    **{
        case.key: Bad(
            _interested_party(case.key, held(**case.share)),
            own_100="impossible" if case.fault else None,
            finding=case.fault or None,
            share=case.read,
            fault=case.fault or None,
            owner=case.owner,
        )
        for case in _SHARES
    },
    "no-figure": Bad(_interested_party("no-figure", held(exact=1e300)), reject="wrong_type", owner=None),
    "missing": Bad(_interested_party("missing", held()), finding="missing_share"),
    "blank-bounds": Bad(
        _interested_party("blank-bounds", held(minimum="", maximum="")), finding="missing_share"
    ),
    "dates": Bad(
        _interested_party("dates", _dated("2025-06-01", "2024-06-01")),
        own_100="dates_reversed",
        finding="dates_reversed",
        share=(60, 60),
        owner=None,
    ),
    "february": Bad(
        _interested_party("february", _dated("2025-02-31")),
        finding="impossible_date",
        share=(60, 60),
        owner=("CERTAIN", "ownership"),
    ),
    "year": Bad(
        _interested_party("year", _dated("2025")),
        finding="partial_date",
        share=(60, 60),
        owner=("CERTAIN", "ownership"),
    ),
    "no-party": Bad(
        (entity("no-party"), related("no-party", held(exact=60), party="gone")),
        finding="missing_party",
        share=(60, 60),
        owner=None,
    ),
    "no-subject": Bad(
        (person("no-subject"), related("no-subject", held(exact=60))),
        finding="missing_party",
        share=(60, 60),
        owner=("CERTAIN", "ownership"),
    ),
    "nobody": Bad(
        (
            entity("nobody"),
            statement("relationship", "rel-nobody", {"subject": "ent-nobody", "interests": []}),
        ),
        reject="missing_value",
        owner=None,
    ),
    "owned-person": Bad(
        (
            person("owned-person"),
            person("owner"),
            related("owned-person", held(exact=60), subject="per-owned-person", party="per-owner"),
        ),
        reject="person_as_subject",
        owner=None,
    ),
    "kind": Bad((entity("kind"), statement("ownership", "rel-kind", {})), reject="unknown_kind", owner=None),
    "type": Bad(
        _interested_party("type", {"type": "goodwill", "share": {"exact": 60}}),
        finding="unknown_category",
        share=(60, 60),
        owner=None,
    ),
    "itself": Bad(
        (entity("itself"), related("itself", held(exact=100), party="ent-itself")),
        share=(100, 100),
        owner=None,
    ),
    "two": Bad(
        (
            *_interested_party("two", held(exact=75)),
            statement("person", "per-other", {"personType": "knownPerson"}),
            related("other", held(exact=60), subject="ent-two"),
        ),
        own_100="over",
        share=(75, 75),
        owner=("CERTAIN", "ownership"),
    ),
}
SOUND = tuple(
    one for n in range(40) for one in (entity(f"{n}"), person(f"{n}"), related(f"{n}", held(exact=60)))
)


def bad_statements() -> tuple[Mapping[str, object], ...]:
    """All of BAD, among sound ones."""
    return (*SOUND, *(one for bad in BAD.values() for one in bad.statements))
