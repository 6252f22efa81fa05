"""A company's seat joins exactly to its premises in the register of addresses and buildings."""

from datetime import date

import duckdb
import pytest

from flows.home.settings import Home
from flows.night.night import Night
from tests import bag_files
from tests.bag_files import building, designation, number, period, street, town, unit
from tests.landings import land_files, mart, resolved_night
from tests.register_cases import CASES, cases, native_file
from transforms.model.register import registers

NOW = period("2015-03-01")
EXTRACT = bag_files.extract(
    {
        "WPL": [[town(1, NOW, "Zeehaven")]],
        "OPR": [[street(1, NOW, "Kadestraat")]],
        "NUM": [[designation(12, NOW, house=12, letter="A", addition="2")], [designation(99, NOW, house=99)]],
        "VBO": [
            [
                unit(12, period("2015-03-01", "2021-06-01"), uses=["industriefunctie"], area=400),
                unit(12, period("2021-06-01", occurrence=2), uses=["logiesfunctie"], area=420),
                unit(99, NOW),
            ]
        ],
        "LIG": [[]],
        "STA": [[]],
        "PND": [[building(12, NOW, year=1931)]],
    }
)
SEATS = """
select c.company_id, p.uses, p.floor_area_m2, p.built_year, p.address_id = c.address_id as is_same_unit
from company c
join premises p on p.object_id = c.object_id and p.valid_to is null
"""


TITLES = CASES / "nl_brk" / "stand" / "GEBKX02-20260601-1.xml"  # which name a district


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Night:
    folder = tmp_path_factory.mktemp("premises")
    (lines,) = (case for case in cases(registers()["nl_kvk_basisprofiel"]) if case.name == "lines")
    files = {path.name: path.read_bytes() for path in (native_file(lines), TITLES)}
    landing = land_files(folder / "landing", {**files, "lvbag-extract-nl.zip": EXTRACT})
    return resolved_night(Home(folder / "home"), landing, date(2026, 6, 1))


def test_a_seat_is_the_premises_of_its_official_id(night: Night) -> None:
    company, premises = mart(night, "company"), mart(night, "premises")
    with duckdb.connect() as connection:
        for name, frame in (("company", company), ("premises", premises)):
            connection.register(name, frame.to_arrow())
        seats = connection.sql(SEATS).fetchall()
    assert seats == [("NL-KVK-90012304", ["lodging"], 420, 1931, True)]
    assert company.filter(company_id="NL-KVK-90012304")["object_id"].to_list() == [
        f"NL-BAG-{number('VBO', 12)}"
    ]


def test_homes_where_nothing_is_placed_are_left_out_and_history_stays(night: Night) -> None:
    premises = mart(night, "premises").sort("valid_from")
    assert premises.select("object_id", "uses").rows() == [
        (f"NL-BAG-{number('VBO', 12)}", [use]) for use in ("industry", "lodging")
    ]
    assert "99" not in "".join(premises["address_text"].to_list())


def test_a_dutch_seat_is_in_the_district_of_its_town(night: Night) -> None:
    """No title has the postcode of the seat, and both addresses name the town."""
    company = mart(night, "company").filter(company_id="NL-KVK-90012304")
    assert company.select("postcode", "area_name").rows() == [("1000 AB", "ZEEHAVEN")]
    bases = dict(mart(night, "area").select("postcode", "basis").rows())
    assert (bases["9901 AB"], bases["1000 AB"]) == ("register", "place")
