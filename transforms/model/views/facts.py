"""What indicators share: the roles of registers and their gaps, marks, short lists, and views of facts.

A fact view is a query (`transforms/marts/facts/<name>.sql`) and not a table, because it has many rows.
"""

from collections.abc import Mapping

from transforms.model.statements import Column, Table
from transforms.model.subjects import SUBJECT_KINDS
from transforms.model.views.companies import ENDED_COMPANY, INSOLVENT_COMPANY
from transforms.model.views.money import CHARGE_ON_TITLE
from transforms.model.views.operations import EDITION_VIEW
from transforms.model.views.ownership import COMPANY_TIE, GROUP_INTEREST
from transforms.model.views.procurement import (
    CONTRACTING_PROCESS,
    PRICE_GAP,
    PROCESS_OUTCOME,
    PROCUREMENT_FENCE,
    PROCUREMENT_MEASURE,
)
from transforms.model.views.property import HANDOVER, PROPRIETORSHIP, TRANSACTION

PLACE = "Two letters of a country, or `elsewhere` for subjects that no register of a home country has."
GAP = (
    "Why absence proves nothing: missing:, extract: or rejected: and the register, not_published: and the "
    "role, edition_undated, or editions_apart."
)
ROLE_NAME = Column("role", "text", "Role, such as companies, owners, titles.", privacy="open")

REGISTER_ROLE = Table(
    "register_role",
    "Roles of every register that this version can read.",
    (
        Column("register", "text", "Register.", privacy="open"),
        Column("territory", "text", "Two letters of a country, or `world`.", privacy="open"),
        ROLE_NAME,
        Column("identifier_scheme", "text", "Scheme of the register's numbers; empty: none.", privacy="open"),
        Column("is_partial", "boolean", "It holds only a part of the role.", privacy="open"),
    ),
    ("register", "role"),
)
HOME_COUNTRY = Table(
    "home_country",
    "Countries of the registers in force.",
    (Column("country", "text", "Two lower-case letters.", privacy="open"),),
    ("country",),
)
HOME_AREA = Table(
    "home_area",
    "Districts of the run: those given to the command, else those that the home names. No row: everywhere.",
    (
        Column("area_name", "text", "District.", privacy="open"),
        Column("area_code", "text", "Official code.", null="not known", privacy="open"),
    ),
    ("area_name",),
)
HOME_LIMIT = Table(
    "home_limit",
    "The limit from which this authority's orders need quotations or a second signature. No "
    "row: the home names none.",
    (
        Column("payer_id", "text", "The authority, as its payments name it.", privacy="open"),
        Column("currency", "text", "Currency of most of its payments, an ISO 4217 code.", privacy="open"),
        Column("approval_limit", "money", "The limit.", unit="currency", privacy="open"),
    ),
    ("payer_id",),
)
HOME_SCHEME = Table(
    "home_scheme",
    "Schemes whose grants do not count towards the ceiling for small aid. No row: the home names none.",
    (Column("words", "text", "Words of the name of a scheme.", privacy="open"),),
    ("words",),
)
BINDING_REGIME = Table(
    "binding_regime",
    "Sanctions regimes that bind this authority: those that the home names, else those of the countries of "
    "the registers in force.",
    (Column("regime", "text", "UK, UN, EU, or two letters of a country.", privacy="open"),),
    ("regime",),
)
RELEASE_DAY = Table(
    "release_day",
    "The date of the release, for queries that look back from it. One row.",
    (Column("as_of", "date", "Date of the release.", unit="day", privacy="open"),),
    ("as_of",),
)
ROLE_HELD = Table(
    "role_held",
    "Whether absence from the registers that have the whole of a role proves anything, in each home country. "
    "Registers with a part of a role are in v_register_role.",
    (
        Column("territory", "text", PLACE, privacy="open"),
        ROLE_NAME,
        Column(
            "register",
            "text",
            "Its register; of several, the first by name.",
            null="no register there has the whole role",
            privacy="open",
        ),
        Column(
            "identifier_scheme",
            "text",
            "Scheme of the numbers of its registers; of several, the first by name.",
            null="no register there has the whole role",
            privacy="open",
        ),
        Column(
            "edition_on",
            "date",
            "Date of the edition in force; of several registers, the earliest.",
            null="one has none in force, or is undated",
            unit="day",
            privacy="open",
        ),
        Column("gap", "text", GAP, null="a complete edition of each of them is in force", privacy="open"),
    ),
    ("territory", "role"),
)
OWNERSHIP_GAP = Table(
    "ownership_gap",
    "Whether absence from the owners' register of a territory proves anything.",
    (
        Column("territory", "text", PLACE, privacy="open"),
        Column("gap", "text", GAP, null="absence counts", privacy="open"),
        Column("register", "text", "The owners' register.", null="there is none", privacy="open"),
        Column(
            "owners_on",
            "date",
            "Date of its edition in force.",
            null="none is in force, or it is undated",
            unit="day",
            privacy="open",
        ),
        Column(
            "companies_gap",
            "text",
            "extract: and the company register, if that is an extract.",
            null="it is not an extract",
            privacy="open",
        ),
    ),
    ("territory",),
)
REJECTED_SUBJECT = Table(
    "rejected_subject",
    "Subjects whose number is in a rejected record of an edition in force.",
    (
        Column("register", "text", "Register of the rejected record.", privacy="open"),
        Column("subject_id", "text", "The subject that it may be about."),
    ),
    ("register", "subject_id"),
)
OUT_OF_EDITION = Table(
    "out_of_edition",
    "Entries of company registers that are not in the edition in force.",
    (
        Column("company_id", "text", "The entry."),
        Column("gap", "text", "not_in_edition, or rejected: and the register.", privacy="open"),
    ),
    ("company_id",),
)
SALE_PERIOD = Table(
    "sale_period",
    "Periods for which every sale is held.",
    (
        Column("from_on", "date", "First day.", unit="day", privacy="open"),
        Column("to_on", "date", "Last day.", unit="day", privacy="open"),
    ),
    ("from_on",),
)
OFFSHORE_COUNTRY = Table(
    "offshore_country",
    "Countries on the shipped offshore list at the date of the release.",
    (Column("country", "text", "Two lower-case letters.", privacy="open"),),
    ("country",),
)
FUND_FORM = Table(
    "fund_form",
    "Legal forms of investment funds.",
    (Column("pattern", "text", "Pattern (LIKE) of the form in capitals.", privacy="open"),),
    ("pattern",),
)
TRUST_COMPANY = Table(
    "trust_company",
    "Trust companies, whose business is holding for many unrelated clients.",
    (
        Column("name", "text", "Name in capitals.", privacy="open"),
        Column("jurisdiction", "text", "Country.", privacy="open"),
    ),
    ("name", "jurisdiction"),
)
MARK = Table(
    "mark",
    "Marks of parties. The graph carries them upward (v_graph_reach, v_graph_chain), and indicators read "
    "them.",
    (
        Column("mark", "text", "Name of the mark.", privacy="open"),
        Column("subject_id", "text", "The party that has it.", privacy="personal"),
    ),
    ("mark", "subject_id"),
)

# --- views ------------------------------------------------------------------------------------------------

_FACT = (
    Column("role", "text", "Role of the fact in a flag.", privacy="open"),
    Column("statement_id", "text", "Statement with the fact.", privacy="open"),
    Column("field", "text", "Statement table and column of the fact.", privacy="open"),
)

EDITION_IN_USE = Table(
    "edition_in_use",
    "Editions in force, and those kept as history.",
    (
        *(
            EDITION_VIEW[name]
            for name in (
                "register",
                "dataset",
                "edition",
                "file_sha256",
                "edition_date",
                "status",
                "completeness",
                "stale_since",
            )
        ),
    ),
    ("register", "dataset", "edition", "file_sha256"),
)
HOLDING = Table(
    "holding",
    "Proprietors still on a title, with the date of the edition that shows them.",
    (
        *PROPRIETORSHIP,
        Column(
            "titles_on", "date", "Date of that edition.", null="it is undated", unit="day", privacy="open"
        ),
    ),
    ("statement_id",),
)
# Each fact view, with the tables that it reads.
FACT_VIEWS: Mapping[Table, tuple[str, ...]] = {
    EDITION_IN_USE: ("edition",),
    Table(
        "subject",
        "Everything that a flag may be about, with its name and district.",
        (
            Column("subject_type", "text", "Kind of subject.", values=tuple(SUBJECT_KINDS), privacy="open"),
            Column("subject_id", "text", "The subject."),
            Column("subject_name", "text", "Its name or address.", null="none is known"),
            Column("area_name", "text", "District.", null="none is known, or the subject has none"),
            Column("area_code", "text", "Official code of the district.", null="none is known"),
            Column(
                "territory",
                "text",
                "Two letters of a country: that of its register, or of an address. `world`: its register is "
                "of no single country. `elsewhere`: an address or property abroad or in an unknown country, "
                "or a control group, a set of directed entities or a money pattern.",
                null="a legal entity in no company register held here",
                privacy="open",
            ),
            Column(
                "is_private",
                "boolean",
                "A dwelling, or a sale of one, that no legal entity holds or held: counted in v_dwelling, "
                "never in v_flag.",
            ),
        ),
        ("subject_type", "subject_id"),
    ): tuple(sorted({table for kind in SUBJECT_KINDS.values() for table in kind.reads})),
    HOLDING: ("proprietorship",),
    HANDOVER: ("proprietorship",),
    CHARGE_ON_TITLE: ("proprietorship", "charge"),
    ENDED_COMPANY: ("company", "home_country", "release_day"),
    Table(
        "holder_here",
        "Parties that hold a title, or have a permit or an open application for one, in the districts of "
        "v_home_area (anywhere, if it has no row), or that a public body paid, awarded a contract or granted "
        "a subsidy.",
        (Column("party_id", "text", "The party."),),
        ("party_id",),
    ): ("proprietorship", "title", "home_area", "flow", "subsidy", "permit", "award"),
    INSOLVENT_COMPANY: ("insolvency", "company", "release_day"),
    Table(
        "sale",
        "Sales up to the date of the release, with other sales on the same day.",
        (
            *TRANSACTION,
            Column(
                "same_price_and_day_n",
                "integer",
                "Sales in the district with the same price and day, including this one; if there are two or "
                "more, each may have the price of all of them (a portfolio).",
                unit="sales",
            ),
            Column("first_sold_on", "date", "First sale of the property.", unit="day"),
            Column("quarter_start", "date", "First day of its quarter.", unit="day"),
            Column("year_start", "date", "First day of its year.", unit="day"),
        ),
        ("transaction_id",),
    ): ("transaction", "release_day"),
    Table(
        "interest_fact",
        "Facts that prove an interest: the right, the share, the holder and the entity held.",
        (Column("interest_id", "text", "The interest.", privacy="open"), *_FACT),
        ("interest_id", "role", "statement_id", "field"),
    ): ("interest", "relationship"),
    Table(
        "listing_fact",
        "Facts that prove that a party is on a watch list, or may be.",
        (
            Column("party_id", "text", "Party on the list, or candidate.", privacy="personal"),
            Column("listing_class", "text", "Class of the list.", privacy="open"),
            *_FACT,
        ),
        ("party_id", "listing_class", "role", "statement_id", "field"),
    ): ("listing", "screening"),
    Table(
        "listed_party",
        "Parties on watch lists, and parties of registers that may be one of them.",
        (
            Column("party_id", "text", "The party.", privacy="personal"),
            Column("listing_class", "text", "Class of the list.", privacy="open"),
            Column("is_candidate", "boolean", "Only a strong candidate of screening.", privacy="open"),
        ),
        ("party_id", "listing_class"),
    ): ("listing", "screening"),
    CONTRACTING_PROCESS: ("tender", "bid"),
    PROCESS_OUTCOME: ("award",),
    PRICE_GAP: ("award", "bid"),
    PROCUREMENT_MEASURE: ("award", "bid"),
    PROCUREMENT_FENCE: ("award", "bid"),
    Table(
        "opaque_vehicle",
        "Trusts, foundations, nominations and bearer holdings of which not every party is named.",
        (
            Column(
                "vehicle_id", "text", "The entity; for a bearer holding, the holder as the record names it."
            ),
            Column(
                "kind",
                "text",
                "trust: no settlor or no beneficiary is named. foundation: nobody behind it is named. "
                "nominee: no nominator is named. bearer: the bearer of the shares.",
                values=("trust", "foundation", "nominee", "bearer"),
            ),
            Column("statement_id", "text", "The record that describes it.", privacy="open"),
        ),
        ("vehicle_id",),
    ): ("entity", "person", "company", "exempt", "relationship", "interest"),
    Table(
        "marked", "Parties that have a mark, or whose holders above them have one.", MARK.columns, MARK.key
    ): ("mark", "graph_reach"),
    Table(
        "control_period",
        "Who certainly controls an entity, or did so by a right that gave control by itself. Chains of such "
        "rights are followed only above companies with a case of insolvency. Public and listed parties are "
        "left out.",
        (
            Column("company_id", "text", "The entity."),
            Column("party_id", "text", "Who controls it.", privacy="personal"),
            Column(
                "from_on",
                "date",
                "First day of the right, or first day on which all rights of the chain held.",
                null="held through others by a chain that was not followed, or not stated",
                unit="day",
            ),
            Column("to_on", "date", "First day without it.", null="it holds", unit="day"),
        ),
        ("company_id", "party_id", "from_on", "to_on"),
    ): ("interest", "insolvency", "graph_control", "exempt"),
    COMPANY_TIE: ("graph_control_group", "graph_ubo"),
    GROUP_INTEREST: ("graph_control_group", "graph_control", "graph_edge", "graph_ubo"),
    Table(
        "owned_entity",
        "Legal entities whose owners are assessed: those for which a register names a holder or has a "
        "declaration instead, and active companies that must declare their owners.",
        (Column("subject_id", "text", "The entity."),),
        ("subject_id",),
    ): ("relationship", "entity", "company"),
    Table(
        "listable_entity",
        "Legal entities that are assessed against watch lists; parties that are only on lists are left out.",
        (Column("subject_id", "text", "The entity."),),
        ("subject_id",),
    ): (
        "resolution",
        "register_role",
        "relationship",
        "entity",
        "company",
        "listing",
        "screening",
    ),
}
