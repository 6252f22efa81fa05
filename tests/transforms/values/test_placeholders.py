"""Nothing is joined on what only fills a field: generated records that agree in fillers alone, through the
real `resolve`. Each generator has a control that joins.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from flows.home import warehouse
from tests.conftest import Tier
from transforms.model.sql import Connection
from transforms.model.statements import STATEMENT_TABLES
from transforms.resolution.resolve import resolve
from transforms.values.addresses import address_class_list, with_address
from transforms.values.identifiers import PLACEHOLDERS, normalise_gb_coh
from transforms.values.names import fillers
from transforms.values.vocabulary import vocabulary

pytestmark = pytest.mark.reliability("R19")

NUMBERS = (
    "",
    " ",
    "0",
    "00",
    "00000000",
    "12345678",
    "99999999",
    "11111111",
    "N/A",
    "n/a",
    "NONE",
    "unknown",
    "Unknown",
    "TBC",
    "-",
    "---",
    "X",
    "XXXXXXXX",
    "SC000000",
    *(
        "00123456",
        "01234567",
        "1234567",
        "98765432",
        "SC123456",
        "9999",
        "0001",
        "00000001",
        "000100",
        "100",
        "NA 100",
        "2020",
        "19.05.2010",
        "0000-00",
        "N/A 0000",
    ),
    *fillers("number"),
    *PLACEHOLDERS,
)
COMPANY_NAMES = (
    "UNKNOWN",
    "Unknown Limited",
    "N/A",
    "NA",
    "n/a limited",
    "None",
    "NIL",
    "TEST",
    "Test Limited",
    "TEST COMPANY LTD",
    "PROPRIETOR",
    "Proprietor Unknown",
    "THE OWNER",
    "Not known",
    "Not stated",
    "12345678 LIMITED",
    "00000000",
    "XXXX LIMITED",
    "TBC",
    "Limited",
    "REDACTED",
    "Anonymous",
    "Onbekend B.V.",
    "Unbekannt GmbH",
    "Missing Information Ltd",
    "Not Given Limited",
    "Corporate Body Limited",
    "Legal Entity Ltd",
    "Nominee Company Ltd",
    "Missing Company Limited",
    *fillers("company"),
    *(f"{words} Limited" for words in fillers("company", "no", "beside", "two")),
)
PERSON_NAMES = (
    ("Unknown", "Unknown"),
    ("N/A", "N/A"),
    ("Test", "Test"),
    ("TEST", "TESTER"),
    ("Not", "Known"),
    ("None", "None"),
    ("X", "X"),
    ("0", "0"),
    ("Name", "Surname"),
    ("-", "-"),
    *(
        ("Not", "Given"),
        ("Given", "Name"),
        ("No", "Name"),
        ("First", "Last"),
        ("Sans", "Nom"),
        ("Missing", "Information"),
        ("Same", "Person"),
        ("Blank Blank", "Blank"),
    ),
    *((words, words) for words in fillers("person")),
    *((words.rpartition(" ")[0], words.rpartition(" ")[2]) for words in fillers("person") if " " in words),
)
ADDRESSES = (
    "",
    "0",
    "00000",
    "N/A",
    "n/a",
    "UNKNOWN",
    "Unknown, Unknown",
    "Not known",
    "No fixed abode",
    "None",
    "TBC",
    "XXX",
    "Address not given",
    "-",
    "123456",
    "Zedton",
    "Dubai, United Arab Emirates",
    "England",
    "London Road",
    "Rue Haute",
    "Onbekend adres",
    "As above.",
    "n.v.t.",
    "Néant",
    *fillers("address"),
    *fillers("line"),
)
AGENTS = tuple(
    vocabulary("address_vocabulary")
    .filter(pl.col("lines").is_not_null(), pl.col("locality").is_not_null())
    .select("lines", "postcode")
    .head(20)
    .iter_rows()
)
BIRTHS = ((None, None), (1900, 1), (0, 0), (9999, 12), (1, 1), (None, 5))
REGISTER = {"register": "zed", "dataset": "zed", "edition": "2026-06-01", "file_sha256": "0", "record_no": 1}
RECORDS_N = 24  # of one draw; any two of them that become one is a failure

type Row = dict[str, Any]


def company(
    n: int,
    name: str,
    number: str | None,
    lines: str,
    *,
    postcode: str | None = "ZT1 2AB",
    country: str = "gb",
    town: str | None = None,
) -> tuple[Row, Row]:
    """An entity record and its address. The number is read as the registers' parsers read it."""
    usable = _usable(number) if country == "gb" else None
    entity = {
        **REGISTER,
        "statement_id": f"e{n:023d}-p",
        "record": f"e{n}",
        "role": "owner",
        "is_registry_entry": False,
        "entity_type": "registeredEntity",
        "name": name,
        "former_names": [],
        "industry_codes": [],
        "jurisdiction": country,
        "legal_form_class": "company",
        "status": "unknown",
        "identifier_native": number,
        "identifier": usable,
        "identifier_scheme": "GB-COH" if usable else None,
    }
    return entity, {
        "of_statement_id": entity["statement_id"],
        "lines": lines,
        "postcode_text": postcode,
        "of_country": country,
        "of_town": town,
    }


@cache
def _usable(number: str | None) -> str | None:
    return pl.select(normalise_gb_coh(pl.lit(number, dtype=pl.String))).item()


def person(
    n: int,
    names: tuple[str, str],
    birth: tuple[int | None, int | None],
    lines: str,
    *,
    postcode: str | None = "ZT1 2AB",
    country: str = "gb",
    town: str | None = None,
) -> tuple[Row, Row]:
    """A person record and its address."""
    stated = {
        **REGISTER,
        "statement_id": f"p{n:023d}-p",
        "record": f"p{n}",
        "person_type": "knownPerson",
        "full_name": " ".join(names),
        "forename": names[0],
        "surname": names[1],
        "birth_year": birth[0],
        "birth_month": birth[1],
    }
    return stated, {
        "of_statement_id": stated["statement_id"],
        "lines": lines,
        "postcode_text": postcode,
        "of_country": country,
        "of_town": town,
    }


@pytest.fixture(scope="module")
def parties(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[Sequence[tuple[Row, Row]]], int]]:
    """How many parties `resolve` makes of these records."""
    connection = warehouse.connect(tmp_path_factory.mktemp("work"))
    edition = {
        "register": "zed",
        "dataset": "zed",
        "edition": "2026-06-01",
        "status": "in_force",
        "completeness": "complete",
        "edition_order": "2026-06-01",
    }
    connection.register(
        "edition_in_use",
        pl.DataFrame([edition])
        .with_columns(pl.lit("2026-06-01").str.to_date().alias("edition_date"))
        .to_arrow(),
    )
    connection.register("address_class_list", address_class_list().to_arrow())
    yield lambda records: _parties(connection, records)
    connection.close()


def _parties(connection: Connection, records: Sequence[tuple[Row, Row]]) -> int:
    rows, places = (
        [one for one, _ in records],
        pl.DataFrame([place for _, place in records], infer_schema_length=None),
    )
    placed = with_address(
        places.with_columns(pl.col("postcode_text", "of_town").cast(pl.String)),
        lines=[pl.col("lines")],
        locality=pl.col("of_town"),
        country=pl.col("of_country"),
        postcode_text=pl.col("postcode_text"),
    )
    addresses = placed.rename(
        {
            f"a_{name}": name
            for name in (
                "address_text",
                "care_of",
                "po_box",
                "locality",
                "country",
                "postcode",
                "unit_key",
                "address_id",
            )
        }
    )
    addresses = addresses.with_columns(
        pl.lit("service").alias("role"), *(pl.lit(value).alias(name) for name, value in REGISTER.items())
    ).with_columns(pl.col("of_statement_id").alias("statement_id"), pl.col("of_statement_id").alias("record"))
    given = {
        "entity_statement": [one for one in rows if "entity_type" in one],
        "person_statement": [one for one in rows if "person_type" in one],
    }
    for name, table in STATEMENT_TABLES.items():
        frame = (
            addresses.filter(pl.col("address_text").is_not_null())
            if name == "address_statement"
            else pl.DataFrame(given.get(name, []), infer_schema_length=None)
        )
        full = pl.concat(
            [
                table.empty(),
                frame.select(
                    pl.col(column).cast(table.schema[column]) for column in frame.columns if column in table
                ),
            ],
            how="diagonal",
        )
        connection.register(name, full.to_arrow())
    resolution = resolve(connection, b"k" * 16)
    assert resolution.height == len(records)
    return resolution["party_id"].n_unique()


def apart(draw: st.DataObject, pool: Sequence[Any]) -> list[Any]:
    return draw.draw(st.lists(st.sampled_from(pool), min_size=RECORDS_N, max_size=RECORDS_N))


def runs(tier: Tier) -> Callable[[Any], Any]:
    """Settings of a tier, and a fixed seed."""

    def decorated(test: Any) -> Any:
        return seed(19)(
            settings(
                max_examples=tier.pick(ci=2, nightly=60),
                deadline=None,
                database=None,
                phases=(Phase.generate,),
                suppress_health_check=list(HealthCheck),
            )(test)
        )

    return decorated


@pytest.mark.nightly
def test_companies_that_agree_in_a_filler_for_a_number_stay_apart(
    parties: Callable[..., int], tier: Tier, figure: Callable[[str], None]
) -> None:
    """One name everywhere, each at an address of its own; at home and abroad."""
    counted = 0

    @runs(tier)
    @given(st.data())
    def check(draw: st.DataObject) -> None:
        nonlocal counted
        country = draw.draw(st.sampled_from(["gb", "je", "nl"]))
        records = [
            company(
                n,
                "ZEPHYR BAKERY LIMITED",
                number,
                f"{n + 1} Quay Lane",
                country=country,
                postcode=f"ZT{n} 2AB",
            )
            for n, number in enumerate(apart(draw, NUMBERS))
        ]
        assert parties(records) == RECORDS_N
        counted += RECORDS_N

    check()
    assert (
        parties(
            [
                company(
                    n, "ZEPHYR BAKERY LIMITED", "B48291", f"{n + 1} Quay Lane", country="lu", postcode=None
                )
                for n in range(3)
            ]
        )
        == 1
    )  # a real number abroad does join
    figure(f"{counted} companies of one name whose numbers are fillers: 0 joins")


def test_companies_that_agree_in_a_filler_for_a_name_stay_apart(
    parties: Callable[..., int], tier: Tier, figure: Callable[[str], None]
) -> None:
    """One address for all, no number or a filler."""
    counted = 0

    @runs(tier)
    @given(st.data())
    def check(draw: st.DataObject) -> None:
        nonlocal counted
        records = [
            company(n, name, draw.draw(st.sampled_from(("", *NUMBERS))), "7 Quay Lane")
            for n, name in enumerate(apart(draw, COMPANY_NAMES))
        ]
        assert parties(records) == RECORDS_N
        counted += RECORDS_N

    check()
    assert parties([company(n, "ZEPHYR BAKERY LIMITED", "", "7 Quay Lane") for n in range(3)]) == 1
    figure(f"{counted} companies at one address whose names are fillers: 0 joins")


@pytest.mark.nightly
def test_companies_and_persons_at_filler_or_agents_addresses_stay_apart(
    parties: Callable[..., int], tier: Tier, figure: Callable[[str], None]
) -> None:
    """One company name and one person's two names and month of birth, which alone join nothing."""
    counted = 0

    @runs(tier)
    @given(st.data())
    def check(draw: st.DataObject) -> None:
        nonlocal counted
        pool: list[tuple[str, str | None]] = [
            *((text, None) for text in ADDRESSES),
            *AGENTS * 8,
        ]  # each agent is drawn as often as eight fillers, so that some are drawn twice
        companies = [
            company(n, "ZEPHYR BAKERY LIMITED", "", lines, postcode=code)
            for n, (lines, code) in enumerate(apart(draw, pool))
        ]
        persons = [
            person(n, ("Ann", "Smith"), (1970, 5), lines, postcode=code)
            for n, (lines, code) in enumerate(apart(draw, pool))
        ]
        assert parties([*companies, *persons]) == 2 * RECORDS_N
        counted += 2 * RECORDS_N

    check()
    assert parties([person(n, ("Ann", "Smith"), (1970, 5), "7 Quay Lane") for n in range(3)]) == 1
    figure(f"{counted} companies and persons at fillers for an address and at agents: 0 joins")


@pytest.mark.nightly
def test_persons_that_agree_in_a_filler_for_a_birth_or_a_name_stay_apart(
    parties: Callable[..., int], tier: Tier, figure: Callable[[str], None]
) -> None:
    """Two names and a home of their own for each filler of a birth; one home and month for each filler of
    a name.
    """
    counted = 0

    @runs(tier)
    @given(st.data())
    def check(draw: st.DataObject) -> None:
        nonlocal counted
        births = [
            person(n, ("Ann", "Smith"), birth, f"{n + 1} Quay Lane", postcode=f"ZT{n} 2AB")
            for n, birth in enumerate(apart(draw, BIRTHS))
        ]
        names = [
            person(n, name, (1970, 5), "7 Quay Lane") for n, name in enumerate(apart(draw, PERSON_NAMES))
        ]
        assert parties(births) == RECORDS_N
        assert parties(names) == RECORDS_N
        counted += 2 * RECORDS_N

    check()
    figure(f"{counted} persons whose births or names are fillers: 0 joins")


@pytest.mark.nightly
@pytest.mark.parametrize("country", ["gb", "nl", "be", "de"])
def test_no_filler_in_any_column_joins(
    parties: Callable[..., int], country: str, figure: Callable[[str], None]
) -> None:
    """Every filler and test number that is listed, each twice, once in every column that joins: all else
    is equal where that alone joins nobody.
    """
    in_full = {"gb": "ZT1 2AB", "nl": "1234 AB", "be": "1000", "de": "10115"}[country]
    numbers, names, persons, places = (
        tuple(dict.fromkeys(pool)) for pool in (NUMBERS, COMPANY_NAMES, PERSON_NAMES, ADDRESSES)
    )
    records = [
        company(
            n,
            "ZEPHYR BAKERY LIMITED",
            number,
            f"{n + 1} Quay Lane",
            country=country,
            postcode=None,
            town="Zedton",
        )
        for n, number in enumerate(numbers * 2)
    ]
    assert parties(records) == len(records)
    known = [
        company(n, name, "", "7 Quay Lane", country=country, postcode=in_full, town="Zedton")
        for n, name in enumerate(names * 2)
    ]
    people = [
        person(n, name, (1970, 5), "7 Quay Lane", country=country, postcode=in_full, town="Zedton")
        for n, name in enumerate(persons * 2)
    ]
    assert parties([*known, *people]) == len(known) + len(people)
    addresses = [(lines, code) for lines in places * 2 for code in (None, in_full)]
    seated = [
        company(n, "ZEPHYR BAKERY LIMITED", "", lines, country=country, postcode=code, town="Zedton")
        for n, (lines, code) in enumerate(addresses)
        if code is None
    ]
    housed = [
        person(n, ("Ann", "Smith"), (1970, 5), lines, country=country, postcode=code, town="Zedton")
        for n, (lines, code) in enumerate(addresses)
    ]
    assert parties([*seated, *housed]) == len(seated) + len(housed)
    figure(
        f"{len(records) + len(known) + len(people) + len(seated) + len(housed)} records of fillers in "
        f"{country}: 0 joins"
    )


def test_no_filler_of_an_address_has_a_digit_above_nought() -> None:
    """What `only_fills_sql` rests on."""
    assert [words for words in fillers("address") if set(words) & set("123456789")] == []


def test_a_filler_is_words_with_one_blank_between() -> None:
    """Nothing in one is neither letter nor number: addresses are compared with them in that form."""
    assert [
        words
        for words in (*fillers("address"), *fillers("line"))
        if not re.fullmatch(r"[^\W_]+(?: [^\W_]+)*", words)
    ] == []
