"""What one record says about an address, a title, its proprietors, or a sale."""

from transforms.model.statements.parties import PROVENANCE
from transforms.model.statements.tables import Column, Table

TENURES = ("freehold", "leasehold", "unknown")

PROPERTY_TYPES = ("detached", "semi_detached", "terraced", "flat", "other", "unknown")

ADDRESS_STATEMENT = Table(
    "address_statement",
    "An address as a record writes it, with its normalised unit.",
    (
        *PROVENANCE,
        Column("of_statement_id", "text", "Statement the address belongs to."),
        Column(
            "role",
            "text",
            "Role of the address.",
            values=("registered", "service", "principal", "proprietor", "property", "premises"),
        ),
        Column(
            "address_text",
            "text",
            "The address on one line, its parts as written and separated by commas.",
            privacy="personal",
        ),
        Column("care_of", "text", "Care-of name.", null="none", privacy="personal"),
        Column("po_box", "text", "PO box.", null="none"),
        Column("locality", "text", "Town as written.", null="not stated"),
        Column("country", "text", "ISO 3166 code (lower case).", null="not stated or not known"),
        Column(
            "postcode",
            "text",
            "Postcode in capitals, with one space before the inward part of a UK postcode.",
            null="none, or not a postcode",
        ),
        Column(
            "unit_key",
            "text",
            "Normalised building unit: postcode, numbers and street in one spelling.",
            null="the address is too incomplete to identify a unit",
            privacy="personal",
        ),
        Column("address_id", "text", "Id of the unit: a hash of unit_key.", null="no unit_key"),
        Column(
            "object_id",
            "text",
            "Official id of the home, office or berth at the address: NL-BAG- and its number.",
            null="the record gives none",
        ),
        Column(
            "designation_id",
            "text",
            "Official id of the address itself (Dutch: nummeraanduiding): NL-BAG- and its number.",
            null="the record gives none",
        ),
    ),
    ("statement_id",),
)

TITLE_STATEMENT = Table(
    "title_statement",
    "What one record says about a registered title.",
    (
        *PROVENANCE,
        Column("title_id", "text", "GB-HMLR- or NL-BRK- and the number of the title."),
        Column(
            "tenure",
            "text",
            "Tenure; for a Dutch object, leasehold if it has a right of leasehold.",
            values=TENURES,
        ),
        Column("address_text", "text", "Property address as written.", null="the record gives none"),
        Column("district", "text", "District as the publisher names it.", null="not stated"),
        Column("county", "text", "County as the publisher names it.", null="not stated"),
        Column("region", "text", "Region as the publisher names it.", null="not stated"),
        Column("postcode", "text", "Postcode.", null="none stated"),
        Column(
            "units_n",
            "integer",
            "Address units in the address; more than 1 if the address lists several.",
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
            "Price paid, if the register states one.",
            null="not stated",
            unit="GBP",
        ),
        Column(
            "additional_proprietors",
            "boolean",
            "True if the title has more proprietors than are named: more than the record has room for, or "
            "natural persons, who are left out.",
            null="not stated",
        ),
        Column(
            "cadastral_name",
            "text",
            "Name in the land register: cadastral municipality, section, number and apartment number.",
            null="a register without parcels",
        ),
        Column("land_use", "text", "Use as the land register writes it.", null="not stated"),
        Column(
            "land_area_m2",
            "number",
            "Area of the parcel in the land register.",
            null="not stated, or an apartment",
            unit="m2",
        ),
        Column(
            "price_paid_eur",
            "money",
            "Price paid, in a register that states it in euro. If price_covers_several, it is for several "
            "titles together: do not add it up.",
            null="not stated",
            unit="EUR",
        ),
        Column("price_year", "integer", "Year of the price in euro.", null="not stated", unit="year"),
        Column(
            "price_covers_several",
            "boolean",
            "Whether the price in euro is for several titles together.",
            null="not stated",
        ),
        Column(
            "removed_on",
            "date",
            "Day on which a file of changes deleted this record of the title.",
            null="no file of changes deleted it",
            unit="day",
        ),
    ),
    ("statement_id",),
)

PROPRIETORSHIP_STATEMENT = Table(
    "proprietorship_statement",
    "What one record says about one proprietor of a title.",
    (
        *PROVENANCE,
        Column("title_id", "text", "GB-HMLR- or NL-BRK- and the number of the title."),
        Column("title_statement_id", "text", "Statement of the title."),
        Column("party_statement_id", "text", "Entity statement of the proprietor."),
        Column("position", "integer", "From 1, as the record numbers its proprietors.", unit="position"),
        Column("category", "text", "Proprietorship category, or right, as written.", null="not stated"),
        Column(
            "added_on", "date", "Day the proprietor was added to the title.", null="not stated", unit="day"
        ),
        Column(
            "right_kind",
            "text",
            "Kind of right in the title.",
            null="the register has one right for each title",
            values=("ownership", "leasehold", "superficies", "usufruct", "use_and_habitation", "other"),
        ),
        Column("right_id", "text", "Id of the right.", null="the register has one right for each title"),
        Column(
            "burdens_right_id",
            "text",
            "The first right that this one burdens, such as the ownership under a leasehold.",
            null="it burdens none, or the register has one right for each title",
        ),
        Column(
            "share_numerator",
            "integer",
            "Exact share of the right: the numerator.",
            null="not stated",
            unit="parts",
        ),
        Column(
            "share_denominator",
            "integer",
            "Exact share of the right: the denominator. The shares of a right add up to 1 together with "
            "those of natural persons, who are left out.",
            null="not stated",
            unit="parts",
        ),
        Column(
            "joint_share_id",
            "text",
            "Id of a share that several hold together, which counts once.",
            null="the share is not held jointly",
        ),
        Column(
            "deed_id",
            "text",
            "First part of a deed by which it was acquired.",
            null="not stated",
        ),
        Column(
            "deed_sum_eur",
            "money",
            "Sum of that deed for everything that it covers, repeated for each title and proprietor: do not "
            "add it up.",
            null="not stated",
            unit="EUR",
        ),
        Column(
            "removed_on",
            "date",
            "Day on which a file of changes deleted this record of the title.",
            null="no file of changes deleted it",
            unit="day",
        ),
    ),
    ("statement_id",),
)

TRANSACTION_STATEMENT = Table(
    "transaction_statement",
    "What one record says about the sale of a property. The address is in address_statement with role "
    "property.",
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
            "is_new_build",
            "boolean",
            "True if the publisher marks the property as newly built.",
            null="not stated",
        ),
        Column("tenure", "text", "Tenure.", values=TENURES),
        Column(
            "category",
            "text",
            "standard: a single residential sale at full market value. additional: every other sale.",
            values=("standard", "additional", "unknown"),
        ),
        Column(
            "record_status",
            "text",
            "What a monthly file says about the record.",
            null="this kind of file does not say; the record counts as added",
            values=("added", "changed", "deleted", "unknown"),
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

AREA_STATEMENT = Table(
    "area_statement",
    "The district of a postcode, as stated in a postcode list.",
    (
        *PROVENANCE,
        Column(
            "postcode",
            "text",
            "Postcode in capitals, with one space before the inward part of a UK postcode.",
            privacy="open",
        ),
        Column("district", "text", "Name or official code of the district.", privacy="open"),
    ),
    ("statement_id",),
)
