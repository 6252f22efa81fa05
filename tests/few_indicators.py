"""Nights that assess a few indicators only: with all of them a third of a small night is questions of which
the test asks nothing.
"""

import pytest

from flows.night.stages import flags
from transforms.model.indicator import indicators


def assess(patch: pytest.MonkeyPatch, *codes: str, act: tuple[str, ...] = ()) -> None:
    """Let nights in this process assess these indicators; those of `act` open cases, whatever their lane."""
    chosen = {code: indicators()[code] for code in codes}
    chosen |= {code: chosen[code].model_copy(update={"lane": "act"}) for code in act}
    patch.setattr(flags, "indicators", lambda: chosen)
