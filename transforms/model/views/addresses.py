"""Address units, and the district of each postcode."""

from transforms.model.statements import ADDRESS_STATEMENT, Column, Table

DISTRICT = (
    "District in capitals: its name in the area vocabulary or, if it is not listed there, the "
    "publisher's name without commas, dots, hyphens and apostrophes, and without a leading `City of`. "
    "--area accepts any spelling of either."
)

NO_DISTRICT_KNOWN = "(no district known)"  # stands for a missing district in counts
ADDRESS_CLASSES = ("ordinary", "mass", "agent", "business_centre", "practitioner", "default")

ADDRESS = Table(
    "address",
    "Address units: one row for each normalised unit that is the seat of an entity, belongs to a title, "
    "is a proprietor's address, or the premises of a permit. A unit that only occurs in sales is in "
    "v_property.",
    (
        Column("address_id", "text", "Id of the unit: a hash of its normalised form."),
        Column(
            "unit_id",
            "text",
            "Id of the unit with which it is counted: its own, or that of the PO box with which its building "
            "is also written (v_address_alias).",
        ),
        ADDRESS_STATEMENT["address_text"],
        ADDRESS_STATEMENT["postcode"],
        ADDRESS_STATEMENT["country"],
        Column(
            "territory",
            "text",
            "Home country of the address: as stated, else that of the register that states the address.",
            null="abroad, or not known",
            privacy="open",
        ),
        Column(
            "address_class",
            "text",
            "Every class except mass comes from a vocabulary, not from a count; practitioner from `care of` "
            "in half of the seats or more. A part of a listed building has the class of the building.",
            values=ADDRESS_CLASSES,
        ),
        Column(
            "active_seats_n",
            "integer",
            "Active entities seated at the unit, in any of its spellings.",
            unit="entities",
        ),
        Column(
            "area_name",
            "text",
            "District of the postcode.",
            null="no property record, postcode list or place name gives it (see v_area)",
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

ADDRESS_ALIAS = Table(
    "address_alias",
    "Buildings without a postcode that are written with and without their PO box: both count as the unit of "
    "the box.",
    (
        Column("address_id", "text", "Address unit of the building."),
        Column("unit_id", "text", "Address unit of its PO box."),
    ),
    ("address_id",),
)

AREA = Table(
    "area",
    "District of each postcode: as the property registers name it (where records differ, the name that most "
    "of them give), else as a postcode list does, else by the place that addresses there name.",
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
        Column(
            "basis",
            "text",
            "register: property records name it. list: a postcode list does. place: an address there names "
            "it, or a place that lies in one district among the postcodes with the same first half.",
            values=("register", "list", "place"),
            privacy="open",
        ),
        Column("records_n", "integer", "Records or addresses that state this district.", unit="records"),
        Column("others_n", "integer", "Records or addresses that state another one.", unit="records"),
    ),
    ("postcode",),
)
