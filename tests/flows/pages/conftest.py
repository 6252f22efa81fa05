"""Pages of a night that several tests read."""

from collections.abc import Iterator

import pytest

from tests.flows.pages.releases import busy_release, calm_release, night


@pytest.fixture(scope="module")
def no_indicators() -> Iterator[None]:
    """The page must not depend on which indicators this checkout holds."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("flows.pages.release.indicators", dict)
        yield


@pytest.fixture(scope="module")
def calm(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The page of a release in which nothing is wrong."""
    return night(calm_release(), tmp_path_factory.mktemp("calm"))


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The page of a release in which much is wrong, with hostile names."""
    return night(busy_release(), tmp_path_factory.mktemp("busy"))
