"""Legal entities: those in a company register, all that records name, and those that were insolvent."""

from transforms.model.statements import (
    ADDRESS_STATEMENT,
    ENTITY_STATEMENT,
    INSOLVENCY_STATEMENT,
    NAME_STATEMENT,
    Column,
    Table,
)

OTHER_NAME = Table(
    "other_name",
    "Further names of companies: in another language, abbreviated, or used in trade.",
    (
        Column("company_id", "text", "The company."),
        Column("name", "text", "The name as its register writes it."),
        NAME_STATEMENT["statement_id"],
    ),
    ("statement_id",),
)

COMPANY = Table(
    "company",
    "Legal entities that have an entry in a company register held here, as of the release's date.",
    (
        Column("company_id", "text", "org-id: scheme and number."),
        ENTITY_STATEMENT["name"],
        ENTITY_STATEMENT["former_names"],
        ENTITY_STATEMENT["named_on"],
        ENTITY_STATEMENT["jurisdiction"],
        ENTITY_STATEMENT["status"],
        ENTITY_STATEMENT["status_native"],
        ENTITY_STATEMENT["legal_form"],
        ENTITY_STATEMENT["legal_form_class"],
        ENTITY_STATEMENT["incorporated_on"],
        ENTITY_STATEMENT["registered_on"],
        ENTITY_STATEMENT["dissolved_on"],
        Column(
            "left_register_after",
            "date",
            "Last complete edition that held the entry.",
            null="still in the register, or never seen to leave",
            unit="day",
        ),
        Column(
            "left_register_on",
            "date",
            "First complete edition that no longer held the entry.",
            null="still in the register, or never seen to leave",
            unit="day",
        ),
        Column(
            "is_active",
            "boolean",
            "Not dissolved, converted, closed or gone from the register at the release's date.",
        ),
        ENTITY_STATEMENT["industry_codes"],
        ENTITY_STATEMENT["accounts_category"],
        ENTITY_STATEMENT["accounts_made_up_to"],
        ENTITY_STATEMENT["accounts_due_on"],
        ENTITY_STATEMENT["confirmation_due_on"],
        ENTITY_STATEMENT["charges_n"],
        ENTITY_STATEMENT["charges_outstanding_n"],
        Column(
            "must_declare_owners",
            "boolean",
            "Its legal form must declare its owners to the register (exemptions of a single company are "
            "in v_relationship).",
        ),
        Column(
            "is_residents_company",
            "boolean",
            "A residents' company: SIC code 98000, the guarantee form, or a name of a residents' or "
            "management company together with SIC code 68320 (management of real estate on a fee or "
            "contract basis).",
        ),
        Column(
            "address_id",
            "text",
            "Address unit of the registered office.",
            null=("the address is too incomplete to identify a unit"),
        ),
        Column(
            "address_statement_id",
            "text",
            "Address statement of the registered office.",
            null="the record gives no address",
            privacy="open",
        ),
        ADDRESS_STATEMENT["object_id"].renamed(
            "object_id", "Official id of the home or office of the registered office, as in v_premises."
        ),
        Column(
            "is_at_default_address",
            "boolean",
            "The record calls the registered office the registrar's default address, with or without a unit.",
        ),
        ADDRESS_STATEMENT["postcode"],
        Column(
            "area_name",
            "text",
            "District of the registered office: by its postcode (v_area), else as the address names it.",
            null="not known, or the office is the registrar's default address",
        ),
        Column(
            "area_code",
            "text",
            "Official code of that district.",
            null="no district, or its name is not in the area vocabulary",
        ),
        Column("territory", "text", "Territory of its register.", privacy="open"),
        ENTITY_STATEMENT["register"],
        ENTITY_STATEMENT["edition"],
        Column("edition_on", "date", "Date of that edition.", null="it has none", unit="day"),
        ENTITY_STATEMENT["statement_id"],
    ),
    ("company_id",),
)

ENTITY = Table(
    "entity",
    "Every legal entity and arrangement that a record names: on a company register, or only as an owner "
    "or proprietor.",
    (
        Column("entity_id", "text", "org-id, or an id of this project if no official number is usable."),
        ENTITY_STATEMENT["name"],
        ENTITY_STATEMENT["entity_type"],
        ENTITY_STATEMENT["jurisdiction"],
        ENTITY_STATEMENT["legal_form"],
        Column("in_register", "boolean", "True if a company register held here has its entry."),
        Column(
            "is_listed",
            "boolean",
            "True if an edition in force says that its securities are traded on a public market.",
        ),
        Column(
            "statements_n",
            "integer",
            "Statements about it in all editions in force and history; a record counts once for each "
            "edition that has it.",
            unit="statements",
        ),
        ENTITY_STATEMENT["statement_id"],
    ),
    ("entity_id",),
)

SEAT_CHANGE = Table(
    "seat_change",
    "Moves of companies' seats, found by comparing consecutive editions of their register.",
    (
        Column("company_id", "text", "The company."),
        Column("from_address_id", "text", "Address unit of the former seat."),
        Column("address_id", "text", "Address unit of the new seat."),
        Column("moved_after", "date", "Date of the edition with the former seat.", unit="day"),
        Column("moved_by", "date", "Date of the edition with the new seat.", unit="day"),
        Column("from_statement_id", "text", "Address statement of the former seat.", privacy="open"),
        ADDRESS_STATEMENT["statement_id"],
    ),
    ("statement_id",),
)

INSOLVENCY = Table(
    "insolvency",
    "Cases of insolvency and liquidation of companies, one row for each. Some registers give them only for "
    "companies that were queried.",
    (
        Column("insolvency_id", "text", "Id of the case: company id and the register's case number."),
        Column("company_id", "text", "The company."),
        INSOLVENCY_STATEMENT["kind"],
        INSOLVENCY_STATEMENT["kind_native"],
        Column(
            "is_insolvency",
            "boolean",
            "Whether the company is insolvent; a liquidation by its members is solvent.",
            null="the kind is not known",
        ),
        INSOLVENCY_STATEMENT["began_on"],
        Column("territory", "text", "Territory of its register.", privacy="open"),
        INSOLVENCY_STATEMENT["register"],
        INSOLVENCY_STATEMENT["edition"],
        INSOLVENCY_STATEMENT["statement_id"],
    ),
    ("insolvency_id",),
)

INSOLVENT_COMPANY = Table(
    "insolvent_company",
    "Companies that are or were insolvent, with the day of the first case.",
    (
        Column("company_id", "text", "The company."),
        Column(
            "insolvent_on",
            "date",
            "First day of its first case of insolvency.",
            null="no case held states it, or its kind is unknown",
            unit="day",
        ),
        Column("statement_id", "text", "Statement with the fact.", privacy="open"),
        Column("field", "text", "Statement table and column of the fact.", privacy="open"),
    ),
    ("company_id",),
)
ENDED_COMPANY = Table(
    "ended_company",
    "Companies of the home countries that have ended, with the first and the last day on which they may have "
    "been dissolved.",
    (
        COMPANY["company_id"],
        COMPANY["statement_id"],
        COMPANY["incorporated_on"].renamed(
            "incorporated_on",
            "Day of incorporation; for an overseas registration see v_company.registered_on.",
        ),
        COMPANY["legal_form_class"],
        Column(
            "dissolved_from",
            "date",
            "First possible day of its dissolution.",
            null="not known",
            unit="day",
        ),
        Column("dissolved_by", "date", "Last possible day.", null="not known", unit="day"),
        Column("is_interval", "boolean", "It left its register between two editions; no day is stated."),
        Column("is_without_day", "boolean", "Its register says that it is dissolved, but not when."),
    ),
    ("company_id",),
)
