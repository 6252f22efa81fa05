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
