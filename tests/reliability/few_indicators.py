"""Nights that assess a few indicators only: with all of them a third of a small night is questions of which the test asks nothing."""

from __future__ import annotations

import pytest

from flows import stages
from tests.conftest import Tier
from transforms.indicator import indicators


def few(patch: pytest.MonkeyPatch, tier: Tier, *codes: str) -> None:
    """Let nights in this process assess these indicators, in the nightly tier all of them."""
    chosen = {code: indicators()[code] for code in codes}
    if not tier.is_nightly:
        patch.setattr(stages, "indicators", lambda: chosen)
