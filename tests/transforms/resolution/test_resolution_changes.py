"""Merges and splits between two releases, and where an id noted before leads."""

from collections.abc import Mapping
from pathlib import Path

import polars as pl
import pytest

from flows.home import warehouse
from transforms.model.views import PARTY_ALIAS, RESOLUTION, RESOLUTION_LINK
from transforms.resolution.resolve import changes_and_aliases

Alias = tuple[str, str, str, str]
BEFORE = {"a1": "A", "a2": "A", "b1": "B", "c1": "C", "c2": "C", "d1": "D", "e1": "E", "f1": "F", "f2": "F"}


def compared(
    folder: Path,
    before: Mapping[str, str],
    now: Mapping[str, str],
    old: tuple[Alias, ...] = (),
    refused: tuple[str, ...] = (),
    *,
    other: str = "z",
    judged: tuple[str, ...] = (),
) -> tuple[set[tuple[object, ...]], set[Alias]]:
    """(previous, party, record, change, reason) and aliases. `before`, `now`: record → party."""
    rows = [
        {
            "statement_id": f"s-{record}",
            "party_id": party,
            "register": "psc",
            "record": record,
            "method": "linkage",
            "score": 0.995,
        }
        for record, party in now.items()
    ]
    links = [
        {
            "register": "psc",
            "record": record,
            "other_register": "psc",
            "other_record": other,
            "outcome": "refused",
            "reason": "judged",
            "score": 1.0,
            "steps": [],
        }
        for record in refused
    ]
    connection = warehouse.connect(folder)
    try:
        connection.register("resolution", pl.DataFrame(rows, schema=RESOLUTION.schema).to_arrow())
        connection.register("resolution_link", pl.DataFrame(links, schema=RESOLUTION_LINK.schema).to_arrow())
        methods = ["judgement" if record in judged else "linkage" for record in before]
        was = {
            "statement_id": [f"s-{record}" for record in before],
            "party_id": list(before.values()),
            "method": methods,
        }
        connection.register("resolution_before", pl.DataFrame(was).to_arrow())
        connection.register(
            "alias_before", pl.DataFrame(old, schema=PARTY_ALIAS.schema, orient="row").to_arrow()
        )
        changes, aliases = changes_and_aliases(connection, "000007-x")
        change_rows = changes.select("previous_party_id", "party_id", "record", "change", "reason").rows()
        return set(change_rows), set(aliases.rows())  # type: ignore[arg-type]  # four texts
    finally:
        connection.close()


def test_equal_releases_tell_of_nothing(tmp_path: Path) -> None:
    assert compared(tmp_path, BEFORE, {**BEFORE, "new": "G"}) == (set(), set())


def test_merges_splits_moves_and_new_names(tmp_path: Path) -> None:
    now = {**BEFORE, "b1": "A", "c2": "C2", "d1": "D2", "f2": "E"}
    change_rows, leads = compared(tmp_path, BEFORE, now, refused=("c2",))
    assert change_rows == {
        ("B", "A", "b1", "merged", "linkage"),
        ("C", "C2", "c2", "split", "limit: judged"),
        ("D", "D2", "d1", "renamed", "earliest_record"),
        ("F", "E", "f2", "moved", "linkage; no_link_left"),
    }
    assert leads == {
        ("B", "A", "merged", "000007-x"),
        ("C", "C2", "split", "000007-x"),
        ("D", "D2", "renamed", "000007-x"),
        ("F", "E", "moved", "000007-x"),
    }
    assert ("C", "C2", "c2", "split", "no_link_left") in compared(tmp_path, BEFORE, now)[0]


def test_a_split_after_a_judgement_was_taken_back_says_so(tmp_path: Path) -> None:
    before, now = (
        {"a1": "A", "a2": "A", "a3": "A", "c1": "C", "c2": "C"},
        {"a1": "A", "a2": "A2", "a3": "A2", "c1": "C", "c2": "C2"},
    )
    withdrawn, unjudged = (
        ("A", "A2", "split", "judgement_withdrawn"),
        ("C", "C2", "c2", "split", "no_link_left"),
    )
    for judged in (("a2",), ("a1",)):  # who was held by it left, or stayed
        change_rows = compared(tmp_path, before, now, judged=judged)[0]
        assert change_rows == {(*withdrawn[:2], record, *withdrawn[2:]) for record in ("a2", "a3")} | {
            unjudged
        }
    # A limit that was met says more.
    assert ("A", "A2", "a2", "split", "limit: judged") in compared(
        tmp_path, before, now, refused=("a2",), judged=("a2",)
    )[0]


def test_a_limit_between_two_tells_of_all_that_went_with_either(tmp_path: Path) -> None:
    before = {"a1": "A", "a2": "A", "a3": "A", "b1": "B", "b2": "B"}
    change_rows, _ = compared(
        tmp_path, before, {**before, "a2": "A2", "a3": "A2", "b2": "B2"}, refused=("a1",), other="a2"
    )
    assert change_rows == {
        ("A", "A2", "a2", "split", "limit: judged"),
        ("A", "A2", "a3", "split", "limit: judged"),
        ("B", "B2", "b2", "split", "no_link_left"),
    }


def test_a_record_that_moved_says_what_joined_it_and_why_it_left(tmp_path: Path) -> None:
    before, now = {"a1": "A", "a2": "A", "b1": "B"}, {"a1": "A", "a2": "B", "b1": "B"}
    moved = ("A", "B", "a2", "moved")
    assert compared(tmp_path, before, now, refused=("a1",), other="a2")[0] == {
        (*moved, "linkage; limit: judged")
    }
    assert compared(tmp_path, before, now, judged=("a2",))[0] == {(*moved, "linkage; judgement_withdrawn")}
    assert compared(tmp_path, before, now)[0] == {(*moved, "linkage; no_link_left")}


def test_an_id_noted_long_ago_is_followed_through_every_release_since(tmp_path: Path) -> None:
    old: tuple[Alias, ...] = (
        ("X", "B", "merged", "000003-y"),
        ("Y", "C", "split", "000004-y"),
        ("A", "E", "split", "000005-y"),
    )
    _, leads = compared(tmp_path, BEFORE, {**BEFORE, "b1": "A", "c2": "C2", "e1": "A"}, old)
    assert {one for one in leads if one[0] in "XY"} == {
        ("X", "A", "merged", "000003-y"),
        ("Y", "C", "split", "000004-y"),
        ("Y", "C2", "split", "000004-y"),
    }
    assert not any(one[0] == one[1] for one in leads)


@pytest.mark.parametrize("end", ["previous", "target"])
def test_an_id_whose_records_are_gone_leads_nowhere(tmp_path: Path, end: str) -> None:
    old: tuple[Alias, ...] = (
        (("B", "A", "split", "000003-y"),)
        if end == "previous"
        else (("A", "B", "split", "000003-y"), ("X", "B", "merged", "000003-y"))
    )
    without = {record: party for record, party in BEFORE.items() if party != "B"}
    assert compared(tmp_path, BEFORE, BEFORE, old)[1] == set(old)
    assert compared(tmp_path, BEFORE, without, old) == (set(), set())
