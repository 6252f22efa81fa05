"""What one record says about an entity or a person."""

from transforms.model.statements.tables import Column, Table

PROVENANCE = (
    Column(
        "statement_id",
        "text",
        "Id of this statement: hash of register, edition and record, followed by the part of the record.",
        privacy="open",
    ),
    Column("register", "text", "Register that the record comes from (name of its module).", privacy="open"),
    Column("dataset", "text", "Data set of the register (most registers have one).", privacy="open"),
    Column(
        "edition",
        "text",
        "Edition: an ISO date, or sha-<12> if it is undated.",
        privacy="open",
    ),
    Column(
        "file_sha256",
        "text",
        "SHA-256 of the publisher's file, or of the hashes of its parts.",
        privacy="open",
    ),
    Column(
        "record",
        "text",
        "The register's own locator of the record: company number, links.self, title number.",
        privacy="open",
    ),
    Column(
        "record_no",
        "integer",
        "Position of the physical record in the edition, from 1.",
        privacy="open",
        unit="records",
    ),
)

ENTITY_TYPES = (
    "registeredEntity",
    "legalEntity",
    "arrangement",
    "anonymousEntity",
    "unknownEntity",
    "state",
    "stateBody",
)

PERSON_TYPES = ("knownPerson", "anonymousPerson", "unknownPerson")

LEGAL_FORM_CLASSES = (
    "company",
    "guarantee_company",
    "plc",
    "llp",
    "limited_partnership",
    "partnership",
    "society",
    "cio",
    "overseas_entity",
    "overseas_company",
    "european_form",
    "unregistered",
    "royal_charter",
    "association",
    "foundation",
    "sole_trader",
    "other",
    "unknown",
)

STATUSES = (
    "active",
    "insolvent",
    "voluntary_liquidation",
    "liquidation",
    "dissolving",
    "dissolved",
    "closed",
    "converted",
    "removed",
    "unknown",
)

NAME_KINDS = ("name", "alias", "weak_alias", "previous_name")

ENTITY_STATEMENT = Table(
    "entity_statement",
    "What one record says about a legal entity or arrangement.",
    (
        *PROVENANCE,
        Column(
            "role",
            "text",
            "What the entity is in this record.",
            values=("subject", "owner", "proprietor", "arrangement"),
        ),
        Column(
            "is_registry_entry",
            "boolean",
            "True if this register is the authority for the entity: its own entry in a company register.",
        ),
        Column(
            "identifier_scheme",
            "text",
            "org-id.guide scheme of the stated number, if the number is usable.",
            null="no usable number is stated",
        ),
        Column(
            "identifier",
            "text",
            "The number, normalised by the scheme's rules.",
            null="no usable number is stated",
        ),
        Column(
            "identifier_native", "text", "The number as the record writes it.", null="the record gives none"
        ),
        Column(
            "identifier_register",
            "text",
            "The register that issued the number, as the record writes it.",
            null="not stated, or it is the register of the scheme",
        ),
        Column("entity_type", "text", "BODS 0.4 entity type.", values=ENTITY_TYPES),
        Column("name", "text", "Name as the record writes it.", null="the record gives none"),
        Column("former_names", "texts", "Earlier names the record lists, newest first."),
        Column(
            "named_on",
            "date",
            "Day on which it took its present name.",
            null="it never changed its name, or the day is not stated",
            unit="day",
        ),
        Column(
            "jurisdiction",
            "text",
            "ISO 3166 code (lower case) of the country of incorporation or registration.",
            null="not stated, or not a known country name",
        ),
        Column(
            "subdivision",
            "text",
            "ISO 3166-2 code (lower case) of a part of that country, such as us-de.",
            null="no part of it is stated",
        ),
        Column("legal_form", "text", "Legal form as the record writes it.", null="the record gives none"),
        Column(
            "legal_form_class", "text", "Legal form in this project's classes.", values=LEGAL_FORM_CLASSES
        ),
        Column("status", "text", "Status in this project's classes.", values=STATUSES),
        Column("status_native", "text", "Status as the record writes it.", null="the record gives none"),
        Column(
            "incorporated_on",
            "date",
            "Day of incorporation; for an overseas registration see registered_on.",
            null="not stated",
            unit="day",
        ),
        Column(
            "registered_on",
            "date",
            "Day of entry in this register, if different from the day of incorporation.",
            null="not stated, or same as incorporation",
            unit="day",
        ),
        Column(
            "dissolved_on",
            "date",
            "Day of dissolution as stated.",
            null="not dissolved, or not stated",
            unit="day",
        ),
        Column("industry_codes", "texts", "Industry codes as the register numbers them (UK: SIC 2007)."),
        Column(
            "accounts_category", "text", "Category of the latest accounts, as written.", null="not stated"
        ),
        Column(
            "accounts_made_up_to",
            "date",
            "Last day of the period of the latest accounts.",
            null="none filed or not stated",
            unit="day",
        ),
        Column(
            "accounts_due_on",
            "date",
            "Day the next accounts are due.",
            null="none due or not stated",
            unit="day",
        ),
        Column(
            "confirmation_due_on",
            "date",
            "Day the next confirmation statement is due.",
            null="none due or not stated",
            unit="day",
        ),
        Column(
            "charges_n", "integer", "Mortgage charges registered to date.", null="not stated", unit="charges"
        ),
        Column(
            "charges_outstanding_n",
            "integer",
            "Mortgage charges outstanding.",
            null="not stated",
            unit="charges",
        ),
        Column(
            "is_listed",
            "boolean",
            "Whether its securities are traded on a public market, as the record says.",
            null="not stated",
        ),
    ),
    ("statement_id",),
)

PERSON_STATEMENT = Table(
    "person_statement",
    "What one record says about a natural person. The parsers drop nationality, and residence is not kept.",
    (
        *PROVENANCE,
        Column(
            "person_type",
            "text",
            "BODS 0.4 person type; anonymousPerson if the register protects the person.",
            values=PERSON_TYPES,
            privacy="open",
        ),
        Column(
            "full_name",
            "text",
            "Name as the record writes it.",
            null="protected or not given",
            privacy="personal",
        ),
        Column("name_title", "text", "Form of address.", null="not given", privacy="personal"),
        Column("forename", "text", "First name.", null="not given", privacy="personal"),
        Column("middle_names", "text", "Middle names.", null="not given", privacy="personal"),
        Column("surname", "text", "Last name.", null="not given", privacy="personal"),
        Column("birth_year", "integer", "Year of birth.", null="not given", privacy="personal", unit="year"),
        Column(
            "birth_month",
            "integer",
            "Month of birth, 1 to 12.",
            null="not given",
            privacy="personal",
            unit="month",
        ),
        Column(
            "further_births",
            "texts",
            "Further dates of birth that the record states, as year or as year and month.",
            null="none stated",
            privacy="personal",
        ),
    ),
    ("statement_id",),
)

NAME_STATEMENT = Table(
    "name_statement",
    "A further name of a party: an alias, a former name, or another script.",
    (
        *PROVENANCE,
        Column("of_statement_id", "text", "Entity or person statement of the party."),
        Column("name", "text", "The name as written.", privacy="personal"),
        Column("name_kind", "text", "What kind of name.", values=NAME_KINDS),
        Column(
            "valid_from",
            "date",
            "Day on which the party took the name.",
            null="it is the first name, or not stated",
            unit="day",
        ),
        Column(
            "valid_to",
            "date",
            "Day on which it gave the name up.",
            null="still used, or not stated",
            unit="day",
        ),
    ),
    ("statement_id",),
)

IDENTIFIER_STATEMENT = Table(
    "identifier_statement",
    "A further number of a party, besides the one in entity_statement.",
    (
        *PROVENANCE,
        Column("of_statement_id", "text", "Entity statement of the party."),
        Column(
            "scheme",
            "text",
            "org-id.guide scheme.",
            null="the record does not say which register issued the number",
        ),
        Column("number", "text", "The number, normalised by the scheme's rules."),
        Column("number_native", "text", "The number as the record writes it."),
        Column("country", "text", "ISO 3166 code (lower case) of the register's country.", null="not stated"),
    ),
    ("statement_id",),
)
