"""What is said of Belgian enterprises: judged where number, seat and dates are enough, else why it is not."""

import json
import zipfile
from pathlib import Path

import pytest

from flows.cli.app import exit_code
from flows.home.settings import Home
from flows.home.warehouse import query
from flows.release.store import current_release
from tests.few_indicators import assess
from tests.landings import land_files
from tests.register_cases import CASES
from tests.transforms.marts.test_belgium import SUBSIDIES

pytestmark = pytest.mark.nightly

FULL, UPDATE, _ = sorted(path for path in (CASES / "be_kbo" / "update").iterdir() if path.is_dir())
FIRMS_N = 102  # at one address; one leaves the register
ASSESSED = ("ADR-010", "ADR-020", "DEC-040", "LIF-020", "OWN-030", "PUB-200")


def number(nth: int) -> str:
    eight = f"{1992000 + nth:08}"
    return f"{eight}{97 - int(eight) % 97:02}"


def dotted(digits: str) -> str:
    return f"{digits[:4]}.{digits[4:7]}.{digits[7:]}"


def firms() -> dict[str, list[str]]:
    """Rows of firms that were founded in the same months, with one seat and one activity."""
    numbers = [dotted(number(nth)) for nth in range(FIRMS_N)]
    return {
        "enterprise": [f'"{each}","AC","000","2","610",,"01-03-2026"' for each in numbers],
        "denomination": [f'"{each}","2","001","Zedfirma {nth}"' for nth, each in enumerate(numbers)],
        "address": [f'"{each}","REGO",,,"1000","Brussel","Bruxelles","Zedplein",,"1",,,' for each in numbers],
        "activity": [f'"{each}","001","2025","68110","MAIN"' for each in numbers],
    }


def archive(folder: Path, target: Path, more: dict[str, list[str]]) -> None:
    with zipfile.ZipFile(target, "w") as packed:
        for path in sorted(folder.iterdir()):
            rows = "".join(f"{row}\n" for row in more.get(path.stem, []))
            packed.writestr(path.name, path.read_text(encoding="utf-8") + rows)


@pytest.fixture(scope="module")
def flags(tmp_path_factory: pytest.TempPathFactory) -> set[tuple[str, str, str, str]]:
    """Indicator, subject, state and reason."""
    folder = tmp_path_factory.mktemp("belgium")
    subsidy = json.loads(SUBSIDIES.read_text(encoding="utf-8"))[0]
    for key in subsidy:
        if "kbo" in key:
            subsidy[key] = number(1)
        elif "octroye" in key:
            subsidy[key] = 310_000
        elif "annee" in key:
            subsidy[key] = "2025"
    landing = land_files(folder / "landing", {"data-2025.json": json.dumps([subsidy]).encode()})
    archive(FULL, landing / f"{FULL.name}.zip", firms())
    left = {"enterprise_delete": [f'"{dotted(number(0))}"']}
    archive(UPDATE, landing / f"{UPDATE.name}.zip", left)
    home = Home(folder / "home")
    with pytest.MonkeyPatch.context() as patch:
        assess(patch, *ASSESSED)
        assert exit_code(["run", "--landing", str(landing), "--home", str(home.root)]) == 0
    flags_sql = "select indicator, subject_id, state, coalesce(reason, '') as reason from v_flag"
    return {tuple(row.values()) for row in query(current_release(home), flags_sql).to_pylist()}


def test_what_number_seat_and_dates_tell_is_judged(flags: set[tuple[str, str, str, str]]) -> None:
    flagged = {(indicator, subject) for indicator, subject, state, _ in flags if state == "flagged"}
    assert ("LIF-020", f"BE-BCE_KBO-{number(0)}") in flagged, "it left the register within the year"
    assert ("PUB-200", f"BE-BCE_KBO-{number(1)}") in flagged
    assert {indicator for indicator, _ in flagged} == {"LIF-020", "PUB-200", "ADR-010"}


def test_what_needs_owners_says_that_nobody_publishes_them(flags: set[tuple[str, str, str, str]]) -> None:
    reasons = {(indicator, reason) for indicator, _, state, reason in flags if state == "not_assessable"}
    assert ("ADR-020", "not_published:owners") in reasons
    assert not {indicator for indicator, _, state, _ in flags if state == "flagged"} & {"DEC-040", "OWN-030"}
