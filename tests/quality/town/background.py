"""What indicators on owners of titles may rightly flag in the town itself, counted from the native rows and
by no code of the pipeline: an oracle for test_title_owners.

DEC-070 and LIF-030 are counted whole. Of PRP-050, titles are counted whose proprietors have no owner but
natural persons, or none at all; what is unclear through another company comes on top."""

from collections.abc import Iterable, Mapping
from datetime import timedelta

import polars as pl

from quality.town.parts.dates import EDITION
from quality.town.parts.native import STATEMENT_KIND
from transforms.formats.gb_hmlr import PROPRIETORS_N

LATE_DAYS, YEARS_DAYS, SHARE = 90, 1826, 75
DORMANT = ("DORMANT", "FILING EXEMPTION SUBSIDIARY")
DECLARING = (
    "Private Limited Company",
    "Public Limited Company",
    "Private Unlimited Company",
    "Community Interest Company",
    "Limited Liability Partnership",
)
PERSON = "individual-person-with-significant-control"
BANDS: Mapping[str, float] = {
    "75-to-100-percent": 100,
    "50-to-75-percent": 74.9,
    "25-to-50-percent": 50,
}  # 50 to 75 leaves out its end
POSTCODE = r"([A-Z]{1,2}[0-9][0-9A-Z]? [0-9][A-Z]{2})$"
FORMS = {" LIMITED": "", " LTD": "", " PLC": "", " PUBLIC LIMITED COMPANY": "", "THE ": "", " & ": " AND "}


def background(companies: pl.DataFrame, psc: pl.DataFrame, titles: pl.DataFrame) -> dict[str, set[str]]:
    """Indicator → ids of the subjects that it may rightly flag among these native rows.

    psc: company_number, kind, natures (joined by a bar) and ceased_on.
    """
    held = _held(companies, titles)
    return {"DEC-070": _overdue(held), "LIF-030": _dormant(held), "PRP-050": _unclear(held, titles, psc)}


def _name(column: str) -> pl.Expr:
    return (
        pl.col(column)
        .str.to_uppercase()
        .str.replace_all(r"\.", "")
        .str.replace_many(list(FORMS), list(FORMS.values()))
        .str.strip_chars()
    )


def _held(companies: pl.DataFrame, titles: pl.DataFrame) -> pl.DataFrame:
    """One row for each proprietor that is a living company of the register: its columns beside the
    title's.
    """
    each = pl.concat(
        titles.select(
            "Title Number",
            "Date Proprietor Added",
            "Price Paid",
            "Additional Proprietor Indicator",
            pl.col(f"Proprietor Name ({n})").alias("stated"),
            pl.col(f"Company Registration No. ({n})").str.replace_all(" ", "").alias("number"),
            pl.col(f"Proprietor ({n}) Address (1)").str.extract(POSTCODE, 1).alias("postcode"),
        )
        for n in range(1, PROPRIETORS_N + 1)
    ).filter(pl.col("stated").fill_null("") != "")
    digits = pl.col("number").str.extract(r"([0-9]*)$", 1)
    prefix = pl.col("number").str.extract(r"^([A-Z]*)", 1)
    as_stated = pl.concat_str(
        prefix, pl.when(prefix == "").then(digits.str.zfill(8)).otherwise(digits.str.zfill(6))
    )
    padded = _by_name_and_place(each.with_columns(as_stated.alias("as_stated")), companies)
    living = companies.filter(~pl.col("CompanyStatus").str.contains("Dissolved|Converted"))
    joined = padded.join(living, on="CompanyNumber", how="left", maintain_order="left")
    same = (_name("stated") == _name("CompanyName")).fill_null(False)
    return joined.with_columns(
        same.alias("is_company"),
        _is_residents().alias("is_residents"),
        pl.format("GB-COH-{}", "CompanyNumber").alias("company_id"),
    )


def _by_name_and_place(each: pl.DataFrame, companies: pl.DataFrame) -> pl.DataFrame:
    """Add CompanyNumber: as stated, or of the one company with this name, where its postcode stands in the
    proprietor's address.
    """
    named = companies.select(
        _name("CompanyName").alias("name"),
        pl.col("RegAddress.PostCode").alias("postcode"),
        pl.col("CompanyNumber").alias("by_name"),
    )
    single = named.filter(pl.col("by_name").n_unique().over("name") == 1)
    matching = each.with_columns(_name("stated").alias("name")).join(
        single, on=("name", "postcode"), how="left", maintain_order="left"
    )
    return matching.with_columns(
        pl.when(pl.col("number").fill_null("") == "")
        .then("by_name")
        .otherwise("as_stated")
        .alias("CompanyNumber")
    )


def _is_residents() -> pl.Expr:
    by_code, manages = (
        pl.any_horizontal(
            pl.col(f"SICCode.SicText_{n}").fill_null("").str.starts_with(code) for n in (1, 2, 3, 4)
        )
        for code in ("98000", "68320")
    )
    by_form = pl.col("CompanyCategory").str.starts_with("PRI/")
    by_name = pl.col("CompanyName").str.contains("RESIDENTS|MANAGEMENT COMPANY|\\(MANAGEMENT\\)| RTM ")
    return (by_code | by_form | (manages & by_name)).fill_null(False)


def _ours(held: pl.DataFrame) -> pl.DataFrame:
    day = pl.col("Date Proprietor Added").str.to_date("%d-%m-%Y", strict=False)
    return held.filter("is_company", ~pl.col("is_residents")).with_columns(day.alias("added"))


def _overdue(held: pl.DataFrame) -> set[str]:
    late = [
        pl.col(name).str.to_date("%d/%m/%Y", strict=False) < EDITION - timedelta(days=LATE_DAYS)
        for name in ("Accounts.NextDueDate", "ConfStmtNextDueDate")
    ]
    there = (pl.col("added") <= EDITION).fill_null(True)
    return set(_ours(held).filter(there & pl.any_horizontal(late))["company_id"])


def _dormant(held: pl.DataFrame) -> set[str]:
    category = pl.col("Accounts.AccountCategory")
    code = pl.any_horizontal(
        pl.col(f"SICCode.SicText_{n}").fill_null("").str.starts_with("99999") for n in (1, 2, 3, 4)
    )
    asleep = category.is_in(DORMANT) | (code & (category == "NO ACCOUNTS FILED"))
    recent = pl.col("added").is_between(EDITION - timedelta(days=YEARS_DAYS), EDITION).fill_null(False)
    priced = (pl.col("Price Paid").fill_null("") != "") & (pl.col("added") <= EDITION).fill_null(True)
    return set(_ours(held).filter(asleep & (recent | priced))["company_id"])


def _unclear(held: pl.DataFrame, titles: pl.DataFrame, psc: pl.DataFrame) -> set[str]:
    """Subject ids of the titles of which every proprietor is unclear by its own records alone."""
    unclear = _unclear_companies(psc, held.filter("is_company")["CompanyNumber"].to_list())
    declaring = pl.col("CompanyCategory").is_in(DECLARING) & pl.col("is_company") & ~pl.col("is_residents")
    every = held.group_by("Title Number").agg(
        (declaring & pl.col("CompanyNumber").is_in(sorted(unclear))).all().alias("all_unclear")
    )
    plain = titles.filter(pl.col("Additional Proprietor Indicator") == "N").select("Title Number")
    return {
        f"GB-HMLR-{title}"
        for title in every.join(plain, on="Title Number").filter("all_unclear")["Title Number"]
    }


def _unclear_companies(psc: pl.DataFrame, numbers: Iterable[str]) -> set[str]:
    """Those whose open records name persons only, or nobody, and who together cannot reach SHARE."""
    together: dict[str, float] = {}
    other: set[str] = set()
    for number, kind, natures, ceased in psc.select(
        "company_number", "kind", "natures", "ceased_on"
    ).iter_rows():
        if ceased or kind == STATEMENT_KIND:
            continue
        codes = (natures or "").split("|")
        if kind != PERSON or any("-as-" in code for code in codes):
            other.add(number)  # exempt, protected, an entity, or a trust or firm
        most = max((share for code in codes for band, share in BANDS.items() if band in code), default=0.0)
        together[number] = together.get(number, 0.0) + most
    return {number for number in numbers if number not in other and together.get(number, 0.0) < SHARE}
