"""Who is paid, by the name: what states a legal form, and what only looks like one."""

import polars as pl
import pytest

from transforms.values.payees import payee_kind


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Zedson B.V.", "company"),
        ("B.V. Zedson", "company"),
        ("ZEDSON NV", "company"),
        ("Zed&Co.B.V.", "company"),
        ("J.B.V. Zedson Holding B.V.", "company"),
        ("J.B.V. Zedson", "unclassified"),
        ("Zedson, m.n.v.", "unclassified"),
        ("Dhr. J. van Zedson", "unclassified"),
    ],
)
def test_initials_are_no_legal_form(name: str, kind: str) -> None:
    assert pl.select(payee_kind(pl.lit(name))).item() == kind


@pytest.mark.parametrize(
    "name",
    [
        "ZED LLP CLIENT ACCOUNT",
        "ZED LIMITED CLIENTS ACCOUNT",
        "ZED LIMITED CLIENTS' A/C",
        "THE ZED BANK P.L.C.",
        "BANK OF SCOTLAND PLC",
        "ZED BUILDING SOCIETY",
        "De Volksbank N.V.",
        "Stichting Beheer Derdengelden Zed Advocaten",
        "Stichting Derdengelden Zed B.V.",
    ],
)
def test_banks_and_client_accounts_handle_other_peoples_money(name: str) -> None:
    assert pl.select(payee_kind(pl.lit(name))).item() == "conduit"


@pytest.mark.parametrize("name", ["SOUTH BANK LIMITED", "ZED CLIENT ACCOUNTING LTD", "FOOD BANK OF ZED LTD"])
def test_a_name_with_such_a_word_is_a_company(name: str) -> None:
    assert pl.select(payee_kind(pl.lit(name))).item() == "company"
