"""R24: ownership of the worst shapes in bounded time and memory. That the numbers are a slow reference's on
1,000 random registers is tested beside the arithmetic (tests/graphs/ownership/test_ownership_oracle.py).
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

import polars as pl
import pytest

from flows.cli.app import exit_code
from flows.release.store import open_current
from graphs.build import build
from tests import landings
from tests.graphs.helpers import MARK_SCHEMA, collected, edges_of, nodes_of

pytestmark = pytest.mark.reliability("R24")
MEMORY_MAX = 2 << 30  # bytes
SECONDS_MAX = 60  # of the processors
RUN = "import sys; from tests.reliability.test_r24_graphs import shapes; shapes(int(sys.argv[1]))"


class Tier(Protocol):
    def pick(self, *, ci: int, nightly: int) -> int: ...


def shapes(size: int) -> None:
    """A chain, a ring and companies that hold themselves, `size` of each; as many of which three hold half,
    and as many of which a holder's share is not stated; a hub of ten times `size`. Prints what was found.
    """
    held: list[tuple[str, str, int | None]] = [("P0", "chain0", 100), ("P1", "ring0", 10)]
    for at in range(size):
        held += [
            (f"chain{at}", f"chain{at + 1}", 100),
            (f"ring{at}", f"ring{(at + 1) % size}", 90),
            (f"self{at}", f"self{at}", 10),
            ("P2", f"self{at}", 90),
            ("P3", f"unknown{at}", None),
            *((f"P{holder}", f"half{at}", 50) for holder in (4, 5, 6)),
        ]
    held += [("P7", f"hub{at}", 100) for at in range(10 * size)]
    ids = sorted({party for holder, subject, _ in held for party in (holder, subject)})
    kinds = ["person" if party.startswith("P") else "legal_entity" for party in ids]
    shares = pl.Series("share_min", [share for *_, share in held], pl.Decimal(12, 9), strict=False)
    edges = pl.DataFrame(
        {
            "party_id": [holder for holder, *_ in held],
            "subject_id": [subject for _, subject, _ in held],
            "statement_id": [f"s{at}" for at in range(len(held))],
            "basis": "shares",
            "share_min": shares,
            "share_max": shares,
        }
    )
    nodes = nodes_of(pl.DataFrame({"party_id": ids, "kind": kinds}))
    tables = collected(build(edges_of(edges), nodes, pl.DataFrame(schema=MARK_SCHEMA)))
    integrated, reach = tables["graph_integrated"], tables["graph_reach"]
    by_shape = {
        "of the ring": _rows_of(tables["graph_scc"], "ring").height,
        "hold themselves": _rows_of(tables["graph_scc"], "self").height,
        "of the hub": integrated.filter(party_id="P7").height,
        "above the whole": _rows_of(tables["graph_contradiction"], "half")["subject_id"].n_unique(),
        "not stated": integrated.filter(party_id="P3", share_min=0).height,
        "below the first": reach.filter(nearest_id="P0").height,
    }
    print(json.dumps(by_shape))


def _rows_of(table: pl.DataFrame, shape: str) -> pl.DataFrame:
    return table.filter(pl.col("subject_id").str.starts_with(shape))


def _measured(arguments: Sequence[str]) -> tuple[str, float, int]:
    """What a process of its own prints, its seconds of processor, and its most memory in bytes."""
    process = subprocess.Popen([sys.executable, *arguments], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    printed = process.stdout.read()
    _, status, used = os.wait4(process.pid, 0)
    assert os.waitstatus_to_exitcode(status) == 0, printed
    return printed, used.ru_utime + used.ru_stime, used.ru_maxrss * 1024


def test_graphs_of_the_worst_shapes(tier: Tier, figure: Callable[[str], None]) -> None:
    size = tier.pick(ci=300, nightly=10_000)
    printed, seconds, memory = _measured(["-c", RUN, str(size)])
    answer = json.loads(printed)
    assert answer == {
        "of the ring": size,
        "hold themselves": size,
        "of the hub": 10 * size,
        "above the whole": size,
        "not stated": size,
        "below the first": size + 1,
    }
    assert memory <= MEMORY_MAX
    if size == 10_000:
        assert seconds <= SECONDS_MAX
        figure(
            f"chain, ring, self-holders, 150 % and shares not stated, {size:,} each, and a hub of "
            f"{10 * size:,}: {seconds:.0f} s of processor, {memory / 2**30:.1f} GiB"
        )


@pytest.mark.nightly
def test_a_hundred_thousand_companies_at_one_address(tmp_path: Path, figure: Callable[[str], None]) -> None:
    """A whole night, whose memory is what DuckDB is allowed on this machine (R21 bounds it)."""
    number = 100_000
    seat = {"RegAddress.AddressLine1": "1 HIGH STREET"}
    rows = [landings.company_row(index, seat) for index in range(number)]
    landing = landings.write(
        tmp_path / "landing", {landings.COMPANIES: landings.file_of(landings.COMPANIES, rows)}
    )
    home = landings.home_with(tmp_path / "home", landings.PURPOSE)
    command = "import sys; from flows.cli.app import main; main(sys.argv[1:])"
    arguments = ["run", "--landing", str(landing), "--home", str(home.root)]
    _, seconds, memory = _measured(["-c", command, *arguments])
    with open_current(home) as connection:
        assessed = connection.execute(
            "select distinct value from v_flag where indicator = 'ADR-010' and state = 'flagged'"
        ).fetchall()
    assert [int(value) for (value,) in assessed] == [number]
    check_command = ["check", "1 High Street, Zedton ZT1 2AB", "--purpose", "case1", "--home", str(home.root)]
    assert exit_code(check_command) == 0
    figure(
        f"{number:,} companies at one address: a whole night in {seconds:.0f} s of processor, "
        f"{memory / 2**30:.1f} GiB"
    )
