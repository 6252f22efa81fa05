"""R2: calls to the disk that are drawn from a whole night fail, and no night tears a release, hides the fault or leaves a home that the next cannot use."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.reliability import nights
from tests.reliability.disk_errors import ERRORS, Account, failed
from tests.reliability.nights import Fault, Stand

SEED = 20261126
WHOLE_NIGHT_FAULTS_N = 100


@pytest.fixture(scope="module")
def stand(tmp_path_factory: pytest.TempPathFactory) -> Stand:
    return nights.stand(tmp_path_factory)


@pytest.mark.nightly
@pytest.mark.reliability("R2")
def test_calls_of_a_whole_night_fail(tmp_path: Path, stand: Stand, figure: Callable[[str], None]) -> None:
    """At calls that are drawn: landing, lake, marts, graph and flags are among them."""
    draw, account = random.Random(SEED), Account()
    calls_n = stand.undisturbed.calls_n
    faults_n = WHOLE_NIGHT_FAULTS_N
    drawn = [Fault("error", draw.randint(1, calls_n), draw.choice(ERRORS)) for _ in range(faults_n)]
    hit = [failed(stand, tmp_path, fault, account) for fault in drawn]
    assert account.wrong == []
    assert sum(hit) >= 0.8 * faults_n, f"seed {SEED}: the number of calls moves"
    figure(f"{sum(hit)} calls drawn of {calls_n} of a whole night: {account}")
