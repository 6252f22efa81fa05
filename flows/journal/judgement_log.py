"""Where judgements are kept (`flows.journal.judgements`). Apart from what reads them, so that looking at the chain imports nothing that weighs records."""

from __future__ import annotations

from flows.home.settings import Home
from flows.journal.chain import Chain

JUDGEMENTS = "judgements"


def log(home: Home) -> Chain:
    return Chain(home.state, JUDGEMENTS)
