"""The flows `evaluate` and `maintain`, on a temporary Prefect server without processes of its own."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from unittest.mock import patch

import pytest

from flows.home.settings import RELEASES_KEPT, Home
from flows.journal import diary
from flows.operations import doctor
from flows.release import store
from tests.flows.demo import Demo
from tests.flows.fetching.test_publishers import publisher

pytestmark = pytest.mark.nightly


@pytest.fixture(scope="module", autouse=True)
def server() -> Iterator[None]:
    """Prefect's own server for tests; it ends with them."""
    from flows.home.settings import set_prefect_environment

    set_prefect_environment()
    from prefect.testing.utilities import prefect_test_harness

    with prefect_test_harness(server_startup_timeout=180):
        yield


@pytest.fixture
def home(demo: Demo, tmp_path: Path) -> Home:
    home = Home(tmp_path / "home")
    shutil.copytree(demo.home.root, home.root, symlinks=True)
    return home


def test_evaluate_measures_every_indicator_of_the_truth(home: Home) -> None:
    from flows.evaluate import NO_TRUTH, evaluate

    measured = evaluate(str(home.root))
    assert isinstance(measured, int) and measured > 0
    (home.landing / "town" / "truth.csv").unlink()
    state = evaluate(str(home.root), return_state=True)
    assert (state.name, state.is_completed()) == (NO_TRUTH, True)


def test_maintain_backs_up_removes_what_is_left_over_and_examines(home: Home, tmp_path: Path) -> None:
    from flows.maintain import BACKUPS_KEPT, FINDINGS, dated, maintain

    (home.work / "killed").mkdir()
    kept = tmp_path / "backups" / "kept.tar"
    kept.parent.mkdir()
    for name in ("kept-2026-01-04.tar", *(f"kept-2026-02-0{n}.tar" for n in range(1, BACKUPS_KEPT))):
        (kept.parent / name).touch()
    others = {"kept-2026-02.tar", "other-2026-01-04.tar"}
    for name in others:
        (kept.parent / name).touch()
    with patch.object(doctor, "CHECKS", ()):
        assert maintain(str(home.root), str(kept)) == 0
    today = dated(kept, datetime.now(UTC).date())
    assert today.stat().st_size > 0 and not (home.work / "killed").exists()
    names = {path.name for path in kept.parent.iterdir()}
    assert names == {today.name, *others, *(f"kept-2026-02-0{n}.tar" for n in range(1, BACKUPS_KEPT))}
    assert 0 < len(list(home.releases.iterdir())) <= RELEASES_KEPT
    home.secrets.chmod(0o755)
    state = maintain(str(home.root), return_state=True)
    assert (state.name, state.is_completed()) == (FINDINGS, True)
    assert maintain(str(home.root), str(tmp_path / "nowhere" / "kept.tar"), return_state=True).is_failed()
    assert [event.exit_code for event in diary.read(home) if event.kind == "upkept"] == [0, 5, 4]


def test_a_backup_that_cannot_be_restored_is_a_finding_and_no_older_one_goes(
    home: Home, tmp_path: Path
) -> None:
    from flows.maintain import BACKUPS_KEPT, FINDINGS, maintain

    database = store.current_release(home) / "undertow.duckdb"
    database.chmod(0o640)
    database.write_bytes(database.read_bytes()[:-1])
    older = [tmp_path / f"kept-2026-02-0{n}.tar" for n in range(1, BACKUPS_KEPT + 1)]
    for file in older:
        file.touch()
    with patch.object(doctor, "CHECKS", ()):
        state = maintain(str(home.root), str(tmp_path / "kept.tar"), return_state=True)
    assert (state.name, state.result()) == (FINDINGS, 1)
    assert all(file.exists() for file in older) and not list(tmp_path.glob(".*trial-*"))


def test_fetch_lands_what_is_there_and_names_the_state_where_some_is_not(tmp_path: Path) -> None:
    from flows import fetch as module

    with publisher({"/rates.csv": b"Date,USD,JPY,\n2026-05-29,1.1,160,\n"}) as (here, _):
        where = Home(tmp_path / "home")
        where.root.mkdir()
        (where.root / "sources.toml").write_text(
            f'[eu_ecb_rates]\nurl = "{here}/rates.csv"\n[gb_coh_companies]\nurl = "{here}/nothing"\n',
            encoding="utf-8",
        )
        once = module.one.with_options(retries=0)
        with patch.object(module, "one", once):
            assert module.fetch(str(where.root), ["eu_ecb_rates"]) == 1
            state = module.fetch(str(where.root), ["eu_ecb_rates", "gb_coh_companies"], return_state=True)
    assert (state.name, state.is_completed()) == (module.SOME_FAILED, True)
    assert (where.landing / "eu_ecb_rates" / "rates.csv").exists()
