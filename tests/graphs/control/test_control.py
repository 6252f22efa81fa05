"""Control: cases by hand, groups and blocks, and extremes."""

from collections.abc import Sequence

import numpy as np
import pytest

from graphs.arrays.edges import Ints
from graphs.arrays.units import UNITS
from graphs.control.blocks import blocks
from graphs.control.control import CONTROL, control, ultimate
from graphs.ownership.intervals import Flags, prepare
from tests.graphs.control.arcs import (
    BOTH_OPEN,
    LETTERS,
    OPEN,
    UNKNOWN,
    Arc,
    Arrays,
    arrays,
    members,
    number,
    right,
    verdicts,
)

KINDS = ("control", "joint", "influence")


def votes(holder: str, subject: str, low: float, high: float | None = None, flags: int = 0) -> Arc:
    """An interest in per cent."""
    return number(holder), number(subject), low / 100, (low if high is None else high) / 100, flags


def control_words(*arcs: Arc | list[Arc], pairs_listed: int = 1_000_000) -> dict[str, str]:
    """What is found, as {"PA": "CERTAIN control"}."""
    flat = [arc for part in arcs for arc in (part if isinstance(part, list) else [part])]
    computed = verdicts(control(*arrays(flat), pairs_listed=pairs_listed))
    return {
        LETTERS[controller] + LETTERS[subject]: f"{'CERTAIN' if certain else 'POSSIBLE'} {KINDS[kind]}"
        for (controller, subject), (certain, kind) in computed.items()
    }


CERTAIN, POSSIBLE = "CERTAIN control", "POSSIBLE control"


def test_case_4_direct_interests_of_quarter_each() -> None:
    """25 + 25 is not more than half; where both bounds are exclusive it is."""
    chain = votes("P", "X", 75, 100)
    inclusive = control_words(chain, votes("P", "Z", 25, 50), votes("X", "Z", 25, 50))
    assert inclusive == {"PX": CERTAIN, "PZ": POSSIBLE}
    exclusive = control_words(chain, votes("P", "Z", 25, 50, OPEN), votes("X", "Z", 25, 50, OPEN))
    assert exclusive == {"PX": CERTAIN, "PZ": CERTAIN}


def test_case_4b_of_unknown_reach() -> None:
    """P's 25 to 50 may be what X holds: possible only, exclusive or not."""
    for flags in (UNKNOWN, UNKNOWN | OPEN):
        levels = control_words(
            votes("P", "X", 75, 100, UNKNOWN), votes("P", "Z", 25, 50, flags), votes("X", "Z", 25, 50, flags)
        )
        assert levels == {"PX": CERTAIN, "PZ": POSSIBLE}


def test_case_5_the_declared_may_be_the_same_votes() -> None:
    """P holds 10 % of Z and all of X, X holds 30 % of Z; the register shows P 25 to 50 and X 25 to 50."""
    levels = control_words(
        votes("P", "X", 75, 100, UNKNOWN),
        votes("P", "Z", 25, 50, UNKNOWN | OPEN),
        votes("X", "Z", 25, 50, UNKNOWN | OPEN),
    )
    assert levels["PZ"] != CERTAIN
    assert control_words(votes("P", "X", 100), votes("P", "Z", 10), votes("X", "Z", 30)) == {"PX": CERTAIN}


def test_votes_by_coalition_through_controlled_entities() -> None:
    """Ceri, Gottlob and Tanca: P has 30 % of A and 60 % of B, B has 30 % of A."""
    assert control_words(votes("P", "A", 30), votes("P", "B", 60), votes("B", "A", 30)) == {
        "PA": CERTAIN,
        "PB": CERTAIN,
    }


def test_persons_and_entities_are_controllers_and_chains_pass_on() -> None:
    person = Flags.HOLDER_IS_PERSON
    levels = control_words(
        votes("P", "A", 51, 51, person),
        votes("Q", "A", 49, 49, person),
        votes("A", "B", 60),
        votes("B", "C", 100),
        votes("Q", "C", 0),
    )
    assert levels == dict.fromkeys(("PA", "PB", "PC", "AB", "AC", "BC"), CERTAIN)


def test_treasury_shares_are_not_cast() -> None:
    assert control_words(votes("P", "A", 40), votes("A", "A", 30), votes("Q", "A", 30)) == {"PA": CERTAIN}
    assert control_words(votes("P", "A", 40), votes("A", "A", 20), votes("Q", "A", 40)) == {}
    assert control_words(votes("P", "A", 40), votes("A", "A", 10, 30)) == {"PA": POSSIBLE}
    assert control_words(votes("P", "A", 35), votes("A", "A", 30)) == {}
    assert control_words(votes("P", "A", 35), votes("A", "A", 30, 40, OPEN)) == {"PA": CERTAIN}
    assert control_words(votes("P", "A", 40), votes("A", "A", 30, 30, UNKNOWN)) == {"PA": POSSIBLE}, (
        "what A holds of itself through others is theirs to cast"
    )


def test_own_votes_cannot_be_both_many_and_few() -> None:
    """With few votes of its own others outvote P, with many there is no room for Q's: P is outvoted either
    way.
    """
    assert control_words(votes("P", "A", 10), votes("Q", "A", 20), votes("A", "A", 0, 100)) == {
        "QA": POSSIBLE
    }
    assert control_words(votes("P", "A", 30), votes("Q", "A", 30), votes("A", "A", 0, 100)) == {}


def test_exactly_half() -> None:
    assert control_words(votes("P", "A", 50)) == {}
    assert control_words(votes("P", "A", 0, 50)) == {}
    assert control_words(votes("P", "A", 50, 75)) == {"PA": POSSIBLE}
    assert control_words(votes("P", "A", 50, 75, BOTH_OPEN)) == {"PA": CERTAIN}
    assert control_words(votes("P", "A", 50.000000001)) == {"PA": CERTAIN}
    assert (
        control_words(votes("P", "A", 25, 50), votes("P", "B", 100), votes("B", "A", 25, 50, OPEN))["PA"]
        == CERTAIN
    ), "one exclusive bound is enough"


def test_what_others_certainly_hold_is_no_ones_else() -> None:
    """P and B may have 50 each of A, but Q certainly has half."""
    both = [votes("P", "B", 100), votes("P", "A", 20, 50), votes("B", "A", 10, 50)]
    assert control_words(*both)["PA"] == POSSIBLE
    assert control_words(*both, votes("Q", "A", 50)) == {"PB": CERTAIN}


def test_a_superior_of_unknown_reach_leaves_room() -> None:
    """R's 60 may be what B has, which P may control: it is not taken from B."""
    levels = control_words(
        votes("R", "B", 25, 50, UNKNOWN),
        votes("P", "B", 25, 75, UNKNOWN),
        votes("R", "A", 60, 75, UNKNOWN),
        votes("B", "A", 50, 75, UNKNOWN),
    )
    assert levels == {"RA": CERTAIN, "BA": POSSIBLE, "PB": POSSIBLE, "PA": POSSIBLE}


def test_board_right_is_certain_through_chains() -> None:
    levels = control_words(
        votes("P", "A", 75, 100), right("A", "B", Flags.BOARD), votes("B", "C", 60), votes("Q", "B", 100)
    )
    assert levels == dict.fromkeys(("PA", "PB", "PC", "AB", "AC", "BC", "QB", "QC"), CERTAIN)


def test_influence_passes_on_as_influence() -> None:
    """By influence over A, P may have the influence that goes with A's votes, and those together with its
    own.
    """
    levels = control_words(
        right("P", "A", Flags.INFLUENCE),
        votes("A", "B", 30),
        votes("P", "B", 30),
        votes("B", "C", 51),
        right("C", "D", Flags.BOARD),
    )
    assert levels == {
        **dict.fromkeys(("PA", "PB", "PC", "PD"), "POSSIBLE influence"),
        **dict.fromkeys(("BC", "BD", "CD"), CERTAIN),
    }


def test_influence_beside_control() -> None:
    assert control_words(right("P", "A", Flags.INFLUENCE), votes("P", "A", 51)) == {"PA": CERTAIN}
    assert control_words(right("P", "A", Flags.INFLUENCE), votes("P", "A", 25, 75)) == {"PA": POSSIBLE}
    assert control_words(right("P", "A", Flags.INFLUENCE), right("P", "A", Flags.BOARD)) == {"PA": CERTAIN}


def test_a_plain_arc_of_the_closure_gives_nothing() -> None:
    assert control_words(right("P", "A", Flags.CLOSURE_ONLY)) == {}


COUPLE = members("g", "P", "Q")


def test_joint_couple() -> None:
    """60 % jointly: control by each jointly, by neither alone; and of what A controls."""
    levels = control_words(COUPLE, votes("g", "A", 60), votes("A", "B", 51))
    assert levels == {**dict.fromkeys(("PA", "QA", "PB", "QB"), "CERTAIN joint"), "AB": CERTAIN}


def test_joint_couple_and_one_alone() -> None:
    """P has 51 alone and controls A alone; the group's 40 are nothing by themselves."""
    levels = control_words(COUPLE, votes("g", "A", 40), votes("P", "A", 51))
    assert levels == {"PA": CERTAIN}


def test_what_one_joint_holder_has_alone_is_not_the_others() -> None:
    """P and Q hold 60 of C together, and Q alone holds B and 40 of D, of which C has 20: neither B nor D is
    P's, and D is Q's only as far as Q may vote C's.
    """
    levels = control_words(
        COUPLE, votes("g", "C", 60), votes("Q", "B", 100), votes("Q", "D", 40), votes("C", "D", 20)
    )
    assert levels == {"PC": "CERTAIN joint", "QC": "CERTAIN joint", "QB": CERTAIN, "QD": POSSIBLE}


def test_joint_couple_in_bands() -> None:
    """The band may be that of P: possible control by each; what needs P's own votes too is possibly P's
    alone.
    """
    assert control_words(COUPLE, votes("g", "A", 25, 60)) == {"PA": POSSIBLE, "QA": POSSIBLE}
    assert control_words(COUPLE, votes("g", "A", 20, 40), votes("P", "A", 5, 15)) == {"PA": POSSIBLE}


def test_who_controls_all_members_controls_what_the_group_holds() -> None:
    levels = control_words(
        members("g", "A", "B"),
        votes("P", "A", 60),
        votes("P", "B", 60),
        votes("R", "B", 40),
        votes("g", "C", 70),
    )
    assert levels == {
        "PA": CERTAIN,
        "PB": CERTAIN,
        "PC": CERTAIN,
        "AC": "CERTAIN joint",
        "BC": "CERTAIN joint",
    }
    one = control_words(members("g", "A", "B"), votes("P", "A", 60), votes("g", "C", 70))
    assert one == {"PA": CERTAIN, "PC": POSSIBLE, "AC": "CERTAIN joint", "BC": "CERTAIN joint"}


def test_joint_control_from_a_given_set() -> None:
    """A group without an interest is a set to start from: 30 + 21 % of A, and A's 30 with P's 21 of B."""
    apart = [votes("P", "A", 30), votes("Q", "A", 21), votes("A", "B", 30), votes("P", "B", 21)]
    assert control_words(*apart) == {}
    assert control_words(COUPLE, *apart) == dict.fromkeys(("PA", "QA", "PB", "QB"), "CERTAIN joint")


def test_a_member_that_holds_another_member() -> None:
    levels = control_words(COUPLE, votes("P", "Q", 60), votes("g", "A", 60), votes("A", "P", 60))
    assert levels == {
        **dict.fromkeys(("PQ", "PA", "AP", "AQ"), CERTAIN),
        "QA": "CERTAIN joint",
        "QP": POSSIBLE,
    }


def test_mutual_majorities() -> None:
    """A and B hold 60 % of each other, R the rest of A: A and B control each other, R nobody."""
    controlled = control(
        *arrays([votes("A", "B", 60), votes("B", "A", 60), votes("R", "A", 40), votes("B", "C", 51)])
    )
    assert verdicts(controlled) == {
        (number(a), number(b)): (True, CONTROL) for a, b in ("AB", "BA", "AC", "BC")
    }
    assert [column.tolist() for column in ultimate(controlled, 26)] == [[0, 0], [1, 2]]


def test_a_cycle_that_needs_several_rounds() -> None:
    """P gets A; with it B; with A and B C; with C the majority of D; and D holds A, which closes the
    cycle.
    """
    arcs = [
        votes("P", "A", 51),
        votes("D", "A", 49),
        votes("P", "B", 30),
        votes("A", "B", 30),
        votes("A", "C", 20),
        votes("B", "C", 40),
        votes("B", "D", 26),
        votes("C", "D", 25),
    ]
    assert control_words(*arcs) == dict.fromkeys(("PA", "PB", "PC", "PD"), CERTAIN)
    ring = [votes("A", "B", 60), votes("B", "C", 60), votes("C", "A", 60), votes("P", "A", 20)]
    assert control_words(*ring) == dict.fromkeys(("AB", "AC", "BA", "BC", "CA", "CB"), CERTAIN), (
        "of a majority of each other, by nobody else"
    )


def test_contradictory_subjects_keep_what_is_declared() -> None:
    levels = control_words(
        votes("P", "A", 60), votes("Q", "A", 70), votes("R", "A", 10), votes("A", "B", 100)
    )
    assert levels == dict.fromkeys(("PA", "QA", "PB", "QB", "AB"), CERTAIN)
    assert control_words(votes("P", "A", 30), votes("A", "A", 100))["PA"] == CERTAIN


@pytest.mark.parametrize(
    "bounds", [(np.nan, np.nan), (-1, 50), (60, 40), (10, 170), (np.nan, 30), (np.inf, np.inf)]
)
def test_figures_out_of_range_are_unknown(bounds: tuple[float, float]) -> None:
    assert control_words((number("P"), number("A"), bounds[0] / 100, bounds[1] / 100, 0)) == {"PA": POSSIBLE}


def test_nothing() -> None:
    controlled = control(*arrays([]))
    assert [len(column) for column in vars(controlled).values()] == [0] * 5
    assert [len(column) for column in ultimate(controlled, 0)] == [0, 0]
    assert [len(column) for column in blocks(prepare(*arrays([])), controlled)] == [0] * 5


def grouped(*arcs: Arc | list[Arc]) -> set[str]:
    flat = [arc for part in arcs for arc in (part if isinstance(part, list) else [part])]
    controller, subject = ultimate(control(*arrays(flat)), 60)
    return {LETTERS[a] + LETTERS[b] for a, b in zip(controller.tolist(), subject.tolist(), strict=True)}


def test_control_groups() -> None:
    chain = [votes("A", "B", 60), votes("B", "C", 60)]
    assert grouped(*chain) == {"AB", "AC"}
    assert grouped(*chain, votes("P", "A", 50, 100)) == {"AB", "AC"}, "what is possible only makes no group"
    assert grouped(*chain, votes("P", "A", 75, 100)) == {"PA", "PB", "PC"}
    assert grouped(*chain, right("Q", "C", Flags.BOARD)) == {"AB", "AC", "QC"}, "two may control one entity"
    assert grouped(*chain, COUPLE, votes("g", "A", 100)) == {"AB", "AC"}, (
        "joint holders are not one controller"
    )
    assert grouped(votes("C", "B", 60), votes("B", "C", 60), votes("C", "D", 60)) == {"BC", "BD"}, (
        "the smallest number stands for all"
    )
    assert grouped(votes("C", "B", 60), votes("B", "C", 60), right("P", "C", Flags.BOARD)) == {"PB", "PC"}


def block_of(
    *arcs: Arc | list[Arc], control_arcs: Sequence[Arc] = ()
) -> dict[str, tuple[float, float, bool]]:
    """Blocks in per cent, of interests that are the votes too unless `control_arcs` are given."""
    flat = [arc for part in arcs for arc in (part if isinstance(part, list) else [part])]
    computed_blocks = blocks(prepare(*arrays(flat)), control(*arrays(control_arcs or flat)))
    rows = zip(*(column.tolist() for column in computed_blocks), strict=True)
    return {
        LETTERS[p] + LETTERS[y]: (low * 100 / UNITS, high * 100 / UNITS, low_open)
        for p, y, low, high, low_open in rows
    }


def test_blocks_add_what_is_controlled_to_what_is_held() -> None:
    """Article 54 a: P controls A and B, which hold 15 and 12 % of Y, and has 3 % of its own."""
    arcs = [
        votes("P", "A", 51),
        votes("P", "B", 51),
        votes("A", "Y", 15),
        votes("B", "Y", 12),
        votes("P", "Y", 3),
        votes("Q", "Y", 30),
    ]
    assert block_of(*arcs) == {"PY": (30, 30, False)}


def test_blocks_in_bands() -> None:
    arcs = [
        votes("P", "A", 75, 100),
        votes("P", "B", 40, 60),
        votes("A", "Y", 25, 50, OPEN),
        votes("B", "Y", 5, 10),
        votes("Q", "Y", 45),
    ]
    assert block_of(*arcs) == {"PY": (25, 55, True)}
    unknown = [
        votes("P", "A", 75, 100, UNKNOWN),
        votes("A", "Y", 10, 20, UNKNOWN),
        votes("P", "Y", 15, 24, UNKNOWN),
    ]
    assert block_of(*unknown) == {"PY": (15, 44, False)}, "P's may be A's"


def test_blocks_of_joint_holders_and_through_influence() -> None:
    joint = [*members("g", "A", "B"), votes("g", "Y", 26), votes("P", "A", 60)]
    assert block_of(joint) == {"PY": (0, 26, False)}
    assert block_of(joint, votes("P", "B", 60)) == {"PY": (26, 26, False)}
    alone = [*members("g", "A", "P"), votes("g", "Y", 26)]
    assert block_of(alone) == {}, "P itself is the only member that it controls"
    assert block_of(votes("A", "Y", 26), control_arcs=[right("P", "A", Flags.INFLUENCE)]) == {
        "PY": (0, 26, False)
    }
    assert block_of(votes("A", "Y", 26), votes("Y", "Y", 10), control_arcs=[votes("P", "Y", 60)]) == {}, (
        "not what Y holds of itself"
    )


def test_blocks_know_nodes_that_the_basis_does_not() -> None:
    assert block_of(votes("A", "B", 26), control_arcs=[votes("Z", "A", 60), votes("Z", "Y", 60)]) == {
        "ZB": (26, 26, False)
    }


def whole(src: Ints, dst: Ints, share: float = 1.0, high: float | None = None) -> Arrays:
    """Arcs of one size, sorted."""
    order = np.lexsort((dst, src))
    n = len(src)
    return (
        src[order].astype(np.int64),
        dst[order].astype(np.int64),
        np.full(n, share),
        np.full(n, share if high is None else high),
        np.zeros(n, np.uint8),
    )


@pytest.mark.nightly
def test_a_chain_of_ten_thousand() -> None:
    """50 million pairs: listed are those of the top, and each link. The chain runs against the numbers."""
    n = 10_000
    controlled = control(*whole(np.arange(n) + 1, np.arange(n)))
    top = controlled.controller == n
    assert np.array_equal(controlled.tops_only, np.arange(n + 1))
    assert np.array_equal(controlled.subject[top], np.arange(n))
    assert np.array_equal(controlled.controller[~top], np.arange(n - 1) + 1) and np.array_equal(
        controlled.subject[~top], np.arange(n - 1)
    )
    assert controlled.certain.all()
    controller, subject = ultimate(controlled, n + 1)
    assert (controller == n).all() and len(subject) == n


@pytest.mark.nightly
def test_a_chain_of_what_is_possible_only() -> None:
    """Nobody certainly controls the links: each stays a controller of what it certainly controls."""
    n = 3_000
    src, dst, low, high, flags = whole(np.arange(n), np.arange(n) + 1, 0.4, 0.6)
    low[-1] = 0.6
    controlled = control(src, dst, low, high, flags, pairs_listed=100_000)
    assert len(controlled.controller) == n + n - 1 and controlled.certain.sum() == 1


def test_too_many_ultimate_controllers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beside each link of a chain a person who may have more than half: half a million pairs that are
    possible. Certain is the end of the chain only.
    """
    n = 1_000
    ring = np.arange(n)
    src, dst, low, high, flags = whole(
        np.concatenate((ring, ring + n + 1)), np.concatenate((ring + 1, ring + 1)), 0.2, 0.8
    )
    low[src == n - 1] = 0.6
    every = control(src, dst, low, high, flags, pairs_listed=100_000)
    assert len(every.controller) == n * (n + 1) // 2 - 1 + n + n - 1  # the last person has too few
    monkeypatch.setattr("graphs.control.control.ULTIMATE_PAIRS", 100_000)
    controlled = control(src, dst, low, high, flags, pairs_listed=100_000)
    assert len(controlled.controller) == 2 * n - 1 and controlled.certain.sum() == 1
    assert controlled.controller[controlled.certain].tolist() == [n - 1]


def test_a_ring_of_thousands() -> None:
    """Everyone controls everyone: 9 million pairs; listed are the links, and what the person above one of
    them controls.
    """
    n = 3_000
    ring = np.arange(n)
    src, dst, low, high, flags = whole(np.append(ring, n), np.append((ring + 1) % n, 0), 0.6)
    flags[src == n] = int(Flags.BOARD)
    controlled = control(src, dst, low, high, flags, pairs_listed=200_000)
    assert len(controlled.controller) == 2 * n and controlled.certain.all()
    controller, subject = ultimate(controlled, n + 1)
    assert (controller == n).all() and np.array_equal(subject, ring)


def test_hubs() -> None:
    """100,000 subjects of one holder, below two others; and a subject with 100,000 holders, all held
    by one.
    """
    n = 100_000
    hub = control(*whole(np.append([0, 1], np.full(n, 2)), np.append([1, 2], np.arange(n) + 3)))
    assert len(hub.controller) == 3 * n + 3 and hub.certain.all()
    src = np.concatenate((np.zeros(n, np.int64), np.arange(n) + 1))
    dst = np.concatenate((np.arange(n) + 1, np.full(n, n + 1)))
    arcs = whole(src, dst)
    arcs[2][n:] = arcs[3][n:] = 1 / n
    controlled = control(*arcs)
    assert len(controlled.controller) == n + 1 and (controlled.controller == 0).all()


def test_a_hub_inside_a_cycle() -> None:
    """One of 20,000 holders is held by the subject, and the others only by themselves."""
    n = 20_000
    arcs = whole(np.append(np.arange(n) + 1, 0), np.append(np.zeros(n, np.int64), 1), 0.6)
    arcs[2][1:] = arcs[3][1:] = 1 / n
    assert verdicts(control(*arcs)) == {(0, 1): (True, CONTROL)}
