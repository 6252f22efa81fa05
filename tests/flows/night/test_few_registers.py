"""A night on what an authority happens to hold publishes a release: no register is needed by another."""

import shutil
from pathlib import Path

import pytest

from flows.home import mappings
from flows.home.settings import Home
from flows.night.night import new_night
from flows.night.runner import run_night
from quality.town import TownFacts, write_town

COMPANIES = 100  # beside those that are planted
LEFT_OUT = {
    "no companies and no owners": ("BasicCompanyData*", "persons-with-*"),
    "tenders, payments and insolvencies": (
        "BasicCompanyData*",
        "persons-with-*",
        "Prod216*",
        "full-oldb*",
        "?COD_*",
        "pp-*",
        "entities*",
    ),
    "no titles and no sales": ("?COD_*", "pp-*"),
}


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> TownFacts:
    return write_town(tmp_path_factory.mktemp("town"), companies=COMPANIES)


@pytest.mark.nightly
@pytest.mark.parametrize("held", LEFT_OUT)
def test_a_home_with_few_registers_publishes(town: TownFacts, held: str, tmp_path: Path) -> None:
    home, landing = Home(tmp_path / "home"), tmp_path / "landing"
    shutil.copytree(town.landing, landing, ignore=shutil.ignore_patterns(*LEFT_OUT[held]))
    assert len([*landing.iterdir()]) < len([*town.landing.iterdir()])
    shutil.copytree(town.landing.parent / "mappings", mappings.folder(home))
    night = new_night(home, landing, synthetic=True)
    run_night(night)
    assert night.exit_code == 0
    assert home.current.is_symlink()
    assert int(night.counts["flags"]["flagged"]) > 0
