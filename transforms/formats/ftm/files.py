"""Recognises files of FollowTheMoney entities, and names their dataset."""

import re
from datetime import date
from pathlib import Path

import orjson

from transforms.formats.file_names import slug
from transforms.model.source import Finder, Offer

NAME = re.compile(r"\.ftm\.(?:jsonl?|ndjson|ijson)(?:\.gz|\.zip)?$")  # also a broken archive
SCHEMA = re.compile(rb'"schema"\s*:\s*"[A-Z][A-Za-z]+"')
PROPERTIES = re.compile(rb'"properties"\s*:\s*\{')
OPERATION = re.compile(rb'^\s*\{\s*"op"\s*:\s*"(?:ADD|MOD|DEL)"')
OTHERS = re.compile(
    rb'^\s*+(?:\[\s*+)?\{\s*+(?:"company_number"\s*:|"LEI|"records?"\s*:)|"statementI[dD]"\s*:'
)
# An entity in a list, as inside the properties of targets.nested.json; its key `schema` comes before any
# list or object in it.
NESTED = re.compile(rb'\[\s*+\{(?:[^][{}"]|"(?:[^"\\]|\\.)*+")*?"schema"\s*+:\s*+"[A-Z]')
NESTED_NAME = re.compile(r"\bnested\.json(?:\.gz|\.zip)?$")
DELTA = "delta"
ENTITIES = "entities.ftm.json"  # name of the resource


def is_ftm(file_name: str, head: bytes) -> bool:
    """Whether a file has FollowTheMoney entities: by content (the keys of an entity, or of a change to one),
    or by name if the content is not another register's.
    """
    if OTHERS.search(head) or is_nested(file_name, head):
        return False
    if is_delta(head) or (SCHEMA.search(head) and PROPERTIES.search(head)):
        return True
    return NAME.search(file_name.lower()) is not None


def is_nested(file_name: str, head: bytes) -> bool:
    """Whether at least half of the records in `head` have entities in their properties in place of ids.

    Such a file repeats some records and leaves out those that nothing refers to.
    """
    if not (SCHEMA.search(head) and PROPERTIES.search(head)):
        return False
    records = head.splitlines()
    return NESTED_NAME.search(file_name.lower()) is not None or 2 * sum(
        NESTED.search(record) is not None for record in records
    ) >= len(records)


def is_delta(head: bytes) -> bool:
    """Whether the file has changes (ADD, MOD, DEL) in place of entities."""
    return OPERATION.search(head) is not None


LIST_NAME = re.compile(r"[a-z0-9]+(?:[_-][a-z0-9]+)*")
# Names that identify no list: all files of OpenSanctions are called entities.ftm.json, in the list's folder.
GENERIC = ("", "entities", "latest")
# A date or a version, not a list: digits only, a date with a time, or OpenSanctions' `20261127123045-abc`.
VERSION = re.compile(
    r"[\d._ -]+|\d{4}-?\d{2}-?\d{2}[t_ -]?\d{2}[:.-]?\d{2}(?:[:.-]?\d{2})?z?(?:[-_][a-z0-9]+)?"
)
EXTENSION = re.compile(r"[.](?:ftm|jsonl?|ndjson|ijson|gz|zip|txt)(?=[.]|$)")
# Parts of a name that are ignored: a date, a browser's number of a copy, the kind of file.
NO_NAME = re.compile(r"(?<!\d)(?:19|20)\d{2}-?\d{2}(?:-?\d{2})?(?!\d)|\s*\(\d+\)$|\bdelta$")


def dataset(path: str, head: bytes) -> str:
    """The dataset by the file's name, without its date; if the name is generic or a version, by the nearest
    folder with a specific name; else `entities`.

    path: below the landing folder, or the name alone. The content is not used: the lists of the first records
    change from day to day, and one dataset would become two, both in force.
    """
    names = (_stem(part) for part in reversed(Path(path).parts))
    named = slug(next((name for name in names if name not in GENERIC), GENERIC[1]))
    return f"{named}-{DELTA}" if is_delta(head) else named


def lists_named(head: bytes) -> tuple[str, ...]:
    """Names of the datasets in the first records: some of the lists in the file.

    Text that does not have the form of such a name is left out.
    """
    return tuple(
        sorted(
            {
                slug(name)
                for line in head.splitlines()
                for name in _datasets(line)
                if LIST_NAME.fullmatch(name)
            }
        )
    )


def _stem(file_name: str) -> str:
    """The name without extensions and date; empty if it is only a version."""
    plain = EXTENSION.sub("", file_name.lower())
    named = NO_NAME.sub("", plain).strip(" ._-")
    return "" if VERSION.fullmatch(plain) or VERSION.fullmatch(named) else named


def _datasets(line: bytes) -> list[str]:
    """Datasets of the record on one line; none if it is not a whole record (the head ends within it)."""
    try:
        record = orjson.loads(line)
    except orjson.JSONDecodeError:
        return []
    named = record.get("datasets") if isinstance(record, dict) else None
    return named if isinstance(named, list) and all(isinstance(name, str) for name in named) else []


def index_offers(dataset: str) -> Finder:
    """The entities of a dataset in OpenSanctions' index, with its size and SHA-1."""

    def offers(body: bytes, _address: str) -> list[Offer]:
        for entry in orjson.loads(body).get("datasets", []):
            if entry.get("name") != dataset:
                continue
            for resource in entry.get("resources", []):
                if resource.get("name") == ENTITIES:
                    stamp = str(entry.get("version") or entry.get("last_export") or "")
                    day = re.match(r"(\d{4})-?(\d{2})-?(\d{2})", stamp)
                    edition = date(int(day[1]), int(day[2]), int(day[3])) if day else None
                    name = f"{dataset}-{edition}.ftm.json" if edition else f"{dataset}.ftm.json"
                    checksum = f"sha1:{resource['checksum']}" if resource.get("checksum") else ""
                    return [Offer(resource["url"], name, edition, 1, 1, resource.get("size"), checksum)]
        return []

    return offers
