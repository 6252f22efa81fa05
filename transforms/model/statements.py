"""The canonical model: what a register's records become, declared once.

Lake schemas, release columns, COMMENTs, `v_dictionary` and the gates' suites are all generated from these
declarations. The terms are those of the Beneficial Ownership Data Standard 0.4: a *statement* is what one
source record says about an entity, a person, or the relationship between a subject and an interested party.

Shapes: `Table.schema` maps column name to polars dtype in declaration order.
Units: shares are per cent, 0 to 100, DECIMAL(12,9); money is DECIMAL(18,2) with the currency in the name;
dates are days; a period holds over [valid_from, valid_to).
Source: https://standard.openownership.org/en/0.4.0/.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

import polars as pl

from transforms.errors import DeclarationError

DType = Literal["text", "texts", "date", "integer", "boolean", "share", "money", "number", "timestamp"]
Privacy = Literal["open", "entity", "personal"]

POLARS_TYPES: Mapping[DType, pl.DataType] = {
    "text": pl.String(),
    "texts": pl.List(pl.String()),
    "date": pl.Date(),
    "integer": pl.Int64(),
    "boolean": pl.Boolean(),
    "share": pl.Decimal(12, 9),
    "money": pl.Decimal(18, 2),
    "number": pl.Float64(),
    "timestamp": pl.Datetime("us"),
}
DUCKDB_TYPES: Mapping[DType, str] = {
    "text": "VARCHAR",
    "texts": "VARCHAR[]",
    "date": "DATE",
    "integer": "BIGINT",
    "boolean": "BOOLEAN",
    "share": "DECIMAL(12,9)",
    "money": "DECIMAL(18,2)",
    "number": "DOUBLE",
    "timestamp": "TIMESTAMP",
}


@dataclass(frozen=True)
class Column:
    """One column: its type, unit, what a null means ("" = never null), and who may see it.

    `privacy`: open (register metadata), entity (about a legal entity or property), personal (about a natural person).
    `values`: the closed vocabulary, if there is one; the gate holds it.
    """

    name: str
    dtype: DType
    description: str
    null: str = ""
    unit: str = ""
    privacy: Privacy = "entity"
    values: tuple[str, ...] = ()

    @property
    def nullable(self) -> bool:
        return self.null != ""

    def renamed(self, name: str, description: str = "") -> Column:
        """The same column under another name, for a view that shows it."""
        return replace(self, name=name, description=description or self.description)

    def optional(self, null: str) -> Column:
        """The same column where it may be null, with what that null means."""
        return replace(self, null=null)


@dataclass(frozen=True)
class Table:
    """A canonical table, mart or view: columns in order, and the key that makes a row unique."""

    name: str
    description: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    shown_as: str = ""
    _by_name: dict[str, Column] = field(init=False, repr=False, compare=False, hash=False)

    def __post_init__(self) -> None:
        by_name = {column.name: column for column in self.columns}
        if len(by_name) != len(self.columns):
            raise DeclarationError(f"table {self.name}: a column name is declared twice; rename one")
        if missing := [name for name in self.key if name not in by_name]:
            raise DeclarationError(f"table {self.name}: key column {missing[0]} is not declared")
        object.__setattr__(self, "_by_name", by_name)

    def __getitem__(self, name: str) -> Column:
        try:
            return self._by_name[name]
        except KeyError:
            raise DeclarationError(f"table {self.name} has no column {name}") from None

    def __contains__(self, name: str) -> bool:
        return name in self._by_name

    def __iter__(self) -> Iterator[Column]:
        return iter(self.columns)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._by_name)

    @property
    def view(self) -> str:
        """Name of the view that shows this table in a release."""
        return self.shown_as or f"v_{self.name}"

    @property
    def schema(self) -> dict[str, pl.DataType]:
        """Column name to polars dtype, in declaration order."""
        return {column.name: POLARS_TYPES[column.dtype] for column in self.columns}

    def empty(self) -> pl.DataFrame:
        return pl.DataFrame(schema=self.schema)

    def conformed(self, frame: pl.DataFrame) -> pl.DataFrame:
        """The declared columns of `frame`, in order, in their types. Raises polars' errors where one is missing or does not fit."""
        return frame.select(pl.col(name).cast(dtype) for name, dtype in self.schema.items())


PROVENANCE = (
    Column(
        "statement_id",
        "text",
        "Id of this statement: hash of register, edition and record, and the part of the record.",
        privacy="open",
    ),
    Column("register", "text", "Register the record comes from, by its module's name.", privacy="open"),
    Column("dataset", "text", "Data set of the register (most registers have one).", privacy="open"),
    Column(
        "edition",
        "text",
        "Edition: an ISO date, or sha-<12> where the publisher dates nothing.",
        privacy="open",
    ),
    Column(
        "file_sha256",
        "text",
        "SHA-256 of the publisher's file (of the parts' hashes, for a set of parts).",
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
PARTY_ROLES = ("subject", "owner", "proprietor", "arrangement")
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
ADDRESS_ROLES = ("registered", "service", "principal", "proprietor", "property")
SHARE_FAULTS = ("impossible_share", "share_conflict")
TENURES = ("freehold", "leasehold", "unknown")
PROPERTY_TYPES = ("detached", "semi_detached", "terraced", "flat", "other", "unknown")
PRICE_CATEGORIES = ("standard", "additional", "unknown")
PRICE_RECORD_STATUSES = ("added", "changed", "deleted", "unknown")
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
NAME_KINDS = ("name", "alias", "weak_alias", "previous_name")

ENTITY_STATEMENT = Table(
    "entity_statement",
    "What one record says about a legal entity or arrangement.",
    (
        *PROVENANCE,
        Column("role", "text", "What the entity is in this record.", values=PARTY_ROLES),
        Column(
            "is_registry_entry",
            "boolean",
            "True where this register is the authority for the entity (its own row in a company register).",
        ),
        Column(
            "identifier_scheme",
            "text",
            "org-id.guide scheme of the number stated, when the number rules allow one.",
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
            "The register whose number it is, as the record writes it.",
            null="not stated, or the register whose scheme is named",
        ),
        Column("entity_type", "text", "BODS 0.4 entity type.", values=ENTITY_TYPES),
        Column("name", "text", "Name as the record writes it.", null="the record gives none"),
        Column("former_names", "texts", "Earlier names the record lists, newest first."),
        Column(
            "jurisdiction",
            "text",
            "ISO 3166 code (lower case) of the country of incorporation or registration.",
            null="not stated, or not a known country name",
        ),
        Column(
            "subdivision",
            "text",
            "ISO 3166-2 code (lower case) of the part of that country, as us-de.",
            null="no part of it is stated",
        ),
        Column("legal_form", "text", "Legal form as the record writes it.", null="the record gives none"),
        Column(
            "legal_form_class", "text", "Legal form, in this project's classes.", values=LEGAL_FORM_CLASSES
        ),
        Column("status", "text", "Status, in this project's classes.", values=STATUSES),
        Column("status_native", "text", "Status as the record writes it.", null="the record gives none"),
        Column(
            "incorporated_on",
            "date",
            "Day of incorporation; for an overseas registration, see registered_on.",
            null="not stated",
            unit="day",
        ),
        Column(
            "registered_on",
            "date",
            "Day of entry in this register, where that is not the incorporation.",
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
            "charges_n", "integer", "Mortgage charges ever registered.", null="not stated", unit="charges"
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
    "What one record says about a natural person. Nationality is dropped by the parsers and residence is not kept.",
    (
        *PROVENANCE,
        Column(
            "person_type",
            "text",
            "BODS 0.4 person type; anonymousPerson where the register protects the person.",
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
            "Other births that the record states, as year, or year and month.",
            null="none stated",
            privacy="personal",
        ),
    ),
    ("statement_id",),
)

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
            "Entity statement of the subject, where it has no official number.",
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
            "What the declaration amounts to.",
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
        Column("is_ceased", "boolean", "True where the record says that it has ended."),
        Column(
            "is_left_censored",
            "boolean",
            "True where valid_from is the start of the register's regime and not of the holding.",
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
            "Which matrix the interest belongs to; votes and shares are never added.",
            values=BASES,
        ),
        Column(
            "reach",
            "text",
            "Whether the band covers direct holdings only; UK bands cover both, so they are unknown.",
            values=REACHES,
        ),
        Column(
            "joint_group",
            "text",
            "Holders with one joint_group count once.",
            null="not held jointly as far as stated",
        ),
        Column(
            "share_min",
            "share",
            "Lower bound.",
            null="the interest has no share (influence, appointment)",
            unit="per cent",
        ),
        Column(
            "share_max",
            "share",
            "Upper bound.",
            null="the interest has no share (influence, appointment)",
            unit="per cent",
        ),
        Column("share_min_exclusive", "boolean", "True where the lower bound itself is not included."),
        Column("share_max_exclusive", "boolean", "True where the upper bound itself is not included."),
        Column(
            "share_fault",
            "text",
            "Why the share that is stated is not used. impossible_share: below 0, above 100 or no number; share_conflict: leaves nothing, or an exact share and a band apart.",
            null="nothing is wrong with it, or none is stated",
            values=SHARE_FAULTS,
        ),
        Column(
            "share_native",
            "text",
            "The share as the record states it, where it is not used.",
            null="no share_fault",
        ),
    ),
    ("statement_id",),
)

ADDRESS_STATEMENT = Table(
    "address_statement",
    "An address as a record writes it, and its normalised unit.",
    (
        *PROVENANCE,
        Column("of_statement_id", "text", "Statement the address belongs to."),
        Column("role", "text", "What the address is to it.", values=ADDRESS_ROLES),
        Column(
            "address_text",
            "text",
            "The address on one line, parts as written, joined by a comma.",
            privacy="personal",
        ),
        Column("care_of", "text", "Care-of name.", null="none", privacy="personal"),
        Column("po_box", "text", "PO box.", null="none"),
        Column("locality", "text", "Town as written.", null="not stated"),
        Column("country", "text", "ISO 3166 code (lower case).", null="not stated or not known"),
        Column(
            "postcode",
            "text",
            "Postcode in capitals, one space before a UK inward part.",
            null="none, or not a postcode",
        ),
        Column(
            "unit_key",
            "text",
            "Normalised building unit: postcode, numbers and street in canonical spelling.",
            null="too little is stated to tell a unit",
            privacy="personal",
        ),
        Column("address_id", "text", "Id of the unit: a hash of unit_key.", null="no unit_key"),
    ),
    ("statement_id",),
)

TITLE_STATEMENT = Table(
    "title_statement",
    "What one record says about a registered title.",
    (
        *PROVENANCE,
        Column("title_id", "text", "GB-HMLR- and the title number."),
        Column("tenure", "text", "Tenure.", values=TENURES),
        Column("address_text", "text", "Property address as written.", null="the record gives none"),
        Column("district", "text", "District as the publisher names it.", null="not stated"),
        Column("county", "text", "County as the publisher names it.", null="not stated"),
        Column("region", "text", "Region as the publisher names it.", null="not stated"),
        Column("postcode", "text", "Postcode.", null="none stated"),
        Column(
            "units_n",
            "integer",
            "Address units found in the address; above 1 for a list of units.",
            unit="units",
            null="land or no unit found",
        ),
        Column(
            "multiple_addresses",
            "boolean",
            "The publisher's indicator of several addresses.",
            null="not stated",
        ),
        Column(
            "price_paid_gbp",
            "money",
            "Price paid, where the register holds one.",
            null="not stated",
            unit="GBP",
        ),
        Column(
            "additional_proprietors",
            "boolean",
            "True where there are more proprietors than the record can name.",
            null="not stated",
        ),
    ),
    ("statement_id",),
)

PROPRIETORSHIP_STATEMENT = Table(
    "proprietorship_statement",
    "What one record says about one proprietor of a title.",
    (
        *PROVENANCE,
        Column("title_id", "text", "GB-HMLR- and the title number."),
        Column("title_statement_id", "text", "Statement of the title."),
        Column("party_statement_id", "text", "Entity statement of the proprietor."),
        Column("position", "integer", "1 to 4, as the record numbers its proprietors.", unit="position"),
        Column("category", "text", "Proprietorship category as written.", null="not stated"),
        Column(
            "added_on", "date", "Day the proprietor was added to the title.", null="not stated", unit="day"
        ),
    ),
    ("statement_id",),
)

TRANSACTION_STATEMENT = Table(
    "transaction_statement",
    "What one record says about the sale of a property. Its address is in address_statement, role property.",
    (
        *PROVENANCE,
        Column(
            "transaction_id",
            "text",
            "GB-PPD- and the publisher's transaction id without braces, in capitals.",
        ),
        Column("price_gbp", "money", "Price stated.", unit="GBP"),
        Column("transferred_on", "date", "Day of the transfer.", unit="day"),
        Column("property_type", "text", "Kind of property.", values=PROPERTY_TYPES),
        Column(
            "is_new_build", "boolean", "True where the publisher marks it as newly built.", null="not stated"
        ),
        Column("tenure", "text", "Tenure.", values=TENURES),
        Column(
            "category",
            "text",
            "standard: a single residential sale at full market value; additional: all others.",
            values=PRICE_CATEGORIES,
        ),
        Column(
            "record_status",
            "text",
            "What a monthly file says of the record.",
            null="the form of the file has none: as added",
            values=PRICE_RECORD_STATUSES,
        ),
        Column(
            "paon",
            "text",
            "Primary addressable object: house number or name.",
            null="none stated",
            privacy="personal",
        ),
        Column(
            "saon",
            "text",
            "Secondary addressable object: flat or unit.",
            null="none stated",
            privacy="personal",
        ),
        Column("street", "text", "Street.", null="none stated"),
        Column("locality", "text", "Locality.", null="none stated"),
        Column("town", "text", "Town.", null="none stated"),
        Column("district", "text", "District as the publisher names it.", null="not stated"),
        Column("county", "text", "County as the publisher names it.", null="not stated"),
        Column("postcode", "text", "Postcode.", null="none stated"),
    ),
    ("statement_id",),
)

LISTING_STATEMENT = Table(
    "listing_statement",
    "What one record says about a party's place on a list: a sanction, an office, a debarment. Kinds are kept apart.",
    (
        *PROVENANCE,
        Column("party_statement_id", "text", "Entity or person statement of the party listed."),
        Column("party_kind", "text", "What the party is.", values=("entity", "person")),
        Column("list_name", "text", "The publisher's name of the list.", privacy="open"),
        Column("topic", "text", "The publisher's own topic.", privacy="open"),
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
            "Office held, of a politically exposed person.",
            null="not stated, or no office",
            privacy="personal",
        ),
        Column(
            "valid_from", "date", "First day on the list, or of the office.", null="not stated", unit="day"
        ),
        Column(
            "valid_to",
            "date",
            "First day no longer on it.",
            null="still on it, or ended on an unknown day (see is_ceased)",
            unit="day",
        ),
        Column("is_ceased", "boolean", "True where the record says that it has ended and not when."),
    ),
    ("statement_id",),
)

NAME_STATEMENT = Table(
    "name_statement",
    "A further name of a party: alias, earlier name, other script.",
    (
        *PROVENANCE,
        Column("of_statement_id", "text", "Entity or person statement of the party."),
        Column("name", "text", "The name as written.", privacy="personal"),
        Column("name_kind", "text", "What kind of name.", values=NAME_KINDS),
    ),
    ("statement_id",),
)

IDENTIFIER_STATEMENT = Table(
    "identifier_statement",
    "A further number of a party, beside the one in entity_statement.",
    (
        *PROVENANCE,
        Column("of_statement_id", "text", "Entity statement of the party."),
        Column(
            "scheme",
            "text",
            "org-id.guide scheme.",
            null="the record does not tell which register's number it is",
        ),
        Column("number", "text", "The number, normalised by the scheme's rules."),
        Column("number_native", "text", "The number as the record writes it."),
        Column("country", "text", "ISO 3166 code (lower case) of the register's country.", null="not stated"),
    ),
    ("statement_id",),
)

STATEMENT_TABLES: Mapping[str, Table] = {
    table.name: table
    for table in (
        ENTITY_STATEMENT,
        PERSON_STATEMENT,
        RELATIONSHIP_STATEMENT,
        INTEREST_STATEMENT,
        ADDRESS_STATEMENT,
        TITLE_STATEMENT,
        PROPRIETORSHIP_STATEMENT,
        TRANSACTION_STATEMENT,
        LISTING_STATEMENT,
        NAME_STATEMENT,
        IDENTIFIER_STATEMENT,
    )
}
