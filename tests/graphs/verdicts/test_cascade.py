"""Sanctions cascades: cases by hand, exact shares against plain fractions, and bands that hide exact shares
(nothing certain is ever wrong).
"""

import random
from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction

import polars as pl
import pytest

from graphs.build import build
from graphs.verdicts import cascade
from graphs.verdicts.cascade_sets import SANCTION_REGIMES, SanctionRegime
from tests.graphs.helpers import EDGE_SCHEMA, NODE_SCHEMA, edges_of, marks_of, nodes_of
from transforms.model.views import CASCADE

type Shares = Mapping[tuple[str, str], Fraction]
type Row = tuple[str, str]

BANDED = {**EDGE_SCHEMA, "share_min_exclusive": pl.Boolean, "share_max_exclusive": pl.Boolean}


def chain_rows(
    edges: pl.LazyFrame, kinds: Mapping[str, str], designated: Iterable[str], candidates: Iterable[str] = ()
) -> pl.DataFrame:
    """`graph_cascade` of one graph, through the closure and control of its own night."""
    nodes = nodes_of(pl.DataFrame(list(kinds.items()), schema=NODE_SCHEMA, orient="row"))
    marks = marks_of(
        [
            *(("sanctioned", party) for party in designated),
            *(("sanctioned_candidate", party) for party in candidates),
        ]
    )
    night = {
        name: pl.concat(frames).lazy()
        for name, frames in build(edges, nodes, marks)
        if name in ("graph_edge", "graph_control")
    }
    return pl.concat(cascade.build(edges, nodes, marks, night["graph_edge"], night["graph_control"]))


def rows_of(edges: Iterable[tuple[str, str, object, object]], basis: str = "shares") -> pl.LazyFrame:
    stated = [
        (p, s, f"r-{p}-{s}-{basis}", basis, Decimal(str(low)), Decimal(str(high)))
        for p, s, low, high in edges
    ]
    return edges_of(pl.DataFrame(stated, schema=EDGE_SCHEMA, orient="row"))


def kinds_of(*parties: str) -> dict[str, str]:
    return {party: "person" if party.startswith("P") else "legal_entity" for party in parties}


def verdicts(table: pl.DataFrame, party_set: str = "sanctioned") -> set[tuple[str, str, str]]:
    return set(
        table.filter(pl.col("party_set") == party_set).select("subject_id", "regime", "verdict").iter_rows()
    )


# --- by hand ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("share", "regimes"),
    [
        ("49.99", set()),
        ("49.999999999", set()),
        ("50", {"EU", "OFAC"}),
        ("50.000000001", {"EU", "OFAC", "UK"}),
        ("100", {"EU", "OFAC", "UK"}),
    ],
)
def test_half_is_enough_for_the_eu_and_ofac_and_not_for_the_uk(share: str, regimes: set[str]) -> None:
    table = chain_rows(rows_of([("P1", "A", share, share)]), kinds_of("P1", "A"), ["P1"])
    assert verdicts(table) == {("A", regime, "CERTAIN") for regime in regimes}


def test_a_cascade_counts_who_was_added_whole_and_the_uk_counts_each_party_alone() -> None:
    edges = rows_of(
        [
            ("P1", "A", 30, 30),
            ("P2", "A", 20, 20),
            ("A", "B", 50, 50),
            ("A", "C", "49.99", "49.99"),
            ("P1", "C", "0.01", "0.01"),
        ]
    )
    table = chain_rows(edges, kinds_of("P1", "P2", "A", "B", "C"), ["P1", "P2"])
    assert verdicts(table) == {(subject, regime, "CERTAIN") for subject in "ABC" for regime in ("EU", "OFAC")}
    assert dict(table.filter(pl.col("regime") == "OFAC").select("subject_id", "depth").iter_rows()) == {
        "A": 1,
        "B": 2,
        "C": 2,
    }
    [of_b] = table.filter((pl.col("subject_id") == "B") & (pl.col("regime") == "OFAC")).to_dicts()
    assert of_b["share_min"] == 50 and of_b["sources"] == ["P1", "P2"]
    assert of_b["witness"][0] == "r-A-B-shares-shares" and len(of_b["witness"]) == 3


def test_bounds_certain_on_the_lower_and_possible_on_the_declared_upper() -> None:
    stated = [
        ("P1", "A", "r1", "shares", Decimal(25), Decimal(50), True, False),
        ("P1", "B", "r2", "shares", Decimal(25), Decimal(50), True, True),
        ("P1", "C", "r3", "shares", Decimal(50), Decimal(75), True, True),
    ]
    table = chain_rows(
        edges_of(pl.DataFrame(stated, schema=BANDED, orient="row")), kinds_of("P1", "A", "B", "C"), ["P1"]
    )
    assert verdicts(table) == {
        ("A", "EU", "POSSIBLE"),
        ("A", "OFAC", "POSSIBLE"),
        *(("C", regime, "CERTAIN") for regime in ("EU", "OFAC", "UK")),
    }
    assert table.filter(pl.col("subject_id") == "A")["share_max"].to_list() == [50, 50]


def test_what_others_certainly_have_bounds_what_is_possible() -> None:
    """Up to 60 declared, and 40.000000001 certainly another's: 50 is still possible; with 50.000000001 it is
    not.
    """
    for others, possible in (("40.000000001", True), ("50", True), ("50.000000001", False)):
        table = chain_rows(
            rows_of([("P1", "A", 0, 60), ("P9", "A", others, others)]), kinds_of("P1", "P9", "A"), ["P1"]
        )
        assert ("A", "OFAC", "POSSIBLE") in verdicts(table) if possible else verdicts(table) == set(), others


def test_control_counts_for_the_eu_and_the_uk_and_goes_on_from_there() -> None:
    edges = pl.concat(
        [rows_of([("P1", "A", 60, 60)], "votes"), rows_of([("P1", "A", 10, 10), ("A", "B", 51, 51)])]
    )
    table = chain_rows(edges, kinds_of("P1", "A", "B"), ["P1"])
    assert verdicts(table) == {(subject, regime, "CERTAIN") for subject in "AB" for regime in ("EU", "UK")}
    assert table.filter(pl.col("subject_id") == "A")["way"].to_list() == ["control", "control"]
    assert table.filter(pl.col("subject_id") == "A")["share_min"].to_list() == [None, None]


def proofs(table: pl.DataFrame, subject: str) -> dict[str, tuple[list[str], set[str]]]:
    """By regime the sources and the proof of one subject."""
    rows = table.filter(pl.col("subject_id") == subject).iter_rows(named=True)
    return {
        row["regime"]: (row["sources"], {id_.removeprefix("r-").rpartition("-")[0] for id_ in row["witness"]})
        for row in rows
    }


def test_a_proof_has_the_control_by_which_an_entity_between_counts() -> None:
    """P1's 10 per cent of A are no proof: it is the votes that bring A in."""
    edges = pl.concat(
        [rows_of([("P1", "A", 60, 60)], "votes"), rows_of([("P1", "A", 10, 10), ("A", "B", 51, 51)])]
    )
    proof = (["P1"], {"A-B-shares", "P1-A-shares", "P1-A-votes"})
    assert proofs(chain_rows(edges, kinds_of("P1", "A", "B"), ["P1"]), "B") == {"EU": proof, "UK": proof}


def test_entities_that_own_each_other_are_proved_by_who_controls_one_of_them() -> None:
    edges = pl.concat(
        [rows_of([("P1", "A", 60, 60)], "votes"), rows_of([("A", "B", 100, 100), ("B", "A", 60, 60)])]
    )
    of_b = proofs(chain_rows(edges, kinds_of("P1", "A", "B"), ["P1"]), "B")["EU"]
    assert of_b == (["P1"], {"A-B-shares", "B-A-shares", "P1-A-votes"})


def test_the_uk_counts_another_listed_party_where_the_first_one_owns_it() -> None:
    """60 of B are P1's: 30 its own, and 30 of A, listed too. So P1's share of A is part of the proof."""
    edges = rows_of([("P1", "A", 75, 100), ("P1", "B", 30, 30), ("A", "B", 30, 30)])
    of_b = proofs(chain_rows(edges, kinds_of("P1", "A", "B"), ["P1", "A"]), "B")
    assert of_b["UK"] == (["P1"], {"P1-B-shares", "A-B-shares", "P1-A-shares"})
    assert of_b["EU"] == (["A", "P1"], {"P1-B-shares", "A-B-shares", "P1-A-shares"})


@pytest.mark.parametrize(("share", "sources"), [(75, ["A", "P1"]), (25, ["A"])])
def test_a_listed_owner_of_a_listed_owner_is_a_source_too(share: int, sources: list[str]) -> None:
    """P1 has 75 of A, which owns B; A and P1 may be on different lists. With 25, B is below A alone."""
    edges = rows_of([("P1", "A", share, share), ("A", "B", 75, 100)])
    of_b = proofs(chain_rows(edges, kinds_of("P1", "A", "B"), ["P1", "A"]), "B")
    assert {regime: proof[0] for regime, proof in of_b.items()} == dict.fromkeys(
        ("EU", "OFAC", "UK"), sources
    )


def test_influence_is_no_control() -> None:
    stated = [("P1", "A", "r1", "influence", None, None)]
    assert not chain_rows(
        edges_of(pl.DataFrame(stated, schema=EDGE_SCHEMA, orient="row")), kinds_of("P1", "A"), ["P1"]
    ).height


def test_joint_holders_certainly_own_when_all_are_designated_and_by_the_uk_s_rule_each_of_them() -> None:
    joint = rows_of([("P1", "A", 60, 60), ("P2", "A", 60, 60)]).with_columns(joint_group=pl.lit("A/joint"))
    kinds = kinds_of("P1", "P2", "A")
    assert verdicts(chain_rows(joint, kinds, ["P1"])) == {
        ("A", "EU", "POSSIBLE"),
        ("A", "OFAC", "POSSIBLE"),
        ("A", "UK", "CERTAIN"),
    }
    both = verdicts(chain_rows(joint, kinds, ["P1", "P2"]))
    assert both == {("A", regime, "CERTAIN") for regime in ("EU", "OFAC", "UK")}


def test_joint_votes_count_whole_where_all_are_listed_and_by_the_uk_s_rule_where_one_is() -> None:
    """P1 and P2 hold 60 per cent of the votes of A together, and A all votes of B."""
    joint = pl.concat(
        [
            rows_of([("P1", "A", 60, 60), ("P2", "A", 60, 60)], "votes").with_columns(
                joint_group=pl.lit("J")
            ),
            rows_of([("A", "B", 100, 100)], "votes"),
        ],
        how="diagonal_relaxed",
    )
    kinds = kinds_of("P1", "P2", "A", "B")
    by_uk = {(subject, "UK", "CERTAIN") for subject in "AB"}
    one = verdicts(chain_rows(joint, kinds, ["P1"]))
    assert one == {("A", "EU", "POSSIBLE"), ("B", "EU", "POSSIBLE"), *by_uk}
    both = chain_rows(joint, kinds, ["P1", "P2"])
    assert verdicts(both) == {("A", "EU", "CERTAIN"), ("B", "EU", "CERTAIN"), *by_uk}
    [of_a] = both.filter((pl.col("subject_id") == "A") & (pl.col("regime") == "EU")).to_dicts()
    assert of_a["way"] == "control" and of_a["sources"] == ["P1", "P2"]
    assert of_a["witness"] == ["r-P1-A-votes-votes", "r-P2-A-votes-votes"]


def test_a_joint_holder_who_controls_alone_too_does_not_make_the_others_control() -> None:
    """P1 and P2 hold 60 per cent of the votes of A together, and P1 appoints its board alone."""
    joint = rows_of([("P1", "A", 60, 60), ("P2", "A", 60, 60)], "votes").with_columns(joint_group=pl.lit("J"))
    edges = pl.concat([joint, rows_of([("P1", "A", 0, 0)], "board")], how="diagonal_relaxed")
    kinds = kinds_of("P1", "P2", "A")
    assert verdicts(chain_rows(edges, kinds, ["P2"])) == {("A", "EU", "POSSIBLE"), ("A", "UK", "CERTAIN")}
    assert verdicts(chain_rows(edges, kinds, ["P1"])) == {("A", "EU", "CERTAIN"), ("A", "UK", "CERTAIN")}


def test_a_band_that_may_hold_the_other_counts_once() -> None:
    """P1 declares 25 to 50 of B, which by the UK's bands may be what A holds: not 25 and 25."""
    edges = rows_of([("P1", "A", 100, 100), ("P1", "B", 25, 49), ("A", "B", 25, 49)]).with_columns(
        reach=pl.lit("unknown")
    )
    table = chain_rows(edges, kinds_of("P1", "A", "B"), ["P1"])
    assert ("B", "OFAC", "CERTAIN") not in verdicts(table) and ("B", "OFAC", "POSSIBLE") in verdicts(table)


def test_candidates_are_a_set_of_their_own_and_listed_only_where_they_give_more() -> None:
    edges = rows_of([("P1", "A", 60, 60), ("P2", "B", 60, 60), ("P1", "C", 30, 30), ("P2", "C", 30, 30)])
    table = chain_rows(edges, kinds_of("P1", "P2", "A", "B", "C"), ["P1"], ["P2"])
    assert {row[:2] for row in verdicts(table)} == {("A", regime) for regime in ("EU", "OFAC", "UK")}
    with_candidates = {row[:2] for row in verdicts(table, "sanctioned_candidate")}
    assert with_candidates == {("B", "EU"), ("B", "OFAC"), ("B", "UK"), ("C", "EU"), ("C", "OFAC")}


def test_rings_and_holdings_in_oneself_end() -> None:
    edges = rows_of([("P1", "A", 50, 50), ("A", "B", 60, 60), ("B", "A", 40, 40), ("B", "B", 30, 30)])
    assert {row[0] for row in verdicts(chain_rows(edges, kinds_of("P1", "A", "B"), ["P1"]))} == {"A", "B"}


@pytest.mark.parametrize(("own", "regimes"), [(20, {"EU", "OFAC", "UK"}), (10, {"EU", "OFAC"}), (9, set())])
def test_treasury_shares_are_nobody_s(own: int, regimes: set[str]) -> None:
    """P1 has 45 per cent of A: 56.25 of what A does not hold itself, if A holds 20; exactly half if 10."""
    edges = pl.concat(
        [rows_of([("P1", "A", 45, 45), ("A", "A", own, own)]), rows_of([("P2", "A", 100, 100)], "votes")]
    )
    table = chain_rows(edges, kinds_of("P1", "P2", "A"), ["P1"])
    assert verdicts(table) == {("A", regime, "CERTAIN") for regime in regimes}
    assert set(table["share_min"]) <= {Decimal("56.25"), Decimal(50)}


def test_treasury_shares_that_may_be_there_are_possibly_nobody_s() -> None:
    """With 20 to 50 per cent in A's own hands, P1's 30 may be more than half of the rest, and P9's 40 not."""
    edges = rows_of([("P1", "A", 30, 30), ("A", "A", 20, 50)])
    assert ("A", "UK", "POSSIBLE") in verdicts(chain_rows(edges, kinds_of("P1", "A"), ["P1"]))
    edges = rows_of([("P1", "A", 0, 60), ("A", "A", 20, 20), ("P9", "A", "40.1", "40.1")])
    assert not verdicts(chain_rows(edges, kinds_of("P1", "P9", "A"), ["P1"]))


@pytest.mark.nightly
def test_a_long_chain_and_a_hub() -> None:
    chain = [(f"C{n:05d}", f"C{n + 1:05d}", 50, 50) for n in range(499)] + [("P1", "C00000", 50, 50)]
    hub = [("C00499", f"H{n:05d}", 100, 100) for n in range(5_000)]
    parties = {party for edge in (*chain, *hub) for party in edge[:2]}
    table = chain_rows(rows_of([*chain, *hub]), kinds_of(*parties), ["P1"]).filter(pl.col("regime") == "OFAC")
    assert table.height == 5_500 and table["depth"].max() == 501
    assert table["witness"].list.len().max() == cascade.WITNESS_INTERESTS


def test_nobody_designated_gives_an_empty_table_in_its_schema() -> None:
    table = chain_rows(rows_of([("P1", "A", 60, 60)]), kinds_of("P1", "A"), [])
    assert table.height == 0 and dict(table.schema) == CASCADE.schema


# --- against fractions ------------------------------------------------------------------------------------


def controlled(who: str, shares: Shares, parties: Iterable[str]) -> set[str]:
    """Everything that `who`, with everything it controls, has more than half of: of what the subject does not
    hold itself.
    """
    inside = {who}
    while True:
        more = {
            subject
            for subject in parties
            if subject not in inside
            and 2 * sum((shares.get((one, subject), Fraction(0)) for one in inside), Fraction(0))
            > 1 - shares.get((subject, subject), Fraction(0))
        }
        if not more:
            return inside - {who}
        inside |= more


def true_chain(start: set[str], shares: Shares, entities: list[str], regime: SanctionRegime) -> set[str]:
    inside = set(start)
    while True:
        more = set()
        for subject in entities:
            share = sum(
                (shares.get((one, subject), Fraction(0)) for one in inside if one != subject), Fraction(0)
            )
            half = (1 - shares.get((subject, subject), Fraction(0))) / 2
            owned = share > half or (regime.at_least and share == half > 0)
            by_control = regime.by_control and any(
                subject in controlled(one, shares, entities) for one in inside
            )
            if subject not in inside and (owned or by_control):
                more.add(subject)
        if not more:
            return inside - start
        inside |= more


def truth(shares: Shares, entities: list[str], designated: list[str]) -> set[Row]:
    rows: set[Row] = set()
    for regime in SANCTION_REGIMES:
        starts = [set(designated)] if regime.joint else [{one} for one in designated]
        rows |= {
            (subject, regime.name)
            for start in starts
            for subject in true_chain(start, shares, entities, regime)
            if subject not in designated
        }
    return rows


def drawn(seed: int) -> tuple[dict[tuple[str, str], Fraction], list[str], list[str], list[str]]:
    """Exact shares in steps of 5 per cent, cycles included; entities, parties, designated."""
    draw = random.Random(seed)
    persons = [f"P{n}" for n in range(draw.randint(1, 4))]
    entities = [f"E{n}" for n in range(draw.randint(1, 7))]
    shares: dict[tuple[str, str], Fraction] = {}
    for subject in entities:
        left = 20
        for holder in draw.sample(
            [*persons, *entities], draw.randint(0, min(4, len(persons) + len(entities)))
        ):
            part = draw.randint(1, max(1, left))
            if left <= 0:
                break
            shares[holder, subject] = Fraction(min(part, left), 20)
            left -= part
    parties = [*persons, *entities]
    return shares, entities, parties, sorted(draw.sample(parties, draw.randint(1, min(3, len(parties)))))


BANDS = ((0, 25), (25, 50), (50, 75), (75, 100))
SEEDS = 150  # graphs of each test, all in one night


def named(seed: int, party: str) -> str:
    return f"{party}-{seed}"


def stated(seed: int, shares: Shares, exact_share: float) -> list[tuple[object, ...]]:
    """Rows of BANDED: shares as they are, or as the band they are in, open below."""
    draw = random.Random(seed + 7)
    rows: list[tuple[object, ...]] = []
    for (party, subject), share in sorted(shares.items()):
        percent = Decimal(share.numerator * 100) / Decimal(share.denominator)
        low, high = next((low, high) for low, high in BANDS if low < percent <= high)
        bounds = (
            (percent, percent, False, False)
            if draw.random() < exact_share
            else (Decimal(low), Decimal(high), True, False)
        )
        ends = named(seed, party), named(seed, subject)
        rows.append((*ends, f"r-{'-'.join(ends)}", "shares", *bounds))
    return rows


def night_of(seeds: Iterable[int], exact_share: float) -> tuple[pl.DataFrame, set[Row]]:
    """`graph_cascade` of many graphs at once, and what is true of them."""
    rows: list[tuple[object, ...]] = []
    parties: list[str] = []
    designated: list[str] = []
    true: set[Row] = set()
    for seed in seeds:
        shares, entities, everybody, listed = drawn(seed)
        rows += stated(seed, shares, exact_share)
        parties += [named(seed, party) for party in everybody]
        designated += [named(seed, party) for party in listed]
        true |= {(named(seed, subject), regime) for subject, regime in truth(shares, entities, listed)}
    return chain_rows(
        edges_of(pl.DataFrame(rows, schema=BANDED, orient="row")), kinds_of(*parties), designated
    ), true


@pytest.mark.parametrize("first", [0, 1_000])
def test_exact_shares_are_as_plain_fractions_say(first: int) -> None:
    table, true = night_of(range(first, first + SEEDS), exact_share=1)
    assert len(true) > SEEDS / 2
    read = verdicts(table)
    # A certain row stands for its subject and regime; nothing is only possible where every share is known.
    assert read == {(*row, "CERTAIN") for row in true}, sorted(read ^ {(*row, "CERTAIN") for row in true})[:3]


@pytest.mark.parametrize("first", [2_000, 3_000])
def test_bands_that_hide_exact_shares_are_never_wrong(first: int) -> None:
    """CERTAIN is true; and what is owned (OFAC: no control) is CERTAIN or POSSIBLE."""
    table, true = night_of(range(first, first + SEEDS), exact_share=0.4)
    certain = {row[:2] for row in verdicts(table) if row[2] == "CERTAIN"}
    listed = {row[:2] for row in verdicts(table)}
    assert certain <= true, f"wrongly certain: {sorted(certain - true)[:3]}"
    owned = {row for row in true if row[1] == "OFAC"}
    assert owned <= listed, f"missed: {sorted(owned - listed)[:3]}"
    assert len(certain) > SEEDS / 4
