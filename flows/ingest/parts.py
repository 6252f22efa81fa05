"""Numbers of the parts of an edition whose publisher does not state how many there are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from transforms.model.register import PARTS_UNSTATED, UNNUMBERED

if TYPE_CHECKING:
    from datetime import date

    from flows.ingest.landing import Claimed


def with_parts(claimed: Iterable[Claimed]) -> Iterator[Claimed]:
    """The files; if no name states the number of parts, the highest number counts, and parts without a number
    come after it.
    """
    highest: dict[tuple[str, str, date | None], int] = {}
    numbered = []
    for register, file in sorted(claimed, key=lambda claim: claim[1].recognised.part == UNNUMBERED):
        named = file.recognised
        key = (register.name, named.dataset, named.edition_date)
        part = highest.get(key, 0) + 1 if named.part == UNNUMBERED else named.part
        highest[key] = max(highest.get(key, 1), part)
        numbered.append((key, register, replace(file, recognised=replace(named, part=part))))
    for key, register, file in numbered:
        named = file.recognised
        if named.parts == PARTS_UNSTATED:
            named = replace(named, parts=highest[key])
        yield register, replace(file, recognised=named)
