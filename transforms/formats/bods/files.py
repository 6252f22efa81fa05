"""Recognises files of BODS statements, and names their dataset."""

import re
from dataclasses import replace
from pathlib import Path

import orjson

from transforms.formats.file_names import slug
from transforms.model.source import Finder, Offer, linked

# Includes archives: a broken archive is recognised by its own name.
NAME = re.compile(r"(?:\.bods|bods[^/]*)\.(?:jsonl?|ndjson)(?:\.gz|\.zip)?$")
STATEMENT = re.compile(rb'"statementId"\s*:')
RECORD = re.compile(rb'"record(?:Type|Details)"\s*:')
EARLIER_STATEMENT = re.compile(rb'"statementID"\s*:')
EARLIER_TYPE = re.compile(rb'"statementType"\s*:')
# Files of other registers: a PSC record, a FollowTheMoney entity, a LEI record.
OTHERS = re.compile(
    rb'^\s*+(?:\[\s*+)?\{\s*+(?:"company_number"\s*:|"LEI|"records?"\s*:)'
    rb'|"schema"\s*:\s*"[A-Z]|"properties"\s*:\s*\{'
)
# A record id that begins with an org-id shows which register the statements are about.
RECORD_ID = re.compile(rb'"recordId"\s*:\s*"((?:[^"\\]|\\.)*)"')
ORG_ID_SCHEME = re.compile(rb"([A-Z]{2}-[A-Z][A-Z0-9_]*)-")
PUBLISHER = re.compile(rb'"publisher"\s*:\s*\{[^{}]*?"name"\s*:\s*("(?:[^"\\]|\\.)*")')
OF_REGISTER = "_"  # separates publisher and register in a dataset's name; a slug contains none


def is_bods(file_name: str, head: bytes) -> bool:
    """Whether a file has BODS statements: by content (the keys of a statement, of 0.4 or earlier), or by name
    if the content is not another register's.
    """
    if STATEMENT.search(head) and RECORD.search(head):
        return True
    if EARLIER_STATEMENT.search(head) and EARLIER_TYPE.search(head):
        return True
    return NAME.search(file_name.lower()) is not None and OTHERS.search(head) is None


def dataset(file_name: str, head: bytes) -> str:
    """The publisher of the first statement, and the register that all recordIds in `head` begin with; without
    a publisher, the file's stem.

    One publisher may have several products, all in force: Open Ownership's statements about the United
    Kingdom are `open-ownership_gb-coh`, those about legal entity identifiers `open-ownership_xi-lei`. If
    recordIds do not begin with a register, the dataset is `open-ownership`.
    """
    match = PUBLISHER.search(head)
    try:
        publisher = str(orjson.loads(match[1])) if match else ""
    except orjson.JSONDecodeError:
        publisher = ""
    if not publisher:
        return slug(Path(file_name).name.split(".")[0])
    return slug(publisher) + (f"{OF_REGISTER}{scheme.lower()}" if (scheme := _register_of(head)) else "")


def _register_of(head: bytes) -> str:
    """The org-id scheme that every recordId begins with; "" if there is none, or more than one."""
    schemes = {
        matched[1] if (matched := ORG_ID_SCHEME.match(record_id)) else b""
        for record_id in RECORD_ID.findall(head)
    }
    return schemes.pop().decode() if len(schemes) == 1 else ""


def publisher_of(dataset: str) -> str:
    """The publisher's slug in the name of a dataset."""
    return dataset.split(OF_REGISTER, 1)[0]


def page_offers(name: str) -> Finder:
    """Finds the JSON file among those that a page of Open Ownership links to. It is landed under `name`."""
    find = linked(r"json\.zip")

    def offers(body: bytes, address: str) -> list[Offer]:
        return [replace(offer, name=name) for offer in find(body, address)]

    return offers
