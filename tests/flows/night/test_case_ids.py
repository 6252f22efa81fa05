"""Cases from night to night: what is new, changed or gone, and which id leads where."""

from collections.abc import Mapping, Sequence

import duckdb
import polars as pl
import pytest

from flows.release.case_ids import SinceRelease, became
from graphs.cases import CASE_PREFIX
from tests.flows.night.casebooks import Rows, flag, night, owns
from transforms.model.views import CASE_ALIAS, CASE_CHANGE

Led = tuple[str, str, str, str]  # id of before, case, reason, shared: cases by their earliest flag


def standing(rows: Rows) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Flags in cases, and cases."""
    book = night(rows)
    subjects = pl.DataFrame(
        [(row["flag_id"], row["subject_id"]) for row in rows["flag"]],
        schema={"flag_id": pl.String, "subject_id": pl.String},
        orient="row",
    )
    return book.case_of_flag.join(subjects, on="flag_id"), book.cases


def since(*nights: Rows, parties: Sequence[tuple[str, str]] = ()) -> SinceRelease:
    """What became of cases after the last of the nights, each published as releases 1, 2 …

    `parties`: id of before, id now.
    """
    last = SinceRelease()
    flags, before = standing(nights[0])
    for number, rows in enumerate(nights[1:], start=1):
        with duckdb.connect() as connection:
            now, cases = standing(rows)
            party = pl.DataFrame(
                list(parties), schema={"previous_party_id": pl.String, "party_id": pl.String}, orient="row"
            )
            given = {
                "flag_before": flags,
                "case_alias_before": last.aliases,
                "case_before": before,
                "flag": now,
                "review_case": cases,
                "party_alias": party,
            }
            for name, frame in given.items():
                connection.register(name, frame.to_arrow())
            last = became(connection, str(number))
        aliases = last.aliases
        assert dict(aliases.schema) == CASE_ALIAS.schema and aliases.equals(aliases.sort("previous_case_id"))
        flags, before = now, cases
    return last


def led(*nights: Rows, parties: Sequence[tuple[str, str]] = ()) -> tuple[set[Led], Mapping[str, int]]:
    """Where ids lead after the last of the nights, and its counts."""
    last = since(*nights, parties=parties)
    stem = f"{CASE_PREFIX}f-"
    aliases = last.aliases.select("previous_case_id", "case_id", "reason", "shared").iter_rows()
    return {
        (old.removeprefix(stem), case.removeprefix(stem), reason, shared)
        for old, case, reason, shared in aliases
    }, last.counts


def test_cases_are_new_changed_or_gone_since_the_release_before_and_others_are_not_listed() -> None:
    changed, cleared = flag("B", "CCC-010", day=1), flag("C", "BBB-010", day=1)
    last = since(
        {"flag": [flag("A"), flag("B"), flag("C"), cleared, flag("D")]},
        {"flag": [flag("A"), flag("B"), changed, flag("C"), flag("E", "AAA-020")]},
    )
    assert last.changes.schema == CASE_CHANGE.schema
    assert last.changes.drop("title", "area_name").rows() == [
        (f"{CASE_PREFIX}f-B-AAA-010", "changed", "act", "act", 1, 0),
        (f"{CASE_PREFIX}f-C-AAA-010", "changed", "act", "act", 0, 1),
        (f"{CASE_PREFIX}f-D-AAA-010", "gone", "act", "act", 0, 1),
        (f"{CASE_PREFIX}f-E-AAA-020", "new", "act", None, 1, 0),
    ]


def test_a_graver_flag_changes_a_cases_lane() -> None:
    graver = [flag("A"), flag("A", "SSS-010", day=1)]
    assert since({"flag": [flag("A")]}, {"flag": graver}).changes.drop("title", "area_name").rows() == [
        (f"{CASE_PREFIX}f-A-AAA-010", "changed", "stop", "act", 1, 0)
    ]


def counted(**more: int) -> dict[str, int]:
    return {
        "cases_renamed": 0,
        "cases_merged": 0,
        "cases_split": 0,
        "cases_opened": 0,
        "cases_closed": 0,
        **more,
    }


def test_a_newer_flag_does_not_change_the_id_and_a_merger_keeps_the_older_one() -> None:
    flags = [flag("A", day=-10), flag("B", day=-20)]
    assert led({"flag": flags}, {"flag": [*flags, flag("A", "BBB-010")]}) == (set(), counted())
    led_to = led({"flag": flags}, {"flag": flags, "graph_edge": [owns("A", "B")]})
    assert led_to == ({("A-AAA-010", "B-AAA-010", "merged", "flags")}, counted(cases_merged=1))


def test_a_split_leaves_the_id_with_the_earliest_flag_which_is_no_alias_then() -> None:
    flags = [flag("A", day=-10), flag("B", day=-20)]
    assert led({"flag": flags, "graph_edge": [owns("A", "B")]}, {"flag": flags}) == (set(), counted())


def test_a_case_whose_earliest_flag_is_gone_goes_on_under_the_next() -> None:
    flags, links = (
        [flag("A", day=-10), flag("B", day=-20), flag("C", day=-5)],
        [owns("A", "B"), owns("A", "C")],
    )
    led_to = led({"flag": flags, "graph_edge": links}, {"flag": [flags[0], flags[2]], "graph_edge": links})
    assert led_to == ({("B-AAA-010", "A-AAA-010", "renamed", "flags")}, counted(cases_renamed=1))


def test_a_case_that_takes_an_earlier_flags_name_is_renamed() -> None:
    led_to = led({"flag": [flag("A")]}, {"flag": [flag("A"), flag("A", "BBB-010", day=-9)]})
    assert led_to == ({("A-AAA-010", "A-BBB-010", "renamed", "flags")}, counted(cases_renamed=1))


def test_a_split_case_without_its_earliest_flag_leads_to_most_of_its_flags_then_to_the_first() -> None:
    first, links = flag("B", day=-20), [owns("B", "A"), owns("B", "C")]
    parts = [flag("A"), flag("C"), flag("C", "AAA-020")]
    led_to = led({"flag": [first, *parts], "graph_edge": links}, {"flag": parts})
    assert led_to == ({("B-AAA-010", "C-AAA-010", "split", "flags")}, counted(cases_split=1))
    alike = [flag("A"), flag("C", "BBB-010")]  # of one flag each; C's is the rarer
    assert led({"flag": [first, *alike], "graph_edge": links}, {"flag": alike})[0] == {
        ("B-AAA-010", "C-BBB-010", "split", "flags")
    }


def test_where_the_earliest_flag_went_goes_before_where_most_flags_went() -> None:
    """E's case takes the part with the earliest flag; the two others stay together."""
    flags, links = (
        [flag("B", day=-20), flag("A"), flag("C"), flag("E", day=-30)],
        [owns("B", "A"), owns("A", "C")],
    )
    led_to = led(
        {"flag": flags, "graph_edge": links}, {"flag": flags, "graph_edge": [owns("E", "B"), owns("A", "C")]}
    )
    assert led_to == ({("B-AAA-010", "E-AAA-010", "split", "flags")}, counted(cases_split=1))


def test_a_candidate_that_was_confirmed_is_another_flag_on_the_same_subject() -> None:
    sure = {**flag("A"), "flag_id": "f-A-sure"}
    assert led({"flag": [flag("A")]}, {"flag": [sure]}) == (
        {("A-AAA-010", "A-sure", "renamed", "subjects")},
        counted(cases_renamed=1),
    )
    joined = led(
        {"flag": [flag("A"), flag("B", day=-20)]},
        {"flag": [sure, flag("B", day=-20)], "graph_edge": [owns("A", "B")]},
    )
    assert joined == ({("A-AAA-010", "B-AAA-010", "merged", "subjects")}, counted(cases_merged=1))


def test_without_its_flags_a_case_leads_to_most_of_its_subjects() -> None:
    before: Rows = {"flag": [flag(name) for name in "ABC"], "graph_edge": [owns("A", "B"), owns("B", "C")]}
    now: Rows = {
        "flag": [flag("A", "BBB-010"), flag("B", "AAA-020"), flag("C", "AAA-020")],
        "graph_edge": [owns("B", "C")],
    }
    assert led(before, now)[0] == {("A-AAA-010", "B-AAA-020", "split", "subjects")}


def test_a_subject_with_another_id_is_followed() -> None:
    assert led({"flag": [flag("A")]}, {"flag": [flag("B")]}) == (
        set(),
        counted(cases_opened=1, cases_closed=1),
    )
    assert led({"flag": [flag("A")]}, {"flag": [flag("B")]}, parties=[("A", "B")])[0] == {
        ("A-AAA-010", "B-AAA-010", "renamed", "subjects")
    }


@pytest.mark.parametrize(("prefix", "kind"), [("CG-", "control_group"), ("DS-", "directed_set")])
def test_a_group_is_followed_where_its_head_has_another_id(prefix: str, kind: str) -> None:
    before: Rows = {"flag": [flag(f"{prefix}A", kind=kind)]}
    now: Rows = {"flag": [flag(f"{prefix}B", kind=kind)]}
    assert led(before, now, parties=[("A", "B")])[0] == {
        (f"{prefix}A-AAA-010", f"{prefix}B-AAA-010", "renamed", "subjects")
    }


@pytest.mark.nightly
def test_ids_of_many_releases_ago_lead_to_the_case_of_today() -> None:
    flags = [flag("A", code, day=day) for code, day in (("AAA-010", -30), ("AAA-020", -20), ("BBB-010", -10))]
    older: Rows = {"flag": [*flags, flag("B", day=-40)], "graph_edge": [owns("A", "B")]}
    nights: list[Rows] = [{"flag": flags}, {"flag": flags[1:]}, {"flag": flags[2:]}, {"flag": flags[2:]}]
    first, second = (
        ("A-AAA-010", "A-BBB-010", "renamed", "flags"),
        ("A-AAA-020", "A-BBB-010", "renamed", "flags"),
    )
    assert led(*nights) == ({first, second}, counted())
    merged = led(*nights, {"flag": [flags[2], flag("B", day=-40)], "graph_edge": [owns("A", "B")]})[0]
    assert merged == {
        ("A-AAA-010", "B-AAA-010", "renamed", "flags"),
        ("A-AAA-020", "B-AAA-010", "renamed", "flags"),
        ("A-BBB-010", "B-AAA-010", "renamed", "flags"),
    }
    assert led(*nights, {"flag": [flag("A", "CCC-010"), flag("C")]}) == (
        set(),
        counted(cases_opened=1, cases_closed=1),
    )  # a weak flag keeps no case open
    assert led(*nights, {"flag": flags})[0] == {
        ("A-BBB-010", "A-AAA-010", "renamed", "flags"),
        ("A-AAA-020", "A-AAA-010", "renamed", "flags"),
    }  # its own again
    assert led({"flag": flags}, older, {"flag": older["flag"]})[0] == set()  # apart again
    by_subject = led(*nights, {"flag": [flag("A", "DDD-010"), flag("A", "AAA-010", flag_id="f-A-sure")]})[0]
    assert {shared for *_, shared in by_subject} == {"subjects"} and len(by_subject) == 3


def test_an_old_id_leads_to_where_its_flag_is_when_the_case_it_merged_into_falls_apart() -> None:
    flags = [flag("A", day=-10), flag("B", day=-20), flag("C", day=-5)]
    together_then = {"flag": flags, "graph_edge": [owns("A", "B"), owns("A", "C")]}
    newer = flag("A", "BBB-010", day=-15)  # names the part that A and C are
    led_to = led({"flag": flags}, together_then, {"flag": [*flags, newer], "graph_edge": [owns("A", "C")]})
    assert led_to[0] == {
        ("A-AAA-010", "A-BBB-010", "merged", "flags"),
        ("C-AAA-010", "A-BBB-010", "merged", "flags"),
    }


def test_cases_that_come_and_go_are_counted() -> None:
    assert led({"flag": [flag("A")]}, {"flag": [flag("B")]}) == (
        set(),
        counted(cases_opened=1, cases_closed=1),
    )
    assert led({"flag": []}, {"flag": [flag("B")]}) == (set(), counted(cases_opened=1))
    assert led({"flag": [flag("A")]}, {"flag": []}) == (set(), counted(cases_closed=1))
