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
        Column("exempt_class", "text", "Why.", values=EXEMPT_CLASSES),
        Column("statement_id", "text", "Statement that says so.", privacy="open"),
    ),
    ("entity_id",),
)

LISTING = Table(
    "listing",
    "Places on watch lists of the editions in force. A listing is of the party on the list; whether "
    "that is somebody in another register is in v_screening.",
    (
        Column("party_id", "text", "The party listed."),
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
        LISTING_STATEMENT["valid_to"],
        Column("is_open", "boolean", "Holds at the release's date."),
        LISTING_STATEMENT["register"],
        LISTING_STATEMENT["statement_id"],
        LISTING_STATEMENT["party_statement_id"],
    ),
    ("statement_id",),
)

SCREENING = Table(
    "screening",
    "Candidates of watch-list screening: a party of a register that may be a party on a list, with "
    "score and reason. A candidate is never merged; one that was judged to be another is left out.",
    (
        Column("party_id", "text", "Party of a register."),
        Column("listed_party_id", "text", "Party on a list."),
        Column("party_kind", "text", "What the two are.", values=("entity", "person")),
        Column("score", "number", "0 to 1.", unit="share"),
        Column("reason", "text", "What agrees, in words.", privacy="personal"),
        Column(
            "is_strong",
            "boolean",
            "At or above the bar of LNK-010: every part of the shorter name agrees, and birth year and "
            "month, or number and country.",
        ),
        Column("party_statement_id", "text", "Statement of the register's party.", privacy="open"),
        Column("listed_statement_id", "text", "Statement of the listed party.", privacy="open"),
    ),
    ("party_id", "listed_party_id"),
)
