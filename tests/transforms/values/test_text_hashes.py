import hashlib

import polars as pl

from transforms.values.text_hashes import text_hashes


def test_text_hashes_are_blake2b_of_the_whole_text() -> None:
    texts = pl.Series("id", ["", "1", "é|x", None, "a" * 300])
    whole = [
        None if text is None else hashlib.blake2b(f"register|{text}".encode(), digest_size=12).hexdigest()
        for text in texts.to_list()
    ]
    assert text_hashes(texts, 12, before="register|").equals(pl.Series("id", whole), check_names=True)
    assert text_hashes(texts[:0], 8).dtype == pl.String
