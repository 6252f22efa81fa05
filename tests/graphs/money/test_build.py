"""The tables of patterns: what is in them, ids that stay, and what the search left out."""

from datetime import date
from decimal import Decimal

import polars as pl
import pytest

from graphs.money import build
from transforms.model.indicator import indicators
from transforms.model.views import GRAPH_TABLES

LIMITS = build.bounds(indicators())
FLOWS = pl.DataFrame(
    [
        ("f1", "transfer", "A", "B", date(2026, 1, 3), "100", "EUR"),
        ("f2", "transfer", "B", "C", date(2026, 1, 5), "95", "EUR"),
        ("f3", "transfer", "C", "A", date(2026, 1, 9), "90", "EUR"),
        ("f4", "transfer", "C", "A", date(2026, 1, 9), "5", "EUR"),
        ("f5", "transfer", "A", "B", date(2026, 3, 1), "70", "EUR"),
    ],
    schema=["flow_id", "kind", "payer_id", "payee_id", "flowed_on", "amount", "currency"],
    orient="row",
).with_columns(pl.col("amount").cast(pl.Decimal(18, 2)))
HELD = pl.DataFrame({"party_id": ["A"]})
GROUPS = pl.DataFrame({"control_group_id": ["CG-P"], "subject_id": ["A"], "controller_id": ["P"]})


def _tables(
    flows: pl.DataFrame,
    limits: build.Bounds = LIMITS,
    private: tuple[str, ...] = (),
    groups: pl.DataFrame = GROUPS,
) -> dict[str, pl.DataFrame]:
    whole = flows.with_columns(
        amount_eur=pl.when(pl.col("currency") == "EUR").then("amount"),
        payer_is_private=pl.col("payer_id").is_in(private),
        payee_is_private=pl.col("payee_id").is_in(private),
        received="amount",
        received_currency="currency",
        received_eur=pl.when(pl.col("currency") == "EUR").then("amount"),
    )
    tables = build.build(whole.sort("flow_id").lazy(), HELD, groups.lazy(), limits)
    return {name: pl.concat(frames) for name, frames in tables}


def test_a_cycle_with_its_payments() -> None:
    tables = _tables(FLOWS)
    [row] = tables["flow_pattern"].to_dicts()
    assert row | {"pattern_id": ""} == {
        "pattern_id": "",
        "indicator": "FLW-020",
        "kind": "ordered",
        "party_id": "A",
        "end_id": None,
        "first_on": date(2026, 1, 3),
        "last_on": date(2026, 1, 9),
        "hops_n": 3,
        "parties_n": 3,
        "amount": Decimal("100.00"),
        "currency": "EUR",
        "arrived": Decimal("95.00"),
        "arrived_currency": "EUR",
        "is_held": True,
        "is_private": False,
    }
    members = tables["flow_pattern_member"].select("position", "flow_id", "role").rows()
    assert members == [(1, "f1", "hop"), (2, "f2", "hop"), (3, "f3", "hop"), (3, "f4", "hop")]
    assert tables["flow_pattern_gap"].is_empty()
    assert all(frame.schema == GRAPH_TABLES[name].schema for name, frame in tables.items())


def test_an_id_stays_as_long_as_its_payments() -> None:
    [before] = _tables(FLOWS)["flow_pattern"]["pattern_id"]
    again = _tables(FLOWS.reverse().filter(pl.col("flow_id") != "f5"))["flow_pattern"]["pattern_id"]
    assert again.to_list() == [before]
    assert _tables(FLOWS.filter(pl.col("flow_id") != "f4"))["flow_pattern"]["pattern_id"].to_list() != [
        before
    ]


def test_a_pattern_of_persons_is_private() -> None:
    """A cycle if all its parties may be natural persons, a fan if the one in its middle may be."""
    fan = pl.concat(
        [FLOWS[4].with_columns(flow_id=pl.lit(f"g{k}"), payee_id=pl.lit(f"D{k}")) for k in range(5)]
    )
    for private, cycle, fanned in (((), False, False), (("A",), False, True), (("A", "B", "C"), True, True)):
        rows = _tables(pl.concat([FLOWS, fan]), private=private)["flow_pattern"]
        is_private = dict(rows.select("kind", "is_private").iter_rows())
        assert (is_private["ordered"], is_private["fan_out"]) == (cycle, fanned)


def test_a_round_trip_is_of_any_group_that_a_party_is_in() -> None:
    """A and D are of P, A and E of Q: what A pays B comes back to D and to E, each once."""
    hops = [("t1", "A", "B", 3), ("t2", "B", "D", 5), ("t3", "B", "E", 9)]
    rows = [
        (flow_id, "loan", payer, payee, date(2026, 1, day), Decimal(20_000), "EUR")
        for flow_id, payer, payee, day in hops
    ]
    flows = pl.DataFrame(rows, schema=FLOWS.schema, orient="row")
    both = [("CG-P", "A", "P"), ("CG-P", "D", "P"), ("CG-Q", "A", "Q"), ("CG-Q", "E", "Q")]
    groups = pl.DataFrame(both, schema=GROUPS.schema, orient="row")
    assert _trips(flows, groups) == [["t1", "t2"], ["t1", "t3"]]
    with_d = pl.concat([groups, pl.DataFrame([("CG-Q", "D", "Q")], schema=GROUPS.schema, orient="row")])
    assert _trips(flows, with_d) == [["t1", "t2"]], "the earliest return, which is that of both groups"


def _trips(flows: pl.DataFrame, groups: pl.DataFrame) -> list[list[str]]:
    members = _tables(flows, groups=groups)["flow_pattern_member"].sort("pattern_id", "position")
    return sorted(members.group_by("pattern_id", maintain_order=True).agg("flow_id")["flow_id"].to_list())


def test_nothing_comes_of_nothing() -> None:
    assert all(frame.is_empty() for frame in _tables(FLOWS.head(0)).values())


def test_what_the_search_left_out() -> None:
    """A hop without a rate; and a party around which there is too much."""
    pounds = FLOWS.with_columns(
        currency=pl.when(pl.col("flow_id") == "f2").then(pl.lit("GBP")).otherwise("currency")
    )
    tables = _tables(pounds)
    assert tables["flow_pattern"].is_empty()
    gaps = tables["flow_pattern_gap"].filter(pl.col("indicator") == "FLW-020")
    assert gaps.select("reason", "party_id", "size_n").rows() == [("no_rate", None, 2)]
    many = pl.concat(
        [
            FLOWS,
            *(
                FLOWS[1].with_columns(
                    flow_id=pl.lit(f"g{k}"), payee_id=pl.lit("A"), flowed_on=date(2026, 1, 10 + k)
                )
                for k in range(9)
            ),
        ]
    )
    tight = build.Bounds(
        LIMITS.round_trips,
        build.cycles.Bounds(20, 80, 105, work_max=5),
        LIMITS.scatter,
        LIMITS.fans,
        LIMITS.passing,
    )
    tables = _tables(many, tight)
    assert "FLW-020" not in tables["flow_pattern"]["indicator"]
    gaps = tables["flow_pattern_gap"].filter(pl.col("indicator") == "FLW-020")
    assert gaps.drop("first_on", "last_on").rows() == [("FLW-020", 1, "dense", "B", 10)]


@pytest.mark.parametrize("code", build.CODES)
def test_the_bounds_are_the_parameters_of_the_indicators(code: str) -> None:
    """Each parameter changed changes the bounds."""
    everything = dict(indicators())
    indicator = everything[code]
    for parameter in indicator.parameters:
        changed = parameter.model_copy(update={"default": parameter.default + 1})
        others = [other for other in indicator.parameters if other is not parameter]
        everything[code] = indicator.model_copy(update={"parameters": (*others, changed)})
        assert build.bounds(everything) != LIMITS, parameter.name
