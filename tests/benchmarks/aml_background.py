"""Make a folder for `undertow evaluate --flows`: AMLworld's labelled patterns on ordinary payments.

    python -m tests.benchmarks.aml_background PATTERNS.json SAMPLE.csv FOLDER [PAYMENTS]

PATTERNS.json: labelled patterns (`patterns`, each with `pattern_type` and `transactions`). SAMPLE.csv: some
rows of the generator's own transfers, with the columns timestamp, from_bank_id, from_account_id, to_bank_id,
to_account_id, amount_received, receiving_currency, amount_paid, payment_currency, payment_format. Writes the
labelled transfers, the sample, and PAYMENTS (200,000) invented ones in AMLworld's native columns, by time.

The invented payments: over the days of the labels, between 20 times fewer accounts, of which the labelled
ones are a part; payers and payees are drawn apart by a power law of exponent 2.5. Each account has one
currency, and amounts are those of the sample in that currency. AMLworld's own background of 5 million is not
in hand: precision on this one says how often ordinary payments of that shape meet by chance, and no more.
"""

import json
import shutil
import sys
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl

from flows.operations.flow_patterns import COLUMNS

HEADER = (
    "Timestamp,From Bank,Account,To Bank,Account,Amount Received,Receiving Currency,Amount Paid,"
    "Payment Currency,Payment Format,Is Laundering"
)
PAYMENTS, PER_ACCOUNT = 200_000, 20
SAMPLE_COLUMNS = {"from_bank_id": "from_bank", "from_account_id": "from_account"} | {
    "to_bank_id": "to_bank",
    "to_account_id": "to_account",
}
FIRST_DAY, DAYS = datetime(2022, 9, 1), 18


def main(patterns: str, sample: str, folder: str, payments: str = str(PAYMENTS)) -> None:
    labelled = pl.DataFrame(
        [
            {name: str(row[name]) for name in COLUMNS}
            for pattern in json.loads(Path(patterns).read_bytes())["patterns"]
            for row in pattern["transactions"]
        ]
    )
    seen = pl.read_csv(sample, infer_schema=False).rename(SAMPLE_COLUMNS).select(COLUMNS)
    rows = pl.concat([labelled, seen, invented(labelled, seen, int(payments))])
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    text = rows.sort("timestamp").with_columns(label=pl.lit("0")).write_csv(include_header=False)
    (target / "transfers.csv").write_text(f"{HEADER}\n{text}", encoding="utf-8")
    shutil.copyfile(patterns, target / "patterns.json")
    print(f"{labelled.height} labelled transfers, {seen.height} of the sample, {payments} invented")


def invented(labelled: pl.DataFrame, seen: pl.DataFrame, n: int) -> pl.DataFrame:
    draw = np.random.default_rng(24)
    known = pl.concat(
        [
            labelled.select(bank="from_bank", account="from_account", currency="payment_currency"),
            labelled.select(bank="to_bank", account="to_account", currency="receiving_currency"),
        ]
    ).unique(["bank", "account"], keep="first", maintain_order=True)
    others = n // PER_ACCOUNT - known.height
    drawn = seen[draw.integers(0, seen.height, max(others, 0)).tolist()]
    accounts = pl.concat(
        [
            known,
            drawn.select(
                bank="from_bank",
                account=pl.format("9{}", pl.int_range(pl.len()).cast(pl.String).str.zfill(8)),
                currency="payment_currency",
            ),
        ]
    )

    def ends() -> np.ndarray:
        weights = np.cumsum(draw.pareto(1.5, accounts.height) + 1)
        return draw.permutation(accounts.height)[np.searchsorted(weights, draw.random(n) * weights[-1])]

    payer, payee = accounts[ends().tolist()], accounts[ends().tolist()]
    amounts = {
        str(currency): each["amount_paid"].to_numpy()
        for (currency,), each in seen.group_by("payment_currency")
    }
    anything = seen["amount_paid"].to_numpy()
    paid = [draw.choice(amounts.get(currency, anything)) for currency in payer["currency"]]
    minutes = draw.integers(0, DAYS * 24 * 60, n).tolist()
    rows = pl.DataFrame(
        {
            "timestamp": [f"{FIRST_DAY + timedelta(minutes=minute):%Y/%m/%d %H:%M}" for minute in minutes],
            "from_bank": payer["bank"],
            "from_account": payer["account"],
            "to_bank": payee["bank"],
            "to_account": payee["account"],
            "amount_received": paid,
            "receiving_currency": payer["currency"],
            "amount_paid": paid,
            "payment_currency": payer["currency"],
            "payment_format": draw.choice(seen["payment_format"].to_numpy(), n),
        }
    )
    return rows.filter(pl.col("from_account") != pl.col("to_account"))


if __name__ == "__main__":
    main(*sys.argv[1:])
