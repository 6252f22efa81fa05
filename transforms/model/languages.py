"""The languages that Undertow writes in: English, and those that every shipped text is translated into."""

from typing import Literal

Language = Literal["en", "nl"]

ENGLISH: Language = "en"
DUTCH: Language = "nl"
