"""What one record says about who may not run a company."""

from transforms.model.statements.parties import PROVENANCE
from transforms.model.statements.tables import Column, Table

DISQUALIFICATION_STATEMENT = Table(
    "disqualification_statement",
    "What one record says about a party that may not be a director: a period for which it is disqualified, "
    "or a company of which it may be a director all the same. Data on criminal offences, which is read for a "
    "purpose that allows it only.",
    (
        *PROVENANCE,
        Column("party_statement_id", "text", "Entity or person statement of the party."),
        Column("party_kind", "text", "What the party is.", values=("entity", "person")),
        Column(
            "person_number",
            "text",
            "Digits of the register's number that are this party's in every company.",
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
        Column("company_name", "text", "The company of a permission.", null="of a disqualification"),
        Column("valid_from", "date", "First day of it.", null="not stated", unit="day"),
        Column("valid_to", "date", "Last day of it.", null="not stated", unit="day"),
    ),
    ("statement_id",),
)
