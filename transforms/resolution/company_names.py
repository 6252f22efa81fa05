"""What is compared of a company's name: its core, its legal form, and whether the core tells companies apart. Row-local.

    ACME TULIPS B.V., nl                       →  ACME TULIPS, BV
    Acme Tulips besloten vennootschap …, nl    →  the same
    Wrigley Data Limited, gb                   →  WRIGLEY DATA, LTD      (PLC too: a company changes between them)

Legal forms are taken off the end by GLEIF's list of them (`vocabulary/legal_forms.csv`), those of the country of incorporation only: what is a form in
one country is a word in another. A name that is nothing but a form keeps it.
"""

from __future__ import annotations

from functools import cache

import polars as pl

from transforms.names import company_name_key
from transforms.resolution.person_features import is_no_name
from transforms.vocabulary import vocabulary

WORDS_OF_A_FORM_MAX = 6
LIMITED = "LTD"  # LTD and PLC: `company_name_key` takes both off
_LIMITED_END = r"(?i)(?:\b(?:limited|ltd|plc|cyfyngedig|cyf|ccc|cwmni cyfyngedig cyhoeddus)|\bl\.t\.d|\bp\.l\.c|\bc\.c\.c)[.)\s]*$"
# (own) Words of a name that tell no two companies apart: what holding and service companies of a group are called, and what joins words.
COMMON_WORDS = (
    "AND", "OF", "THE", "FOR", "IN", "AT", "ON", "BY", "DE", "VAN", "CO", "COMPANY", "GROUP", "HOLDING", "HOLDINGS", "INTERNATIONAL", "GLOBAL", "WORLDWIDE",
    "UK", "GB", "EUROPE", "EUROPEAN", "BRITISH", "ENGLAND", "LONDON", "INVESTMENT", "INVESTMENTS", "PROPERTY", "PROPERTIES", "ESTATE", "ESTATES", "CAPITAL",
    "ASSETS", "ASSET", "VENTURES", "ENTERPRISES", "PARTNERS", "PARTNERSHIP", "TRADING", "SERVICES", "SERVICE", "SOLUTIONS", "MANAGEMENT", "DEVELOPMENT",
    "DEVELOPMENTS", "CONSULTING", "CONSULTANCY", "NOMINEE", "NOMINEES", "TRUSTEE", "TRUSTEES", "TRUST", "FUND", "FINANCE", "FINANCIAL", "LAND", "NEW",
    "ASSOCIATES", "ASSOCIATION", "SOCIETY", "CLUB", "BODY", "CORPORATE", "PROPRIETOR", "OWNER", "SHELF", "NEWCO", "BIDCO", "TOPCO", "HOLDCO", "MIDCO",
)  # fmt: skip
# (own) Names in which there is nothing but the kind of party, or what fills a form.
PLACEHOLDER_WORDS = (
    "PROPRIETOR", "PROPRIETORS", "OWNER", "OWNERS", "COMPANY", "CO", "CORPORATE", "BODY", "ENTITY", "NAME", "LEGAL", "PERSON", "UNKNOWN", "UNREGISTERED",
    "TEST", "TESTING", "DUMMY", "SAMPLE", "EXAMPLE", "NOT", "NO", "NONE", "NIL", "NULL", "NA", "N", "A", "THE", "OF", "AND", "ABOVE", "SAME", "AS", "SEE",
    "VARIOUS", "SEVERAL", "OTHERS", "LTD", "LIMITED", "PLC", "BEARER", "DISCLOSED", "STATED", "GIVEN", "APPLICABLE", "AVAILABLE", "PROVIDED", "KNOWN",
    "TBA", "TBC", "TBD", "ANONYMOUS", "PRIVATE", "PENDING", "REDACTED", "CONFIDENTIAL", "WITHHELD", "XX", "XXX", "XXXX",
)  # fmt: skip
DISTINCT_WORDS_MIN, DISTINCT_CHARS_MIN = 2, 9  # (own) words that say something, and their letters together


def with_company_name(frame: pl.DataFrame) -> pl.DataFrame:
    """`frame` (name, country: String) with core, form (null where none is spelled), is_distinct; core is null of a blank, or of a placeholder."""
    keyed = frame.with_columns(
        company_name_key(pl.col("name")).alias("core"),
        pl.when(pl.col("name").str.contains(_LIMITED_END)).then(pl.lit(LIMITED)).alias("form"),
    )
    formed = _without_form(keyed)
    told = ~is_no_name(pl.col("core")) & ~pl.col("core").str.contains(_only(PLACEHOLDER_WORDS)).fill_null(True)
    return formed.with_columns(pl.when(told).then("core").alias("core")).with_columns(_is_distinct().alias("is_distinct"))


def _only(words: tuple[str, ...]) -> str:
    return rf"^(?:(?:{'|'.join(words)}|[0-9]+)(?: |$))*$"


@cache
def _forms() -> dict[str, str]:
    """Country and form as it is spelled without blanks → how it is written here."""
    rows = vocabulary("legal_forms").select(pl.concat_str("country", "form", separator="|").alias("key"), "written_as")
    return dict(rows.iter_rows())


def _without_form(keyed: pl.DataFrame) -> pl.DataFrame:
    """The longest form at the end of the core is taken off, unless the name ended with LTD or PLC, or is nothing else."""
    words = keyed.select("country", pl.col("core").str.split(" ").alias("words"), (pl.col("form").is_null() & pl.col("core").is_not_null()).alias("is_open"))
    found: list[pl.Expr] = []
    for words_n in range(WORDS_OF_A_FORM_MAX, 0, -1):
        end = pl.when(pl.col("is_open") & (pl.col("words").list.len() > words_n)).then(pl.col("words").list.tail(words_n).list.join(""))
        form = (pl.col("country") + "|" + end).replace_strict(_forms(), default=None, return_dtype=pl.String)
        found.append(pl.when(form.is_not_null()).then(pl.struct(form.alias("form"), pl.lit(words_n).cast(pl.Int64).alias("words_n"))))
    ends = words.with_columns(pl.coalesce(found).alias("end")).unnest("end")
    cores = ends.select(pl.when(pl.col("form").is_not_null()).then(pl.col("words").list.head(pl.col("words").list.len() - pl.col("words_n")).list.join(" ")))
    return keyed.with_columns(pl.coalesce(cores.to_series(), keyed["core"]).alias("core"), pl.coalesce(keyed["form"], ends["form"]).alias("form"))


def _is_distinct() -> pl.Expr:
    """Whether the core has words enough that say something: no common ones, no single letters, no digits alone."""
    telling = (
        pl.col("core")
        .str.split(" ")
        .list.unique()
        .list.eval(pl.element().filter(~pl.element().is_in(COMMON_WORDS) & pl.element().str.contains(r"^[^0-9].*\p{L}")))
    )
    enough = (telling.list.len() >= DISTINCT_WORDS_MIN) & (telling.list.join("").str.len_chars() >= DISTINCT_CHARS_MIN)
    return enough.fill_null(False)
