"""Permits for premises, and the seats of those who applied for them."""

from transforms.model.statements import ADDRESS_STATEMENT, PERMIT_PARTIES, PERMIT_STATEMENT, Column, Table
from transforms.model.views.addresses import ADDRESS


def _party(role: str, words: str) -> tuple[Column, ...]:
    return (
        Column(
            f"{role}_id",
            "text",
            f"The {words}, by its number, or by its exact full name on that day.",
            null="none stated, or not certainly one legal entity",
        ),
        PERMIT_STATEMENT[f"{role}_kind"],
        PERMIT_STATEMENT[f"{role}_name"],
    )


PERMIT = Table(
    "permit",
    "Permits for premises, one row for each record in force: who applied, who financed it, and what was "
    "decided.",
    (
        Column("permit_id", "text", "Id of the record."),
        PERMIT_STATEMENT["permit"],
        PERMIT_STATEMENT["authority_id"],
        PERMIT_STATEMENT["permit_kind"],
        PERMIT_STATEMENT["state"],
        PERMIT_STATEMENT["applied_on"],
        PERMIT_STATEMENT["decided_on"],
        Column(
            "premises_id",
            "text",
            "Address unit of the premises, as in v_address. v_premises has it as address_id.",
            null="the address is too incomplete to identify a unit",
        ),
        ADDRESS_STATEMENT["address_text"],
        ADDRESS["area_name"],
        ADDRESS["area_code"],
        *(column for role, words in PERMIT_PARTIES.items() for column in _party(role, words)),
        PERMIT_STATEMENT["lessor_in_refusal"],
        PERMIT_STATEMENT["register"],
        PERMIT_STATEMENT["dataset"],
        PERMIT_STATEMENT["edition"],
        PERMIT_STATEMENT["record"],
        PERMIT_STATEMENT["statement_id"],
    ),
    ("permit_id",),
)

SEAT_HELD = Table(
    "seat_held",
    "Seats of permit applicants and of companies with a case of insolvency, in all editions held.",
    (
        Column("company_id", "text", "The company."),
        Column("address_id", "text", "Address unit of a present or former seat."),
        Column(
            "first_seen_on", "date", "First edition that shows it.", null="no edition is dated", unit="day"
        ),
        Column("last_seen_on", "date", "Last edition that shows it.", null="no edition is dated", unit="day"),
        ADDRESS_STATEMENT["statement_id"],
    ),
    ("company_id", "address_id"),
)
