"""Targets in the simple form: which list a file is, what is read of a person, and a real list."""

from pathlib import Path

import pytest

from tests import register_cases
from transforms.registers.opensanctions_targets import REGISTER, dataset, recognise

CASE = register_cases.native_file(register_cases.CASES / "opensanctions_targets" / "typical")
REAL = Path(__file__).resolve().parents[4] / "shared" / "registers" / "opensanctions"


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("sanctions.targets.simple.csv", "sanctions"),
        ("zed_lists-targets.simple.csv", "zed-lists"),
        ("zed_lists/targets.simple.csv", "zed-lists"),
        ("targets.simple.csv", "entities"),
    ],
)
def test_a_list_is_named_after_its_file_or_folder(path: str, name: str) -> None:
    assert dataset(path, b"") == name


def test_neither_number_nor_address_of_a_person_is_read() -> None:
    made = register_cases.run(REGISTER, CASE)
    text = "".join(table.write_json() for table in made.parsed.tables.values())
    assert "Zebulon" in text and "P123456" not in text and "9 Home Lane" not in text


def test_a_real_list_is_read_whole() -> None:
    path = REAL / "ua_war_sanctions_targets.simple.csv"
    if not path.is_file():
        pytest.skip(f"{path.name} is not in ../shared/registers")
    with path.open("rb") as file:
        assert recognise(path.name, file.read(register_cases.HEAD_BYTES))
    made = register_cases.run(REGISTER, path)
    register_cases.assert_declared(REGISTER, made.parsed)
    assert (made.records_n, made.parsed.records.height, made.ignored.height) == (5600, 4260, 1340)
    assert made.rejected.height == made.findings.height == 0
