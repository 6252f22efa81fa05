"""The languages of Undertow: English, and those into which every shipped text is translated."""

from typing import Literal

Language = Literal["en", "nl"]

ENGLISH: Language = "en"
DUTCH: Language = "nl"
