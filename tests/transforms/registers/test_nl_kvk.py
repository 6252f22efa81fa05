"""KVK's APIs: no name and no address of a sole trader, and the ids of addresses; the files of a public
client's tests.
"""

from pathlib import Path

import pytest

from tests.register_cases import cases, native_file, run
from transforms.model.register import registers

REAL = Path(__file__).resolve().parents[4] / "shared" / "registers" / "nl" / "kvk_api"
PERSON = "Invented Person"


@pytest.mark.parametrize("name", ["nl_kvk_basisprofiel", "nl_kvk_vestigingsprofiel"])
def test_nothing_of_a_sole_trader_but_its_number_becomes_a_row(name: str) -> None:
    (case,) = (case for case in cases(registers()[name]) if case.name == "lines")
    assert PERSON in native_file(case).read_text(encoding="utf-8")
    tables = run(registers()[name], native_file(case)).parsed.tables
    assert not any(PERSON in str(table.to_dicts()) for table in tables.values())
    assert "Dorpsstraat" not in str(tables["address_statement"].to_dicts())
    sole = tables["entity_statement"].filter(identifier="90012311").to_dicts()
    assert [row["name"] for row in sole] == [None]


@pytest.mark.parametrize(
    ("name", "file", "roles"),
    [
        ("nl_kvk_basisprofiel", "test_input_basisprofiel.json", {"service": "NL-BAG-0402010000000001"}),
        (
            "nl_kvk_vestigingsprofiel",
            "test_input_vestigingsprofielen.json",
            # Its RSIN fails the check, so that it may be a sole trader's.
            {},
        ),
    ],
)
def test_answers_of_a_public_client_are_read(name: str, file: str, roles: dict[str, str]) -> None:
    path = REAL / file
    if not path.is_file():
        pytest.skip(f"{file} is not in ../shared/registers/nl/kvk_api: no real answer was read")
    outcome = run(registers()[name], path)
    assert (outcome.records_n, outcome.parsed.records.height, outcome.rejected.height) == (1, 1, 0)
    assert outcome.found.height == 0
    places = outcome.parsed.tables["address_statement"].select("role", "object_id").rows()
    assert dict(places) == roles
