"""Checks on an edition's files before and after it is read. Each raises BlockedEdition."""

from itertools import count, islice

from flows.ingest.landing import LandedEdition, LandedFile, stamp_of
from transforms.errors import BlockedEdition

MISSING_NAMED_MAX = 5  # missing parts that a message names


def check_set(edition: LandedEdition) -> None:
    """For a broken archive, a missing or repeated part, or parts that disagree on their number."""
    for file in edition.files:
        if file.blocked is not None:
            raise file.blocked
    where = f"{edition.register.name} {edition.label}"
    parts_n = edition.files[0].recognised.parts
    present = [file.recognised.part for file in edition.files]
    if any(
        file.recognised.parts != parts_n or not 1 <= file.recognised.part <= parts_n for file in edition.files
    ):
        stated = ", ".join(f"{file.recognised.part} of {file.recognised.parts}" for file in edition.files)
        raise BlockedEdition(
            "part_count",
            f"{where}: the parts do not agree on how many they are ({stated}); fetch the whole set again",
        )
    # The number of parts is whatever a file's name says, so they are never listed in full.
    if missing_n := parts_n - len(set(present)):
        missing = islice(
            (part for part in count(1) if part not in present), min(missing_n, MISSING_NAMED_MAX)
        )
        named = ", ".join(map(str, missing))
        more = f" and {missing_n - MISSING_NAMED_MAX} more" if missing_n > MISSING_NAMED_MAX else ""
        raise BlockedEdition(
            "missing_part",
            f"{where}: part {named}{more} of {parts_n} is not in the landing folder; fetch it and run again",
        )
    if repeated := sorted({part for part in present if present.count(part) > 1}):
        raise BlockedEdition(
            "repeated_part",
            f"{where}: part {repeated[0]} of {parts_n} stands twice with different bytes; keep the "
            f"publisher's one",
        )
    first: dict[str, LandedFile] = {}
    for file in edition.files:
        if (other := first.setdefault(file.sha256, file)) is not file:
            raise BlockedEdition(
                "repeated_part",
                f"{where}: parts {other.recognised.part} and {file.recognised.part} of {parts_n} have the "
                "same bytes; fetch the whole set again",
            )


def check_unchanged(edition: LandedEdition) -> None:
    """For a file that changed since it was hashed: what was read may come from two different files."""
    for file in edition.files:
        if not _is_unchanged(file):
            recognised = file.recognised
            part = f"part {recognised.part} of {recognised.parts} " if recognised.parts != 1 else ""
            raise BlockedEdition(
                "changed_while_read",
                f"{edition.register.name} {edition.label}: {part}({file.name}) was changed or taken away "
                "while it was read; run again once nothing writes to the landing folder",
            )


def _is_unchanged(file: LandedFile) -> bool:
    try:
        return stamp_of(file.path) == file.stamp
    except FileNotFoundError:
        return False
