"""Numbers in rejected records, in every form in which the party they speak of may be known."""

import duckdb
import pytest

from transforms.flags.mentions import reject_mention_sql


@pytest.mark.parametrize(
    ("written", "forms"),
    [
        ("7724", {"00007724"}),
        ("SC123", {"SC000123"}),
        ("R123", {"R0000123"}),
        ("09000001", set()),
        ("NI000042", set()),
        # A society's register may write its number with or without the zeros.
        ("IP123R", {"IP00123R"}),
        ("IP00123R", {"IP123R"}),
        ("IP0123R", {"IP00123R", "IP123R"}),
        ("SP2C", {"SP00002C"}),
        ("RS7CUS", {"RS007CUS"}),
        ("RS007CUS", {"RS7CUS"}),
        ("IP21143R", set()),
        ("IP12345ABC", set()),
        ("ZEDTON", set()),
        ("7724R", set()),
    ],
)
def test_a_word_of_a_rejected_record_counts_with_and_without_zeros(written: str, forms: set[str]) -> None:
    with duckdb.connect() as connection:
        connection.execute(
            "create table stated as select 'r' as register, 'd' as dataset, 'e' as edition, ? as token",
            [written],
        )
        assert {token for *_, token in connection.execute(reject_mention_sql("stated")).fetchall()} == {
            written,
            *forms,
        }
