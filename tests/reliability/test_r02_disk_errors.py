"""R2: each call to the disk of a publication fails in turn, and no night tears a release, hides the fault
or leaves a home that the next cannot use.
"""

from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest

from tests.reliability import nights
from tests.reliability.disk_errors import ERRORS, Account, failed
from tests.reliability.nights import PUBLISH_BEGINS, Fault, Stand


@pytest.fixture(scope="module")
def stand(tmp_path_factory: pytest.TempPathFactory) -> Stand:
    return nights.stand(tmp_path_factory)


@pytest.mark.nightly
@pytest.mark.reliability("R2")
def test_every_call_of_the_publication_fails_in_turn(
    tmp_path: Path, stand: Stand, figure: Callable[[str], None]
) -> None:
    """From the making of the release's folder to the end; the error is another from call to call."""
    account = Account()
    begins = stand.gated  # the stages before the build are done by then
    calls_n = next(
        at
        for at in count(1)
        if not failed(
            stand, tmp_path, Fault("error", at, ERRORS[at % len(ERRORS)], PUBLISH_BEGINS), account, begins
        )
    )
    assert account.wrong == []
    assert calls_n > 100 and account.stopped.total() > account.went_on.total()
    assert account.in_force["old"] > 0
    figure(f"each of {calls_n - 1} calls in build to release: {account}")
