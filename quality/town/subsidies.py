"""Subsidies that planted companies had from a city abroad: its register's native form, in euro."""

from transforms.registers.nl_amsterdam_subsidies import FIELDS

COLUMNS = tuple(field.name for field in FIELDS if field.required)
SCHEME, EXEMPT = "Subsidieregeling Ondernemend Zedstad", "Regeling Verduurzaming (AGVV)"


def subsidy(
    number: str,
    applicant: str,
    granted_eur: int,
    year: int,
    *,
    scheme: str = SCHEME,
    settled_eur: int | None = None,
) -> dict[str, str]:
    """One row: what was asked was granted."""
    values = (
        "SB_MI_SUBSIDIEREGISTER",
        number,
        applicant,
        scheme,
        "Economie",
        "Economische Zaken",
        "Zedproject",
        "Eenmalig",
        f"{granted_eur}.00",
        f"{granted_eur}.00",
        "NULL" if settled_eur is None else f"{settled_eur}.00",
        str(year),
    )
    return dict(zip(COLUMNS, values, strict=True))
