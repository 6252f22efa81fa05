"""What one record says about premises, a building or an address, or about its value."""

from transforms.model.statements.parties import PROVENANCE
from transforms.model.statements.property import ADDRESS_STATEMENT
from transforms.model.statements.tables import Column, Table

PREMISES_USES = (
    "dwelling",
    "assembly",
    "cell",
    "health_care",
    "industry",
    "office",
    "lodging",
    "education",
    "sport",
    "shop",
    "other",
    "unknown",
)
_PERIOD = (
    Column("valid_from", "date", "First day on which this holds.", unit="day"),
    Column("valid_to", "date", "First day on which it no longer holds.", null="it still holds", unit="day"),
)

PREMISES_STATEMENT = Table(
    "premises_statement",
    "What one record says about a home, office, berth, pitch or building in a period.",
    (
        *PROVENANCE,
        Column("object_id", "text", "Official id: NL-BAG- and its number."),
        Column(
            "kind",
            "text",
            "Kind of object; a unit is a home, an office or a shop.",
            values=("unit", "berth", "pitch", "building"),
        ),
        Column("uses", "texts", "Permitted uses, from " + ", ".join(PREMISES_USES) + "."),
        Column(
            "status",
            "text",
            "Status in this project's classes.",
            values=("planned", "in_use", "out_of_use", "ended", "never_built", "unknown"),
        ),
        Column("status_native", "text", "Status as the record writes it.", null="the record gives none"),
        Column("floor_area_m2", "integer", "Floor area.", null="not stated, or no unit", unit="m2"),
        Column(
            "built_year",
            "integer",
            "Year in which the building was first built.",
            null="not known, or no building",
            unit="year",
        ),
        Column("building_ids", "texts", "Official ids of the buildings of which it is a part."),
        Column(
            "designation_id", "text", "Official id of its main address.", null="not stated, or a building"
        ),
        Column("further_designation_ids", "texts", "Official ids of its further addresses."),
        *_PERIOD,
    ),
    ("statement_id",),
)

DESIGNATION_STATEMENT = Table(
    "designation_statement",
    "What one record says about an official address in a period. The premises with that address are in "
    "premises_statement.",
    (
        *PROVENANCE,
        Column("designation_id", "text", "Official id of the address: NL-BAG- and its number."),
        *(
            ADDRESS_STATEMENT[name]
            for name in ("address_text", "locality", "country", "postcode", "unit_key", "address_id")
        ),
        *_PERIOD,
    ),
    ("statement_id",),
)

VALUATION_STATEMENT = Table(
    "valuation_statement",
    "What one record says about the value of an object, as determined by a municipality for its taxes.",
    (
        *PROVENANCE,
        Column(
            "object_number", "text", "Number of the valued object, which may be several premises or none."
        ),
        Column("valued_on", "date", "Reference day of the value.", unit="day"),
        Column("value_eur", "money", "The value.", unit="EUR"),
        Column("counts_from", "date", "First day for which taxes use it.", null="not stated", unit="day"),
        Column(
            "registered_native",
            "text",
            "When it was entered, as the record writes it. The latest for an object and day counts.",
            null="not stated",
        ),
        Column("designation_id", "text", "Official id of its address: NL-BAG- and its number.", null="none"),
    ),
    ("statement_id",),
)
