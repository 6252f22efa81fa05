"""Texts of a street are found by their words, however they are written and wherever they stand."""

from itertools import product

import duckdb
import polars as pl

from flows.check import addresses
from flows.release.lookups import store_lookups
from transforms.model.views import RELEASE_TABLES
from transforms.values.names import folded

# Table → its key, and what else a row needs to be read: a sale of no property, a title without a unit.
TABLES = {"address": "address_id", "property": "address_id", "transaction": "address_id", "title": "title_id"}
NUMBERS = ("12", "12A", "12-14", "Flat 2, 12", "1")
STREETS = ("Zed Road", "ZED RD.", "Zed Rd", "O'Zed Sq", "ÖZED STREET", "Zed_Sq", "Saint Zed's Square")
PLACES = ("Zedton", "ZEDTON, ZT1 3DB", "Zédton", "Kelderby & Zedton")
TEXTS = [
    *(f"{number} {street}, {place}" for number, street, place in product(NUMBERS, STREETS, PLACES)),
    *("Zedstraat 8, Zedmonde", "Zedstraat 8 Zedmonde, 1000AB", "Van der Zedstraat 8-B, Zedmonde"),
]


def test_a_search_by_words_finds_what_reading_all_texts_finds() -> None:
    with duckdb.connect() as connection:
        for name in (*TABLES, "title_address"):
            connection.register("none", RELEASE_TABLES[name].empty().to_arrow())
            connection.execute(f'create table "{name}" as from none')
        for n, text in enumerate(TEXTS):
            table, key = list(TABLES.items())[n % len(TABLES)]
            connection.execute(f'insert into "{table}" ({key}, address_text) values (?, ?)', [text, text])
        store_lookups(connection, {name: RELEASE_TABLES[name] for name in (*TABLES, "title_address")})
        capitals = pl.select(folded(pl.lit(pl.Series(TEXTS)))).to_series().to_list()
        for text, given in zip(TEXTS, capitals, strict=True):
            spot = addresses._spot(given, "")
            expected = {
                other
                for other, words in zip(TEXTS, map(addresses._words, capitals), strict=True)
                if spot.nearness(frozenset(words))
            }
            assert text in expected
            assert {match.subject_id for match in addresses._of_street(connection, spot)} == expected, text


def test_a_dutch_street_ends_at_its_number() -> None:
    for text, street, places in (
        ("ZEDSTRAAT 8, ZEDMONDE", {"ZEDSTRAAT", "8"}, {"ZEDMONDE"}),
        ("VAN DER ZEDSTRAAT 8A ZEDMONDE", {"VAN", "DER", "ZEDSTRAAT", "8A"}, {"ZEDMONDE"}),
        ("UNIT 5 ZEDSIDE, ZEDTON", {"UNIT", "5", "ZEDSIDE"}, {"ZEDTON"}),
        ("FLAT 2, 12 ZED STREET, ZEDTON", {"FLAT", "2", "12", "ZED", "STREET"}, {"ZEDTON"}),
    ):
        spot = addresses._spot(text, "")
        assert (spot.street, spot.places) == (street, places), text
