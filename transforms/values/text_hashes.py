"""Ids made of a text."""

import hashlib

import polars as pl


def text_hashes(texts: pl.Series, digest_bytes: int, *, before: str = "") -> pl.Series:
    """BLAKE2b (RFC 7693) of `before` and each text: 2 * `digest_bytes` hexadecimal digits; null stays null.

    The result has the name and the length of `texts`.
    """
    begun = hashlib.blake2b(before.encode(), digest_size=digest_bytes)
    digests: list[bytes | None] = []
    for text in texts.cast(pl.Binary).to_list():
        if text is None:
            digests.append(None)
        else:
            hashed = begun.copy()
            hashed.update(text)
            digests.append(hashed.digest())
    return pl.Series(texts.name, digests, dtype=pl.Binary).bin.encode("hex")
