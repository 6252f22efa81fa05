"""Ids made of a text. No vocabulary is read here, so that what only declares a register does not start polars
(`tests/flows/faults.py` forks).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import polars as pl


def text_hashes(texts: pl.Series, digest_bytes: int, *, before: str = "") -> pl.Series:
    """BLAKE2b (RFC 7693) of `before` and each text, as 2 × `digest_bytes` hexadecimal digits; null stays
    null. Name and length are those of `texts`.
    """
    begun = hashlib.blake2b(before.encode(), digest_size=digest_bytes)
    return pl.Series(texts.name, list(_hashes(begun, texts.cast(pl.Binary).to_list())), dtype=pl.String)


def _hashes(begun: hashlib.blake2b, texts: list[bytes | None]) -> Iterator[str | None]:
    for text in texts:
        if text is None:
            yield None
        else:
            whole = begun.copy()  # a third of the time of a new one, which reads its arguments again
            whole.update(text)
            yield whole.hexdigest()
