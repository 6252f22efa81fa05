"""Address units, and the district of each postcode."""

from transforms.model.statements import ADDRESS_STATEMENT, Column, Table

DISTRICT = (
    "District in capitals: its name in the area vocabulary or, if it is not listed there, the "
    "publisher's name without commas, dots, hyphens and apostrophes, and without a leading `City of`. "
    "--area accepts any spelling of either."
)

ADDRESS_CLASSES = ("ordinary", "mass", "agent", "business_centre", "practitioner", "default")

ADDRESS = Table(
    "address",
    "Address units: one row for each normalised unit that is the seat of an entity, belongs to a title, "
    "or is a proprietor's address. A unit that only occurs in sales is in v_property.",
    (
        Column("address_id", "text", "Id of the unit: a hash of its normalised form."),
        ADDRESS_STATEMENT["address_text"],
        ADDRESS_STATEMENT["postcode"],
        ADDRESS_STATEMENT["country"],
        Column(
            "address_class",
            "text",
            "Every class except mass comes from a vocabulary or a confirmed list, never from a count. A "
            "part of a listed building has the class of the building.",
            values=ADDRESS_CLASSES,
        ),
        Column("active_seats_n", "integer", "Active entities seated here.", unit="entities"),
        Column(
            "area_name",
            "text",
            "District of the postcode.",
            null="no property record names a district for the postcode",
        ),
        Column(
            "area_code",
            "text",
            "Official code of the district.",
            null="no district, or its name is not in the area vocabulary",
        ),
        ADDRESS_STATEMENT["statement_id"],
    ),
    ("address_id",),
)

AREA = Table(
    "area",
    "District of each postcode, as the property registers name it; where records differ, the name that "
    "most of them give.",
    (
        ADDRESS_STATEMENT["postcode"]
        .renamed("postcode", "Postcode in capitals, one space before the inward part.")
        .optional(""),
        Column("area_name", "text", DISTRICT),
        Column(
            "area_code",
            "text",
            "Official code of the district.",
            null="the district's name is not in the area vocabulary",
        ),
        Column("records_n", "integer", "Records that name this district for the postcode.", unit="records"),
        Column("others_n", "integer", "Records that name another district.", unit="records"),
    ),
    ("postcode",),
)
