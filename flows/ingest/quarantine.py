"""What an edition's rejected records and findings leave: tables without the record's text, and the
quarantined bytes.
"""

import json
import re
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO

import polars as pl

from flows.ingest.lake import MENTION, EditionFacts
from transforms.model.views import FINDING_VIEW, REJECT_VIEW
from transforms.readers import archives

QUARANTINED_BYTES_MAX = 64 << 10  # (own) of one rejected record; an overlong line can be many megabytes
# What could be an official number in a record that could not be read.
MENTION_PATTERN = re.compile(rb"(?=[A-Z]{0,11}[0-9])[A-Z0-9]{2,12}")
# A finding shows a value only where it looks like a publisher's code, a dotted key or a number prefix.
# Anything else may be a person's name in the wrong column: only its length is shown.
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
        counted = (
            pl.concat(findings).with_columns(_showable("value")).group_by(key).agg(pl.col("rows_n").sum())
        )
        rows = FINDING_VIEW.conformed(counted.sort(key).with_columns(*columns))
    rows.write_parquet(work / "finding.parquet")


def _showable(column: str) -> pl.Expr:
    value = pl.col(column)
    hidden = pl.format("{} characters, not shown", value.str.len_chars())
    return pl.when(value.str.contains(SHOWABLE_VALUE)).then(value).otherwise(hidden).alias(column)


def write_quarantine(work: Path, facts: EditionFacts, rejects: pl.DataFrame, paths: list[Path]) -> Path:
    """Write the bytes of every rejected record (mode 0600), and MENTION rows of the number-like words in
    them.

    `paths`: the parts of the edition. Returns the quarantine's path.
    """
    columns = _edition_columns(facts)
    tokens: set[str] = set()
    target = work / "quarantine.jsonl"
    target.touch(mode=0o600)
    with target.open("w", encoding="utf-8") as file, ExitStack() as stack:
        parts: dict[int, BinaryIO] = {}
        for row in rejects.iter_rows(named=True):
            raw = b""
            if row["byte_offset"] is not None:
                part_no = row["part_no"]
                if part_no not in parts:
                    parts[part_no] = stack.enter_context(paths[part_no - 1].open("rb"))
                size = min(row["byte_length"], QUARANTINED_BYTES_MAX)
                raw = archives.raw_record_of(parts[part_no], row["byte_offset"], size)
            tokens.update(word.decode() for word in MENTION_PATTERN.findall(raw.upper()))
            file.write(json.dumps({**columns, **row, "raw": raw.decode("latin-1")}) + "\n")
    mentions = [(facts.register, facts.dataset, facts.label, token) for token in sorted(tokens)]
    pl.DataFrame(mentions, schema=MENTION.schema, orient="row").write_parquet(work / "reject_mention.parquet")
    return target
