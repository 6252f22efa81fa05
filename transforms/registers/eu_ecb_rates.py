"""European Central Bank: reference rates of the euro, day by day since 1999.

The file `eurofxref-hist.csv`, in which one record is one day and one column one currency. It becomes

| statement | part | locator |
|---|---|---|
| rate | `r` and the currency | the day |

`N/A` means that no rate was set that day. The declaration is at the end.
"""

import polars as pl

from transforms.model.parsing import joined, located, parsed, rejections, statement, without
from transforms.model.register import WORLD, Delimited, Edition, Parsed, Recognised, Register, SourceField
from transforms.model.source import Source
from transforms.model.statements import RATE_STATEMENT

CURRENCIES = (
    *("USD", "JPY", "BGN", "CYP", "CZK", "DKK", "EEK", "GBP", "HUF", "LTL", "LVL", "MTL", "PLN", "ROL"),
    *("RON", "SEK", "SIT", "SKK", "CHF", "ISK", "NOK", "HRK", "RUB", "TRL", "TRY", "AUD", "BRL", "CAD"),
    *("CNY", "HKD", "IDR", "ILS", "INR", "KRW", "MXN", "MYR", "NZD", "PHP", "SGD", "THB", "ZAR"),
)
NO_RATE = "N/A"
FIELDS: tuple[SourceField, ...] = (
    SourceField("Date", "date", mandatory=True, date_format="%Y-%m-%d"),
    *(SourceField(currency, required=currency == "USD") for currency in CURRENCIES),
    SourceField("", ignored="each line ends with a comma", required=False),
)


def recognise(_file_name: str, head: bytes) -> Recognised | None:
    """By its header."""
    header = head.removeprefix(b"\xef\xbb\xbf").partition(b"\n")[0].replace(b" ", b"")
    return Recognised("rates", None) if header.startswith(b"Date,USD,JPY,") else None


def parse(frame: pl.DataFrame, edition: Edition) -> Parsed:
    """Rate statements of one batch: one for each day and currency that has a rate."""
    numbers = [pl.col(currency).cast(pl.Float64, strict=False) for currency in CURRENCIES]
    rejected = rejections(
        frame,
        [
            (number.is_null() & (pl.col(currency) != NO_RATE), "not_a_number", currency)
            for number, currency in zip(numbers, CURRENCIES, strict=True)
        ],
    )
    good = located(without(frame, rejected), pl.col("Date").dt.to_string("%Y-%m-%d"), edition)
    kept = [column for column in good.columns if column not in CURRENCIES]
    long = good.unpivot(CURRENCIES, index=kept, variable_name="currency", value_name="rate").with_columns(
        pl.col("rate").cast(pl.Float64, strict=False)
    )
    rates = statement(
        long.filter(pl.col("rate") > 0).sort("record_no", "currency"),
        RATE_STATEMENT,
        edition,
        joined("r", pl.col("currency")),
        currency=pl.col("currency"),
        rated_on=pl.col("Date"),
        per_euro=pl.col("rate"),
    )
    return parsed(good, {RATE_STATEMENT.name: rates}, rejected=rejected)


REGISTER = Register(
    name="eu_ecb_rates",
    title="Reference rates of the euro",
    publisher="European Central Bank",
    territory=WORLD,
    url="https://www.ecb.europa.eu/stats/policy_and_exchange_rates/euro_reference_exchange_rates/",
    licence="free reuse with the source named",
    cadence="daily",
    kind="snapshot",
    identifier_scheme="ISO-4217",
    expected_rows="7,000 (2026)",
    description="The value of one euro in other currencies, by day.",
    edition_field="Date",
    roles=("rates",),
    source=Source("https://www.ecb.europa.eu/stats/eurofxref/eurofxref-hist.zip"),
    reader=Delimited(),
    fields=FIELDS,
    tables=(RATE_STATEMENT,),
    recognise=recognise,
    parse=parse,
)
