"""Groups of entities by accounting, fund management and branches."""

from transforms.model.statements import GROUP_STATEMENT, Column, Table

GROUP_RELATION = Table(
    "group_relation",
    "Who consolidates or manages which entity, or has it as a branch, as reported by holders of an LEI: the "
    "newest record of each pair in the editions in force. No share, vote or control follows from it.",
    (
        Column("group_relation_id", "text", "Id of the statement."),
        Column("subject_id", "text", "The entity that is consolidated, managed, or a branch."),
        Column("party_id", "text", "The other entity.", null="none is named: see no_parent_reason"),
        GROUP_STATEMENT["group_kind"],
        GROUP_STATEMENT["no_parent_reason"],
        GROUP_STATEMENT["reason_native"],
        GROUP_STATEMENT["valid_from"],
        GROUP_STATEMENT["valid_to"],
        Column("is_open", "boolean", "Holds at the release's date."),
        GROUP_STATEMENT["subject_lei"],
        GROUP_STATEMENT["party_lei"],
        GROUP_STATEMENT["register"],
        GROUP_STATEMENT["edition"],
        GROUP_STATEMENT["record"],
    ),
    ("group_relation_id",),
)
