"""What one record says about who owns or controls an entity."""

from transforms.model.statements.parties import PROVENANCE
from transforms.model.statements.tables import Column, Table

BASES = ("shares", "votes", "surplus_assets", "board", "influence", "unknown")

REACHES = ("direct", "indirect", "unknown")

UNSPECIFIED_REASONS = (
    "noBeneficialOwners",
    "subjectUnableToConfirmOrIdentifyBeneficialOwners",
    "interestedPartyHasNotProvidedInformation",
    "subjectExemptFromDisclosure",
    "interestedPartyExemptFromDisclosure",
    "unknown",
    "informationUnknownToPublisher",
)

DECLARATION_CLASSES = ("no_owner", "undisclosed", "protected", "exempt", "neutral", "unknown")

RELATIONSHIP_STATEMENT = Table(
    "relationship_statement",
    "What one record says about a subject and an interested party, or why no party is named.",
    (
        *PROVENANCE,
        Column(
            "subject_id",
            "text",
            "org-id of the subject.",
            null="the subject is an arrangement: see subject_statement_id",
        ),
        Column(
            "subject_statement_id",
            "text",
            "Entity statement of the subject, if it has no official number.",
            null="the subject has an org-id",
        ),
        Column(
            "party_statement_id",
            "text",
            "Entity or person statement of the interested party.",
            null="unspecified: see unspecified_reason",
        ),
        Column(
            "party_kind", "text", "What the interested party is.", values=("entity", "person", "unspecified")
        ),
        Column(
            "unspecified_reason",
            "text",
            "BODS 0.4 reason why no party is named.",
            null="a party is named, or the statement is neutral",
            values=UNSPECIFIED_REASONS,
        ),
        Column(
            "declaration_code",
            "text",
            "The register's own code of a statement or exemption.",
            null="the record names a party",
        ),
        Column(
            "declaration_class",
            "text",
            "Meaning of the declaration in this project's classes.",
            null="the record names a party",
            values=DECLARATION_CLASSES,
        ),
        Column("valid_from", "date", "First day it holds.", null="not stated", unit="day"),
        Column(
            "valid_to",
            "date",
            "First day it no longer holds.",
            null="still open, or ceased on an unknown day (see is_ceased)",
            unit="day",
        ),
        Column("is_ceased", "boolean", "True if the record says that it has ended."),
        Column(
            "is_left_censored",
            "boolean",
            "True if it may have begun before valid_from: at the start of a register's regime, or as a first "
            "report says.",
        ),
        Column(
            "verification_due_on",
            "date",
            "Day by which the party's identity must be stated as verified for this role.",
            null="the record gives none",
            unit="day",
            privacy="personal",
        ),
        Column(
            "verified_on",
            "date",
            "Day on which the party's identity was stated as verified for this role.",
            null="not stated as verified",
            unit="day",
            privacy="personal",
        ),
        Column(
            "verification_ended_on",
            "date",
            "Day on which that statement was removed.",
            null="not removed, or never made",
            unit="day",
            privacy="personal",
        ),
    ),
    ("statement_id",),
)

INTEREST_STATEMENT = Table(
    "interest_statement",
    "One interest of a relationship: its basis and its interval in per cent.",
    (
        *PROVENANCE,
        Column("relationship_statement_id", "text", "The relationship this interest belongs to."),
        Column("interest_type", "text", "BODS 0.4 interest type."),
        Column("native_code", "text", "The register's own code of the interest."),
        Column(
            "basis",
            "text",
            "What the share is a share of; votes and shares are never added.",
            values=BASES,
        ),
        Column(
            "reach",
            "text",
            "Whether the band covers direct holdings only; UK bands cover both, so their reach is unknown.",
            values=REACHES,
        ),
        Column(
            "joint_group",
            "text",
            "Holders with the same joint_group count once.",
            null="the record does not say that it is held jointly",
        ),
        Column(
            "share_min",
            "share",
            "Lower bound.",
            null="the interest has no share (influence, appointment), none is stated, or see share_fault",
            unit="per cent",
        ),
        Column(
            "share_max",
            "share",
            "Upper bound.",
            null="the interest has no share (influence, appointment), none is stated, or see share_fault",
            unit="per cent",
        ),
        Column(
            "share_min_exclusive",
            "boolean",
            ("True if the share is more than share_min, and not equal to it."),
        ),
        Column(
            "share_max_exclusive",
            "boolean",
            ("True if the share is less than share_max, and not equal to it."),
        ),
        Column(
            "share_fault",
            "text",
            "Why the stated share is not used. impossible_share: below 0, above 100, or not a number. "
            "share_conflict: the stated bounds leave nothing, or an exact share and a band disagree.",
            null="the share is used, or none is stated",
            values=("impossible_share", "share_conflict"),
        ),
        Column(
            "share_native",
            "text",
            "The share as the record states it, if it is not used.",
            null="no share_fault",
        ),
    ),
    ("statement_id",),
)

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
