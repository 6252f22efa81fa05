"""The Data Docs of releases: complete, read-only, kept for editions that a run did not read, and optional."""

import shutil
from pathlib import Path

import pytest

from flows.cli.app import exit_code
from flows.home.settings import Home
from flows.operations import backup
from flows.release import recovery, store
from flows.release.verification import verify
from tests import landings
from tests.few_indicators import assess
from tests.quality.test_data_docs import addresses, assert_complete

pytestmark = pytest.mark.nightly


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Two runs over the same landing: the second reads no edition. A third one blocks a register."""
    folder = tmp_path_factory.mktemp("nights")
    home, landing = Home(folder / "home"), landings.write(folder / "landing")
    command = ["run", "--landing", str(landing), "--home", str(home.root)]
    with pytest.MonkeyPatch.context() as patch:
        assess(patch, "OWN-010")
        assert [exit_code(command), exit_code(command)] == [0, 0]
        (landing / landings.file_name(landings.COMPANIES)).unlink()
        fewer = landings.text(landings.lines(landings.COMPANIES, landings.RECORDS // 2))
        (landing / landings.file_name(landings.COMPANIES, "2026-07-01")).write_bytes(fewer)
        assert exit_code(command) == 5
    return home


def sites(home: Home) -> list[Path]:
    return [folder / store.DATA_DOCS for folder in store.published_folders(home)]


def html(site: Path) -> list[str]:
    return sorted(str(path.relative_to(site)) for path in site.rglob("*.html"))


def test_every_release_has_complete_pages_without_an_outside_address(home: Home) -> None:
    for site in sites(home):
        assert store.data_docs(site.parent) == site / "index.html"
        assert not [address for page in site.rglob("*.html") for address in addresses(page) if ":" in address]
        assert_complete(site)
        assert {"graph/interest.html", "graph/relationship.html", "release/edition.html"} <= {*html(site)}


def test_a_run_that_reads_nothing_keeps_the_pages_of_the_run_that_read(home: Home) -> None:
    first, second, _ = sites(home)
    assert html(first) == html(second)
    lake_pages = [name for name in html(first) if name.startswith("lake-")]
    assert len(lake_pages) > 10
    assert [(first / name).read_bytes() for name in lake_pages] == [
        (second / name).read_bytes() for name in lake_pages
    ]


def test_a_blocked_edition_has_pages_beside_the_one_that_stays_in_force(home: Home) -> None:
    *_, third = sites(home)
    index = (third / "index.html").read_text(encoding="utf-8")
    assert "gb_coh_companies, 2026-06-01" in index
    assert "gb_coh_companies, 2026-07-01" in index
    assert "volume near the last edition" in index


def test_assertions_are_in_v_gate_and_not_in_the_pages(home: Home) -> None:
    *_, last = sites(home)
    with store.open_current(home) as connection:
        names = {name for (name,) in connection.execute("select expectation from v_gate").fetchall()}
    assertion = "graph_ubo has its declared columns"
    assert {assertion, "flag has evidence"} <= names
    texts = [page.read_text(encoding="utf-8") for page in last.rglob("*.html")]
    assert not any("declared columns" in text or "graph_ubo" in text for text in texts)
    assert any("Every flag has at least one line of evidence." in text for text in texts)


def test_no_name_of_a_record_is_on_a_page(home: Home) -> None:
    for site in sites(home):
        assert not [page for page in site.rglob("*") if page.is_file() and b"Zebedee" in page.read_bytes()]


def test_files_are_read_only(home: Home) -> None:
    for site in sites(home):
        assert {path.stat().st_mode & 0o777 for path in site.rglob("*") if path.is_file()} == {0o440}
        assert {path.stat().st_mode & 0o777 for path in (site, *site.rglob("*")) if path.is_dir()} == {0o750}


def test_the_report_links_to_the_index(home: Home) -> None:
    for site in sites(home):
        page = home.reports / site.parent.name / "night.html"
        (address,) = (one for one in addresses(page) if store.DATA_DOCS in one)
        assert (page.parent / address).resolve() == site / "index.html"


def test_the_report_made_again_is_the_same_and_one_elsewhere_has_no_link(
    home: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = home.reports / store.current_release(home).name / "night.html"
    before = page.read_bytes()
    assert exit_code(["report", "--home", str(home.root)]) == 0
    assert page.read_bytes() == before
    assert exit_code(["report", "--home", str(home.root), "--to", str(tmp_path)]) == 0
    assert not [one for one in addresses(tmp_path / "night.html") if store.DATA_DOCS in one]
    capsys.readouterr()


def test_a_backup_holds_the_pages(home: Home, tmp_path: Path) -> None:
    backup.backup(home, tmp_path / "home.tar")
    again = Home(tmp_path / "again")
    backup.restore(tmp_path / "home.tar", again)
    assert [html(site) for site in sites(again)] == [html(site) for site in sites(home)]


def test_a_release_without_pages_verifies_and_is_reported_without_a_link(
    home: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    older = Home(tmp_path / "home")
    shutil.copytree(home.root, older.root, symlinks=True)
    for site in sites(older):
        shutil.rmtree(site)
    assert verify(older).faults == ()
    assert store.data_docs(store.current_release(older)) is None
    assert exit_code(["report", "--home", str(older.root)]) == 0
    page = older.reports / store.current_release(older).name / "night.html"
    assert not [one for one in addresses(page) if store.DATA_DOCS in one]
    capsys.readouterr()


def test_pages_are_removed_with_their_release(home: Home, tmp_path: Path) -> None:
    again = Home(tmp_path / "home")
    shutil.copytree(home.root, again.root, symlinks=True)
    first = store.published_folders(again)[0]
    recovery.remove(again, [first])
    assert len(store.published_folders(again)) == 2
    assert not first.exists()
