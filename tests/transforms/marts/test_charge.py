"""Charges: who lends, over which titles, and what is no loan."""

import json
from pathlib import Path

import pytest

from flows.home.settings import Home
from tests.landings import COMPANIES, company_row, file_name, file_of, land_files, mart, resolved_night

NAMES = ("ZED LENDING LIMITED", "ZED ESTATES LIMITED")
LENDER, ESTATES = "GB-COH-09000001", "GB-COH-09000002"
CHARGE = {
    "status": "outstanding",
    "created_on": "2026-01-12",
    "particulars": {"description": "Title numbers ZW1 and ZW2."},
    "persons_entitled": [{"name": "Zed Lending Ltd"}],
    "links": {"self": "/company/09000002/charges/zz1"},
}
OTHER = {**CHARGE, "particulars": None, "links": {"self": "/company/09000001/charges/zz2"}}
REGISTERS = Path(__file__).parents[2] / "fixtures/registers"
ANSWERS = REGISTERS / "nl_brk_bevragen"
REGISTRATIONS = "inschrijvingen 2026-06-01.xml"
# Of a lender that the trade register knows by this RSIN beside its own number.
BY_RSIN = {
    "hypotheekhouders": [
        {
            "identificatie": "900123047",
            "omschrijving": "Zeedijk Opslag B.V.",
            "type": "ingeschreven_niet_natuurlijk_persoon",
        }
    ],
    "_links": {"self": {"href": "/kadastraalonroerendezaken/90000000970000/hypotheken/921"}},
}
PARCEL = "NL-BRK-9000000"


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, object]]:
    """The rows of the first holder by charge and title."""
    folder = tmp_path_factory.mktemp("charge")
    files = {
        file_name(COMPANIES): file_of(COMPANIES, [company_row(n, {"CompanyName": NAMES[n]}) for n in (0, 1)]),
        "charges-09000002.json": json.dumps({"items": [CHARGE]}).encode(),
        "charges-09000001.json": json.dumps({"items": [OTHER]}).encode(),
        "titels.json": (ANSWERS / "answers" / "titels.json").read_bytes(),
        "ander.json": json.dumps(BY_RSIN).encode(),
        REGISTRATIONS: (REGISTERS / "nl_kvk_dataservice" / "answers" / REGISTRATIONS).read_bytes(),
        "een.json": (ANSWERS / "answer" / "hypotheken 2026-06-01.json").read_bytes(),
    }
    night = resolved_night(Home(folder / "home"), land_files(folder / "landing", files))
    charges = mart(night, "charge")
    assert charges.height == 12
    return {
        f"{row['charge_id']} {row['title_id']}": row
        for row in charges.iter_rows(named=True)
        if row["position"] == 1
    }


def test_a_file_for_each_company_is_in_force_beside_the_others(rows: dict[str, dict[str, object]]) -> None:
    assert rows["GB-COH-09000001-zz2 None"]["borrower_id"] == LENDER
    assert rows["GB-COH-09000001-zz2 None"]["objects_n"] is None


def test_a_charge_over_two_titles_is_a_row_for_each(rows: dict[str, dict[str, object]]) -> None:
    for title in ("ZW1", "ZW2"):
        row = rows[f"GB-COH-09000002-zz1 GB-HMLR-{title}"]
        assert (row["borrower_id"], row["lender_id"], row["objects_n"]) == (ESTATES, LENDER, 2)


@pytest.mark.parametrize(
    ("title", "charge", "expected"),
    [
        ("0170000", "901", ("mortgage", 1, "250000.50", "EUR")),
        ("0170000", "902", ("mortgage", 1, "80000.00", "NLG")),
        ("0270000", "911", ("attachment", 1, "1200.25", "EUR")),
        ("0370000", "903", ("mortgage", 2, "400000.00", "EUR")),  # one deed, in two answers
        ("0470000", "905", ("mortgage", 2, "400000.00", "EUR")),
        ("0370000", "904", ("mortgage", 1, "None", None)),
    ],
)
def test_a_mortgage_counts_the_titles_of_its_deed(
    rows: dict[str, dict[str, object]], title: str, charge: str, expected: tuple[object, ...]
) -> None:
    row = rows[f"{PARCEL}{title}-{charge} {PARCEL}{title}"]
    assert (row["kind"], row["objects_n"], str(row["amount_secured"]), row["currency"]) == expected
    assert (row["borrower_id"], row["lender_id"], row["created_on"]) == (None, None, None)


def test_a_natural_person_is_a_kind_and_no_name(rows: dict[str, dict[str, object]]) -> None:
    row = rows[f"{PARCEL}0170000-902 {PARCEL}0170000"]
    assert (row["lender_kind"], row["lender_name"]) == ("person", None)
    assert "Quillfeather" not in str(rows) and "999000003" not in str(rows)


def test_a_lender_is_the_company_whose_registration_states_its_rsin(
    rows: dict[str, dict[str, object]],
) -> None:
    row = rows[f"{PARCEL}0970000-921 {PARCEL}0970000"]
    assert (row["lender_id"], row["lender_kind"]) == ("NL-KVK-90012304", "company")
