"""Updates: files with the changes since the publisher's previous extract.

An edition of an update is the full file before it, every update since, and itself, read together in the order
of the publisher's numbers. If one of them is missing, nothing after it can be read.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from transforms.errors import BlockedEdition

if TYPE_CHECKING:
    from flows.ingest.landing import LandedFile

CODE = "extract_gap"


type Numbered = tuple[LandedFile, ...]  # the files of an edition, numbered as its parts


def updates_in(
    files: Sequence[LandedFile], *, monthly: bool = False
) -> tuple[list[Numbered], list[tuple[LandedFile, str]]]:
    """Which updates among the files of one dataset become editions, which are not needed, and why. monthly:
    see Register.monthly_updates.
    """
    fulls: dict[int, list[LandedFile]] = {}
    for file in sorted(files, key=lambda file: file.recognised.part):
        if not file.recognised.is_update:
            fulls.setdefault(file.recognised.extract, []).append(file)
    updates: dict[int, LandedFile] = {}
    chains: list[Numbered] = []
    needless: list[tuple[LandedFile, str]] = []
    called = _month if monthly else str
    for file in files:
        if file.recognised.is_update and updates.setdefault(file.recognised.extract, file) is not file:
            needless.append((file, "another update to this extract is here; keep the publisher's one"))
    for number, file in sorted(updates.items()):
        if number in fulls and monthly:
            chains.append(_numbered([*fulls[number], file]))
            continue
        if number in fulls:
            needless.append(
                (file, f"the full file of extract {called(number)} is here too, and is read instead")
            )
            continue
        first, fault = _first(number, fulls, updates, called)
        if fault and max(fulls, default=0) > number:
            needless.append((file, f"{fault}; the full file of extract {called(max(fulls))} is read instead"))
        elif fault:
            to_do = f"fetch the full file of extract {called(number)} or a later one"
            blocked = BlockedEdition(
                CODE, f"{file.name}: is the update to extract {called(number)}, and {fault}; {to_do}"
            )
            chains.append((replace(file, blocked=file.blocked or blocked),))
        else:
            chains.append(
                _numbered([*fulls[first], *(updates[each] for each in range(first + 1, number + 1))])
            )
    return chains, needless


def _first(
    number: int,
    fulls: Mapping[int, Sequence[LandedFile]],
    updates: Mapping[int, LandedFile],
    called: Callable[[int], str],
) -> tuple[int, str]:
    """The number of the full file before an update, and the first missing number; "" for nothing."""
    first = max((full for full in fulls if full < number), default=None)
    if first is None:
        return 0, "no full file before it is here"
    if len(fulls[first]) < fulls[first][0].recognised.parts:
        return first, f"a part of the full file of extract {called(first)} is missing"
    missing = [each for each in range(first + 1, number) if each not in updates]
    if missing:
        return (
            first,
            f"extract {called(missing[0])} is missing after the full file of extract {called(first)}",
        )
    return first, ""


def _month(number: int) -> str:
    """The month that numbers an extract, counted from the first month of year 0."""
    return f"{(number - 1) // 12}-{(number - 1) % 12 + 1:02}"


def _numbered(files: Sequence[LandedFile]) -> Numbered:
    return tuple(
        replace(file, recognised=replace(file.recognised, part=number, parts=len(files)))
        for number, file in enumerate(files, start=1)
    )
