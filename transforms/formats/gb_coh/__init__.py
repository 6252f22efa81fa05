"""Companies House: its codes, and how records of persons with significant control become statements.

May import `transforms.model` and `transforms.values`.
"""

from transforms.formats.gb_coh.codes import (
    UNKNOWN_INTEREST_TYPE,
    VIAS,
    classified,
    is_in_uk_register,
    is_left_censored,
    kinds,
    natures,
    plain_words,
    regime_starts,
    statement_codes,
    statements,
)

LICENCE = "none stated; Companies House restricts no use, and says that others may have rights in the content"

__all__ = [
    "LICENCE",
    "UNKNOWN_INTEREST_TYPE",
    "VIAS",
    "classified",
    "is_in_uk_register",
    "is_left_censored",
    "kinds",
    "natures",
    "plain_words",
    "regime_starts",
    "statement_codes",
    "statements",
]
