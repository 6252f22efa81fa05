"""What one record says about the insolvency of a legal entity."""

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
