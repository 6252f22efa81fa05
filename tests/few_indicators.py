"""Nights that assess a few indicators only: with all of them a third of a small night is questions of which
the test asks nothing.
"""

import pytest

from flows.night.stages import flags
from transforms.model.indicator import indicators


def assess(patch: pytest.MonkeyPatch, *codes: str) -> None:
    """Let nights in this process assess these indicators."""
    chosen = {code: indicators()[code] for code in codes}
    patch.setattr(flags, "indicators", lambda: chosen)
