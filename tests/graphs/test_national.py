"""The synthetic national register of the benchmarks: it has the shares, the extremes and the two forms that
it promises.
"""

import numpy as np
import polars as pl
import pytest

from graphs.arrays.components import condense, levels, strong_labels
from graphs.arrays.edges import Ints, parties
from graphs.ownership.interests import SHARE_BASES, control_arcs, interests, share_arcs
from tests.benchmarks.national import BOUNDS, NO_JOINT, Extremes, National, national

ENTITIES, SEED = 60_000, 7
EXTREMES = Extremes(chain=300, hub=900, largest_set=60)


@pytest.fixture(scope="module")
def register() -> National:
    return national(ENTITIES, SEED, EXTREMES)


def relationships(register: National) -> Ints:
    """Position of the first interest of each relationship."""
    return np.unique(register.relationship, return_index=True)[1]


def test_sizes_are_those_of_the_united_kingdom(register: National) -> None:
    first = relationships(register)
    shares = {
        "persons": (register.persons / ENTITIES, 0.85, 0.001),
        "relationships open": (len(first) / ENTITIES, 1.05, 0.02),
        "interests": (len(register.held) / ENTITIES, 2.26, 0.08),
        "held by entities": (np.mean(register.holder[first] < ENTITIES), 0.12, 0.02),
        "entities without a holder": (
            1 - len(np.unique(register.held[register.held < ENTITIES])) / ENTITIES,
            0.09,
            0.015,
        ),
    }
    for name, (measured, expected, within) in shares.items():
        assert abs(measured - expected) <= within, f"{name}: {measured:.4f}, seed {SEED}"


def test_bands_and_natures(register: National) -> None:
    """Six in ten hold 75 to 100 per cent; votes nearly always have the band of the shares."""
    band = np.bincount(register.band[register.basis == 0], minlength=4) / np.sum(register.basis == 0)
    assert band == pytest.approx((0, 0.27, 0.13, 0.60), abs=0.02), f"seed {SEED}"
    nature = np.bincount(register.basis, minlength=5) / len(relationships(register))
    assert nature == pytest.approx((0.94, 0.79, 0.01, 0.36, 0.04), abs=0.02), f"seed {SEED}"
    assert np.array_equal(register.band > 0, register.basis <= 2)


def test_extremes_are_there_once(register: National) -> None:
    closure = register.interests().closure
    sizes = np.sort(np.bincount(strong_labels(closure.n, closure.src, closure.dst)))
    assert sizes[-1] == EXTREMES.largest_set
    small = sizes[:-1][sizes[:-1] > 1]
    assert 0 < small.sum() <= 0.0006 * ENTITIES and small.max() <= 12, f"{small}, seed {SEED}"
    assert EXTREMES.hub <= np.bincount(closure.src).max() < 1.2 * EXTREMES.hub
    assert EXTREMES.chain <= levels(condense(closure).arcs).of_node().max() < EXTREMES.chain + 20


def test_nothing_but_the_seed_decides(register: National) -> None:
    again, other = national(ENTITIES, SEED, EXTREMES), national(ENTITIES, SEED + 1, EXTREMES)
    for name in ("holder", "held", "relationship", "basis", "band", "joint"):
        assert np.array_equal(getattr(register, name), getattr(again, name)), name
    assert not np.array_equal(register.holder[:1000], other.holder[:1000])


def test_who_holds_whom(register: National) -> None:
    """Persons are held by nobody; nobody holds itself; the holder above another one is in one to two subjects
    of a hundred.
    """
    assert register.kinds[register.held].max() <= 1
    assert not np.any(register.holder == register.held)
    held_by = pl.DataFrame({"holder": register.holder, "held": register.held}).unique()
    above = held_by.join(held_by, left_on="holder", right_on="held").select(
        "held", pl.col("holder_right").alias("holder")
    )
    both = above.join(held_by, on=("holder", "held"), how="semi").get_column("held").n_unique()
    assert 0.01 <= both / ENTITIES <= 0.02, f"{both}, seed {SEED}"


def test_joint_holders_are_two_with_one_band(register: National) -> None:
    joint = register.joint != NO_JOINT
    assert np.array_equal(register.joint[joint], register.held[joint])
    groups = pl.DataFrame(
        {
            "held": register.held[joint],
            "basis": register.basis[joint],
            "holder": register.holder[joint],
            "band": register.band[joint],
        }
    )
    of_shares = (
        groups.filter(pl.col("basis") == 0)
        .group_by("held")
        .agg(pl.col("holder").n_unique(), pl.col("band").n_unique())
    )
    assert of_shares.filter(pl.col("band") > 1).height == 0
    assert of_shares.get_column("holder").mean() == pytest.approx(2, abs=0.2), f"seed {SEED}"
    assert 0.001 <= of_shares.height / ENTITIES <= 0.004, f"{of_shares.height}, seed {SEED}"


def test_frames_are_complete(register: National) -> None:
    edges, nodes, marks = register.edges(), register.nodes(), register.marks()
    assert (
        edges.get_column("interest_id").is_unique().all() and nodes.get_column("party_id").is_unique().all()
    )
    assert edges.drop("share_min", "share_max", "joint_group").null_count().sum_horizontal().item() == 0
    assert edges.schema["share_min"] == pl.Decimal(12, 9) == edges.schema["share_max"]
    assert edges.get_column("statement_id").n_unique() == len(relationships(register))
    assert marks.select("party_id").join(nodes, on="party_id", how="semi").height == marks.height > 0
    bounds = (
        edges.filter(pl.col("basis") == "shares")
        .select("share_min", "share_max", "share_min_exclusive", "share_max_exclusive")
        .unique()
    )
    assert sorted(bounds.cast(pl.Float64).rows()) == [(25, 50, 1, 0), (50, 75, 1, 1), (75, 100, 0, 0)]
    assert len(BOUNDS) == bounds.height + 1


def test_the_arrays_are_what_the_frames_become(register: National) -> None:
    """Frames in another order of rows, read by `graphs.ownership.interests`, give the same arcs."""
    edges, nodes = register.edges().sample(fraction=1, shuffle=True, seed=SEED), register.nodes()
    known = parties(nodes)
    from_frames, owned_persons = interests(edges.lazy(), known, known.of_kind("person"))
    assert len(owned_persons) == 0
    own = register.interests()
    pairs = [(share_arcs(own, basis), share_arcs(from_frames, basis)) for basis in SHARE_BASES]
    for mine, theirs in [*pairs, (control_arcs(own), control_arcs(from_frames))]:
        order = [np.lexsort((arcs.high, arcs.low, arcs.flags, arcs.dst, arcs.src)) for arcs in (mine, theirs)]
        for name in ("src", "dst", "low", "high", "flags"):
            assert np.array_equal(
                getattr(mine, name)[order[0]],
                getattr(theirs, name)[order[1]],
                equal_nan=name in {"low", "high"},
            ), name
