"""Ids of bank accounts: the same account has the same id, under one key only, and the number is in none."""

import polars as pl
import pytest

from transforms.values.accounts import account_id, is_iban

KEY, OTHER = b"k" * 32, b"o" * 32
IBAN = "NL91ABNA0417164300"  # example of the standard's registry


def ids(numbers: list[str | None], key: bytes = KEY, bank: str | None = None) -> list[str | None]:
    frame = pl.DataFrame({"number": numbers}, schema={"number": pl.String})
    return frame.select(account_id(pl.col("number"), key, bank=pl.lit(bank, dtype=pl.String)).alias("id"))[
        "id"
    ].to_list()


def test_an_account_has_one_id_however_it_is_written() -> None:
    first, again, other = ids([IBAN, "nl91 abna 0417 1643 00", "NL91ABNA0417164301"])
    assert first is not None and first == again != other
    assert first.startswith("account:nl:abna:") and "0417164300" not in first


def test_another_home_has_another_id() -> None:
    assert ids([IBAN]) != ids([IBAN], OTHER)


def test_a_number_that_is_no_iban_counts_with_its_bank() -> None:
    assert ids(["12345678"], bank="10") != ids(["12345678"], bank="11")
    assert str(ids(["12345678"], bank="10")[0]).startswith("account:zz:10:")
    assert ids([None, " "]) == [None, None]


@pytest.mark.parametrize(
    ("number", "is_one"),
    [(IBAN, True), ("BE68539007547034", True), ("NL91ABNA0417164301", False), ("NL91", False), ("", False)],
)
def test_check_digits_are_checked(number: str, is_one: bool) -> None:
    assert is_iban(number) is is_one
