"""Time and memory of ownership and control on a synthetic national register, beside graph libraries on the
same arcs, in one run.

    python tests/benchmarks/ownership.py [--entities N] [--seed S] [--largest-set N] [--steps A,B] [--peers]
    [--peer-python PATH] [--networkx-arcs N] [--slope] [--sizes N,N]

Every measurement is a process of its own, so that its peak memory is its own: `held` is what it had loaded
before it started, `peak` the most within.
Without options: the steps on N entities (default: the United Kingdom's 6.1 million; see national.py).
`--steps` picks some of them. `--peers`: scipy.sparse.csgraph (the floor), igraph, rustworkx on the same
closure, and networkx on `--networkx-arcs` arcs, the largest it holds within 6 GiB; the project's own
functions are measured at that size too, and the ratio is of cost per arc at one size. needs igraph and
rustworkx; pip install them, in an environment of their own if need be (`--peer-python`); what is missing is
named. `--slope`: the steps at `--sizes` arcs of one basis (100 thousand, 1 million, 10 million), and the cost
of each per arc. Prints; checks nothing (the tests do). The machine's load is printed before and after: cost
per arc and ratios are of processor seconds, which a busy machine changes less."""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import polars as pl

HERE = Path(__file__).resolve()
sys.path.insert(0, str(HERE.parents[2]))  # run by path, Python looks into this folder only

from graphs.arrays.components import condense, levels, strong_labels, weak_labels  # noqa: E402
from graphs.arrays.edges import Arcs, Ints, ascending, reachable  # noqa: E402
from graphs.ownership.interests import SHARE_BASES, ArcArrays, control_arcs, share_arcs  # noqa: E402
from tests.benchmarks.national import UK_ENTITIES, Extremes, National, national  # noqa: E402
from tests.benchmarks.peers import STEPS as PEER_STEPS  # noqa: E402
from tests.benchmarks.peers import closure, measured  # noqa: E402

GIB = 2**30
ARCS_OF_ONE_BASIS = 0.994  # for each entity, in national.py
SIZES = (100_000, 1_000_000, 10_000_000)
NETWORKX_ARCS = 1_500_000
COLUMNS = ("src", "dst", "low", "high", "flags")
UNITS = 10**11
ALL_PAIRS = 10**12  # networkx lists them all, so the project does too

GROUP_KIND = 9  # nodes of joint groups are nobody

type Figures = dict[str, float]


@dataclass(frozen=True)
class Size:
    """Which register: `largest_set` bounds the members of its largest strongly connected set."""

    entities: int
    seed: int
    largest_set: int

    def __str__(self) -> str:
        return f"seed {self.seed}, sets of at most {self.largest_set:,}"


# --- the register on disk -------------------------------------------------------------------------


def write_register(folder: Path, size: Size) -> Figures:
    """Frames as Parquet; arcs of each basis, of control, of the closure and of exact shares as arrays."""
    scaled = Extremes.scaled(size.entities)
    register = national(
        size.entities, size.seed, replace(scaled, largest_set=min(scaled.largest_set, size.largest_set))
    )
    stated = register.interests()
    for basis in SHARE_BASES:
        _write_arcs(folder, basis, share_arcs(stated, basis))
    _write_arcs(folder, "control", control_arcs(stated))
    groups = np.full(stated.n - register.parties, GROUP_KIND, np.uint8)
    np.save(folder / "kinds.npy", np.concatenate((register.kinds, groups)))
    _write_peers(folder, stated.closure.src, stated.closure.dst, register)
    for name in ("edges", "nodes", "marks"):
        getattr(register, name)().write_parquet(folder / f"{name}.parquet", compression="lz4")
    return {
        "interests": len(register.held),
        "closure": len(stated.closure.src),
        "shares": int((register.basis == 0).sum()),
    }


def _write_arcs(folder: Path, name: str, arcs: ArcArrays) -> None:
    for column in COLUMNS:
        np.save(folder / f"{name}.{column}.npy", getattr(arcs, column))


def _write_peers(folder: Path, src: Ints, dst: Ints, register: National) -> None:
    """The closure with its nodes numbered from 0, and shares for it that are exact: every holder of a
    subject holds the same.
    """
    nodes = ascending(np.concatenate((src, dst)))
    src, dst = np.searchsorted(nodes, src), np.searchsorted(nodes, dst)
    share = np.floor(UNITS / np.bincount(dst)[dst]) / UNITS
    for name, column in (
        ("peer.src", src),
        ("peer.dst", dst),
        ("exact.src", src),
        ("exact.dst", dst),
        ("exact.share", share),
    ):
        np.save(folder / f"{name}.npy", column)
    np.save(folder / "peer.kinds.npy", register.kinds[nodes])


def _arcs(folder: Path, name: str) -> tuple[np.ndarray, ...]:
    return tuple(np.load(folder / f"{name}.{column}.npy") for column in COLUMNS)


# --- steps: each loads what it needs, then gives the work to measure ------------------------------


def _prepare(folder: Path) -> Callable[[], Figures]:
    from graphs.ownership.intervals import prepare

    arcs = _arcs(folder, "shares")
    return lambda: {"arcs": len(arcs[0]), "rows": len(prepare(*arcs).src)}


def _solve(folder: Path, *, basis: str) -> Callable[[], Figures]:
    from graphs.ownership.integrated import solve

    arcs = _arcs(folder, basis)
    return lambda: {"arcs": len(arcs[0]), "rows": len(solve(*arcs).holder)}


def _control(folder: Path) -> Callable[[], Figures]:
    from graphs.control.control import control

    arcs = _arcs(folder, "control")
    return lambda: {"arcs": len(arcs[0]), "rows": len(control(*arcs).controller)}


def _owners(folder: Path) -> Callable[[], Figures]:
    """Blocks and verdicts; ownership and control are computed before the clock starts."""
    from graphs.control.blocks import blocks
    from graphs.control.control import control
    from graphs.ownership.integrated import solve
    from graphs.ownership.intervals import prepare
    from graphs.verdicts.beneficial_owners import owners
    from graphs.verdicts.regimes import Route

    arcs = {basis: _arcs(folder, basis) for basis in SHARE_BASES}
    holdings = {basis: prepare(*arcs[basis]) for basis in SHARE_BASES}
    solved, controlled = (
        {basis: solve(*arcs[basis]) for basis in SHARE_BASES},
        control(*_arcs(folder, "control")),
    )
    kinds = np.load(folder / "kinds.npy")
    person, allowed = kinds == 2, kinds <= 1

    def work() -> Figures:
        held = {basis: blocks(holdings[basis], controlled) for basis in SHARE_BASES}
        owner_rows = owners(solved, controlled, held, person=person, subject_allowed=allowed)
        return {"arcs": len(arcs["shares"][0]), "rows": int((owner_rows.route != Route.NONE).sum())}

    return work


def _reach(folder: Path) -> Callable[[], Figures]:
    """Sets, cycles, counts, nearest, depth for the built-in marks: what the stage does beside ownership
    and control.
    """
    from graphs.arrays.reach import reach
    from graphs.structure.cycles import cyclic_sets, shortest_cycles

    arcs, kinds = _closure(folder)

    def work() -> Figures:
        sets = condense(arcs)
        cycles = shortest_cycles(arcs, sets.label, cyclic_sets(arcs, sets.label, kinds == 0))
        marked = np.column_stack([kinds == 2, kinds == 3, kinds == 0, np.ones(arcs.n, np.bool_)])
        reached = reach(arcs, sets, marked, np.flatnonzero(kinds <= 1))
        return {
            "arcs": len(arcs.src),
            "rows": len(reached.subject) + len(cycles.subject),
            "depth": int(levels(sets.arcs).of_node().max()),
        }

    return work


def _closure(folder: Path) -> tuple[Arcs, np.ndarray]:
    """The closure with nodes numbered from 0, and each node's kind."""
    src, dst, kinds = (np.load(folder / f"{name}.npy") for name in ("peer.src", "peer.dst", "peer.kinds"))
    return Arcs(len(kinds), src, dst), kinds


def _interests(folder: Path) -> Callable[[], Figures]:
    """Names to numbers, and the arcs of every basis."""
    from graphs.arrays.edges import parties
    from graphs.ownership.interests import interests

    edges, nodes = pl.scan_parquet(folder / "edges.parquet"), pl.read_parquet(folder / "nodes.parquet")

    def work() -> Figures:
        known = parties(nodes)
        network, _ = interests(edges, known, nodes.get_column("cannot_be_owned").to_numpy())
        return {
            "arcs": len(network.row),
            "rows": sum(
                len(arcs.src)
                for arcs in (*(share_arcs(network, basis) for basis in SHARE_BASES), control_arcs(network))
            ),
        }

    return work


def _build(folder: Path) -> Callable[[], Figures]:
    """The whole stage, every frame made and counted, none kept."""
    from graphs.build import build

    edges = pl.scan_parquet(folder / "edges.parquet")
    nodes, marks = (pl.read_parquet(folder / f"{name}.parquet") for name in ("nodes", "marks"))
    arcs = edges.select(pl.len()).collect().item()

    def work() -> Figures:
        rows = {name: sum(frame.height for frame in stream) for name, stream in build(edges, nodes, marks)}
        return {"arcs": arcs, "rows": sum(rows.values()), **rows}

    return work


def _own_primitives(folder: Path) -> Callable[[], Figures]:
    """As peers.py: the graph from arrays, weak and strong components, what is below the last node."""
    src, dst, n = closure(folder)

    def work() -> Figures:
        held = Arcs(n, src, dst).held()
        weak, strong = (int(find(n, src, dst).max()) + 1 for find in (weak_labels, strong_labels))
        return {
            "arcs": len(src),
            "weak": weak,
            "strong": strong,
            "reached": int(reachable(held, np.array([n - 1])).sum()) - 1,
        }

    return work


def _own_order(folder: Path) -> Callable[[], Figures]:
    src, dst, n = closure(folder)
    return lambda: {"arcs": len(src), "ordered": len(levels(condense(Arcs(n, src, dst)).arcs).order)}


def _own_ownership(folder: Path) -> Callable[[], Figures]:
    """Exact shares: the case that peers.py computes with networkx."""
    from graphs.ownership.integrated import solve
    from graphs.ownership.intervals import Flags

    src, dst, share = (np.load(folder / f"exact.{name}.npy") for name in ("src", "dst", "share"))
    flags = np.where(np.load(folder / "peer.kinds.npy")[src] == 2, int(Flags.HOLDER_IS_PERSON), 0).astype(
        np.uint8
    )

    def work() -> Figures:
        solved = solve(src, dst, share, share, flags, pairs_listed=ALL_PAIRS)
        return {"arcs": len(src), "pairs": len(solved.holder), "sum": float(solved.share_min.sum())}

    return work


STEPS: Mapping[str, Callable[[Path], Callable[[], Figures]]] = {
    "interests": _interests,
    "prepare": _prepare,
    **{f"solve {basis}": partial(_solve, basis=basis) for basis in SHARE_BASES},
    "control": _control,
    "owners": _owners,
    "reach": _reach,
    "build": _build,
}
OWN = {"primitives": _own_primitives, "order": _own_order, "ownership": _own_ownership}


# --- processes ------------------------------------------------------------------------------------


def child(command: Sequence[str]) -> Figures:
    """The line of JSON that the process prints, or the last line of its complaint under `failed`."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode == 0:
        return dict(json.loads(done.stdout.strip().splitlines()[-1]))
    lines = done.stderr.strip().splitlines()
    return {"failed": lines[-1] if lines else f"exit {done.returncode}"}  # type: ignore[dict-item]


def step(name: str, folder: Path) -> Figures:
    return child([sys.executable, str(HERE), "--child", name, "--folder", str(folder)])


def peer(name: str, library: str, folder: Path, python: str) -> Figures:
    return child([python, str(HERE.with_name("peers.py")), name, library, str(folder)])


def register_in(folder: Path, size: Size) -> Figures:
    folder.mkdir(exist_ok=True)
    numbers = {"--entities": size.entities, "--seed": size.seed, "--largest-set": size.largest_set}
    options = [text for name, number in numbers.items() for text in (name, str(number))]
    return child([sys.executable, str(HERE), "--child", "write", "--folder", str(folder), *options])


def run_child(name: str, folder: Path, size: Size) -> Figures:
    if name == "write":
        return measured(lambda: write_register(folder, size))
    return measured({**STEPS, **OWN}[name](folder))


# --- what is printed ------------------------------------------------------------------------------


def line(name: str, figures: Figures, note: str = "") -> str:
    if "seconds" not in figures:
        return f"{name:24} {figures.get('failed') or 'missing: ' + str(figures.get('missing'))}"
    arcs, rows = figures.get("arcs", 0), figures.get("rows", figures.get("pairs", 0))
    each = f"{figures['cpu_seconds'] / arcs * 1e6:11.2f}" if arcs else f"{'':11}"
    return (
        f"{name:24}{arcs:>12,.0f}{figures['seconds']:>9.1f}{figures['cpu_seconds']:>9.1f}{each}"
        f"{figures['held'] / GIB:>8.2f}{figures['peak'] / GIB:>8.2f}{rows:>14,.0f}  {note}"
    )


HEADING = f"{'':24}{'arcs':>12}{'wall s':>9}{'cpu s':>9}{'cpu µs/arc':>11}{'held':>8}{'peak':>8}{'rows':>14}"


def say(text: str = "") -> None:
    print(text, flush=True)


def load() -> str:
    return "load average " + " ".join(f"{value:.1f}" for value in os.getloadavg())


def steps_at(folder: Path, names: Iterable[str]) -> dict[str, Figures]:
    say(HEADING)
    figures = {}
    for name in names:
        figures[name] = step(name, folder)
        say(line(name, figures[name]))
    return figures


def print_register(folder: Path, size: Size) -> Figures:
    made = register_in(folder, size)
    if "seconds" not in made:
        raise SystemExit(
            f"the register of {size.entities:,} entities could not be made: {made.get('failed')}"
        )
    say(
        f"\n{size.entities:,} entities, {made['interests']:,.0f} interests, {made['closure']:,.0f} arcs "
        f"of the closure, {size}; made in {made['seconds']:.0f} s, {load()}"
    )
    return made


def peers_at(folder: Path, libraries: Iterable[str], steps: Iterable[str], python: str) -> None:
    """The libraries beside the project, on one closure; `times` is how many times as long as the project
    they take.
    """
    say(HEADING)
    for name in steps:
        own = step(name, folder)
        say(line(f"{name}: undertow", own))
        for library in (
            library for library in libraries if name == "ownership" or (name, library) in PEER_STEPS
        ):
            figures = peer(
                name, library, folder, sys.executable if library in {"scipy", "networkx"} else python
            )
            figures |= {"arcs": own.get("arcs", 0)} if "seconds" in figures else {}
            say(line(f"{name}: {library}", figures, _beside(figures, own)))


def _beside(figures: Figures, own: Figures) -> str:
    if "seconds" not in figures or "seconds" not in own:
        return ""
    differing = [
        key
        for key in ("weak", "strong", "reached", "ordered", "pairs")
        if key in figures and figures[key] != own.get(key)
    ]
    return f"takes {figures['cpu_seconds'] / own['cpu_seconds']:.2f} times as long" + (
        f"; differs in {', '.join(differing)}" if differing else ""
    )


def slope(folder: Path, sizes: Iterable[int], size: Size, names: Sequence[str]) -> None:
    cost: dict[int, dict[str, Figures]] = {}
    for arcs in sizes:
        with TemporaryDirectory(dir=folder) as place:
            print_register(Path(place), replace(size, entities=int(arcs / ARCS_OF_ONE_BASIS)))
            cost[arcs] = steps_at(Path(place), names)
    say("\ncpu µs per arc" + "".join(f"{arcs:>14,}" for arcs in cost))
    for name in names:
        each = [
            figures[name]["cpu_seconds"] / figures[name]["arcs"] * 1e6
            if "seconds" in figures[name]
            else float("nan")
            for figures in cost.values()
        ]
        say(
            f"{name:14}"
            + "".join(f"{value:>14.2f}" for value in each)
            + f"   last/first {each[-1] / each[0]:.2f}"
        )


def main(options: argparse.Namespace) -> None:
    names, size = options.steps.split(",") if options.steps else list(STEPS), size_of(options)
    say(f"{os.cpu_count()} processors, {load()}; times are wall seconds, memory GiB")
    with TemporaryDirectory(prefix="undertow-benchmark-") as place:
        folder = Path(place)
        if options.slope:
            slope(folder, [int(arcs) for arcs in options.sizes.split(",")], size, names)
        else:
            print_register(folder / "national", size)
            steps_at(folder / "national", names)
        if options.peers and not options.slope:
            say(f"\nlibraries on the same closure, {load()}")
            peers_at(
                folder / "national",
                ("scipy", "igraph", "rustworkx"),
                ("primitives", "order"),
                options.peer_python,
            )
            print_register(
                folder / "networkx", replace(size, entities=int(options.networkx_arcs / ARCS_OF_ONE_BASIS))
            )
            peers_at(
                folder / "networkx", ("networkx",), ("primitives", "order", "ownership"), options.peer_python
            )
    say(load())


def size_of(options: argparse.Namespace) -> Size:
    return Size(options.entities, options.seed, options.largest_set)


def parsed(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--entities", type=int, default=UK_ENTITIES)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--largest-set",
        type=int,
        default=Extremes.largest_set,
        help="members at most; the steps that list pairs take their square",
    )
    parser.add_argument("--steps", default="", help=f"of {', '.join(STEPS)}; separated by commas")
    parser.add_argument("--peers", action="store_true")
    parser.add_argument("--peer-python", default=sys.executable)
    parser.add_argument("--networkx-arcs", type=int, default=NETWORKX_ARCS)
    parser.add_argument("--slope", action="store_true")
    parser.add_argument("--sizes", default=",".join(map(str, SIZES)))
    parser.add_argument("--child", default="", help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, default=Path(), help=argparse.SUPPRESS)
    return parser.parse_args(arguments)


if __name__ == "__main__":
    chosen = parsed(sys.argv[1:])
    if chosen.child:
        say(json.dumps(run_child(chosen.child, chosen.folder, size_of(chosen))))
    else:
        main(chosen)
