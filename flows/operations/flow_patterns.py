"""Recall and precision of the patterns of money on labelled transfers in AMLworld's own files.

A folder holds

- transfers: CSV files as of `HI-Small_Trans.csv` (recognised by their header);
- labelled patterns: text as of `HI-Small_Patterns.txt`, or the same as JSON (`patterns`, each with
  `pattern_type` and `transactions`);
- the European Central Bank's `eurofxref-hist.csv`, if amounts in different currencies are to be compared.

Labels are read here only, and after the search. A labelled pattern counts as found if one pattern of the rule
for its type has at least half of its payments. A pattern counts as right if at least half of its payments are
labelled. Accounts have no control groups here, so FLW-010 gives nothing.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from graphs.money import build
from transforms.errors import UsageError
from transforms.model.indicator import indicators
from transforms.registers.amlworld_transactions import CURRENCIES, HEADER
from transforms.registers.eu_ecb_rates import CURRENCIES as WITH_RATE

COLUMNS = (
    *("timestamp", "from_bank", "from_account", "to_bank", "to_account"),
    *("amount_received", "receiving_currency", "amount_paid", "payment_currency", "payment_format"),
)
BEGIN = re.compile(r"^BEGIN LAUNDERING ATTEMPT - ([A-Z-]+)")
END = "END LAUNDERING ATTEMPT"
# Type of a label → the kinds of patterns that are about it. The other types are chains of ordinary payments.
RULES: Mapping[str, tuple[str, ...]] = {
    "CYCLE": ("ordered", "windowed", "return"),
    "SCATTER-GATHER": ("scatter_gather",),
    "GATHER-SCATTER": ("gather_scatter",),
    "FAN-OUT": ("fan_out",),
    "FAN-IN": ("fan_in",),
}
HALF = 0.5

type Transfer = tuple[str, ...]


@dataclass(frozen=True)
class Label:
    """A labelled pattern: its type (`CYCLE`), and its transfers in the words of COLUMNS."""

    type: str
    transfers: tuple[Transfer, ...]


def measure_flows(folder: Path) -> list[dict[str, object]]:
    """Rows for people: what was searched; each type of label (labelled_n, found_n, recall, by_any_rule_n);
    each kind of pattern (patterns_n, right_n, precision).

    Raises UsageError if the folder lacks transfers or labels, or a labelled transfer is not among them.
    """
    transfers = _transfers(folder)
    labels = _labels(folder)
    flow_ids = _flow_ids(transfers, labels)
    tables = {
        name: pl.concat(frames)
        for name, frames in build.build(
            _flows(transfers, _rates(folder)).sort("flow_id").lazy(),
            transfers.select(pl.concat_list("payer_id", "payee_id").explode().unique().alias("party_id")),
            pl.LazyFrame(
                schema=dict.fromkeys(("control_group_id", "subject_id", "controller_id"), pl.String)
            ),
            build.bounds(indicators()),
        )
    }
    patterns = tables["flow_pattern"].select("pattern_id", "indicator", "kind")
    members = tables["flow_pattern_member"].join(patterns, on="pattern_id")
    labelled = {flow_id for ids in flow_ids for flow_id in ids}
    gaps = tables["flow_pattern_gap"]
    searched = {
        "of": "transfers",
        "transfers_n": transfers.height,
        "labelled_n": len(labelled),
        "too_dense_n": gaps.filter(pl.col("reason") == "dense").height,
        "without_rate_n": gaps.filter(pl.col("reason") == "no_rate")["size_n"].sum(),
    }
    rows = [searched, *_recall(labels, flow_ids, members), *_precision(members, labelled)]
    names = dict.fromkeys(name for row in rows for name in row)
    return [{name: row.get(name) for name in names} for row in rows]


def _recall(
    labels: Sequence[Label], flow_ids: Sequence[frozenset[str]], members: pl.DataFrame
) -> Iterator[dict[str, object]]:
    places: dict[str, list[tuple[str, str]]] = {}
    for flow_id, pattern_id, kind in members.select("flow_id", "pattern_id", "kind").unique().iter_rows():
        places.setdefault(flow_id, []).append((pattern_id, kind))
    total, by_own_rule, by_any = Counter[str](), Counter[str](), Counter[str]()
    for label, ids in zip(labels, flow_ids, strict=True):
        covered = Counter(place for flow_id in ids for place in places.get(flow_id, []))
        kinds = {kind for (_, kind), n in covered.items() if n >= HALF * len(ids)}
        total[label.type] += 1
        by_own_rule[label.type] += not kinds.isdisjoint(RULES.get(label.type, ()))
        by_any[label.type] += bool(kinds)
    for each in sorted(total):
        has_rule = each in RULES
        yield {
            "of": each,
            "labelled_n": total[each],
            "found_n": by_own_rule[each] if has_rule else None,
            "recall": round(by_own_rule[each] / total[each], 3) if has_rule else None,
            "by_any_rule_n": by_any[each],
        }


def _precision(members: pl.DataFrame, labelled: set[str]) -> Iterator[dict[str, object]]:
    shares = members.group_by("indicator", "kind", "pattern_id").agg(
        pl.col("flow_id").is_in(list(labelled)).mean().alias("share")
    )
    for (indicator, kind), each in sorted(
        shares.group_by("indicator", "kind"), key=lambda item: str(item[0])
    ):
        right_n = int((each["share"] >= HALF).sum())
        yield {
            "of": f"{indicator} {kind}",
            "patterns_n": each.height,
            "right_n": right_n,
            "precision": round(right_n / each.height, 3),
        }


# --- files ------------------------------------------------------------------------------------------------


def _transfers(folder: Path) -> pl.DataFrame:
    """All transfers: COLUMNS as written, flow_id, payer_id, payee_id."""
    files = [path for path in sorted(folder.glob("*.csv")) if _head(path).startswith(HEADER)]
    if not files:
        raise UsageError(
            f"{folder.name}: no file begins with {HEADER.decode()}…; put the transfers of AMLworld there"
        )
    names = [*COLUMNS, "is_laundering"]
    rows = pl.concat(
        [
            pl.read_csv(path, has_header=False, skip_rows=1, new_columns=names, infer_schema=False)
            for path in files
        ]
    ).select(COLUMNS)
    return rows.with_row_index("number").select(
        *COLUMNS,
        pl.col("number").cast(pl.String).str.zfill(10).alias("flow_id"),
        *(
            pl.concat_str(f"{side}_bank", f"{side}_account", separator=":").alias(party)
            for side, party in (("from", "payer_id"), ("to", "payee_id"))
        ),
    )


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(200).removeprefix(b"\xef\xbb\xbf")


def _labels(folder: Path) -> list[Label]:
    labels = [label for path in sorted(folder.glob("*.txt")) for label in _from_text(path)]
    labels += [label for path in sorted(folder.glob("*.json")) for label in _from_json(path)]
    if not labels:
        raise UsageError(f"{folder.name}: no labelled pattern; put AMLworld's file of patterns there")
    return labels


def _from_text(path: Path) -> Iterator[Label]:
    begun, rows = "", list[Transfer]()
    for line in path.read_text(encoding="utf-8-sig").splitlines():
        if match := BEGIN.match(line):
            begun, rows = match[1], []
        elif line.startswith(END):
            yield Label(begun, tuple(rows))
        elif begun and line.strip():
            rows.append(_comparable(line.split(",")))


def _from_json(path: Path) -> Iterator[Label]:
    for pattern in json.loads(path.read_bytes()).get("patterns", []):
        rows = ([str(row[name]) for name in COLUMNS] for row in pattern["transactions"])
        kind = re.match(r"[A-Z-]+", pattern["pattern_type"])
        yield Label(kind[0] if kind else "", tuple(_comparable(row) for row in rows))


def _comparable(row: Sequence[str]) -> Transfer:
    """The fields of a transfer, however its amounts are written."""
    return tuple(
        f"{float(text):.2f}" if name.startswith("amount") else text.strip()
        for name, text in zip(COLUMNS, row, strict=False)
    )


def _flow_ids(transfers: pl.DataFrame, labels: Sequence[Label]) -> list[frozenset[str]]:
    """The transfers of each label; of equal ones each stands for one label only."""
    wanted = Counter(row for label in labels for row in label.transfers)
    ids: dict[Transfer, list[str]] = {row: [] for row in wanted}
    accounts = list({row[2] for row in wanted})
    for *row, flow_id in (
        transfers.filter(pl.col("from_account").is_in(accounts)).select(*COLUMNS, "flow_id").iter_rows()
    ):
        if (key := _comparable(row)) in ids:
            ids[key].append(flow_id)
    if missing := sum(max(n - len(ids[row]), 0) for row, n in wanted.items()):
        raise UsageError(
            f"{missing} labelled transfers are not among the transfers; add the file that has them"
        )
    return [frozenset(ids[row].pop() for row in label.transfers) for label in labels]


def _rates(folder: Path) -> pl.DataFrame:
    """code, rated_on, per_euro."""
    path = folder / "eurofxref-hist.csv"
    schema = {"code": pl.String, "rated_on": pl.Date, "per_euro": pl.Float64}
    if not path.is_file():
        return pl.DataFrame(schema=schema)
    wide = pl.read_csv(path, infer_schema=False)
    codes = [code for code in WITH_RATE if code in wide.columns]
    long = wide.unpivot(codes, index="Date", variable_name="code", value_name="rate")
    rates = long.select(
        "code",
        pl.col("Date").str.to_date("%Y-%m-%d").alias("rated_on"),
        pl.col("rate").cast(pl.Float64, strict=False).alias("per_euro"),
    )
    return rates.filter(pl.col("per_euro") > 0).sort("rated_on")


def _flows(transfers: pl.DataFrame, rates: pl.DataFrame) -> pl.DataFrame:
    """The columns that `graphs.money.build.build` reads."""
    money = pl.Decimal(18, 2)
    flows = transfers.select(
        "flow_id",
        "payer_id",
        "payee_id",
        kind=pl.lit("transfer"),
        payer_is_private=False,
        payee_is_private=False,
        flowed_on=pl.col("timestamp").str.slice(0, 10).str.to_date("%Y/%m/%d"),
        amount=pl.col("amount_paid").cast(pl.Float64).round(2).cast(money),
        currency=pl.col("payment_currency").replace_strict(CURRENCIES),
        received=pl.col("amount_received").cast(pl.Float64).round(2).cast(money),
        received_currency=pl.col("receiving_currency").replace_strict(CURRENCIES),
    ).sort("flowed_on")
    for amount, currency in (("amount", "currency"), ("received", "received_currency")):
        known = flows.join_asof(
            rates,
            left_on="flowed_on",
            right_on="rated_on",
            by_left=currency,
            by_right="code",
            check_sortedness=False,
        )["per_euro"]
        per_euro = pl.when(pl.col(currency) == "EUR").then(1.0).otherwise(known)
        in_euro = (pl.col(amount).cast(pl.Float64) / per_euro).round(2).cast(money)
        flows = flows.with_columns(in_euro.alias(f"{amount}_eur"))
    return flows
