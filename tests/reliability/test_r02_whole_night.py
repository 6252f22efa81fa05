"""R2: calls to the disk that are drawn from a whole night fail, and no night tears a release, hides the
fault or leaves a home that the next cannot use.
"""

import random
from collections.abc import Callable, Mapping
from itertools import pairwise
from pathlib import Path

import pytest

from tests.reliability import nights
from tests.reliability.disk_errors import ERRORS, Account, failed
from tests.reliability.nights import Fault, Stand

SEED = 20261126
WHOLE_NIGHT_FAULTS_N = 300
HIT_SHARE_MIN = 0.9  # of the faults: the number of calls of a stage moves a little


@pytest.fixture(scope="module")
def stand(tmp_path_factory: pytest.TempPathFactory) -> Stand:
    return nights.stand(tmp_path_factory)


@pytest.mark.nightly
@pytest.mark.reliability("R2")
def test_calls_of_a_whole_night_fail(tmp_path: Path, stand: Stand, figure: Callable[[str], None]) -> None:
    """At calls that are drawn, from the lock to its release: landing, lake, marts, graph and flags are among
    them.

    A call of a later stage fails in a night that goes on with that stage, so that what is before it is not
    done three hundred times."""
    draw, account = random.Random(SEED), Account()
    undisturbed, homes = stand.undisturbed, nights.going_on_with(stand, tmp_path)
    ends = [0, *undisturbed.calls_until.values()]
    numbers = [
        draw.randint(before_n + 1, until_n) for before_n, until_n in pairwise(ends)
    ]  # one of each stage, as one may have only a few
    numbers += [draw.randint(1, undisturbed.calls_n) for _ in range(WHOLE_NIGHT_FAULTS_N - len(numbers))]
    drawn = [fault_at(undisturbed.calls_until, number, draw.choice(ERRORS)) for number in numbers]
    hit = [
        failed(stand, tmp_path, fault, account, homes[fault.stage or next(iter(homes))]) for fault in drawn
    ]
    assert account.wrong == []
    assert sum(hit) >= HIT_SHARE_MIN * len(drawn), f"seed {SEED}: the number of calls moves"
    assert {fault.stage for fault in drawn} >= set(list(homes)[1:])
    figure(f"{sum(hit)} calls drawn of {undisturbed.calls_n} of a whole night: {account}")


def fault_at(calls_until: Mapping[str, int], number: int, error: int) -> Fault:
    """The fault at this call of a night. What comes before the first stage is counted with it, what comes
    after the last one too.
    """
    fault = Fault("error", number, error)
    for (_, before_n), (stage, _) in pairwise(calls_until.items()):
        if number > before_n:
            fault = Fault("error", number - before_n, error, stage=stage)
    return fault
