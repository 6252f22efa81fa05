"""Which edition is in force, and what the others are."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.ingest import lake
from flows.ingest.editions import Editions, newest_date, put_back, select
from flows.ingest.lake import EditionFacts, is_read_as_today
from flows.release.alarms import raised

JANUARY, FEBRUARY, MARCH, APRIL = (date(2026, month, 1) for month in (1, 2, 3, 4))


def facts(
    dated: date | None,
    *,
    complete: bool = True,
    arrival: int = 1,
    sha256: str = "",
    register: str = "xx_register",
    dataset: str = "whole",
    key: str = "",
) -> EditionFacts:
    """`sha256` tells files of one edition apart, and names an undated one."""
    digest = sha256 or f"bytes of {dated}"
    return EditionFacts(
        register=register,
        dataset=dataset,
        label=dated.isoformat() if dated else f"sha-{digest}",
        edition_date=dated,
        key=key or digest,
        file_name="file.csv",
        file_sha256=digest,
        file_bytes=1,
        completeness="complete" if complete else "extract",
        completeness_reason="as told",
        declared_rows=None,
        rows_in=1,
        rows_loaded=1,
        rows_rejected=0,
        rows_ignored=0,
        arrival=arrival,
    )


def blocked(dated: date | None, sha256: str = "broken", **given: str) -> EditionFacts:
    return replace(
        facts(dated, sha256=sha256, complete=False, arrival=0, **given),
        blocked_code="truncated",
        blocked_message="fetch it again",
    )


def statuses(editions: Editions) -> dict[str, str]:
    return {edition.facts.file_sha256: edition.status for edition in editions.all}


def landed_again(held: list[EditionFacts], *sha256: str) -> list[EditionFacts]:
    """The editions held after a night with these files in the landing folder."""
    landed = {(one.register, one.dataset, one.label, one.file_sha256) for one in held}
    again = {one.key: one for one in put_back(held, {file for file in landed if file[-1] in sha256})}
    return [again.get(one.key, one) for one in held]


def stale(editions: Editions) -> list[date | None]:
    return [edition.stale_since for edition in editions.all if edition.status == "in_force"]


# --- in force and history -----------------------------------------------------------------------------------


def test_the_newest_complete_edition_up_to_the_date_is_in_force() -> None:
    held = [facts(JANUARY), facts(FEBRUARY), facts(MARCH)]
    editions = select(held, (), MARCH)
    assert statuses(editions) == {
        f"bytes of {JANUARY}": "history",
        f"bytes of {FEBRUARY}": "history",
        f"bytes of {MARCH}": "in_force",
    }
    assert [edition.label for edition in editions.usable] == ["2026-01-01", "2026-02-01", "2026-03-01"]
    assert not editions.any_blocked and stale(editions) == [None]


def test_of_a_register_put_out_every_day_the_first_edition_and_the_last_of_each_month_are_history() -> None:
    days = {
        date(2026, 1, 20): "history",
        date(2026, 1, 25): "superseded",
        date(2026, 1, 30): "history",
        date(2026, 2, 1): "superseded",
        date(2026, 2, 2): "superseded",
        date(2026, 2, 28): "history",
        date(2026, 3, 2): "superseded",
        date(2026, 3, 3): "superseded",
        date(2026, 3, 4): "in_force",
    }
    editions = select([facts(day, register="gb_coh_psc") for day in days], (), date(2026, 3, 4))
    assert statuses(editions) == {f"bytes of {day}": status for day, status in days.items()}
    monthly = select([facts(day) for day in days], (), date(2026, 3, 4))
    assert [*statuses(monthly).values()] == ["history"] * 8 + ["in_force"]
    on_a_day = select([facts(day, register="gb_coh_psc") for day in days], (), date(2026, 2, 2))
    assert statuses(on_a_day)[f"bytes of {date(2026, 2, 2)}"] == "in_force"


@pytest.mark.parametrize(
    ("as_of", "in_force"),
    [
        (FEBRUARY, "2026-02-01"),
        (FEBRUARY - timedelta(days=1), "2026-01-01"),
        (date(2030, 1, 1), "2026-03-01"),
    ],
)
def test_later_editions_are_no_part_of_an_earlier_night(as_of: date, in_force: str) -> None:
    editions = select([facts(JANUARY), facts(FEBRUARY), facts(MARCH)], (), as_of)
    assert [edition.label for edition in editions.with_status("in_force")] == [in_force]
    assert all(
        edition.facts.edition_date is not None and edition.facts.edition_date <= as_of
        for edition in editions.all
    )


def test_before_every_edition_nothing_is_in_force() -> None:
    assert select([facts(FEBRUARY)], (), JANUARY).all == ()


def test_an_undated_edition_is_in_force_at_any_date_and_older_than_every_dated_one() -> None:
    held = [facts(None, sha256="undated", arrival=2), facts(FEBRUARY, arrival=1)]
    assert statuses(select(held, (), JANUARY)) == {"undated": "in_force"}
    assert statuses(select(held, (), FEBRUARY)) == {"undated": "history", f"bytes of {FEBRUARY}": "in_force"}


@pytest.mark.parametrize(("first", "second"), [("a", "z"), ("z", "a")])
def test_of_two_undated_editions_the_one_that_came_later_is_in_force(first: str, second: str) -> None:
    """A publisher's address without a date in it has another content each week, or for each company asked."""
    held = [facts(None, sha256=first, arrival=1), facts(None, sha256=second, arrival=2)]
    assert statuses(select(held, (), None)) == {first: "history", second: "in_force"}
    assert statuses(select(landed_again(held, first), (), None)) == {first: "in_force", second: "history"}
    extracts = [replace(one, completeness="extract") for one in held]
    assert statuses(select(extracts, (), None)) == {first: "history", second: "in_force"}


def test_an_undated_extract_before_the_complete_file_blocks_nothing() -> None:
    held = [facts(None, sha256="part", complete=False, arrival=1), facts(None, sha256="whole", arrival=2)]
    assert statuses(select(held, (), None)) == {"part": "history", "whole": "in_force"}


def test_registers_and_data_sets_do_not_meet() -> None:
    held = [
        facts(JANUARY, sha256="a"),
        facts(MARCH, sha256="b", register="xx_other"),
        facts(FEBRUARY, sha256="c", dataset="part"),
    ]
    editions = select(held, [blocked(APRIL, register="xx_other")], None)
    assert statuses(editions) == {"a": "in_force", "b": "in_force", "c": "in_force", "broken": "blocked"}
    assert {
        edition.facts.file_sha256: edition.stale_since for edition in editions.all if edition.stale_since
    } == {"b": MARCH}


# --- extracts -----------------------------------------------------------------------------------------------


def test_an_extract_never_replaces_a_complete_edition() -> None:
    editions = select([facts(JANUARY), facts(FEBRUARY, complete=False, sha256="extract")], (), MARCH)
    assert statuses(editions) == {f"bytes of {JANUARY}": "in_force", "extract": "blocked"}
    assert editions.any_blocked and stale(editions) == [JANUARY]
    [message] = [
        edition.facts.blocked_message or "" for edition in editions.all if edition.status == "blocked"
    ]
    assert (
        "xx_register" in message
        and "2026-02-01" in message
        and "2026-01-01" in message
        and "file.csv" in message
    )


def test_where_no_complete_edition_is_the_newest_extract_is_in_force() -> None:
    editions = select([facts(JANUARY, complete=False), facts(FEBRUARY, complete=False)], (), None)
    assert statuses(editions) == {f"bytes of {JANUARY}": "history", f"bytes of {FEBRUARY}": "in_force"}
    assert not editions.any_blocked


def test_an_extract_older_than_the_complete_edition_is_history() -> None:
    editions = select([facts(JANUARY, complete=False), facts(FEBRUARY)], (), None)
    assert statuses(editions) == {f"bytes of {JANUARY}": "history", f"bytes of {FEBRUARY}": "in_force"}
    assert not editions.any_blocked and stale(editions) == [None]


@pytest.mark.parametrize("digest", ["a", "z"])  # before and after the other's
def test_of_two_undated_editions_the_complete_one_is_in_force(digest: str) -> None:
    editions = select([facts(None, sha256="m"), facts(None, sha256=digest, complete=False)], (), JANUARY)
    assert statuses(editions) == {"m": "in_force", digest: "blocked"}


# --- two files of one edition -------------------------------------------------------------------------------


def test_a_second_file_of_an_edition_replaces_the_first() -> None:
    editions = select(
        [facts(JANUARY, sha256="first", arrival=1), facts(JANUARY, sha256="second", arrival=2)], (), None
    )
    assert statuses(editions) == {"first": "superseded", "second": "in_force"}
    assert [edition.file_sha256 for edition in editions.usable] == ["second"]


def test_a_file_that_is_put_back_replaces_what_had_replaced_it() -> None:
    held = [
        facts(JANUARY, sha256="right", key="old reading", arrival=1),
        facts(JANUARY, sha256="wrong", arrival=2),
        facts(JANUARY, sha256="right", key="new reading", arrival=3),
        facts(FEBRUARY, arrival=4),
    ]
    later = {f"bytes of {FEBRUARY}": "in_force"}
    assert statuses(select(held, (), None)) == {"right": "superseded", "wrong": "history"} | later
    both = landed_again(held, "right", "wrong")
    assert both == held  # nobody took the later one away
    back = landed_again(held, "right")
    assert statuses(select(back, (), None)) == {"right": "history", "wrong": "superseded"} | later
    # Again the next night, with the folder cleared, or with both files in it.
    assert back == landed_again(back, "right") == landed_again(back) == landed_again(back, "right", "wrong")
    assert statuses(select(landed_again(back, "wrong"), (), None)) == statuses(select(held, (), None))
    third = [*held, facts(JANUARY, sha256="third", arrival=5)]
    in_order = landed_again(third, "right", "third")  # the later of two files that are there stays the later
    assert statuses(select(in_order, (), None))["third"] == "history"


def test_an_extract_that_is_put_back_is_blocked_again() -> None:
    held = [
        facts(JANUARY, sha256="whole", arrival=2),
        facts(JANUARY, sha256="part", arrival=1, complete=False),
    ]
    assert statuses(select(held, (), None)) == {"whole": "in_force", "part": "superseded"}
    assert statuses(select(landed_again(held, "part"), (), None)) == {"whole": "in_force", "part": "blocked"}


def test_a_second_file_that_is_blocked_leaves_the_first_in_force_and_stale() -> None:
    """The publisher's last word is not in the release, although the date is the same."""
    editions = select([facts(JANUARY, sha256="first")], [blocked(JANUARY)], None)
    assert statuses(editions) == {"first": "in_force", "broken": "blocked"}
    assert editions.any_blocked and stale(editions) == [JANUARY]


def test_a_second_file_that_is_an_extract_leaves_the_complete_first_in_force() -> None:
    editions = select(
        [
            facts(JANUARY, sha256="first", arrival=1),
            facts(JANUARY, sha256="second", arrival=2, complete=False),
        ],
        (),
        None,
    )
    assert statuses(editions) == {"first": "in_force", "second": "blocked"}


@pytest.mark.parametrize(
    ("landed", "status"), [("first", "superseded"), ("first second", "blocked"), ("", "blocked")]
)
def test_an_extract_is_blocked_until_the_complete_file_lies_there_again(landed: str, status: str) -> None:
    files = [
        facts(JANUARY, sha256="first", arrival=1),
        facts(JANUARY, sha256="second", arrival=2, complete=False),
    ]
    editions = select(landed_again(files, *landed.split()), (), None)
    assert statuses(editions) == {"first": "in_force", "second": status}


def test_a_complete_second_file_supersedes_an_extract() -> None:
    editions = select(
        [
            facts(JANUARY, sha256="first", arrival=1, complete=False),
            facts(JANUARY, sha256="second", arrival=2),
        ],
        (),
        None,
    )
    assert statuses(editions) == {"first": "superseded", "second": "in_force"}
    assert not editions.any_blocked


def test_a_late_extract_of_an_edition_that_is_history_is_not_used_and_blocks_nothing() -> None:
    held = [
        facts(JANUARY, sha256="whole", arrival=1),
        facts(FEBRUARY, arrival=2),
        facts(JANUARY, sha256="late", arrival=3, complete=False),
    ]
    editions = select(held, (), None)
    assert statuses(editions) == {
        "whole": "history",
        "late": "superseded",
        f"bytes of {FEBRUARY}": "in_force",
    }
    assert not editions.any_blocked


def test_the_same_bytes_read_by_a_newer_parser_are_one_file_in_the_place_of_the_first_reading() -> None:
    held = [
        facts(JANUARY, sha256="first", key="old", arrival=1),
        facts(JANUARY, sha256="second", key="old 2", arrival=2),
        facts(JANUARY, sha256="first", key="new", arrival=3),
    ]
    editions = select(held, (), None)
    assert statuses(editions) == {"first": "superseded", "second": "in_force"}
    assert [edition.facts.key for edition in editions.all] == ["new", "old 2"]


def test_the_reading_of_todays_code_counts_where_that_is_an_earlier_one_that_was_taken_back_to() -> None:
    read = facts(JANUARY, arrival=1)
    todays = replace(read, key=lake_key_of(read))
    held = [
        todays,
        replace(read, key="withdrawn", arrival=2),
        facts(FEBRUARY, sha256="later", key="withdrawn too", arrival=3),
    ]
    assert is_read_as_today(todays) and not is_read_as_today(held[1])
    for known in (held, held[::-1]):
        assert [edition.facts.key for edition in select(known, (), None).all] == [todays.key, "withdrawn too"]


def lake_key_of(read: EditionFacts) -> str:
    return lake._key(read.register, read.file_sha256, read.dataset, read.label, synthetic=read.synthetic)


def test_bytes_that_todays_parser_refuses_are_not_used_as_an_earlier_one_read_them() -> None:
    held = [facts(JANUARY), facts(FEBRUARY, sha256="doubtful", key="old")]
    editions = select(held, [blocked(FEBRUARY, sha256="doubtful")], None)
    assert statuses(editions) == {f"bytes of {JANUARY}": "in_force", "doubtful": "blocked"}
    assert stale(editions) == [JANUARY]


# --- blocked and stale --------------------------------------------------------------------------------------


def test_a_newer_edition_that_is_blocked_makes_the_one_in_force_stale() -> None:
    editions = select([facts(JANUARY)], [blocked(FEBRUARY)], None)
    assert statuses(editions) == {f"bytes of {JANUARY}": "in_force", "broken": "blocked"}
    assert editions.any_blocked and stale(editions) == [JANUARY]
    assert newest_date(editions.usable) == JANUARY  # what is blocked is not used and moves no date


def test_a_blocked_extract_moves_no_date_either() -> None:
    editions = select([facts(JANUARY), facts(MARCH, complete=False)], (), None)
    assert newest_date(editions.usable) == JANUARY and editions.any_blocked


def test_an_older_edition_that_is_blocked_makes_nothing_stale() -> None:
    editions = select([facts(FEBRUARY)], [blocked(JANUARY), blocked(None, sha256="undated")], None)
    assert editions.any_blocked and stale(editions) == [None]


def test_on_a_first_night_a_blocked_register_is_absent() -> None:
    editions = select((), [blocked(JANUARY)], None)
    assert editions.with_status("in_force") == () and editions.any_blocked


def test_an_edition_later_than_the_date_asked_for_blocks_nothing() -> None:
    """Nobody asked about February: its broken file and its extract are no part of that night."""
    editions = select(
        [facts(JANUARY), facts(FEBRUARY, sha256="extract", complete=False)], [blocked(FEBRUARY)], JANUARY
    )
    assert statuses(editions) == {f"bytes of {JANUARY}": "in_force"}
    assert not editions.any_blocked and stale(editions) == [None]


# --- properties ---------------------------------------------------------------------------------------------

days = st.integers(min_value=0, max_value=5)


@st.composite
def many(draw: st.DrawFn) -> tuple[list[EditionFacts], list[EditionFacts]]:
    """Editions of one series with distinct dates (some undated), complete or not; some later ones blocked."""
    dated = draw(st.lists(days, unique=True, max_size=5))
    held = [
        facts(JANUARY + timedelta(days=day), complete=draw(st.booleans()), sha256=f"day {day}")
        for day in dated
    ]
    held += [
        facts(None, sha256=f"undated {n}", complete=draw(st.booleans()))
        for n in range(draw(st.integers(0, 2)))
    ]
    refused = [
        blocked(JANUARY + timedelta(days=day), sha256=f"broken {day}")
        for day in draw(st.lists(days, unique=True, max_size=2))
    ]
    return held, refused


@given(many(), st.one_of(st.none(), days), st.randoms(use_true_random=False))
def test_the_order_of_arrival_does_not_change_the_outcome(
    editions: tuple[list[EditionFacts], list[EditionFacts]], day: int | None, random: Random
) -> None:
    held, refused = editions
    as_of = None if day is None else JANUARY + timedelta(days=day)

    def arrived(order: Sequence[EditionFacts]) -> Editions:
        return select([replace(one, arrival=n) for n, one in enumerate(order, start=1)], refused, as_of)

    def outcome(selected: Editions) -> list[tuple[str, str, date | None]]:
        return [(edition.facts.file_sha256, edition.status, edition.stale_since) for edition in selected.all]

    # Of editions without a date, the order of arrival is what is known of their age.
    undated = iter([one for one in held if one.edition_date is None])
    shuffled = [one if one.edition_date else next(undated) for one in random.sample(held, len(held))]
    assert outcome(arrived(shuffled)) == outcome(arrived(held))


@given(many(), days)
def test_one_is_in_force_and_it_is_the_newest_complete(
    editions: tuple[list[EditionFacts], list[EditionFacts]], day: int
) -> None:
    held, refused = editions
    as_of = JANUARY + timedelta(days=day)
    selected = select(held, refused, as_of)
    eligible = [one for one in held if one.edition_date is None or one.edition_date <= as_of]
    best = max(
        eligible,
        key=lambda one: (one.completeness == "complete", one.edition_date or date.min, one.label),
        default=None,
    )
    assert [one.file_sha256 for one in selected.with_status("in_force")] == (
        [] if best is None else [best.file_sha256]
    )
    assert len(selected.all) == len(eligible) + sum(
        one.edition_date is not None and one.edition_date <= as_of for one in refused
    )
    assert all(
        edition.facts.completeness == "extract" for edition in selected.all if edition.status == "blocked"
    )


@given(many())
def test_asking_for_the_nights_own_date_changes_nothing_but_what_is_later(
    editions: tuple[list[EditionFacts], list[EditionFacts]],
) -> None:
    held, refused = editions
    free = select(held, refused, None)
    own = newest_date(free.usable)
    if own is not None:
        assert select(held, refused, own).usable == free.usable


# --- series: the newest file of every period is in force ----------------------------------------------------

PRICES = "gb_hmlr_price_paid"
MONTHLY, YEAR, COMPLETE = "pp-monthly-update", "pp-2019", "pp-complete"


def monthly(dated: date | None, **given: object) -> EditionFacts:
    return facts(dated, register=PRICES, dataset=MONTHLY, **given)  # type: ignore[arg-type]  # as `facts` takes them


def test_periods_of_a_series_are_in_force_together() -> None:
    held = [
        monthly(JANUARY),
        monthly(FEBRUARY),
        monthly(MARCH),
        facts(JANUARY, sha256="2019", register=PRICES, dataset=YEAR),
    ]
    editions = select(held, (), None)
    assert statuses(editions) == {
        f"bytes of {JANUARY}": "in_force",
        f"bytes of {FEBRUARY}": "in_force",
        f"bytes of {MARCH}": "in_force",
        "2019": "in_force",
    }
    assert not editions.any_blocked and stale(editions) == [None] * 4


def test_later_periods_are_no_part_of_an_earlier_night() -> None:
    editions = select([monthly(JANUARY), monthly(FEBRUARY), monthly(MARCH)], (), FEBRUARY)
    assert statuses(editions) == {f"bytes of {JANUARY}": "in_force", f"bytes of {FEBRUARY}": "in_force"}


@pytest.mark.parametrize("dataset", [YEAR, COMPLETE])
def test_a_year_delivered_again_takes_the_place_of_the_older_file(dataset: str) -> None:
    """Its newest day may be another one: what the publisher took out of it must not stay."""
    held = [
        facts(JANUARY, sha256="old", register=PRICES, dataset=dataset),
        facts(FEBRUARY, sha256="new", register=PRICES, dataset=dataset, arrival=2),
    ]
    editions = select([*held, monthly(JANUARY, sha256="month")], (), None)
    assert statuses(editions) == {"old": "history", "new": "in_force", "month": "in_force"}


def test_a_period_delivered_again_replaces_itself_only() -> None:
    held = [
        monthly(JANUARY, sha256="first", arrival=1),
        monthly(FEBRUARY, sha256="february", arrival=2),
        monthly(JANUARY, sha256="second", arrival=3),
    ]
    assert statuses(select(held, (), None)) == {
        "first": "superseded",
        "second": "in_force",
        "february": "in_force",
    }


def test_undated_files_of_a_series_are_each_a_period() -> None:
    held = [monthly(None, sha256="a"), monthly(None, sha256="b"), monthly(JANUARY)]
    assert statuses(select(held, (), JANUARY)) == {
        "a": "in_force",
        "b": "in_force",
        f"bytes of {JANUARY}": "in_force",
    }


def test_an_extract_of_a_period_is_judged_within_it() -> None:
    """It does not replace its own complete file, and stands beside another period's."""
    held = [
        monthly(JANUARY, sha256="whole", arrival=1),
        monthly(JANUARY, sha256="part", arrival=2, complete=False),
        monthly(FEBRUARY, sha256="other", arrival=3, complete=False),
    ]
    editions = select(held, (), None)
    assert statuses(editions) == {"whole": "in_force", "part": "blocked", "other": "in_force"}
    assert {
        edition.facts.file_sha256: edition.stale_since for edition in editions.all if edition.stale_since
    } == {"whole": JANUARY}


def test_a_blocked_period_makes_the_newest_one_stale_and_no_other() -> None:
    held = [
        monthly(JANUARY),
        monthly(FEBRUARY),
        facts(FEBRUARY, sha256="2019", register=PRICES, dataset=YEAR),
    ]
    editions = select(held, [blocked(MARCH, register=PRICES, dataset=MONTHLY)], None)
    assert {
        edition.facts.file_sha256: edition.stale_since for edition in editions.all if edition.stale_since
    } == {f"bytes of {FEBRUARY}": FEBRUARY}
    assert editions.any_blocked and statuses(editions)["broken"] == "blocked"


def test_another_file_of_an_older_period_that_is_blocked_makes_that_one_stale() -> None:
    editions = select(
        [monthly(JANUARY), monthly(FEBRUARY)], [blocked(JANUARY, register=PRICES, dataset=MONTHLY)], None
    )
    assert {
        edition.facts.file_sha256: edition.stale_since for edition in editions.all if edition.stale_since
    } == {f"bytes of {JANUARY}": JANUARY}


@given(
    st.lists(st.tuples(days, st.booleans()), max_size=6, unique_by=lambda one: one[0]),
    st.randoms(use_true_random=False),
)
def test_the_order_of_arrival_does_not_change_a_series(
    given_days: list[tuple[int, bool]], random: Random
) -> None:
    held = [
        monthly(JANUARY + timedelta(days=day), complete=complete, sha256=f"day {day}")
        for day, complete in given_days
    ]

    def arrived(order: Sequence[EditionFacts]) -> dict[str, str]:
        return statuses(select([replace(one, arrival=n) for n, one in enumerate(order, start=1)], (), None))

    assert (
        arrived(held)
        == arrived(random.sample(held, len(held)))
        == {f"day {day}": "in_force" for day, _ in given_days}
    )


# --- data sets that had another name ------------------------------------------------------------------------

LISTS = "ftm_entities"


def of_list(dated: date, dataset: str, file_name: str, *contains: str, arrival: int = 1) -> EditionFacts:
    return replace(
        facts(dated, sha256=f"{dataset} {dated}", register=LISTS, dataset=dataset, arrival=arrival),
        file_name=file_name,
        contains=contains,
    )


def in_force(*held: EditionFacts) -> list[tuple[str, str]]:
    return [(edition.dataset, edition.label) for edition in select(held, (), None).with_status("in_force")]


def test_a_list_whose_folder_was_renamed_is_in_force_once() -> None:
    """Else who is taken off it stays on the copy that nobody delivers any more."""

    def under(name: str, dated: date, arrival: int, sha256: str = "") -> EditionFacts:
        return replace(
            of_list(dated, name, f"{name}/entities.ftm.json", "xx-acts", arrival=arrival),
            file_sha256=sha256 or f"bytes of {dated}",
            key=f"{name} {arrival}",
        )

    winter, before = under("acts", JANUARY, 1), under("acts", FEBRUARY, 2)
    again, later = under("acts-list", FEBRUARY, 3), under("acts-list", MARCH, 4)
    assert in_force(winter, before, again) == [("acts-list", "2026-02-01")]
    editions = select((winter, before, again, later), (), None)
    assert [(edition.facts.dataset, edition.facts.label, edition.status) for edition in editions.all] == [
        ("acts", "2026-01-01", "superseded"),
        ("acts-list", "2026-02-01", "history"),
        ("acts-list", "2026-03-01", "in_force"),
    ]
    twice = under("lists", MARCH, 5)
    assert in_force(winter, before, again, later, twice) == [("lists", "2026-03-01")]  # renamed again
    # Delivered under its own name since, with other records: it is there still, and so is the other.
    assert in_force(winter, before, again, under("acts", MARCH, 5, "other bytes")) == [
        ("acts", "2026-03-01"),
        ("acts-list", "2026-02-01"),
    ]


def test_an_edition_that_names_none_of_the_lists_before_it_is_an_alarm() -> None:
    def kinds(*held: EditionFacts) -> list[tuple[str, str]]:
        return [(alarm.kind, alarm.dataset) for alarm in raised(select(held, (), None), MARCH, (), MARCH, {})]

    before = of_list(JANUARY, "entities", "entities.ftm.json", "xx-acts", "yy-acts")
    assert kinds(before, of_list(MARCH, "entities", "entities.ftm.json", "xx-peps")) == [
        ("other_lists", "entities")
    ]
    assert (
        kinds(before, of_list(MARCH, "entities", "entities.ftm.json", "xx-peps", "yy-acts"))
        == kinds(before)
        == []
    )
