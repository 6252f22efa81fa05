"""Who owns and controls an entity: what is declared, and what follows from it."""

from transforms.model.statements import BASES, INTEREST_STATEMENT, RELATIONSHIP_STATEMENT, Column, Table

CONTROL_VERDICTS = ("CERTAIN", "POSSIBLE")

CONTROL_KINDS = ("control", "joint", "influence")

REGIMES = ("AMLR", "UK", "STRICT")

CASCADE_REGIMES = ("EU", "OFAC", "UK")

CASCADE_SETS = (
    "sanctioned",
    "sanctioned_candidate",
)  # marks; the second set is the first with its candidates

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
    "nothing_declared",
)

CONTRADICTIONS = ("over", "impossible", "holder_is_owned")

RELATIONSHIP = Table(
    "relationship",
    "Subjects and interested parties, and declarations that name nobody, of the editions in force.",
    (
        Column("subject_id", "text", "The entity owned, controlled or declared about."),
        Column("party_id", "text", "The interested party.", null="no party is named: see unspecified_reason"),
        RELATIONSHIP_STATEMENT["party_kind"],
        RELATIONSHIP_STATEMENT["unspecified_reason"],
        RELATIONSHIP_STATEMENT["declaration_code"],
        RELATIONSHIP_STATEMENT["declaration_class"],
        RELATIONSHIP_STATEMENT["valid_from"],
        RELATIONSHIP_STATEMENT["valid_to"],
        RELATIONSHIP_STATEMENT["is_ceased"],
        RELATIONSHIP_STATEMENT["is_left_censored"],
        Column("is_open", "boolean", "Holds at the release's date."),
        Column(
            "is_office",
            "boolean",
            "All it says of the party is a seat on the board or a management post: nothing is held.",
        ),
        RELATIONSHIP_STATEMENT["statement_id"],
        RELATIONSHIP_STATEMENT["party_statement_id"],
    ),
    ("statement_id",),
)

INTEREST = Table(
    "interest",
    "Interests of relationships, with their intervals.",
    (
        Column("interest_id", "text", "Id of the interest's own statement."),
        Column("statement_id", "text", "The relationship statement it belongs to.", privacy="open"),
        Column("subject_id", "text", "The entity owned or controlled."),
        Column("party_id", "text", "The holder."),
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
        RELATIONSHIP_STATEMENT["valid_to"],
        Column("is_open", "boolean", "Holds at the release's date."),
    ),
    ("interest_id",),
)

INTEGRATED = Table(
    "graph_integrated",
    "Integrated ownership N[i,j]/N[i,i] as bounds (OWNERSHIP.md). Above a million pairs in a component "
    "only ultimate holders are listed.",
    (
        Column("party_id", "text", "The holder."),
        Column("subject_id", "text", "The entity owned."),
        Column("basis", "text", "Matrix the figures belong to.", values=BASES),
        Column("share_min", "share", "Least share, directly and through others.", unit="per cent"),
        Column("share_max_declared", "share", "Most that the declared interests can give.", unit="per cent"),
        Column(
            "share_max",
            "share",
            "Most that is possible at all: what nobody declared may be this party's too.",
            unit="per cent",
        ),
        Column(
            "share_min_exclusive",
            "boolean",
            "True where the least share itself is not included: more than it is held.",
        ),
        Column(
            "share_max_declared_exclusive",
            "boolean",
            "True where the declared maximum itself is not included.",
        ),
        Column(
            "is_as_declared",
            "boolean",
            "Rests on interests of unknown reach (UK bands), which count in full what is held through "
            "a majority-held entity.",
        ),
    ),
    ("party_id", "subject_id", "basis"),
    shown_as="v_integrated_ownership",
)

CONTROL = Table(
    "graph_control",
    "Who controls whom: more than half of the votes (of shares where votes are not known) together "
    "with everything controlled, or a right over the board. Above a million pairs in a component only "
    "direct controllers are listed, those whom no single holder may control, and what others certainly "
    "control whom no single holder certainly controls.",
    (
        Column("party_id", "text", "The controller."),
        Column("subject_id", "text", "The entity controlled."),
        Column(
            "verdict",
            "text",
            "CERTAIN: whatever the true shares within their bounds; POSSIBLE: for some of them, or by "
            "influence.",
            values=CONTROL_VERDICTS,
        ),
        Column(
            "kind",
            "text",
            "control: by votes, shares or a board right; joint: together with the joint holders of one "
            "interest; influence: significant influence or control, which is not control by itself.",
            values=CONTROL_KINDS,
        ),
    ),
    ("party_id", "subject_id"),
    shown_as="v_control",
)

CONTROL_GROUP = Table(
    "graph_control_group",
    "Control groups: everything that one ultimate controller certainly controls. An ultimate "
    "controller is certainly controlled by nobody.",
    (
        Column("control_group_id", "text", "CG- and the controller's id; stable as long as that is."),
        Column("subject_id", "text", "Entity in the group."),
        Column("controller_id", "text", "Its ultimate controller."),
    ),
    ("control_group_id", "subject_id"),
    shown_as="v_control_group",
)

BENEFICIAL_OWNER = Table(
    "graph_ubo",
    "Beneficial owners by Regulation (EU) 2024/1624, articles 52 to 54, for each regime's threshold; "
    "or that none was found, and why. An indication from registers, not a legal finding.",
    (
        Column("subject_id", "text", "The legal entity or arrangement."),
        Column("party_id", "text", "The natural person.", null="nobody was found: see reason"),
        Column(
            "regime",
            "text",
            "AMLR: at least 25 per cent; UK: more than 25; STRICT: at least 15, only where an act "
            "names the class of entity.",
            values=REGIMES,
        ),
        Column(
            "share_min",
            "share",
            "Least integrated ownership, of the basis that gives most.",
            null="nobody was found, or control without a share",
            unit="per cent",
        ),
        Column(
            "share_max_declared",
            "share",
            "Most that the declared interests can give.",
            null="nobody was found, or control without a share",
            unit="per cent",
        ),
        Column(
            "share_max",
            "share",
            "Most that is possible at all.",
            null="nobody was found, or control without a share",
            unit="per cent",
        ),
        Column(
            "verdict",
            "text",
            "CERTAIN, POSSIBLE, UNDECLARED (only what nobody declared could make it so), EXCLUDED, or "
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
    "Interests that cannot all be true, as the register gives them. The figures stay as they are and "
    "are out of the arithmetic by rule.",
    (
        Column("subject_id", "text", "The entity held."),
        Column("basis", "text", "Basis of the interests.", values=BASES),
        Column(
            "kind",
            "text",
            "over: minima exceed the whole; impossible: a share below 0, above 100 or with its bounds "
            "reversed; holder_is_owned: a natural person with holders.",
            values=CONTRADICTIONS,
        ),
        Column(
            "sum_min",
            "number",
            "Sum of the minima counted, each overlap once.",
            null="not a matter of a sum",
            unit="per cent",
        ),
        Column("sum_min_exclusive", "boolean", "One of the minima counted is exclusive."),
        Column("interests_n", "integer", "Open interests of this basis.", unit="interests"),
        Column("statement_id", "text", "Smallest relationship statement among them.", privacy="open"),
    ),
    ("subject_id", "basis", "kind"),
)

CASCADE = Table(
    "graph_cascade",
    "Entities that designated parties own or control by the rule of a regime of financial sanctions: "
    "together at least half and so on down (OFAC, EU), one party's own chain more than half (UK), or "
    "certain control (EU, UK).",
    (
        Column("subject_id", "text", "The entity owned or controlled; never a designated party itself."),
        Column("regime", "text", "Whose rule.", values=CASCADE_REGIMES),
        Column(
            "party_set",
            "text",
            "Who is designated: parties on a sanctions list; or these and candidates of screening, "
            "where that gives more.",
            values=CASCADE_SETS,
        ),
        Column(
            "verdict",
            "text",
            "CERTAIN: on lower bounds; POSSIBLE: on declared upper bounds only.",
            values=CONTROL_VERDICTS,
        ),
        Column(
            "way",
            "text",
            "ownership: the counted share is enough; control: by certain control alone.",
            values=CASCADE_WAYS,
        ),
        Column(
            "share_min",
            "share",
            "Counted share at least.",
            null="POSSIBLE, or by control alone",
            unit="per cent",
        ),
        Column(
            "share_max",
            "share",
            "Counted share at most.",
            null="CERTAIN, or by control alone",
            unit="per cent",
        ),
        Column(
            "depth",
            "integer",
            "Rounds from the designated parties: 1 where they hold it themselves.",
            unit="rounds",
        ),
        Column("sources", "texts", "Designated parties that the proof reaches."),
        Column("witness", "texts", "interest_id of the interests that prove it, nearest first, at most 100."),
    ),
    ("subject_id", "regime", "party_set"),
    shown_as="v_cascade",
)
