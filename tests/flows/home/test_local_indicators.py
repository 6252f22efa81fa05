"""An authority's own indicators: what their queries may do, and how they are read, packed and unpacked."""

import re
import zipfile
from pathlib import Path

import pytest

from flows.home import local_indicators
from flows.home.settings import Home
from flows.night.night import new_night
from flows.night.runner import run_night
from tests import landings
from tests.few_indicators import assess
from transforms.errors import DeclarationError, UsageError
from transforms.flags.local import check_local
from transforms.model.indicator import indicators

PAGE = Path(__file__).parents[3] / "docs" / "how-to" / "own-indicators.md"
SLUG = "loc_010_new_at_mass_address"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home with the indicator of the documentation."""
    home = Home(tmp_path / "home")
    home.prepare()
    folder = local_indicators.folder(home) / SLUG
    folder.mkdir(parents=True)
    text = PAGE.read_text(encoding="utf-8")
    for name, content in re.findall(rf"{SLUG}/([a-z.]+) <<'[A-Z]+'\n(.*?)\n[A-Z]+\n```", text, re.DOTALL):
        (folder / name).write_text(content + "\n", encoding="utf-8")
    return home


def change(home: Home, file: str, old: str, new: str) -> None:
    path = local_indicators.folder(home) / SLUG / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_an_own_indicator_is_known_beside_those_of_the_version_with_the_authority_s_name(home: Home) -> None:
    (home.root / "undertow.toml").write_text('name = "Gemeente Zedstad"\n', encoding="utf-8")
    known = local_indicators.known_indicators(home)
    assert list(known) == [*indicators(), "LOC-010"]
    assert known["LOC-010"].title == "New at a mass address (local, Gemeente Zedstad)"


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("from company\n", "from '/etc/passwd'\n", "it reads"),
        ("from company\n", "from read_csv('x.csv')\n", "it reads"),
        ("from company\n", "from entity_statement\n", "it reads entity_statement"),
        ("from company\n", "from other.company\n", "it reads other.company"),
        ("$days as threshold", "getenv('HOME') as threshold", "the function getenv is not allowed"),
        ("order by subject_id", "; drop table company", "one SELECT"),
        ("select\n", "selec\n", "cannot be parsed|one SELECT"),
    ],
)
def test_a_query_that_does_more_than_it_may_is_left_out_and_named(
    home: Home, old: str, new: str, fault: str
) -> None:
    change(home, "states.sql", old, new)
    own, [left_out] = local_indicators.read_local(home)
    assert own == {} and re.search(f"LOC-010: states.sql: .*({fault})", left_out)


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('lane = "look"', 'lane = "hot"', "indicator.toml: lane: Input should be 'stop', 'act'"),
        ('lane = "look"', 'lanes = "look"', "there is no key lanes; allowed are code, title, lane"),
        ('code = "LOC-010"', 'code = "LOC-011"', "its folder's name must begin with its code"),
        ('code = "LOC-010"', "code = ", "indicator.toml: not valid TOML"),
    ],
)
def test_a_wrong_declaration_is_named_by_file_and_key(home: Home, old: str, new: str, fault: str) -> None:
    change(home, "indicator.toml", old, new)
    own, [left_out] = local_indicators.read_local(home)
    assert own == {} and fault in left_out and left_out.startswith(SLUG)


def test_the_code_of_an_own_indicator_begins_with_loc() -> None:
    with pytest.raises(DeclarationError, match="must begin with LOC-"):
        check_local(indicators()["OWN-010"])


def test_a_pack_goes_from_home_to_home(home: Home, tmp_path: Path) -> None:
    file, other = tmp_path / "pack.zip", Home(tmp_path / "other")
    assert local_indicators.pack(home, ["loc-010"], file) == ["LOC-010"]
    assert local_indicators.unpack(other, file) == ["LOC-010"]
    assert local_indicators.read_local(other) == local_indicators.read_local(home)
    assert local_indicators.content_sha256(other) == local_indicators.content_sha256(home)
    with pytest.raises(UsageError, match="this home has it already"):
        local_indicators.unpack(other, file)
    with pytest.raises(UsageError, match="has no such indicator of its own; it has LOC-010"):
        local_indicators.pack(home, ["LOC-020"], file)


def test_a_pack_that_is_not_whole_changes_nothing(home: Home, tmp_path: Path) -> None:
    change(home, "states.sql", "from company\n", "from '/etc/passwd'\n")
    file, other = tmp_path / "pack.zip", Home(tmp_path / "other")
    with zipfile.ZipFile(file, "w") as archive:
        for path in (local_indicators.folder(home) / SLUG).iterdir():
            archive.write(path, f"{SLUG}/{path.name}")
    with pytest.raises(UsageError, match=r"nothing was unpacked: LOC-010: states\.sql"):
        local_indicators.unpack(other, file)
    assert not local_indicators.folder(other).exists()
    file.write_bytes(b"no zip")
    with pytest.raises(UsageError, match="not a readable pack"):
        local_indicators.unpack(other, file)


@pytest.mark.nightly
def test_an_indicator_that_fails_in_the_night_is_left_out_and_the_night_is_published(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    change(home, "states.sql", "$days as threshold", "no_such_column as threshold")
    assess(monkeypatch, "ADR-010")
    night = run_night(new_night(home, landings.write(tmp_path / "landing")))
    assert night.release_id
    assert [fault.partition(":")[0] for fault in night.left_out] == ["LOC-010"]
