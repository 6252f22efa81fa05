"""Districts: one area for every spelling, the same key in Python and in SQL, and no code that is not in
the vocabulary.
"""

import re

import duckdb
import polars as pl
import pytest

from transforms.model.sql import create_macros
from transforms.values.areas import Area, area_key, area_list, find_area
from transforms.values.vocabulary import vocabulary

SPELLINGS = ["CITY OF BRISTOL", "Bristol, City of", " bristol ", "Bristol", "BRISTOL", "City  of  Bristol"]


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_spellings_of_one_district_are_one_area(spelling: str) -> None:
    assert find_area(spelling) == Area("CITY OF BRISTOL", "E06000023")


@pytest.mark.parametrize(
    ("area", "name", "code"),
    [
        ("cornwall", "CORNWALL", "E06000052"),
        ("e06000052", "CORNWALL", "E06000052"),
        ("CITY OF LONDON", "CITY OF LONDON", "E09000001"),
        ("London", "LONDON", ""),
        ("Ynys Môn", "ISLE OF ANGLESEY", "W06000001"),
        ("THE VALE OF GLAMORGAN", "VALE OF GLAMORGAN", "W06000014"),
        ("King's Lynn & West Norfolk", "KING'S LYNN AND WEST NORFOLK", "E07000146"),
        ("Allerdale", "CUMBERLAND", "E06000063"),
        ("E07000026", "CUMBERLAND", "E06000063"),
        ("E08000019", "SHEFFIELD", "E08000039"),
        ("Stoke on Trent", "STOKE-ON-TRENT", "E06000021"),
        ("Harrowmere", "HARROWMERE", ""),
        ("Wend Valley", "WEND VALLEY", ""),
    ],
)
def test_an_area_is_asked_for_by_name_or_code_present_or_former(area: str, name: str, code: str) -> None:
    assert find_area(area) == Area(name, code)


def test_the_macro_does_what_the_function_does() -> None:
    texts = [
        *vocabulary("areas")["spelling"],
        *SPELLINGS,
        "",
        "  ",
        "CITY OF",
        "CITY OF LONDON",
        "A.B. & C'D - E",
        "ST. HELENS",
        "O’Brien,Town",
    ]
    with duckdb.connect() as connection:
        create_macros(connection)
        connection.register("given", pl.DataFrame({"position": range(len(texts)), "text": texts}).to_arrow())
        rows = connection.execute("select area_key(text) from given order by position").fetchall()
    assert [row[0] for row in rows] == [area_key(text) for text in texts]


def test_every_district_of_england_and_wales_has_one_name_and_one_code() -> None:
    known = vocabulary("areas")
    pairs = known.select("area_name", "area_code").unique()
    assert (
        pairs["area_name"].n_unique() == pairs["area_code"].n_unique() == pairs.height == 318
    )  # 296 and 22 since April 2023
    assert all(re.fullmatch(r"[EW]0[6-9]\d{6}", code) for code in pairs["area_code"])
    assert set(known["kind"]) == {"name", "former", "welsh", "spelling"}
    assert area_list()["spelling_key"].is_unique().all()
