"""Who owns and controls an entity, or consolidates it: what is declared, and what follows from it."""

from transforms.model.statements import (
    BASES,
    GROUP_STATEMENT,
    INTEREST_STATEMENT,
    RELATIONSHIP_STATEMENT,
    Column,
    Table,
)

CONTROL_VERDICTS = ("CERTAIN", "POSSIBLE")

CONTROL_KINDS = ("control", "joint", "influence")

REGIMES = ("AMLR", "UK", "STRICT")

CASCADE_REGIMES = ("EU", "OFAC", "UK")

# Marks. A set with `candidate` in its name includes the set without it.
CASCADE_SETS = (
    "sanctioned",
    "sanctioned_candidate",
    "sanctioned_binding",
    "sanctioned_binding_candidate",
)

CASCADE_WAYS = ("ownership", "control")

OWNER_VERDICTS = ("CERTAIN", "POSSIBLE", "UNDECLARED", "EXCLUDED", "NONE_FOUND")

OWNER_BASES = ("ownership", "control", "mixed")

NONE_FOUND_REASONS = (
    "listed",
    "state",
    "exempt",
    "protected",
    "undisclosed",
    "trust",
    "cycle",
    "below_threshold",
    "foreign_register_not_held",
    "no_register_entry",
    "nothing_declared",
)

CONTRADICTIONS = ("over", "impossible", "holder_is_owned")

RELATIONSHIP = Table(
    "relationship",
    "Relationships between a subject and an interested party, and declarations that name nobody, in the "
    "editions in force.",
    (
        Column("subject_id", "text", "The entity owned or controlled, or that the declaration is about."),
        Column(
            "party_id",
            "text",
            "The interested party.",
            null="no party is named: see unspecified_reason",
            privacy="personal",
        ),
        RELATIONSHIP_STATEMENT["party_kind"],
        RELATIONSHIP_STATEMENT["unspecified_reason"],
        RELATIONSHIP_STATEMENT["declaration_code"],
        RELATIONSHIP_STATEMENT["declaration_class"],
        RELATIONSHIP_STATEMENT["valid_from"],
        RELATIONSHIP_STATEMENT["valid_to"],
        RELATIONSHIP_STATEMENT["is_ceased"],
        RELATIONSHIP_STATEMENT["is_left_censored"],
        RELATIONSHIP_STATEMENT["verification_due_on"],
        RELATIONSHIP_STATEMENT["verified_on"],
        RELATIONSHIP_STATEMENT["verification_ended_on"],
        Column("is_open", "boolean", "Holds at the release's date."),
        Column(
            "is_office",
            "boolean",
            "The record gives the party only a seat on the board or a management post: nothing is held.",
        ),
        RELATIONSHIP_STATEMENT["statement_id"],
        RELATIONSHIP_STATEMENT["party_statement_id"],
    ),
    ("statement_id",),
)

INTEREST = Table(
    "interest",
    "Interests of relationships, each with its least and greatest share.",
    (
        Column("interest_id", "text", "Id of the interest's own statement."),
        Column("statement_id", "text", "The relationship statement it belongs to.", privacy="open"),
        Column("subject_id", "text", "The entity owned or controlled."),
        Column("party_id", "text", "The holder.", privacy="personal"),
        INTEREST_STATEMENT["interest_type"],
        INTEREST_STATEMENT["native_code"],
        INTEREST_STATEMENT["basis"],
        INTEREST_STATEMENT["reach"],
        INTEREST_STATEMENT["joint_group"],
        INTEREST_STATEMENT["share_min"],
        INTEREST_STATEMENT["share_max"],
        INTEREST_STATEMENT["share_min_exclusive"],
        INTEREST_STATEMENT["share_max_exclusive"],
        INTEREST_STATEMENT["share_fault"],
        INTEREST_STATEMENT["share_native"],
        RELATIONSHIP_STATEMENT["valid_from"],
        RELATIONSHIP_STATEMENT["valid_to"].optional("still open, or ended on an unknown day (see is_open)"),
        Column("is_open", "boolean", "Holds at the release's date."),
    ),
    ("interest_id",),
)

INTEGRATED = Table(
    "graph_integrated",
    "Integrated ownership, direct and indirect, as bounds (how it is computed: "
    "docs/methods/ownership.md). In a component with more than a million pairs, only ultimate holders "
    "are listed.",
    (
        Column("party_id", "text", "The holder.", privacy="personal"),
        Column("subject_id", "text", "The entity owned."),
        Column(
            "basis", "text", "What the shares are shares of; each basis is computed separately.", values=BASES
        ),
        Column("share_min", "share", "Least share, held directly and through others.", unit="per cent"),
        Column(
            "share_max_declared",
            "share",
            "Greatest share that the declared interests allow.",
            unit="per cent",
        ),
        Column(
            "share_max",
            "share",
            "Greatest share that is possible at all: undeclared interests may be this party's too.",
            unit="per cent",
        ),
        Column(
            "share_min_exclusive",
            "boolean",
            "True if the share is more than the least share, and not equal to it.",
        ),
        Column(
            "share_max_declared_exclusive",
            "boolean",
            "True if the share is less than the declared maximum, and not equal to it.",
        ),
        Column(
            "is_as_declared",
            "boolean",
            "Rests on interests of unknown reach (UK bands), which count in full for what is held "
            "through a majority-held entity.",
        ),
    ),
    ("party_id", "subject_id", "basis"),
    shown_as="v_integrated_ownership",
)

CONTROL = Table(
    "graph_control",
    "Who controls whom: more than half of the votes (of the shares where votes are unknown), together "
    "with everything controlled, or a right to appoint the board. In a component with more than a "
    "million pairs, only these are listed: direct controllers, controllers of entities that no single "
    "holder may control, and certain controllers of entities that no single holder certainly controls.",
    (
        Column("party_id", "text", "The controller.", privacy="personal"),
        Column("subject_id", "text", "The entity controlled."),
        Column(
            "verdict",
            "text",
            "CERTAIN: whatever the true shares are within their bounds. POSSIBLE: for some of them, or "
            "by influence.",
            values=CONTROL_VERDICTS,
        ),
        Column(
            "kind",
            "text",
            "control: by votes, shares or a right to appoint the board. joint: together with the joint "
            "holders of one interest. influence: significant influence or control, which alone is not "
            "control.",
            values=CONTROL_KINDS,
        ),
    ),
    ("party_id", "subject_id"),
    shown_as="v_control",
)

CONTROL_GROUP = Table(
    "graph_control_group",
    "Control groups: everything that one ultimate controller certainly controls. Nobody certainly "
    "controls an ultimate controller.",
    (
        Column("control_group_id", "text", "CG- and the controller's id; stable as long as that id is."),
        Column("subject_id", "text", "Entity in the group."),
        Column("controller_id", "text", "Its ultimate controller.", privacy="personal"),
    ),
    ("control_group_id", "subject_id"),
    shown_as="v_control_group",
)

COMPANY_TIE = Table(
    "company_tie",
    "What companies may have in common: the control groups that they are in or control, and their "
    "beneficial owners.",
    (
        Column("company_id", "text", "The company, or who controls the group.", privacy="personal"),
        Column("link", "text", "What it is.", values=("control_group", "beneficial_owner")),
        Column("shared_id", "text", "The control group or the owner.", privacy="personal"),
        Column("is_certain", "boolean", "Whatever the true shares are within their bounds."),
    ),
    ("company_id", "link", "shared_id", "is_certain"),
)
GROUP_INTEREST = Table(
    "group_interest",
    "The interests that place companies in their control groups.",
    (
        COMPANY_TIE["company_id"],
        Column("shared_id", "text", "The control group."),
        Column("interest_id", "text", "The interest.", privacy="open"),
    ),
    ("company_id", "shared_id", "interest_id"),
)

BENEFICIAL_OWNER = Table(
    "graph_ubo",
    "Beneficial owners under Regulation (EU) 2024/1624, articles 52 to 54, at each regime's threshold; "
    "or why none was found. An indication from registers, not a legal finding.",
    (
        Column("subject_id", "text", "The legal entity or arrangement."),
        Column("party_id", "text", "The natural person.", null="nobody: see reason", privacy="personal"),
        Column(
            "regime",
            "text",
            "AMLR: at least 25 per cent. UK: more than 25 per cent. STRICT: at least 15 per cent, only "
            "where an act names the class of entity.",
            values=REGIMES,
        ),
        Column(
            "share_min",
            "share",
            "Least integrated ownership, on the basis that gives most.",
            null="nobody was found, or control without a share",
            unit="per cent",
        ),
        Column(
            "share_max_declared",
            "share",
            "Greatest share that the declared interests allow.",
            null="nobody was found, or control without a share",
            unit="per cent",
        ),
        Column(
            "share_max",
            "share",
            "Greatest share that is possible at all.",
            null="nobody was found, or control without a share",
            unit="per cent",
        ),
        INTEGRATED["share_min_exclusive"].optional("nobody was found, or control without a share"),
        INTEGRATED["share_max_declared_exclusive"].optional("nobody was found, or control without a share"),
        Column(
            "verdict",
            "text",
            "CERTAIN, POSSIBLE, UNDECLARED (possible only through undeclared interests), EXCLUDED, or "
            "NONE_FOUND.",
            values=OWNER_VERDICTS,
        ),
        Column(
            "basis",
            "text",
            "ownership; control; mixed: through an entity controlled or owned (article 54).",
            null="nobody was found",
            values=OWNER_BASES,
        ),
        Column("witness", "texts", "interest_id of the interests that prove it."),
        Column(
            "reason", "text", "Why nobody was found.", null="somebody was found", values=NONE_FOUND_REASONS
        ),
        Column("is_as_declared", "boolean", "Rests on interests of unknown reach (UK bands)."),
    ),
    ("subject_id", "regime", "party_id"),
    shown_as="v_beneficial_owner",
)

CONTRADICTION = Table(
    "graph_contradiction",
    "Interests that cannot all be true as the register states them. If more than the whole is held, they "
    "count as stated, and sums stop at the whole; an impossible share counts as unknown; an interest in a "
    "natural person is left out.",
    (
        Column("subject_id", "text", "The entity held."),
        Column("basis", "text", "Basis of the interests.", values=BASES),
        Column(
            "kind",
            "text",
            "over: the least shares add up to more than the whole. impossible: a share below 0, above "
            "100, or with its bounds reversed. holder_is_owned: a natural person who has holders.",
            values=CONTRADICTIONS,
        ),
        Column(
            "sum_min",
            "number",
            "Sum of the least shares counted, each overlap once.",
            null="the contradiction is not about a sum",
            unit="per cent",
        ),
        Column("sum_min_exclusive", "boolean", "One of the least shares counted is exclusive."),
        Column("interests_n", "integer", "Open interests of this basis.", unit="interests"),
        Column(
            "statement_id",
            "text",
            "The relationship statement with the smallest id among them.",
            privacy="open",
        ),
    ),
    ("subject_id", "basis", "kind"),
)

CASCADE = Table(
    "graph_cascade",
    "Entities that sanctioned parties own or control under the rule of a sanctions regime: together at "
    "least half, level by level (OFAC, EU); more than half in one party's own chain (UK); or by certain "
    "control (EU, UK).",
    (
        Column("subject_id", "text", "The entity owned or controlled; never a party of the set itself."),
        Column("regime", "text", "The regime whose rule applies.", values=CASCADE_REGIMES),
        Column(
            "party_set",
            "text",
            "sanctioned: parties on a sanctions list. sanctioned_binding: only those on a list of a regime "
            "that binds this authority. sanctioned_candidate, sanctioned_binding_candidate: these and "
            "candidates of screening (for a binding list only those that agree in number and country), "
            "listed if that adds entities or a stronger result.",
            values=CASCADE_SETS,
        ),
        Column(
            "verdict",
            "text",
            "CERTAIN: by the least shares. POSSIBLE: only by the greatest declared shares.",
            values=CONTROL_VERDICTS,
        ),
        Column(
            "way",
            "text",
            "ownership: the counted share is enough. control: only by certain control.",
            values=CASCADE_WAYS,
        ),
        Column(
            "share_min",
            "share",
            "Least counted share of what the entity does not hold itself. Under the UK rule, 50 means more "
            "than 50.",
            null="POSSIBLE, or by control alone",
            unit="per cent",
        ),
        Column(
            "share_max",
            "share",
            "Greatest counted share of what the entity does not hold itself.",
            null="CERTAIN, or by control alone",
            unit="per cent",
        ),
        Column(
            "depth",
            "integer",
            "Round of the rule that adds the entity, from 1. A round adds what the parties and entities so "
            "far own enough of, or certainly control, over any number of entities (EU, UK); interests held "
            "jointly take one round more.",
            unit="rounds",
        ),
        Column("sources", "texts", "Sanctioned parties that the proof leads to.", privacy="personal"),
        Column("witness", "texts", "interest_id of the interests that prove it, nearest first, at most 100."),
    ),
    ("subject_id", "regime", "party_set"),
    shown_as="v_cascade",
)

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
