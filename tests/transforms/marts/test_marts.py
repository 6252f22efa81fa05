"""The marts of one night, through the registers' own parsers: companies, addresses, titles and properties,
relationships.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from flows.home.settings import Home
from flows.night.night import Night
from flows.night.stages.marts import build_marts
from tests.landings import (
    COMPANIES,
    PSC,
    TITLES,
    company_number,
    company_row,
    corporate_owner,
    file_name,
    file_of,
    land_files,
    mart,
    psc_record,
    resolved_night,
    title_row,
)
from tests.sale_rows import price_file, sale_row
from tests.transforms.marts import test_premises
from transforms.marts import INDEX_SALES_N, MART_ORDER, MASS_SEATS_N
from transforms.model.views import MARTS

AS_OF = date(2026, 6, 1)


def night_of(
    folder: Path,
    rows: Mapping[str, Iterable[bytes]],
    as_of: date | None = None,
    files: Mapping[str, bytes] | None = None,
) -> Night:
    """Rows of the three registers, and whole files by their names."""
    given = {file_name(register): file_of(register, some) for register, some in rows.items()}
    return resolved_night(
        Home(folder / "home"), land_files(folder / "landing", {**given, **(files or {})}), as_of
    )


def one(frame: pl.DataFrame, **values: object) -> dict[str, object]:
    """The one row that has these values."""
    [row] = frame.filter(pl.lit(True), *(pl.col(name) == value for name, value in values.items())).to_dicts()
    return row


# --- every mart
# -----------------------------------------------------------------------------------------------------


LISTED = {
    "id": "xx-zed",
    "schema": "Company",
    "datasets": ["xx_list"],
    "first_seen": "2026-05-01",
    "last_seen": "2026-06-01",
    "last_change": "2026-05-01",
    "properties": {"name": ["ZED HOLDING AG"], "topics": ["sanction"], "country": ["ch"]},
}
CASES = Path(__file__).parents[2] / "fixtures" / "registers"
FURTHER_FILES = {
    path.name: path.read_bytes()
    for path in (
        CASES / "be_brussels_subsidies" / "2023" / "data-2023.json",
        CASES / "eu_ecb_rates" / "history" / "eurofxref-hist.csv",
        CASES / "gb_coh_charges" / "lines" / "charges.jsonl",
        CASES / "gb_coh_insolvency" / "lines" / "insolvency-2026-06-01.jsonl",
        CASES / "ledger" / "typical" / "ledger-2026-05.csv",
        CASES / "nl_kvk_dataservice" / "answers" / "inschrijvingen 2026-06-01.xml",
        CASES / "gleif_relationships" / "columns" / "20260601-0800-gleif-goldencopy-rr-golden-copy.csv",
        CASES / "nl_kvk_basisprofiel" / "lines" / "basisprofielen 2026-06-01.jsonl",
        CASES / "permits" / "typical" / "permits-2026-06-01.csv",
        CASES / "ocds_releases" / "packages" / "releases_2026-05.json",
    )
}
TWENTY = [sale_row(n, deed_date=f"2026-02-{n + 1:02} 00:00") for n in range(20)]


@pytest.mark.nightly
def test_every_mart_has_its_declared_columns_and_key(tmp_path: Path) -> None:
    council = title_row(
        1,
        **{
            "Proprietor Name (1)": "ZED BOROUGH COUNCIL",
            "Company Registration No. (1)": "",
            "Proprietorship Category (1)": "Local Authority",
        },
    )
    rows = {
        COMPANIES: [company_row(0)],
        PSC: [psc_record(0), corporate_owner(0, "ZEDTON TRADER 0 LTD", company_number(0), "owner")],
        TITLES: [title_row(0), council],
    }
    night = night_of(
        tmp_path,
        rows,
        files={
            "pp-2026.csv": price_file(TWENTY),
            "entities.ftm.json": json.dumps(LISTED).encode() + b"\n",
            "zed/2026-05.csv": b"Date,Amount,Supplier\n2026-05-01,10.00,ZEDTON TRADER 0 LIMITED\n",
            "lvbag-extract-nl.zip": test_premises.EXTRACT,
            **FURTHER_FILES,
        },
    )
    build_marts(night)
    for name in (*MART_ORDER, "resolution"):
        mart_rows = mart(night, name)
        assert dict(mart_rows.schema) == MARTS[name].schema
        # Nothing is old, no district is asked for, and no building has a PO box.
        empty = name in (
            "out_of_edition",
            "home_area",
            "home_limit",
            "home_scheme",
            "address_alias",
            "valuation",
            "disqualification",
            "directed_set",
            "seat_change",
            "flow_repeat",
        )
        assert (mart_rows.height == 0) == empty, name
        assert not mart_rows.select(MARTS[name].key).is_duplicated().any(), name
        assert [
            column.name
            for column in MARTS[name]
            if not column.nullable and mart_rows[column.name].null_count()
        ] == []
        assert [
            c.name
            for c in MARTS[name]
            if c.values and not mart_rows[c.name].drop_nulls().is_in(c.values).all()
        ] == []


@pytest.mark.nightly
def test_marts_of_registers_that_are_not_there_are_empty(tmp_path: Path) -> None:
    night = night_of(tmp_path, {TITLES: [title_row(0)]})
    declared = (
        "register_role",
        "home_country",
        "binding_regime",
        "release_day",
        "role_held",
        "ownership_gap",
    )
    listed = ("offshore_country", "fund_form", "trust_company", "purpose_word", "theme", "theme_indicator")
    build_marts(night)
    rows_n = {name: mart(night, name).height for name in MART_ORDER if name not in (*declared, *listed)}
    assert rows_n == {
        "home_area": 0,
        "home_limit": 0,
        "home_scheme": 0,
        "area": 2,  # of the title, and of its proprietor's address, which names the place
        "company": 0,
        "entity": 1,
        "person": 0,
        "title": 1,
        "title_address": 1,
        "proprietorship": 1,
        "relationship": 0,
        "interest": 0,
        "officer": 0,
        "insolvency": 0,
        "company_theme": 0,
        "valuation": 0,
        "address_alias": 0,
        "address": 2,
        "transaction": 0,
        "property": 1,
        "price_index": 0,
        "exempt": 0,
        "listing": 0,
        "rejected_subject": 0,
        "out_of_edition": 0,
        "sale_period": 0,
        "other_name": 0,
        "company_name": 0,
        "account": 0,
        "rate": 0,
        "flow_repeat": 0,
        "flow": 0,
        "subsidy": 0,
        "charge": 0,
        "tender": 0,
        "award": 0,
        "bid": 0,
        "permit": 0,
        "seat_held": 0,
        "seat_change": 0,
        "disqualification": 0,
        "directed_set": 0,
        "group_relation": 0,
        "premises": 0,
    }
    assert dict(mart(night, "role_held").filter(territory="gb").select("role", "gap").rows())["owners"] == (
        "missing:gb_coh_psc"
    )


# --- joint holders, spellings of one unit, districts, regimes
# ------------------------------------------------------------------------------------------------------


@pytest.mark.nightly
def test_what_records_do_not_say_outright(tmp_path: Path) -> None:
    """Five trustees with the whole since one day are joint, two founders with a quarter each are not. A
    building abroad with its PO box and without it is one unit. A seat in a postcode without property records
    is in the district of the place that it names, at the registrar's default address in none. A list of
    another country's regime does not bind.
    """
    votes, quarter = ["voting-rights-75-to-100-percent"], ["ownership-of-shares-25-to-50-percent"]
    hall = {"RegAddress.PostTown": "ROAD TOWN", "RegAddress.County": "TORTOLA", "RegAddress.PostCode": ""}
    seats = [
        *({**hall, "RegAddress.AddressLine1": f"PO BOX 77, MOCKINGER HALL{end}"} for end in ("", ".", " ")),
        {**hall, "RegAddress.AddressLine1": "MOCKINGER HALL"},
        {"RegAddress.AddressLine1": "9 LOW ROAD, MILLHAM", "RegAddress.PostCode": "ZT1 9XX"},
        {
            "RegAddress.AddressLine1": "9 LOW ROAD",
            "RegAddress.PostTown": "",
            "RegAddress.PostCode": "ZT1 9XY",
        },
        {"RegAddress.AddressLine1": "8 LOW ROAD", "RegAddress.PostCode": ""},
        {
            "RegAddress.AddressLine1": "PO BOX 4385",
            "RegAddress.PostTown": "CARDIFF",
            "RegAddress.PostCode": "CF14 8LH",
        },
    ]
    trustees, founders = (
        [
            psc_record(
                company,
                name=f"{forename} Quill",
                name_elements={"forename": forename, "surname": "Quill"},
                date_of_birth={"month": month, "year": 1960},
                links={"self": f"/company/{company_number(company)}/{forename}"},
                natures_of_control=natures,
            )
            for month, forename in enumerate(forenames, 1)
        ]
        for company, natures, forenames in (
            (0, votes, ("Ada", "Bea", "Cleo", "Dora", "Edna")),
            (1, quarter, ("Fay", "Gwen")),
        )
    )
    titles = [
        title_row(
            n,
            **{"Property Address": f"{n} Mill Lane, Millham (ZT1 3D{letter})", "Postcode": f"ZT1 3D{letter}"},
        )
        for n, letter in enumerate("BCD")
    ]
    sanctions = [
        {**LISTED, "id": f"xx-{list_name}", "datasets": [list_name]}
        for list_name in ("us_ofac_sdn", "gb_hmt_sanctions", "xx_list")
    ]
    debarred = {"name": ["ZED WORKS AG"], "topics": ["debarment"], "country": ["ch"]}
    debarments = [
        {**LISTED, "id": f"xx-{list_name}", "datasets": [list_name], "properties": debarred}
        for list_name in ("xx_uk_debarment_list", "xx_bank_debarred")
    ]
    night = night_of(
        tmp_path,
        {
            COMPANIES: [company_row(n, seat) for n, seat in enumerate(seats)],
            PSC: [*trustees, *founders],
            TITLES: titles,
        },
        files={
            "entities.ftm.json": b"".join(
                json.dumps(one).encode() + b"\n" for one in (*sanctions, *debarments)
            )
        },
    )
    groups = mart(night, "interest").group_by("subject_id").agg(pl.col("joint_group").drop_nulls().n_unique())
    assert dict(groups.rows()) == {"GB-COH-" + company_number(0): 1, "GB-COH-" + company_number(1): 0}
    units = mart(night, "company").join(mart(night, "address"), on="address_id")
    assert units.filter(pl.col("address_text").str.contains("MOCKINGER"))["unit_id"].n_unique() == 1
    seats_by_area = mart(night, "company").sort("company_id")["area_name"].to_list()
    # The last four: its place is in the district; it names none; it names the district; the default address.
    assert seats_by_area[-4:] == ["ZEDTON", None, "ZEDTON", None]
    assert dict(mart(night, "listing").select("list_name", "is_binding").rows()) == {
        "us_ofac_sdn": False,
        "gb_hmt_sanctions": True,
        "xx_list": True,
        "xx_uk_debarment_list": True,
        "xx_bank_debarred": False,
    }


# --- companies
# ------------------------------------------------------------------------------------------------------


STATUSES: Sequence[tuple[Mapping[str, str], bool]] = (
    ({}, True),
    ({"CompanyStatus": "Liquidation"}, True),
    ({"CompanyStatus": "Active - Proposal to Strike off"}, True),
    ({"CompanyStatus": "Dancing"}, True),  # unknown is not dissolved
    ({"DissolutionDate": "01/06/2026"}, False),
    ({"DissolutionDate": "02/06/2026"}, True),
    ({"CompanyStatus": "Converted/Closed"}, False),
)


@pytest.fixture(scope="module")
def companies(night: Night) -> pl.DataFrame:
    """A company of each of the statuses, in their order."""
    return mart(night, "company").sort("company_id")


@pytest.mark.parametrize("n", range(len(STATUSES)))
def test_active_is_not_dissolved_converted_or_closed_at_the_date(n: int, companies: pl.DataFrame) -> None:
    company = one(companies, company_id=f"GB-COH-{company_number(n)}")
    assert company["is_active"] is STATUSES[n][1] and company["left_register_on"] is None


@pytest.mark.nightly
@pytest.mark.parametrize(
    ("rejected", "left"),
    [
        (f'"Zed","{company_number(0)}","x"', None),
        (f'"Zed","{company_number(0).lstrip("0")}","x"', None),
        ('"Zed","x"', date(2026, 5, 1)),
    ],
)
def test_gone_is_gone_from_the_present_edition(rejected: str, left: date | None, tmp_path: Path) -> None:
    """Absent from May's; June's has it in a record that could not be read, with the zeros of its number or
    without.
    """
    editions = {
        "2026-04-01": [company_row(0), company_row(1)],
        "2026-05-01": [company_row(1)],
        "2026-06-01": [company_row(1), rejected.encode()],
    }
    files = {file_name(COMPANIES, edition): file_of(COMPANIES, rows) for edition, rows in editions.items()}
    companies = mart(
        resolved_night(Home(tmp_path / "home"), land_files(tmp_path / "landing", files), date(2026, 6, 1)),
        "company",
    )
    assert companies.sort("company_id").select("left_register_on", "is_active").rows() == [
        (left, left is None),
        (None, True),
    ]


@pytest.mark.nightly
@pytest.mark.parametrize(
    ("as_of", "ended"), [(date(2026, 5, 31), None), (date(2026, 6, 1), date(2026, 6, 1))]
)
def test_a_proprietor_who_leaves_after_the_date_is_still_there(
    as_of: date, ended: date | None, tmp_path: Path
) -> None:
    files = {
        file_name(TITLES, edition): file_of(TITLES, [*rows, f"Row Count:,{len(rows)}".encode()])
        for edition, rows in (("2026-05-01", [title_row(0), title_row(1)]), ("2026-06-01", [title_row(1)]))
    }
    proprietors = mart(
        resolved_night(
            Home(tmp_path / "home"), land_files(tmp_path / "landing", files), as_of, date(2026, 6, 1)
        ),
        "proprietorship",
    ).sort("title_id")
    assert proprietors["ended_on"].to_list() == [ended, None]


MANAGES = {"SICCode.SicText_2": "68320 - Management of real estate on a fee or contract basis"}
RESIDENTS: dict[str, Mapping[str, str]] = {
    "sic": {"SICCode.SicText_1": "98000 - Residents property management"},
    "second sic": {"SICCode.SicText_2": "98000 - Residents property management"},
    "guarantee": {"CompanyCategory": "PRI/LTD BY GUAR/NSC (Private, limited by guarantee, no share capital)"},
    "residents": {"CompanyName": "Mill Court Residents' Association Limited", **MANAGES},
    "management company": {"CompanyName": "ZED QUAY MANAGEMENT COMPANY LIMITED", **MANAGES},
    "management": {"CompanyName": "ZED QUAY (MANAGEMENT) LIMITED", **MANAGES},
    "rtm": {"CompanyName": "MILL COURT RTM COMPANY LIMITED", **MANAGES},
}
ORDINARY: dict[str, Mapping[str, str]] = {
    "trader": {},
    "management consultants": {"CompanyName": "ZEDTON MANAGEMENT CONSULTANTS LIMITED"},
    "letting": {"SICCode.SicText_1": "68209 - Other letting and operating of own or leased real estate"},
    "name alone": {"CompanyName": "ZED QUAY MANAGEMENT COMPANY LIMITED"},
    "name of one that lets": {
        "CompanyName": "MILL COURT RESIDENTS LIMITED",
        "SICCode.SicText_1": "68209 - Other letting and operating of own or leased real estate",
    },
    "manages": MANAGES,
    "no name": {"CompanyName": "", **MANAGES},
}


@pytest.mark.nightly
def test_a_residents_company_is_known_by_industry_form_or_name_and_property(tmp_path: Path) -> None:
    cases = {**RESIDENTS, **ORDINARY}
    companies = mart(
        night_of(tmp_path, {COMPANIES: [company_row(n, given) for n, given in enumerate(cases.values())]}),
        "company",
    )
    is_residents = dict(zip(cases, companies.sort("company_id")["is_residents_company"], strict=True))
    assert is_residents == {**dict.fromkeys(RESIDENTS, True), **dict.fromkeys(ORDINARY, False)}


@pytest.mark.nightly
def test_an_entry_whose_number_is_no_number_is_a_party_but_no_company(tmp_path: Path) -> None:
    night = night_of(tmp_path, {COMPANIES: [company_row(0), company_row(1, {"CompanyNumber": "--"})]})
    assert mart(night, "company")["company_id"].to_list() == ["GB-COH-09000001"]
    row = one(mart(night, "resolution"), record="--")
    assert (row["method"], row["candidate_id"], str(row["party_id"])[:5]) == ("record", None, "UT-E-")


# --- addresses
# ------------------------------------------------------------------------------------------------------


def seats(line: str, postcode: str, number: int, **given: str) -> list[Mapping[str, str]]:
    return [
        {"RegAddress.AddressLine1": line, "RegAddress.PostTown": "", "RegAddress.PostCode": postcode, **given}
    ] * number


CLASSES = [
    *seats("SUITE 12, 71-75 SHELTON STREET", "WC2H 9JQ", 1),
    *seats("128 City Rd", "EC1V 2NX", MASS_SEATS_N + 1),
    *seats("", "CF14 8LH", 1, **{"RegAddress.POBox": "4385"}),
    *seats("1 CROWD STREET", "ZT1 9ZA", MASS_SEATS_N + 1),
    *seats("2 CROWD STREET", "ZT1 9ZA", MASS_SEATS_N),
    *seats("2 Crowd St.", "zt19za", 1, CompanyStatus="Converted/Closed"),  # no active seat
]
PRACTITIONERS = [
    *seats("3 QUIET STREET", "ZT1 9ZA", 1, **{"RegAddress.CareOf": "QUILL ACCOUNTANTS"}),
    *seats("3 QUIET STREET", "ZT1 9ZA", 1),
    *seats("C/O QUILL LLP, 4 QUIET STREET", "ZT1 9ZA", 1),
    *seats("4 QUIET STREET", "ZT1 9ZA", 2),
    *seats("C/O QUILL LLP, 20-22 WENLOCK ROAD", "N1 7GU", 4),
]


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Night:
    """A company of each of STATUSES, those of CLASSES and PRACTITIONERS, and an owner of each of DATES."""
    given = [*(row for row, _ in STATUSES), *CLASSES, *PRACTITIONERS]
    rows = {
        COMPANIES: [company_row(n, row) for n, row in enumerate(given)],
        PSC: [psc_record(DATED_FROM + n, **data) for n, (data, _) in enumerate(DATES)],
    }
    return night_of(tmp_path_factory.mktemp("night"), rows, AS_OF)


def test_classes_come_from_the_vocabulary_and_only_mass_from_the_count(night: Night) -> None:
    others = pl.col("address_text").str.contains("(?i)quiet|wenlock|high street")
    addresses = mart(night, "address").filter(~others).sort("active_seats_n", "address_class")
    assert addresses.select("address_class", "active_seats_n").rows() == [
        ("agent", 1),
        ("default", 1),
        ("ordinary", MASS_SEATS_N),
        ("agent", MASS_SEATS_N + 1),
        ("mass", MASS_SEATS_N + 1),
    ]


def test_a_unit_where_most_seats_are_in_care_of_somebody_is_a_practitioners(night: Night) -> None:
    """By the field or by the words, counted once for each company. A list says it better."""
    of_these = pl.col("address_text").str.contains("(?i)quiet|wenlock")
    addresses = mart(night, "address").filter(of_these).sort("active_seats_n")
    assert addresses["address_class"].to_list() == ["practitioner", "ordinary", "agent"]
    assert addresses["active_seats_n"].to_list() == [2, 3, 4]


@pytest.mark.nightly
def test_a_persons_service_address_is_no_address_of_the_release(tmp_path: Path) -> None:
    """Not as a row, and not as the wording of a unit that a company is seated at."""
    at_the_office = {
        "premises": "1",
        "address_line_1": "High Street (back door, ring twice)",
        "postal_code": "ZT1 2AB",
    }
    rows = {
        COMPANIES: [company_row(0)],
        PSC: [
            psc_record(0),
            psc_record(1, address=at_the_office),
            corporate_owner(2, "OWNER LIMITED", None, "owner"),
        ],
        TITLES: [title_row(4)],
    }
    addresses = mart(night_of(tmp_path, rows), "address")
    assert sorted(addresses["address_text"]) == [
        "1 HIGH STREET, ZEDTON, ZT1 2AB",
        "5 High Street, Zedton ZT1 2AB",
        "5 Mill Lane, Zedton (ZT1 3DB)",
    ]
    assert addresses["active_seats_n"].sum() == 1


@pytest.mark.nightly
def test_the_registrars_default_address_is_told_by_its_name_too(tmp_path: Path) -> None:
    """In Scotland and Northern Ireland it is another box than Cardiff's."""

    def at(index: int, line: str, box: str) -> bytes:
        return company_row(
            index,
            {
                "RegAddress.AddressLine1": line,
                "RegAddress.POBox": box,
                "RegAddress.PostTown": "EDINBURGH",
                "RegAddress.PostCode": "ZT7 9HR",
            },
        )

    rows = [
        at(0, f"{company_number(0)} - COMPANIES HOUSE DEFAULT ADDRESS", "99001"),
        at(1, f"{company_number(1)} - Companies House Default Address", "99001"),
        at(2, "", "99002"),
        at(3, f"{company_number(3)} - Companies House Default Address", ""),
    ]
    night = night_of(tmp_path, {COMPANIES: rows})
    addresses = mart(night, "address").sort("active_seats_n")
    assert addresses.select("active_seats_n", "address_class").rows() == [(1, "ordinary"), (2, "default")]
    seats = mart(night, "company").sort("company_id")
    assert seats["is_at_default_address"].to_list() == [True, True, False, True]
    assert seats["address_id"].is_null().to_list() == [
        False,
        False,
        False,
        True,
    ]  # without a box it is a unit of nobody


# --- titles and properties
# ------------------------------------------------------------------------------------------

UNITS: dict[str, tuple[int | None, int, int]] = {  # address → units_n, rows, properties
    "5 Mill Lane, Zedton (ZT1 3DB)": (1, 1, 1),
    "Flat 2, 5 Mill Lane, Zedton (ZT1 3DB)": (1, 1, 1),
    "Ground Floor Flat, 5 Mill Lane, Zedton (ZT1 3DB)": (1, 1, 1),
    "Flat, 5 Mill Lane, Zedton (ZT1 3DB)": (1, 1, 0),  # a flat, and nothing says which
    "5 and 7 Mill Lane, Zedton (ZT1 3DB)": (2, 2, 0),
    "1 to 9 (odd) Mill Lane, Zedton (ZT1 3DB)": (5, 5, 0),
    "5 Mill Lane, Zedton (ZT1 3DB) and 2 High Street, Zedton (ZT1 2AB)": (2, 2, 0),
    "land on the north side of Mill Lane, Zedton (ZT1 3DB)": (None, 0, 0),
    "5 Mill Lane, Zedton": (1, 1, 0),  # without a postcode
}


@pytest.mark.nightly
def test_a_property_is_one_unit_with_a_postcode(tmp_path: Path) -> None:
    rows = [title_row(n, **{"Property Address": address, "Postcode": ""}) for n, address in enumerate(UNITS)]
    night = night_of(tmp_path, {TITLES: rows})
    titles, addresses = mart(night, "title").sort("title_id"), mart(night, "title_address")
    counted = {
        title["address_text"]: (
            title["units_n"],
            title_addresses.height,
            title_addresses["property_id"].count(),
        )
        for title in titles.to_dicts()
        for title_addresses in [addresses.filter(pl.col("title_id") == title["title_id"])]
    }
    assert counted == UNITS
    assert addresses["property_id"].drop_nulls().str.contains("^UT-U-[0-9a-f]{16}$").all()
    assert set(addresses["address_id"]) <= set(mart(night, "address")["address_id"])


@pytest.mark.nightly
def test_an_address_that_the_publisher_calls_several_is_no_property(tmp_path: Path) -> None:
    night = night_of(tmp_path, {TITLES: [title_row(0, **{"Multiple Address Indicator": "Y"}), title_row(1)]})
    assert mart(night, "title_address")["property_id"].is_null().to_list() == [True, False]


@pytest.mark.nightly
def test_two_titles_of_one_unit_are_one_property(tmp_path: Path) -> None:
    """Freehold and lease of one house, spelled two ways."""
    spellings = ("5 Mill Lane, Zedton (ZT1 3DB)", "5, MILL LN., ZEDTON ZT13DB")
    night = night_of(
        tmp_path,
        {
            TITLES: [
                title_row(n, **{"Property Address": text, "Postcode": ""}) for n, text in enumerate(spellings)
            ]
        },
    )
    assert (
        mart(night, "title_address")["property_id"].n_unique() == 1
        and mart(night, "title_address").height == 2
    )


@pytest.mark.nightly
def test_proprietors_of_one_title(tmp_path: Path) -> None:
    columns = {
        "Proprietor Name (2)": "PARISH OF ZED",
        "Proprietorship Category (2)": "Corporate Body",
        "Proprietor Name (3)": "Zedton Trader 1 Ltd",
        "Company Registration No. (3)": company_number(1),
        "Proprietorship Category (3)": "Limited Company or Public Limited Company",
    }
    night = night_of(
        tmp_path, {COMPANIES: [company_row(0), company_row(1)], TITLES: [title_row(0, **columns)]}
    )
    rows = mart(night, "proprietorship").sort("position")
    assert rows.select("position", "method", "number_native", "ended_on").rows() == [
        (1, "identifier_and_name", company_number(0).lstrip("0"), None),
        (2, "record", None, None),
        (3, "identifier_and_name", company_number(1), None),
    ]
    assert rows["party_id"].to_list()[::2] == [f"GB-COH-{company_number(n)}" for n in (0, 1)]


def test_a_town_abroad_is_in_no_district_of_its_name(tmp_path: Path) -> None:
    listed = CASES / "gleif_lei" / "columns" / "20260601-0800-gleif-goldencopy-lei2-golden-copy.csv"
    titles = [title_row(n, District="ZEDPORT") for n in range(4)]  # a Zedport in the United States is listed
    night = night_of(tmp_path, {TITLES: titles}, files={listed.name: listed.read_bytes()})
    areas = dict(mart(night, "area").select("postcode", "area_name").rows())
    assert areas["ZT1 3DB"] == "ZEDPORT"
    assert "99999" not in areas


@pytest.mark.nightly
def test_a_list_of_postcodes_comes_before_the_districts_that_records_name(tmp_path: Path) -> None:
    listed = CASES / "gb_onspd" / "typical" / "ONSPD_FEB_2026_UK.csv"
    night = night_of(
        tmp_path,
        {
            COMPANIES: [company_row(0)],
            TITLES: [title_row(0), title_row(1, **{"Postcode": "ZT1 5ZZ", "Property Address": "land"})],
        },
        files={listed.name: listed.read_bytes()},
    )
    areas = mart(night, "area").sort("postcode")
    assert areas.select("postcode", "area_name", "area_code", "basis").rows() == [
        ("ZT1 2AB", "CORNWALL", "E06000052", "list"),
        ("ZT1 3DB", "ST ALBANS", "E07000240", "list"),
        ("ZT1 5ZZ", "ZEDTON", None, "register"),
    ]
    assert mart(night, "company")["area_name"].to_list() == ["CORNWALL"]


# --- sales, properties and the index
# --------------------------------------------------------------------------------

ONE_UNIT = {  # as a title writes it, as a sale does
    "5 Mill Lane, Zedton (ZT1 3DB)": {"paon": "5"},
    "Flat 2, 5 Mill Lane, Zedton (ZT1 3DB)": {"paon": "5", "saon": "APARTMENT 2", "property_type": "F"},
    "Flat 3, Mill House, 7 Mill Lane, Zedton (ZT1 3DB)": {
        "paon": "MILL HOUSE, 7",
        "saon": "FLAT 3",
        "property_type": "F",
    },
    "Ground Floor Flat, 9 Mill Lane, Zedton (ZT1 3DB)": {
        "paon": "9",
        "saon": "GROUND FLOOR FLAT",
        "property_type": "F",
    },
    "12A Mill Lane, Zedton (ZT1 3DB)": {"paon": "12A"},
    "14-16 Mill Lane, Zedton (ZT1 3DB)": {"paon": "14 - 16"},
    "The Old Mill, Mill Lane, Zedton (ZT1 3DB)": {"paon": "THE OLD MILL"},
    "Unit 4, 20 Mill Lane, Zedton (ZT1 3DB)": {
        "paon": "20",
        "saon": "UNIT 4",
        "property_type": "O",
        "transaction_category": "B",
    },
    "1 St. John's Road, Zedton (ZT1 4AA)": {"paon": "1", "street": "ST JOHNS ROAD", "postcode": "ZT1 4AA"},
}


@pytest.mark.nightly
def test_a_sale_and_a_title_of_one_unit_are_one_property(tmp_path: Path) -> None:
    titles = [title_row(n, **{"Property Address": text, "Postcode": ""}) for n, text in enumerate(ONE_UNIT)]
    night = night_of(
        tmp_path,
        {TITLES: titles},
        files={"pp-2018.csv": price_file(sale_row(n, **sale) for n, sale in enumerate(ONE_UNIT.values()))},
    )
    of_titles = mart(night, "title_address").sort("title_id")["property_id"].to_list()
    of_sales = mart(night, "transaction").sort("transaction_id")["property_id"].to_list()
    assert of_titles == of_sales and len(set(of_titles)) == len(ONE_UNIT) and None not in of_titles
    properties = mart(night, "property")
    assert set(properties["property_id"]) == set(of_titles) and set(properties["titles_n"]) == set(
        properties["transactions_n"]
    ) == {1}
    assert properties["has_legal_entity_proprietor"].all()


NO_UNIT: dict[str, Mapping[str, str]] = {
    "land": {"paon": "LAND ADJOINING 9", "property_type": "O", "transaction_category": "B"},
    "several": {"paon": "5 AND 7"},
    "several flats": {"paon": "5", "saon": "FLATS 1 AND 2", "property_type": "F"},
    "flat without its number": {"paon": "5", "property_type": "F", "estate_type": "L"},
    "a flat, and nothing says which": {"paon": "5", "saon": "FLAT", "property_type": "F"},
    "no postcode": {"paon": "5", "postcode": ""},
}


@pytest.fixture(scope="module")
def sales_of_no_unit(tmp_path_factory: pytest.TempPathFactory) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The sales, in their order, and the properties: of a title and nothing else."""
    sales = price_file([sale_row(n, **sale) for n, sale in enumerate(NO_UNIT.values())])
    night = night_of(tmp_path_factory.mktemp("sales"), {TITLES: [title_row(4)]}, files={"pp-2018.csv": sales})
    return mart(night, "transaction").sort("transaction_id"), mart(night, "property")


@pytest.mark.parametrize("case", NO_UNIT)
def test_a_sale_that_tells_no_single_unit_has_no_property(
    case: str, sales_of_no_unit: tuple[pl.DataFrame, pl.DataFrame]
) -> None:
    sales, properties = sales_of_no_unit
    sale = sales.row([*NO_UNIT].index(case), named=True)
    assert sale["property_id"] is None and sale["address_text"] and sale["area_name"] == "ZEDTON"
    assert properties["transactions_n"].to_list() == [0] and sales.height == len(NO_UNIT)


@pytest.mark.nightly
def test_a_property_that_a_company_has_sold_was_a_companys(tmp_path: Path) -> None:
    """Its title is in no newer file of companies' titles."""
    landing, home = tmp_path / "landing", Home(tmp_path / "home")
    sold = price_file([sale_row(0, deed_date="2026-05-20 00:00"), sale_row(1)])
    older = file_of(TITLES, [title_row(0), title_row(5)])
    newer = file_of(TITLES, [title_row(5)])
    night = resolved_night(
        home,
        land_files(
            landing, {file_name(TITLES, "2026-05-01"): older, file_name(TITLES): newer, "pp-2026.csv": sold}
        ),
    )
    by_address = {row["address_text"]: row for row in mart(night, "property").to_dicts()}
    facts = {
        text: (row["titles_n"], row["transactions_n"], row["has_legal_entity_proprietor"])
        for text, row in by_address.items()
    }
    assert facts == {
        "1 MILL LANE, ZEDTON, ZT1 3DB": (0, 1, True),
        "2 MILL LANE, ZEDTON, ZT1 3DB": (0, 1, False),
        "6 Mill Lane, Zedton (ZT1 3DB)": (1, 0, True),
    }


@pytest.mark.nightly
def test_the_index_is_the_median_of_quarters_and_years_with_twenty_sales(tmp_path: Path) -> None:
    """Of category A, of dwellings, up to the date; 19 in a quarter make none, the year still does."""
    winter = [
        sale_row(n, price_paid=str(100_000 + 1_000 * n), deed_date=f"2025-02-{n + 1:02} 00:00")
        for n in range(INDEX_SALES_N)
    ]
    spring = [
        sale_row(n + 30, price_paid="200000", deed_date=f"2025-05-{n + 1:02} 00:00")
        for n in range(INDEX_SALES_N - 1)
    ]
    others = [
        sale_row(60, price_paid="9000000", deed_date="2025-05-30 00:00", transaction_category="B"),
        sale_row(61, price_paid="9000000", deed_date="2025-05-30 00:00", property_type="O"),
        sale_row(62, price_paid="0", deed_date="2025-05-30 00:00"),
        sale_row(63, price_paid="9000000", deed_date="2025-05-30 00:00", district="", postcode=""),
        sale_row(64, price_paid="9000000", deed_date="2026-06-02 00:00"),
        *(
            sale_row(n + 70, price_paid="300000", deed_date="2025-05-30 00:00", district="OTHERTON")
            for n in range(INDEX_SALES_N)
        ),
    ]
    # Dated by its name, a file may hold a sale after its date.
    indices = mart(
        night_of(
            tmp_path, {}, AS_OF, {"pp-monthly-update-2026-05-29.csv": price_file([*winter, *spring, *others])}
        ),
        "price_index",
    )
    rows = indices.select(
        "area_name", "property_type", "period", "period_start", "median_price_gbp", "sales_n"
    ).rows()
    assert rows == [
        ("OTHERTON", "any", "year", date(2025, 1, 1), Decimal("300000.00"), 20),
        ("OTHERTON", "terraced", "quarter", date(2025, 4, 1), Decimal("300000.00"), 20),
        ("OTHERTON", "terraced", "year", date(2025, 1, 1), Decimal("300000.00"), 20),
        ("ZEDTON", "any", "year", date(2025, 1, 1), Decimal("119000.00"), 39),
        ("ZEDTON", "terraced", "quarter", date(2025, 1, 1), Decimal("109500.00"), 20),
        ("ZEDTON", "terraced", "year", date(2025, 1, 1), Decimal("119000.00"), 39),
    ]


# --- relationships
# --------------------------------------------------------------------------------------------------


DATES: Sequence[tuple[Mapping[str, object], bool]] = (
    ({}, True),
    ({"notified_on": "2026-06-01"}, True),
    ({"notified_on": "2026-06-02"}, False),  # not yet
    ({"ceased_on": "2026-06-01"}, False),  # the first day it no longer holds
    ({"ceased_on": "2026-06-02"}, True),
    ({"ceased": True}, False),  # on an unknown day
    ({"notified_on": None}, True),
)


DATED_FROM = 5000  # number of the first company, which the register of companies does not have


@pytest.mark.parametrize("n", range(len(DATES)))
def test_open_has_no_end_or_one_after_the_date(n: int, night: Night) -> None:
    subject = f"GB-COH-{company_number(DATED_FROM + n)}"
    assert [
        mart(night, name).filter(subject_id=subject)["is_open"].to_list()
        for name in ("relationship", "interest")
    ] == [[DATES[n][1]]] * 2


@pytest.mark.nightly
@pytest.mark.parametrize("kind", ["person", "company"])
def test_what_is_held_for_a_trust_or_firm_is_not_the_holders(kind: str, tmp_path: Path) -> None:
    """Once the arrangement had the holder's id, and the holder held the shares itself."""
    natures = [
        "ownership-of-shares-25-to-50-percent-as-trust",
        "voting-rights-50-to-75-percent-as-firm",
        "right-to-appoint-and-remove-directors",
    ]
    row = psc_record(0, natures_of_control=natures)
    if kind == "company":
        row = corporate_owner(0, "ZEDTON TRADER 1 LIMITED", company_number(1), "owner").replace(
            b'["ownership-of-shares-75-to-100-percent"]', str(natures).replace("'", '"').encode()
        )
    night = night_of(tmp_path, {COMPANIES: [company_row(0), company_row(1)], PSC: [row]})
    interests = mart(night, "interest")
    entities = mart(night, "entity").filter(pl.col("entity_type") == "arrangement")["entity_id"].to_list()
    company = f"GB-COH-{company_number(0)}"
    [holder] = interests.filter((pl.col("subject_id") == company) & (pl.col("basis") == "board"))["party_id"]
    assert (
        len(entities) == 2
        and holder not in entities
        and (holder.startswith("UT-P-") if kind == "person" else holder == f"GB-COH-{company_number(1)}")
    )
    edges = set(interests.select("party_id", "subject_id", "basis").iter_rows())
    [trust] = interests.filter(pl.col("basis") == "shares")["party_id"]
    [firm] = interests.filter(pl.col("basis") == "votes")["party_id"]
    assert {trust, firm} == set(entities)
    assert edges == {
        (holder, company, "board"),
        (trust, company, "shares"),
        (firm, company, "votes"),
        (holder, trust, "influence"),
        (holder, firm, "influence"),
    }
    assert (
        interests.filter(pl.col("party_id") == holder)["share_min"].null_count() == 3
    )  # the holder itself has no share


@pytest.mark.nightly
def test_no_person_is_where_only_entities_titles_and_addresses_may_be(tmp_path: Path) -> None:
    rows = {
        COMPANIES: [company_row(0)],
        PSC: [
            psc_record(n, natures_of_control=["significant-influence-or-control-as-trust"]) for n in range(3)
        ],
        TITLES: [title_row(0)],
    }
    night = night_of(tmp_path, rows)
    people = set(mart(night, "person")["person_id"])
    subjects = {
        "entity": "entity_id",
        "company": "company_id",
        "title": "title_id",
        "address": "address_id",
        "relationship": "subject_id",
        "interest": "subject_id",
    }
    assert people and all(person.startswith("UT-P-") for person in people)
    assert {
        name for name, column in subjects.items() if mart(night, name)[column].str.starts_with("UT-P-").any()
    } == set()


@pytest.mark.nightly
def test_subjects_of_which_no_record_speaks_are_entities_too(tmp_path: Path) -> None:
    night = night_of(tmp_path, {PSC: [psc_record(0), psc_record(1)]})
    rows = mart(night, "entity")
    assert rows.select("entity_id", "name", "in_register").rows() == [
        (f"GB-COH-{company_number(n)}", None, False) for n in (0, 1)
    ]
    assert set(rows["statement_id"]) == set(mart(night, "relationship")["statement_id"])


@pytest.mark.nightly
def test_an_entity_is_shown_as_its_own_register_writes_it(tmp_path: Path) -> None:
    rows = {
        COMPANIES: [company_row(0)],
        TITLES: [title_row(0, **{"Proprietor Name (1)": "Zedton Trader 0 Ltd"})],
    }
    row = one(mart(night_of(tmp_path, rows), "entity"), entity_id=f"GB-COH-{company_number(0)}")
    assert (row["name"], row["in_register"], row["statements_n"]) == ("ZEDTON TRADER 0 LIMITED", True, 2)
