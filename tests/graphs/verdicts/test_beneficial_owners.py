"""Beneficial owners: worked cases, also of articles 52 to 54 by hand, bounds on the threshold, and
why nobody was found.
"""

from collections.abc import Sequence

import numpy as np
import polars as pl
import pytest

from graphs.arrays.components import condense
from graphs.arrays.edges import distinct
from graphs.arrays.units import UNITS
from graphs.build import build
from graphs.control.control import Controlled
from graphs.ownership.integrated import Solved
from graphs.ownership.intervals import Flags
from graphs.verdicts.beneficial_owners import owners
from graphs.verdicts.none_found import _PRECEDENCE, NO_REASON, Facts, none_found
from graphs.verdicts.regimes import REGIMES, Basis, Regime, Route, Verdict, reached
from tests.graphs.helpers import case as made_by_hand
from tests.graphs.helpers import collected, frames, held
from tests.graphs.owner_cases import (
    Results,
    Row,
    case,
    drawn,
    place,
    results,
    results_of,
    row,
    rows_of,
    verdict,
)
from transforms.model.views import NONE_FOUND_REASONS, OWNER_BASES, OWNER_VERDICTS
from transforms.model.views import REGIMES as REGIME_NAMES

OVER, UNDER = Flags.LOW_EXCLUSIVE, Flags.HIGH_EXCLUSIVE
AMLR, UK, STRICT = REGIMES
NONE = np.zeros(0, np.int64)


def test_codes_are_positions_in_the_declared_words() -> None:
    assert tuple(regime.name for regime in REGIMES) == REGIME_NAMES
    assert tuple(each.name for each in list(Verdict)[:4]) == OWNER_VERDICTS[:4]
    assert tuple(each.name.lower() for each in Basis) == OWNER_BASES
    assert sorted(_PRECEDENCE) == sorted(NONE_FOUND_REASONS)


# --- the binding cases ------------------------------------------------------------------------------------


def _shares(
    rows: Sequence[Row], subject: str, party: str, regime: str = "AMLR"
) -> tuple[float, float, float]:
    made = case(rows)
    owner_rows = results_of(made).owners
    at = place(made, owner_rows, subject, party, regime)
    low, declared, most = (
        round(100 * float(getattr(owner_rows, name)[at]), 9)
        for name in ("share_min", "share_max_declared", "share_max")
    )
    return low, declared, most


def _verdict(rows: Sequence[Row], subject: str, party: str, regime: str = "AMLR") -> tuple[str, str]:
    made = case(rows)
    return verdict(made, results_of(made).owners, subject, party, regime)


CASE_1 = (row("P", "A", 60), row("B", "A", 40), row("Q", "B", 50), row("A", "B", 50))
CASE_2 = (row("P", "X", 75, 100), row("X", "Y", 50, 75, bits=OVER | UNDER))
CASE_3 = (row("P", "X", 25, 50), row("X", "Y", 25, 50), row("Q", "Y", 75, 100))


def test_case_1_cycle() -> None:
    assert _shares(CASE_1, "A", "P")[:2] == (75, 75)
    assert _shares(CASE_1, "B", "P")[:2] == (37.5, 37.5)
    assert _verdict(CASE_1, "B", "P") == ("CERTAIN", "ownership")
    assert _verdict(CASE_1, "A", "Q", "AMLR") == ("CERTAIN", "ownership"), "exactly 25 reaches at least 25"
    assert _verdict(CASE_1, "A", "Q", "UK") == ("EXCLUDED", "ownership"), "and does not reach more than 25"


def test_case_2_bands() -> None:
    assert _shares(CASE_2, "Y", "P") == (37.5, 75, 100)
    assert [_verdict(CASE_2, "Y", "P", regime)[0] for regime in REGIME_NAMES] == ["CERTAIN"] * 3


def test_case_3_undeclared_at_amlr_and_excluded_in_the_uk() -> None:
    assert _shares(CASE_3, "Y", "P") == (6.25, 12.5, 25)
    assert _verdict(CASE_3, "Y", "P", "AMLR") == ("UNDECLARED", "ownership")
    assert _verdict(CASE_3, "Y", "P", "UK") == ("EXCLUDED", "ownership")
    assert _verdict(CASE_3, "Y", "Q", "UK")[0] == "CERTAIN"


def test_case_4_direct_interest_is_certain_by_itself() -> None:
    rows = (row("P", "Z", 25, 50), row("P", "X", 75, 100), row("X", "Z", 25, 50))
    assert _shares(rows, "Z", "P") == (43.75, 100, 100)
    assert _verdict(rows, "Z", "P") == ("CERTAIN", "ownership")


MIXED_A = (row("P", "A", 60), row("P", "B", 60), row("A", "Z", 15), row("B", "Z", 15))


def test_block_of_controlled_entities_reaches_what_the_person_does_not_own() -> None:
    assert _shares(MIXED_A, "Z", "P")[0] == 18
    assert _verdict(MIXED_A, "Z", "P", "AMLR") == ("CERTAIN", "mixed")
    assert _verdict(MIXED_A, "Z", "P", "UK") == ("CERTAIN", "mixed")
    assert _verdict(MIXED_A, "Z", "P", "STRICT") == ("CERTAIN", "ownership"), (
        "18 is above 15: ownership stands first"
    )


def test_ownership_of_an_entity_that_controls() -> None:
    rows = (row("P", "X", 30), row("X", "Z", 51), row("X", "Z", 51, basis="votes"))
    made = case(rows)
    owner_rows = results_of(made).owners
    at = place(made, owner_rows, "Z", "P", "AMLR")
    assert round(owner_rows.share_min[at], 12) == 0.153
    assert verdict(made, owner_rows, "Z", "P", "AMLR") == ("CERTAIN", "mixed")
    assert owner_rows.route[at] == Route.THROUGH and made.names[owner_rows.through[at]] == "X"


def test_mixed_is_possible_where_one_part_is_only_possible() -> None:
    assert _verdict((row("P", "X", 20, 30), row("X", "Z", 51)), "Z", "P") == ("POSSIBLE", "mixed")
    assert _verdict((row("P", "X", 30), row("X", "Z", 40, 60)), "Z", "P") == ("POSSIBLE", "mixed")


def test_mixed_without_an_ownership_pair_stands_under_the_regime_it_reaches_only() -> None:
    made = case((row("P", "A", basis="board"), row("A", "Z", 20)))
    owner_rows = results_of(made).owners
    rows = np.flatnonzero(owner_rows.subject == made.number("Z"))
    assert [REGIMES[regime].name for regime in owner_rows.regime[rows]] == ["STRICT"]
    assert np.isnan(owner_rows.share_min[rows]).all() and (owner_rows.basis[rows] == Basis.MIXED).all()


def test_control_without_a_share_and_influence() -> None:
    assert _verdict((row("P", "Z", basis="board"),), "Z", "P") == ("CERTAIN", "control")
    assert _verdict((row("P", "Z", basis="influence"),), "Z", "P") == ("POSSIBLE", "control")


def test_joint_couple_each_has_the_whole() -> None:
    rows = (row("P", "Z", 60, joint="couple"), row("Q", "Z", 60, joint="couple"))
    assert [_shares(rows, "Z", party)[0] for party in "PQ"] == [60, 60]
    assert [_verdict(rows, "Z", party) for party in "PQ"] == [("CERTAIN", "ownership")] * 2


def test_as_trust_is_influence_over_the_trust_and_not_a_share() -> None:
    rows = (row("P", "Deed", basis="influence"), row("Deed", "Z", 75, 100))
    assert _verdict(rows, "Z", "P") == ("POSSIBLE", "control")


def test_only_natural_persons_are_rows() -> None:
    made = case((row("P", "Z", 60), row("X", "Z", 40)))
    owner_rows = results_of(made).owners
    assert set(owner_rows.party.tolist()) == {made.number("P")}


# --- bounds on the threshold ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("low", "high", "bits", "others", "expected"),
    [
        (25, 25, 0, 75, ("CERTAIN", "EXCLUDED")),
        (10, 25, 0, 75, ("POSSIBLE", "EXCLUDED")),
        (10, 25, UNDER, 75, ("UNDECLARED", "EXCLUDED")),
        (0, 24.999999999, 0, 75, ("UNDECLARED", "EXCLUDED")),
        (0, 10, 0, 75.000000001, ("EXCLUDED", "EXCLUDED")),
        (25, 50, 0, 0, ("CERTAIN", "POSSIBLE")),
        (25, 50, OVER, 0, ("CERTAIN", "CERTAIN")),
        (24.999999999, 25.000000001, 0, 0, ("POSSIBLE", "POSSIBLE")),
        (25.000000001, 30, 0, 0, ("CERTAIN", "CERTAIN")),
    ],
)
def test_threshold_to_the_last_unit(
    low: float, high: float, bits: int, others: float, expected: tuple[str, str]
) -> None:
    """P's interest on a basis that gives no control, beside what Q certainly holds."""
    rows = (
        row("P", "Z", low, high, "surplus_assets", bits=bits),
        row("Q", "Z", others, basis="surplus_assets"),
    )
    assert tuple(_verdict(rows, "Z", "P", regime)[0] for regime in ("AMLR", "UK")) == expected


def test_the_table_says_whether_a_bound_is_open() -> None:
    """More than 25 to less than 50 per cent; nothing where nobody was found."""
    one = made_by_hand([held("P", "A", 25), held("B", "C", 100)])
    edges, nodes, marks = frames([one])
    is_band = pl.col("party_id") == "P"
    edges = edges.with_columns(
        share_max=pl.when(is_band).then(pl.lit(50)).otherwise("share_max").cast(pl.Decimal(12, 9)),
        share_min_exclusive=is_band,
        share_max_exclusive=is_band,
    )
    table = collected(build(edges, nodes, marks))["graph_ubo"].filter(pl.col("regime") == "UK")
    columns = ("subject_id", "verdict", "share_min_exclusive", "share_max_declared_exclusive")
    assert table.select(columns).rows() == [
        ("A", "CERTAIN", True, True),
        ("B", "NONE_FOUND", None, None),
        ("C", "NONE_FOUND", None, None),
    ]


def test_regimes_compare_whole_units() -> None:
    quarter = np.array([UNITS // 4 - 1, UNITS // 4, UNITS // 4 + 1])
    closed, opened = np.zeros(3, np.bool_), np.ones(3, np.bool_)
    assert reached(REGIMES.index(AMLR), quarter, closed, least=True).tolist() == [False, True, True]
    assert reached(REGIMES.index(UK), quarter, closed, least=True).tolist() == [False, False, True]
    assert reached(REGIMES.index(UK), quarter, opened, least=True).tolist() == [False, True, True]
    assert reached(REGIMES.index(AMLR), quarter, opened, least=False).tolist() == [False, False, True]
    assert reached(REGIMES.index(UK), quarter, closed, least=False).tolist() == [False, False, True]


def test_the_best_basis_is_shown() -> None:
    rows = (row("P", "Z", 10, basis="shares"), row("P", "Z", 30, basis="surplus_assets"))
    made = case(rows)
    owner_rows = results_of(made).owners
    at = place(made, owner_rows, "Z", "P", "AMLR")
    assert (owner_rows.share_min[at], owner_rows.route[at]) == (pytest.approx(0.3), Route.OWNERSHIP + 2)


# --- order, size ------------------------------------------------------------------------------------------


def test_rows_are_in_order_and_independent_of_the_size_of_parts() -> None:
    for seed in range(20):
        made = drawn(seed)
        made_results = results_of(made)
        key = list(
            zip(
                made_results.owners.subject.tolist(),
                made_results.owners.regime.tolist(),
                made_results.owners.party.tolist(),
                strict=True,
            )
        )
        assert key == sorted(set(key)), f"seed {seed}"
        again = owners(
            made_results.solved,
            made_results.controlled,
            made_results.blocks,
            person=made.person,
            subject_allowed=made.entity,
            pairs_at_once=1,
            joined_at_once=1,
        )
        rows = rows_of(again)
        for name, column in vars(made_results.owners).items():
            assert np.array_equal(column, getattr(rows, name), equal_nan=column.dtype.kind == "f"), (
                f"seed {seed}: {name}"
            )


@pytest.mark.nightly
def test_strongest_route_counts_against_a_plain_reading() -> None:
    """Verdicts row by row in plain Python, from the same shares, control and blocks."""
    for seed in range(60):
        made = drawn(seed)
        made_results = results_of(made)
        person, entity = made.person, made.entity
        for regime_number, regime in enumerate(REGIMES):
            expected = _read(made_results, regime, person.tolist(), entity.tolist())
            rows = np.flatnonzero(made_results.owners.regime == regime_number)
            given = {
                (int(made_results.owners.subject[k]), int(made_results.owners.party[k])): (
                    int(made_results.owners.verdict[k]),
                    int(made_results.owners.basis[k]),
                )
                for k in rows
            }
            assert given == expected, f"seed {seed}, {regime.name}"


def _read(
    made_results: Results, regime: Regime, person: list[bool], entity: list[bool]
) -> dict[tuple[int, int], tuple[int, int]]:
    controlled = made_results.controlled
    best: dict[tuple[int, int], tuple[int, int]] = {}
    owned: dict[tuple[int, int], int] = {}

    def offer(party: int, subject: int, verdict: int, basis: int) -> None:
        if (
            party < len(person)
            and subject < len(person)
            and person[party]
            and entity[subject]
            and verdict < Verdict.NONE
        ):
            best[subject, party] = min(best.get((subject, party), (9, 9)), (verdict, basis))

    for pairs in made_results.solved.values():
        for p, j, low, high, most, low_open, high_open in zip(
            pairs.holder.tolist(),
            pairs.subject.tolist(),
            pairs.share_min,
            pairs.share_max_declared,
            pairs.share_max,
            pairs.min_open,
            pairs.declared_open,
            strict=True,
        ):
            at_least, at_most, ever = (
                np.floor(low * UNITS + 0.01),
                np.ceil(high * UNITS - 0.01),
                np.ceil(most * UNITS - 0.01),
            )
            t, inclusive = regime.threshold_units, regime.inclusive
            reached = (
                at_least > t or (at_least == t and (inclusive or low_open)),
                at_most > t or (at_most == t and inclusive and not high_open),
                ever > t or (ever == t and inclusive),
                True,
            )
            offer(p, j, reached.index(True), Basis.OWNERSHIP)
            owned[p, j] = min(owned.get((p, j), 9), reached.index(True))
    sure = dict(
        zip(
            zip(controlled.controller.tolist(), controlled.subject.tolist(), strict=True),
            controlled.certain.tolist(),
            strict=True,
        )
    )
    for (x, y), certain in sure.items():
        offer(x, y, Verdict.CERTAIN if certain else Verdict.POSSIBLE, Basis.CONTROL)
        for (p, j), ownership in owned.items():
            if j == x and ownership <= Verdict.POSSIBLE and entity[x] and p < len(person) and person[p]:
                offer(p, y, max(ownership, 0 if certain else 1), Basis.MIXED)
    for block in made_results.blocks.values():
        for p, y, low, high, low_open in zip(*(column.tolist() for column in block), strict=True):
            t = regime.threshold_units
            if low > t or (low == t and (regime.inclusive or low_open)):
                offer(p, y, Verdict.CERTAIN, Basis.MIXED)
            elif high > t or (high == t and regime.inclusive):
                offer(p, y, Verdict.POSSIBLE, Basis.MIXED)
    return best


def test_chain_of_ten_thousand_controlled_entities_stays_small() -> None:
    """Pairs cut to tops and to direct ones, as components with many pairs are listed; P owns all of
    the top.
    """
    length = 10_000
    node = np.arange(length, dtype=np.int64)
    person = np.append(np.zeros(length, np.bool_), True)
    whole, closed = np.ones(length), np.zeros(length, np.bool_)
    pairs = Solved(
        np.full(length, length), node, whole, whole, whole, closed, closed, closed, NONE, NONE, NONE, NONE
    )
    direct, ultimate = (node[:-1], node[1:]), (np.full(length, length), node)
    controlled = Controlled(
        np.concatenate((direct[0], ultimate[0])),
        np.concatenate((direct[1], ultimate[1])),
        np.ones(2 * length - 1, np.bool_),
        np.zeros(2 * length - 1, np.uint8),
        NONE,
    )
    owner_rows = owners(
        {"shares": pairs}, controlled, {}, person=person, subject_allowed=~person, joined_at_once=1_000
    )
    all_rows = rows_of(owner_rows)
    assert len(owner_rows.subject) == length and len(all_rows.subject) == 3 * length
    assert (all_rows.verdict == Verdict.CERTAIN).all() and (all_rows.basis == Basis.OWNERSHIP).all()


def test_nothing_gives_no_rows() -> None:
    no = np.zeros(0, np.bool_)
    pairs = Solved(NONE, NONE, np.zeros(0), np.zeros(0), np.zeros(0), no, no, no, NONE, NONE, NONE, NONE)
    owner_rows = owners(
        {"shares": pairs},
        Controlled(NONE, NONE, no, np.zeros(0, np.uint8), NONE),
        {},
        person=np.ones(2, np.bool_),
        subject_allowed=np.zeros(2, np.bool_),
    )
    assert len(owner_rows.subject) == 0


# --- nobody found -----------------------------------------------------------------------------------------


def _reasons(arcs: Sequence[tuple[str, str]], facts: dict[str, Facts], owned: str = "") -> dict[str, str]:
    names = sorted({name for arc in arcs for name in arc} | set(facts))
    ends = (np.array([names.index(arc[k]) for arc in arcs], np.int64) for k in (0, 1))
    closure = distinct(len(names), *ends)
    codes = none_found(
        closure,
        condense(closure),
        np.array([int(facts.get(name, 0)) for name in names]),
        np.array([name in owned for name in names]),
    )
    return {
        name: NONE_FOUND_REASONS[code]
        for name, code in zip(names, codes.tolist(), strict=True)
        if code != NO_REASON
    }


@pytest.mark.parametrize(
    ("arcs", "facts", "reason"),
    [
        ([("X", "Z")], {"X": Facts.LISTED}, "listed"),
        ([("X", "Z")], {"Z": Facts.LISTED}, "listed"),
        ([("X", "Y"), ("Y", "Z")], {"X": Facts.STATE}, "state"),
        ([("X", "Z")], {"Z": Facts.EXEMPT}, "exempt"),
        ([("X", "Z")], {"X": Facts.PROTECTED}, "protected"),
        ([("X", "Z")], {"X": Facts.UNDISCLOSED}, "undisclosed"),
        ([("X", "Z")], {"Z": Facts.UNDISCLOSED}, "undisclosed"),
        ([("P", "X"), ("X", "Z")], {"P": Facts.PERSON, "X": Facts.ARRANGEMENT}, "trust"),
        ([("P", "X"), ("X", "Z")], {"P": Facts.PERSON}, "below_threshold"),
        ([("X", "Z")], {"Z": Facts.BELOW_THRESHOLD}, "below_threshold"),
        ([("X", "Y"), ("Y", "X"), ("Y", "Z")], {}, "cycle"),
        ([("Z", "Z")], {}, "cycle"),
        ([("X", "Z")], {"X": Facts.NOT_HELD | Facts.FOREIGN}, "foreign_register_not_held"),
        ([("X", "Z")], {"X": Facts.NOT_HELD}, "no_register_entry"),
        ([("X", "Z")], {"X": Facts.FOREIGN}, "nothing_declared"),
        ([("X", "Z")], {}, "nothing_declared"),
    ],
)
def test_each_reason(arcs: Sequence[tuple[str, str]], facts: dict[str, Facts], reason: str) -> None:
    assert _reasons(arcs, facts)["Z"] == reason


def test_precedence() -> None:
    facts = {
        "A": Facts.LISTED,
        "B": Facts.STATE,
        "C": Facts.EXEMPT,
        "D": Facts.PROTECTED,
        "E": Facts.UNDISCLOSED,
        "F": Facts.ARRANGEMENT,
        "G": Facts.PERSON,
    }
    order = ["listed", "state", "exempt", "protected", "undisclosed", "trust", "below_threshold"]
    for first in range(len(facts)):
        above = list(facts)[first:]
        assert (
            _reasons([(name, "Z") for name in above] + [("L", "M"), ("M", "L"), ("L", "Z")], facts)["Z"]
            == order[first]
        )


def test_a_set_that_somebody_holds_from_outside_is_no_top() -> None:
    assert (
        _reasons([("X", "Y"), ("Y", "X"), ("W", "X"), ("Y", "Z")], {"W": Facts.NOT_HELD})["Z"]
        == "no_register_entry"
    )
    assert _reasons([("W", "Z"), ("Z", "Z")], {})["Z"] == "nothing_declared"


def test_entities_with_an_owner_have_no_reason() -> None:
    assert "Z" not in _reasons([("P", "Z")], {"P": Facts.PERSON}, owned="Z")


def test_reasons_of_a_long_chain_and_a_hub() -> None:
    length, hub = 10_000, 100_000
    node = np.arange(length - 1, dtype=np.int64)
    src = np.concatenate((node, np.zeros(hub, np.int64)))
    dst = np.concatenate((node + 1, length + np.arange(hub)))
    closure = distinct(length + hub, src, dst)
    facts = np.zeros(length + hub, np.int64)
    facts[0] = Facts.NOT_HELD
    codes = none_found(closure, condense(closure), facts, np.zeros(length + hub, np.bool_))
    assert (codes == NONE_FOUND_REASONS.index("no_register_entry")).all()


def test_results_do_not_depend_on_the_order_of_interests() -> None:
    made = case(CASE_3)
    again = case(tuple(reversed(CASE_3)))
    first, second = results_of(made).owners, results(again.network, again.person, again.entity).owners
    assert all(
        np.array_equal(column, getattr(second, name), equal_nan=column.dtype.kind == "f")
        for name, column in vars(first).items()
    )
