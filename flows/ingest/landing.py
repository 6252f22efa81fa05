"""The files in the landing folder, and the register and edition to which each belongs.

Nothing is parsed here: a file is recognised by its name and its first 64 KiB, and hashed. Editions are in a
total order (register, dataset, edition, path), so that two machines see the same.
"""

import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from pathlib import Path

from flows.home import warehouse
from flows.home.durable import file_sha256
from flows.home.settings import STAGING
from flows.ingest.extracts import updates_in
from flows.ingest.parts import with_parts
from transforms.errors import BlockedEdition, UsageError
from transforms.formats.file_names import day_in_name, month_in_name, name_without_day
from transforms.model.register import Edition, Recognised, Register
from transforms.readers import archives
from transforms.readers.delimited_layout import lacking
from transforms.readers.edition_dates import newest_day

HEAD_BYTES = 64 * 1024
LABEL_HASH_CHARS = 12


def stamp_of(path: Path) -> tuple[int, ...]:
    """Device, inode, bytes, and when (ns) content and inode changed; no program can set the last one.

    Raises OSError if the file does not exist.
    """
    stat = path.stat(follow_symlinks=False)
    return stat.st_dev, stat.st_ino, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns


@dataclass(frozen=True)
class LandedFile:
    """A delivered file.

    `name`: relative to the landing folder. `stamp`: from before its first byte was read. `blocked`: why it
    cannot be opened.
    """

    path: Path
    name: str
    sha256: str
    size_bytes: int
    stamp: tuple[int, ...]
    recognised: Recognised
    blocked: BlockedEdition | None = None


type Claimed = tuple[Register, LandedFile]  # a file with the register that recognises it


@dataclass(frozen=True)
class LandedEdition:
    """An edition: one file, or numbered parts in order."""

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
    def mapping(self) -> str:
        """SHA-256 of the mapping by which it is read; empty for a publisher's file."""
        return self.register.mapping.sha256 if self.register.mapping else ""

    @property
    def size_bytes(self) -> int:
        return sum(file.size_bytes for file in self.files)


@dataclass(frozen=True)
class Unrecognised:
    """A file that is not read, and why."""

    name: str
    reason: str
    size_bytes: int


@dataclass(frozen=True)
class Landing:
    """All files of a landing folder."""

    editions: tuple[LandedEdition, ...]
    unrecognised: tuple[Unrecognised, ...]


def look(
    folder: Path,
    registers: Mapping[str, Register],
    not_after: date = date.max,
    own: Iterable[Register] = (),
    archived: Path | None = None,
) -> Landing:
    """Every file below `folder`, in an edition or as not recognised; and those below `archived`, which has
    the layout of a landing folder.

    Raises UsageError if it is not a folder.

    `not_after`: a record's later date does not date an edition (used if a file's name has no date). `own`:
    registers as the home's mappings read them; a file named in one of these belongs to no other register.
    """
    if not folder.is_dir():
        raise UsageError(
            f"--landing {folder}: there is no such folder; name the folder with the publishers' files"
        )
    below = [(root, path) for root in (folder, archived) if root for path in sorted(_files(root))]
    # Bytes that are not UTF-8 become \\x escapes, so that the name can be stored and shown.
    names = [os.fsencode(path.relative_to(top)).decode("utf-8", "backslashreplace") for top, path in below]
    with ThreadPoolExecutor(warehouse.processors()) as pool:  # hashing takes most of the time
        claims = list(pool.map(lambda each, name: _claim(each[1], name, registers, own), below, names))
    claimed = [claim for claim in claims if not isinstance(claim, Unrecognised)]
    unrecognised = [claim for claim in claims if isinstance(claim, Unrecognised)]
    distinct_files, repeated = _without_copies(claimed)
    kept = [*with_parts(distinct_files)]
    updated, needless = _updated(kept, not_after)
    # An edition made of a full file and the update to the same extract takes that file's place.
    again = {
        edition.files[0].name
        for edition in updated
        if edition.files[0].recognised.extract == edition.files[-1].recognised.extract
    }
    whole = [
        (register, file)
        for register, file in kept
        if not file.recognised.is_update and file.name not in again
    ]
    distinct, copies = _without_repeats(sorted((*_editions(whole, not_after), *updated), key=_order))
    return Landing(_block_same_datasets(distinct), (*unrecognised, *repeated, *needless, *copies))


def _files(folder: Path) -> Iterator[Path]:
    """Everything except folders and incomplete fetches. Irregular files are listed and never opened."""
    return (
        path
        for path in folder.rglob("*")
        if (path.is_symlink() or not path.is_dir()) and STAGING not in path.relative_to(folder).parts
    )


# --- one file -----------------------------------------------------------------------------------------------


def _claim(
    path: Path, name: str, registers: Mapping[str, Register], own: Iterable[Register]
) -> Claimed | Unrecognised:
    """The file with the one register that recognises it."""
    is_file = path.is_file() and not path.is_symlink()
    size_bytes = path.stat().st_size if is_file else 0
    if reason := _why_skipped(path, name):
        return Unrecognised(name, reason, size_bytes)
    stamp = stamp_of(path)
    member, head, fault = _member_and_head(path)
    names = tuple(dict.fromkeys((member, path.name)))
    claims = _claims(own, names, head) or _claims(registers.values(), names, head)
    declined = "" if claims else _why_declined(registers, names, head)
    if not claims and not declined:
        claims = _claims_by_most_columns(registers.values(), path.name, head)
    if len(claims) > 1:
        claimants = " and ".join(each.mapping.file if each.mapping else each.name for each, _ in claims)
        return Unrecognised(name, f"claimed by {claimants}; rename it as its publisher does", size_bytes)
    if not claims:
        is_empty = not (head or (fault and size_bytes))
        unknown = "it is empty; fetch it again" if is_empty else "no register recognises it"
        damaged = ", and as an archive it is damaged" if fault else ""
        return Unrecognised(name, (declined or unknown) + damaged, size_bytes)
    register, recognised = claims[0]
    fault = None if register.documents_in else fault  # the archives within are what it reads
    if register.dataset_of is not None:
        recognised = replace(recognised, dataset=register.dataset_of(name, head))
    return register, LandedFile(path, name, file_sha256(path), size_bytes, stamp, recognised, fault)


def _why_skipped(path: Path, name: str) -> str:
    """Why a file is not opened; opening a pipe, for example, would wait for ever."""
    if path.is_symlink():
        return "a symbolic link is not followed; put the file itself here"
    if not path.is_file():
        return "no regular file (a pipe, socket or device), or it has gone; put the file itself here"
    if any(part.startswith(".") for part in Path(name).parts):
        return "hidden file, skipped"
    return "download not finished (.part), skipped" if path.suffix.lower() == ".part" else ""


def _claims(
    registers: Iterable[Register], names: Sequence[str], head: bytes
) -> list[tuple[Register, Recognised]]:
    return [
        (register, recognised)
        for register in registers
        if (recognised := _recognise(register, names, head)) is not None
    ]


def _recognise(register: Register, names: Sequence[str], head: bytes) -> Recognised | None:
    """By the name inside the archive; if that has no date, by the archive's own name."""
    recognised = [result for name in names if (result := register.recognise(name, head)) is not None]
    dated = [result for result in recognised if result.edition_date is not None]
    return next(iter((*dated, *recognised)), None)


def _claims_by_most_columns(
    registers: Iterable[Register], file_name: str, head: bytes
) -> list[tuple[Register, Recognised]]:
    """The one register whose header this is except for some columns; its reader names and refuses them."""
    nearest = [register for register in registers if lacking(register, head)]
    dated = day_in_name(file_name) or month_in_name(file_name)
    recognised = Recognised(name_without_day(file_name), dated)
    return [(register, recognised) for register in nearest] if len(nearest) == 1 else []


def _why_declined(registers: Mapping[str, Register], names: Sequence[str], head: bytes) -> str:
    """Why a register declines a file that it recognises; empty for any other file."""
    knowing = [register.declined for register in registers.values() if register.declined]
    return next(filter(None, (declined(name, head) for declined in knowing for name in names)), "")


def _member_and_head(path: Path) -> tuple[str, bytes, BlockedEdition | None]:
    """Name and first bytes of the file, or of the file in the archive. A broken archive keeps its own name,
    and an archive of archives has that of its first member.
    """
    try:
        member, head = archives.peek(path, HEAD_BYTES)
    except BlockedEdition as fault:
        return archives.name_of_nested(path) or path.name, b"", fault
    return Path(member).name, head, None


# --- editions -----------------------------------------------------------------------------------------------


def _without_copies(claimed: Iterable[Claimed]) -> tuple[list[Claimed], list[Unrecognised]]:
    """The files without copies (same bytes, same edition, same part), and the copies.

    A copy may be in another folder, even where folders distinguish datasets.
    """
    first: dict[tuple[str, str, Recognised], LandedFile] = {}
    kept: list[Claimed] = []
    copies: list[Unrecognised] = []
    for register, file in claimed:
        recognised = file.recognised
        if register.dataset_of is not None:
            recognised = replace(recognised, dataset="")
        original = first.setdefault((register.name, file.sha256, recognised), file)
        if original is file:
            kept.append((register, file))
        else:
            copies.append(_copy_of(original, file))
    return kept, copies


def _copy_of(original: LandedFile, file: LandedFile) -> Unrecognised:
    return Unrecognised(file.name, f"same bytes as {original.name}", file.size_bytes)


def _editions(claimed: Iterable[Claimed], not_after: date) -> Iterator[LandedEdition]:
    """A single file is an edition; the numbered parts of one dataset and date are one edition, even if
    undated.
    """
    groups: dict[tuple[str, str, date | None], list[Claimed]] = {}
    for register, file in claimed:
        key = (register.name, file.recognised.dataset, file.recognised.edition_date)
        groups.setdefault(key, []).append((register, file))
    for (_, dataset, dated), group in groups.items():
        register, files = group[0][0], [file for _, file in group]
        parts = [file for file in files if file.recognised.parts != 1]
        parts.sort(key=lambda file: (file.recognised.part, file.name))
        whole = ([file] for file in files if file.recognised.parts == 1)
        for edition_files in (*whole, *([parts] if parts else [])):
            yield _edition(register, dataset, dated, edition_files, not_after)


def _updated(claimed: Iterable[Claimed], not_after: date) -> tuple[list[LandedEdition], list[Unrecognised]]:
    """The editions of updates, and the updates that are not needed."""
    groups: dict[tuple[str, str], list[Claimed]] = {}
    for register, file in claimed:
        if file.recognised.extract:
            groups.setdefault((register.name, file.recognised.dataset), []).append((register, file))
    editions: list[LandedEdition] = []
    needless: list[Unrecognised] = []
    for (_, dataset), group in groups.items():
        chains, unneeded = updates_in([file for _, file in group], monthly=group[0][0].monthly_updates)
        needless += [Unrecognised(file.name, reason, file.size_bytes) for file, reason in unneeded]
        editions += [
            _edition(group[0][0], dataset, chain[-1].recognised.edition_date, chain, not_after)
            for chain in chains
        ]
    return editions, needless


def _edition(
    register: Register, dataset: str, dated: date | None, files: Sequence[LandedFile], not_after: date
) -> LandedEdition:
    sha256 = files[0].sha256
    if len(files) > 1:
        sha256 = hashlib.sha256("".join(file.sha256 for file in files).encode()).hexdigest()
    dated = dated or _newest_day(register, files, not_after)
    label = dated.isoformat() if dated else f"sha-{sha256[:LABEL_HASH_CHARS]}"
    return LandedEdition(register, dataset, label, dated, sha256, tuple(files))


def _newest_day(register: Register, files: Sequence[LandedFile], not_after: date) -> date | None:
    """By the field that the register names. A broken archive has none, and is blocked later."""
    if not register.edition_field or any(file.blocked for file in files):
        return None
    days = []
    try:
        for file in files:
            with archives.stream(file.path) as stream:
                days.append(newest_day(register, stream, not_after))
    except BlockedEdition:
        return None
    return max((day for day in days if day is not None), default=None)


def _order(edition: LandedEdition) -> tuple[str, str, str, bool, str]:
    """Single files before a set of parts, then by path."""
    is_set = edition.files[0].recognised.parts != 1
    return edition.register.name, edition.dataset, edition.label, is_set, edition.files[0].name


def _without_repeats(
    editions: Iterable[LandedEdition],
) -> tuple[list[LandedEdition], list[Unrecognised]]:
    """Each edition once, and the files of the repeats.

    A name with the date and one without it may have the same bytes, whose records give that date.
    """
    first: dict[tuple[str, str, str, str], LandedEdition] = {}
    again: list[Unrecognised] = []
    for edition in editions:
        key = (edition.register.name, edition.dataset, edition.label, edition.sha256)
        kept = first.setdefault(key, edition)
        if kept is not edition:
            again += [_copy_of(kept.files[0], file) for file in edition.files]
    return list(first.values()), again


def _block_same_datasets(editions: Iterable[LandedEdition]) -> tuple[LandedEdition, ...]:
    """Block editions of one dataset and date where paths distinguish datasets.

    Each may be a different list, and one would replace the other. `editions` are in order.
    """
    checked: list[LandedEdition] = []
    for _, group in groupby(
        editions, key=lambda edition: (edition.register.name, edition.dataset, edition.edition_date)
    ):
        same = list(group)
        if len(same) > 1 and same[0].register.dataset_of is not None:
            fault = _same_dataset(same)
            same = [
                replace(
                    edition,
                    files=tuple(replace(file, blocked=file.blocked or fault) for file in edition.files),
                )
                for edition in same
            ]
        checked += same
    return tuple(checked)


def _same_dataset(editions: Sequence[LandedEdition]) -> BlockedEdition:
    first, names = editions[0], " and ".join(file.name for edition in editions for file in edition.files)
    dated = f" of {first.label}" if first.edition_date else ", undated"
    return BlockedEdition(
        "same_data_set",
        f"{first.register.name}: {names} are each data set {first.dataset}{dated}; keep one, or, of "
        "watch lists, put each into a folder that has its name",
    )
