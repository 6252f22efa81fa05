"""Ids made of a text."""

import hashlib

import polars as pl


def text_hashes(texts: pl.Series, digest_bytes: int, *, before: str = "") -> pl.Series:
    """BLAKE2b (RFC 7693) of `before` and each text: 2 * `digest_bytes` hexadecimal digits; null stays null.

    The result has the name and the length of `texts`.
    """
    hashes = [
        None
        if text is None
        else hashlib.blake2b(f"{before}{text}".encode(), digest_size=digest_bytes).hexdigest()
        for text in texts
    ]
    return pl.Series(texts.name, hashes, dtype=pl.String)
