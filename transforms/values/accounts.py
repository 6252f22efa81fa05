"""Bank accounts: ids that are hashed with a key of the home and show country and bank, but not the number.
Row-local."""

import hashlib

import polars as pl

from transforms.values.names import made_once

PREFIX = "account"
UNKNOWN = "zz"  # country of a number that is not an IBAN
# First two letters of an IBAN → length of the bank's code behind the two check digits. ISO 13616 registry.
BANK_CHARS = {"NL": 4, "BE": 3, "GB": 4, "IE": 4, "DE": 8, "FR": 5, "LU": 3, "MT": 4}
BANK_CHARS_ELSE = 4
HASH_BYTES = 12
IBAN_CHARS = range(15, 35)


def account_id(number: pl.Expr, key: bytes, *, bank: pl.Expr | None = None) -> pl.Expr:
    """`account:<country>:<bank>:<24 hex digits>` of an account number; null for a blank.

    The digits are keyed BLAKE2b of bank and number: the same account has the same id in every register of one
    home, and another id in any other home. `bank`: for a number that is not an IBAN.
    """
    written = number.str.to_uppercase().str.replace_all(r"[^A-Z0-9]", "")
    bank_text = (bank if bank is not None else pl.lit("")).str.to_lowercase().str.strip_chars()
    whole = pl.concat_str(pl.coalesce(bank_text, pl.lit("")), written, separator=" ")

    def ids(texts: pl.Series) -> pl.Series:
        return made_once(texts, lambda text: _account_id(text, key), pl.String)

    return whole.map_batches(ids, return_dtype=pl.String, is_elementwise=True)


def _account_id(whole: str, key: bytes) -> str | None:
    bank, _, number = whole.partition(" ")
    if not number:
        return None
    if is_iban(number):
        chars = BANK_CHARS.get(number[:2], BANK_CHARS_ELSE)
        country, bank = number[:2].lower(), number[4 : 4 + chars].lower()
        whole = f" {number}"
    else:
        country = UNKNOWN
    digest = hashlib.blake2b(whole.encode(), key=key[:64], digest_size=HASH_BYTES).hexdigest()
    return f"{PREFIX}:{country}:{bank}:{digest}"


def is_iban(number: str) -> bool:
    """Whether a text of capitals and digits is an IBAN with correct check digits (ISO 7064, MOD 97-10)."""
    is_shaped = len(number) in IBAN_CHARS and number[:2].isalpha() and number[2:4].isdigit()
    return is_shaped and _remainder(number) == 1


def iban_of(country: str, number: str) -> str:
    """The IBAN of a bank's code and account number (BBAN), both in capitals and digits."""
    return f"{country}{98 - _remainder(f'{country}00{number}'):02d}{number}"


def _remainder(iban: str) -> int:
    return int("".join(str(int(sign, 36)) for sign in iban[4:] + iban[:4])) % 97
