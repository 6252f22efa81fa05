"""Lake: the canonical statements of every edition, in Parquet, each edition with a manifest.

A manifest is written last: an edition without one is not in the lake. An edition whose key (bytes, parser and
schema) has a manifest is never parsed again.
"""

import hashlib
import json
import re
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, fields, replace
from datetime import date
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any, BinaryIO, Final

import polars as pl

import transforms
from flows.home.durable import file_sha256, fsync, replace_durably, write_bytes_durably
from flows.home.settings import Home
from flows.ingest.landing import LandedEdition
from transforms.errors import RunFailed
from transforms.model.statements import STATEMENT_TABLES, Column, Table
from transforms.model.views import FINDING_VIEW, GATE_VIEW, REJECT_VIEW
from transforms.readers import archives

# Every run reads these files several times: lz4 is faster than zstd, and the files are still smaller than the
# native ones.
COMPRESSION: Final = "lz4"
DATA_DOCS: Final = "data_docs"
PARSER_SOURCES = ("model", "values", "readers", "formats")  # folders of transforms/

# What a rejected record may be about, so that it never counts as absent.
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
    """What is known about one edition: the content of its manifest, and of `v_edition`.

    `suppression`: id of the suppression list under which it was read. `contains`: as in `Recognised`.
    `ignored_reasons`: `reason: records`, in order. `tables`: those that have a file; empty in a manifest of
    an earlier version, which does not record them. `mapping`: SHA-256 of the mapping by which it was read.
    """

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
    suppression: str = ""
    contains: tuple[str, ...] = ()
    ignored_reasons: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()
    mapping: str = ""

    @property
    def rows_add_up(self) -> bool:
        return self.rows_in == self.rows_loaded + self.rows_rejected + self.rows_ignored


@dataclass(frozen=True)
class Ingested:
    """An edition read into `folder` (one `<table>.parquet` each), not yet in the lake."""

    facts: EditionFacts
    folder: Path
    quarantine: Path


FACTS = frozenset(field.name for field in fields(EditionFacts))

# --- the key ------------------------------------------------------------------------------------------------


def lake_key(edition: LandedEdition, *, synthetic: bool = False) -> str:
    """32 hex digits over the bytes, the mapping, the register's module and all code that reads files."""
    return _key(
        edition.register.name,
        edition.sha256,
        edition.dataset,
        edition.label,
        edition.mapping,
        synthetic=synthetic,
    )


def is_read_as_today(facts: EditionFacts) -> bool:
    """Whether the current code would read the edition as it is in the lake."""
    return facts.key == _key(
        facts.register,
        facts.file_sha256,
        facts.dataset,
        facts.label,
        facts.mapping,
        synthetic=facts.synthetic,
    )


def _key(register: str, sha256: str, dataset: str, label: str, mapping: str = "", *, synthetic: bool) -> str:
    module = _register_sources().get(register, "")
    parts = (sha256, dataset, label, module, mapping, _shared_sources(), str(synthetic))
    return hashlib.sha256("|".join(parts).encode()).hexdigest()[:32]


def _package() -> Path:
    return Path(next(iter(transforms.__path__)))


@cache
def _register_sources() -> Mapping[str, str]:
    """Register → hash of its module. All are read at once: code replaced during a run does not run in it."""
    return {path.stem: file_sha256(path) for path in sorted((_package() / "registers").glob("*.py"))}


@cache
def _shared_sources() -> str:
    """Hash over what all parsers share, the modules of this folder, and polars, which reads and casts."""
    folders = (*(_package() / name for name in PARSER_SOURCES), Path(__file__).parent)
    files = sorted(path for folder in folders for path in folder.rglob("*") if path.suffix in {".py", ".csv"})
    return hashlib.sha256("".join([*map(file_sha256, files), pl.__version__]).encode()).hexdigest()


# --- files --------------------------------------------------------------------------------------------------


def table_path(home: Home, table: str, facts: EditionFacts) -> Path:
    folder = home.lake / table / f"register={facts.register}" / f"edition={facts.label}"
    return folder / f"{facts.key}.parquet"


def manifest_path(home: Home, facts: EditionFacts) -> Path:
    return home.lake / "manifests" / facts.register / f"{facts.label}-{facts.key}.json"


def data_docs_folder(home: Home, facts: EditionFacts) -> Path:
    """The pages on an edition's data checks. An edition read by an earlier version has none."""
    return table_path(home, DATA_DOCS, facts).with_suffix("")


def quarantine_path(home: Home, facts: EditionFacts) -> Path:
    return home.quarantine / facts.register / f"{facts.label}-{facts.key}.jsonl"


def arrivals(home: Home) -> Iterator[int]:
    """The numbers of the next editions to be admitted, in their order. Call with the home's lock held."""
    return count(1 + max((known.arrival for known in manifests(home)), default=0))


def admit(home: Home, ingested: Ingested, arrival: int) -> EditionFacts:
    """Rename an edition's tables into the lake and write its manifest, last.

    Safe to be killed at any point.
    """
    paths = sorted(ingested.folder.glob("*.parquet"))
    facts = replace(ingested.facts, arrival=arrival, tables=tuple(path.stem for path in paths))
    for path in paths:
        target = table_path(home, path.stem, facts)
        _make_durably(target.parent)
        replace_durably(path, target)
    _keep_data_docs(ingested.folder / DATA_DOCS, data_docs_folder(home, facts))
    quarantine = quarantine_path(home, facts)
    _make_durably(quarantine.parent, mode=0o700)
    replace_durably(ingested.quarantine, quarantine)
    _make_durably(manifest_path(home, facts).parent)
    write_manifest(home, facts)
    return facts


def _keep_data_docs(pages: Path, target: Path) -> None:
    """Rename the pages into the lake. Pages of a killed run, without a manifest, belong to nobody."""
    if pages.is_dir():
        _make_durably(target.parent)
        shutil.rmtree(target, ignore_errors=True)
        replace_durably(pages, target)


def write_manifest(home: Home, facts: EditionFacts) -> None:
    text = json.dumps(asdict(facts), default=str, indent=1, sort_keys=True)
    write_bytes_durably(manifest_path(home, facts), text.encode())


def _make_durably(folder: Path, *, mode: int = 0o777) -> None:
    """Make a folder and its parents; each name is on disk before anything is put into it."""
    if not folder.is_dir():
        _make_durably(folder.parent)
        folder.mkdir(mode=mode, exist_ok=True)
        fsync(folder.parent)


def manifests(home: Home) -> tuple[EditionFacts, ...]:
    """Every edition in the lake, in order of arrival. Raises RunFailed if a manifest cannot be read."""
    paths = sorted((home.lake / "manifests").glob("*/*.json"))
    return tuple(sorted(map(_facts_at, paths), key=lambda facts: facts.arrival))


def _facts_at(path: Path) -> EditionFacts:
    try:
        return facts_from_json(path.read_text(encoding="utf-8"))
    except (ValueError, KeyError, TypeError, AttributeError):
        raise RunFailed(
            f"{path}: is not the manifest of an edition; restore it from a backup, or remove it and run with "
            "the edition's file in the landing folder, so that it is read again"
        ) from None


def facts_from_json(text: str) -> EditionFacts:
    """Facts in a manifest. Fields that a later version added are ignored."""
    values: dict[str, Any] = {name: value for name, value in json.loads(text).items() if name in FACTS}
    if values["edition_date"]:
        values["edition_date"] = date.fromisoformat(values["edition_date"])
    for name in ("contains", "ignored_reasons", "tables"):
        values[name] = tuple(values.get(name, ()))
    return EditionFacts(**values)


def table_files(home: Home, table: str, editions: Iterable[EditionFacts]) -> list[Path]:
    """Parquet files of `table` for the editions that have it, in a total order.

    Raises RunFailed if one is missing: its rows would count as none.
    """
    files = []
    for facts in sorted(editions, key=lambda facts: (facts.register, facts.dataset, facts.label)):
        if (path := table_path(home, table, facts)).exists():
            files.append(path)
        elif table in facts.tables:
            raise RunFailed(
                f"{facts.register} {facts.label}: {path} is missing; restore it from a backup, or remove "
                f"{manifest_path(home, facts)} and run with {facts.file_name} in the landing folder, "
                "so that the edition is read again"
            )
    return files


# --- rejected records and findings --------------------------------------------------------------------------


QUARANTINED_BYTES_MAX = 64 << 10  # (own) of one rejected record; an overlong line can be many megabytes
# What could be an official number in an unreadable record.
MENTION_PATTERN = re.compile(rb"(?=[A-Z]{0,11}[0-9])[A-Z0-9]{2,12}")
# A finding shows a value only if it looks like a publisher's code, a dotted key or a number prefix. Anything
# else may be a person's name in the wrong column, so only its length is shown.
SHOWABLE_VALUE = r"^([a-z0-9]+([._#-]+[a-z0-9]+)+|[A-Z]{1,3})$"


def _edition_columns(facts: EditionFacts) -> dict[str, str]:
    return {
        "register": facts.register,
        "dataset": facts.dataset,
        "edition": facts.label,
        "file_sha256": facts.file_sha256,
    }


def write_rejects(work: Path, facts: EditionFacts, rejects: pl.DataFrame) -> None:
    """Write REJECT_VIEW rows; `rejects` in REJECT_SCHEMA."""
    part = pl.when(pl.col("part_no") > 1).then(pl.format("part {}, ", "part_no")).otherwise(pl.lit(""))
    at_byte = pl.when(pl.col("byte_offset").is_not_null()).then(pl.format(" at byte {}", "byte_offset"))
    rows = rejects.select(
        *(pl.lit(value).alias(name) for name, value in _edition_columns(facts).items()),
        "code",
        pl.when(pl.col("field") != "").then("field").alias("field"),
        pl.concat_str(part, pl.format("record {}", "record_no"), at_byte, ignore_nulls=True).alias("locator"),
        "record_no",
    )
    REJECT_VIEW.conformed(rows).write_parquet(work / "reject.parquet")


def write_findings(work: Path, facts: EditionFacts, findings: list[pl.DataFrame]) -> None:
    """Write FINDING_VIEW rows, counted by code, field and value."""
    rows = FINDING_VIEW.empty()
    if findings:
        key = ("code", "field", "value")
        columns = (pl.lit(value).alias(name) for name, value in _edition_columns(facts).items())
        # The header of a file with a mapping is not data, so its columns may be shown.
        is_column = pl.lit(bool(facts.mapping)) & (pl.col("code") == "unknown_field")
        shown = pl.when(is_column).then("value").otherwise(_showable("value")).alias("value")
        counted = pl.concat(findings).with_columns(shown).group_by(key).agg(pl.col("rows_n").sum())
        rows = FINDING_VIEW.conformed(counted.sort(key).with_columns(*columns))
    rows.write_parquet(work / "finding.parquet")


def _showable(column: str) -> pl.Expr:
    value = pl.col(column)
    hidden = pl.format("{} characters, not shown", value.str.len_chars())
    return pl.when(value.str.contains(SHOWABLE_VALUE)).then(value).otherwise(hidden).alias(column)


def write_quarantine(
    work: Path, facts: EditionFacts, rejects: pl.DataFrame, parts: Sequence[Callable[[], BinaryIO]]
) -> Path:
    """Write the bytes of every rejected record (mode 0600), and MENTION rows of the number-like words in
    them.

    `parts`: of the edition, each as it is opened. Returns the quarantine's path.
    """
    columns = _edition_columns(facts)
    tokens: set[str] = set()
    target = work / "quarantine.jsonl"
    target.touch(mode=0o600)
    with target.open("w", encoding="utf-8") as file, ExitStack() as stack:
        files: dict[int, BinaryIO] = {}
        for row in rejects.iter_rows(named=True):
            raw = b""
            if row["byte_offset"] is not None:
                part_no = row["part_no"]
                if part_no not in files:
                    files[part_no] = stack.enter_context(parts[part_no - 1]())
                size = min(row["byte_length"], QUARANTINED_BYTES_MAX)
                raw = archives.raw_record_of(files[part_no], row["byte_offset"], size)
            tokens.update(word.decode() for word in MENTION_PATTERN.findall(raw.upper()))
            file.write(json.dumps({**columns, **row, "raw": raw.decode("latin-1")}) + "\n")
    mentions = [(facts.register, facts.dataset, facts.label, token) for token in sorted(tokens)]
    pl.DataFrame(mentions, schema=MENTION.schema, orient="row").write_parquet(work / "reject_mention.parquet")
    return target
