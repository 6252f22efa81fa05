"""Lake: an edition's native files to canonical statements in Parquet, every record accounted for.

`ingest` reads one edition into a folder under `work/`; nothing of it is in the lake until `admit` has renamed its
files there and written its manifest, last. No manifest, not there. An edition whose key (bytes, parser and schema)
has a manifest is never parsed again.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import BinaryIO, Final

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

import transforms
from flows.home import warehouse
from flows.home.durable import fsync_dir, replace_durably, write_bytes_durably
from flows.home.settings import Home
from flows.ingest.landing import LandedEdition, check_set, check_unchanged
from transforms.errors import BlockedEdition, RunFailed
from transforms.model.parsing import conform, reject_rows
from transforms.model.register import (
    BATCH_COLUMNS,
    IGNORED_SCHEMA,
    REJECT_SCHEMA,
    Declared,
    Edition,
    Index,
    Register,
)
from transforms.model.statements import STATEMENT_TABLES, Column, Table
from transforms.model.views import FINDING_VIEW, GATE_VIEW, REJECT_VIEW
from transforms.readers import Batch, archives, read

UNPACKED_BYTES_MAX = (
    64 << 30
)  # (own) the largest register unpacked is about 12 GB; ten times the disk of a surprise is refused
ARCHIVE_MEMBERS_MAX = 64  # (own)
QUARANTINED_BYTES_MAX = 64 << 10  # (own) of one rejected record; an overlong line can be many megabytes
# Written every night and read several times: lz4 takes two thirds of the time of zstd. It takes 1.8 times the disk, which is still less than the native files.
COMPRESSION: Final = "lz4"
DICTIONARY_SHARE_MAX = (
    0.1  # (own) of values that differ, in DICTIONARY_ROWS: a dictionary of ids or names is built in vain
)
DICTIONARY_ROWS = 5_000
MENTION_PATTERN = re.compile(
    rb"(?=[A-Z]{0,11}[0-9])[A-Z0-9]{2,12}"
)  # what could be an official number in a record that could not be read

# A finding shows a value only where it has the shape of a publisher's code, a dotted key or a number prefix. Anything else
# may be a person's name in the wrong column: its length is told, and the record itself stands in its own tables.
SHOWABLE_VALUE = r"^([a-z0-9]+([._#-]+[a-z0-9]+)+|[A-Z]{1,3})$"

# What a rejected record may have been about, so that a rejected record is never taken for an absent one.
MENTION = Table(
    "reject_mention",
    "Number-like words in rejected records.",
    (
        Column("register", "text", "Register.", privacy="open"),
        Column("dataset", "text", "Data set.", privacy="open"),
        Column("edition", "text", "Edition.", privacy="open"),
        Column("token", "text", "The word."),
    ),
    ("register", "dataset", "edition", "token"),
)
LAKE_TABLES: Mapping[str, Table] = {
    **STATEMENT_TABLES,
    "reject": REJECT_VIEW,
    "finding": FINDING_VIEW,
    "gate": GATE_VIEW,
    "reject_mention": MENTION,
}


@dataclass(frozen=True)
class EditionFacts:
    """What became of one edition; the content of its manifest, and of `v_edition`."""

    register: str
    dataset: str
    label: str
    edition_date: date | None
    key: str
    file_name: str
    file_sha256: str
    file_bytes: int
    completeness: str
    completeness_reason: str
    declared_rows: int | None
    rows_in: int
    rows_loaded: int
    rows_rejected: int
    rows_ignored: int
    synthetic: bool = False
    arrival: int = 0
    blocked_code: str | None = None
    blocked_message: str | None = None
    rows_suppressed: int = 0
    suppression: str = ""  # id of the list of purged subjects that it was read under
    contains: tuple[str, ...] = ()  # `Recognised.contains`
    ignored_reasons: tuple[str, ...] = ()  # `reason: records`, in order
    tables: tuple[
        str, ...
    ] = ()  # those that have a file; empty in a manifest of an earlier version, which does not say

    @property
    def rows_add_up(self) -> bool:
        return self.rows_in == self.rows_loaded + self.rows_rejected + self.rows_ignored


@dataclass(frozen=True)
class Ingested:
    """An edition read into `folder` (one `<table>.parquet` each), not yet in the lake."""

    facts: EditionFacts
    folder: Path
    quarantine: Path


FACTS = frozenset(one.name for one in fields(EditionFacts))

# --- the key --------------------------------------------------------------------------------------------------------

PARSER_SOURCES = ("model", "values", "readers", "formats")  # folders of transforms/


def lake_key(edition: LandedEdition, *, synthetic: bool = False) -> str:
    """32 hex digits over the bytes, the register's module and everything that parsers share."""
    return _key(edition.register.name, edition.sha256, edition.dataset, edition.label, synthetic=synthetic)


def is_read_as_today(facts: EditionFacts) -> bool:
    """Whether an edition in the lake is as the code of today would read it."""
    return facts.key == _key(
        facts.register, facts.file_sha256, facts.dataset, facts.label, synthetic=facts.synthetic
    )


def _key(register: str, sha256: str, dataset: str, label: str, *, synthetic: bool) -> str:
    module = _register_sources().get(register, "")
    return hashlib.sha256(
        "|".join((sha256, dataset, label, module, _shared_sources(), str(synthetic))).encode()
    ).hexdigest()[:32]


def _package() -> Path:
    return Path(next(iter(transforms.__path__)))


@cache
def _register_sources() -> Mapping[str, str]:
    """Register → hash of its module. All are read at once: code that is replaced while a night runs does not run in it."""
    return {path.stem: _source_bytes(path) for path in sorted((_package() / "registers").glob("*.py"))}


@cache
def _shared_sources() -> str:
    """This module settles duplicates, what is shown of a record and whether an edition is whole; polars reads and casts."""
    roots = [_package() / name for name in PARSER_SOURCES]
    files = sorted(
        path
        for root in roots
        for path in ([root] if root.is_file() else root.rglob("*"))
        if path.suffix in {".py", ".csv"}
    )
    return hashlib.sha256(
        "".join([*map(_source_bytes, (*files, Path(__file__))), pl.__version__]).encode()
    ).hexdigest()


def _source_bytes(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


# --- reading one edition --------------------------------------------------------------------------------------------


class _Writer:
    """Parquet files of the canonical tables, opened when a first row comes. Row order is file order: total."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._open: dict[str, pq.ParquetWriter] = {}

    def add(self, name: str, frame: pl.DataFrame) -> None:
        """`frame` has the columns of the table `name`, in their types."""
        if frame.height == 0:
            return
        table = frame.to_arrow(
            compat_level=pl.CompatLevel.newest()
        )  # texts as views: the file holds the same, and no text is copied on the way
        if name not in self._open:
            self._open[name] = _parquet_writer(self._folder / f"{name}.parquet", table.schema, frame)
        self._open[name].write_table(table)

    def close(self, tables: Iterable[str]) -> None:
        for writer in self._open.values():
            writer.close()
        for name in tables:
            if name not in self._open:
                LAKE_TABLES[name].empty().write_parquet(self._folder / f"{name}.parquet")


def _parquet_writer(path: Path, schema: pa.Schema, first: pl.DataFrame) -> pq.ParquetWriter:
    """`first`: the first rows. The least and greatest text of a column are left out: nobody looks for a range of texts, and they take a seventh of the time."""
    with_statistics = [
        name for name in first.columns if first.schema[name] not in (pl.String, pl.List(pl.String))
    ]
    return pq.ParquetWriter(
        path,
        schema,
        compression=COMPRESSION,
        use_dictionary=_repeating(first),  # type: ignore[arg-type]  # lists are documented; the stub omits them
        write_statistics=with_statistics,
    )


def _repeating(frame: pl.DataFrame) -> list[str]:
    """Columns worth a dictionary, by the first rows of a table: one of ids or names is built in vain."""
    first = frame.head(DICTIONARY_ROWS)
    return [
        name
        for name in first.columns
        if first.schema[name] != pl.String
        or first[name].n_unique() <= max(1, first.height * DICTIONARY_SHARE_MAX)
    ]


@dataclass
class _Account:
    """Running account of one edition's records. records: KEPT_OF_RECORD, for every record loaded so far; the only part that grows with the file."""

    rows_in: int = 0
    records: list[pl.DataFrame] = field(default_factory=list)
    rejects: list[pl.DataFrame] = field(default_factory=list)
    ignored: list[pl.DataFrame] = field(default_factory=list)
    findings: list[pl.DataFrame] = field(default_factory=list)
    totals: list[bytes] = field(default_factory=list)
    loaded: int = 0


# A locator may be a hundred bytes long, and there are millions: two hashes stand for it. With 128 bits, that two locators
# of a hundred million agree by chance has a probability below one in 10^22.
KEPT_OF_RECORD: Mapping[str, pl.Expr] = {
    **{name: pl.col(name).cast(dtype) for name, dtype in BATCH_COLUMNS.items()},
    "key": pl.col("record").hash(1),
    "further_key": pl.col("record").hash(2),
}


def ingest(edition: LandedEdition, work: Path, key: str, *, synthetic: bool = False) -> Ingested:
    """Read an edition into `work`. Raises BlockedEdition where the file as a whole cannot be trusted, or is no longer what was hashed."""
    check_set(edition)
    try:
        ingested = _read(edition, work, key, synthetic=synthetic)
    except Exception:
        check_unchanged(edition)  # then that is the reason, whatever came of reading it
        raise
    check_unchanged(edition)
    return ingested


def _read(edition: LandedEdition, work: Path, key: str, *, synthetic: bool) -> Ingested:
    work.mkdir(parents=True, exist_ok=True)
    paths = list(_unpacked(edition, work / "unpacked"))
    account = _Account()
    writer = _Writer(work)
    batches = _batches(edition.register, paths)
    known = edition.edition
    if edition.register.index is not None:
        index, batches = _indexed(edition.register.index, edition.register, batches, work / "batches")
        known = replace(known, index=index)
    for made in _ahead(batches, lambda batch: _made(batch, edition.register, known)):
        _take(made, writer, account)
    writer.close(table.name for table in edition.register.tables)
    _settle_duplicates(account, work, edition.register)
    return _finish(edition, key, work, paths, account, synthetic=synthetic)


def _unpacked(edition: LandedEdition, into: Path) -> Iterator[Path]:
    for file in edition.files:
        if not archives.is_archive(file.path):
            yield file.path
            continue
        members = archives.unpack(
            file.path, into, bytes_max=UNPACKED_BYTES_MAX, members_max=ARCHIVE_MEMBERS_MAX
        )
        if len(members) != 1:
            raise BlockedEdition(
                "archive_members",
                f"{edition.register.name} {file.name}: holds {len(members)} files where one is expected; unpack it and land the right one",
            )
        yield members[0].path


def _batches(register: Register, paths: list[Path]) -> Iterator[Batch]:
    """All parts in order; records are numbered through."""
    records_n = 0
    for part_no, path in enumerate(paths, start=1):
        for batch in read(register, path, part_no=part_no, first_record_no=records_n + 1):
            records_n += batch.records_in
            yield batch


def _indexed(
    index: Index, register: Register, batches: Iterator[Batch], aside: Path
) -> tuple[pl.DataFrame, Iterator[Batch]]:
    """The index of the whole edition, and its batches again: their records wait on disk, because a file is parsed far more slowly than it is read back."""
    aside.mkdir(mode=0o700)
    emptied: list[Batch] = []
    kept: list[pl.DataFrame] = []
    for number, batch in enumerate(batches):
        batch.frame.write_parquet(aside / str(number), compression="lz4")
        emptied.append(replace(batch, frame=batch.frame.clear()))
        kept.append(index.kept(conform(batch.frame, register.fields)[0]))
    return index.settled(pl.concat(kept)), _read_back(emptied, aside)


def _read_back(emptied: list[Batch], aside: Path) -> Iterator[Batch]:
    for number, batch in enumerate(emptied):
        path = aside / str(number)
        frame = pl.read_parquet(path, memory_map=False)
        path.unlink()
        yield replace(batch, frame=frame)


@dataclass(frozen=True)
class _Made:
    """What one batch became: its tables as they are written, and its part of the account."""

    tables: Mapping[str, pl.DataFrame]
    account: _Account


def _made(batch: Batch, register: Register, edition: Edition) -> _Made:
    good, misfits, found = conform(batch.frame, register.fields)
    result = register.parse(good, edition)
    if undeclared := sorted(result.tables.keys() - {table.name for table in register.tables}):
        raise BlockedEdition(
            "parser_error",
            f"{register.name}: its parser fills {undeclared[0]}, which no gate would look at; name the table in tables= of transforms/registers/{register.name}.py",
        )
    told = result.records["record_no"].is_in(
        pl.concat(
            [pl.Series(dtype=pl.Int64), *(frame["record_no"] for frame in result.tables.values())]
        ).implode()
    )
    account = _Account(
        rows_in=batch.records_in,
        records=[result.records.filter(told).select(**KEPT_OF_RECORD)],
        rejects=[_as(frame, REJECT_SCHEMA) for frame in (batch.rejects, misfits, result.rejected)],
        ignored=[
            _as(frame, IGNORED_SCHEMA)
            for frame in (batch.ignored, result.ignored, _untold(result.records.filter(~told)))
        ],
        findings=[batch.findings, found, result.findings],
        totals=list(batch.totals),
    )
    return _Made({name: LAKE_TABLES[name].conformed(frame) for name, frame in result.tables.items()}, account)


def _untold(records: pl.DataFrame) -> pl.DataFrame:
    """Records that a parser kept and of which it says nothing are not loaded, whatever their kind is: that they came is seen by the reason."""
    return records.select("record_no", pl.lit("no_statement").alias("reason"))


def _read_ahead(batches: Iterable[Batch]) -> Iterator[Batch]:
    """The batches, the next of which is read while one is worked on: reading takes half of the time, and writing waits for nothing then."""
    left = iter(batches)
    with ThreadPoolExecutor(1) as reader:
        following = reader.submit(next, left, None)
        while (batch := following.result()) is not None:
            following = reader.submit(next, left, None)
            yield batch


def _ahead(batches: Iterable[Batch], make: Callable[[Batch], _Made]) -> Iterator[_Made]:
    """Batches made in parallel, in their order. At most two more than there are processors are in memory."""
    pending: deque[Future[_Made]] = deque()
    with ThreadPoolExecutor(warehouse.processors()) as pool:
        try:
            for batch in _read_ahead(batches):
                pending.append(pool.submit(make, batch))
                if len(pending) > warehouse.processors():
                    yield pending.popleft().result()
            while pending:
                yield pending.popleft().result()
        finally:
            pool.shutdown(cancel_futures=True)


def _take(made: _Made, writer: _Writer, account: _Account) -> None:
    for name, frame in made.tables.items():
        writer.add(name, frame)
    account.rows_in += made.account.rows_in
    for whole, part in (
        (account.records, made.account.records),
        (account.rejects, made.account.rejects),
        (account.ignored, made.account.ignored),
    ):
        whole += [frame for frame in part if frame.height]
    account.findings += [frame for frame in made.account.findings if frame.height]
    account.totals += made.account.totals


def _as(frame: pl.DataFrame, schema: Mapping[str, pl.DataType]) -> pl.DataFrame:
    return frame.select(pl.col(name).cast(dtype) for name, dtype in schema.items())


def _settle_duplicates(account: _Account, work: Path, register: Register) -> None:
    """An exact duplicate is ignored; the same key with other content is rejected; the first stays, for both."""
    records = (
        pl.concat(account.records)
        if account.records
        else pl.DataFrame(schema=dict.fromkeys(KEPT_OF_RECORD, pl.UInt64()))
    )
    repeated = records.filter(~pl.col("key").is_first_distinct()).select("key").unique()
    suspects = records.join(repeated, on="key", how="semi", maintain_order="left")
    is_first = pl.struct("key", "further_key").is_first_distinct()
    later = suspects.filter(~is_first)
    account.loaded = records.height - later.height
    if later.height == 0:
        return
    first = suspects.filter(is_first).select("key", "further_key", pl.col("content_hash").alias("first_hash"))
    judged = later.join(first, on=["key", "further_key"], how="left", maintain_order="left")
    exact = judged.filter(pl.col("content_hash") == pl.col("first_hash"))
    other = judged.filter(pl.col("content_hash") != pl.col("first_hash"))
    account.ignored.append(exact.select("record_no", pl.lit("duplicate").alias("reason")))
    account.rejects.append(reject_rows(other, "duplicate_key", ""))
    for table in register.tables:
        _drop_records(work / f"{table.name}.parquet", later["record_no"])


def _drop_records(path: Path, record_nos: pl.Series) -> None:
    kept = path.with_suffix(".kept")
    pl.scan_parquet(path).filter(~pl.col("record_no").is_in(record_nos.implode())).sink_parquet(
        kept, compression=COMPRESSION
    )
    kept.replace(path)


def _finish(
    edition: LandedEdition, key: str, work: Path, paths: list[Path], account: _Account, *, synthetic: bool
) -> Ingested:
    rejects = pl.concat([pl.DataFrame(schema=REJECT_SCHEMA), *account.rejects]).sort("record_no")
    declared = _declared(edition.register, account.totals)
    completeness, reason = _completeness(
        edition.register,
        declared,
        account.rows_in - sum(frame.height for frame in account.ignored if _is_furniture(frame)),
    )
    facts = EditionFacts(
        register=edition.register.name,
        dataset=edition.dataset,
        label=edition.label,
        edition_date=edition.edition_date,
        key=key,
        file_name=edition.files[0].name,
        file_sha256=edition.sha256,
        file_bytes=edition.size_bytes,
        contains=edition.contains,
        completeness=completeness,
        completeness_reason=reason,
        declared_rows=declared.records,
        rows_in=account.rows_in,
        rows_loaded=account.loaded,
        rows_rejected=rejects.height,
        rows_ignored=sum(frame.height for frame in account.ignored),
        ignored_reasons=_reasons(account.ignored),
        synthetic=synthetic,
    )
    where = {
        "register": facts.register,
        "dataset": facts.dataset,
        "edition": facts.label,
        "file_sha256": facts.file_sha256,
    }
    _write_side_tables(work, where, rejects, account.findings)
    _write_quarantine(work, where, rejects, paths)
    return Ingested(facts, work, work / "quarantine.jsonl")


def _reasons(ignored: Sequence[pl.DataFrame]) -> tuple[str, ...]:
    counted = (
        pl.concat([pl.DataFrame(schema=IGNORED_SCHEMA), *ignored]).group_by("reason").len().sort("reason")
    )
    return tuple(f"{reason}: {records_n}" for reason, records_n in counted.iter_rows())


def blocked_facts(
    edition: LandedEdition, key: str, fault: BlockedEdition, *, synthetic: bool
) -> EditionFacts:
    """Facts of an edition whose file as a whole could not be used: no record was counted."""
    return EditionFacts(
        register=edition.register.name,
        dataset=edition.dataset,
        label=edition.label,
        edition_date=edition.edition_date,
        key=key,
        file_name=edition.files[0].name,
        file_sha256=edition.sha256,
        file_bytes=edition.size_bytes,
        contains=edition.contains,
        completeness="extract",
        completeness_reason="blocked",
        declared_rows=None,
        rows_in=0,
        rows_loaded=0,
        rows_rejected=0,
        rows_ignored=0,
        synthetic=synthetic,
        blocked_code=fault.code,
        blocked_message=_with_file(str(fault), edition),
    )


def _with_file(message: str, edition: LandedEdition) -> str:
    """What is wrong, and in which file: a register's own functions are given records and no name. Of a set the first file, which leads to the others."""
    if any(file.path.name in message for file in edition.files):
        return message
    first, others_n = edition.files[0].name, len(edition.files) - 1
    return f"{message}. The file is {first}" + (f", the first of {others_n + 1}" if others_n else "")


def _is_furniture(frame: pl.DataFrame) -> bool:
    """True for trailers and totals, which a publisher does not count among its records."""
    return frame.height > 0 and frame["reason"].is_in(["trailer", "totals"]).all()


def _declared(register: Register, totals: list[bytes]) -> Declared:
    """The publisher's total; several that disagree count as the largest, so that the edition is an extract."""
    if register.declared_totals is None:
        return Declared()
    counts = [
        count for raw in dict.fromkeys(totals) if (count := register.declared_totals(raw).records) is not None
    ]
    return Declared(max(counts) if counts else None)


def _completeness(register: Register, declared: Declared, records_n: int) -> tuple[str, str]:
    if declared.records is None:
        return (
            "complete",
            "no total published"
            if register.declared_totals is None
            else "the publisher's total is missing from the file",
        )
    if declared.records != records_n:
        return "extract", f"the publisher's total is {declared.records} and the file has {records_n} records"
    return "complete", "the publisher's total agrees"


def _write_side_tables(
    work: Path, where: Mapping[str, str], rejects: pl.DataFrame, found: list[pl.DataFrame]
) -> None:
    fixed = [pl.lit(value).alias(name) for name, value in where.items()]
    locator = pl.concat_str(
        pl.when(pl.col("part_no") > 1).then(pl.format("part {}, ", "part_no")).otherwise(pl.lit("")),
        pl.format("record {}", "record_no"),
        pl.when(pl.col("byte_offset").is_not_null())
        .then(pl.format(" at byte {}", "byte_offset"))
        .otherwise(pl.lit("")),
        ignore_nulls=True,
    )
    shown = rejects.select(
        *fixed,
        "code",
        pl.when(pl.col("field") != "").then("field").alias("field"),
        locator.alias("locator"),
        "record_no",
    )
    REJECT_VIEW.conformed(shown).write_parquet(work / "reject.parquet")
    findings = (
        pl.concat(found)
        .with_columns(_showable(pl.col("value")))
        .group_by("code", "field", "value")
        .agg(pl.col("rows_n").sum())
        .sort("code", "field", "value")
        if found
        else None
    )
    frame = (
        FINDING_VIEW.empty()
        if findings is None
        else FINDING_VIEW.conformed(findings.select(*fixed, pl.all()))
    )
    frame.write_parquet(work / "finding.parquet")


def _showable(value: pl.Expr) -> pl.Expr:
    hidden = pl.format("{} characters, not shown", value.str.len_chars())
    return pl.when(value.str.contains(SHOWABLE_VALUE)).then(value).otherwise(hidden).alias("value")


def _write_quarantine(work: Path, where: Mapping[str, str], rejects: pl.DataFrame, paths: list[Path]) -> None:
    """Raw bytes of every rejected record (mode 0600), and the number-like words in them."""
    tokens: set[str] = set()
    target = work / "quarantine.jsonl"
    target.touch(mode=0o600)
    with target.open("w", encoding="utf-8") as file, ExitStack() as opened:
        parts: dict[int, BinaryIO] = {}
        for row in rejects.iter_rows(named=True):
            raw = b""
            if row["byte_offset"] is not None:
                part_no = row["part_no"]
                if part_no not in parts:
                    parts[part_no] = opened.enter_context(paths[part_no - 1].open("rb"))
                raw = archives.raw_record_of(
                    parts[part_no], row["byte_offset"], min(row["byte_length"], QUARANTINED_BYTES_MAX)
                )
            tokens.update(word.decode() for word in MENTION_PATTERN.findall(raw.upper()))
            file.write(json.dumps({**where, **row, "raw": raw.decode("latin-1")}) + "\n")
    mentions = pl.DataFrame(
        {
            **{name: [value] * len(tokens) for name, value in where.items() if name in MENTION},
            "token": sorted(tokens),
        },
        schema=MENTION.schema,
    )
    mentions.write_parquet(work / "reject_mention.parquet")


# --- into the lake --------------------------------------------------------------------------------------------------


def table_path(home: Home, table: str, facts: EditionFacts) -> Path:
    return (
        home.lake / table / f"register={facts.register}" / f"edition={facts.label}" / f"{facts.key}.parquet"
    )


def manifest_path(home: Home, facts: EditionFacts) -> Path:
    return home.lake / "manifests" / facts.register / f"{facts.label}-{facts.key}.json"


def admit(home: Home, ingested: Ingested) -> EditionFacts:
    """Rename an edition's tables into the lake and write its manifest, last. Safe to be killed at any point."""
    paths = sorted(ingested.folder.glob("*.parquet"))
    arrival = 1 + max((known.arrival for known in manifests(home)), default=0)
    facts = replace(ingested.facts, arrival=arrival, tables=tuple(path.stem for path in paths))
    for path in paths:
        target = table_path(home, path.stem, facts)
        _make_durably(target.parent)
        replace_durably(path, target)
    kept_aside = home.quarantine / facts.register / f"{facts.label}-{facts.key}.jsonl"
    _make_durably(kept_aside.parent, mode=0o700)
    replace_durably(ingested.quarantine, kept_aside)
    target = manifest_path(home, facts)
    _make_durably(target.parent)
    write_bytes_durably(target, json.dumps(asdict(facts), default=str, indent=1, sort_keys=True).encode())
    fsync_dir(target.parent)
    return facts


def _make_durably(folder: Path, *, mode: int = 0o777) -> None:
    """Make a folder, and those above it, each of whose names is on the disk before something is put into it."""
    if not folder.is_dir():
        _make_durably(folder.parent)
        folder.mkdir(mode=mode, exist_ok=True)
        fsync_dir(folder.parent)


def manifests(home: Home) -> tuple[EditionFacts, ...]:
    """Every edition in the lake, in order of arrival."""
    found = [facts_from_json(path.read_text()) for path in sorted((home.lake / "manifests").glob("*/*.json"))]
    return tuple(sorted(found, key=lambda facts: facts.arrival))


def facts_from_json(text: str) -> EditionFacts:
    values = {
        name: value for name, value in json.loads(text).items() if name in FACTS
    }  # a later version may say more
    dated = values["edition_date"]
    lists = {name: tuple(values.get(name, ())) for name in ("contains", "ignored_reasons", "tables")}
    return EditionFacts(**{**values, "edition_date": date.fromisoformat(dated) if dated else None, **lists})


def table_files(home: Home, table: str, editions: Iterable[EditionFacts]) -> list[Path]:
    """Parquet files of `table` for the editions that have it, in a total order. Raises RunFailed where one is gone: its rows would count as none."""
    found = []
    for facts in sorted(editions, key=lambda e: (e.register, e.dataset, e.label)):
        if (path := table_path(home, table, facts)).exists():
            found.append(path)
        elif table in facts.tables:
            raise RunFailed(
                f"{facts.register} {facts.label}: {path} is gone; restore it from a backup, or remove {manifest_path(home, facts)} "
                f"and run with {facts.file_name} in the landing folder, so that the edition is read again"
            )
    return found
