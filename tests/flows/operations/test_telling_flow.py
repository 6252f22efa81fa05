"""The night as a Prefect flow tells how it ended, tries again, and ends as it would have ended anyway."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from flows.home.settings import Home, set_prefect_environment
from flows.night import runner
from flows.night.night import new_night
from flows.operations.telling import tell
from tests.flows.operations.message_receivers import HOST, Web, web_receiver
from transforms.errors import UsageError

pytestmark = pytest.mark.nightly


@pytest.fixture(scope="module", autouse=True)
def server() -> Iterator[None]:
    """Prefect's own server for tests; it ends with them."""
    set_prefect_environment()
    from prefect.testing.utilities import prefect_test_harness

    with prefect_test_harness(server_startup_timeout=180):
        yield


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home")
    home.prepare()
    (home.root / "notify.toml").write_text('[[to]]\nurl_file = "hook"\n')
    return home


@pytest.fixture
def web(home: Home, monkeypatch: pytest.MonkeyPatch) -> Iterator[Web]:
    from flows.night import telling

    monkeypatch.setattr(telling, "notify", telling.notify.with_options(retry_delay_seconds=0))
    with web_receiver() as receiver:
        (home.secrets / "hook").write_text(f"json://{HOST}:{receiver.port}/")
        yield receiver


def test_a_flow_that_fails_is_told_and_tried_again(home: Home, web: Web) -> None:
    from flows.night.telling import TELL_AGAIN_SECONDS
    from flows.nightly import nightly

    web.status = 500
    with pytest.raises(UsageError, match="landing"):
        nightly(str(home.landing / "missing"), str(home.root))
    assert len(web.posted) == 1 + len(TELL_AGAIN_SECONDS)
    assert "exit code 2" in web.last
    web.status = 200
    with pytest.raises(UsageError, match="landing"):
        nightly(str(home.landing / "missing"), str(home.root))
    assert web.last.count("exit code 2") == 2  # a receiver that was never told anything is told of both
    assert len(web.posted) == 2 + len(TELL_AGAIN_SECONDS)


@pytest.mark.parametrize("status", [200, 500])
def test_a_flow_that_ends_well_does_so_whether_it_was_told_or_not(
    home: Home, web: Web, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    from flows.nightly import nightly

    monkeypatch.setattr(runner, "STAGES", ())
    web.status = status
    state = nightly(str(home.landing), str(home.root), return_state=True)
    assert (state.name, state.is_completed()) == ("Completed", True)
    assert "published (exit code 0)" in web.last


def test_a_command_through_prefect_tells_once(home: Home, web: Web) -> None:
    """The flow tells, and so does the command, which finds nothing left to tell."""
    from flows.nightly import run_through_prefect

    with pytest.raises(UsageError), tell.telling(home) as this_run:
        night = new_night(home, home.landing / "missing", engine="prefect")
        this_run.run_id = night.run_id
        run_through_prefect(night)
    assert len(web.posted) == 1


def test_a_wrong_file_is_not_tried_again(home: Home, web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    from flows.nightly import nightly

    monkeypatch.setattr(runner, "STAGES", ())
    (home.root / "notify.toml").write_text("to = 3")
    state = nightly(str(home.landing), str(home.root), return_state=True)
    assert state.is_completed() and web.posted == []
