"""What several tests of a release need."""

from collections.abc import Callable
from pathlib import Path

from flows.home import warehouse


def rows(release: Path, sql: str) -> list[tuple[object, ...]]:
    return [tuple(row.values()) for row in warehouse.query(release, sql).to_pylist()]


def flip_byte(offset: int) -> Callable[[Path], None]:
    def flip(path: Path) -> None:
        with path.open("r+b") as file:
            file.seek(offset)
            byte = file.read(1)[0]
            file.seek(offset)
            file.write(bytes([byte ^ 0xFF]))

    return flip
