"""The mart of listings, through the register's own parser: what is open, what has ended, and what is not
shown.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from flows.home.settings import Home
from tests.landings import land_files, mart, resolved_night

AS_OF = date(2026, 6, 1)
Records = Sequence[tuple[str, str, Mapping[str, object]]]


def listing(folder: Path, records: Records, as_of: date = AS_OF) -> pl.DataFrame:
    """The mart of a list of these records: id, schema, properties."""
    rows = [
        {
            "id": key,
            "schema": schema,
            "properties": dict(properties),
            "datasets": ["zed_lists"],
            "last_seen": "2026-05-31T04:00:00",
        }
        for key, schema, properties in records
    ]
    landing = land_files(
        folder / "landing", {"entities.ftm.json": "".join(json.dumps(row) + "\n" for row in rows).encode()}
    )
    return mart(resolved_night(Home(folder / "home"), landing, as_of), "listing")


def opened(table: pl.DataFrame) -> set[tuple[str, str, bool]]:
    return set(table.select("topic", "listing_class", "is_open").iter_rows())


def act(key: str, end: str = "", start: str = "2020-01-01") -> tuple[str, str, dict[str, object]]:
    return key, "Sanction", {"entity": ["p"], "startDate": [start], **({"endDate": [end]} if end else {})}


LISTED: tuple[str, str, Mapping[str, object]] = ("p", "Person", {"name": ["P Zed"], "topics": ["sanction"]})
ACTS: Sequence[tuple[Records, set[tuple[str, str, bool]]]] = (
    ([], {("sanction", "sanction", True)}),
    ([act("s1")], {("sanction", "sanction", True), ("Sanction", "sanction", True)}),
    ([act("s1", "2026-06-01")], {("sanction", "sanction", False), ("Sanction", "sanction", False)}),
    ([act("s1", "2026-06-02")], {("sanction", "sanction", True), ("Sanction", "sanction", True)}),
    (
        [act("s1", "2021"), act("s2")],
        {("sanction", "sanction", True), ("Sanction", "sanction", False), ("Sanction", "sanction", True)},
    ),
    (
        [act("s1", "2021"), act("s2", "2022-05")],
        {("sanction", "sanction", False), ("Sanction", "sanction", False)},
    ),
)
STATUSES: Sequence[tuple[Mapping[str, object], bool]] = (
    ({}, True),
    ({"status": ["ended"]}, False),
    ({"status": ["Removed"]}, False),
    ({"status": [" EXCLUDED "]}, False),
    ({"status": ["active", "excluded"]}, True),
    ({"status": ["current"]}, True),
    ({"status": ["by order 12"]}, True),
    ({"status": ["ended"], "endDate": ["2026-06-02"]}, True),
)
OFFICES: Sequence[tuple[Mapping[str, object], tuple[date | None, date | None], bool]] = (
    ({"status": ["ended"]}, (None, None), False),
    ({"status": ["ended"], "endDate": ["2001"]}, (None, date(2002, 1, 1)), False),
    (
        {"periodStart": ["2010-05-06"], "periodEnd": ["2015-03-30"]},
        (date(2010, 5, 6), date(2015, 3, 30)),
        False,
    ),
    (
        {
            "startDate": ["2011"],
            "periodStart": ["2010-05-06"],
            "periodEnd": ["2015-03-30"],
            "endDate": ["2013-02-01"],
        },
        (date(2011, 1, 1), date(2013, 2, 1)),
        False,
    ),
    (
        {"periodStart": ["2024-05-06"], "periodEnd": ["2029-05-06"]},
        (date(2024, 5, 6), date(2029, 5, 6)),
        True,
    ),
    (
        {"periodStart": ["2010-05-06"], "periodEnd": ["2015-03-30"], "status": ["current"]},
        (date(2010, 5, 6), None),
        True,
    ),
    ({"startDate": ["2020"], "status": ["unknown"]}, (date(2020, 1, 1), None), True),
)
CASES: Mapping[str, Records] = {
    **{f"acts {n}": [LISTED, *acts] for n, (acts, _) in enumerate(ACTS)},
    **{
        f"status {n}": [LISTED, ("s", "Sanction", {"entity": ["p"], "startDate": ["2019"], **properties})]
        for n, (properties, _) in enumerate(STATUSES)
    },
    **{
        f"office {n}": [
            ("p", "Person", {"name": ["P Zed"]}),
            ("q", "Position", {"name": ["Zed Minister"]}),
            ("o", "Occupancy", {"holder": ["p"], "post": ["q"], **properties}),
        ]
        for n, (properties, *_) in enumerate(OFFICES)
    },
    "crime": [
        ("p", "Person", {"name": ["P Zed"], "topics": ["crime.fin", "wanted", "corp.disqual", "debarment"]}),
        ("q", "Person", {"name": ["P Zed"], "topics": ["poi"]}),
    ],
}


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, pl.DataFrame]:
    """Of each case its rows in the mart.

    All cases are in one list: a case's ids and names end in what it is called.
    """

    def named(case: str, properties: Mapping[str, object]) -> dict[str, object]:
        return {
            key: [f"{value} {case}" for value in values]
            if key in ("name", "entity", "holder", "post")
            else values
            for key, values in properties.items()
        }  # type: ignore[attr-defined]

    records = [
        (f"{key} {case}", schema, named(case, properties))
        for case, of_case in CASES.items()
        for key, schema, properties in of_case
    ]
    table = listing(tmp_path_factory.mktemp("listing"), records)
    assert set(table["listed_name"]) == {f"P Zed {case}" for case in CASES}
    return {case: table.filter(listed_name=f"P Zed {case}") for case in CASES}


@pytest.mark.parametrize("n", range(len(ACTS)))
def test_a_topic_ends_with_the_last_of_its_acts(n: int, tables: Mapping[str, pl.DataFrame]) -> None:
    _, expected = ACTS[n]
    assert opened(tables[f"acts {n}"]) == expected


@pytest.mark.parametrize("n", range(len(STATUSES)))
def test_a_status_that_says_so_ends_a_place_on_a_list_and_its_topic(
    n: int, tables: Mapping[str, pl.DataFrame]
) -> None:
    _, is_open = STATUSES[n]
    assert opened(tables[f"status {n}"]) == {
        ("sanction", "sanction", is_open),
        ("Sanction", "sanction", is_open),
    }


@pytest.mark.parametrize("n", range(len(OFFICES)))
def test_an_office_ends_with_its_holder_its_term_or_its_status(
    n: int, tables: Mapping[str, pl.DataFrame]
) -> None:
    _, period, is_open = OFFICES[n]
    [row] = tables[f"office {n}"].to_dicts()
    assert (row["valid_from"], row["valid_to"], row["is_open"]) == (*period, is_open)


@pytest.mark.nightly
def test_the_acts_of_one_class_do_not_end_the_topic_of_another(tmp_path: Path) -> None:
    table = listing(
        tmp_path,
        [("p", "Person", {"name": ["P Zed"], "topics": ["sanction", "role.pep"]}), act("s1", "2021")],
    )
    assert opened(table) == {
        ("sanction", "sanction", False),
        ("role.pep", "pep", True),
        ("Sanction", "sanction", False),
    }


def test_criminal_offence_data_is_in_the_lake_and_in_no_mart(tables: Mapping[str, pl.DataFrame]) -> None:
    assert opened(tables["crime"]) == {("debarment", "debarment", True), ("poi", "other", True)}


@pytest.mark.nightly
def test_an_office_has_its_title_and_its_term(tmp_path: Path) -> None:
    records: Records = [
        ("p", "Person", {"name": ["P Zed"]}),
        ("o", "Occupancy", {"holder": ["p"], "post": ["m"], "startDate": ["2019"], "endDate": ["2026-05"]}),
        ("m", "Position", {"name": ["Mayor of Zedgrad"]}),
        ("n", "Occupancy", {"holder": ["p"], "startDate": ["2026-07-01"]}),
    ]
    table = listing(tmp_path, records).sort("valid_from")
    assert table.select("position", "valid_from", "valid_to", "is_open").rows() == [
        ("Mayor of Zedgrad", date(2019, 1, 1), date(2026, 6, 1), False),
        (None, date(2026, 7, 1), None, False),
    ]
    assert table["listed_name"].to_list() == ["P Zed", "P Zed"] and set(table["listing_class"]) == {"pep"}
