"""The kind of a payee, by the name in a ledger. Row-local.

A name is kept only if it states a legal form, or if it is that of a public body or of somebody who handles
other people's money (`vocabulary/payees.csv`). Any other name may be that of a natural person: it is used to
find the kind and then left out.
"""

from functools import cache

import polars as pl

from transforms.values.names import for_each_distinct
from transforms.values.vocabulary import vocabulary

NAMED_KINDS = ("company", "public", "conduit")  # kinds of payee whose name is kept
# As `business_name_sql` writes them.
LEGAL_FORMS = (
    "LTD|PLC|LLP|LP|CIC|CIO|UNLTD|INC|GMBH|BV|NV|SARL|LLC|SRL|SPRL|BVBA|SCRL|CVBA|ASBL|AISBL|VZW|IVZW"
)
_ONE_SPELLING = {
    "PUBLIC LIMITED COMPANY|CWMNI CYFYNGEDIG CYHOEDDUS|P L C": "PLC",
    "LIMITED LIABILITY PARTNERSHIP|L L P": "LLP",
    "COMMUNITY INTEREST COMPANY|C I C": "CIC",
    "LIMITED PARTNERSHIP": "LP",
    "UNLIMITED": "UNLTD",
    "LIMITED|CYFYNGEDIG|CYF": "LTD",
    "COMPANY": "CO",
    "INCORPORATED": "INC",
}
# (own) Legal forms and kinds of association in names of the United Kingdom, Belgium and the Netherlands, and
# the words before an official abbreviation (EN ABRÉGÉ, AFGEKORT), which natural persons do not have.
LEGAL_FORM = (
    r"(?i)\b(?:LTD|LIMITED|PLC|P\.L\.C|LLP|L\.L\.P|CIC|C\.I\.C|CIO|CYF|CYFYNGEDIG|GMBH|B\.?V|N\.?V|S\.?A\.?R\.?L"
    r"|INC|LLC|STICHTING|VERENIGING|COOPERATIE|COÖPERATIE|ASBL|VZW|AISBL|IVZW|SPRL|SRL|BVBA|SCRL|CVBA"
    r"|FONDATION|FOUNDATION|V\.?O\.?F|ASSOCIATION|F[ÉE]D[ÉE]RATION|FEDERATIE|SOCI[ÉE]T[ÉE]|COMIT[ÉE]"
    r"|GENOOTSCHAP|CO-?OP[ÉE]RATI(?:VE|EVE)|EN ABR[ÉE]G[ÉE]|AFGEKORT)\b|(?i)^ST\. |\bB\.V\.|\bN\.V\."
)

# Initials of a person that end as those two forms do (J.B.V. Jansen).
_INITIALS = r"\b\pL\.(?:\pL\.)*[BN]\.V\b"


def business_name_sql(name: str) -> str:
    """SQL expression: a company name in one spelling, with its legal form; null for a blank. `name`: SQL."""
    text = f"replace(upper(strip_accents({name})), '&', ' AND ')"
    text = f"regexp_replace({text}, '[.''’`´]', '', 'g')"
    text = f"trim(regexp_replace({text}, '[^\\p{{L}}\\p{{N}}]+', ' ', 'g'))"
    for forms, short in _ONE_SPELLING.items():
        text = f"regexp_replace({text}, '\\b(?:{forms})\\b', '{short}', 'g')"
    return f"nullif(regexp_replace({text}, '^THE ', ''), '')"


def payee_kind(name: pl.Expr) -> pl.Expr:
    """One of PAYEE_KINDS by the payee's name: the first that applies of unnamed, conduit, public, company,
    else unclassified."""
    return for_each_distinct(_kind, name)


def _kind(name: pl.Expr) -> pl.Expr:
    text = name.str.to_uppercase()
    return (
        pl.when(text.is_null() | text.str.contains(_pattern("unnamed")))
        .then(pl.lit("unnamed"))
        .when(text.str.contains(_pattern("conduit")))
        .then(pl.lit("conduit"))
        .when(text.str.contains(_pattern("public")))
        .then(pl.lit("public"))
        .when(text.str.replace_all(_INITIALS, "").str.contains(LEGAL_FORM))
        .then(pl.lit("company"))
        .otherwise(pl.lit("unclassified"))
    )


@cache
def _pattern(kind: str) -> str:
    """One pattern for all rows of a kind; each row is a regular expression for whole words."""
    rows = vocabulary("payees").filter(pl.col("kind") == kind)
    return rf"\b(?:{'|'.join(rows['pattern'])})(?:\b|$)"
