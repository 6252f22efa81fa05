"""Numbers of other countries' registers: one number however it is written, and none where a filler stands."""

import polars as pl
import pytest

from tests.transforms.invented_rows import Resolved, entity, parties, resolved, together
from transforms.resolution.companies.matching import TOGETHER
from transforms.resolution.companies.numbers import national_number


@pytest.mark.parametrize(
    ("country", "native", "number"),
    [
        ("be", "0403.170.701", "0403170701"),
        ("be", "BE0403170701", "0403170701"),
        ("be", "403170701", "0403170701"),
        ("be", "RPR Brussel 0403.170.701", "0403170701"),
        ("nl", "34012345", "34012345"),
        ("nl", "KvK 34012345", "34012345"),
        ("nl", "4012345", "04012345"),
        ("nl", "34012345 0000", "34012345"),
        ("de", "HRB 12.354", "HRB12354"),
        ("de", "HRB 12 354", "HRB12354"),
        ("de", "HRB 112.354 B", "HRB112354"),
        ("de", "HRA 1.2 3", "HRA123"),
        ("de", "HRB 12,354", "HRB12354"),
        ("de", "Amtsgericht Zedstadt, HRB 12.000", "HRB12000"),
        ("de", "HRB 12354, 50667 Köln", "HRB12354"),
        ("de", "HRB 128456", "HRB128456"),
        ("de", "hrb128456 B", "HRB128456"),
        ("de", "Amtsgericht Zedstadt HRA 0077", "HRA77"),
        ("de", "128456", "128456"),
        ("lu", "B 48.291", "B48291"),
        ("je", "048291", "48291"),
        ("be", "ONBEKEND", None),
        ("nl", "KvK 00000000", None),
        ("nl", "See above", None),
        ("je", None, None),
        ("be", "13.579", "13579"),
        ("gb", "12758518", "12758518"),
        ("gb", "62758518", None),
        (None, "004812", "4812"),
    ],
)
def test_a_number_is_compared_as_its_country_writes_it(
    country: str | None, native: str | None, number: str | None
) -> None:
    frame = pl.DataFrame(
        {"country": [country], "native": [native]}, schema={"country": pl.String, "native": pl.String}
    )
    assert frame.select(national_number(pl.col("native"), pl.col("country"), "1")).item() == number


SPELLINGS = (
    ("be", "0403.170.701", "BE0403170701"),
    ("be", "0403.170.701", "403170701"),
    ("nl", "34012345", "KvK 34012345"),
    ("nl", "04012345", "4012345"),
    ("je", "48291", "048291"),
)
PLACES = {"two addresses": ("1 Zedkade", "2 Zedkade"), "one address": ("1 Zedkade", "1 Zedkade")}
SPELLED = {
    f"{places}-{'-'.join(spelled)}": (*spelled, PLACES[places]) for places in PLACES for spelled in SPELLINGS
}
TRADES = (
    "Bakery",
    "Dairy",
    "Foundry",
    "Joinery",
    "Laundry",
    "Nursery",
    "Pottery",
    "Quarry",
    "Tannery",
    "Winery",
)


NAMESAKE = {"identifier": "34077777", "identifier_scheme": "NL-KVK"}
STATED = [
    entity(20, "Marlow Heron B.V.", "34077777", "1 Zedkade", country="nl", **NAMESAKE),
    entity(21, "Marlow Heron B.V.", "KvK 34077777", "2 Zedkade", country="nl"),
    entity(22, "Marlow Heron B.V.", "34077778", "1 Zedkade", country="nl"),
    entity(23, "Marlow Heron B.V.", "34077777", "3 Zedkade", country="be"),
    entity(24, "Unlike Walrus B.V.", "34077777", "1 Zedkade", country="nl"),
]
FILLED = [
    entity(25 + n, "Quill Lantern", number, "1 Zedkade", country="nl", postcode="1017 CB")
    for n, number in enumerate((None, "ONBEKEND", "Geen", "34088888", "See above"))
]


@pytest.fixture(scope="module")
def spelled() -> Resolved:
    """All of SPELLED, STATED and FILLED at once: each pair of SPELLED has a trade in its name of its own."""
    rows = [
        entity(2 * n + which, f"Zephyr Tulip {trade}", number, place, country=country, postcode="1017 CB")
        for n, (trade, (country, one, other, places)) in enumerate(zip(TRADES, SPELLED.values(), strict=True))
        for which, (number, place) in enumerate(zip((one, other), places, strict=True))
    ]
    return resolved([*rows, *STATED, *FILLED])


@pytest.mark.parametrize("case", SPELLED)
def test_one_number_in_two_spellings_is_one_company(case: str, spelled: Resolved) -> None:
    n = [*SPELLED].index(case)
    pair = [f"e{2 * n}", f"e{2 * n + 1}"]
    assert [records for records in together(spelled) if set(records) & set(pair)] == [pair]
    assert set(spelled.rows.filter(pl.col("record").is_in(pair))["method"]) == {TOGETHER}


def test_a_record_that_states_the_number_by_which_another_is_known_is_that_company(
    spelled: Resolved,
) -> None:
    by_party = parties(spelled)
    stated = [records for records in by_party.values() if records & {f"e{n}" for n in range(20, 25)}]
    assert by_party["NL-KVK-34077777"] == {"e20", "e21"} and len(stated) == 4
    assert spelled.rows.filter(record="e21").select("method", "score").row(0) == (
        "identifier_unverified",
        0.99,
    )
    links = spelled.links.filter(pl.col("record").is_in(["e20", "e21"]), outcome="joined")
    assert links["steps"].to_list() == [["evidence|number|0"]]


def test_a_filler_for_a_number_keeps_nobody_apart(spelled: Resolved) -> None:
    assert [f"e{n}" for n in range(25, 30)] in together(spelled)


@pytest.mark.nightly
@pytest.mark.parametrize(
    ("one", "other", "is_one"),
    [
        ("HRB 128457", "HRB 128457 B", True),
        ("HRB 112.354", "HRB 112354", True),
        ("HRB 112 354", "Amtsgericht Köln, HRB112354", True),
        ("HRB 112.354", "HRB 112.999", False),
    ],
)
@pytest.mark.parametrize("is_at_one", [True, False], ids=["one address", "two addresses"])
def test_a_german_number_joins_who_has_the_name(one: str, other: str, is_one: bool, is_at_one: bool) -> None:
    rows = [
        entity(
            n,
            "Zedpha Verwaltungs GmbH",
            number,
            "1 Zedstr." if is_at_one else f"{n + 1} Zedstr.",
            country="de",
            postcode="50667",
        )
        for n, number in enumerate((one, other))
    ]
    assert together(resolved(rows)) == ([["e0", "e1"]] if is_one else [])
