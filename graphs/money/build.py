"""Patterns of payments in the graph stage: from payments to the tables flow_pattern, flow_pattern_member and
flow_pattern_gap.

The bounds are the parameters of the indicators FLW-010 to FLW-050. Rent, fees, taxes, wages, subsidies and
credits are not part of any pattern, but for a fan they count as earlier dealings.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from graphs.arrays.edges import Ints
from graphs.arrays.tables import Frames, column, picked
from graphs.money import cycles, fans, passing, round_trips, scatter
from graphs.money.bundles import UNKNOWN, Bundles, Flows, bundled
from graphs.money.windows import KINDS, ROLES, FoundPatterns
from transforms.model.indicator import Indicator
from transforms.model.views import GRAPH_TABLES

CODES = ("FLW-010", "FLW-020", "FLW-030", "FLW-040", "FLW-050")
HOPS = ("transfer", "loan", "sale", "payment")
ID_BYTES = 10
AMOUNTS = ("amount", "currency", "amount_eur", "received", "received_currency", "received_eur")
# By kind: the role of its first payments, whether their payer is the pattern's party, and the role of its
# last.
BEGINS: Mapping[str, tuple[str, bool, str]] = {
    "round_trip": ("hop", True, "hop"),
    "ordered": ("hop", True, "hop"),
    "windowed": ("hop", True, "hop"),
    "return": ("hop", True, "hop"),
    "scatter_gather": ("out", True, "in"),
    "gather_scatter": ("in", False, "out"),
    "fan_out": ("out", True, ""),
    "fan_in": ("in", False, ""),
    "pass_through": ("in", False, "out"),
}


@dataclass(frozen=True)
class Bounds:
    """The bounds of all searches."""

    round_trips: round_trips.Bounds
    cycles: cycles.Bounds
    scatter: scatter.Bounds
    fans: fans.Bounds
    passing: passing.Bounds


@dataclass(frozen=True, eq=False)
class _Search:
    """The patterns of one indicator, the bundles searched, and `number` int64[flows]: the bundle of each
    flow, -1 for none.
    """

    code: str
    bundles: Bundles
    number: Ints
    result: FoundPatterns


def bounds(indicators: Mapping[str, Indicator]) -> Bounds:
    """The bounds from the parameters of the indicators. Days are whole, amounts become hundredths of a
    euro.
    """
    trip, cycle, scattered, fan, passed = (indicators[code].parameter_values() for code in CODES)
    return Bounds(
        round_trips.Bounds(int(trip["days"]), trip["share"], round(trip["amount"] * 100)),
        cycles.Bounds(int(cycle["days"]), cycle["keep"], cycle["over"], int(cycle["hops"])),
        scatter.Bounds(int(scattered["n"]), int(scattered["days"]), scattered["share"]),
        fans.Bounds(int(fan["n"]), int(fan["days"]), int(fan["quiet"]), int(fan["windows"])),
        passing.Bounds(int(passed["times"]), int(passed["days"])),
    )


def build(
    flows: pl.LazyFrame, held: pl.DataFrame, groups: pl.LazyFrame, limits: Bounds
) -> Iterator[tuple[str, Frames]]:
    """The pattern tables one by one: the name, and a stream of frames in the declared schema and key order.

    flows: flow_id, kind, payer_id, payee_id, flowed_on, amount, currency, amount_eur, received,
    received_currency, received_eur, payer_is_private, payee_is_private, in order of flow_id. Columns are read
    one at a time and kept as numbers, some 100 bytes a flow. held: party_id of the parties whose payments are
    all held. groups: control_group_id, subject_id, controller_id. flow_pattern_gap lists where patterns may
    be missing: parties too dense to search, and comparisons without an exchange rate.
    """
    ids = _parties(flows, ("payer_id", "payee_id"))
    members_found, gaps = list[pl.DataFrame](), list[dict[str, object]]()
    for search in _searches(flows, ids, groups, limits):
        members_found.append(_members(flows, ids, search))
        gaps += _gaps(search, ids)
    members = pl.concat(members_found).unique(("pattern_id", "position", "flow_id"), maintain_order=True)
    patterns = _patterns(members, held["party_id"], _private(flows))
    for name, frame in (("flow_pattern", patterns), ("flow_pattern_member", members)):
        table = GRAPH_TABLES[name]
        yield name, iter([table.conformed(frame).sort(table.key)])
    yield "flow_pattern_gap", iter([_gap_table(gaps, _first_day(flows))])


def _parties(flows: pl.LazyFrame, columns: Iterable[str]) -> pl.Series:
    """The distinct values of these columns, ascending."""
    sides = [flows.select(pl.col(column).alias("value")).unique() for column in columns]
    return pl.concat(sides).unique().sort("value").collect().to_series()


def _searches(flows: pl.LazyFrame, ids: pl.Series, groups: pl.LazyFrame, limits: Bounds) -> Iterator[_Search]:
    begin = _first_day(flows)
    kind = column(flows, "kind")
    bundles, number = _bundled(flows, ids, begin, kind.is_in(HOPS))
    everybody = np.ones(len(ids), np.bool_)
    for group in _groups(ids, groups):
        yield _Search("FLW-010", bundles, number, round_trips.round_trips(bundles, group, limits.round_trips))
    yield _Search("FLW-020", bundles, number, cycles.cycles(bundles, limits.cycles))
    yield _Search("FLW-030", bundles, number, scatter.scatter_gather(bundles, limits.scatter))
    yield _Search("FLW-030", bundles, number, scatter.gather_scatter(bundles, limits.scatter))
    yield _Search("FLW-050", bundles, number, passing.pass_through(bundles, everybody, limits.passing))
    bundles, number = _bundled(flows, ids, begin, kind.is_not_null())
    is_transfer = np.isin(np.arange(len(bundles)), number[(kind == "transfer").to_numpy()])
    yield _Search("FLW-040", bundles, number, fans.fans(bundles, limits.fans, is_transfer))


def _bundled(flows: pl.LazyFrame, ids: pl.Series, begin: int, which: pl.Series) -> tuple[Bundles, Ints]:
    """The bundles of the flows where `which` is true, and the bundle of each flow."""
    number = np.full(len(which), -1, np.int64)
    bundles, number[which.to_numpy()] = bundled(_arrays(flows, ids, begin, which))
    return bundles, number


def _arrays(flows: pl.LazyFrame, ids: pl.Series, begin: int, which: pl.Series) -> Flows:
    """The flows where `which` is true. Parties are positions in `ids`, which are ascending; days are counted
    from the day `begin`; amounts are hundredths.
    """
    currencies = _parties(flows, ("currency", "received_currency"))

    def read(name: str) -> pl.Series:
        return column(flows, name).filter(which)

    def numbers(name: str, words: pl.Series) -> Ints:
        return words.search_sorted(read(name)).cast(pl.Int64).to_numpy()

    def cents(name: str) -> Ints:
        exact = read(name).cast(pl.Decimal(18, 2)).to_physical().cast(pl.Int64)
        return exact.fill_null(UNKNOWN).to_numpy()

    return Flows(
        payer=numbers("payer_id", ids),
        payee=numbers("payee_id", ids),
        day=read("flowed_on").to_physical().cast(pl.Int64).to_numpy() - begin,
        kind=read("kind").rank("dense").cast(pl.Int64).to_numpy(),
        paid=cents("amount"),
        paid_in=numbers("currency", currencies),
        received=cents("received"),
        received_in=numbers("received_currency", currencies),
        paid_eur=cents("amount_eur"),
        received_eur=cents("received_eur"),
    )


def _first_day(flows: pl.LazyFrame) -> int:
    """The first day of all flows, in days since 1970-01-01; 0 without flows."""
    day: int = flows.select(pl.col("flowed_on").min().to_physical().fill_null(0)).collect().item()
    return day


def _groups(ids: pl.Series, groups: pl.LazyFrame) -> list[Ints]:
    """Control group of each party: int64[parties], -1 for none. A party may be in several groups, so there
    are as many arrays as needed for each group to be complete in one of them.
    """
    party = pl.LazyFrame({"party_id": ids}).with_row_index("place")
    sides = (pl.col(column).alias("party_id") for column in ("subject_id", "controller_id"))
    members = pl.concat(
        [groups.select("control_group_id", side).join(party, on="party_id") for side in sides]
    )
    of_group = members.group_by("control_group_id").agg(pl.col("place").unique()).sort("control_group_id")
    arrays = [np.full(len(ids), -1)]
    for number, places in enumerate(of_group.collect()["place"].to_list()):
        free = next((group for group in arrays if (group[places] < 0).all()), None)
        if free is None:
            free = np.full(len(ids), -1)
            arrays.append(free)
        free[places] = number
    return arrays


# --- tables -----------------------------------------------------------------------------------------------


def _members(flows: pl.LazyFrame, ids: pl.Series, search: _Search) -> pl.DataFrame:
    """Rows of flow_pattern_member, one for each flow of a pattern, with the further columns that `_patterns`
    reads.
    """
    rows, bundles = search.result.members, search.bundles
    kinds, roles = pl.Series(KINDS), pl.Series(ROLES)
    hops = pl.DataFrame(
        {
            "indicator": pl.repeat(search.code, len(rows.pattern), dtype=pl.String, eager=True),
            "kind": kinds.gather(search.result.kind[rows.pattern]),
            "pattern": rows.pattern,
            "position": rows.position,
            "role": roles.gather(rows.role),
            "bundle": rows.bundle,
            "payer": ids.gather(bundles.payer[rows.bundle]),
            "payee": ids.gather(bundles.payee[rows.bundle]),
        }
    )
    at = np.flatnonzero(np.isin(search.number, rows.bundle))
    lines = picked(flows, ("flow_id", "flowed_on", *AMOUNTS), at).with_columns(bundle=search.number[at])
    members = hops.join(lines, on="bundle").sort("pattern", "position", "flow_id")
    each = members.group_by("pattern", maintain_order=True).agg("kind", "flow_id")
    hashes = [_id(search.code, kind[0], flow_ids) for _, kind, flow_ids in each.iter_rows()]
    named = each.select("pattern", pl.Series("pattern_id", hashes, dtype=pl.String))
    return members.join(named, on="pattern", maintain_order="left")


def _id(code: str, kind: str, flow_ids: list[str]) -> str:
    text = "|".join((code, kind, *sorted(flow_ids)))
    return "FP-" + hashlib.blake2b(text.encode(), digest_size=ID_BYTES).hexdigest()


def _private(flows: pl.LazyFrame) -> pl.Series:
    """Parties that may be natural persons."""
    sides = (flows.filter(f"{side}_is_private").select(f"{side}_id") for side in ("payer", "payee"))
    return pl.concat([side.unique().collect().to_series() for side in sides])


def _patterns(members: pl.DataFrame, held: pl.Series, private: pl.Series) -> pl.DataFrame:
    """The rows of flow_pattern."""
    begin_role, is_payer, end_role = (
        pl.col("kind").replace_strict({kind: words[k] for kind, words in BEGINS.items()}) for k in range(3)
    )
    hops_n = pl.col("position").max().over("pattern_id")
    is_hop = pl.col("role") == "hop"
    rows = members.with_columns(
        hops_n=hops_n,
        begins=(pl.col("role") == begin_role) & (~is_hop | (pl.col("position") == 1)),
        ends=(pl.col("role") == end_role) & (~is_hop | (pl.col("position") == hops_n)),
        party_id=pl.when(is_payer).then("payer").otherwise("payee"),
    )
    ends = pl.col("payee").filter("ends")
    patterns = rows.group_by("pattern_id").agg(
        pl.col("indicator", "kind", "hops_n").first(),
        pl.col("party_id").filter("begins").first(),
        pl.when(ends.n_unique() == 1).then(ends.first()).alias("end_id"),
        pl.col("flowed_on").min().alias("first_on"),
        pl.col("flowed_on").max().alias("last_on"),
        pl.concat([pl.col("payer"), pl.col("payee")]).n_unique().cast(pl.Int64).alias("parties_n"),
        pl.concat([pl.col("payer"), pl.col("payee")]).is_in(private.implode()).all().alias("all_private"),
        *_sum("begins", ("amount", "currency", "amount_eur"), ("amount", "currency")),
        *_sum("ends", ("received", "received_currency", "received_eur"), ("arrived", "arrived_currency")),
    )
    other_end = pl.when(pl.col("end_id") != pl.col("party_id")).then("end_id").alias("end_id")
    has_middle = pl.col("kind").replace_strict({kind: words[0] != "hop" for kind, words in BEGINS.items()})
    return patterns.with_columns(
        other_end,
        is_held=pl.col("party_id").is_in(held.implode()),
        is_private=pl.col("all_private") | (has_middle & pl.col("party_id").is_in(private.implode())),
    )


def _sum(which: str, columns: tuple[str, str, str], names: tuple[str, str]) -> tuple[pl.Expr, pl.Expr]:
    """The sum of some rows of a pattern, and its currency: the currency of all rows if they have the same,
    otherwise euro if all amounts are known in euro, otherwise null.
    """
    amount, currency, in_euro = (pl.col(column).filter(which) for column in columns)
    is_single, known = currency.n_unique() == 1, (in_euro.null_count() == 0) & (in_euro.len() > 0)
    return (
        pl.when(is_single).then(amount.sum()).when(known).then(in_euro.sum()).alias(names[0]),
        pl.when(is_single).then(currency.first()).when(known).then(pl.lit("EUR")).alias(names[1]),
    )


def _gaps(search: _Search, ids: pl.Series) -> Iterator[dict[str, object]]:
    """Rows of flow_pattern_gap, with days counted from the first day of all flows."""
    result = search.result
    columns = (each.tolist() for each in vars(result.dense).values())
    for party, first_on, last_on, size in zip(*columns, strict=True):
        row = {"reason": "dense", "party_id": ids[party], "first_on": first_on, "last_on": last_on}
        yield row | {"indicator": search.code, "size_n": size}
    if result.without_rate:
        yield {"indicator": search.code, "reason": "no_rate", "size_n": result.without_rate}


def _gap_table(rows: list[dict[str, object]], begin: int) -> pl.DataFrame:
    """The table flow_pattern_gap. `begin`: the first day of all flows, in days since 1970-01-01."""
    table = GRAPH_TABLES["flow_pattern_gap"]
    schema = {name: kind for name, kind in table.schema.items() if name != "position"}
    numbered = pl.DataFrame(rows, schema=schema | {"first_on": pl.Int32(), "last_on": pl.Int32()})
    position = pl.int_range(1, pl.len() + 1).over("indicator").alias("position")
    days = pl.col("first_on", "last_on") + begin
    return table.conformed(numbered.with_columns(position, days)).sort(table.key)
