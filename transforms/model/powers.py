"""Articles of law that a municipality may use on a flag, by territory: `transforms/indicators/powers.toml`.

A home may correct, add and mark articles in a file of the same form. They are not legal advice, and every
page states whether a person with legal knowledge has checked an article.
"""

import tomllib
from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Annotated, Any, Literal, Self

import polars as pl
from pydantic import BaseModel, ConfigDict, Field, model_validator

from transforms.model.translation import Text
from transforms.model.views import POWER, POWER_KINDS

POWERS_FILE = "powers.toml"
ArticleId = Annotated[str, Field(pattern=r"^(gb|nl|be)-[a-z0-9-]+$")]


class Words(BaseModel):
    """One sentence each: what the article says, who may use it, what may be asked under it, and what may be
    shared with whom.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    says: Text
    who: Text
    ask: Text
    share: Text


class Article(Words):
    """An article of law. `nl`: the words in Dutch, if the law is in Dutch.

    `source`: page of the official publisher. `read_on`: when those who wrote the words read the law, or
    guidance or commentary on it. `checked_by`, `checked_on`: who with legal knowledge compared them with the
    law in force, and when.
    """

    kind: Literal[POWER_KINDS]  # type: ignore[valid-type]
    law: Text
    article: Text
    source: Annotated[str, Field(pattern=r"^https://\S+$")]
    read_on: date
    checked_by: Text | None = None
    checked_on: date | None = None
    nl: Words | None = None

    @model_validator(mode="after")
    def _both_or_neither(self) -> Self:
        if (self.checked_by is None) != (self.checked_on is None):
            raise ValueError("give checked_by and checked_on, or neither")
        return self


class Powers(BaseModel):
    """The articles of this version with a home's changes: the home's keys of an article replace its own, and
    a home's list in `uses` replaces the list of the same family or code.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    article: Mapping[ArticleId, Article]
    uses: Mapping[Annotated[str, Field(pattern=r"^[A-Z]{3}(-\d{3})?$")], tuple[ArticleId, ...]]

    @model_validator(mode="before")
    @classmethod
    def _merged(cls, own: Mapping[str, Any]) -> dict[str, Any]:
        return _over(_shipped(), own)

    @model_validator(mode="after")
    def _known(self) -> Self:
        for ids in self.uses.values():
            if unknown := [one for one in ids if one not in self.article]:
                raise ValueError(f"uses: there is no article {unknown[0]}")
        return self

    def article_ids(self, code: str) -> tuple[ArticleId, ...]:
        """Ids of the articles that an indicator names: its own list, else that of its family."""
        return self.uses.get(code, self.uses.get(code[:3], ()))

    def frame(self, codes: Iterable[str]) -> pl.DataFrame:
        """Rows of POWER: the articles of each indicator, in the order of its list."""
        rows = [
            {
                "indicator": code,
                "position": position,
                "power_id": one,
                "territory": one[:2],
                **self.article[one].model_dump(exclude={"nl"}),
                **{f"{name}_nl": getattr(self.article[one].nl, name, None) for name in Words.model_fields},
            }
            for code in codes
            for position, one in enumerate(self.article_ids(code), start=1)
        ]
        return pl.DataFrame(rows, schema=POWER.schema).sort(POWER.key)


def _over(below: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """`below` updated with the keys of `own`, recursively in tables that both have."""
    both = {
        name: _over(below[name], value)
        for name, value in own.items()
        if isinstance(value, dict) and isinstance(below.get(name), dict)
    }
    return {**below, **own, **both}


@cache
def _shipped() -> Mapping[str, Any]:
    return tomllib.loads((files("transforms.indicators") / POWERS_FILE).read_text(encoding="utf-8"))
