"""The languages of Undertow: English, and those into which every shipped text is translated."""

from typing import Literal, get_args

Language = Literal["en", "nl"]

LANGUAGES: tuple[Language, ...] = get_args(Language)
ENGLISH: Language = "en"
DUTCH: Language = "nl"
