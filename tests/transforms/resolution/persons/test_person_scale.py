"""The benchmark of persons measures what it says: equal pairs for both methods, blocks within their bound,
people found.
"""

from pathlib import Path

import pytest

from flows.home import warehouse
from tests.benchmarks.persons import SECOND_RECORDS, fill, measured, slope
from transforms.resolution.persons.linkage import prepare
from transforms.resolution.persons.model import BLOCK_MAX, BLOCKS

RECORDS = 3_000


def test_both_methods_are_given_the_same_pairs() -> None:
    ours, plain = (
        measured(RECORDS, threads=1, memory="1GB", is_plain=is_plain) for is_plain in (False, True)
    )
    assert ours["blocked_n"] == plain["blocked_n"]
    seconds = int(RECORDS * SECOND_RECORDS)
    assert (
        0.7 * seconds < int(str(ours["merging_n"])) <= int(str(ours["pairs_n"]))
        and int(str(ours["joined_n"])) <= 2 * seconds
    )


def test_no_block_is_larger_than_its_bound(tmp_path: Path) -> None:
    """Half of the records state the same: their blocks are not used, and those of the others are."""
    connection = warehouse.connect(tmp_path / "work")
    fill(connection, RECORDS)
    connection.execute(
        "update person_profile set surname_key = 'ZED', forename = 'ANN', birth_year = 1970, birth_month = 5 "
        "where unique_id % 2 = 0"
    )
    prepare(connection)
    sizes = {
        key: connection.sql(
            f"select count(*) as n from person_compared where {key} is not null "
            f"group by {key} order by n desc limit 1"
        ).fetchall()
        for key in BLOCKS
    }
    connection.close()
    assert sizes["name_month"] and all(
        n <= BLOCK_MAX for block_sizes in sizes.values() for (n,) in block_sizes
    )


def test_the_slope_is_that_of_a_power() -> None:
    assert slope(
        {"records_n": 100, "processor_s": 2.0}, {"records_n": 10_000, "processor_s": 200.0}
    ) == pytest.approx(1)
    assert slope(
        {"records_n": 100, "processor_s": 2.0}, {"records_n": 400, "processor_s": 32.0}
    ) == pytest.approx(2)


def test_who_shares_no_block_is_not_compared(tmp_path: Path) -> None:
    connection = warehouse.connect(tmp_path / "work")
    fill(connection, RECORDS)
    prepare(connection)
    shares = " or ".join(f"{key} is not null" for key in BLOCKS)
    ((all_n, sharing_n),) = connection.sql(
        f"select count(*), count(*) filter ({shares}) from person_compared"
    ).fetchall()
    prepare(connection, sharing=True)
    assert connection.sql("select count(*) from person_compared").fetchall() == [(sharing_n,)]
    assert 0 < sharing_n < all_n
