"""A few indicators in the small tier, all of them at night."""

import pytest

from tests.conftest import Tier
from tests.few_indicators import assess


def few(patch: pytest.MonkeyPatch, tier: Tier, *codes: str) -> None:
    """Let nights in this process assess these indicators, in the nightly tier all of them."""
    if not tier.is_nightly:
        assess(patch, *codes)
