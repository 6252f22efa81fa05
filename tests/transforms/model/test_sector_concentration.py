"""ARE-020 on a few districts: a macro of the release, and no flag, as it is about a district."""

from collections.abc import Iterator
from contextlib import closing

import duckdb
import pytest

from tests.transforms.model.test_money_macros import frame_of
from transforms.model.macros import MACROS
from transforms.model.views import RELEASE_TABLES

(MACRO,) = (macro for macro in MACROS if macro.name == "sector_concentration")
CATERING, CARS, DORMANT = "56101", "45111", "99999"
type Seat = tuple[str, str, int]  # district, industry code, companies


def answered(seats: list[Seat], groups: dict[str, list[str]], columns: str) -> list[tuple[object, ...]]:
    """Companies are called after district, code and place: `A 56101 0`."""
    companies = [
        {
            "company_id": f"{area} {code} {nth}",
            "area_name": area,
            "area_code": f"code {area}",
            "industry_codes": [code, code],
            "is_active": True,
            "territory": "gb",
        }
        for area, code, companies_n in seats
        for nth in range(companies_n)
    ]
    members = [
        {"control_group_id": group, "subject_id": member, "controller_id": group}
        for group, members in groups.items()
        for member in members
    ]
    with closing(duckdb.connect()) as release:
        for name, rows in (("company", companies), ("graph_control_group", members)):
            release.register("rows", frame_of(RELEASE_TABLES[name], rows).to_arrow())
            release.execute(f"create table {name} as from rows")
        release.execute(MACRO.statement)
        everything = release.execute(f"from {MACRO.name}('gb')").description or []
        assert [name for name, *_ in everything] == [column.name for column in MACRO.columns]
        return release.execute(f"select {columns} from {MACRO.name}('gb')").fetchall()


def of_one(area: str, code: str, companies_n: int) -> list[str]:
    return [f"{area} {code} {nth}" for nth in range(companies_n)]


@pytest.fixture
def districts() -> Iterator[list[Seat]]:
    """Nineteen districts with one restaurant and nine car dealers each."""
    yield [seat for n in range(19) for seat in ((f"D{n:02}", CATERING, 1), (f"D{n:02}", CARS, 9))]


def test_a_class_far_above_the_other_districts_and_in_one_group_is_concentrated(
    districts: list[Seat],
) -> None:
    seats = [*districts, ("A", CATERING, 6), ("A", CARS, 4)]
    groups = {"CG-1": of_one("A", CATERING, 3), "CG-2": of_one("A", CARS, 2), "CG-3": of_one("D00", CARS, 3)}
    columns = "area_name, nace_class, companies_n, location_quotient, peers_n, fence, is_concentrated"
    # 6 of 10, where 25 of 200 are the share of all; and 9 of 10 where it is 175 of 200.
    assert answered(seats, groups, columns) == [
        ("A", "5610", 6, 4.8, 20, 0.8, True),
        ("D00", "4511", 9, 1.0286, 20, 1.0286, False),
    ]


def test_two_of_a_group_are_not_enough(districts: list[Seat]) -> None:
    seats = [*districts, ("A", CATERING, 6), ("A", CARS, 4)]
    assert answered(seats, {"CG-1": of_one("A", CATERING, 2)}, "area_name") == []


def test_fewer_than_twenty_districts_have_no_fence(districts: list[Seat]) -> None:
    seats = [*districts[2:], ("A", CATERING, 6), ("A", CARS, 4)]
    groups = {"CG-1": of_one("A", CATERING, 3)}
    assert answered(seats, groups, "peers_n, fence, is_concentrated") == [(19, None, None)]


def test_the_code_of_dormant_companies_is_no_industry(districts: list[Seat]) -> None:
    seats = [*districts, ("A", DORMANT, 6)]
    assert answered(seats, {"CG-1": of_one("A", DORMANT, 6)}, "area_name") == []
