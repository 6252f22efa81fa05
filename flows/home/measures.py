"""An authority's measures in an area, `<home>/measures.toml`: what `undertow evaluate --measure ID`
evaluates, written down before anybody can know the result.

    [[measure]]
    id = "quayside-2026"
    title = "Checks of every permit on the quay"
    kind = "inspection"
    area = "Harrowmere"                 # district, by name or official code
    date = 2026-09-01                   # the first day on which it can show
    indicators = ["ADR-010", "DEC-010"] # flags of these are counted, together
    comparison = ["Aldbury", "Thornby"] # districts that it does not touch and that are otherwise alike
    neighbours = ["Wexcombe"]           # where it may drive what it stops
    months_before = 12
    months_after = 12
"""

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import BaseModel, Field, model_validator

from flows.home.authority import CODE_PATTERN, Text
from flows.home.settings import Home
from flows.home.toml_files import read_toml
from transforms.errors import UsageError

MEASURES_FILE = "measures.toml"
Kind = Literal["inspection", "permit-duty", "closure", "area-designation", "information", "other"]
Months = Annotated[int, Field(ge=2, le=120)]


class Measure(BaseModel, frozen=True, extra="forbid", strict=True):
    """What is done where and when, and how it will be evaluated. Districts are by name or official code."""

    id: Annotated[str, Field(pattern=CODE_PATTERN)]
    title: Text
    kind: Kind
    area: Text
    date: date
    indicators: Annotated[list[Annotated[str, Field(pattern=r"^[A-Z]{3}-\d{3}$")]], Field(min_length=1)]
    comparison: Annotated[list[Text], Field(min_length=1)]
    neighbours: list[Text] = []
    months_before: Months = 12
    months_after: Months = 12

    @model_validator(mode="after")
    def _areas_differ(self) -> Self:
        names = [name.lower() for name in (self.area, *self.comparison, *self.neighbours)]
        if len(set(names)) < len(names):
            raise ValueError("a district stands in it twice; a comparison area is not touched by the measure")
        return self

    def declaration(self) -> dict[str, object]:
        """The form that is hashed: every key, lists in alphabetical order."""
        values = self.model_dump(mode="json")
        return {key: sorted(value) if isinstance(value, list) else value for key, value in values.items()}


class _File(BaseModel, frozen=True, extra="forbid", strict=True):
    measure: list[Measure] = []


def measures(home: Home) -> dict[str, Measure]:
    """The declared measures by id. Raises UsageError, which names the wrong field, or RunFailed."""
    path = home.root / MEASURES_FILE
    declared = read_toml(path, _File).measure
    by_id = {each.id: each for each in declared}
    if len(by_id) < len(declared):
        raise UsageError(f"{path}: two measures have the same id; give each its own")
    return by_id


def measure(home: Home, measure_id: str) -> Measure:
    """Raises UsageError if it is not declared."""
    declared = measures(home)
    if measure_id not in declared:
        listed = ", ".join(declared) or "none"
        raise UsageError(f"--measure {measure_id}: {home.root / MEASURES_FILE} declares {listed}")
    return declared[measure_id]
