"""Landing: what lies in the folder, which register each file belongs to, and which edition it is.

Nothing is parsed here: a file is recognised by its name and first 64 KiB, and hashed. Editions come out in a total
order (register, data set, edition, path), so that two machines see the same night.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import islice
from pathlib import Path

from transforms.errors import BlockedEdition, UsageError
from transforms.model.register import Edition, Recognised, Register
from transforms.readers import archives
from transforms.readers.edition_dates import newest_day

HEAD_BYTES = 64 * 1024
HASH_BLOCK_BYTES = 1 << 20
LABEL_HASH_CHARS = 12
MISSING_NAMED_MAX = 5  # missing parts that a message names
# (own) A write within one tick of the file system's clock leaves no trace in a file's times; 2 s is the coarsest clock in use (FAT).
TICK_NS_MAX = 2_000_000_000


@dataclass(frozen=True)
class Stamp:
    """What the file system says of a file at one moment. `changed_ns`: when its bytes or anything about it changed, which nobody can set.

    taken_ns: when it was asked (Unix time); two stamps of one state of a file are equal whatever it is.
    """

    device: int
    inode: int
    size_bytes: int
    modified_ns: int
    changed_ns: int
    taken_ns: int = field(compare=False)

    @property
    def is_settled(self) -> bool:
        """Whether any later write is sure to show: the last one is so long ago that the clock has moved on."""
        return self.changed_ns + TICK_NS_MAX < self.taken_ns


def stamp_of(path: Path) -> Stamp:
    """Raises OSError where the file is not there."""
    found = path.stat(follow_symlinks=False)
    return Stamp(
        found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns, time.time_ns()
    )


@dataclass(frozen=True)
class LandedFile:
    """One delivered file. `name` is relative to the landing folder; `blocked` tells why it cannot be opened; `stamp` is from before its first byte was read."""

    path: Path
    name: str
    sha256: str
    stamp: Stamp
    recognised: Recognised
    blocked: BlockedEdition | None = None

    @property
    def size_bytes(self) -> int:
        return self.stamp.size_bytes


@dataclass(frozen=True)
class LandedEdition:
    """One edition: a file, or numbered parts in order."""

    register: Register
    dataset: str
    label: str
    edition_date: date | None
    sha256: str
    files: tuple[LandedFile, ...]

    @property
    def edition(self) -> Edition:
        return Edition(self.register.name, self.dataset, self.label, self.sha256)

    @property
    def contains(self) -> tuple[str, ...]:
        """`Recognised.contains` of its files."""
        return tuple(sorted({name for file in self.files for name in file.recognised.contains}))

    @property
    def size_bytes(self) -> int:
        return sum(file.size_bytes for file in self.files)


@dataclass(frozen=True)
class Unrecognised:
    name: str
    reason: str
    size_bytes: int


@dataclass(frozen=True)
class Landing:
    editions: tuple[LandedEdition, ...]
    unrecognised: tuple[Unrecognised, ...]


def look(folder: Path, registers: Mapping[str, Register], not_after: date = date.max) -> Landing:
    """Every file below `folder`, as editions or as not recognised. Raises UsageError where it is no folder.

    `not_after`: no later day in a record dates an edition whose name has no date.
    """
    if not folder.is_dir():
        raise UsageError(
            f"--landing {folder.name}: there is no such folder; name the folder that holds the publishers' files"
        )
    claimed: list[tuple[Register, LandedFile]] = []
    unrecognised: list[Unrecognised] = []
    for path in sorted(_files(folder)):
        found = _claim(path, _readable(path.relative_to(folder)), registers)
        if isinstance(found, Unrecognised):
            unrecognised.append(found)
        else:
            claimed.append(found)
    editions, repeated = _editions(claimed, not_after)
    return Landing(editions, (*unrecognised, *repeated))


def _readable(path: Path) -> str:
    """A file's name as text that can be stored and shown; bytes that are no UTF-8 become \\x escapes."""
    return os.fsencode(path).decode("utf-8", errors="backslashreplace")


def _files(folder: Path) -> Iterator[Path]:
    """Everything that is no folder: what is no regular file either is named, and never opened."""
    return (path for path in folder.rglob("*") if path.is_symlink() or not path.is_dir())


def _claim(
    path: Path, name: str, registers: Mapping[str, Register]
) -> tuple[Register, LandedFile] | Unrecognised:
    if reason := _no_file(path):
        return Unrecognised(name, reason, 0)
    stamp = stamp_of(path)
    size = stamp.size_bytes
    if reason := _skipped(path, name):
        return Unrecognised(name, reason, size)
    member, head, fault = _inner(path)
    claims = [
        (register, recognised)
        for register in registers.values()
        if (recognised := _recognised(register, (member, path.name), head)) is not None
    ]
    if len(claims) > 1:
        return Unrecognised(
            name,
            f"claimed by {' and '.join(register.name for register, _ in claims)}; rename it as its publisher does",
            size,
        )
    if not claims:
        said = next(
            (
                reason
                for register in registers.values()
                for reason in _declined(register, (member, path.name), head)
            ),
            "no register recognises it",
        )
        return Unrecognised(name, said + (", and as an archive it is damaged" if fault else ""), size)
    register, recognised = claims[0]
    if register.dataset_of is not None:
        recognised = replace(recognised, dataset=register.dataset_of(name, head))
    return register, LandedFile(path, name, _sha256(path), stamp, recognised, fault)


def _no_file(path: Path) -> str:
    """Why it is never opened: a pipe would be waited for, for ever."""
    if path.is_symlink():
        return "a symbolic link is not followed; put the file itself here"
    return (
        ""
        if path.is_file()
        else "no regular file (a pipe, socket or device), or it has gone; put the file itself here"
    )


def _skipped(path: Path, name: str) -> str:
    if any(part.startswith(".") for part in Path(name).parts):
        return "hidden file, skipped"
    return "download not finished (.part), skipped" if path.suffix.lower() == ".part" else ""


def _recognised(register: Register, names: Sequence[str], head: bytes) -> Recognised | None:
    """By the name inside the archive; where that one has no date, by the archive's own."""
    found = [
        recognised
        for name in dict.fromkeys(names)
        if (recognised := register.recognise(name, head)) is not None
    ]
    return next(
        (recognised for recognised in found if recognised.edition_date is not None),
        found[0] if found else None,
    )


def _declined(register: Register, names: Sequence[str], head: bytes) -> list[str]:
    """Why the register does not read a file that it knows; nothing for any other file."""
    return [reason for name in names if register.declined and (reason := register.declined(name, head))]


def _inner(path: Path) -> tuple[str, bytes, BlockedEdition | None]:
    """Name and head of what is inside an archive, or of the file itself. A broken archive keeps the name it promises."""
    if not archives.is_archive(path):
        with path.open("rb") as file:
            return path.name, file.read(HEAD_BYTES), None
    try:
        member, head = archives.peek(path, HEAD_BYTES)
    except BlockedEdition as fault:
        return path.name, b"", fault
    return Path(member).name, head, None


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(HASH_BLOCK_BYTES):
            digest.update(block)
    return digest.hexdigest()


def _editions(
    claimed: Sequence[tuple[Register, LandedFile]], not_after: date
) -> tuple[tuple[LandedEdition, ...], tuple[Unrecognised, ...]]:
    """Group numbered parts; a copy of a file (same bytes, same edition, same part) is named, not read again."""
    groups: dict[tuple[str, str, date | None], list[LandedFile]] = {}
    owner: dict[str, Register] = {}
    repeated: list[Unrecognised] = []
    seen: dict[tuple[str, str, Recognised], str] = {}
    for register, file in claimed:
        owner[register.name] = register
        # Of one data set that lies in two folders one is enough.
        told = replace(file.recognised, dataset="") if register.dataset_of is not None else file.recognised
        identity = (register.name, file.sha256, told)
        if first := seen.get(identity):
            repeated.append(Unrecognised(file.name, f"same bytes as {first}", file.size_bytes))
            continue
        seen[identity] = file.name
        groups.setdefault((register.name, file.recognised.dataset, file.recognised.edition_date), []).append(
            file
        )
    editions = [
        _edition(owner[name], dataset, dated, files, not_after)
        for (name, dataset, dated), group in groups.items()
        for files in _sets(group)
    ]
    once, again = _each_once(sorted(editions, key=_order))
    return _told_apart(once), (*repeated, *again)


def _told_apart(editions: Sequence[LandedEdition]) -> tuple[LandedEdition, ...]:
    """Editions of one data set and date, of a register whose data sets are told by paths, are blocked: each may be another list, and one would take the other's place."""
    alike: dict[tuple[str, str, date | None], list[LandedEdition]] = {}
    for edition in editions:
        if edition.register.dataset_of is not None:
            alike.setdefault((edition.register.name, edition.dataset, edition.edition_date), []).append(
                edition
            )
    faults = {
        id(edition): _same_data_set(group) for group in alike.values() if len(group) > 1 for edition in group
    }
    return tuple(
        replace(
            edition,
            files=tuple(replace(file, blocked=file.blocked or faults[id(edition)]) for file in edition.files),
        )
        if id(edition) in faults
        else edition
        for edition in editions
    )


def _same_data_set(editions: Sequence[LandedEdition]) -> BlockedEdition:
    first, names = editions[0], " and ".join(file.name for edition in editions for file in edition.files)
    dated = f" of {first.label}" if first.edition_date else ", undated"
    return BlockedEdition(
        "same_data_set",
        f"{first.register.name}: {names} are each data set {first.dataset}{dated}; keep one, or put each list into a folder that has the list's name",
    )


def _each_once(
    editions: Sequence[LandedEdition],
) -> tuple[tuple[LandedEdition, ...], tuple[Unrecognised, ...]]:
    """The first of editions that are one: a name with the date and one without it may bring the same bytes, whose records give that date."""
    first: dict[tuple[str, str, str, str], LandedEdition] = {}
    again: list[Unrecognised] = []
    for edition in editions:
        kept = first.setdefault(
            (edition.register.name, edition.dataset, edition.label, edition.sha256), edition
        )
        if kept is not edition:
            again += [
                Unrecognised(file.name, f"same bytes as {kept.files[0].name}", file.size_bytes)
                for file in edition.files
            ]
    return tuple(first.values()), tuple(again)


def _edition(
    register: Register, dataset: str, dated: date | None, files: list[LandedFile], not_after: date
) -> LandedEdition:
    sha256 = _set_sha256(files)
    dated = dated or _newest_day(register, files, not_after)
    label = dated.isoformat() if dated else f"sha-{sha256[:LABEL_HASH_CHARS]}"
    return LandedEdition(register, dataset, label, dated, sha256, tuple(files))


def _newest_day(register: Register, files: Sequence[LandedFile], not_after: date) -> date | None:
    """By the field that the register names, where no name has a date. A broken archive tells none; it is blocked later."""
    if not register.edition_field or any(file.blocked for file in files):
        return None
    try:
        return max(
            (day for file in files if (day := _newest_day_in(register, file.path, not_after)) is not None),
            default=None,
        )
    except BlockedEdition:
        return None


def _newest_day_in(register: Register, path: Path, not_after: date) -> date | None:
    if archives.is_archive(path):
        with archives.stream(path) as stream:
            return newest_day(register, stream, not_after)
    with path.open("rb") as file:
        return newest_day(register, file, not_after)


def _order(edition: LandedEdition) -> tuple[str, str, str, bool, str]:
    """Single files before a set of parts, then by path."""
    return (
        edition.register.name,
        edition.dataset,
        edition.label,
        edition.files[0].recognised.parts != 1,
        edition.files[0].name,
    )


def _sets(files: list[LandedFile]) -> list[list[LandedFile]]:
    """The parts of one date (undated ones too) are one set; a single file is an edition of its own."""
    numbered = sorted(
        (file for file in files if file.recognised.parts != 1),
        key=lambda file: (file.recognised.part, file.name),
    )
    single = [[file] for file in files if file.recognised.parts == 1]
    return single + ([numbered] if numbered else [])


def _set_sha256(files: Sequence[LandedFile]) -> str:
    if len(files) == 1:
        return files[0].sha256
    return hashlib.sha256("".join(file.sha256 for file in files).encode()).hexdigest()


def check_set(edition: LandedEdition) -> None:
    """Raise BlockedEdition for a broken archive, a missing or repeated part, or parts that disagree on their number."""
    where = f"{edition.register.name} {edition.label}"
    for file in edition.files:
        if file.blocked is not None:
            raise file.blocked
    expected = sorted({file.recognised.parts for file in edition.files})
    present = [file.recognised.part for file in edition.files]
    if len(expected) > 1 or not all(1 <= part <= expected[0] for part in present):
        said = ", ".join(f"{file.recognised.part} of {file.recognised.parts}" for file in edition.files)
        raise BlockedEdition(
            "part_count",
            f"{where}: the parts do not agree on how many they are ({said}); fetch the whole set again",
        )
    if missing := list(
        islice((part for part in range(1, expected[0] + 1) if part not in present), MISSING_NAMED_MAX)
    ):
        more = expected[0] - len(set(present)) - len(missing)
        said = ", ".join(map(str, missing)) + (f" and {more} more" if more else "")
        raise BlockedEdition(
            "missing_part",
            f"{where}: part {said} of {expected[0]} is not in the landing folder; fetch it and run again",
        )
    if twice := sorted({part for part in present if present.count(part) > 1}):
        raise BlockedEdition(
            "repeated_part",
            f"{where}: part {twice[0]} of {expected[0]} stands twice with different bytes; keep the publisher's one",
        )
    if same := _same_bytes(edition.files):
        said = " and ".join(str(file.recognised.part) for file in same)
        raise BlockedEdition(
            "repeated_part",
            f"{where}: parts {said} of {expected[0]} have the same bytes; fetch the whole set again",
        )


def _same_bytes(files: Sequence[LandedFile]) -> tuple[LandedFile, LandedFile] | None:
    seen: dict[str, LandedFile] = {}
    return next(
        ((other, file) for file in files if (other := seen.setdefault(file.sha256, file)) is not file), None
    )


def check_unchanged(edition: LandedEdition) -> None:
    """Raise BlockedEdition where a file of the edition is no longer what was hashed: what was read of it then has no hash, and may be of two files."""
    for file in edition.files:
        if not _is_unchanged(file):
            part = (
                f"part {file.recognised.part} of {file.recognised.parts} "
                if file.recognised.parts != 1
                else ""
            )
            where = f"{edition.register.name} {edition.label}: {part}({file.name})"
            raise BlockedEdition(
                "changed_while_read",
                f"{where} was changed or taken away while it was read; run again once the landing folder is at rest",
            )


def _is_unchanged(file: LandedFile) -> bool:
    """By what the file system says, and by the bytes where that alone is no proof."""
    try:
        return stamp_of(file.path) == file.stamp and (
            file.stamp.is_settled or _sha256(file.path) == file.sha256
        )
    except FileNotFoundError:
        return False
