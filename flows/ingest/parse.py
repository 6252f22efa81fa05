"""Parse one edition: native files become canonical statements, and every record is accounted for."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq

from flows.home import warehouse
from flows.ingest.edition_checks import check_set, check_unchanged
from flows.ingest.lake import (
    COMPRESSION,
    LAKE_TABLES,
    EditionFacts,
    Ingested,
    write_findings,
    write_quarantine,
    write_rejects,
)
from flows.ingest.landing import LandedEdition
from flows.ingest.spreadsheets import as_csv
from transforms.errors import BlockedEdition
from transforms.model.parsing import conform, reject_rows
from transforms.model.register import (
    BATCH_COLUMNS,
    REJECT_SCHEMA,
    DelimitedTables,
    Edition,
    Index,
    Register,
)
from transforms.readers import Batch, archives, read

# (own) The largest register is about 12 GB unpacked; a file that would fill the disk is refused.
UNPACKED_BYTES_MAX = 64 << 30
ARCHIVE_MEMBERS_MAX = 64  # (own)
# (own) A column with more distinct values than fit, such as ids, is written without a dictionary.
DICTIONARY_BYTES = 64 << 10
# Trailers and totals, which a publisher does not include in its number of records.
FURNITURE = ("trailer", "totals")


@dataclass
class _Account:
    """The records of an edition, or of one batch.

    Only `keys` (8 bytes for each record loaded) and `rejects` grow with the file. `ignored`: records by
    reason.
    """

    rows_in: int = 0
    keys: list[pl.Series] = field(default_factory=list)
    rejects: list[pl.DataFrame] = field(default_factory=list)
    ignored: Counter[str] = field(default_factory=Counter)
    findings: list[pl.DataFrame] = field(default_factory=list)
    totals: list[bytes] = field(default_factory=list)

    def add(self, part: _Account) -> None:
        self.rows_in += part.rows_in
        self.totals += part.totals
        self.ignored += part.ignored
        self.keys += part.keys
        for name in ("rejects", "findings"):
            getattr(self, name).extend(frame for frame in getattr(part, name) if frame.height)


# A locator may be a hundred bytes long, and there are millions, so two hashes represent it. With 128 bits,
# the probability that two of a hundred million locators agree by chance is below one in 10^22. These columns
# are kept in a separate file until the whole edition is read.
RECORDS = "records"
KEPT_OF_RECORD: Mapping[str, pl.Expr] = {
    **{name: pl.col(name).cast(dtype) for name, dtype in BATCH_COLUMNS.items()},
    "key": pl.col("record").hash(1),
    "further_key": pl.col("record").hash(2),
}


def ingest(
    edition: LandedEdition, work: Path, key: str, *, synthetic: bool = False, account_key: bytes = b""
) -> Ingested:
    """Read an edition into `work`. `account_key`: the home's key for ids of bank accounts.

    Raises BlockedEdition if the file as a whole cannot be trusted, or was changed since it was hashed.
    """
    check_set(edition)
    try:
        ingested = _read(edition, work, key, account_key, synthetic=synthetic)
    except Exception:
        check_unchanged(edition)  # a file that changed is the reason, whatever error it caused
        raise
    check_unchanged(edition)
    return ingested


def blocked_facts(
    edition: LandedEdition, key: str, fault: BlockedEdition, *, synthetic: bool
) -> EditionFacts:
    """Facts of an edition whose file as a whole is unusable: no record was counted."""
    facts = _facts(edition, key, "extract", "blocked", synthetic=synthetic)
    return replace(facts, blocked_code=fault.code, blocked_message=_with_place(str(fault), edition))


def _facts(
    edition: LandedEdition, key: str, completeness: str, reason: str, *, synthetic: bool
) -> EditionFacts:
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
        mapping=edition.mapping,
        completeness=completeness,
        completeness_reason=reason,
        declared_rows=None,
        rows_in=0,
        rows_loaded=0,
        rows_rejected=0,
        rows_ignored=0,
        synthetic=synthetic,
    )


def _with_place(message: str, edition: LandedEdition) -> str:
    """The message with the register, which readers of archives and sheets do not know, and with the file's
    name, which a register's own functions do not know.

    For a set, the first file.
    """
    if edition.register.name not in message:
        message = f"register {edition.register.name}: {message}"
    if any(file.path.name in message for file in edition.files):
        return message
    first, others_n = edition.files[0].name, len(edition.files) - 1
    return f"{message}. The file is {first}" + (f", the first of {others_n + 1}" if others_n else "")


def _read(edition: LandedEdition, work: Path, key: str, account_key: bytes, *, synthetic: bool) -> Ingested:
    register, account = edition.register, _Account()
    known = replace(edition.edition, account_key=account_key)
    work.mkdir(parents=True, exist_ok=True)
    paths = list(_unpacked(edition, work / "unpacked"))
    batches = _batches(register, paths)
    if register.index is not None and not (register.index.of_updates and len(paths) == 1):
        index, batches = _indexed(register.index, register, batches, work / "batches")
        known = replace(known, index=index)
    writers: dict[str, pq.ParquetWriter] = {}
    for tables, part in _in_parallel(batches, lambda batch: _parsed(batch, register, known)):
        account.add(part)
        for name, frame in tables.items():
            table = frame.to_arrow()
            if name not in writers:
                path = work / f"{name}.parquet"
                writers[name] = pq.ParquetWriter(
                    path, table.schema, compression=COMPRESSION, dictionary_pagesize_limit=DICTIONARY_BYTES
                )
            writers[name].write_table(table)
    for writer in writers.values():
        writer.close()
    for declared in register.tables:
        if declared.name not in writers:
            declared.empty().write_parquet(work / f"{declared.name}.parquet")
    loaded_n = _settle_duplicates(account, work, register)
    rejects = pl.concat([pl.DataFrame(schema=REJECT_SCHEMA), *account.rejects]).sort("record_no")
    parts = [partial(archives.opened, path, register.documents_in) for path in paths]
    facts = _counted(edition, key, account, rejects.height, loaded_n, synthetic=synthetic)
    write_rejects(work, facts, rejects)
    write_findings(work, facts, account.findings)
    return Ingested(facts, work, write_quarantine(work, facts, rejects, parts))


# --- batches ------------------------------------------------------------------------------------------------


def _unpacked(edition: LandedEdition, folder: Path) -> Iterator[Path]:
    """The files, with each archive replaced by the one file in it (or by its tables), and a spreadsheet by a
    CSV file.
    """
    mapping, reader = edition.register.mapping, edition.register.reader
    for number, file in enumerate(edition.files, start=1):
        if mapping and mapping.format != "csv":
            yield as_csv(file.path, mapping, folder)
            continue
        if isinstance(reader, DelimitedTables):
            yield from archives.unpack_tables(
                file.path,
                folder / str(number),
                reader.sets,
                bytes_max=UNPACKED_BYTES_MAX,
                beside=reader.beside,
            )
            continue
        if not archives.is_archive(file.path) or edition.register.documents_in:
            yield file.path
            continue
        members = archives.unpack(
            file.path, folder / str(number), bytes_max=UNPACKED_BYTES_MAX, members_max=ARCHIVE_MEMBERS_MAX
        )
        if len(members) != 1:
            raise BlockedEdition(
                "archive_members",
                f"{edition.register.name} {file.name}: has {len(members)} files where one is expected; "
                "unpack it and land the right one, or each if they are parts",
            )
        yield members[0]


def _batches(register: Register, paths: list[Path]) -> Iterator[Batch]:
    """All parts in order, with records numbered throughout."""
    records_n = 0
    for part_no, path in enumerate(paths, start=1):
        for batch in read(register, path, part_no=part_no, first_record_no=records_n + 1):
            records_n += batch.records_in
            yield batch


def _indexed(
    index: Index, register: Register, batches: Iterator[Batch], folder: Path
) -> tuple[pl.DataFrame, Iterator[Batch]]:
    """The index of the whole edition, and its batches again.

    Meanwhile their frames are on disk: reading them back is far faster than parsing the file twice.
    """
    folder.mkdir(mode=0o700)
    emptied: list[Batch] = []
    kept: list[pl.DataFrame] = []
    for number, batch in enumerate(batches):
        batch.frame.write_parquet(folder / str(number), compression=COMPRESSION)
        emptied.append(replace(batch, frame=batch.frame.clear()))
        good, _, _ = conform(batch.frame, register.fields_in(batch.frame.columns))
        kept.append(index.kept(good))
    return index.settled(pl.concat(kept)), _read_back(emptied, folder)


def _read_back(emptied: list[Batch], folder: Path) -> Iterator[Batch]:
    for number, batch in enumerate(emptied):
        path = folder / str(number)
        frame = pl.read_parquet(path, memory_map=False)
        path.unlink()
        yield replace(batch, frame=frame)


type _Parsed = tuple[Mapping[str, pl.DataFrame], _Account]


def _in_parallel(batches: Iterable[Batch], parse: Callable[[Batch], _Parsed]) -> Iterator[_Parsed]:
    """Batches parsed in parallel, in order. At most one more than the number of processors is in memory."""
    pending: deque[Future[_Parsed]] = deque()
    with ThreadPoolExecutor(warehouse.processors()) as pool:
        try:
            for batch in batches:
                pending.append(pool.submit(parse, batch))
                if len(pending) > warehouse.processors():
                    yield pending.popleft().result()
            while pending:
                yield pending.popleft().result()
        finally:
            pool.shutdown(cancel_futures=True)


def _parsed(batch: Batch, register: Register, edition: Edition) -> _Parsed:
    """A batch's tables, and its account. A record that is in no table is ignored as `no_statement`."""
    good, misfits, misfit_findings = conform(batch.frame, register.fields_in(batch.frame.columns))
    result = register.parse(good, edition)
    if undeclared := sorted(result.tables.keys() - {table.name for table in register.tables}):
        raise BlockedEdition(
            "parser_error",
            f"{register.name}: its parser fills {undeclared[0]}, which no gate would look at; "
            f"name the table in tables= of transforms/registers/{register.name}.py",
        )
    record_nos = [pl.Series(dtype=pl.Int64), *(frame["record_no"] for frame in result.tables.values())]
    has_statement = result.records["record_no"].is_in(pl.concat(record_nos).implode())
    no_statement = result.records.filter(~has_statement).select(
        "record_no", pl.lit("no_statement").alias("reason")
    )
    loaded = result.records.filter(has_statement).select(**KEPT_OF_RECORD)
    account = _Account(
        rows_in=batch.records_in,
        keys=[loaded["key"]],
        rejects=[
            frame.select(pl.col(name).cast(dtype) for name, dtype in REJECT_SCHEMA.items())
            for frame in (batch.rejects, misfits, result.rejected)
        ],
        ignored=_by_reason(batch.ignored, result.ignored, no_statement),
        findings=[batch.findings, misfit_findings, result.findings],
        totals=list(batch.totals),
    )
    tables = {
        name: LAKE_TABLES[name].conformed(frame) for name, frame in result.tables.items() if frame.height
    }
    return tables | ({RECORDS: loaded} if loaded.height else {}), account


def _by_reason(*ignored: pl.DataFrame) -> Counter[str]:
    """Records by reason, of frames in IGNORED_SCHEMA."""
    reasons = pl.concat([frame["reason"].cast(pl.String) for frame in ignored])
    return Counter(dict(reasons.value_counts().iter_rows()))


# --- the whole edition --------------------------------------------------------------------------------------


def _settle_duplicates(account: _Account, work: Path, register: Register) -> int:
    """Ignore exact duplicates; reject records with the same key and different content; keep the first record.

    Returns how many records are loaded.
    """
    path = work / f"{RECORDS}.parquet"
    keys = pl.concat([pl.Series("key", dtype=pl.UInt64), *account.keys]).sort()
    account.keys.clear()
    repeated = keys.filter(keys == keys.shift()).unique()
    if repeated.is_empty():
        path.unlink(missing_ok=True)
        return keys.len()
    suspects = pl.scan_parquet(path).filter(pl.col("key").is_in(repeated.implode())).collect()
    path.unlink()
    is_first = pl.struct("key", "further_key").is_first_distinct()
    later = suspects.filter(~is_first)
    if later.height:
        first = suspects.filter(is_first).select(
            "key", "further_key", pl.col("content_hash").alias("first_hash")
        )
        compared = later.join(first, on=["key", "further_key"], how="left", maintain_order="left")
        is_exact = pl.col("content_hash") == pl.col("first_hash")
        account.ignored["duplicate"] += compared.filter(is_exact).height
        account.rejects.append(reject_rows(compared.filter(~is_exact), "duplicate_key", ""))
        for table in register.tables:
            _drop_records(work / f"{table.name}.parquet", later["record_no"])
    return keys.len() - later.height


def _drop_records(path: Path, record_nos: pl.Series) -> None:
    kept = path.with_suffix(".kept")
    rows = pl.scan_parquet(path).filter(~pl.col("record_no").is_in(record_nos.implode()))
    rows.sink_parquet(kept, compression=COMPRESSION)
    kept.replace(path)


def _counted(
    edition: LandedEdition, key: str, account: _Account, rejected_n: int, loaded_n: int, *, synthetic: bool
) -> EditionFacts:
    ignored = +account.ignored
    furniture_n = sum(ignored[reason] for reason in FURNITURE)
    declared_n = _declared_total(edition.register, account.totals, len(edition.files))
    completeness, reason = _completeness(edition.register, declared_n, account.rows_in - furniture_n)
    return replace(
        _facts(edition, key, completeness, reason, synthetic=synthetic),
        declared_rows=declared_n,
        rows_in=account.rows_in,
        rows_loaded=loaded_n,
        rows_rejected=rejected_n,
        rows_ignored=ignored.total(),
        ignored_reasons=tuple(f"{reason}: {records_n}" for reason, records_n in sorted(ignored.items())),
    )


def _declared_total(register: Register, totals: list[bytes], files_n: int) -> int | None:
    """The publisher's total: the sum if each file ends with its own; otherwise, of several that disagree, the
    largest, so that the edition is an extract.
    """
    if register.declared_totals is None:
        return None
    counts = map(register.declared_totals, totals)
    known = [count for count in counts if count is not None]
    if (register.monthly_updates or register.totals_by_file) and files_n > 1:
        return sum(known) if len(known) == files_n else None
    return max(known, default=None)


def _completeness(register: Register, declared_n: int | None, records_n: int) -> tuple[str, str]:
    if register.on_request:
        return "extract", "it holds what was asked for"
    if register.declared_totals is None:
        return "complete", "no total published"
    if declared_n is None:
        return "complete", "the publisher's total is missing from the file"
    if declared_n != records_n:
        return "extract", f"the publisher's total is {declared_n} and the file has {records_n} records"
    return "complete", "the publisher's total agrees"
