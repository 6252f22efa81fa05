"""Companies without a number: joined by name, country and address, a candidate, or left alone.

Through the registers' own parsers.
"""

import json
import random
from collections.abc import Mapping
from pathlib import Path

import polars as pl
import pytest

from flows.home import warehouse
from flows.home.settings import Home
from flows.night.stages.resolve import resolve_parties
from tests.landings import (
    COMPANIES,
    PSC,
    TITLES,
    company_row,
    file_name,
    file_of,
    lake_night,
    land_files,
    mart,
    psc_record,
    title_row,
)
from tests.native_files import FTM, ftm_record
from transforms.resolution.companies.candidates import BEGINNING_CHARS, FORM_BEGINS, IS_PLAIN, PLAIN
from transforms.resolution.companies.matching import BY_ADDRESS, BY_NAME, SCORES, TOGETHER
from transforms.resolution.companies.names import with_company_name

SEAT = {
    "premises": "7",
    "address_line_1": "Quay Lane",
    "locality": "Zedton",
    "postal_code": "ZT1 4AB",
    "country": "England",
}
ELSEWHERE = {
    "premises": "2",
    "address_line_1": "Mill Street",
    "locality": "Zedton",
    "postal_code": "ZT9 9ZZ",
    "country": "England",
}
ROAD_OF_SEAT = {**ELSEWHERE, "postal_code": "ZT1 4AB"}
AGENT = {
    "premises": "71-75",
    "address_line_1": "Shelton Street",
    "locality": "London",
    "postal_code": "WC2H 9JQ",
    "country": "England",
}
ABROAD = {"premises": "9", "address_line_1": "Rue Neuve", "locality": "Lumen", "country": "Luxembourg"}
AT_SEAT = {"RegAddress.AddressLine1": "7 QUAY LANE", "RegAddress.PostCode": "ZT1 4AB"}
AT_SUITE = {
    "RegAddress.AddressLine1": "SUITE 12, 71-75 SHELTON STREET",
    "RegAddress.PostTown": "LONDON",
    "RegAddress.PostCode": "WC2H 9JQ",
}
AT_AGENT = {
    "RegAddress.AddressLine1": "71-75 SHELTON STREET",
    "RegAddress.PostTown": "LONDON",
    "RegAddress.PostCode": "WC2H 9JQ",
}

REGISTERED: tuple[tuple[str, str, Mapping[str, str]], ...] = (
    ("17000001", "NEWEST LANTERN LIMITED", {}),  # numbers issued so far begin with 0 or 1
    ("09100001", "ZEPHYR BAKERY LIMITED", AT_SEAT),
    ("09100002", "QUILL LTD", AT_SEAT),
    ("09100003", "TWICE NAMED ROPES LIMITED", AT_SEAT),
    ("09100004", "TWICE NAMED ROPES PLC", {}),
    ("09100005", "AGENTED HATS LIMITED", AT_AGENT),
    ("09100006", "LATER FOUNDED GLASS LIMITED", {"IncorporationDate": "01/03/2023"}),
    (
        "09100007",
        "RENAMED LANTERN LIMITED",
        {
            **AT_SEAT,
            "PreviousName_1.CONDATE": "02/05/2018",
            "PreviousName_1.CompanyName": "FORMER LANTERN LIMITED",
        },
    ),
    ("OC310008", "PARTNERED FERRY LLP", {"CompanyCategory": "Limited Liability Partnership"}),
    ("09100010", "SUITED HATS LIMITED", AT_SUITE),
    (
        "OE000009",
        "OVERSEAS HERON LIMITED",
        {**AT_SEAT, "CompanyCategory": "Overseas Entity", "CountryOfOrigin": "JERSEY"},
    ),
)
UNSTATED = {"country_registered": "", "place_registered": ""}
# Record → name, address, what is stated of the register, number; and the party, method, score, candidate.
OWNERS: dict[
    str, tuple[str, Mapping[str, str], Mapping[str, str], str | None, str | None, str, float, str | None]
] = {
    "unit": ("Zephyr Bakery Ltd", SEAT, {}, None, "GB-COH-09100001", BY_ADDRESS, SCORES["unit"], None),
    "postcode": (
        "Quill Limited",
        ROAD_OF_SEAT,
        {},
        None,
        "GB-COH-09100002",
        BY_ADDRESS,
        SCORES["postcode"],
        None,
    ),
    "one-word-elsewhere": ("Quill Limited", ELSEWHERE, {}, None, None, "record", 0.0, None),
    "distinct": (
        "Zephyr Bakery Limited",
        ELSEWHERE,
        {},
        None,
        "GB-COH-09100001",
        BY_NAME,
        SCORES["distinct"],
        None,
    ),
    "distinct-unstated": (
        "Zephyr Bakery Limited",
        ELSEWHERE,
        UNSTATED,
        None,
        "GB-COH-09100001",
        BY_NAME,
        SCORES["unstated"],
        None,
    ),
    "distinct-by-a-postcode": (
        "Zephyr Bakery Limited",
        {**ELSEWHERE, "country": ""},
        UNSTATED,
        None,
        "GB-COH-09100001",
        BY_NAME,
        SCORES["unstated"],
        None,
    ),
    "in-jersey-by-a-postcode": (
        "Zephyr Bakery Limited",
        {**ELSEWHERE, "country": "", "postal_code": "JE2 3AB"},
        UNSTATED,
        None,
        None,
        "record",
        0.0,
        None,
    ),
    "number-not-given-out-yet": (
        "Zephyr Bakery Limited",
        ELSEWHERE,
        {},
        "62758518",
        "GB-COH-09100001",
        BY_NAME,
        SCORES["distinct"],
        None,
    ),
    "number-that-may-have-been": (
        "Zephyr Bakery Limited",
        ELSEWHERE,
        {},
        "12758518",
        "GB-COH-12758518",
        "identifier_unverified",
        1.0,
        None,
    ),
    "placeholder-number": (
        "Zephyr Bakery Limited",
        ELSEWHERE,
        {},
        "00000000",
        "GB-COH-09100001",
        BY_NAME,
        SCORES["distinct"],
        None,
    ),
    "form-not-spelled": (
        "Zephyr Bakery",
        ELSEWHERE,
        {},
        None,
        None,
        "record",
        SCORES["candidate"],
        "GB-COH-09100001",
    ),
    "form-not-spelled-at-seat": (
        "Zephyr Bakery",
        SEAT,
        {},
        None,
        "GB-COH-09100001",
        BY_ADDRESS,
        SCORES["unit"],
        None,
    ),
    "other-country": (
        "Zephyr Bakery Limited",
        SEAT,
        {"country_registered": "Jersey", "place_registered": "Jersey"},
        None,
        None,
        "record",
        0.0,
        None,
    ),
    "unstated-abroad": ("Zephyr Bakery Limited", ABROAD, UNSTATED, None, None, "record", 0.0, None),
    "two-of-the-name": ("Twice Named Ropes Limited", SEAT, {}, None, None, "record", 0.0, None),
    "at-the-agents": (
        "Agented Hats",
        AGENT,
        {},
        None,
        None,
        "record",
        SCORES["candidate"],
        "GB-COH-09100005",
    ),
    "at-a-suite-of-the-agents": (
        "Suited Hats",
        {**AGENT, "premises": "Suite 12, 71-75"},
        {},
        None,
        None,
        "record",
        SCORES["candidate"],
        "GB-COH-09100010",
    ),
    "in-somebody-s-care": (
        "Quill Limited",
        {**SEAT, "care_of": "Jones Solicitors"},
        {},
        None,
        None,
        "record",
        0.0,
        None,
    ),
    "founded-later": (
        "Later Founded Glass Limited",
        ELSEWHERE,
        {},
        None,
        None,
        "record",
        SCORES["candidate"],
        "GB-COH-09100006",
    ),
    "former-name": (
        "Former Lantern Limited",
        ELSEWHERE,
        {},
        None,
        None,
        "record",
        SCORES["candidate"],
        "GB-COH-09100007",
    ),
    "former-name-at-seat": (
        "Former Lantern Limited",
        SEAT,
        {},
        None,
        "GB-COH-09100007",
        BY_ADDRESS,
        SCORES["unit"],
        None,
    ),
    "other-form": ("Partnered Ferry Limited", SEAT, {}, None, None, "record", 0.0, None),
    "unusable-number": ("Zephyr Bakery Limited", SEAT, {}, "ZZ55123A", None, "record", 0.0, None),
    "no-name": ("Unknown Company Limited", SEAT, {}, None, None, "record", 0.0, None),
}


def owner(
    index: int, record: str, name: str, address: Mapping[str, str], number: str | None = None, **stated: str
) -> bytes:
    identification = {
        "legal_form": "Limited Company",
        "country_registered": "England",
        "place_registered": "Companies House",
        **stated,
    }
    return psc_record(
        index,
        kind="corporate-entity-person-with-significant-control",
        name=name,
        address=dict(address),
        notified_on="2019-05-01",
        identification={
            key: value for key, value in {**identification, "registration_number": number}.items() if value
        },
        links={"self": f"/company/{index:08d}/persons-with-significant-control/corporate-entity/{record}"},
    )


def resolved(folder: Path, files: Mapping[str, bytes]) -> pl.DataFrame:
    night = lake_night(Home(folder / "home"), land_files(folder / "landing", files))
    resolve_parties(night)
    return mart(night, "resolution")


LUXEMBOURG = {"country_registered": "Luxembourg", "place_registered": "Registre de Commerce"}
AT_RUE = {**ABROAD, "postal_code": "L-1234"}
# Owners of which no register held has an entry: name, address, number.
ABROAD_ONLY = {
    "a1": ("Marlow Mock S.à r.l.", AT_RUE, None),
    "a2": ("MARLOW MOCK SARL", AT_RUE, None),
    "a3": ("Marlow Mock S.A.", AT_RUE, None),
    "b1": ("Numbered Ibis S.A.", AT_RUE, "B 12.977"),
    "b2": ("Numbered Ibis SA", ELSEWHERE, "B12977"),
    "b3": ("Numbered Ibis SA", ELSEWHERE, "B12978"),
    "c1": ("Torn Between SA", AT_RUE, "B55501"),
    "c2": ("Torn Between SA", AT_RUE, None),
    "c3": ("Torn Between SA", AT_RUE, "B55502"),
    "d1": ("At Agents SA", AGENT, None),
    "d2": ("At Agents SA", AGENT, None),
    "e1": ("Test SA", AT_RUE, None),
    "e2": ("Test SA", AT_RUE, None),
    "f1": ("Filler Number SA", ELSEWHERE, "12345678"),
    "f2": ("Filler Number SA", AT_RUE, "12345678"),
    "f3": ("Filler Number SA", ABROAD, "99999999"),
}
# Statements of entities at one head office: name, country or part of one.
PARTS = {
    "de": ("Zed Lanterns LLC", "US-DE"),
    "de-too": ("Zed Lanterns LLC", "US-DE"),
    "nv": ("Zed Lanterns LLC", "US-NV"),
    "us": ("Zed Lanterns LLC", "US"),
    "quill": ("Quill Lanterns LLC", "US-DE"),
    "quill-too": ("Quill Lanterns LLC", "US"),
    "eng": ("Mill Lanterns", "GB-ENG"),
    "wls": ("Mill Lanterns", "GB-WLS"),
}
# Owners of one name: country and place of registration.
STATES = {
    "delaware": ("Delaware", ""),
    "delaware-too": ("United States", "State of Delaware"),
    "texas": ("Texas, U.S.A.", ""),
}


def statement_of(record: str, name: str, code: str) -> bytes:
    office = {"type": "registered", "address": "9 Rue Neuve, Lumen", "postCode": "L-1234"}
    statement = {
        "statementId": f"s-{record}",
        "recordId": record,
        "recordType": "entity",
        "statementDate": "2026-01-01",
        "publicationDetails": {"publicationDate": "2026-06-01"},
        "recordDetails": {
            "entityType": {"type": "registeredEntity"},
            "name": name,
            "jurisdiction": {"code": code},
            "addresses": [{**office, "country": {"code": "LU"}}],
        },
    }
    return json.dumps(statement).encode() + b"\n"


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, object]]:
    """By the last word of its locator, each record of OWNERS, ABROAD_ONLY, PARTS and STATES, in one night."""
    companies = [
        company_row(n, {"CompanyName": name, "CompanyNumber": number, **more})
        for n, (number, name, more) in enumerate(REGISTERED)
    ]
    owners = [
        *(
            owner(100 + n, record, name, address, number, **owner_id)
            for n, (record, (name, address, owner_id, number, *_)) in enumerate(OWNERS.items())
        ),
        *(
            owner(200 + n, record, name, address, number, **LUXEMBOURG)
            for n, (record, (name, address, number)) in enumerate(ABROAD_ONLY.items())
        ),
        *(
            owner(
                300 + n, record, "Wye Candles LLC", AT_RUE, country_registered=country, place_registered=place
            )
            for n, (record, (country, place)) in enumerate(STATES.items())
        ),
    ]
    resolution = resolved(
        tmp_path_factory.mktemp("rules"),
        {
            file_name(COMPANIES): file_of(COMPANIES, companies),
            file_name(PSC): file_of(PSC, owners),
            "zed.bods.jsonl": b"".join(statement_of(record, *about) for record, about in PARTS.items()),
        },
    )
    return {
        row["record"].rsplit("/", 1)[-1]: row
        for row in resolution.filter(pl.col("register") != COMPANIES).iter_rows(named=True)
    }


@pytest.mark.parametrize("record", OWNERS)
def test_a_company_without_a_number_is_joined_by_what_agrees_and_by_nothing_less(
    record: str, rules: dict[str, dict[str, object]]
) -> None:
    row = rules[record]
    *_, party, method, score, candidate = OWNERS[record]
    own = str(row["party_id"]).startswith("UT-E-")
    assert (None if own else row["party_id"], row["method"], row["score"], row["candidate_id"]) == (
        party,
        method,
        score,
        candidate,
    )


def test_parties_left_alone_stay_apart(rules: dict[str, dict[str, object]]) -> None:
    alone = [rules[record]["party_id"] for record in OWNERS if rules[record]["method"] == "record"]
    assert len(alone) == len(set(alone)) == sum(case[5] == "record" for case in OWNERS.values())


def test_records_of_a_company_that_no_register_has_are_one_by_unit_or_number_abroad(
    rules: dict[str, dict[str, object]],
) -> None:
    """And two numbers keep them apart, also through a third record that states none."""
    parties: dict[object, set[str]] = {}
    for record in ABROAD_ONLY:
        parties.setdefault(rules[record]["party_id"], set()).add(record)
    assert sorted(sorted(one) for one in parties.values() if len(one) > 1) == [["a1", "a2"], ["b1", "b2"]]
    assert {rules[record]["method"] for record in ("a2", "b2")} == {TOGETHER}


@pytest.mark.nightly
def test_what_a_name_joined_is_told_as_a_pair(tmp_path: Path) -> None:
    cases = {
        "unit": ("Zephyr Bakery Ltd", SEAT, {}),
        "distinct": ("Zephyr Bakery Limited", ELSEWHERE, {}),
        "candidate": ("Zephyr Bakery", ELSEWHERE, {}),
        "a1": ("Marlow Mock S.à r.l.", AT_RUE, LUXEMBOURG),
        "a2": ("MARLOW MOCK SARL", AT_RUE, LUXEMBOURG),
        "a3": ("Marlow Mock S.A.", AT_RUE, LUXEMBOURG),
    }
    owners = [
        owner(100 + n, record, name, address, **owner_id)
        for n, (record, (name, address, owner_id)) in enumerate(cases.items())
    ]
    company = company_row(0, {"CompanyName": "ZEPHYR BAKERY LIMITED", "CompanyNumber": "09100001", **AT_SEAT})
    night = lake_night(
        Home(tmp_path / "home"),
        land_files(
            tmp_path / "landing",
            {file_name(COMPANIES): file_of(COMPANIES, [company]), file_name(PSC): file_of(PSC, owners)},
        ),
    )
    resolve_parties(night)
    pairs_told = (
        mart(night, "resolution_link")
        .select("record", "other_record", "outcome", "score", "steps", "weight_bits", "reason")
        .rows()
    )
    assert {
        (*sorted((one.rsplit("/", 1)[-1], other.rsplit("/", 1)[-1])), outcome, score, *steps)
        for one, other, outcome, score, steps, *_ in pairs_told
    } == {
        ("09100001", "unit", "joined", SCORES["unit"], "evidence|unit|0"),
        ("09100001", "distinct", "joined", SCORES["distinct"], "evidence|distinct|0"),
        ("a1", "a2", "joined", SCORES["unit"], "evidence|unit|0"),
    }
    assert {(weight, reason) for *_, weight, reason in pairs_told} == {(None, None)}


def test_parts_of_a_country_keep_companies_apart_that_share_a_head_office(
    rules: dict[str, dict[str, object]],
) -> None:
    """Delaware and Nevada are two; a record that names neither is of neither where both stand there."""
    party = {record: rules[record]["party_id"] for record in PARTS}
    assert (
        party["de"] == party["de-too"]
        and party["quill"] == party["quill-too"]
        and party["eng"] == party["wls"]
    )
    assert len({party[record] for record in ("de", "nv", "us")}) == 3


def test_states_that_owners_name_in_words_keep_companies_apart(rules: dict[str, dict[str, object]]) -> None:
    delaware, too, texas = (rules[record]["party_id"] for record in STATES)
    assert delaware == too != texas


@pytest.mark.nightly
def test_two_titles_of_one_owner_without_a_number_are_one_party_and_its_name_alone_joins_no_register(
    tmp_path: Path,
) -> None:
    columns = {
        "Proprietor Name (1)": "GOVERNORS OF QUAY SCHOOL",
        "Company Registration No. (1)": "",
        "Proprietor (1) Address (1)": "3 School Lane, Zedton ZT1 5CD",
    }
    alone = {
        "Proprietor Name (1)": "ZEPHYR BAKERY LIMITED",
        "Company Registration No. (1)": "",
        "Proprietor (1) Address (1)": "5 Other Road, Zedton ZT2 2DD",
    }
    titles = [
        title_row(0, **columns),
        title_row(1, **columns),
        title_row(2, **{**columns, "Proprietor (1) Address (1)": "8 School Lane, Zedton ZT1 5CD"}),
        title_row(3, **alone),
    ]
    companies = [
        company_row(0, {"CompanyName": "ZEPHYR BAKERY LIMITED", "CompanyNumber": "09100001", **AT_SEAT})
    ]
    resolution = resolved(
        tmp_path,
        {file_name(TITLES): file_of(TITLES, titles), file_name(COMPANIES): file_of(COMPANIES, companies)},
    )
    rows = resolution.filter(pl.col("register") == TITLES).sort("record")
    assert rows["party_id"][0] == rows["party_id"][1] != rows["party_id"][2]
    assert rows.select("method", "score", "candidate_id").row(3) == (
        "record",
        SCORES["candidate"],
        "GB-COH-09100001",
    )


LEI = "5493001KJTIIGC8Y1R12"


@pytest.mark.nightly
def test_a_lei_leads_to_the_number_that_a_record_states_beside_it(tmp_path: Path) -> None:
    listed = [
        ftm_record(
            "zed-both",
            "Company",
            name=["Zephyr Bakery Limited"],
            jurisdiction=["gb"],
            registrationNumber=["09100001"],
            leiCode=[LEI],
        ),
        ftm_record("zed-lei", "Company", name=["ZEPHYR BAKERY LTD"], jurisdiction=["gb"], leiCode=[LEI]),
        ftm_record(
            "zed-other", "Company", name=["Unlike Walrus Limited"], jurisdiction=["gb"], leiCode=[LEI]
        ),
    ]
    resolution = resolved(tmp_path, {"zed-2026-06-01.ftm.json": b"\n".join(listed) + b"\n"}).filter(
        pl.col("register") == FTM
    )
    party = dict(resolution.select("record", "party_id").iter_rows())
    assert party["zed-both"] == party["zed-lei"] == "GB-COH-09100001" != party["zed-other"]


@pytest.mark.nightly
def test_a_lei_leads_to_the_number_in_statements_of_beneficial_ownership_too(tmp_path: Path) -> None:
    numbers = {"both": [("GB-COH", "09100001"), ("XI-LEI", LEI)], "lei": [("XI-LEI", LEI)]}
    statements = [
        {
            "statementId": f"s-{record}",
            "recordId": record,
            "recordType": "entity",
            "statementDate": "2026-01-01",
            "publicationDetails": {"publicationDate": "2026-06-01"},
            "recordDetails": {
                "entityType": {"type": "registeredEntity", "details": "Private Limited Company"},
                "name": "Zephyr Bakery Limited",
                "identifiers": [{"scheme": scheme, "id": number} for scheme, number in given],
            },
        }
        for record, given in numbers.items()
    ]
    resolution = resolved(
        tmp_path, {"zed.bods.jsonl": b"".join(json.dumps(one).encode() + b"\n" for one in statements)}
    )
    assert set(resolution["party_id"]) == {"GB-COH-09100001"}


VAT = "DE136695976"


@pytest.mark.nightly
def test_a_vat_number_joins_records_of_one_name_and_country_and_leads_to_a_number_stated_beside_it(
    tmp_path: Path,
) -> None:
    """Not those of another name (companies of one group share it), nor those that state a filler, another
    country, or two registers' numbers.
    """
    party_of = {
        "a1": ("Zephyr Räder GmbH", "de", VAT),
        "a2": ("ZEPHYR RADER GMBH", "de", "de 136.695.976"),
        "a3": ("Zephyr Räder GmbH", "de", "136695976"),
        "group": ("Unlike Walrus GmbH", "de", VAT),
        "abroad": ("Zephyr Räder GmbH", "at", VAT),
        "none": ("Zephyr Räder GmbH", "de", None),
        "f1": ("Filler Lamps GmbH", "de", "DE123456789"),
        "f2": ("Filler Lamps GmbH", "de", "DE123456789"),
        "f3": ("Filler Lamps GmbH", "de", "N/A"),
        "uk": ("Quill Ltd", "gb", "GB 980 7806 84"),
        "ni": ("Quill Limited", "gb", "XI980780684"),
        "uk-other": ("Quill Limited", "gb", "GB980780685"),
    }
    numbers = {"uk": "09100002", "f3": "HRB 7711"}
    listed = [
        ftm_record(
            f"zed-{record}",
            "Company",
            name=[name],
            jurisdiction=[country],
            vatCode=[vat] if vat else [],
            registrationNumber=[numbers[record]] if record in numbers else [],
        )
        for record, (name, country, vat) in party_of.items()
    ]
    resolution = resolved(tmp_path, {"zed-2026-06-01.ftm.json": b"\n".join(listed) + b"\n"}).filter(
        pl.col("register") == FTM
    )
    party = {
        row["record"].removeprefix("zed-"): (row["party_id"], row["method"], row["score"])
        for row in resolution.iter_rows(named=True)
    }
    assert party["a1"][0] == party["a2"][0] == party["a3"][0] and party["a3"][1:] == (TOGETHER, SCORES["vat"])
    assert party["uk"][0] == party["ni"][0] == "GB-COH-09100002" and party["ni"][1:] == (
        "identifier_unverified",
        SCORES["vat"],
    )
    others = [
        party[record][0] for record in ("a1", "group", "abroad", "none", "f1", "f2", "f3", "uk", "uk-other")
    ]
    assert len(set(others)) == len(others)


# One name, written in two ways that begin otherwise.
WRITTEN = (
    ("Acme", "Acme GmbH", "de"),
    ("Zed Ltd", "Zed Limited", "ie"),
    ("Shell Plc", "Shell Ltd", "nl"),
    ("Straße Lampen GmbH", "Strasse Lampen GmbH", "de"),
    ("Ørsted Kerzen A/S", "Orsted Kerzen A/S", "dk"),
    ("Company of Moss Limited", "Co Of Moss Ltd", "ie"),
    ("The A.B.C. Works", "ABC Works", "ie"),
)


@pytest.mark.nightly
def test_names_that_begin_otherwise_in_another_spelling_are_found_too(tmp_path: Path) -> None:
    """A record known by a LEI alone, one with nothing but its VAT number, and the register's own short names
    at one seat.
    """
    leis = (
        "5493001KJTIIGC8Y1R12",
        "529900T8BM49AURSDO55",
        "W9NG6WMZIYEU8VEDOG48",
        "21380068P1DRHMJ8KU70",
        "5493000IBP32UQZ0KL24",
        "HWUPKR0MPOU8FGXBT394",
        "INR2EJN1ERAN0W5ZP974",
    )
    listed = [
        ftm_record(
            f"zed-{n}-{side}",
            "Company",
            name=[name],
            jurisdiction=[country],
            vatCode=[f"{country.upper()}13669597{n}"],
            leiCode=[lei] if side == "there" else [],
        )
        for n, ((one, other, country), lei) in enumerate(zip(WRITTEN, leis, strict=True))
        for side, name in (("here", one), ("there", other))
    ]
    companies = [company_row(0, {"CompanyName": "ACME LIMITED", "CompanyNumber": "09100001", **AT_SEAT})]
    files = {
        "zed-2026-06-01.ftm.json": b"\n".join(listed) + b"\n",
        file_name(COMPANIES): file_of(COMPANIES, companies),
        file_name(PSC): file_of(PSC, [owner(100, "acme", "Acme Ltd", SEAT)]),
    }
    party_ids = dict(resolved(tmp_path, files).select("record", "party_id").iter_rows())
    assert {n: party_ids[f"zed-{n}-here"] for n in range(len(leis))} == {
        n: f"XI-LEI-{lei}" for n, lei in enumerate(leis)
    }
    assert [party for record, party in party_ids.items() if record.endswith("/acme")] == ["GB-COH-09100001"]


def test_every_name_of_one_core_begins_as_the_core_does(tmp_path: Path) -> None:
    """What asks a register for few of its names misses none that would be compared."""
    draw = random.Random(5)
    starts, words = (
        ("", "The ", "  ", "(", "the  "),
        (
            "A",
            "B&C",
            "Æsir",
            "d'Or",
            "Zed",
            "Co",
            "Company",
            "Limited",
            "N.V.",
            "Müller-Øst",
            "Ａcme",
            "Łódź",
            "St. Ann’s",
            "99",
            "Inc",
            "x",
        ),
    )
    ends = (
        "",
        " Ltd",
        " LIMITED",
        " plc",
        " P.L.C.",
        " LLP",
        " GmbH",
        " B.V.",
        " Company",
        " Co.",
        " Limited Liability Partnership",
        " Ltd Ltd",
    )
    given = [
        (
            draw.choice(starts) + " ".join(draw.choices(words, k=draw.randint(1, 3))) + draw.choice(ends),
            draw.choice(("gb", "de", "nl")),
        )
        for _ in range(6_000)
    ]
    names = with_company_name(
        pl.DataFrame(given, schema=["name", "country"], orient="row").unique(maintain_order=True)
    ).filter(pl.col("core").is_not_null())
    connection = warehouse.connect(tmp_path / "work")
    connection.register("named", names.select("name", "core").to_arrow())
    missed = connection.sql(f"""
        with told as (
            select *, case when {IS_PLAIN.format(name="name")} then {PLAIN.format(name="name")} end as plain,
                   left(core || ' ', {BEGINNING_CHARS}) as beginning
            from named
        )
        select name, core, plain, beginning from told
        where not starts_with(plain, beginning) and not {FORM_BEGINS.format(plain="plain")}""").fetchall()
    ((plain_n, cores_n),) = connection.sql(
        f"select count(*) filter ({IS_PLAIN.format(name='name')}), count(distinct core) from named"
    ).fetchall()
    connection.close()
    assert missed == [] and plain_n > 1_000 and cores_n > 500


def test_the_legal_form_is_taken_off_by_the_list_of_the_country() -> None:
    given = [
        ("ACME TULIPS B.V.", "nl", "ACME TULIPS", "BV"),
        ("Acme Tulips besloten vennootschap met beperkte aansprakelijkheid", "nl", "ACME TULIPS", "BV"),
        ("ACME TULIPS B.V.", "gb", "ACME TULIPS BV", None),
        ("B.V.", "nl", "BV", None),
        ("Gamma Widgets P.L.C.", "gb", "GAMMA WIDGETS", "LTD"),
        ("Gamma Widgets LLP", "gb", "GAMMA WIDGETS", "LLP"),
        ("Proprietor Unknown", "gb", None, None),
        ("12345678 LIMITED", "gb", None, "LTD"),
        ("Acme Tulipes S.à r.l.", "fr", "ACME TULIPES", "SARL"),
        ("ACME TULIPES SARL", "fr", "ACME TULIPES", "SARL"),
        ("Acme Tulipes SASU", "fr", "ACME TULIPES", "SAS"),
    ]
    names = with_company_name(
        pl.DataFrame(given, schema=["name", "country", "core_expected", "form_expected"], orient="row")
    )
    assert names.select("core", "form").rows() == names.select("core_expected", "form_expected").rows()
