"""What several machines can save of the ownership network: the seconds of each bucket, solved one by one.

    python -m tests.benchmarks.buckets [ENTITIES] [PARTIES]

A synthetic register (national.py), in buckets of some PARTIES with the largest component alone, as
`flows.spark.ownership` places them. Prints the processor seconds of each bucket, and the least time that 1 to
8 workers can take: each takes the longest bucket that is left. Several machines are not tried here: sending
rows to them and back is not in it. Checks nothing.
"""

import sys
import time

import polars as pl

from graphs.build import solve
from tests.benchmarks.national import national

WORKERS = (1, 2, 4, 8)


def main(entities: str = "60000", parties: str = "100000") -> None:
    register = national(int(entities))
    nodes, marks = register.nodes(), register.marks()
    number, last = pl.col("component_no"), 1 + nodes.height // int(parties)
    largest = nodes["component_no"].mode()[0]
    nodes = nodes.with_columns(bucket=pl.when(number == largest).then(last).otherwise(number % last))
    places = nodes.select("bucket", subject_id="party_id")
    edges = register.edges().sort("statement_id", "interest_id").join(places, on="subject_id")
    _solve(edges.head(0), nodes.head(1000), marks)  # loads what it needs
    took = []
    for bucket in range(last + 1):
        rows, interests = nodes.filter(bucket=bucket), edges.filter(bucket=bucket)
        start = time.process_time()
        _solve(interests, rows, marks)
        took.append(time.process_time() - start)
        print(f"bucket {bucket}: {rows.height:,} parties, {interests.height:,} interests, {took[-1]:.2f} s")
    for workers in WORKERS:
        busy = [0.0] * workers
        for seconds in sorted(took, reverse=True):
            busy[busy.index(min(busy))] += seconds
        print(f"{workers} workers: {max(busy):.2f} s, {sum(took) / max(busy):.1f} times as fast as one")


def _solve(edges: pl.DataFrame, nodes: pl.DataFrame, marks: pl.DataFrame) -> None:
    for _, frames in solve(edges, nodes, marks, ["offshore"]):
        for _ in frames:
            pass


if __name__ == "__main__":
    main(*sys.argv[1:])
