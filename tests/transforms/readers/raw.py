"""The bytes of a record in a file, by its place."""

from pathlib import Path

from transforms.readers.archives import raw_record_of


def raw_record(path: Path, byte_offset: int, byte_length: int) -> bytes:
    with path.open("rb") as file:
        return raw_record_of(file, byte_offset, byte_length)
