"""The parts of a company's name that are compared: its core, its legal form, and whether the core is
distinctive.

Row-local.

    ACME TULIPS B.V., nl                       →  ACME TULIPS, BV
    Acme Tulips besloten vennootschap …, nl    →  the same
    Wrigley Data Limited, gb                   →  WRIGLEY DATA, LTD      (so is PLC)

    SPRL Zephyr Tulip, be                      →  ZEPHYR TULIP, BV       (the form may come first)

Legal forms at the end are removed by GLEIF's list (`vocabulary/legal_forms.csv`), only those of the country
of incorporation, because a form in one country is a word in another. A name that consists of a form keeps it.
"""

from collections.abc import Mapping, Sequence
from functools import cache

import polars as pl

from transforms.resolution.persons.features import is_no_name
from transforms.values.names import any_of, company_name_key, fillers
from transforms.values.vocabulary import vocabulary

WORDS_OF_A_FORM_MAX = 6
# Belgian forms in three languages, and their names before the Companies Code of 2019 (Act of 23 March 2019:
# BVBA became BV, CVBA became CV).
ONE_FORM: Mapping[str, Mapping[str, str]] = {
    "be": {
        "SA": "NV",
        "AG": "NV",
        "SRL": "BV",
        "SPRL": "BV",
        "BVBA": "BV",
        "GMBH": "BV",
        "PGMBH": "BV",
        "SPRLU": "BV",
        "EBVBA": "BV",
        "SC": "CV",
        "SCRL": "CV",
        "CVBA": "CV",
        "SNC": "VOF",
        "OHG": "VOF",
        "SCOMM": "COMMV",
        "SCS": "COMMV",
        "KOMMG": "COMMV",
        "SCA": "COMMVA",
        "KGAA": "COMMVA",
        "ASBL": "VZW",
        "AISBL": "IVZW",
    },
}
# (own) Forms that are also written before the name and have no other meaning there.
IN_FRONT: Mapping[str, Sequence[str]] = {
    "be": ("BV", "BVBA", "SRL", "SPRL", "NV", "SA", "CV", "CVBA", "SC", "SCRL", "VOF", "SNC", "VZW", "ASBL"),
    "nl": ("BV", "NV", "VOF", "CV", "STICHTING"),
}
# Missing in GLEIF's list: the word Stichting may be on either side of the name, and for France the list has
# no abbreviations but SA, SE and SLP. EURL and SASU are forms for one shareholder; the name stays the same
# when there are several.
FURTHER_FORMS = {
    "nl|STICHTING": "STICHTING",
    "fr|SARL": "SARL",
    "fr|SOCIETEARESPONSABILITELIMITEE": "SARL",
    "fr|EURL": "SARL",
    "fr|SAS": "SAS",
    "fr|SASU": "SAS",
    "fr|SOCIETEPARACTIONSSIMPLIFIEE": "SAS",
    "fr|SCI": "SCI",
    "fr|SOCIETECIVILEIMMOBILIERE": "SCI",
    "fr|SNC": "SNC",
    "fr|SOCIETEENNOMCOLLECTIF": "SNC",
}
LIMITED = "LTD"  # stands for LTD and PLC, which `company_name_key` removes
_LIMITED_END = (
    r"(?i)(?:\b(?:limited|ltd|plc|cyfyngedig|cyf|ccc|cwmni cyfyngedig cyhoeddus)"
    r"|\bl\.t\.d|\bp\.l\.c|\bc\.c\.c)[.)\s]*$"
)
# (own) Words of a name that are not distinctive: usual names of holding and service companies, and words that
# join others.
COMMON_WORDS = (
    "AND",
    "OF",
    "THE",
    "FOR",
    "IN",
    "AT",
    "ON",
    "BY",
    "DE",
    "VAN",
    "CO",
    "COMPANY",
    "GROUP",
    "HOLDING",
    "HOLDINGS",
    "INTERNATIONAL",
    "GLOBAL",
    "WORLDWIDE",
    "UK",
    "GB",
    "EUROPE",
    "EUROPEAN",
    "BRITISH",
    "ENGLAND",
    "LONDON",
    "INVESTMENT",
    "INVESTMENTS",
    "PROPERTY",
    "PROPERTIES",
    "ESTATE",
    "ESTATES",
    "CAPITAL",
    "ASSETS",
    "ASSET",
    "VENTURES",
    "ENTERPRISES",
    "PARTNERS",
    "PARTNERSHIP",
    "TRADING",
    "SERVICES",
    "SERVICE",
    "SOLUTIONS",
    "MANAGEMENT",
    "DEVELOPMENT",
    "DEVELOPMENTS",
    "CONSULTING",
    "CONSULTANCY",
    "NOMINEE",
    "NOMINEES",
    "TRUSTEE",
    "TRUSTEES",
    "TRUST",
    "FUND",
    "FINANCE",
    "FINANCIAL",
    "LAND",
    "NEW",
    "ASSOCIATES",
    "ASSOCIATION",
    "SOCIETY",
    "CLUB",
    "BODY",
    "CORPORATE",
    "PROPRIETOR",
    "OWNER",
    "SHELF",
    "NEWCO",
    "BIDCO",
    "TOPCO",
    "HOLDCO",
    "MIDCO",
)
PLACEHOLDER_WORDS = fillers("company")  # a name of only these states a kind of party, or nothing
# (own) Forms at the end of a filler, in any country: Unbekannt GmbH is no company in England either.
_FORMS_ANYWHERE = "AG|BV|BVBA|CORP|GMBH|INC|KG|LLC|LLP|LP|NV|SA|SARL|SAS|SPA|SPRL|SRL"
# Fillers that are a name if a legal form follows: words that are also names, or two nouns of service
# companies (Corporate Nominees Limited).
_NAMES_TOO, _NOUNS = "|".join(fillers("company", "yes")), fillers("company", "two")
_BETWEEN = "THE|AND|OF|COMPANY|CO"  # (own) words beside those nouns
_TWO_NOUNS = "|".join(
    f"(?:{noun}) (?:(?:{_BETWEEN}) )*(?:{'|'.join(other for other in _NOUNS if other != noun)})"
    for noun in _NOUNS
)
_NAME_WITH_FORM = (
    rf"^(?:(?:{_NAMES_TOO})(?: |$))+$"
    rf"|^(?:(?:{_BETWEEN}) )*(?:{_TWO_NOUNS})(?: (?:{'|'.join(_NOUNS)}|{_BETWEEN}))*$"
)
DISTINCT_WORDS_MIN, DISTINCT_CHARS_MIN = 2, 9  # (own) distinctive words, and their letters together


def with_company_name(frame: pl.DataFrame, *, in_front: bool = False) -> pl.DataFrame:
    """`frame` (name, country: String) with core (null for a blank or a placeholder), form (null if none is
    written) and is_distinct.

    Fillers are a name if a legal form follows and they are also names, or two different nouns of a service
    company: Blank Ltd, Corporate Nominees Limited.

    `in_front`: remove a form before the name too (IN_FRONT). The name may then begin differently from its
    core: see `beginnings`.
    """
    keyed = frame.with_columns(
        company_name_key(pl.col("name")).alias("core"),
        pl.when(pl.col("name").str.contains(_LIMITED_END)).then(pl.lit(LIMITED)).alias("form"),
    )
    formed = _without_form(keyed)
    formed = (_without_front(formed) if in_front else formed).with_columns(_one_form().alias("form"))
    is_placeholder = pl.col("core").str.contains(_only(PLACEHOLDER_WORDS)).fill_null(True)
    is_filler = formed.select(is_no_name(pl.col("core")) | is_placeholder).to_series()
    is_name = ~is_filler | (
        pl.col("form").is_not_null() & pl.col("core").str.contains(_NAME_WITH_FORM)
    ).fill_null(False)
    cored = formed.with_columns(pl.when(is_name).then("core").alias("core"))
    return cored.with_columns((_is_distinct(cored["core"]) & ~is_filler).alias("is_distinct"))


def _only(words: tuple[str, ...]) -> str:
    filler = rf"(?:{any_of(words, ' ')}|[0-9]+|X+)"
    return rf"^(?:{filler}(?: |$))*$|^(?:{filler} )+(?:{_FORMS_ANYWHERE})$"


@cache
def _forms() -> tuple[pl.Series, pl.Series]:
    """`country|form`, the form without blanks, and the spelling used here. As two columns for
    `replace_strict`.
    """
    rows = vocabulary("legal_forms").select(
        pl.concat_str("country", "form", separator="|").alias("key"), "written_as"
    )
    written = {**dict(rows.iter_rows()), **FURTHER_FORMS}
    return pl.Series(list(written), dtype=pl.String), pl.Series(list(written.values()), dtype=pl.String)


def _without_form(keyed: pl.DataFrame) -> pl.DataFrame:
    """Remove the longest form at the end of the core, unless the name ended with LTD or PLC or would be
    empty.
    """
    words = keyed.select(
        "country",
        pl.col("core").str.split(" ").alias("words"),
        (pl.col("form").is_null() & pl.col("core").is_not_null()).alias("is_open"),
    )
    ends: list[pl.Expr] = []
    for words_n in range(WORDS_OF_A_FORM_MAX, 0, -1):
        end = pl.when(pl.col("is_open") & (pl.col("words").list.len() > words_n)).then(
            pl.col("words").list.tail(words_n).list.join("")
        )
        form = (pl.col("country") + "|" + end).replace_strict(*_forms(), default=None, return_dtype=pl.String)
        ends.append(
            pl.when(form.is_not_null()).then(
                pl.struct(form.alias("form"), pl.lit(words_n).cast(pl.Int64).alias("words_n"))
            )
        )
    longest = words.with_columns(pl.coalesce(ends).alias("end")).unnest("end")
    cores = longest.select(
        pl.when(pl.col("form").is_not_null()).then(
            pl.col("words").list.head(pl.col("words").list.len() - pl.col("words_n")).list.join(" ")
        )
    )
    return keyed.with_columns(
        pl.coalesce(cores.to_series(), keyed["core"]).alias("core"),
        pl.coalesce(keyed["form"], longest["form"]).alias("form"),
    )


def _without_front(formed: pl.DataFrame) -> pl.DataFrame:
    """Remove the form before the core, if the name has none at its end."""
    written = {f"{country}|{form}": form for country, forms in IN_FRONT.items() for form in forms}
    first, rest = pl.col("core").str.extract(r"^([^ ]+) ", 1), pl.col("core").str.extract(r"^[^ ]+ (.+)$", 1)
    form = pl.when(pl.col("form").is_null()).then(
        (pl.col("country") + "|" + first).replace_strict(written, default=None, return_dtype=pl.String)
    )
    return formed.with_columns(
        pl.when(form.is_not_null()).then(rest).otherwise("core").alias("core"),
        pl.coalesce("form", form).alias("form"),
    )


def _one_form() -> pl.Expr:
    same = {
        f"{country}|{form}": same_form
        for country, forms in ONE_FORM.items()
        for form, same_form in forms.items()
    }
    return pl.coalesce(
        (pl.col("country") + "|" + pl.col("form")).replace_strict(same, default=None, return_dtype=pl.String),
        "form",
    )


def beginnings(cores: pl.DataFrame, chars: int) -> pl.Series:
    """How names with these cores (core, country) may begin: the first `chars` characters of the core and a
    blank, with or without a form of the country before it.
    """
    behind = pl.DataFrame(
        [(country, form) for country, forms in IN_FRONT.items() for form in forms],
        schema={"country": pl.String, "front": pl.String},
        orient="row",
    )
    named = cores.select("core", "country").filter(pl.col("core").is_not_null()).unique()
    formed = named.join(behind, on="country", how="inner").select(
        pl.concat_str("front", "core", separator=" ").alias("core")
    )
    return (
        pl.concat([named.select("core"), formed])
        .select((pl.col("core") + " ").str.head(chars).alias("beginning"))["beginning"]
        .unique()
        .sort()
    )


def _is_distinct(cores: pl.Series) -> pl.Series:
    """Whether the core has enough distinctive words: not common ones, single letters or digits alone."""
    telling = (
        cores.str.split(" ")
        .list.unique()
        .list.eval(
            pl.element().filter(
                ~pl.element().is_in(COMMON_WORDS) & pl.element().str.contains(r"^[^0-9].*\p{L}")
            )
        )
    )
    enough = (telling.list.len() >= DISTINCT_WORDS_MIN) & (
        telling.list.join("").str.len_chars() >= DISTINCT_CHARS_MIN
    )
    return enough.fill_null(False)
