"""The 55 columns of BasicCompanyData of companies whose main facts are given; the rest is drawn to fit."""

import numpy as np
import polars as pl

from quality.town.companies.block import DORMANT_SIC, NO_SIC, RESIDENTS_SIC
from quality.town.parts import native
from quality.town.parts.dates import (
    EDITION_DAY,
    LAST_RETURN,
    add_months,
    between,
    last_anniversary,
    month_end,
    slashed,
)
from quality.town.parts.wordlists import Days, choose, gather, pick, table

NO_ACCOUNTS_SERIES = ("CE", "RS", "LP", "SL", "FC")
ACCOUNTS = (
    "MICRO ENTITY",
    "TOTAL EXEMPTION FULL",
    "DORMANT",
    "UNAUDITED ABRIDGED",
    "FULL",
    "SMALL",
    "AUDIT EXEMPTION SUBSIDIARY",
    "GROUP",
    "TOTAL EXEMPTION SMALL",
    "MEDIUM",
    "ACCOUNTS TYPE NOT AVAILABLE",
)
ACCOUNTS_WEIGHTS = (385, 330, 125, 40, 20, 18, 9, 7, 6, 2, 2)
CORE_COLUMNS = (
    "line1",
    "line2",
    "post_town",
    "county",
    "country",
    "postcode",
    "number",
    "name",
    "category",
    "series",
    "origin",
    "status",
    "incorporated_on",
    "sic",
    "care_of",
    "former",
)


def sic_text(code: pl.Series) -> pl.Series:
    """`68209 - Other letting and …`, as the register writes a code."""
    texts = dict(zip(table("sic")["code"], table("sic")["text"], strict=True))
    return pl.select(
        pl.concat_str(code, pl.lit(" - "), code.replace_strict(texts, default="", return_dtype=pl.String))
    ).to_series()


def _accounts(core: pl.DataFrame, day: Days, rng: np.random.Generator) -> dict[str, pl.Series]:
    """Reference date, last and next accounts: nine months after the year's end, 21 months after
    incorporation at first.
    """
    size = day.size
    own_month = (day.astype("datetime64[M]").astype(np.int64) % 12) + 1
    month = np.where(rng.random(size) < 0.62, own_month, np.array((3, 12, 9))[choose(rng, (5, 4, 1), size)])
    newest = (
        (EDITION_DAY - rng.integers(60, 300, size).astype("timedelta64[D]"))
        .astype("datetime64[M]")
        .astype(np.int64)
    )
    made_up = newest - (newest - (month - 1)) % 12 - np.where(rng.random(size) < 0.04, 12, 0)
    first_due = add_months(day, 21)
    none = made_up < day.astype("datetime64[M]").astype(np.int64) + 6
    last = month_end(made_up.astype("datetime64[M]"))
    due = np.where(none, first_due, month_end((made_up + 21).astype("datetime64[M]")))
    category = (
        gather(ACCOUNTS, choose(rng, ACCOUNTS_WEIGHTS, size))
        .set(core["sic"] == DORMANT_SIC, "DORMANT")
        .set(pl.Series(none), "NO ACCOUNTS FILED")
    )
    end_day = (
        month_end((month - 1 + 12 * 33).astype("datetime64[M]")).astype("datetime64[D]")
        - (month - 1 + 12 * 33).astype("datetime64[M]").astype("datetime64[D]")
    ).astype(np.int64) + 1
    return {
        "Accounts.AccountRefDay": pl.Series(end_day).cast(pl.String),
        "Accounts.AccountRefMonth": pl.Series(month).cast(pl.String),
        "Accounts.NextDueDate": slashed(due),
        "Accounts.LastMadeUpDate": slashed(last, none),
        "Accounts.AccountCategory": category,
    }


def _returns(day: Days, rng: np.random.Generator) -> dict[str, pl.Series]:
    """Annual returns until 2016, confirmation statements since: yearly, 28 and 14 days after the made-up
    date.
    """
    return_made = last_anniversary(day, np.full(day.size, LAST_RETURN))
    no_return = day > LAST_RETURN - np.timedelta64(365, "D")
    return_due = add_months(np.where(no_return, day, return_made), 12) + np.timedelta64(28, "D")
    review_end = day - np.timedelta64(1, "D")
    confirmed = last_anniversary(
        review_end, np.full(day.size, EDITION_DAY) - rng.integers(0, 20, day.size).astype("timedelta64[D]")
    )
    return {
        "Returns.NextDueDate": slashed(return_due),
        "Returns.LastMadeUpDate": slashed(return_made, no_return),
        "ConfStmtNextDueDate": slashed(add_months(confirmed, 12) + np.timedelta64(14, "D")),
        "ConfStmtLastMadeUpDate": slashed(confirmed, confirmed == review_end),
    }


def _charges(core: pl.DataFrame, rng: np.random.Generator) -> dict[str, pl.Series]:
    property_trade = core["sic"].str.starts_with("68").to_numpy()
    ever = np.where(
        rng.random(core.height) < np.where(property_trade, 0.4, 0.09), 1 + rng.poisson(1.4, core.height), 0
    )
    ever = np.where(core["series"].is_in(["EW", "SC", "NI", "OC", "SO"]).to_numpy(), ever, 0)
    outstanding = (ever * rng.choice([0, 0.5, 1, 1], core.height)).astype(np.int64)
    part = np.where((ever > 3) & (rng.random(core.height) < 0.05), np.minimum(1, ever - outstanding), 0)
    return {
        "Mortgages.NumMortCharges": pl.Series(ever).cast(pl.String),
        "Mortgages.NumMortOutstanding": pl.Series(outstanding).cast(pl.String),
        "Mortgages.NumMortPartSatisfied": pl.Series(part).cast(pl.String),
        "Mortgages.NumMortSatisfied": pl.Series(ever - outstanding - part).cast(pl.String),
    }


def _sic_columns(core: pl.DataFrame, rng: np.random.Generator) -> dict[str, pl.Series]:
    """Up to four codes; one company in six has a second, few a third."""
    has = ~core["sic"].is_in(["", NO_SIC])
    first = sic_text(core["sic"]).zip_with(has, core["sic"])
    second, third = (
        sic_text(pick(rng, table("sic"), "code", core.height)),
        sic_text(pick(rng, table("sic"), "code", core.height)),
    )
    more = (
        pl.Series(rng.random(core.height))
        + (~has).cast(pl.Float64)
        + core["sic"].is_in([RESIDENTS_SIC, DORMANT_SIC]).cast(pl.Float64)
    )
    return {
        "SICCode.SicText_1": first,
        "SICCode.SicText_2": second.set(more > 0.17, ""),
        "SICCode.SicText_3": third.set(more > 0.05, ""),
    }


def _partners(core: pl.DataFrame, rng: np.random.Generator) -> dict[str, pl.Series]:
    limited = core["series"].is_in(["LP", "SL"]).to_numpy()
    return {
        "LimitedPartnerships.NumGenPartners": pl.Series(
            np.where(limited, 1 + rng.integers(0, 2, core.height), 0)
        ).cast(pl.String),
        "LimitedPartnerships.NumLimPartners": pl.Series(
            np.where(limited, rng.integers(1, 9, core.height), 0)
        ).cast(pl.String),
    }


def _former_columns(core: pl.DataFrame, day: Days, rng: np.random.Generator) -> dict[str, pl.Series]:
    changed = between(
        rng, day + np.timedelta64(40, "D"), np.full(day.size, EDITION_DAY - np.timedelta64(30, "D"))
    )
    none = ((core["former"] == "") | pl.Series(day > EDITION_DAY - np.timedelta64(90, "D"))).to_numpy()
    return {
        "PreviousName_1.CONDATE": slashed(changed, none),
        "PreviousName_1.CompanyName": core["former"].set(pl.Series(none), ""),
    }


def _blanked(columns: dict[str, pl.Series], series: pl.Series) -> dict[str, pl.Series]:
    """What the register leaves blank for forms that file no accounts or statements with it."""
    overseas, none = series.is_in(["OE"]), series.is_in(NO_ACCOUNTS_SERIES)
    for name in (
        "Accounts.AccountRefDay",
        "Accounts.AccountRefMonth",
        "Accounts.NextDueDate",
        "Accounts.LastMadeUpDate",
        "Returns.NextDueDate",
        "Returns.LastMadeUpDate",
        "ConfStmtNextDueDate",
        "ConfStmtLastMadeUpDate",
    ):
        columns[name] = columns[name].set(overseas | none, None)
    columns["Accounts.AccountCategory"] = (
        columns["Accounts.AccountCategory"].set(none, "NO ACCOUNTS FILED").set(overseas, None)
    )
    return columns


def finished(core: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """The 55 native columns of companies whose `core` columns are given; what else a register says is
    drawn to fit.
    """
    day = core["incorporated_on"].to_numpy().astype("datetime64[D]")
    drawn = {
        **_accounts(core, day, rng),
        **_returns(day, rng),
        **_charges(core, rng),
        **_sic_columns(core, rng),
        **_partners(core, rng),
        **_former_columns(core, day, rng),
    }
    given = {
        "CompanyName": core["name"],
        "CompanyNumber": core["number"],
        "RegAddress.CareOf": core["care_of"],
        "RegAddress.AddressLine1": core["line1"],
        "RegAddress.AddressLine2": core["line2"],
        "RegAddress.PostTown": core["post_town"],
        "RegAddress.County": core["county"],
        "RegAddress.Country": core["country"],
        "RegAddress.PostCode": core["postcode"],
        "CompanyCategory": core["category"],
        "CompanyStatus": core["status"],
        "CountryOfOrigin": core["origin"],
        "IncorporationDate": slashed(day),
        "URI": "http://business.data.gov.uk/id/company/" + core["number"],
    }
    return native.aligned(pl.DataFrame({**given, **_blanked(drawn, core["series"])}), native.COMPANY_COLUMNS)
