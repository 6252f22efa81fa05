"""Witnesses: by hand, and on random registers by computing each verdict anew from its witness alone."""

from collections.abc import Sequence
from functools import cache

import numpy as np
import pytest

from graphs.arrays.edges import Ints
from graphs.ownership.intervals import Flags
from graphs.verdicts.regimes import REGIMES, Verdict
from graphs.witnesses.excerpt import LONGEST, MOST
from graphs.witnesses.witness import Witness, as_declared, witness
from tests.graphs.owner_cases import Case, Results, Row, case, drawn, place, results, results_of, row, taken

SEEDS = 260
SEEDS_OF_EVERY_COMMIT = 20  # the rest belongs to the nightly tier
OVER, UNDER = Flags.LOW_EXCLUSIVE, Flags.HIGH_EXCLUSIVE


def _of_row(made_results: Results, proofs: Witness, at: int) -> Ints:
    proof = proofs.proof_no[made_results.owners.regime[at], made_results.owners.pair[at]]
    assert proof >= 0, f"row {at} has no proof"
    return proofs.interest[proofs.begin[proof] : proofs.begin[proof + 1]].astype(np.int64)


def _proofs(made: Case) -> tuple[Results, Witness]:
    made_results = results_of(made)
    return made_results, witness(
        made_results.pairs, made.network, made_results.solved, made_results.controlled
    )


@cache
def _drawn(seed: int) -> tuple[Case, Results, Witness]:
    made = drawn(seed)
    return made, *_proofs(made)


def _proof(rows: Sequence[Row], subject: str, party: str, regime: str = "AMLR") -> list[int]:
    """Numbers, among `rows`, of the interests of one witness."""
    made = case(rows)
    made_results, proofs = _proofs(made)
    return [
        int(each)
        for each in _of_row(made_results, proofs, place(made, made_results.owners, subject, party, regime))
    ]


# --- the proof proves -------------------------------------------------------------------------------------


def _unproved(seed: int) -> list[str]:
    """Rows of which the verdict is weaker when it is computed from the interests of the witness alone."""
    made, made_results, proofs = _drawn(seed)
    owners = made_results.owners
    rows = np.flatnonzero(owners.verdict <= Verdict.POSSIBLE)
    alone, start = taken(made.network, [_of_row(made_results, proofs, int(at)) for at in rows])
    again = results(alone, np.tile(made.person, len(rows)), np.tile(made.entity, len(rows))).owners
    key = zip(again.subject.tolist(), again.party.tolist(), again.regime.tolist(), strict=True)
    verdicts = dict(zip(key, again.verdict.tolist(), strict=True))
    wrong = []
    for at, first in zip(rows.tolist(), start.tolist(), strict=True):
        given = verdicts.get(
            (int(owners.subject[at]) + first, int(owners.party[at]) + first, int(owners.regime[at])),
            Verdict.NONE,
        )
        if given > owners.verdict[at]:
            wrong.append(
                f"{made.names[owners.party[at]]} of {made.names[owners.subject[at]]}, "
                f"{REGIMES[owners.regime[at]].name}, route {owners.route[at]}"
            )
    return wrong


def test_proofs_made_one_by_one_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    expected = [_drawn(seed) for seed in range(6)]
    for name in ("witness.PROOFS_AT_ONCE", "chains.QUERIES_AT_ONCE", "majorities.PROOFS_AT_ONCE"):
        monkeypatch.setattr(f"graphs.witnesses.{name}", 1)
    for made, _, proofs in expected:
        again = _proofs(made)[1]
        assert again.begin.tolist() == proofs.begin.tolist()
        assert again.interest.tolist() == proofs.interest.tolist()


@pytest.mark.parametrize(
    "first",
    [
        pytest.param(first, marks=[pytest.mark.nightly] * (first >= SEEDS_OF_EVERY_COMMIT))
        for first in range(0, SEEDS, 20)
    ],
)
def test_every_verdict_follows_from_its_witness_alone(first: int) -> None:
    for seed in range(first, first + 20):
        assert not _unproved(seed), f"seed {seed}"


@pytest.mark.nightly
def test_every_row_has_a_witness_with_each_interest_once_and_above_its_subject() -> None:
    for seed in range(60):
        made, made_results, proofs = _drawn(seed)
        assert int((proofs.proof_no >= 0).sum()) == len(made_results.owners.subject)
        for at in range(len(made_results.owners.subject)):
            interests = _of_row(made_results, proofs, at).tolist()
            assert interests and len(set(interests)) == len(interests), f"seed {seed}, row {at}"
            bases = set(made.network.basis[interests].tolist())
            assert made_results.owners.verdict[at] <= Verdict.POSSIBLE or len(bases) == 1, (
                f"seed {seed}, row {at}: {bases}"
            )


@pytest.mark.nightly
def test_regimes_with_the_same_route_share_a_witness() -> None:
    for seed in range(40):
        _, made_results, proofs = _drawn(seed)
        seen: dict[tuple[int, ...], list[int]] = {}
        for at in range(len(made_results.owners.subject)):
            key = tuple(
                int(getattr(made_results.owners, name)[at])
                for name in ("subject", "party", "route", "through")
            )
            key = (*key, min(int(made_results.owners.verdict[at]), Verdict.UNDECLARED))
            assert (
                seen.setdefault(key, _of_row(made_results, proofs, at).tolist())
                == _of_row(made_results, proofs, at).tolist()
            ), f"seed {seed}, row {at}"


# --- by hand ----------------------------------------------------------------------------------------------


def test_direct_interest_before_a_chain() -> None:
    rows = (row("P", "Z", 25, 50, bits=OVER), row("P", "X", 75, 100), row("X", "Z", 25, 50))
    assert _proof(rows, "Z", "P") == [0], "case 4: certain by the direct interest alone"
    at_least = (row("P", "Z", 25, 50), *rows[1:])
    assert sorted(_proof(at_least, "Z", "P", "AMLR")) == [0, 1, 2], (
        "made for more than 25, which the direct interest does not reach"
    )


def test_chain_from_the_person_downward() -> None:
    rows = (row("X", "Y", 50, 75, bits=OVER | UNDER), row("P", "X", 75, 100), row("Y", "Z", 90))
    assert _proof(rows, "Z", "P") == [1, 0, 2]


def test_case_1_needs_one_chain_or_all_walks() -> None:
    rows = (row("P", "A", 60), row("B", "A", 40), row("Q", "B", 50), row("A", "B", 50))
    assert _proof(rows, "B", "P") == [0, 3], "60 of 50 reaches 25 alone"
    assert sorted(_proof(rows, "A", "Q")) == [1, 2, 3], "exactly 25 only with the cycle"


def test_two_chains_where_none_is_enough() -> None:
    rows = (row("P", "A", 40), row("P", "B", 40), row("A", "Z", 40), row("B", "Z", 40), row("Q", "Z", 10))
    assert sorted(_proof(rows, "Z", "P")) == [0, 1, 2, 3]
    assert sorted(_proof(rows, "Z", "P", "STRICT")) == [0, 1, 2, 3], (
        "one proof for all regimes, that of the strictest"
    )


def test_regimes_with_other_verdicts_have_their_own_witness() -> None:
    rows = (row("P", "A", 30), row("P", "B", 30), row("A", "Z", 60), row("B", "Z", 15))
    assert _proof(rows, "Z", "P", "STRICT") == [0, 2], "at 15 one chain of 18 is enough: CERTAIN"


def test_excluded_has_the_declared_chain_with_the_largest_maximum() -> None:
    rows = (
        row("P", "X", 10),
        row("X", "Z", 20),
        row("P", "Y", 30),
        row("Y", "Z", 20),
        row("Q", "X", 90),
        row("Q", "Y", 70),
        row("Q", "Z", 60),
    )
    assert _proof(rows, "Z", "P") == [2, 3]


def test_completeness_is_part_of_the_proof() -> None:
    """P has the rest of a complete list: what the others hold at most is needed."""
    rows = (
        row("P", "Z", 0, 100, bits=Flags.SUBJECT_COMPLETE),
        row("A", "Z", 10, 20, bits=Flags.SUBJECT_COMPLETE),
        row("B", "Z", 10, 20, bits=Flags.SUBJECT_COMPLETE),
    )
    assert sorted(_proof(rows, "Z", "P")) == [0, 1, 2]


def test_control_by_a_group_of_holdings() -> None:
    rows = (row("P", "A", 60), row("P", "B", 60), row("A", "Z", 15), row("B", "Z", 15))
    assert sorted(_proof(rows, "Z", "P")) == [0, 1, 2, 3]
    assert _proof(rows, "Z", "P")[2:] == [2, 3], "control first, then the block's direct interests"


def test_ownership_then_control() -> None:
    rows = (row("X", "Y", 51), row("P", "X", 30), row("Y", "Z", 51), row("P", "Q1", 10))
    assert _proof(rows, "Z", "P") == [1, 0, 2]


def test_board_right_down_a_chain_and_influence() -> None:
    assert _proof((row("X", "Z", 51), row("P", "X", basis="board")), "Z", "P") == [1, 0]
    assert _proof((row("X", "Z", 51), row("P", "X", basis="influence")), "Z", "P") == [1, 0]


def test_majority_of_two_controlled_holders() -> None:
    rows = (
        row("P", "A", basis="board"),
        row("P", "B", basis="board"),
        row("A", "Z", 30),
        row("B", "Z", 30),
        row("A", "Z", 5, basis="surplus_assets"),
    )
    assert sorted(_proof(rows, "Z", "P")) == [0, 1, 2, 3]


def test_joint_couple() -> None:
    rows = (row("P", "Z", 60, joint="couple"), row("Q", "Z", 60, joint="couple"), row("Z", "Y", 51))
    assert _proof(rows, "Z", "P") == [0] and _proof(rows, "Z", "Q") == [1]
    assert _proof(rows, "Y", "P") == [0, 2]


def test_what_one_of_a_couple_holds_alone_proves_no_joint_control() -> None:
    """P and Q hold X and A together. A appoints the board of Z, and 51 per cent of Z are Q's alone."""
    rows = (
        row("P", "X", 60, joint="x"),
        row("Q", "X", 60, joint="x"),
        row("P", "A", 60, joint="a"),
        row("Q", "A", 60, joint="a"),
        row("A", "Z", basis="board"),
        row("Q", "Z", 51),
    )
    assert sorted(_proof(rows, "Z", "P")) == [2, 3, 4]


def test_what_a_party_holds_alone_and_jointly_is_in_one_proof() -> None:
    """Up to 40 alone and 15 jointly of X, which holds half of Z: up to 27.5 per cent."""
    rows = (
        row("P", "X", 20, 40),
        row("P", "X", 15, joint="couple"),
        row("Q", "X", 15, joint="couple"),
        row("X", "Z", 50),
    )
    assert sorted(_proof(rows, "Z", "P")) == [0, 1, 2, 3]


def test_as_trust() -> None:
    rows = (row("P", "Deed", basis="influence"), row("Deed", "Z", 75, 100))
    assert _proof(rows, "Z", "P") == [0, 1]


def test_widest_of_repeated_interests() -> None:
    rows = (row("P", "Z", 30, 40), row("P", "Z", 26, 50))
    assert _proof(rows, "Z", "P") == [1], "the one that sets the smallest minimum"


def test_as_declared_is_told_by_the_interests() -> None:
    made = case((row("P", "Z", 75, 100, bits=Flags.UNKNOWN_REACH), row("Q", "Y", 30)))
    made_results, proofs = _proofs(made)
    marks = as_declared(proofs, made.network)[made_results.owners.regime, made_results.owners.pair]
    assert (
        marks[place(made, made_results.owners, "Z", "P", "AMLR")]
        and not marks[place(made, made_results.owners, "Y", "Q", "AMLR")]
    )


# --- size -------------------------------------------------------------------------------------------------


@pytest.mark.nightly
def test_chain_of_thousands_is_cut_to_the_steps_nearest_to_the_subject() -> None:
    length = 1_500
    rows = [row("P", "E0000", 100), *(row(f"E{k:04d}", f"E{k + 1:04d}", 100) for k in range(length - 1))]
    made = case(rows)
    made_results, proofs = _proofs(made)
    last = _of_row(
        made_results, proofs, place(made, made_results.owners, f"E{length - 1:04d}", "P", "UK")
    ).tolist()
    assert last == list(range(length - LONGEST, length))
    near = _of_row(made_results, proofs, place(made, made_results.owners, "E0300", "P", "UK")).tolist()
    assert near == list(range(301)), "the whole chain, from the person downward"


def test_several_chains_are_cut_to_those_that_contribute_most() -> None:
    many = 300
    rows = [row("P", f"E{k:03d}", 100) for k in range(many)] + [
        row(f"E{k:03d}", "Z", 0.1 + 0.001 * (k % 100)) for k in range(many)
    ]
    made = case(rows)
    made_results, proofs = _proofs(made)
    interests = _of_row(made_results, proofs, place(made, made_results.owners, "Z", "P", "AMLR"))
    assert len(interests) == MOST


def test_subject_with_many_holders_is_not_quadratic() -> None:
    """Each of many persons has a chain beside its own small interest: the person's own list is gone through,
    not the subject's.
    """
    many = 3_000
    rows = [row(f"P{k:04d}", "Z", 0, 0.02) for k in range(many)] + [row("P0000", "X", 100), row("X", "Z", 30)]
    made = case(rows)
    made_results, proofs = _proofs(made)
    assert _of_row(made_results, proofs, place(made, made_results.owners, "Z", "P0000", "AMLR")).tolist() == [
        many,
        many + 1,
    ]
    assert proofs.begin[-1] < 4 * 3 * many
