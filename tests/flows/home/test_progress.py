"""Progress is drawn on a terminal, after a while, and nowhere else."""

import io
import time

import pytest

from flows.home import progress

STAGES = {"lake": 3, "flags": 1}


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def work() -> list[str]:
    with progress.shown():
        return list(progress.steps("run", STAGES, 4, name=str, size=STAGES.__getitem__))


def test_a_terminal_shows_the_step_and_the_share_done(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "SHOWN_AFTER_SECONDS", 0.0)
    monkeypatch.setattr("sys.stderr", screen := Terminal())
    with progress.shown():
        stages = progress.steps("run", STAGES, 4, name=str, size=STAGES.__getitem__)
        assert next(stages) == "lake"
        assert next(stages) == "flags"
        wait_for(screen, "run: flags")
    assert " 75%" in screen.getvalue()


def wait_for(screen: io.StringIO, text: str) -> None:
    """The display draws ten times a second in a thread of its own."""
    for _ in range(100):
        if text in screen.getvalue():
            return
        time.sleep(0.05)
    pytest.fail(f"{text} is not shown: {screen.getvalue()}")


def test_short_work_and_anything_but_a_terminal_show_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert work() == list(STAGES)
    assert capsys.readouterr() == ("", "")
    monkeypatch.setattr("sys.stderr", screen := Terminal())
    assert work() == list(STAGES)
    assert screen.getvalue() == ""


def test_work_without_a_display_is_done_all_the_same() -> None:
    assert list(progress.steps("run", STAGES, 4)) == list(STAGES)


def test_an_error_of_the_work_is_kept_and_ends_the_display(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "SHOWN_AFTER_SECONDS", 0.0)
    monkeypatch.setattr("sys.stderr", Terminal())
    with pytest.raises(ValueError, match="wrong"), progress.shown("Work"):
        raise ValueError("wrong")
    with progress.shown():
        assert list(progress.steps("run", STAGES, 4)) == list(STAGES)
