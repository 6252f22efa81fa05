"""Titles, their proprietors, sales and prices of properties; premises and their valuations."""

from transforms.model.statements import (
    ADDRESS_STATEMENT,
    ENTITY_STATEMENT,
    PREMISES_STATEMENT,
    PROPERTY_TYPES,
    PROPRIETORSHIP_STATEMENT,
    TITLE_STATEMENT,
    TRANSACTION_STATEMENT,
    VALUATION_STATEMENT,
    Column,
    Table,
)
from transforms.model.views.addresses import DISTRICT

NO_DISTRICT = "the record names no district, or there is no title record"
NO_PRICE = "not stated, or not kept because a natural person holds a part of the title"

TITLE = Table(
    "title",
    "Registered titles in the editions in force. If the record in force was rejected, the last readable "
    "record is shown.",
    (
        TITLE_STATEMENT["title_id"],
        TITLE_STATEMENT["tenure"],
        TITLE_STATEMENT["address_text"],
        TITLE_STATEMENT["postcode"],
        TITLE_STATEMENT["units_n"],
        TITLE_STATEMENT["multiple_addresses"],
        TITLE_STATEMENT["price_paid_gbp"],
        TITLE_STATEMENT["additional_proprietors"],
        TITLE_STATEMENT["cadastral_name"],
        TITLE_STATEMENT["land_use"],
        TITLE_STATEMENT["land_area_m2"],
        TITLE_STATEMENT["price_paid_eur"].optional(NO_PRICE),
        TITLE_STATEMENT["price_year"].optional(NO_PRICE),
        TITLE_STATEMENT["price_covers_several"].optional(NO_PRICE),
        Column("area_name", "text", DISTRICT, null=NO_DISTRICT),
        Column(
            "area_code",
            "text",
            "Official code of the district.",
            null="the district's name is not in the area vocabulary",
        ),
        Column("territory", "text", "Territory of its register.", privacy="open"),
        TITLE_STATEMENT["register"],
        TITLE_STATEMENT["edition"],
        TITLE_STATEMENT["statement_id"],
    ),
    ("title_id",),
)

TITLE_ADDRESS = Table(
    "title_address",
    "Address units of a title, including titles that are in no edition in force but whose proprietors "
    "are kept in v_proprietorship. An address that lists several units gives several rows.",
    (
        TITLE_STATEMENT["title_id"],
        Column("address_id", "text", "Unit of the property."),
        Column(
            "property_id",
            "text",
            "One dwelling or unit: postcode, number and street.",
            null="several units, land, or no number",
        ),
        ADDRESS_STATEMENT["object_id"],
        ADDRESS_STATEMENT["designation_id"],
        ADDRESS_STATEMENT["role"],
        ADDRESS_STATEMENT["statement_id"],
    ),
    ("title_id", "statement_id"),
)

PROPRIETORSHIP = Table(
    "proprietorship",
    "Proprietors of titles: those on the title now, and those that a file of changes deleted or that a later "
    "complete edition no longer shows (ended_on).",
    (
        PROPRIETORSHIP_STATEMENT["title_id"],
        PROPRIETORSHIP_STATEMENT["position"],
        Column("party_id", "text", "The proprietor."),
        ENTITY_STATEMENT["name"].renamed("proprietor_name", "Name as the title writes it."),
        ENTITY_STATEMENT["identifier_native"].renamed(
            "number_native", "Company number as the title writes it."
        ),
        PROPRIETORSHIP_STATEMENT["category"],
        PROPRIETORSHIP_STATEMENT["added_on"],
        Column(
            "ended_on",
            "date",
            "Day on which a file of changes deleted the record of this proprietor; else the date of the "
            "first edition without this proprietor. A proprietor that left near the day of a sale may have "
            "sold, but no register says so.",
            null="still on the title",
            unit="day",
        ),
        *(
            PROPRIETORSHIP_STATEMENT[name]
            for name in (
                "right_kind",
                "right_id",
                "burdens_right_id",
                "share_numerator",
                "share_denominator",
                "joint_share_id",
                "deed_id",
                "deed_sum_eur",
            )
        ),
        Column(
            "method",
            "text",
            "How the proprietor was resolved.",
            values=(
                "identifier",
                "identifier_and_name",
                "identifier_unverified",
                "name_and_address",
                "name_and_jurisdiction",
                "records_agree",
                "judgement",
                "record",
            ),
        ),
        Column("territory", "text", "Territory of its register.", privacy="open"),
        PROPRIETORSHIP_STATEMENT["register"],
        PROPRIETORSHIP_STATEMENT["edition"],
        PROPRIETORSHIP_STATEMENT["statement_id"],
        Column("party_statement_id", "text", "Entity statement of the proprietor."),
    ),
    ("statement_id",),
)

TRANSACTION = Table(
    "transaction",
    "Sales of properties in the price registers, each once: the publisher's latest version; deleted "
    "sales are left out. And deeds of land registers by which legal entities acquired a title for a sum.",
    (
        TRANSACTION_STATEMENT["transaction_id"].renamed(
            "transaction_id", "GB-PPD- and the publisher's id, or NL-BRK-, the deed and the title."
        ),
        TITLE_STATEMENT["title_id"]
        .renamed("title_id", "Title transferred by the deed.")
        .optional("a price register"),
        Column(
            "property_id",
            "text",
            "One dwelling or unit.",
            null="land, several units, a flat that is not identified, or no usable address",
        ),
        Column(
            "address_id",
            "text",
            "Unit of the property; it is in v_address only if it also belongs to a title, a seat, a "
            "proprietor or a permit.",
            null="the address is too incomplete to identify a unit",
        ),
        TRANSACTION_STATEMENT["price_gbp"].optional("another currency"),
        Column("price", "money", "Price stated.", unit="currency"),
        Column("currency", "text", "ISO 4217 code of the price.", privacy="open"),
        TRANSACTION_STATEMENT["transferred_on"],
        TRANSACTION_STATEMENT["property_type"],
        TRANSACTION_STATEMENT["is_new_build"],
        TRANSACTION_STATEMENT["tenure"],
        TRANSACTION_STATEMENT["category"].renamed(
            "category",
            "standard: a single residential sale at full market value, or a deed for the whole of one title "
            "at its own price. additional: every other sale.",
        ),
        ADDRESS_STATEMENT["address_text"].optional("the record gives no address"),
        TRANSACTION_STATEMENT["postcode"],
        Column("area_name", "text", DISTRICT, null="the record names none"),
        Column(
            "area_code",
            "text",
            "Official code of the district.",
            null="the district's name is not in the area vocabulary",
        ),
        Column(
            "address_statement_id",
            "text",
            "Address statement of the property.",
            null="the record gives no address",
            privacy="open",
        ),
        Column("territory", "text", "Territory of its register.", privacy="open"),
        TRANSACTION_STATEMENT["register"],
        TRANSACTION_STATEMENT["edition"],
        TRANSACTION_STATEMENT["statement_id"],
    ),
    ("transaction_id",),
)

PROPERTY = Table(
    "property",
    "Properties of one unit that occur in title or price records.",
    (
        Column("property_id", "text", "One dwelling or unit: postcode, number and street."),
        Column(
            "address_id",
            "text",
            "Unit of the property; it is in v_address only if it belongs to a title, a seat, a proprietor "
            "or a permit.",
        ),
        ADDRESS_STATEMENT["address_text"],
        ADDRESS_STATEMENT["postcode"],
        Column("area_name", "text", DISTRICT, null="no record names one"),
        Column(
            "area_code",
            "text",
            "Official code of the district.",
            null="the district's name is not in the area vocabulary",
        ),
        Column("territory", "text", "Territory of the register that states it.", privacy="open"),
        Column("titles_n", "integer", "Registered titles of the property.", unit="titles"),
        Column("transactions_n", "integer", "Sales of the property.", unit="sales"),
        Column(
            "has_legal_entity_proprietor",
            "boolean",
            "A legal entity is or was proprietor of one of its titles.",
        ),
    ),
    ("property_id",),
)

PRICE_INDEX = Table(
    "price_index",
    "Median price by district, property type and quarter or year; only if based on at least 20 standard "
    "sales.",
    (
        Column("area_name", "text", DISTRICT),
        Column(
            "property_type",
            "text",
            "Kind of property; any for all kinds of dwellings together, by year only.",
            values=(*PROPERTY_TYPES, "any"),
        ),
        Column("period", "text", "Length of the period.", values=("quarter", "year")),
        Column("period_start", "date", "First day of the period.", unit="day"),
        Column("median_price_gbp", "money", "Median price.", null="another currency", unit="GBP"),
        Column("median_price", "money", "Median price.", unit="currency"),
        Column("currency", "text", "ISO 4217 code of the prices.", privacy="open"),
        Column("sales_n", "integer", "Sales that the median rests on.", unit="sales"),
    ),
    ("area_name", "property_type", "period", "period_start"),
)

PREMISES = Table(
    "premises",
    "Homes, offices, shops, berths and pitches at which a register held has something (a seat, a branch, a "
    "permit), one row for each period. A company's premises have its object_id and no valid_to.",
    (
        Column(
            "premises_id", "text", "Id of the record; not the premises_id of v_permit, which is an address."
        ),
        PREMISES_STATEMENT["object_id"],
        PREMISES_STATEMENT["kind"],
        PREMISES_STATEMENT["uses"],
        PREMISES_STATEMENT["status"],
        PREMISES_STATEMENT["status_native"],
        PREMISES_STATEMENT["floor_area_m2"],
        PREMISES_STATEMENT["built_year"].renamed(
            "built_year", "Year in which its building (the oldest, if several) was first built."
        ),
        PREMISES_STATEMENT["designation_id"],
        Column(
            "address_id",
            "text",
            "Address unit of its main address, as in v_address.",
            null="the extract has no such address, or it is too incomplete to identify a unit",
        ),
        ADDRESS_STATEMENT["address_text"].optional("the extract has no such address"),
        ADDRESS_STATEMENT["postcode"],
        PREMISES_STATEMENT["valid_from"],
        PREMISES_STATEMENT["valid_to"],
        PREMISES_STATEMENT["register"],
        PREMISES_STATEMENT["dataset"],
        PREMISES_STATEMENT["edition"],
        PREMISES_STATEMENT["record"],
        PREMISES_STATEMENT["statement_id"],
    ),
    ("premises_id",),
)

VALUATION = Table(
    "valuation",
    "Municipalities' valuations of objects at addresses at which a register held has something (a seat, a "
    "branch, a permit), one row for each object and reference day. Values of other addresses, and of objects "
    "without an official address, are not shown.",
    (
        Column("valuation_id", "text", "Id of the record."),
        VALUATION_STATEMENT["object_number"],
        VALUATION_STATEMENT["valued_on"],
        VALUATION_STATEMENT["value_eur"],
        VALUATION_STATEMENT["counts_from"],
        Column("designation_id", "text", "Official id of its address, as in v_premises."),
        VALUATION_STATEMENT["register"],
        VALUATION_STATEMENT["dataset"],
        VALUATION_STATEMENT["edition"],
        VALUATION_STATEMENT["record"],
        VALUATION_STATEMENT["statement_id"],
    ),
    ("valuation_id",),
)

HANDOVER = Table(
    "handover",
    "Who left a title, and who came to it within the 62 days before. The former may have sold to the latter; "
    "only deeds state it, with a price.",
    (
        PROPRIETORSHIP["title_id"],
        Column("left_id", "text", "Who left."),
        PROPRIETORSHIP["proprietor_name"].renamed("left_name", "Its name as the title wrote it."),
        Column("shown_on", "date", "Date of the last edition with it.", null="it is undated", unit="day"),
        PROPRIETORSHIP["ended_on"].renamed("left_by", "Day by which it left."),
        Column("left_statement_id", "text", "Its proprietorship statement."),
        Column(
            "earlier_transaction_id",
            "text",
            "The deed by which it acquired the title, as in v_transaction.",
            null="a register without deeds",
        ),
        Column("came_id", "text", "Who came."),
        PROPRIETORSHIP["proprietor_name"].renamed("came_name", "Its name as the title writes it."),
        PROPRIETORSHIP["added_on"].renamed("came_on", "Day on which it was added."),
        PROPRIETORSHIP["right_kind"],
        PROPRIETORSHIP["statement_id"],
        Column(
            "transaction_id",
            "text",
            "The deed by which it acquired the title, as in v_transaction if it states a sum.",
            null="a register without deeds",
        ),
    ),
    ("left_statement_id", "statement_id"),
)
