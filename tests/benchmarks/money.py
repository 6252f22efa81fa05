"""Time and memory of the pattern engine, beside SnapML and networkx in the same run.

    python -m tests.benchmarks.money [MILLIONS …] [--only TEXT] [--sums spread] [--peers] [--python PATH]

Bundles of a year between parties with 36 payments each (two in 20 days): payers and payees are drawn apart
from Pareto weights of shape 1.5, so that degrees follow a power law of exponent 2.5. Sums are `spread`
(lognormal, sigma 1.5) or `alike` (uniform, 10 per cent about the mean, so that `keep` 80 and `over` 105 cut
few hops: the hardest case). Prints bundles a second, processor seconds and the peak of memory for each size:
the slope is the change of bundles a second from one size to the next. Checks nothing.

`--peers`: the temporal cycles of the graph feature preprocessor of SnapML (its own process, through `uv run
--with snapml`; it has wheels for Python up to 3.12 only: `--python` names one) on 200,000 bundles drawn
so, and networkx's `simple_cycles` with times checked on the first 20 days of 100,000,
one window of those that it would have to search.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from itertools import pairwise, product
from pathlib import Path

import networkx as nx
import numpy as np

from graphs.arrays.edges import Ints
from graphs.money import cycles, fans, passing, round_trips, scatter
from graphs.money.bundles import Bundles
from graphs.money.windows import FoundPatterns
from tests.benchmarks.peers import measured

DAYS, KEEP, OVER = 20, 80, 105
YEAR, PAYMENTS_EACH = 365, 36
SNAPML_N, NETWORKX_N = 200_000, 100_000

SNAPML = """
import sys, time, numpy as np
from snapml import GraphFeaturePreprocessor
rows = np.load(sys.argv[1])
engine = GraphFeaturePreprocessor()
on = {name: name == "temp-cycle" for name, value in engine.get_params().items() if isinstance(value, bool)}
engine.set_params(on | {"num_threads": 2, "time_window": 20, "temp-cycle_tw": 20})
start = time.perf_counter()
for part in np.array_split(rows, len(rows) // 2_000):
    engine.transform(np.ascontiguousarray(part))
print(time.perf_counter() - start)
"""


def drawn(n: int, *, alike: bool, seed: int = 1) -> Bundles:
    """About `n` bundles, as the docstring of the module says."""
    draw = np.random.default_rng(seed)
    parties = n // PAYMENTS_EACH

    def ends() -> Ints:
        weights = np.cumsum(draw.pareto(1.5, parties) + 1)
        return draw.permutation(parties)[np.searchsorted(weights, draw.random(n) * weights[-1])]

    payer, payee = ends().astype(np.int32), ends().astype(np.int32)
    day = np.sort(draw.integers(0, YEAR, n)).astype(np.int32)
    cents = (draw.uniform(9e5, 1.1e6, n) if alike else draw.lognormal(11, 1.5, n)).astype(np.int64)
    other = payer != payee
    return Bundles.in_euro(payer[other], payee[other], day[other], cents[other])


def searches(bundles: Bundles) -> dict[str, Callable[[], FoundPatterns]]:
    n = bundles.parties_n
    group = np.where(np.arange(n) % 100 < 3, np.arange(n) // 100, -1)
    return {
        "cycles": lambda: cycles.cycles(bundles, cycles.Bounds(DAYS, KEEP, OVER)),
        "round trips": lambda: round_trips.round_trips(
            bundles, group, round_trips.Bounds(730, 80, 1_000_000)
        ),
        "scatter-gather": lambda: scatter.scatter_gather(bundles, scatter.Bounds(3, DAYS, 80)),
        "gather-scatter": lambda: scatter.gather_scatter(bundles, scatter.Bounds(3, DAYS, 80)),
        "fans": lambda: fans.fans(bundles, fans.Bounds(5, DAYS), np.ones(len(bundles), np.bool_)),
        "pass-through": lambda: passing.pass_through(bundles, np.ones(n, np.bool_), passing.Bounds(3, 5)),
    }


def one(n: int, sums: str, what: str) -> None:
    """Measure one search and print it as a row."""
    bundles = drawn(n, alike=sums == "alike")
    search = searches(bundles)[what]
    counts: list[int] = []

    def work() -> dict[str, float]:
        result = search()
        counts.extend((len(result.kind), len(result.dense.party)))
        return {}

    took = measured(work)
    print(
        f"| {what} | {sums} | {len(bundles):,} | {took['seconds']:.2f} | {took['cpu_seconds']:.2f} "
        f"| {len(bundles) / took['cpu_seconds'] / 1e6:.2f} | {took['peak'] / 2**30:.2f} "
        f"| {counts[0]:,} | {counts[1]:,} |",
        flush=True,
    )


def snapml(python: str) -> None:
    bundles = drawn(SNAPML_N, alike=False)
    columns = (np.arange(len(bundles)), bundles.payer, bundles.payee, bundles.day)
    with tempfile.TemporaryDirectory() as folder:
        rows, script = Path(folder, "rows.npy"), Path(folder, "snap.py")
        np.save(rows, np.column_stack(columns).astype(np.float64))
        script.write_text(SNAPML, encoding="utf-8")
        command = ["uv", "run", "--no-project", "--python", python, "--with", "snapml", "python"]
        run = subprocess.run(
            [*command, str(script), str(rows)], capture_output=True, text=True, check=False, cwd=folder
        )
    if run.returncode:
        print(f"SnapML did not run: {run.stderr.strip().splitlines()[-1:]}")
        return
    print(f"SnapML, temporal cycles, two threads: {len(bundles) / float(run.stdout):,.0f} bundles a second")


def networkx() -> None:
    bundles = drawn(NETWORKX_N, alike=False)
    bundles = bundles.at(bundles.day <= DAYS)
    start = time.perf_counter()
    graph = nx.DiGraph()
    for k in range(len(bundles)):
        edge = int(bundles.payer[k]), int(bundles.payee[k])
        graph.add_edge(*edge)
        graph.edges[edge].setdefault("rows", []).append(k)
    rings_n = 0
    for cycle in nx.simple_cycles(graph, length_bound=6):
        hops = pairwise([*cycle, cycle[0]])
        for ring in product(*(graph.edges[hop]["rows"] for hop in hops)):
            first = ring.index(min(ring))
            days = bundles.day[list(ring[first:] + ring[:first])]
            rings_n += bool((np.diff(days) > 0).all() and days[-1] - days[0] <= DAYS)
    rate = len(bundles) / (time.perf_counter() - start)
    print(f"networkx, cycles with times checked: {rate:,.0f} bundles a second ({rings_n} cycles)")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("millions", nargs="*", type=float, default=[1, 5])
    parser.add_argument("--peers", action="store_true")
    parser.add_argument("--only", default="", help="searches whose name has this in it")
    parser.add_argument("--sums", choices=("spread", "alike"), nargs="*", default=("spread", "alike"))
    parser.add_argument("--python", default="3.12")
    parser.add_argument(
        "--one", nargs=2, metavar=("SUMS", "WHAT"), help="measure one search, in this process"
    )
    given = parser.parse_args()
    if given.one:
        one(int(given.millions[0] * 1e6), *given.one)
        return
    print(
        "| search | sums | bundles | seconds | processor | million/s of processor | GiB | patterns | dense |"
    )
    print("|---|---|---|---|---|---|---|---|---|", flush=True)
    for sums, what in product(given.sums, searches(drawn(1_000, alike=True))):
        for millions in given.millions:
            if given.only in what and (sums == "spread" or what.startswith("cycles")):
                again = [sys.executable, "-m", "tests.benchmarks.money", str(millions), "--one", sums, what]
                subprocess.run(again, check=True)
    if given.peers:
        snapml(given.python)
        networkx()


if __name__ == "__main__":
    main()
