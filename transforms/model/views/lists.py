"""Watch lists, and public or exempt entities."""

from transforms.model.statements import LISTING_STATEMENT, Column, Table

EXEMPT_CLASSES = (
    "state",
    "council",
    "listed",
    "charity",
    "housing_provider",
    "society",
    "utility",
    "church",
    "exempt",
)

EXEMPT = Table(
    "exempt",
    "Legal entities that are public or exempt from declaring owners: state, council, listed, charity, "
    "housing provider, society, utility, church.",
    (
        Column("entity_id", "text", "The entity."),
        Column("exempt_class", "text", "Why it is public or exempt.", values=EXEMPT_CLASSES),
        Column("statement_id", "text", "Statement that shows it.", privacy="open"),
    ),
    ("entity_id",),
)

LISTING = Table(
    "listing",
    "Entries of watch lists in the editions in force. An entry is about the party on the list; whether "
    "that is a party of another register is in v_screening.",
    (
        Column("party_id", "text", "The party listed.", privacy="personal"),
        LISTING_STATEMENT["party_kind"],
        Column(
            "listed_name",
            "text",
            "Name as the list writes it.",
            null="the list gives none",
            privacy="personal",
        ),
        LISTING_STATEMENT["list_name"],
        LISTING_STATEMENT["topic"],
        LISTING_STATEMENT["listing_class"],
        LISTING_STATEMENT["programme"],
        LISTING_STATEMENT["position"],
        LISTING_STATEMENT["valid_from"],
        LISTING_STATEMENT["valid_to"].optional("still listed, or ended on an unknown day (see is_open)"),
        Column("is_open", "boolean", "Holds at the release's date."),
        Column(
            "is_binding",
            "boolean",
            "Its regime binds this authority (v_binding_regime), or the list does not state its regime. For "
            "a debarment: the list is that of a home country.",
        ),
        LISTING_STATEMENT["register"],
        LISTING_STATEMENT["statement_id"],
        LISTING_STATEMENT["party_statement_id"],
    ),
    ("statement_id",),
)

SCREENING = Table(
    "screening",
    "Candidates of watch-list screening: a party of a register that may be a party on a list, with a "
    "score and a reason. A candidate is never merged; a pair that was judged to be two parties is left "
    "out.",
    (
        Column("party_id", "text", "Party of a register.", privacy="personal"),
        Column("listed_party_id", "text", "Party on a list.", privacy="personal"),
        Column("party_kind", "text", "Kind of both parties.", values=("entity", "person")),
        Column("score", "number", "Score of the match, 0 to 1.", unit="share"),
        Column("reason", "text", "What agrees, in words.", privacy="personal"),
        Column(
            "is_strong",
            "boolean",
            "Strong enough for LNK-010: every part of the shorter name agrees, and so do birth year and "
            "month, or number and country.",
        ),
        Column("party_statement_id", "text", "Statement of the register's party.", privacy="open"),
        Column("listed_statement_id", "text", "Statement of the listed party.", privacy="open"),
    ),
    ("party_id", "listed_party_id"),
)
