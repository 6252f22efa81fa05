"""Where judgements are kept (`flows.judgements`). Apart from what reads them, so that looking at the chain imports nothing that weighs records."""

from __future__ import annotations

from flows.chain import Chain
from flows.settings import Home

JUDGEMENTS = "judgements"


def log(home: Home) -> Chain:
    return Chain(home.state, JUDGEMENTS)
