"""Time of `graphs.ownership_graph`, which may take a second for 10,000 parties.

    python -m tests.benchmarks.network [DATABASE]

DATABASE: `undertow.duckdb` of a release. Without it, small random graphs of 10,000 parties together, with
more interests for each party than a register has. Prints seconds and processor seconds, the best of three
rounds; checks nothing.
"""

import sys
import time
from collections.abc import Iterable

import duckdb

from graphs import ownership_graph
from tests.graphs.helpers import drawn
from tests.graphs.network_release import network_release

GRAPHS = 1_550  # about 10,000 parties with interests
ROUNDS = 3


def main(database: str = "") -> None:
    connection = (
        duckdb.connect(database, read_only=True)
        if database
        else network_release(drawn(seed) for seed in range(GRAPHS))
    )
    party = sorted(ownership_graph(connection))[0]
    questions: Iterable[tuple[str, str | None, int | None]] = (
        ("whole", None, None),
        ("connected to one party", party, None),
        ("within 3 interests of one party", party, 3),
    )
    for what, around, hops in questions:
        took, busy = [], []
        for _ in range(ROUNDS):
            start, start_busy = time.perf_counter(), time.process_time()
            graph = ownership_graph(connection, around, hops)
            took.append(time.perf_counter() - start)
            busy.append(time.process_time() - start_busy)
        print(
            f"{what}: {len(graph):,} parties, {graph.number_of_edges():,} interests, "
            f"{min(took):.2f} s, {min(busy):.2f} s of processor"
        )


if __name__ == "__main__":
    main(*sys.argv[1:])
