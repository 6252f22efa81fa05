"""The chain of judgements. Apart from `judgements`, so that verifying the chain does not import
resolution.
"""

from flows.home.settings import Home
from flows.journal.entries import Chain

JUDGEMENTS = "judgements"


def log(home: Home) -> Chain:
    return Chain(home.state, JUDGEMENTS)
