"""What one record says about the insolvency of a legal entity, or about who may not run a company."""

from transforms.model.statements.parties import PROVENANCE
from transforms.model.statements.tables import Column, Table

INSOLVENCY_STATEMENT = Table(
    "insolvency_statement",
    "What one record says about a case of insolvency or liquidation of a legal entity. Appointed persons are "
    "not kept.",
    (
        *PROVENANCE,
        Column("company_scheme", "text", "Register of the entity's number."),
        Column("company_number", "text", "The entity's number in that register."),
        Column("case_no", "text", "The register's number of the case, within the entity."),
        Column(
            "kind",
            "text",
            "Kind of case; a members' liquidation is solvent.",
            values=(
                "compulsory_liquidation",
                "creditors_voluntary_liquidation",
                "members_voluntary_liquidation",
                "administration",
                "voluntary_arrangement",
                "administrative_receivership",
                "receivership",
                "moratorium",
                "bankruptcy",
                "suspension_of_payments",
                "unknown",
            ),
        ),
        Column("kind_native", "text", "Kind as the record writes it.", null="not stated"),
        Column("began_on", "date", "First day of the case.", null="not stated", unit="day"),
    ),
    ("statement_id",),
)

DISQUALIFICATION_STATEMENT = Table(
    "disqualification_statement",
    "What one record says about a party that may not be a director: a period of disqualification, or a "
    "company of which it may be a director nevertheless. Data on criminal offences, read only for a purpose "
    "that allows it.",
    (
        *PROVENANCE,
        Column("party_statement_id", "text", "Entity or person statement of the party."),
        Column("party_kind", "text", "What the party is.", values=("entity", "person")),
        Column(
            "person_number",
            "text",
            "Digits of the register's number that identify this party in every company.",
            null="the record has no such number",
            privacy="personal",
        ),
        Column(
            "kind",
            "text",
            "Whether the party is disqualified, or permitted to act for one company.",
            values=("disqualified", "permitted"),
            privacy="personal",
        ),
        Column("company_name", "text", "The company of a permission.", null="it is a disqualification"),
        Column("valid_from", "date", "First day of it.", null="not stated", unit="day"),
        Column("valid_to", "date", "Last day of it.", null="not stated", unit="day"),
    ),
    ("statement_id",),
)
