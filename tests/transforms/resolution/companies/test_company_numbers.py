"""Numbers of other countries' registers: one number however it is written, and none where a filler stands."""

import polars as pl
import pytest

from tests.transforms.invented_rows import Resolved, entity, parties, resolved, together
from transforms.resolution.companies.matching import TOGETHER
from transforms.resolution.companies.numbers import national_number, register_court

NAME = "Zephyr Tulip Bakery"


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


@pytest.fixture(scope="module")
def spelled() -> Resolved:
    """All of SPELLED at once: each pair has a trade in its name of its own."""
    rows = [
        entity(2 * n + which, f"Zephyr Tulip {trade}", number, place, country=country, postcode="1017 CB")
        for n, (trade, (country, one, other, places)) in enumerate(zip(TRADES, SPELLED.values(), strict=True))
        for which, (number, place) in enumerate(zip((one, other), places, strict=True))
    ]
    return resolved(rows)


@pytest.mark.parametrize("case", SPELLED)
def test_one_number_in_two_spellings_is_one_company(case: str, spelled: Resolved) -> None:
    n = [*SPELLED].index(case)
    pair = [f"e{2 * n}", f"e{2 * n + 1}"]
    assert [records for records in together(spelled) if set(records) & set(pair)] == [pair]
    assert set(spelled.rows.filter(pl.col("record").is_in(pair))["method"]) == {TOGETHER}


def test_a_record_that_states_the_number_by_which_another_is_known_is_that_company() -> None:
    known = {"identifier": "34012345", "identifier_scheme": "NL-KVK"}
    rows = [
        entity(0, f"{NAME} B.V.", "34012345", "1 Zedkade", country="nl", **known),
        entity(1, f"{NAME} B.V.", "KvK 34012345", "2 Zedkade", country="nl"),
        entity(2, f"{NAME} B.V.", "34012346", "1 Zedkade", country="nl"),
        entity(3, f"{NAME} B.V.", "34012345", "3 Zedkade", country="be"),
        entity(4, "Unlike Walrus B.V.", "34012345", "1 Zedkade", country="nl"),
    ]
    found = resolved(rows)
    assert parties(found)["NL-KVK-34012345"] == {"e0", "e1"} and len(parties(found)) == 4
    assert found.rows.filter(record="e1").select("method", "score").row(0) == ("identifier_unverified", 0.99)
    assert found.links.filter(outcome="joined")["steps"].to_list() == [["evidence|number|0"]]


def test_a_filler_for_a_number_keeps_nobody_apart() -> None:
    rows = [
        entity(n, NAME, number, "1 Zedkade", country="nl", postcode="1017 CB")
        for n, number in enumerate((None, "ONBEKEND", "Geen", "34012345", "See above"))
    ]
    assert together(resolved(rows)) == [[f"e{n}" for n in range(5)]]


@pytest.mark.sample(18)
@pytest.mark.parametrize(
    ("register", "native", "court"),
    [
        ("Amtsgericht Berlin (Charlottenburg)", "HRB 128456", "BERLIN"),
        ("Local Court of Munich", "HRB 128456", "MUNCHEN"),
        ("Amtsgericht München", "1", "MUNCHEN"),
        ("AG Muenchen", None, "MUNCHEN"),
        ("Handelsregister", "HRB 128456", None),
        (None, "HRB 128456 B", "BERLIN"),
        (None, "HRB128456", None),
        *(
            (one, "HRB 128457", "KOLN")
            for one in (
                "Amtsgericht Köln",
                "Handelsregister des Amtsgerichts Köln",
                "Handelsregister Abteilung B Köln",
                "Business Register Cologne",
                "Public Register Cologne",
                "Registry Court Cologne",
            )
        ),
        *(
            (one, "HRB 128457", None)
            for one in (
                "Common Register Portal Of The German Federal States",
                "Bundesanzeiger",
                "Unternehmensregister.de",
                "Companies House Germany",
                "Zedstadt",
                "Amtsgericht",
                "Köln und Bonn",
            )
        ),
        ("Freiburg", "1", "FREIBURG"),
        ("Amtsgericht Freiburg im Breisgau", "1", "FREIBURG"),
        ("Chamber of Commerce Hamburg", "1", "HAMBURG"),
        ("Amtsgericht Coesfeld", "1", "COSFELD"),
        ("Frankfurt/Main", "1", "FRANKFURT"),
        ("Amtsgericht Frankfurt a. d. Oder", "1", "FRANKFURT ODER"),
        (None, "HRB 12345 FF", "FRANKFURT ODER"),
        (None, "HRB 12.345 KI", "KIEL"),
        ("Kiel", "HRB 12345 KI", "KIEL"),
        ("Amtsgericht Zedstadt", "VR 12", "ZEDSTADT"),
        ("Vereinsregister des Amtsgerichts Zedstadt", "VR 12", "ZEDSTADT"),
        ("Local Court of Zedstadt", "VR 12", "ZEDSTADT"),
        ("Zedstadt", "HRB 1 B", "BERLIN"),
        (None, "HRB 12345 XY", None),
        (None, "Amtsgericht Köln, HRB 128456", "KOLN"),
        ("Commercial Register", "AG Koeln HRB 128456", "KOLN"),
        ("Germany", "HRB 77 AG", None),
    ],
)
def test_a_court_is_told_by_the_register_or_beside_the_number(
    register: str | None, native: str | None, court: str | None
) -> None:
    frame = pl.DataFrame(
        {"register": [register], "native": [native]}, schema={"register": pl.String, "native": pl.String}
    )
    told = frame.with_columns(country=pl.lit("de")).select(
        register_court(pl.col("register"), pl.col("native"), pl.col("country"))
    )
    assert told.item() == court
    assert (
        frame.with_columns(country=pl.lit("nl"))
        .select(register_court(pl.col("register"), pl.col("native"), pl.col("country")))
        .item()
        is None
    )


@pytest.mark.nightly
@pytest.mark.parametrize(
    ("one", "other", "is_one"),
    [
        *(
            (("Amtsgericht Köln", "HRB 128457"), (court, "HRB 128457"), True)
            for court in (
                "Handelsregister des Amtsgerichts Köln",
                "Bundesanzeiger",
                "Business Register Cologne",
                "Köln-Mülheim",
            )
        ),
        (("Amtsgericht Freiburg", "HRB 128457"), ("Amtsgericht Freiburg im Breisgau", "HRB 128457"), True),
        (("Amtsgericht Köln", "HRB 112.354"), ("Amtsgericht Köln", "HRB 112354"), True),
        (("Amtsgericht Köln", "HRB 112 354"), ("Amtsgericht Köln", "HRB112354"), True),
        (("Amtsgericht Köln", "HRB 112.354"), ("Amtsgericht Köln", "HRB 112.999"), False),
        (("Amtsgericht Köln", "HRB 128457"), ("Bonn", "HRB 128457"), False),
        (("Frankfurt am Main", "HRB 128457"), ("Frankfurt (Oder)", "HRB 128457"), False),
        (("Amtsgericht Zedstadt", "VR 128457"), ("Amtsgericht Zedhausen", "VR 128457"), False),
    ],
)
@pytest.mark.parametrize("is_at_one", [True, False], ids=["one address", "two addresses"])
def test_numbers_and_courts_join_where_both_are_one(
    one: tuple[str, str], other: tuple[str, str], is_one: bool, is_at_one: bool
) -> None:
    rows = [
        entity(
            n,
            "Zedpha Verwaltungs GmbH",
            number,
            "1 Zedstr." if is_at_one else f"{n + 1} Zedstr.",
            country="de",
            postcode="50667",
            identifier_register=court,
        )
        for n, (court, number) in enumerate((one, other))
    ]
    assert together(resolved(rows)) == ([["e0", "e1"]] if is_one else [])


@pytest.mark.nightly
def test_one_number_of_two_courts_is_no_evidence() -> None:
    stated = (
        ("Amtsgericht Berlin", "HRB 128456"),
        ("Amtsgericht Muenchen", "HRB 128456"),
        ("Local Court of Munich", "HRB 128456"),
        ("Charlottenburg", "HRB 128456 B"),
    )
    rows = [
        entity(n, "Zedpha Verwaltungs GmbH", number, f"{n} Zedstr.", country="de", identifier_register=court)
        for n, (court, number) in enumerate(stated)
    ]
    assert together(resolved(rows)) == [["e0", "e3"], ["e1", "e2"]]
    # Where no court is told, the number is one; where two are told beside it, of neither.
    untold = entity(4, "Zedpha Verwaltungs GmbH", "HRB128456", "4 Zedstr.", country="de")
    assert together(resolved([rows[0], untold])) == [["e0", "e4"]]
    assert together(resolved([*rows, untold])) == [["e0", "e3"], ["e1", "e2"]]
    # Nor at one address, and nor with the record that is known by it.
    known = {"identifier": "HRB128456", "identifier_scheme": "DE-CR"}
    at_one = [
        entity(n, "Zedpha Verwaltungs GmbH", number, "1 Zedstr.", country="de", identifier_register=court)
        for n, (court, number) in enumerate(stated[:2])
    ]
    assert together(resolved(at_one)) == []
    assert (
        together(
            resolved(
                [
                    entity(
                        0,
                        "Zedpha Verwaltungs GmbH",
                        "HRB128456",
                        "1 Zedstr.",
                        country="de",
                        identifier_register=stated[0][0],
                        **known,
                    ),
                    at_one[1],
                ]
            )
        )
        == []
    )
