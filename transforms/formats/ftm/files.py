"""Which file holds FollowTheMoney entities, and of which data set."""

from __future__ import annotations

import re
from pathlib import Path

import orjson

from transforms.formats.file_names import slug

NAME = re.compile(r"\.ftm\.(?:jsonl?|ndjson|ijson)(?:\.gz|\.zip)?$")  # a broken archive keeps its own name
SCHEMA = re.compile(rb'"schema"\s*:\s*"[A-Z][A-Za-z]+"')
PROPERTIES = re.compile(rb'"properties"\s*:\s*\{')
OPERATION = re.compile(rb'^\s*\{\s*"op"\s*:\s*"(?:ADD|MOD|DEL)"')
OTHERS = re.compile(
    rb'^\s*+(?:\[\s*+)?\{\s*+(?:"company_number"\s*:|"LEI|"records?"\s*:)|"statementI[dD]"\s*:'
)
# An entity in a list, as targets.nested.json has them inside properties; its key `schema` comes before any
# list or object of its own.
NESTED = re.compile(rb'\[\s*+\{(?:[^][{}"]|"(?:[^"\\]|\\.)*+")*?"schema"\s*+:\s*+"[A-Z]')
NESTED_NAME = re.compile(r"\bnested\.json(?:\.gz|\.zip)?$")
DELTA = "delta"


def is_ftm(file_name: str, head: bytes) -> bool:
    """By content: the keys of an entity, or of an operation on one.

    By name only where the content is no other register's.
    """
    if OTHERS.search(head) or is_nested(file_name, head):
        return False
    if is_delta(head) or (SCHEMA.search(head) and PROPERTIES.search(head)):
        return True
    return NAME.search(file_name.lower()) is not None


def is_nested(file_name: str, head: bytes) -> bool:
    """Entities written into the properties of others, in place of their ids, in half of the records or more
    of the head: the same record stands in several, and what nothing refers to in none.
    """
    if not (SCHEMA.search(head) and PROPERTIES.search(head)):
        return False
    records = head.splitlines()
    return NESTED_NAME.search(file_name.lower()) is not None or 2 * sum(
        NESTED.search(record) is not None for record in records
    ) >= len(records)


def is_delta(head: bytes) -> bool:
    """Operations (ADD, MOD, DEL) on an earlier state, in place of the entities themselves."""
    return OPERATION.search(head) is not None


LIST_NAME = re.compile(r"[a-z0-9]+(?:[_-][a-z0-9]+)*")
GENERIC = (
    "",
    "entities",
    "latest",
)  # what names no list: OpenSanctions' files are all called entities.ftm.json, in a folder of the list's name
# Digits only, a date with a time, a version of OpenSanctions' (`20261127123045-abc`): a day or a run, and no
# list.
VERSION = re.compile(
    r"[\d._ -]+|\d{4}-?\d{2}-?\d{2}[t_ -]?\d{2}[:.-]?\d{2}(?:[:.-]?\d{2})?z?(?:[-_][a-z0-9]+)?"
)
EXTENSION = re.compile(r"[.](?:ftm|jsonl?|ndjson|ijson|gz|zip|txt)(?=[.]|$)")
NO_NAME = re.compile(
    r"(?<!\d)(?:19|20)\d{2}-?\d{2}(?:-?\d{2})?(?!\d)|\s*\(\d+\)$|\bdelta$"
)  # a date, a browser's number of a copy, what kind of file it is


def dataset(path: str, head: bytes) -> str:
    """The data set that the name of a file says, without date; where that is generic or a version, the
    nearest folder that says one; `entities` where none does.

    path: below the landing folder, or the name alone. Never the content: which lists the first records name
    changes from day to day, and what is one data set would be two, both in force.
    """
    names = (_stem(part) for part in reversed(Path(path).parts))
    named = slug(next((name for name in names if name not in GENERIC), GENERIC[1]))
    return f"{named}-{DELTA}" if is_delta(head) else named


def lists_named(head: bytes) -> tuple[str, ...]:
    """What the data sets that the first records name would be called: some of the lists in the file.

    A text without the form of such a name is none, as it may be anything.
    """
    return tuple(
        sorted(
            {
                slug(name)
                for line in head.splitlines()
                for name in _datasets(line) or ()
                if LIST_NAME.fullmatch(name)
            }
        )
    )


def _stem(file_name: str) -> str:
    """The name without extensions and date; blank where it is nothing but a version."""
    plain = EXTENSION.sub("", file_name.lower())
    named = NO_NAME.sub("", plain).strip(" ._-")
    return "" if VERSION.fullmatch(plain) or VERSION.fullmatch(named) else named


def _datasets(line: bytes) -> list[str] | None:
    """Of one line; null where it is no whole record (the head ends within one)."""
    try:
        record = orjson.loads(line)
    except orjson.JSONDecodeError:
        return None
    named = record.get("datasets") if isinstance(record, dict) else None
    return (
        sorted(set(named))
        if isinstance(named, list) and named and all(isinstance(name, str) for name in named)
        else []
    )
