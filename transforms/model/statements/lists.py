"""What one record of a watch list says about a party."""

from transforms.model.statements.parties import PROVENANCE
from transforms.model.statements.tables import Column, Table

LISTING_CLASSES = (
    "sanction",
    "sanction_linked",
    "pep",
    "pep_linked",
    "debarment",
    "crime",
    "regulatory",
    "other",
)

LISTING_STATEMENT = Table(
    "listing_statement",
    "What one record says about a party's entry on a list: a sanction, an office, a debarment. The "
    "classes are kept apart.",
    (
        *PROVENANCE,
        Column("party_statement_id", "text", "Entity or person statement of the party listed."),
        Column("party_kind", "text", "What the party is.", values=("entity", "person")),
        Column("list_name", "text", "The publisher's name of the list.", privacy="open"),
        Column("topic", "text", "Topic as the publisher names it.", privacy="open"),
        Column(
            "listing_class",
            "text",
            "The topic in this project's classes.",
            values=LISTING_CLASSES,
            privacy="personal",
        ),
        Column("programme", "text", "Programme or legal act.", null="not stated"),
        Column(
            "position",
            "text",
            "Office that a politically exposed person holds.",
            null="not stated, or no office",
            privacy="personal",
        ),
        Column("valid_from", "date", "First day on the list, or in office.", null="not stated", unit="day"),
        Column(
            "valid_to",
            "date",
            "First day no longer on the list, or no longer in office.",
            null="still listed, or ended on an unknown day (see is_ceased)",
            unit="day",
        ),
        Column("is_ceased", "boolean", "True where the record says that the entry ended, but not when."),
    ),
    ("statement_id",),
)
