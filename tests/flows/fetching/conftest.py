"""Attempts as in life, without the pauses between them, which retries make or a publisher asks for."""

import time
from collections.abc import Iterator
from datetime import timedelta
from types import SimpleNamespace

import pytest
import stamina

from flows.fetching import download, pages


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    clock = SimpleNamespace(sleep=lambda _seconds: None, monotonic=time.monotonic)
    monkeypatch.setattr(pages, "time", clock)
    at_once = timedelta(milliseconds=1)
    backoff = {"init_backoff": at_once, "max_backoff": at_once, "base": 2}
    monkeypatch.setattr(download, "RETRIES", {**download.RETRIES, "backoff": backoff})
    with stamina.set_testing(True, attempts=pages.ATTEMPTS):
        yield
