"""Whose home it is: undertow.toml."""

from pathlib import Path

import pytest

from flows.facts.areas import Areas
from flows.home.authority import SETTINGS_FILE, authority
from flows.home.settings import Home
from flows.night.night import new_night
from transforms.errors import UsageError

PURPOSE = '[[purpose]]\ncode = "permits"\ntitle = "t"\nlegal_basis = "l"\n'
OFF = '[[switched_off]]\nindicator = "{}"\nreason = "r"\nsince = 2026-01-01\n'


def test_a_home_without_the_file_limits_nothing(tmp_path: Path) -> None:
    whose = authority(Home(tmp_path))
    assert (whose.name, whose.areas, whose.binding_regimes) == ("this authority", [], [])


def test_a_run_knows_whose_home_it_is(tmp_path: Path) -> None:
    text = 'name = "Zedton"\nareas = ["Zedton", "E06000052"]\nbinding_regimes = ["EU", "UN"]\n'
    (tmp_path / SETTINGS_FILE).write_text(text, encoding="utf-8")
    whose = new_night(Home(tmp_path), tmp_path).authority
    assert (whose.name, whose.areas, whose.binding_regimes) == (
        "Zedton",
        ["Zedton", "E06000052"],
        ["EU", "UN"],
    )


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('binding_regimes = ["OFSI"]\n', "binding_regimes.0"),
        ('areas = "Zedton"\n', "areas"),
        ('area = ["Zedton"]\n', "area"),
        ("approval_limit = 0\n", "approval_limit"),
        (PURPOSE * 2, "purpose.1.code"),
        (OFF.format("OWN-010") + OFF.format("OWN-999"), "switched_off.1.indicator"),
        (OFF.format("LOC-010"), "switched_off.0.indicator"),
    ],
)
def test_a_wrong_setting_stops_a_run_before_its_work_and_is_named(
    tmp_path: Path, text: str, fault: str
) -> None:
    (tmp_path / SETTINGS_FILE).write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=rf"undertow\.toml: {fault}: "):
        new_night(Home(tmp_path), tmp_path)


def test_an_own_indicator_can_be_switched_off(tmp_path: Path) -> None:
    (tmp_path / SETTINGS_FILE).write_text(OFF.format("LOC-010"), encoding="utf-8")
    (tmp_path / "indicators" / "loc_010_invoices").mkdir(parents=True)
    assert [one.indicator for one in authority(Home(tmp_path)).switched_off] == ["LOC-010"]


@pytest.mark.parametrize("name", ["unknown", "Unknown", "(no district known)"])
def test_what_no_record_places_can_be_asked_for(name: str) -> None:
    assert Areas((name,)).condition.endswith(" or area_name is null)")
    assert "is null" not in Areas(("Zedton",)).condition


def test_a_file_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    """Windows' Notepad may write one."""
    (tmp_path / "undertow.toml").write_text('name = "Zedmere"\n', encoding="utf-8-sig")
    assert authority(Home(tmp_path)).name == "Zedmere"
