"""Who is who: number rules with name agreement, persons by name, birth month and address, ids that stay.

Everything here goes through the registers' own parsers, from files in their publishers' formats.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from flows.home.settings import Home
from flows.ingest import lake
from flows.night.night import Night
from flows.night.stages.resolve import resolve_parties
from tests.landings import (
    CANARY,
    COMPANIES,
    PSC,
    TITLES,
    company_number,
    company_row,
    corporate_owner,
    file_name,
    file_of,
    lake_night,
    land_files,
    mart,
    psc_record,
    title_row,
)
from transforms.values.identifiers import PLACEHOLDERS

JUNE, JULY, AUGUST = "2026-06-01", "2026-07-01", "2026-08-01"


def night_of(
    home: Path,
    landing: Path,
    rows: Mapping[str, Iterable[bytes]],
    edition: str = JUNE,
    as_of: date | None = None,
) -> Night:
    """Land these rows of each register as one edition more, and resolve over all that is held."""
    land_files(
        landing, {file_name(register, edition): file_of(register, given) for register, given in rows.items()}
    )
    night = lake_night(Home(home), landing, as_of)
    resolve_parties(night)
    return night


def resolved(folder: Path, rows: Mapping[str, Iterable[bytes]]) -> pl.DataFrame:
    return mart(night_of(folder / "home", folder / "landing", rows), "resolution")


def by_record(resolution: pl.DataFrame, edition: str = JUNE) -> dict[str, dict[str, object]]:
    """Last word of the locator → row, of one edition."""
    rows = resolution.filter(pl.col("edition") == edition).iter_rows(named=True)
    return {row["record"].rsplit("/", 1)[-1]: row for row in rows}


# --- numbers and names ----------------------------------------------------------------------------

REGISTERED = {
    "09000001": (
        "ZEDTON HOLDINGS LIMITED",
        {"PreviousName_1.CONDATE": "02/05/2018", "PreviousName_1.CompanyName": "ZEDTON SHIPPING LIMITED"},
    ),
    "09000002": ("MARSH & REED LIMITED", {}),
    "09000003": ("ZEDTON QUAY (27-30) LIMITED", {}),
    "SC012345": ("HIGHLAND PEAT LIMITED", {}),
    "00007724": ("PENFOLD ESTATES LIMITED", {}),
    "09000009": ("ZEDTON LAPSED LIMITED", {"CompanyStatus": "Liquidation"}),
}
HELD = "identifier_and_name"
UNHELD = "identifier_unverified"
OWN = "record"

# A corporate owner's name and number → the party, how, and the candidate. None: a party of its own.
OWNERS: dict[str, tuple[str, str | None, Mapping[str, str], str | None, str, str | None]] = {
    "same": ("ZEDTON HOLDINGS LIMITED", "09000001", {}, "GB-COH-09000001", HELD, None),
    "unpadded-ltd": ("Zedton Holdings Ltd.", "9000001", {}, "GB-COH-09000001", HELD, None),
    "former-name": ("Zedton Shipping Ltd", "09000001", {}, "GB-COH-09000001", HELD, None),
    "ampersand": ("Marsh and Reed Limited", "09000002", {}, "GB-COH-09000002", HELD, None),
    "typing-slip": ("ZEDTON HOLDNGS LIMITED", "09000001", {}, "GB-COH-09000001", HELD, None),
    "scottish": (
        "Highland Peat Limited",
        "SC12345",
        {"country_registered": "Scotland"},
        "GB-COH-SC012345",
        HELD,
        None,
    ),
    "in-liquidation": ("Zedton Lapsed Limited", "09000009", {}, "GB-COH-09000009", HELD, None),
    "other-name": ("BRAMBLE FOODS LIMITED", "09000001", {}, None, OWN, "GB-COH-09000001"),
    "other-house-number": ("ZEDTON QUAY (39-50) LIMITED", "09000003", {}, None, OWN, "GB-COH-09000003"),
    "no-number": ("ZEDTON HOLDINGS LIMITED", None, {}, None, OWN, None),
    "no-number-again": ("ZEDTON HOLDINGS LIMITED", None, {}, None, OWN, None),
    "jersey": (
        "ZEDTON HOLDINGS LIMITED",
        "09000001",
        {"country_registered": "Jersey", "place_registered": "Jersey"},
        None,
        OWN,
        None,
    ),
    "germany": (
        "MARSH & REED LIMITED",
        "09000002",
        {"country_registered": "Germany", "place_registered": "Amtsgericht"},
        None,
        OWN,
        None,
    ),
    "overseas-by-register": (
        "MARSH & REED LIMITED",
        "09000002",
        {"country_registered": "", "place_registered": "Isle of Man"},
        None,
        OWN,
        None,
    ),
    "a-unheld": ("NEW MILL LIMITED", "08111111", {}, "GB-COH-08111111", UNHELD, None),
    "b-unheld-agrees": ("New Mill Ltd", "8111111", {}, "GB-COH-08111111", UNHELD, None),
    "c-unheld-other": ("OTHER THING LIMITED", "08111111", {}, None, OWN, "GB-COH-08111111"),
}
COMPANY, SOCIETY = (
    "Limited Company or Public Limited Company",
    "Housing Association Registered Society (Company)",
)
# A proprietor's name, number and category → the same.
PROPRIETORS: dict[str, tuple[str, str, str, str | None, str, str | None]] = {
    "T1": ("PENFOLD ESTATES LIMITED", "7724", COMPANY, "GB-COH-00007724", HELD, None),
    "T2": (
        "PENFOLD ESTATES LIMITED",
        "7724",
        SOCIETY,
        None,
        OWN,
        None,
    ),  # a society is never padded as a company
    "T3": ("PENFOLD ESTATES LIMITED", "00007724", SOCIETY, None, OWN, None),
    "T4": ("PENFOLD ESTATES LIMITED", "7724R", SOCIETY, None, OWN, None),
    "T5": ("ZEDTON HOLDINGS LIMITED", "9000001", "Corporate Body", None, OWN, None),
    "T6": ("ZEDTON HOLDINGS LIMITED", "9000001", COMPANY, "GB-COH-09000001", HELD, None),
    "T7": ("ZEDTON HOLDINGS LIMITED", "9000002", COMPANY, None, OWN, "GB-COH-09000002"),
    "T8": ("NEW MILL LIMITED", "8111111", COMPANY, "GB-COH-08111111", UNHELD, None),
}


Rows = dict[str, dict[str, object]]


@pytest.fixture(scope="module")
def number_rules(tmp_path_factory: pytest.TempPathFactory) -> Rows:
    """All cases above in one night."""
    companies = [
        company_row(0, {"CompanyName": name, "CompanyNumber": number, **more})
        for number, (name, more) in REGISTERED.items()
    ]
    owners = [
        corporate_owner(100, name, number, record, **owner_fields)
        for record, (name, number, owner_fields, *_) in OWNERS.items()
    ]
    titles = [
        title_row(
            0,
            **{
                "Title Number": title,
                "Proprietor Name (1)": name,
                "Company Registration No. (1)": number,
                "Proprietorship Category (1)": category,
            },
        )
        for title, (name, number, category, *_) in PROPRIETORS.items()
    ]
    return by_record(
        resolved(tmp_path_factory.mktemp("numbers"), {COMPANIES: companies, PSC: owners, TITLES: titles})
    )


def judged(row: Mapping[str, object], party: str | None) -> tuple[object, object, object]:
    own = str(row["party_id"]).startswith("UT-E-")
    return (None if own and party is None else row["party_id"]), row["method"], row["candidate_id"]


@pytest.mark.parametrize("record", OWNERS)
def test_an_owners_number_counts_where_register_number_and_name_agree(
    record: str, number_rules: Rows
) -> None:
    *_, party, method, candidate = OWNERS[record]
    assert judged(number_rules[record], party) == (party, method, candidate)


@pytest.mark.parametrize("title", PROPRIETORS)
def test_a_proprietors_number_counts_by_the_same_rules(title: str, number_rules: Rows) -> None:
    *_, party, method, candidate = PROPRIETORS[title]
    assert judged(number_rules[f"{title} proprietor 1"], party) == (party, method, candidate)


def test_parties_of_their_own_are_never_joined_by_name(number_rules: Rows) -> None:
    own = [row["party_id"] for row in number_rules.values() if row["method"] == OWN]
    assert (
        len(own)
        == sum(case[-2] == OWN for case in (*OWNERS.values(), *PROPRIETORS.values()))
        == len(set(own))
    )


# Numbers that anybody types: held ones of a name of its own each; then a proprietor's or an owner's name
# (None: that of the number's holder), its number, and the party.
TYPED = ("02345678", "SC345678", "00123456", "00000006", "00002020", "OC333333", "05555555", "01234567")
TYPED_STATED: tuple[tuple[str | None, str, str | None], ...] = (
    *((None, number, number) for number in TYPED),
    *((None, number, number.zfill(8)) for number in ("2345678", "6", "2020", "1234567")),
    *((None, number, None) for number in ("123456", "5555555")),  # of the list: never usable
    *(
        (name, number, None)
        for name in ("BRAMBLE FOODS LIMITED", "ZEDTON RUN 09000077 LIMITED")
        for number in ("02345678", "00000006", "SC345678")
    ),
    *(
        ("BRAMBLE FOODS LIMITED", number, None)
        for number in ("07654321", "1", "SC654321", "00001995", "1995")
        for _ in range(2)
    ),
)


@pytest.mark.nightly
def test_a_number_that_anybody_types_counts_where_the_register_has_it_and_the_name_agrees(
    tmp_path: Path,
) -> None:
    """And is none everywhere else: its record is alone, at an address of its own, and nobody's candidate."""
    stated = [
        (name or f"ZEDTON RUN {str(party or number).zfill(8)} LIMITED", number, party)
        for name, number, party in TYPED_STATED
    ]
    companies = [
        company_row(n, {"CompanyName": f"ZEDTON RUN {number} LIMITED", "CompanyNumber": number})
        for n, number in enumerate(TYPED)
    ]
    titles = [
        title_row(
            n,
            **{
                "Proprietor Name (1)": name,
                "Company Registration No. (1)": number,
                "Proprietor (1) Address (1)": f"{n + 1} Old Street, Elsewhere ZT9 9ZZ",
            },
        )
        for n, (name, number, _) in enumerate(stated)
    ]
    owners = [
        corporate_owner(n, name, number, f"o{n}") for n, (name, number, party) in enumerate(stated) if party
    ]
    resolution = resolved(tmp_path, {COMPANIES: companies, TITLES: titles, PSC: owners})
    title_rows = resolution.filter(register=TITLES).sort("record").rows(named=True)
    for row, (name, number, party) in zip(title_rows, TYPED_STATED, strict=True):
        by_name = (
            f"GB-COH-{number.zfill(8)}" if name is None and party is None else None
        )  # a candidate, as of any proprietor without a number
        expected = (f"GB-COH-{party}", HELD, None) if party else (None, OWN, by_name)
        assert (judged(row, expected[0]), row["score"]) == (
            expected,
            1.0 if party else 0.5 if by_name else 0.0,
        ), number
    assert resolution.filter(register=TITLES)["party_id"].n_unique() == len(TYPED) + sum(
        party is None for *_, party in stated
    )
    assert set(resolution.filter(register=PSC)["method"]) == {HELD}


def test_scores_say_how_well_the_names_agree(number_rules: Rows) -> None:
    rules = number_rules
    assert rules["same"]["score"] == 1.0 and 0.9 <= float(str(rules["typing-slip"]["score"])) < 1.0
    assert rules["other-name"]["score"] == 0.0 and rules["09000001"]["score"] == 1.0


# --- placeholders ---------------------------------------------------------------------------------

DECORATED = ("{}", " {} ", "{}.0", "'{}'", "{}.", "-{}-", "{} (GB)")


def placeholders() -> list[str]:
    """Every listed filler and a few more, as people decorate them."""
    more = [
        "00",
        "0000000",
        "00000000",
        "SC000000",
        "OC0",
        "N/A",
        "n/a",
        "N.A.",
        "None",
        "Unknown",
        "unknown",
        "Not Applicable",
        "-",
        "?",
    ]
    return sorted({form.format(value) for value in (*PLACEHOLDERS, *more) for form in DECORATED})


@pytest.mark.nightly
def test_placeholders_join_nothing(tmp_path: Path) -> None:
    """All state the name that the register holds under every number that a filler could be padded to: only
    the filler keeps them apart.
    """
    numbers = placeholders()
    name = "ZEDTON HOLDINGS LIMITED"
    issued = sorted({value.zfill(8) for value in PLACEHOLDERS if value.isdigit()})
    proprietors = [
        {
            "Proprietor Name (1)": name,
            "Company Registration No. (1)": number,
            "Proprietorship Category (1)": category,
        }
        for number in numbers
        for category in (COMPANY, SOCIETY)
    ]
    rows = {
        COMPANIES: [company_row(0, {"CompanyName": name, "CompanyNumber": number}) for number in issued],
        PSC: [corporate_owner(n, name, number, f"owner{n}") for n, number in enumerate(numbers)],
        TITLES: [title_row(n, **columns) for n, columns in enumerate(proprietors)],
    }
    resolution = resolved(tmp_path, rows)
    claims = resolution.filter(pl.col("register") != COMPANIES)
    assert resolution.filter(pl.col("register") == COMPANIES).height == len(issued) > 20
    assert claims.height == 3 * len(numbers) > 900
    assert (
        claims["party_id"].n_unique() == claims.height and claims["party_id"].str.starts_with("UT-E-").all()
    )
    assert claims["candidate_id"].null_count() == claims.height


# --- persons --------------------------------------------------------------------------------------

MILL_LANE = {
    "premises": "4",
    "address_line_1": "Mill Lane",
    "locality": "Zedton",
    "postal_code": "ZT1 3DB",
    "country": "England",
}
HIGH_STREET = {
    "premises": "9",
    "address_line_1": "High Street",
    "locality": "Zedton",
    "postal_code": "ZT1 2AB",
    "country": "England",
}
AGENT = {
    "premises": "71-75",
    "address_line_1": "Shelton Street",
    "locality": "London",
    "postal_code": "WC2H 9JQ",
    "country": "England",
}
FULL_HOUSE = {
    "premises": "101",
    "address_line_1": "Crowd Street",
    "locality": "Zedton",
    "postal_code": "ZT1 9ZA",
    "country": "England",
}
NEARLY_FULL_HOUSE = {
    "premises": "100",
    "address_line_1": "Crowd Street",
    "locality": "Zedton",
    "postal_code": "ZT1 9ZA",
    "country": "England",
}


def at(line: str, postcode: str, country: str = "England") -> dict[str, str]:
    return {"address_line_1": line, "locality": "Zedton", "postal_code": postcode, "country": country}


def person(
    index: int,
    record: str,
    forename: str = "Ann",
    surname: str = "Quill",
    *,
    middle: str | None = None,
    born: tuple[int, int] | None = (1970, 5),
    address: Mapping[str, str] | None = MILL_LANE,
    **data: object,
) -> bytes:
    elements = {"forename": forename, "surname": surname, **({"middle_name": middle} if middle else {})}
    birth = {"year": born[0], "month": born[1]} if born else None
    return psc_record(
        index,
        name=f"Ms {forename} {surname}",
        name_elements=elements,
        date_of_birth=birth,
        address=dict(address) if address else None,
        links={
            "self": f"/company/{company_number(index)}/persons-with-significant-control/individual/{record}"
        },
        **data,
    )


def super_secure(index: int, record: str) -> bytes:
    row = json.loads(person(index, record))
    secured = {
        "kind": "super-secure-person-with-significant-control",
        "description": "super-secure-persons-with-significant-control",
        "links": row["data"]["links"],
    }
    return json.dumps({**row, "data": secured}).encode()


PERSONS = [
    person(0, "ann"),
    person(1, "ann-elsewhere"),
    person(
        2,
        "ann-other-spelling",
        "ANN",
        "QUILL",
        address={"address_line_1": "4 MILL LN", "postal_code": "zt13db"},
    ),
    person(3, "ann-ceased", ceased_on="2020-01-01"),
    person(4, "ann-at-high-street", address=HIGH_STREET),
    person(5, "ann-of-june", born=(1970, 6)),
    person(6, "ann-of-1971", born=(1971, 5)),
    person(7, "ann-marie", middle="Marie"),
    person(8, "anne", "Anne"),
    person(9, "jose", "José", "Núñez-Ríos"),
    person(10, "jose-plain", "Jose", "Nunez Rios"),
    *(person(11 + n, f"no-birth-{n}", born=None) for n in range(2)),
    *(person(13 + n, f"no-address-{n}", address=None) for n in range(2)),
    *(super_secure(15 + n, f"secured-{n}") for n in range(2)),
    *(person(17 + n, f"agent-{n}", address=AGENT) for n in range(2)),
    *(person(19 + n, f"full-{n}", address=FULL_HOUSE) for n in range(2)),
    *(person(21 + n, f"nearly-full-{n}", address=NEARLY_FULL_HOUSE) for n in range(2)),
]
TOGETHER = [
    {"ann", "ann-elsewhere", "ann-other-spelling", "ann-ceased", "ann-marie"},
    {"jose", "jose-plain"},
    {"nearly-full-0", "nearly-full-1"},
]


@pytest.fixture(scope="module")
def persons(tmp_path_factory: pytest.TempPathFactory) -> Rows:
    """All of PERSONS in one night, with 101 companies seated at one house and 100 at the next."""
    houses = [("101 CROWD STREET", 101), ("100 CROWD STREET", 100)]
    seats = [
        {"RegAddress.AddressLine1": line, "RegAddress.PostCode": "ZT1 9ZA"}
        for line, seats_n in houses
        for _ in range(seats_n)
    ]
    companies = [company_row(n, seat) for n, seat in enumerate(seats)]
    resolution = resolved(tmp_path_factory.mktemp("persons"), {COMPANIES: companies, PSC: PERSONS})
    return by_record(resolution.filter(pl.col("register") == PSC))


def test_persons_are_one_by_name_birth_month_and_address_but_for_a_middle_name_left_out_and_by_nothing_less(
    persons: Rows,
) -> None:
    parties: dict[object, set[str]] = {}
    for record, row in persons.items():
        parties.setdefault(row["party_id"], set()).add(record)
    alone = [{json.loads(row)["data"]["links"]["self"].rsplit("/", 1)[-1]} for row in PERSONS]
    together = set().union(*TOGETHER)
    expected = [*TOGETHER, *(one for one in alone if not one & together)]
    assert sorted(map(sorted, parties.values())) == sorted(map(sorted, expected))


def test_a_person_says_how_it_was_matched_and_namesakes_are_candidates(persons: Rows) -> None:
    rows = persons
    assert rows["ann"]["method"] == "name_birth_address"
    assert (rows["ann-marie"]["method"], rows["ann-at-high-street"]["method"]) == ("linkage", "record")
    assert (
        rows["ann-at-high-street"]["candidate_id"] is not None
        and rows["ann-at-high-street"]["party_id"] != rows["ann"]["party_id"]
    )
    nobody = ("secured-0", "secured-1")
    assert {rows[record]["candidate_id"] for record in nobody} == {None}
    weak = ("no-birth-0", "no-address-0", "secured-0", "agent-0", "full-0")
    assert {record: rows[record]["method"] for record in weak} == dict.fromkeys(weak, "record")
    assert all(str(row["party_id"]).startswith("UT-P-") for row in rows.values())


# Company, name, address of each record: those of a case are born in one month.
ONCE = ("Wei", "Zedchen")
LIKE: dict[str, tuple[list[tuple[int, tuple[str, str], dict[str, str]]], list[set[int]]]] = {
    "a postcode of a whole country": (
        [
            (40, ONCE, at("1 Mock Road", "999077", "Hong Kong")),
            (41, ONCE, at("2 Mock Road", "999077", "Hong Kong")),
        ],
        [],
    ),
    "a postcode of a whole town": (
        [
            (40, ONCE, at("Kerkstraat 1", "1000", "Belgium")),
            (41, ONCE, at("Kerkstraat 2", "1000", "Belgium")),
        ],
        [],
    ),
    "a postcode of a street": (
        [(40, ONCE, at("1 Mock Road", "ZT2 1AA")), (41, ONCE, at("2 Mock Road", "ZT2 1AA"))],
        [{0, 1}],
    ),
    "a postcode of a Dutch street": (
        [
            (40, ONCE, at("Kerkstraat 1", "1017 GP", "Netherlands")),
            (41, ONCE, at("Kerkstraat 2", "1017GP", "Netherlands")),
        ],
        [{0, 1}],
    ),
    "an agent's postcode": (
        [(40, ONCE, at("73A Shelton Street", "WC2H 9JQ")), (41, ONCE, at("79 Shelton Street", "WC2H 9JQ"))],
        [],
    ),
    "a suite of an agent's": (
        [
            (40, ONCE, at("Suite 12, 71 Shelton Street", "WC2H 9JQ")),
            (41, ONCE, at("Suite 12, 71 Shelton Street", "WC2H 9JQ")),
        ],
        [],
    ),
    "in somebody's care": (
        [(40, ONCE, {**MILL_LANE, "care_of": "Zed & Co"}), (41, ONCE, {**MILL_LANE, "care_of": "Zed & Co"})],
        [],
    ),
    "in nobody's care": (
        [(40, ONCE, {**MILL_LANE, "care_of": "N/A"}), (41, ONCE, {**MILL_LANE, "care_of": "none"})],
        [{0, 1}],
    ),
    "two namesakes, each stated twice": (
        [
            (40, ONCE, at("1 Mock Road", "ZT2 1AA")),
            (40, ONCE, at("2 Other Road", "ZT2 1AB")),
            (41, ONCE, at("3 Third Road", "ZT2 1AD")),
            (41, ONCE, at("4 Last Road", "ZT2 1AE")),
        ],
        [{0, 1}, {2, 3}],
    ),
    "twins of one initial": ([(40, ("A", "Zedchen"), MILL_LANE), (41, ("A", "Zedchen"), MILL_LANE)], []),
    "half a name": ([(40, ("Unknown", "Zedchen"), MILL_LANE), (41, ("Unknown", "Zedchen"), MILL_LANE)], []),
}


@pytest.fixture(scope="module")
def alike(tmp_path_factory: pytest.TempPathFactory) -> Rows:
    """All cases above in one night: each has a surname, a month of birth and companies of its own, so that
    nothing leads from one to another.
    """
    rows = [
        person(
            index + 2 * k,
            f"{k}-{n}",
            forename,
            f"{surname}{'abcdefghijklmnop'[k]}",
            born=(1970 + k, 5),
            address=address,
        )
        for k, (records, _) in enumerate(LIKE.values())
        for n, (index, (forename, surname), address) in enumerate(records)
    ]
    return by_record(resolved(tmp_path_factory.mktemp("alike"), {PSC: rows}))


@pytest.mark.nightly
@pytest.mark.parametrize("case", LIKE)
def test_who_is_one_beside_name_and_month(case: str, alike: Rows) -> None:
    (records, together), k = LIKE[case], [*LIKE].index(case)
    parties: dict[object, set[int]] = {}
    for n in range(len(records)):
        parties.setdefault(alike[f"{k}-{n}"]["party_id"], set()).add(n)
    assert sorted(map(sorted, parties.values())) == sorted(
        map(sorted, [*together, *({n} for n in range(len(records)) if not any(n in one for one in together))])
    )


@pytest.mark.nightly
def test_a_listed_person_is_never_merged_with_a_registers(tmp_path: Path) -> None:
    """Name, month and home are one; the list's record stays a party of its own, for screening to set beside
    the register's.
    """
    merges = {
        "name": ["Ann Quill"],
        "firstName": ["Ann"],
        "lastName": ["Quill"],
        "birthDate": ["1970-05-17"],
        "address": ["4 Mill Lane, Zedton ZT1 3DB"],
    }
    listed = [
        {
            "id": f"zed-{n}",
            "schema": "Person",
            "datasets": ["zed"],
            "properties": {**merges, "topics": topics},
        }
        for n, topics in enumerate((["sanction"], []))
    ]
    landing = land_files(
        tmp_path / "landing", {"zed.ftm.json": b"".join(json.dumps(one).encode() + b"\n" for one in listed)}
    )
    rows = mart(night_of(tmp_path / "home", landing, {PSC: [person(0, "ann")]}), "resolution")
    party = dict(rows.select(pl.col("record").str.split("/").list.last(), "party_id").iter_rows())
    assert party["zed-0"] != party["ann"] == party["zed-1"]


# --- over editions --------------------------------------------------------------------------------


@pytest.mark.nightly
def test_a_record_that_is_linked_later_takes_the_id_of_the_first_and_candidates_are_parties(
    tmp_path: Path,
) -> None:
    """A slip in the surname at home, the full name at a new home, and a namesake elsewhere who states two
    names only.
    """
    home, landing = tmp_path / "home", tmp_path / "landing"
    bea = {"forename": "Bea", "surname": "Quillfeather", "middle": "Zephyrine"}
    first = by_record(mart(night_of(home, landing, {PSC: [person(0, "bea", **bea)]}), "resolution"))
    later = [
        person(0, "bea", **bea),
        person(1, "slip", **{**bea, "surname": "Quillfaether"}),
        person(2, "moved", **bea, address=HIGH_STREET),
        person(3, "namesake", "Bea", "Quillfeather", address=AGENT),
        person(4, "twin", "Una", "Quillfeather", middle="Zoe"),
    ]
    both = mart(night_of(home, landing, {PSC: later}, JULY), "resolution")
    now = by_record(both, JULY)
    assert (
        {now[record]["party_id"] for record in ("bea", "slip", "moved")}
        == {first["bea"]["party_id"]}
        == {by_record(both, JUNE)["bea"]["party_id"]}
    )
    assert (now["bea"]["method"], now["slip"]["method"], now["moved"]["method"]) == (
        "linkage",
        "linkage",
        "linkage",
    )
    assert (first["bea"]["method"], first["bea"]["score"], now["twin"]["method"]) == (
        "record",
        0.0,
        "record",
    )  # an edition more is no match
    assert now["namesake"]["candidate_id"] == first["bea"]["party_id"] != now["namesake"]["party_id"]
    assert 0.5 <= float(str(now["namesake"]["score"])) < 1
    assert now["twin"]["party_id"] not in {row["party_id"] for record, row in now.items() if record != "twin"}
    assert set(both["candidate_id"].drop_nulls()) <= set(both["party_id"])


@pytest.mark.nightly
def test_the_same_record_over_editions_is_one_person_with_the_earliest_id(tmp_path: Path) -> None:
    """Ann moves house and marries; Bob stands in one record only; a protected person stays itself."""
    home, landing = tmp_path / "home", tmp_path / "landing"
    first = by_record(
        mart(
            night_of(
                home, landing, {PSC: [person(0, "ann"), super_secure(1, "secured"), person(2, "bob", "Bob")]}
            ),
            "resolution",
        )
    )
    moved = [
        person(0, "ann", surname="Marsh", address=HIGH_STREET),
        super_secure(1, "secured"),
        person(3, "ann-new", surname="Marsh", address=HIGH_STREET),
    ]
    both = mart(night_of(home, landing, {PSC: moved}, JULY), "resolution")
    then, now = by_record(both, JUNE), by_record(both, JULY)
    assert {record: row["party_id"] for record, row in then.items()} == {
        record: row["party_id"] for record, row in first.items()
    }
    assert now["ann"]["party_id"] == now["ann-new"]["party_id"] == first["ann"]["party_id"]
    assert now["secured"]["party_id"] == first["secured"]["party_id"]
    assert len({row["party_id"] for row in first.values()}) == 3


@pytest.mark.nightly
def test_persons_are_followed_through_more_than_one_step(tmp_path: Path) -> None:
    """Record x meets y at Mill Lane in June, y meets z at High Street in July: x and z share nothing but that
    way.
    """
    home, landing = tmp_path / "home", tmp_path / "landing"
    night_of(home, landing, {PSC: [person(0, "z-first"), person(1, "y"), person(9, "stranger", "Zoe")]})
    night = night_of(
        home,
        landing,
        {PSC: [person(1, "y", address=HIGH_STREET), person(2, "a-last", address=HIGH_STREET)]},
        JULY,
    )
    rows = mart(night, "resolution")
    assert rows.filter(~pl.col("record").str.ends_with("stranger"))["party_id"].n_unique() == 1
    assert rows["party_id"].n_unique() == 2


@pytest.mark.nightly
def test_an_owners_locator_is_its_own_and_a_proprietors_is_a_place_on_a_title(tmp_path: Path) -> None:
    """Renamed without a number: an owner's record is the same party, a proprietor's place is not."""
    home, landing = tmp_path / "home", tmp_path / "landing"

    def rows(owner: str, first: str, second: str) -> Mapping[str, list[bytes]]:
        columns = {
            "Proprietor Name (1)": first,
            "Proprietor Name (2)": second,
            "Company Registration No. (1)": "",
        }
        return {PSC: [corporate_owner(0, owner, None, "owner")], TITLES: [title_row(0, **columns)]}

    before = by_record(
        mart(night_of(home, landing, rows("OLD NAME LIMITED", "PARISH OF ZED", "THE WARDENS")), "resolution")
    )
    after = by_record(
        mart(
            night_of(home, landing, rows("NEW NAME LIMITED", "PARISH OF ZED", "THE VERGERS"), JULY),
            "resolution",
        ),
        JULY,
    )
    same = {record: before[record]["party_id"] == after[record]["party_id"] for record in before}
    assert same == {"owner": True, "ZT100000 proprietor 1": True, "ZT100000 proprietor 2": False}
    assert before["ZT100000 proprietor 1"]["party_id"] != before["ZT100000 proprietor 2"]["party_id"]


@pytest.mark.nightly
def test_a_former_name_counts_from_any_edition_held(tmp_path: Path) -> None:
    """The register of July has forgotten the name that its edition of June still has."""
    home, landing = tmp_path / "home", tmp_path / "landing"
    night_of(home, landing, {COMPANIES: [company_row(0, {"CompanyName": "OLD NAME LIMITED"})]})
    later = {
        COMPANIES: [company_row(0, {"CompanyName": "NEW NAME LIMITED"})],
        PSC: [corporate_owner(1, "OLD NAME LTD", company_number(0), "owner")],
    }
    assert (
        by_record(mart(night_of(home, landing, later, JULY), "resolution"), JULY)["owner"]["method"] == HELD
    )


def everything() -> dict[str, list[bytes]]:
    """Every kind of party record, closed and ceased ones too."""
    closed = company_row(3, {"CompanyStatus": "Active - Proposal to Strike off"})
    trust = person(
        4,
        "trustee",
        natures_of_control=[
            "ownership-of-shares-25-to-50-percent-as-trust",
            "voting-rights-25-to-50-percent-as-firm",
        ],
    )
    gone = corporate_owner(5, "CEASED OWNER LIMITED", "08222222", "ceased").replace(
        b'"etag"', b'"ceased_on": "2019-01-01", "etag"'
    )
    return {
        COMPANIES: [company_row(0), company_row(1), closed],
        PSC: [
            person(0, "ann"),
            super_secure(1, "secured"),
            trust,
            gone,
            corporate_owner(6, "ZEDTON TRADER 0 LIMITED", company_number(0), "owner"),
        ],
        TITLES: [
            title_row(n, **{"Proprietor Name (2)": "PARISH OF ZED", "Proprietor Name (4)": "THE WARDENS"})
            for n in range(3)
        ],
    }


def party_statements(night: Night) -> list[str]:
    paths = [
        path
        for name in ("entity_statement", "person_statement")
        for path in lake.table_files(night.home, name, night.editions.usable)
    ]
    return pl.concat([pl.read_parquet(path, columns=["statement_id"]) for path in paths])[
        "statement_id"
    ].to_list()


@dataclass(frozen=True)
class Nights:
    """Resolutions of `everything`: of June's edition, of the same again, with July's too; and with July's
    under another key.
    """

    june: pl.DataFrame
    again: pl.DataFrame
    july: pl.DataFrame
    elsewhere: pl.DataFrame
    statements: list[str]
    folder: Path


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory) -> Nights:
    folder = tmp_path_factory.mktemp("nights")
    home, landing = folder / "home", folder / "landing"
    june, again = (mart(night_of(home, landing, everything()), "resolution") for _ in range(2))
    july = night_of(home, landing, everything(), JULY)
    rows = mart(july, "resolution")
    elsewhere = mart(night_of(folder / "other home", landing, {}, JULY), "resolution")
    return Nights(june, again, rows, elsewhere, party_statements(july), folder)


@pytest.mark.nightly
def test_every_party_record_is_there_exactly_once(nights: Nights) -> None:
    resolution = nights.july
    assert resolution["statement_id"].to_list() == sorted(nights.statements)
    assert (
        resolution["statement_id"].n_unique() == resolution.height == 2 * (3 + 5 + 2 + 9)
    )  # entries, owners and persons, two arrangements, proprietors
    assert resolution["party_id"].null_count() == 0


def test_ids_are_equal_between_runs_stable_when_an_edition_arrives_and_others_under_another_key(
    nights: Nights,
) -> None:
    first, later = nights.june, nights.july
    assert first.equals(nights.again)
    assert later.filter(pl.col("edition") == JUNE).equals(first)
    ids = {
        row["record"]: row["party_id"]
        for row in first.filter(pl.col("party_id").str.starts_with("UT-")).iter_rows(named=True)
        if "/" not in row["record"]
    }
    assert ids and all(
        row["party_id"] == ids[row["record"]] for row in later.iter_rows(named=True) if row["record"] in ids
    )
    other = nights.elsewhere.filter(pl.col("edition") == JUNE)
    own = first["party_id"].str.starts_with("UT-")
    assert other["statement_id"].equals(first["statement_id"])
    assert other.filter(~own).equals(first.filter(~own)) and first.filter(own).height > 5
    assert not set(other.filter(own)["party_id"]) & set(first.filter(own)["party_id"])


@pytest.mark.nightly
def test_an_earlier_night_gives_the_same_ids(nights: Nights) -> None:
    """With both editions in the lake, asked for June: as on June's own night."""
    home, landing = nights.folder / "home", nights.folder / "landing"
    earlier = mart(night_of(home, landing, {}, AUGUST, as_of=date(2026, 6, 15)), "resolution")
    assert earlier.equals(nights.june)


def test_arrangements_are_parties_of_their_own(nights: Nights) -> None:
    """Trust and firm of one record are two, and neither is the holder. Once all three had one id."""
    resolution = nights.june.filter(pl.col("record").str.ends_with("trustee"))
    assert resolution.height == 3 and resolution["party_id"].n_unique() == 3
    assert sorted(resolution["party_id"].str.slice(0, 5)) == ["UT-E-", "UT-E-", "UT-P-"]


def test_no_id_shows_what_it_was_made_of(nights: Nights) -> None:
    own = nights.june["party_id"].filter(nights.june["party_id"].str.starts_with("UT-"))
    assert own.str.contains("^UT-[EP]-[0-9a-f]{20}$").all() and own.str.contains("-P-").any()
    assert "quill" not in nights.june.write_csv().lower()  # the name of all persons


# --- one record of the registrar's, told by two registers -----------------------------------------

LINK = "zq3Vx0{}aB-cD_eF1gH2iJ3kL4mN"  # 27 characters, as the registrar's


def psc_of(index: int, link: str, **data: object) -> bytes:
    """A PSC record with the link that Open Ownership's statement of it ends in."""
    return psc_record(
        index,
        links={
            "self": f"/company/{company_number(index)}/persons-with-significant-control/individual/{link}"
        },
        **data,
    )


def statement_of(index: int, link: str, kind: str, **details: object) -> dict[str, object]:
    """Open Ownership's statement of that record: PER a person, ENT an owner without a number, REL the
    relationship.
    """
    record = f"GB-COH-{kind}-{company_number(index)}-{link}"
    types = {"PER": "person", "ENT": "entity", "REL": "relationship"}
    known: dict[str, dict[str, object]] = {
        "PER": {"personType": "knownPerson"},
        "ENT": {"entityType": {"type": "registeredEntity"}},
        "REL": {},
    }
    about = {
        "recordId": record,
        "recordType": types[kind],
        "recordDetails": {**known[kind], **details},
        "publicationDetails": {"publicationDate": JUNE},
    }
    return {"statementId": f"s-{record}", "statementDate": "2026-01-01", **about}


def told_twice(tmp_path: Path, psc: Iterable[bytes], statements: Iterable[dict[str, object]]) -> pl.DataFrame:
    landing = land_files(
        tmp_path / "landing",
        {"gb.bods.jsonl": b"".join(json.dumps(one).encode() + b"\n" for one in statements)},
    )
    return mart(night_of(tmp_path / "home", landing, {PSC: psc}), "resolution").sort(
        "register", "record", "statement_id"
    )


@pytest.mark.nightly
def test_a_person_of_a_psc_record_and_of_the_statement_made_of_it_is_one(tmp_path: Path) -> None:
    """Equal company and link.

    The same link at another company, and another link at the same company, are other persons, whatever the
    name.
    """
    psc = [psc_of(0, LINK.format(0)), psc_of(1, LINK.format(1), date_of_birth={"month": 6, "year": 1981})]
    names = [{"type": "legal", "fullName": CANARY}]
    others = [(0, LINK.format(0)), (2, LINK.format(0)), (1, LINK.format(9))]
    resolution = told_twice(
        tmp_path, psc, [statement_of(index, link, "PER", names=names) for index, link in others]
    )
    ids = {
        (row["register"], row["record"].split("/")[-1].removeprefix("GB-COH-PER-")): row["party_id"]
        for row in resolution.iter_rows(named=True)
    }
    assert ids[PSC, LINK.format(0)] == ids["bods", f"{company_number(0)}-{LINK.format(0)}"]
    assert len(ids) == 5 and len(set(ids.values())) == 4


def test_an_owner_told_twice_is_one_with_the_number_where_one_is_known(tmp_path: Path) -> None:
    """An owner without a number in both is one party of its own; where the PSC record states a number that
    agrees, the statement's owner is that company.
    """
    psc = [
        corporate_owner(n, name, number, LINK.format(n))
        for n, (name, number) in enumerate([("PARISH OF ZED", None), ("NEW MILL LIMITED", "08111111")])
    ]
    statements = [
        statement_of(n, LINK.format(n), "ENT", name=name)
        for n, name in enumerate(["Parish of Zed", "New Mill Ltd"])
    ]
    resolution = told_twice(tmp_path, psc, statements)
    by_link = {
        link: set(resolution.filter(pl.col("record").str.ends_with(link))["party_id"])
        for link in (LINK.format(0), LINK.format(1))
    }
    assert [len(ids) for ids in by_link.values()] == [1, 1]
    assert by_link[LINK.format(1)] == {"GB-COH-08111111"}
    assert set(resolution.filter(party_id="GB-COH-08111111").select("method", "score").iter_rows()) == {
        ("identifier_unverified", 1.0)
    }
    assert by_link[LINK.format(0)].pop().startswith("UT-E-")
    assert resolution["candidate_id"].null_count() == resolution.height == 4


@pytest.mark.nightly
def test_a_trust_that_a_record_tells_of_is_one_too(tmp_path: Path) -> None:
    """The unnamed trust of the PSC record, and of the relationship made of it: one; a firm in the same record
    is another.
    """
    natures = ["ownership-of-shares-25-to-50-percent-as-trust", "voting-rights-25-to-50-percent-as-firm"]
    interests = [
        {
            "type": kind,
            "share": {"minimum": 25, "maximum": 50},
            "startDate": "2016-07-01",
            "details": f"Relationship Type: {natures}",
        }
        for kind in ("shareholding", "votingRights")
    ]
    person, company = statement_of(0, LINK.format(0), "PER"), f"GB-COH-{company_number(0)}"
    related = statement_of(
        0, LINK.format(0), "REL", subject=company, interestedParty=person["recordId"], interests=interests
    )
    resolution = told_twice(
        tmp_path, [psc_of(0, LINK.format(0), natures_of_control=natures)], [person, related]
    )
    arrangements = resolution.filter(pl.col("statement_id").str.slice(25).is_in(("t", "f")))
    assert arrangements.height == 4
    assert arrangements.group_by(pl.col("statement_id").str.slice(25)).agg(
        pl.col("party_id").n_unique()
    ).get_column("party_id").to_list() == [1, 1]
    assert arrangements["party_id"].n_unique() == 2
