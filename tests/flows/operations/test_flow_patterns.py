"""`undertow evaluate --flows`: recall by type and precision by kind, on a small folder of such files."""

import json
from pathlib import Path

import pytest

from flows.operations.flow_patterns import COLUMNS, measure_flows
from transforms.errors import UsageError

HEADER = (
    "Timestamp,From Bank,Account,To Bank,Account,Amount Received,Receiving Currency,Amount Paid,"
    "Payment Currency,Payment Format,Is Laundering"
)


def row(payer: str, payee: str, day: int, amount: str, paid: tuple[str, str] = ("", "")) -> str:
    """A line without its label. paid: amount and currency, where it is exchanged."""
    paid_amount, currency = paid if paid[0] else (amount, "Euro")
    return f"2022/09/{day:02} 08:15,1,{payer},1,{payee},{amount},Euro,{paid_amount},{currency},ACH"


CYCLE = [row("A", "B", 1, "100.00"), row("B", "C", 3, "95.00"), row("C", "A", 4, "90.00")]
MISSED = [row("D", "E", 1, "100.00"), row("E", "F", 3, "50.00"), row("F", "D", 4, "49.00")]
STACK = [row("G", "H", 1, "10.00"), row("H", "I", 2, "10.00")]
ORDINARY = [row("J", "K", 1, "20.00"), row("K", "J", 5, "20.00"), row("A", "B", 25, "100.00")]


def folder(
    path: Path, lines: list[str], labels: list[tuple[str, list[str]]], *, as_json: bool = False
) -> Path:
    (path / "transfers.csv").write_text("\n".join([HEADER, *(f"{line},0" for line in lines)]) + "\n")
    if as_json:
        patterns = [
            {
                "pattern_type": kind,
                "transactions": [dict(zip(COLUMNS, line.split(","), strict=True)) for line in its],
            }
            for kind, its in labels
        ]
        (path / "patterns.json").write_text(json.dumps({"patterns": patterns}))
    else:
        text = (
            f"BEGIN LAUNDERING ATTEMPT - {kind}\n"
            + "".join(f"{line},1\n" for line in its)
            + f"END LAUNDERING ATTEMPT - {kind}\n\n"
            for kind, its in labels
        )
        (path / "patterns.txt").write_text("".join(text))
    return path


LABELS = [("CYCLE:  Max 3 hops", CYCLE), ("CYCLE", MISSED), ("STACK", STACK)]


@pytest.mark.parametrize("as_json", [False, True])
def test_recall_by_type_and_precision_by_kind(as_json: bool, tmp_path: Path) -> None:
    lines = [*CYCLE, *MISSED, *STACK, *ORDINARY]
    rows = {str(one["of"]): one for one in measure_flows(folder(tmp_path, lines, LABELS, as_json=as_json))}
    assert rows["transfers"]["transfers_n"] == 11 and rows["transfers"]["labelled_n"] == 8
    assert [rows["CYCLE"][name] for name in ("labelled_n", "found_n", "recall")] == [2, 1, 0.5]
    assert [rows["STACK"][name] for name in ("labelled_n", "found_n", "recall")] == [1, None, None]
    assert rows["FLW-020 ordered"]["precision"] == 1
    assert [rows["FLW-020 return"][name] for name in ("patterns_n", "right_n", "precision")] == [1, 0, 0]


def test_a_rate_joins_currencies_and_its_want_is_counted(tmp_path: Path) -> None:
    lines = [CYCLE[0], row("B", "C", 3, "95.00", ("190.00", "US Dollar")), CYCLE[2]]
    where = folder(tmp_path, lines, [("CYCLE", lines)])
    first, cycle, *_ = measure_flows(where)
    assert first["without_rate_n"] and cycle["found_n"] == 0
    (where / "eurofxref-hist.csv").write_text("Date,USD,JPY,\n2022-08-31,2,N/A,\n")
    first, cycle, *_ = measure_flows(where)
    assert not first["without_rate_n"] and cycle["found_n"] == 1


def test_what_is_missing_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no file begins with Timestamp"):
        measure_flows(tmp_path)
    with pytest.raises(UsageError, match="no labelled pattern"):
        measure_flows(folder(tmp_path, CYCLE, []))
    with pytest.raises(UsageError, match="1 labelled transfers are not among"):
        measure_flows(folder(tmp_path, CYCLE[:2], [("CYCLE", CYCLE)]))
