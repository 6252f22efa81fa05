"""What tests of bad files share."""

from collections.abc import Callable, Iterator

import pytest

from flows.night.night import Night
from tests.flows.ingest.bad_nights import edition_of
from tests.landings import CANARY, RECORDS, REGISTERS


@pytest.fixture
def others_load(capsys: pytest.CaptureFixture[str]) -> Iterator[Callable[[Night, str], None]]:
    """Check what holds after every kind of bad input."""

    def check(night: Night, bad: str) -> None:
        for edition in night.editions.all:
            assert edition.facts.rows_add_up, edition.facts
        for register in REGISTERS:
            if register != bad:
                assert edition_of(night, register).status == "in_force"
                assert edition_of(night, register).facts.rows_loaded == RECORDS
        output = "".join(capsys.readouterr()) + "".join(
            edition.facts.blocked_message or "" for edition in night.editions.all
        )
        assert CANARY.split()[1] not in output

    yield check
