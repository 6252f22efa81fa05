"""Belgian enterprises in the marts: subsidies join by number, names in each language, no sole trader."""

import json
import zipfile
from io import BytesIO

import pytest

from flows.home.settings import Home
from tests.landings import land_files, mart, resolved_night
from tests.register_cases import CASES, native_file

FULL = native_file(CASES / "be_kbo" / "full")
SUBSIDIES = native_file(CASES / "be_brussels_subsidies" / "2023")
LISTED, OTHER, SOLE_TRADER, UNKNOWN = "199001042", "199001240", "199001636", "403170701"


def archive() -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for path in sorted(FULL.iterdir()):
            text = path.read_text(encoding="utf-8")
            if path.stem == "denomination":
                text = text.replace("Zedhafen Logistik", "Zedhafen Logistik GmbH")
            packed.writestr(path.name, text)
    return out.getvalue()


def subsidies() -> bytes:
    """One to each number, without its leading zero, and one by a German name alone."""
    one = json.loads(SUBSIDIES.read_text(encoding="utf-8"))[0]
    number = next(key for key in one if "kbo" in key)
    numbered = [{**one, number: each} for each in (LISTED, OTHER, SOLE_TRADER, UNKNOWN)]
    named = {**one, number: None, "beneficiaire_begunstigde": "ZEDHAFEN LOGISTIK GMBH"}
    return json.dumps([*numbered, named]).encode()


def of_bods(name: str) -> bytes:
    """An entity of another publisher with the number of LISTED."""
    statements = {
        "statementId": "s-1",
        "recordId": "zed-1",
        "recordType": "entity",
        "statementDate": "2026-01-01",
        "publicationDetails": {"publicationDate": "2026-06-01"},
        "recordDetails": {
            "entityType": {"type": "registeredEntity"},
            "name": name,
            "jurisdiction": {"code": "BE"},
            "identifiers": [{"scheme": "BE-BCE_KBO", "id": f"0{LISTED}"}],
        },
    }
    return json.dumps(statements).encode() + b"\n"


@pytest.fixture(scope="module")
def marts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[dict[str, object]]]:
    folder = tmp_path_factory.mktemp("belgium")
    files = {
        f"{FULL.name}.zip": archive(),
        "data-2023.json": subsidies(),
        "zed.bods.jsonl": of_bods("Zedhafen Logistik AG"),
    }
    night = resolved_night(Home(folder / "home"), land_files(folder / "landing", files))
    return {
        name: list(mart(night, name).iter_rows(named=True))
        for name in ("company", "subsidy", "entity", "other_name", "resolution")
    }


def test_an_enterprise_has_its_names_in_each_language_and_in_short(
    marts: dict[str, list[dict[str, object]]],
) -> None:
    names = {row["name"] for row in marts["other_name"] if str(row["company_id"]).endswith(LISTED)}
    own = {row["name"] for row in marts["company"] if str(row["company_id"]).endswith(LISTED)}
    long_names = {"Zedhaven Logistiek", "Logistique Zedhaven", "Zedhafen Logistik GmbH", "Zedport Logistics"}
    assert len(own) == 1 and names == (long_names | {"ZL", "Zedhaven Depot"}) - own
    assert not [row for row in marts["other_name"] if row["name"] == "Les Amis du Zed"]


def test_subsidies_join_by_the_number_and_by_a_name_in_another_language(
    marts: dict[str, list[dict[str, object]]],
) -> None:
    companies = {str(row["company_id"]) for row in marts["company"]}
    paid = [str(row["payee_id"]).removeprefix("BE-BCE_KBO-0") for row in marts["subsidy"]]
    assert sorted(paid) == sorted([LISTED, LISTED, OTHER, SOLE_TRADER, UNKNOWN])
    known = {each for each in paid if f"BE-BCE_KBO-0{each}" in companies}
    assert known == {LISTED, OTHER}


def test_a_number_joins_a_name_in_another_language_whatever_its_form(
    marts: dict[str, list[dict[str, object]]],
) -> None:
    (row,) = (row for row in marts["resolution"] if row["record"] == "zed-1")
    assert (row["party_id"], row["method"]) == (f"BE-BCE_KBO-0{LISTED}", "identifier_and_name")


def test_the_name_of_a_receiver_is_that_of_its_register(marts: dict[str, list[dict[str, object]]]) -> None:
    """The subsidies are in a person's name, with the number of an enterprise."""
    names = {
        str(row["payee_id"])[-9:]: row["payee_name"] for row in marts["subsidy"] if row["method"] == "number"
    }
    companies = {str(row["company_id"])[-9:]: row["name"] for row in marts["company"]}
    assert names == {each: companies.get(each) for each in (LISTED, OTHER, SOLE_TRADER, UNKNOWN)}
    assert names[LISTED] and names[OTHER] and not names[SOLE_TRADER]


def test_nothing_of_a_natural_person_becomes_a_company(marts: dict[str, list[dict[str, object]]]) -> None:
    assert len(marts["company"]) == 6
    assert "Quillfeather" not in str(marts["company"]) + str(marts["entity"])
    assert f"BE-BCE_KBO-0{SOLE_TRADER}" not in {row["entity_id"] for row in marts["entity"]}
