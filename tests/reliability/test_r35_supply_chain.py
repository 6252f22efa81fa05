"""R35, what of it fits a commit: hashed lock, valid and reproducible bill of materials, two builds of
equal bytes, nothing in the wheel that is not code.
"""

import copy
import importlib.util
import json
import re
import shutil
import sys
import tarfile
import tomllib
import zipfile
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
pytestmark = pytest.mark.reliability("R35")

CODE = (".py", ".sql", ".j2", ".css", ".csv", ".txt", ".toml", ".yaml", ".md", ".typed")
# Keys and tokens as they look, and the files that hold them or data.
SECRETS = re.compile(
    rb"-----BEGIN [A-Z ]*PRIVATE "
    rb"KEY-----|AKIA[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{30,}|xox[abpr]-[A-Za-z0-9-]{10,}|eyJ[A-Za-z0-9_-]{20,}\.eyJ"
)
PLACES = re.compile(  # the packages, what describes them, the schedule, and the lock for images
    r"(wheel|archive/undertow-[0-9.]+)/((flows|graphs|quality|transforms)/.+|undertow-[0-9.]+\.dist-info/.+|undertow-[0-9.]+\.data/data/share/undertow/(prefect\.yaml|pyproject\.toml|uv\.lock)"
    r"|pyproject\.toml|prefect\.yaml|uv\.lock|README\.md|SECURITY\.md|CHANGELOG\.md|LICENSE|PKG-INFO|\.gitignore)"
)


def _script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("ci_supply", ROOT / ".ci" / "supply.py")
    assert spec and spec.loader
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


supply = _script()


@pytest.fixture(scope="module")
def builds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two builds of the tracked files as they are now; the folder of the first. Raises where they differ."""
    if shutil.which("uv") is None and "UV" not in supply.os.environ:
        pytest.skip("uv is not on the path, so nothing is built")
    folder = tmp_path_factory.mktemp("builds")
    supply.twins(folder)
    return folder / "one" / "out"


def test_every_locked_file_has_its_hash(figure: Callable[[str], None]) -> None:
    lock = tomllib.loads((ROOT / "uv.lock").read_text(encoding="utf-8"))
    assert supply.without_hashes(lock) == []
    broken = copy.deepcopy(lock)
    victim = next(package for package in broken["package"] if package.get("wheels"))
    del victim["wheels"][-1]["hash"]
    assert supply.without_hashes(broken) == [victim["name"]]
    figure(f"{len(lock['package']) - 1} locked packages, 0 files without a hash")


def test_the_bill_of_materials_is_valid_and_reproducible(figure: Callable[[str], None]) -> None:
    if shutil.which("uv") is None and "UV" not in supply.os.environ:
        pytest.skip("uv is not on the path, so there is no bill of materials")
    document = supply.bill()
    assert document == supply.bill()
    assert supply.schema_error(document) is None
    answer = json.loads(document)
    names = {component["name"] for component in answer["components"]}
    assert {"duckdb", "polars", "prefect", "xlsxwriter"} <= names and "pytest" not in names
    assert (
        supply.schema_error(json.dumps({**answer, "components": [{"type": "library"}]}).encode()) is not None
    )
    figure(f"CycloneDX 1.5 of {len(answer['components'])} components, valid, twice the same bytes")


def test_two_builds_are_the_same_bytes(builds: Path, figure: Callable[[str], None]) -> None:
    figure(
        f"{len(list(builds.glob('undertow-*')))} files built twice, from other folders under another "
        f"umask, equal byte for byte"
    )
    assert sorted(path.suffix for path in builds.glob("undertow-*")) == [".gz", ".whl"]


def test_a_build_that_differs_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supply, "built", lambda _folder, umask: {"a.whl": f"{umask}", "b.gz": "same"})
    with pytest.raises(supply.Finding, match="differ"):
        supply.twins(tmp_path)


def test_wheel_and_archive_hold_code_only(builds: Path, figure: Callable[[str], None]) -> None:
    files = _files(builds)
    assert [name for name in files if not PLACES.fullmatch(name)] == []
    assert [name for name in files if not name.endswith(CODE) and Path(name).name not in EXPECTED] == []
    assert [name for name, contents in files.items() if SECRETS.search(contents)] == []
    figure(f"{len(files)} files in wheel and source archive, 0 of data, 0 with a key or token")


EXPECTED = {
    "METADATA",
    "WHEEL",
    "RECORD",
    "LICENSE",
    "PKG-INFO",
    ".gitignore",
    "persons-3.json",  # weights of the linkage, no data
    "bootstrap.bundle.min.js",  # scripts of the Data Docs, as their publishers give them out
    "jquery.min.js",
    "site_cases.js",
    "Dockerfile",  # what `undertow deploy` fills in
    "undertow.service",
    "undertow-review.service",
    "uv.lock",
}


def _files(builds: Path) -> dict[str, bytes]:
    with (
        zipfile.ZipFile(next(builds.glob("*.whl"))) as wheel,
        tarfile.open(next(builds.glob("*.tar.gz"))) as archive,
    ):
        contents = {f"wheel/{name}": wheel.read(name) for name in wheel.namelist()}
        members = [member for member in archive.getmembers() if member.isfile()]
        return contents | {
            f"archive/{member.name}": stream.read()
            for member in members
            if (stream := archive.extractfile(member))
        }


@pytest.mark.parametrize(
    ("packages", "says"),
    [
        ([{"name": "a", "version": "1", "vulns": []}], "no known weakness in 1 packages"),
        (
            [{"name": "a", "version": "1", "vulns": []}, {"name": "b", "skip_reason": "no answer"}],
            "no known weakness in 1 packages; NOT ASKED about 1: b",
        ),
        ([{"name": "a", "skip_reason": "no answer"}], "NOT ASKED: .* 1 packages .*no answer"),
    ],
)
def test_what_could_not_be_asked_is_said(packages: list[dict[str, object]], says: str) -> None:
    assert re.match(says, supply.judged({"dependencies": packages}))


def test_a_known_weakness_fails() -> None:
    weak = {"name": "a", "version": "1", "vulns": [{"id": "PYSEC-1"}]}
    with pytest.raises(supply.Finding, match="a 1: PYSEC-1"):
        supply.judged({"dependencies": [weak, {"name": "b", "skip_reason": "no answer"}]})
