"""Every sentence of the app, by its key. A language is a file beside this one."""

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

from transforms.language import day_text
from transforms.model.languages import ENGLISH, Language


@dataclass(frozen=True)
class Messages:
    """Call it with a key and values: `say("queue.n", n=3)`. A day is written as in the language of the task.
    Raises KeyError for an unknown key.
    """

    texts: dict[str, str]

    def __call__(self, key: str, **values: object) -> str:
        text = self.texts[key]
        words = {name: day_text(each) if isinstance(each, date) else each for name, each in values.items()}
        return text.format(**words) if words else text


@cache
def messages(language: Language = ENGLISH) -> Messages:
    text = (files(__package__) / f"messages.{language}.toml").read_text(encoding="utf-8")
    tables = tomllib.loads(text)
    return Messages(
        {f"{table}.{key}": words for table, rows in tables.items() for key, words in rows.items()}
    )
