"""R29: hostile files are rejected or named in bounded memory, write nothing elsewhere, and the
process goes on.
"""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from tests.native_files import FORMS, SURNAME
from tests.reliability.hostile_files import EVIL, HOSTILE, Hostile, put

pytestmark = pytest.mark.reliability("R29")

EXTRA_MIB_MAX = 512.0
ALL_S_MAX = 1_200  # on the wall, for all: whatever hangs ends here
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def outcomes_by_file(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Mapping[str, dict[str, object]]]:
    """Name of each hostile file that a test of this run is about → what a child process told of it. All went
    through that one process, in this order.
    """
    folder = tmp_path_factory.mktemp("hostile")
    tested = {item.callspec.params.get("name") for item in request.session.items if hasattr(item, "callspec")}
    hostile_files = {name: hostile for name, hostile in HOSTILE.items() if name in tested}
    names = [f"{number:03}" for number in range(len(hostile_files))]
    put(
        Hostile(
            FORMS["companies"].file_name, lambda: FORMS["companies"].file(FORMS["companies"].rows(5)), "loads"
        ),
        folder / "landing" / "warm",
    )
    for name, hostile in zip(names, hostile_files.values(), strict=True):
        put(hostile, folder / "landing" / name)
    before = set(_everything(folder))
    child = subprocess.run(
        [sys.executable, "-m", "tests.reliability.hostile_files", str(folder / "landing")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=ALL_S_MAX,
        check=False,
    )
    assert child.returncode == 0, child.stderr[-2000:]
    written = {path.relative_to(folder).parts[0] for path in set(_everything(folder)) - before}
    assert written == {"work"}
    lines = [json.loads(line) for line in child.stdout.splitlines()]
    assert [line["file"] for line in lines] == names
    assert SURNAME not in child.stderr
    yield dict(zip(hostile_files, lines, strict=True))


def _everything(folder: Path) -> Iterator[Path]:
    for here, folders, files in folder.walk():
        yield from (here / name for name in (*folders, *files))


def _outcomes(line: Mapping[str, object]) -> list[dict[str, object]]:
    outcomes = line["outcomes"]
    assert isinstance(outcomes, list)
    return outcomes


@pytest.mark.sample(4)
@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_rejected_or_named(
    name: str, outcomes_by_file: Mapping[str, dict[str, object]]
) -> None:
    line, expected = outcomes_by_file[name], HOSTILE[name].becomes
    outcomes = _outcomes(line)
    assert [one["became"] for one in outcomes] == (
        [] if expected == "nothing" else [expected] * len(outcomes)
    )
    assert outcomes or expected == "nothing"
    for one in outcomes:
        assert one.get("adds_up", True)
        assert SURNAME not in str(one["said"])
    assert float(str(line["extra_mib"])) <= EXTRA_MIB_MAX


@pytest.mark.nightly
def test_hostile_files_write_nothing_elsewhere_and_the_process_goes_on(
    outcomes_by_file: Mapping[str, dict[str, object]], figure: Callable[[str], None]
) -> None:
    assert len(outcomes_by_file) == len(HOSTILE) >= 60
    assert not list(Path("/tmp").glob(f"*{EVIL}*")) and not list(ROOT.glob(f"*{EVIL}*"))
    mib = max(float(str(line["extra_mib"])) for line in outcomes_by_file.values())
    figure(
        f"{len(outcomes_by_file)} files in one process: all rejected or named, at most {mib:.0f} MiB each, "
        f"0 files elsewhere"
    )
