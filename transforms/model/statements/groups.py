"""What one record says about the entities of a group, other than ownership."""

from transforms.model.statements.parties import PROVENANCE
from transforms.model.statements.tables import Column, Table

GROUP_STATEMENT = Table(
    "group_statement",
    "What one record says about accounting consolidation, fund management and branches, or why no "
    "consolidating entity is named. No share, vote or control follows from it.",
    (
        *PROVENANCE,
        Column("subject_lei", "text", "LEI of the entity that is consolidated, managed, or a branch."),
        Column(
            "party_lei",
            "text",
            "LEI of the entity that consolidates or manages it, or that has the branch.",
            null="none is named: see no_parent_reason",
        ),
        Column(
            "group_kind",
            "text",
            "The relation between the two.",
            values=(
                "consolidated_directly",
                "consolidated_ultimately",
                "managed_by",
                "subfund_of",
                "feeder_to",
                "branch_of",
            ),
        ),
        Column(
            "no_parent_reason",
            "text",
            "Why no consolidating entity is named, in this project's classes.",
            null="one is named",
            values=("natural_persons", "nobody", "not_consolidating", "without_lei", "not_public", "other"),
        ),
        Column("reason_native", "text", "The reason as the record codes it.", null="an entity is named"),
        Column("valid_from", "date", "First day it holds.", null="not stated", unit="day"),
        Column(
            "valid_to", "date", "First day it no longer holds.", null="still open, or not stated", unit="day"
        ),
        Column("is_ceased", "boolean", "True where the record says that it has ended."),
    ),
    ("statement_id",),
)
