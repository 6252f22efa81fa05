"""What one record says about premises, a building or an address, its value, or a permit for it."""

from transforms.model.statements.money import FLOW_STATEMENT
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

PERMIT_STATES = ("applied", "granted", "refused", "revoked", "withdrawn")
# Party of a permit → what it is.
PERMIT_PARTIES = {
    "applicant": "applicant or holder",
    "financier": "financier of the business",
    "lessor": "lessor of the premises",
    "manager": "manager of the applicant's business",
}


def _party(role: str, words: str) -> tuple[Column, ...]:
    kind = FLOW_STATEMENT["payee_kind"].renamed(f"{role}_kind", f"Kind of {words}, by name; as for a payee.")
    return (
        kind if role == "applicant" else kind.optional("none is stated"),
        FLOW_STATEMENT["payee_name"].renamed(f"{role}_name", f"Name of the {words} as written."),
        FLOW_STATEMENT["payee_scheme"].renamed(f"{role}_scheme", "Register of that party's number."),
        FLOW_STATEMENT["payee_number"].renamed(f"{role}_number", "That party's number in the register."),
    )


PERMIT_STATEMENT = Table(
    "permit_statement",
    "What one record says about a permit for premises: who applied, who financed it, and what was decided. "
    "The premises are in address_statement with role premises.",
    (
        *PROVENANCE,
        Column("permit", "text", "The authority's number of the permit.", null="not stated"),
        Column("authority_id", "text", "Id of the authority that decides: `body:` and its name."),
        Column("permit_kind", "text", "Kind of permit as written.", null="not stated"),
        Column(
            "state",
            "text",
            "State of the application: asked for, granted, refused, revoked after it was granted, or "
            "withdrawn by the applicant.",
            values=PERMIT_STATES,
        ),
        Column("applied_on", "date", "Day of the application.", null="not stated", unit="day"),
        Column("decided_on", "date", "Day of the decision.", null="not decided, or not stated", unit="day"),
        *(column for role, words in PERMIT_PARTIES.items() for column in _party(role, words)),
        Column(
            "lessor_in_refusal",
            "boolean",
            "Whether the refusal or revocation names the lessor among its grounds.",
            null="not stated",
        ),
    ),
    ("statement_id",),
)
