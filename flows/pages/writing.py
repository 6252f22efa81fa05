"""Pages of a size that can be mailed, written durably."""

from collections.abc import Iterable
from pathlib import Path

from flows.home.durable import write_bytes_durably

PAGE_BYTES_MAX = 1_500_000  # (own)


def first_that_fits(pages: Iterable[str]) -> str:
    """The first of these pages, the fullest first, of at most PAGE_BYTES_MAX; the last where none is."""
    page = ""
    for page in pages:
        if len(page.encode()) <= PAGE_BYTES_MAX:
            break
    return page


def write_page(path: Path, page: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    write_bytes_durably(path, page.encode())
    return path
