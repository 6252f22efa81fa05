"""What a release holds: one declaration for tables, views, COMMENTs, `v_dictionary` and the release gate.

Every `Table` here named `x` is a mart or result `x` and is shown as `v_x` (`Table.view`); its columns are the columns of the view.
Columns that a statement already declares are taken from there, so that a meaning stands once.
"""

from __future__ import annotations

from collections.abc import Mapping

from transforms.model.indicator import STATES
from transforms.model.statements import (
    ADDRESS_STATEMENT,
    BASES,
    ENTITY_STATEMENT,
    INTEREST_STATEMENT,
    LISTING_STATEMENT,
    PERSON_STATEMENT,
    PROPRIETORSHIP_STATEMENT,
    RELATIONSHIP_STATEMENT,
    TITLE_STATEMENT,
    TRANSACTION_STATEMENT,
    Column,
    Table,
)

E, P, R, N, A, T, S, X, L = (  # N: interests, X: transactions
    ENTITY_STATEMENT,
    PERSON_STATEMENT,
    RELATIONSHIP_STATEMENT,
    INTEREST_STATEMENT,
    ADDRESS_STATEMENT,
    TITLE_STATEMENT,
    PROPRIETORSHIP_STATEMENT,
    TRANSACTION_STATEMENT,
    LISTING_STATEMENT,
)
EXEMPT_CLASSES = (
    "state",
    "council",
    "listed",
    "charity",
    "housing_provider",
    "society",
    "utility",
    "church",
    "exempt",
)
INDEX_PERIODS = ("quarter", "year")
ADDRESS_CLASSES = ("ordinary", "mass", "agent", "business_centre", "practitioner", "default")
EDITION_STATUSES = ("in_force", "history", "superseded", "blocked")
CONTROL_VERDICTS = ("CERTAIN", "POSSIBLE")
CONTROL_KINDS = ("control", "joint", "influence")
REGIMES = ("AMLR", "UK", "STRICT")
CASCADE_REGIMES = ("EU", "OFAC", "UK")
CASCADE_SETS = (
    "sanctioned",
    "sanctioned_candidate",
)  # marks; the second set is the first with its candidates
CASCADE_WAYS = ("ownership", "control")
OWNER_VERDICTS = ("CERTAIN", "POSSIBLE", "UNDECLARED", "EXCLUDED", "NONE_FOUND")
OWNER_BASES = ("ownership", "control", "mixed")
NONE_FOUND_REASONS = (
    "listed",
    "state",
    "exempt",
    "protected",
    "undisclosed",
    "trust",
    "cycle",
    "below_threshold",
    "foreign_register_not_held",
    "nothing_declared",
)
MEMBER_TYPES = ("legal_entity", "title", "transaction", "property", "address", "control_group", "person")
MEMBER_ROLES = ("flagged", "linking")
LINK_KINDS = ("ownership", "control", "property", "address")
LINK_CERTAINTIES = ("certain", "possible")
CONTRADICTIONS = ("over", "impossible", "holder_is_owned")
DISTRICT = (
    "District in capitals: its name in the area vocabulary; of one that is not in it the publisher's, without commas, dots, hyphens and apostrophes, "
    "or City of before it. --area takes any spelling of either."
)
NO_DISTRICT = "the record names no district, or it is not in a title record"

COMPANY = Table(
    "company",
    "Legal entities with an entry of their own in a company register held here, as of the release's date.",
    (
        Column("company_id", "text", "org-id: scheme and number."),
        E["name"],
        E["former_names"],
        E["jurisdiction"],
        E["status"],
        E["status_native"],
        E["legal_form"],
        E["legal_form_class"],
        E["incorporated_on"],
        E["registered_on"],
        E["dissolved_on"],
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
            "First complete edition that did not hold the entry any more.",
            null="still in the register, or never seen to leave",
            unit="day",
        ),
        Column(
            "is_active",
            "boolean",
            "Not dissolved, converted, closed or gone from the register at the release's date.",
        ),
        E["industry_codes"],
        E["accounts_category"],
        E["accounts_due_on"],
        E["confirmation_due_on"],
        E["charges_n"],
        E["charges_outstanding_n"],
        Column(
            "must_declare_owners",
            "boolean",
            "Of a form that must declare its owners to the register (exemptions of a single company are in v_relationship).",
        ),
        Column(
            "is_residents_company",
            "boolean",
            "SIC 98000, guarantee form, or the name of a residents' or management company beside SIC 68320 (management of real estate for others).",
        ),
        Column(
            "address_id", "text", "Unit of the registered office.", null="too little is stated to tell a unit"
        ),
        Column(
            "address_statement_id",
            "text",
            "Address statement of the registered office.",
            null="the record gives no address",
            privacy="open",
        ),
        Column(
            "is_at_default_address",
            "boolean",
            "The registered office is called the registrar's default address, with a unit of its own or without.",
        ),
        A["postcode"],
        Column(
            "area_name",
            "text",
            "District of the registered office, by its postcode (v_area).",
            null="no property record names a district for the postcode",
        ),
        Column(
            "area_code",
            "text",
            "Official code of that district.",
            null="no district, or its name is not in the area vocabulary",
        ),
        E["register"],
        E["edition"],
        E["statement_id"],
    ),
    ("company_id",),
)

ENTITY = Table(
    "entity",
    "Every legal entity and arrangement met in any record: registered here, or only named as owner or proprietor.",
    (
        Column("entity_id", "text", "org-id, or an id of this project where no official number is usable."),
        E["name"],
        E["entity_type"],
        E["jurisdiction"],
        E["legal_form"],
        Column("in_register", "boolean", "True where a company register held here has its entry."),
        Column(
            "is_listed",
            "boolean",
            "True where a record of an edition in force says that its securities are traded on a public market.",
        ),
        Column(
            "statements_n",
            "integer",
            "Statements that speak of it, of all editions in force and history: a record counts once for each edition that has it.",
            unit="statements",
        ),
        E["statement_id"],
    ),
    ("entity_id",),
)

PERSON = Table(
    "person",
    "Natural persons named in records. Never a subject of a flag.",
    (
        Column("person_id", "text", "Keyed hash; stable from night to night.", privacy="personal"),
        P["person_type"],
        P["full_name"],
        P["birth_year"],
        P["birth_month"],
        Column(
            "statements_n",
            "integer",
            "Statements resolved to this person, of all editions in force and history: a record counts once for each edition that has it (v_resolution has register and record of each).",
            unit="statements",
        ),
        P["statement_id"],
    ),
    ("person_id",),
)

ADDRESS = Table(
    "address",
    "Address units: one row for one normalised unit that seats an entity, belongs to a title or serves a proprietor. Units that were only sold are in v_property.",
    (
        Column("address_id", "text", "Id of the unit: a hash of its normalised form."),
        A["address_text"],
        A["postcode"],
        A["country"],
        Column(
            "address_class",
            "text",
            "All but mass come from a vocabulary or confirmed lists, never from the count; a part of a listed building is of its class.",
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
        A["statement_id"],
    ),
    ("address_id",),
)

TITLE = Table(
    "title",
    "Registered titles of the editions in force; where the record in force was rejected, as the last one that could be read.",
    (
        T["title_id"],
        T["tenure"],
        T["address_text"],
        T["postcode"],
        T["units_n"],
        T["multiple_addresses"],
        T["price_paid_gbp"],
        T["additional_proprietors"],
        Column("area_name", "text", DISTRICT, null=NO_DISTRICT),
        Column(
            "area_code",
            "text",
            "Official code of the district.",
            null="the district's name is not in the area vocabulary",
        ),
        T["register"],
        T["edition"],
        T["statement_id"],
    ),
    ("title_id",),
)

TITLE_ADDRESS = Table(
    "title_address",
    "Address units of a title, also of one in no edition in force whose proprietors v_proprietorship keeps. A list of units in one address gives several rows.",
    (
        T["title_id"],
        Column("address_id", "text", "Unit of the property."),
        Column(
            "property_id",
            "text",
            "One dwelling or unit: postcode, number and street.",
            null="several units, land, or no number",
        ),
        A["role"],
        A["statement_id"],
    ),
    ("title_id", "statement_id"),
)

PROPRIETORSHIP = Table(
    "proprietorship",
    "Proprietors of titles: those on the title now, and those that a later complete edition no longer shows (ended_on).",
    (
        S["title_id"],
        S["position"],
        Column("party_id", "text", "The proprietor."),
        E["name"].renamed("proprietor_name", "Name as the title writes it."),
        E["identifier_native"].renamed("number_native", "Company number as the title writes it."),
        S["category"],
        S["added_on"],
        Column(
            "ended_on",
            "date",
            "Day of the first edition without this proprietor.",
            null="still on the title",
            unit="day",
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
        S["register"],
        S["edition"],
        S["statement_id"],
        Column("party_statement_id", "text", "Entity statement of the proprietor."),
    ),
    ("statement_id",),
)

RELATIONSHIP = Table(
    "relationship",
    "Subjects and interested parties, and declarations that name nobody, of the editions in force.",
    (
        Column("subject_id", "text", "The entity owned, controlled or declared about."),
        Column("party_id", "text", "The interested party.", null="no party is named: see unspecified_reason"),
        R["party_kind"],
        R["unspecified_reason"],
        R["declaration_code"],
        R["declaration_class"],
        R["valid_from"],
        R["valid_to"],
        R["is_ceased"],
        R["is_left_censored"],
        Column("is_open", "boolean", "Holds at the release's date."),
        Column(
            "is_office",
            "boolean",
            "All it says of the party is a seat on the board or a management post: nothing is held.",
        ),
        R["statement_id"],
        R["party_statement_id"],
    ),
    ("statement_id",),
)

INTEREST = Table(
    "interest",
    "Interests of relationships, with their intervals.",
    (
        Column("interest_id", "text", "Id of the interest's own statement."),
        Column("statement_id", "text", "The relationship statement it belongs to.", privacy="open"),
        Column("subject_id", "text", "The entity owned or controlled."),
        Column("party_id", "text", "The holder."),
        N["interest_type"],
        N["native_code"],
        N["basis"],
        N["reach"],
        N["joint_group"],
        N["share_min"],
        N["share_max"],
        N["share_min_exclusive"],
        N["share_max_exclusive"],
        N["share_fault"],
        N["share_native"],
        R["valid_from"],
        R["valid_to"],
        Column("is_open", "boolean", "Holds at the release's date."),
    ),
    ("interest_id",),
)

AREA = Table(
    "area",
    "District of each postcode, as the property registers name it; where records differ, the one most of them name.",
    (
        A["postcode"]
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
        Column("others_n", "integer", "Records that name another one.", unit="records"),
    ),
    ("postcode",),
)

TRANSACTION = Table(
    "transaction",
    "Sales of properties in the price registers, each once: the newest word of the publisher, deleted ones left out.",
    (
        X["transaction_id"],
        Column(
            "property_id",
            "text",
            "One dwelling or unit.",
            null="land, several units, a flat of which nothing tells which one, or no usable address",
        ),
        Column(
            "address_id",
            "text",
            "Unit of the property; v_address has it only where it is also of a title, a seat or a proprietor.",
            null="too little is stated to tell a unit",
        ),
        X["price_gbp"],
        X["transferred_on"],
        X["property_type"],
        X["is_new_build"],
        X["tenure"],
        X["category"],
        A["address_text"].optional("the record gives no address"),
        X["postcode"],
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
        X["register"],
        X["edition"],
        X["statement_id"],
    ),
    ("transaction_id",),
)

PROPERTY = Table(
    "property",
    "Properties of one unit met in title or price records.",
    (
        Column("property_id", "text", "One dwelling or unit: postcode, number and street."),
        Column(
            "address_id",
            "text",
            "Unit of the property; v_address has it only where it is of a title, a seat or a proprietor, and not where it was only sold.",
        ),
        A["address_text"],
        A["postcode"],
        Column("area_name", "text", DISTRICT, null="no record names one"),
        Column(
            "area_code",
            "text",
            "Official code of the district.",
            null="the district's name is not in the area vocabulary",
        ),
        Column("titles_n", "integer", "Registered titles of it held here.", unit="titles"),
        Column("transactions_n", "integer", "Sales of it held here.", unit="sales"),
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
    "Median price by district, kind of property and quarter, or year; only where at least 20 standard sales stand behind it.",
    (
        Column("area_name", "text", DISTRICT),
        X["property_type"],
        Column("period", "text", "Length of the period.", values=INDEX_PERIODS),
        Column("period_start", "date", "First day of the period.", unit="day"),
        Column("median_price_gbp", "money", "Median price.", unit="GBP"),
        Column("sales_n", "integer", "Sales behind it.", unit="sales"),
    ),
    ("area_name", "property_type", "period", "period_start"),
)

EXEMPT = Table(
    "exempt",
    "Legal entities that are public or exempt from declaring owners: state, council, listed, charity, housing provider, society, utility, church.",
    (
        Column("entity_id", "text", "The entity."),
        Column("exempt_class", "text", "Why.", values=EXEMPT_CLASSES),
        Column("statement_id", "text", "Statement that says so.", privacy="open"),
    ),
    ("entity_id",),
)

LISTING = Table(
    "listing",
    "Places on watch lists of the editions in force. A listing is of the party on the list; whether that is somebody in another register is in v_screening.",
    (
        Column("party_id", "text", "The party listed."),
        L["party_kind"],
        Column(
            "listed_name",
            "text",
            "Name as the list writes it.",
            null="the list gives none",
            privacy="personal",
        ),
        L["list_name"],
        L["topic"],
        L["listing_class"],
        L["programme"],
        L["position"],
        L["valid_from"],
        L["valid_to"],
        Column("is_open", "boolean", "Holds at the release's date."),
        L["register"],
        L["statement_id"],
        L["party_statement_id"],
    ),
    ("statement_id",),
)

SCREENING = Table(
    "screening",
    "Candidates of watch-list screening: a party of a register that may be a party on a list, with score and reason. A candidate is never merged; one that was judged to be another is left out.",
    (
        Column("party_id", "text", "Party of a register."),
        Column("listed_party_id", "text", "Party on a list."),
        Column("party_kind", "text", "What the two are.", values=("entity", "person")),
        Column("score", "number", "0 to 1.", unit="share"),
        Column("reason", "text", "What agrees, in words.", privacy="personal"),
        Column(
            "is_strong",
            "boolean",
            "At or above the bar of LNK-010: every part of the shorter name agrees, and birth year and month, or number and country.",
        ),
        Column("party_statement_id", "text", "Statement of the register's party.", privacy="open"),
        Column("listed_statement_id", "text", "Statement of the listed party.", privacy="open"),
    ),
    ("party_id", "listed_party_id"),
)

INTEGRATED = Table(
    "graph_integrated",
    "Integrated ownership N[i,j]/N[i,i] as bounds (OWNERSHIP.md). Above a million pairs in a component only ultimate holders are listed.",
    (
        Column("party_id", "text", "The holder."),
        Column("subject_id", "text", "The entity owned."),
        Column("basis", "text", "Matrix the figures belong to.", values=BASES),
        Column("share_min", "share", "Least share, directly and through others.", unit="per cent"),
        Column("share_max_declared", "share", "Most that the declared interests can give.", unit="per cent"),
        Column(
            "share_max",
            "share",
            "Most that is possible at all: what nobody declared may be this party's too.",
            unit="per cent",
        ),
        Column(
            "share_min_exclusive",
            "boolean",
            "True where the least share itself is not included: more than it is held.",
        ),
        Column(
            "share_max_declared_exclusive",
            "boolean",
            "True where the declared maximum itself is not included.",
        ),
        Column(
            "is_as_declared",
            "boolean",
            "Rests on interests of unknown reach (UK bands), which count in full what is held through a majority-held entity.",
        ),
    ),
    ("party_id", "subject_id", "basis"),
    shown_as="v_integrated_ownership",
)

CONTROL = Table(
    "graph_control",
    "Who controls whom: more than half of the votes (of shares where votes are not known) together with everything controlled, or a right over the board. Above a million pairs in a component only direct controllers are listed, those whom no single holder may control, and what others certainly control whom no single holder certainly controls.",
    (
        Column("party_id", "text", "The controller."),
        Column("subject_id", "text", "The entity controlled."),
        Column(
            "verdict",
            "text",
            "CERTAIN: whatever the true shares within their bounds; POSSIBLE: for some of them, or by influence.",
            values=CONTROL_VERDICTS,
        ),
        Column(
            "kind",
            "text",
            "control: by votes, shares or a board right; joint: together with the joint holders of one interest; influence: significant influence or control, which is not control by itself.",
            values=CONTROL_KINDS,
        ),
    ),
    ("party_id", "subject_id"),
    shown_as="v_control",
)

CONTROL_GROUP = Table(
    "graph_control_group",
    "Control groups: everything that one ultimate controller certainly controls. An ultimate controller is certainly controlled by nobody.",
    (
        Column("control_group_id", "text", "CG- and the controller's id; stable as long as that is."),
        Column("subject_id", "text", "Entity in the group."),
        Column("controller_id", "text", "Its ultimate controller."),
    ),
    ("control_group_id", "subject_id"),
    shown_as="v_control_group",
)

BENEFICIAL_OWNER = Table(
    "graph_ubo",
    "Beneficial owners by Regulation (EU) 2024/1624, articles 52 to 54, for each regime's threshold; or that none was found, and why. An indication from registers, not a legal finding.",
    (
        Column("subject_id", "text", "The legal entity or arrangement."),
        Column("party_id", "text", "The natural person.", null="nobody was found: see reason"),
        Column(
            "regime",
            "text",
            "AMLR: at least 25 per cent; UK: more than 25; STRICT: at least 15, only where an act names the class of entity.",
            values=REGIMES,
        ),
        Column(
            "share_min",
            "share",
            "Least integrated ownership, of the basis that gives most.",
            null="nobody was found, or control without a share",
            unit="per cent",
        ),
        Column(
            "share_max_declared",
            "share",
            "Most that the declared interests can give.",
            null="nobody was found, or control without a share",
            unit="per cent",
        ),
        Column(
            "share_max",
            "share",
            "Most that is possible at all.",
            null="nobody was found, or control without a share",
            unit="per cent",
        ),
        Column(
            "verdict",
            "text",
            "CERTAIN, POSSIBLE, UNDECLARED (only what nobody declared could make it so), EXCLUDED, or NONE_FOUND.",
            values=OWNER_VERDICTS,
        ),
        Column(
            "basis",
            "text",
            "ownership; control; mixed: through an entity controlled or owned (article 54).",
            null="nobody was found",
            values=OWNER_BASES,
        ),
        Column("witness", "texts", "interest_id of the interests that prove it."),
        Column(
            "reason", "text", "Why nobody was found.", null="somebody was found", values=NONE_FOUND_REASONS
        ),
        Column("is_as_declared", "boolean", "Rests on interests of unknown reach (UK bands)."),
    ),
    ("subject_id", "regime", "party_id"),
    shown_as="v_beneficial_owner",
)

CASCADE = Table(
    "graph_cascade",
    "Entities that designated parties own or control by the rule of a regime of financial sanctions: together at least half and so on down (OFAC, EU), one party's own chain more than half (UK), or certain control (EU, UK).",
    (
        Column("subject_id", "text", "The entity owned or controlled; never a designated party itself."),
        Column("regime", "text", "Whose rule.", values=CASCADE_REGIMES),
        Column(
            "party_set",
            "text",
            "Who is designated: parties on a sanctions list; or these and candidates of screening, where that gives more.",
            values=CASCADE_SETS,
        ),
        Column(
            "verdict",
            "text",
            "CERTAIN: on lower bounds; POSSIBLE: on declared upper bounds only.",
            values=CONTROL_VERDICTS,
        ),
        Column(
            "way",
            "text",
            "ownership: the counted share is enough; control: by certain control alone.",
            values=CASCADE_WAYS,
        ),
        Column(
            "share_min",
            "share",
            "Counted share at least.",
            null="POSSIBLE, or by control alone",
            unit="per cent",
        ),
        Column(
            "share_max",
            "share",
            "Counted share at most.",
            null="CERTAIN, or by control alone",
            unit="per cent",
        ),
        Column(
            "depth",
            "integer",
            "Rounds from the designated parties: 1 where they hold it themselves.",
            unit="rounds",
        ),
        Column("sources", "texts", "Designated parties that the proof reaches."),
        Column("witness", "texts", "interest_id of the interests that prove it, nearest first, at most 100."),
    ),
    ("subject_id", "regime", "party_set"),
    shown_as="v_cascade",
)

NETWORK = Table(
    "graph_network",
    "The network above each entity that has one.",
    (
        Column("subject_id", "text", "The entity."),
        Column(
            "depth_n",
            "integer",
            "Longest chain to a top holder, in the condensation: a strongly connected set is one step.",
            unit="steps",
        ),
        Column("closure_n", "integer", "Parties above it, itself excluded.", unit="parties"),
        Column("closure_entities_n", "integer", "Legal entities among them.", unit="entities"),
        Column(
            "foreign_id",
            "text",
            "Nearest legal entity above it that is incorporated in another country.",
            null="none known",
        ),
        Column("foreign_depth_n", "integer", "Steps to that entity.", null="none known", unit="steps"),
    ),
    ("subject_id",),
)

CONTRADICTION = Table(
    "graph_contradiction",
    "Interests that cannot all be true, as the register gives them. The figures stay as they are and are out of the arithmetic by rule.",
    (
        Column("subject_id", "text", "The entity held."),
        Column("basis", "text", "Basis of the interests.", values=BASES),
        Column(
            "kind",
            "text",
            "over: minima exceed the whole; impossible: a share below 0, above 100 or with its bounds reversed; holder_is_owned: a natural person with holders.",
            values=CONTRADICTIONS,
        ),
        Column(
            "sum_min",
            "number",
            "Sum of the minima counted, each overlap once.",
            null="not a matter of a sum",
            unit="per cent",
        ),
        Column("sum_min_exclusive", "boolean", "One of the minima counted is exclusive."),
        Column("interests_n", "integer", "Open interests of this basis.", unit="interests"),
        Column("statement_id", "text", "Smallest relationship statement among them.", privacy="open"),
    ),
    ("subject_id", "basis", "kind"),
)

SCC = Table(
    "graph_scc",
    "Strongly connected sets of the closure graph: at least two legal entities, or one that holds itself.",
    (
        Column("subject_id", "text", "Legal entity in the set."),
        Column("scc_id", "text", "Smallest legal entity of the set."),
        Column("size_n", "integer", "Legal entities in the set.", unit="entities"),
        Column("holds_itself", "boolean", "It has an interest in itself."),
    ),
    ("subject_id",),
)

CYCLE = Table(
    "graph_cycle",
    "For each entity in a cycle, the shortest cycle through it, as the interests that prove it. Cycles of more than 500 steps are listed for the set's scc_id only.",
    (
        Column("subject_id", "text", "The entity."),
        Column(
            "position",
            "integer",
            "Step of the cycle, from 1, starting with the interest held by the entity.",
            unit="steps",
        ),
        Column("party_id", "text", "Holder at this step."),
        Column("held_id", "text", "Entity held at this step."),
        Column("statement_id", "text", "Relationship statement of the step.", privacy="open"),
    ),
    ("subject_id", "position"),
)

EDGE = Table(
    "graph_edge",
    "Pairs of holder and held with an open interest of the closure, component by component, each with one interest that stands for it: the network that the macros closure and path walk on.",
    (
        Column(
            "component_no",
            "integer",
            "Weakly connected component: the same for all parties that are linked at all; a number of this release only.",
            unit="number",
        ),
        Column("subject_id", "text", "The entity held."),
        Column("party_id", "text", "The holder."),
        Column(
            "interest_id",
            "text",
            "The interest with the largest minimum.",
            null="the register states the holder and not by what right",
        ),
        Column("statement_id", "text", "Relationship statement of that interest.", privacy="open"),
        N["basis"].optional("the register states the holder and not by what right"),
        N["share_min"].optional("the interest has no share, or it is not stated"),
        N["share_max"].optional("the interest has no share, or it is not stated"),
    ),
    ("component_no", "subject_id", "party_id"),
    shown_as="v_closure_edge",
)

REACH = Table(
    "graph_reach",
    "For each entity and mark, what its closure upward reaches.",
    (
        Column("subject_id", "text", "The entity."),
        Column(
            "mark", "text", "Mark declared by an indicator, or natural_person, protected_party, legal_entity."
        ),
        Column("nearest_id", "text", "Nearest marked party above."),
        Column("depth", "integer", "Steps to it.", unit="steps"),
        Column("n", "integer", "Marked parties in the closure, without the subject.", unit="parties"),
        Column("all_tops", "boolean", "Every top of the closure carries the mark."),
    ),
    ("subject_id", "mark"),
)

LAYERS = Table(
    "graph_layers",
    "Longest chain of legal entities above each entity, in the condensation: a strongly connected set is one step. Entities without one are not listed.",
    (
        Column("subject_id", "text", "The entity."),
        Column(
            "layers_n",
            "integer",
            "Legal entities on the longest chain above it: persons and arrangements do not count.",
            unit="entities",
        ),
        Column(
            "via_id",
            "text",
            "The entity itself; of a strongly connected set whose chain begins at another member, that member.",
        ),
        Column("holder_id", "text", "First party on that chain: the holder of via_id."),
    ),
    ("subject_id",),
)

CHAIN = Table(
    "graph_chain",
    "For each entity and barred mark, the nearest marked party on a chain that passes no holder of the mark's companion (a listed, state or fund holder).",
    (
        Column("subject_id", "text", "The entity."),
        Column(
            "mark",
            "text",
            "Mark declared by an indicator together with a companion of the same name and _blocks.",
        ),
        Column("nearest_id", "text", "Nearest marked party above, on such chains."),
        Column("depth", "integer", "Steps to it.", unit="steps"),
        Column(
            "is_every_chain",
            "boolean",
            "No chain leads to a top, or to a holder that bars it, without a marked party on it.",
        ),
    ),
    ("subject_id", "mark"),
)

GROUP_PART = Table(
    "graph_group_part",
    "What large control groups (50 entities or more) fall into without their controller: entities related to each other by holding, or by another holder.",
    (
        Column("control_group_id", "text", "The control group."),
        Column("subject_id", "text", "Entity in the group."),
        Column(
            "part_id",
            "text",
            "Smallest entity of the group that it is related to without the controller; itself where there is none.",
        ),
    ),
    ("control_group_id", "subject_id"),
)

RESOLUTION = Table(
    "resolution",
    "Which party each party record was resolved to, and how: a row for each record of every edition that is in force or history.",
    (
        Column("party_id", "text", "The party."),
        E["register"],
        E["edition"],
        E["record"],
        Column("statement_id", "text", "Entity or person statement of the record.", privacy="open"),
        Column(
            "method",
            "text",
            "identifier: the register's own number; identifier_and_name: number and name agree; identifier_unverified: no register held to compare, or name and VAT number, or name and the number of a register abroad, agree with those of a record that states the number; name_and_address: no number, name, country and address agree; name_and_jurisdiction: no number, one company of that name in the country; records_agree: no usable number of the record, and it is one with others by name, country and VAT number, address, or number of a register there; name_birth_address: person, another record has the same; linkage: person, by a weight of what agrees although records differ; judgement: a person judged the record to be of this party; record: no match of its own: it stands alone, or is the same record in another edition or register, or others were judged to be of its party.",
            values=(
                "identifier",
                "identifier_and_name",
                "identifier_unverified",
                "name_and_address",
                "name_and_jurisdiction",
                "records_agree",
                "name_birth_address",
                "linkage",
                "judgement",
                "record",
            ),
        ),
        Column(
            "score",
            "number",
            "1 for an identifier; of linkage, the probability; of a company without a number, how sure the rule is, or the score of the candidate that it has; else the similarity of names, 0 to 1.",
            unit="share",
        ),
        Column(
            "candidate_id",
            "text",
            "A candidate, not a match: the party whose number is stated and whose name does not agree (score 0), of an overseas proprietor, the overseas entity of that name and country (score 1) or a like one (below 1); of another company without a number, the one of that name in its country (0.5); or, of a person, the likeliest other one (of method record, score is its probability).",
            null="none",
        ),
    ),
    ("statement_id",),
)

LINK_OUTCOMES = ("joined", "candidate", "refused")
LINK_REASONS = ("judged", "size", "birth", "forename", "middle_name", "identifiers", "kind")
RESOLUTION_LINK = Table(
    "resolution_link",
    "Pairs of records that were weighed as one party, or of companies without a usable number that their name joined; what came of each, and why. `undertow resolve` shows them.",
    (
        Column("register", "text", "Register of one record.", privacy="open"),
        E["record"],
        Column("other_register", "text", "Register of the other.", privacy="open"),
        Column("other_record", "text", "The register's own locator of the other record.", privacy="open"),
        Column(
            "outcome",
            "text",
            "joined: one party; candidate: too little for that; refused: a limit of clusters, or a judgement, keeps them apart.",
            values=LINK_OUTCOMES,
        ),
        Column(
            "reason",
            "text",
            "The limit: judged to be of two; too many ways of writing (size); births, forenames, middle names or official numbers that exclude each other, also of records that hang together only through others; a person and an entity (kind).",
            null="nothing was refused",
            values=LINK_REASONS,
        ),
        Column(
            "score",
            "number",
            "Probability that the two are one; of companies, how sure the rule is; 1 for a judgement that was refused.",
            unit="share",
            privacy="personal",
        ),
        Column(
            "weight_bits",
            "number",
            "Log odds of that, base 2.",
            null="not weighed: judged, written alike, or companies",
            unit="bits",
            privacy="personal",
        ),
        Column(
            "steps",
            "texts",
            "What the weight is made of: comparison, level and bits, parted by |; the prior first. Of companies: what agrees beside the name (unit, postcode or number; distinct or unstated: the name tells companies apart, its country is stated or that of the address). Of persons that are written alike and were not weighed: key.",
            privacy="personal",
        ),
    ),
    ("register", "record", "other_register", "other_record"),
)

FLAG = Table(
    "flag",
    "States of indicators: every flagged and every not assessable subject. A flag is an indication, not a finding.",
    (
        Column(
            "flag_id", "text", "Hash of indicator, subject and discriminator; stable from night to night."
        ),
        Column("indicator", "text", "Code of the indicator."),
        Column("family", "text", "First three letters of the code."),
        Column("weak", "boolean", "Never opens a case alone."),
        Column("subject_id", "text", "What the flag is about; never a natural person."),
        Column("subject_type", "text", "Kind of subject."),
        Column("subject_name", "text", "Name or address of the subject.", null="none known"),
        Column(
            "state",
            "text",
            "flagged or not_assessable (not_flagged is counted only, in v_indicator).",
            values=STATES,
        ),
        Column("reason", "text", "Why it is not assessable, or a sub-reason.", null="none needed"),
        Column("subtype", "text", "Kind of flag, where an indicator tells several apart.", null="one kind"),
        Column("value", "number", "The measured value.", null="nothing to measure"),
        Column("unit", "text", "Unit of value and threshold.", null="nothing to measure"),
        Column("threshold", "number", "The parameter it was compared with.", null="no threshold"),
        Column("peer_n", "integer", "Peers compared with.", null="no peer group", unit="subjects"),
        Column("parameters", "text", "Parameters used, as JSON."),
        Column("explanation", "text", "One sentence with the numbers in it.", privacy="personal"),
        Column(
            "case_id",
            "text",
            "Case the flag belongs to.",
            null="not assessable; or weak or of a register's own faults, and beside no flag that opens a case; or about a price record or dwelling of which no legal entity is or was proprietor",
        ),
        Column("area_name", "text", "District of the subject.", null="not known"),
        Column("area_code", "text", "Official code of the district.", null="not known"),
        Column("as_of", "date", "Date of the facts.", unit="day"),
        Column(
            "first_seen_on",
            "date",
            "By the editions held: the first day of each fact in v_evidence, on which its record said the same in the same place; of them the latest. What is missing from a register is no fact, and has no day here.",
            unit="day",
            null="not assessable",
        ),
    ),
    ("flag_id",),
)

EVIDENCE = Table(
    "evidence",
    "The facts a flag rests on, down to the source record.",
    (
        Column("flag_id", "text", "The flag."),
        Column("position", "integer", "Order of the fact, from 1.", unit="position"),
        Column("role", "text", "What the fact is to the flag."),
        E["register"],
        E["edition"],
        E["file_sha256"],
        E["record"],
        Column("field", "text", "Canonical field: statement table and column."),
        Column("value", "text", "Its value, as text.", null="the record leaves it blank", privacy="personal"),
        Column("statement_id", "text", "The statement.", privacy="open"),
        Column(
            "stale_since",
            "date",
            "Date of its edition, where a newer delivery was blocked.",
            null="not stale",
            unit="day",
            privacy="open",
        ),
    ),
    ("flag_id", "position"),
)

CASE = Table(
    "review_case",
    "Cases for review: flagged subjects joined through ownership, control, property and address units that may link. In review order; never one score. A weak flag opens none, nor does a fault of a register's own records; a price record or dwelling is in one only where a legal entity is or was proprietor.",
    (
        Column(
            "case_id",
            "text",
            "UT-C- and the id of its earliest flag that opens a case (anchor_flag_id). Where an id of an earlier release leads is in v_case_alias.",
        ),
        Column(
            "position",
            "integer",
            "Place in the review order, from 1: number of families, then rarity, then earliest flag.",
            unit="position",
        ),
        Column(
            "title",
            "text",
            "Subject of the earliest flag, and what was flagged, in words; what only candidates of screening give is called not confirmed. Never a natural person's name.",
        ),
        Column(
            "families_n",
            "integer",
            "Independent families of indicators among its flags; data-quality flags count as none.",
            unit="families",
        ),
        Column("families", "texts", "Those families, in alphabetical order."),
        Column("indicators", "texts", "Codes of all indicators among its flags."),
        Column(
            "rarity",
            "number",
            "Sum over the families of -log10 of the base rate, each once, by its rarest indicator here.",
            unit="decades",
        ),
        Column("flags_n", "integer", "Flags in it, weak and data-quality ones included.", unit="flags"),
        Column("subjects_n", "integer", "Flagged subjects.", unit="subjects"),
        Column("members_n", "integer", "Flagged subjects and the parties between them.", unit="members"),
        Column(
            "area_name",
            "text",
            "District that most of its flags name.",
            null="no flag of it has a known district",
        ),
        Column(
            "area_code",
            "text",
            "Official code of that district.",
            null="no district, or its name is not in the area vocabulary",
        ),
        Column("anchor_flag_id", "text", "Its earliest flag that opens a case."),
        Column("first_seen_on", "date", "First-seen date of its earliest flag.", unit="day"),
        Column("newest_flag_on", "date", "First-seen date of its newest flag.", unit="day"),
        Column(
            "links_max_n",
            "integer",
            "A party, title or address with more links than this joined nobody here; lower than usual where the case would have been too large.",
            unit="links",
        ),
        Column("as_of", "date", "Date of the facts.", unit="day"),
    ),
    ("case_id",),
    shown_as="v_case",  # CASE is a word of SQL
)

CASE_MEMBER = Table(
    "case_member",
    "Who and what is in a case: flagged subjects, and the parties, titles and addresses between them.",
    (
        Column("case_id", "text", "The case."),
        Column("subject_id", "text", "The member."),
        Column(
            "subject_type",
            "text",
            "Kind of member; a natural person is only ever linking.",
            values=MEMBER_TYPES,
        ),
        Column(
            "subject_name", "text", "Name or address of the member.", null="none known, or a natural person"
        ),
        Column(
            "role",
            "text",
            "flagged: it has a flag; linking: it stands between flagged members.",
            values=MEMBER_ROLES,
        ),
        Column("flags_n", "integer", "Flags it has.", unit="flags"),
    ),
    ("case_id", "subject_id"),
)

CASE_LINK = Table(
    "case_link",
    "What joins the members of a case, with a statement that says so.",
    (
        Column("case_id", "text", "The case."),
        Column(
            "from_id",
            "text",
            "Holder, proprietor, seated entity, title of a property, or property of a sale.",
        ),
        Column("to_id", "text", "Entity held, title, address unit, property, or sale."),
        Column("kind", "text", "What the link is.", values=LINK_KINDS),
        Column(
            "certainty",
            "text",
            "certain: a register states it, by official number or in one record; possible: by influence, an unknown right, a share that may be nothing, a number that no register held could confirm, or a proprietor who left.",
            values=LINK_CERTAINTIES,
        ),
        Column(
            "statement_id",
            "text",
            "The statement that says so.",
            null="it follows from the graph",
            privacy="open",
        ),
    ),
    ("case_id", "from_id", "to_id", "kind"),
)

INDICATOR_VIEW = Table(
    "indicator",
    "The indicators of this release, with their three counts.",
    (
        Column("code", "text", "Code.", privacy="open"),
        Column("title", "text", "Short name.", privacy="open"),
        Column("family", "text", "Family.", privacy="open"),
        Column("weak", "boolean", "Never opens a case alone.", privacy="open"),
        Column(
            "data_quality",
            "boolean",
            "Its flags say that a register contradicts itself: they show in a case, open none and count as no family.",
            privacy="open",
        ),
        Column("subject_type", "text", "Kind of subject.", privacy="open"),
        Column("n_flagged", "integer", "Subjects flagged.", unit="subjects", privacy="open"),
        Column(
            "n_not_flagged", "integer", "Subjects assessed and not flagged.", unit="subjects", privacy="open"
        ),
        Column(
            "n_not_assessable",
            "integer",
            "Subjects that could not be assessed.",
            unit="subjects",
            privacy="open",
        ),
        Column(
            "base_rate",
            "number",
            "Flagged of assessed.",
            unit="share",
            null="nothing was assessable",
            privacy="open",
        ),
        Column("parameters", "text", "Parameters used, as JSON.", privacy="open"),
        Column("source", "text", "Where the indicator comes from.", privacy="open"),
        Column(
            "page", "text", "Its page: condition, method, exclusions, explanations, source.", privacy="open"
        ),
        Column(
            "rule_sha256",
            "text",
            "Version of the rule: SHA-256 of its declaration (queries, parameters, words), and of the marts and macros it was evaluated on.",
            privacy="open",
        ),
    ),
    ("code",),
)

REGISTER_VIEW = Table(
    "register",
    "The registers this release knows how to read.",
    (
        Column("register", "text", "Name, as everywhere in this database.", privacy="open"),
        Column("title", "text", "Publisher's name of the product.", privacy="open"),
        Column("publisher", "text", "Who publishes it.", privacy="open"),
        Column("territory", "text", "ISO 3166 code.", privacy="open"),
        Column("licence", "text", "Licence.", privacy="open"),
        Column("cadence", "text", "How often it appears.", privacy="open"),
        Column("kind", "text", "snapshot, series or delta.", privacy="open"),
        Column("url", "text", "Where it is published.", privacy="open"),
        Column("edition_in_force", "text", "Edition used in this release.", null="none held", privacy="open"),
        Column(
            "stale_since",
            "date",
            "Date of the oldest edition in force of which a newer delivery was blocked.",
            null="not stale",
            unit="day",
            privacy="open",
        ),
    ),
    ("register",),
)

EDITION_VIEW = Table(
    "edition",
    "Every edition read, and what became of its records: rows_in = rows_loaded + rows_rejected + rows_ignored.",
    (
        Column("register", "text", "Register.", privacy="open"),
        Column("dataset", "text", "Data set.", privacy="open"),
        Column("edition", "text", "ISO date, or sha-<12>.", privacy="open"),
        Column(
            "edition_date",
            "date",
            "Date of the edition.",
            null="the publisher dates nothing",
            unit="day",
            privacy="open",
        ),
        Column("status", "text", "What it is used for.", values=EDITION_STATUSES, privacy="open"),
        Column(
            "completeness",
            "text",
            "Whether anything contradicts that it is whole.",
            values=("complete", "extract"),
            privacy="open",
        ),
        Column("completeness_reason", "text", "Why.", privacy="open"),
        Column(
            "declared_rows",
            "integer",
            "Records the publisher says it has.",
            null="no total published",
            unit="records",
            privacy="open",
        ),
        Column("file_name", "text", "Name of the file, or of its first part.", privacy="open"),
        Column("file_sha256", "text", "SHA-256 of the file, or of its parts' hashes.", privacy="open"),
        Column("file_bytes", "integer", "Size as delivered.", unit="bytes", privacy="open"),
        Column("rows_in", "integer", "Physical records, header excluded.", unit="records", privacy="open"),
        Column("rows_loaded", "integer", "Records that became statements.", unit="records", privacy="open"),
        Column("rows_rejected", "integer", "Records quarantined.", unit="records", privacy="open"),
        Column(
            "rows_ignored",
            "integer",
            "Trailers, totals, duplicates, and records of kinds that are not read: `ignored_reasons` says which.",
            unit="records",
            privacy="open",
        ),
        Column(
            "ignored_reasons", "texts", "Why records were ignored, each reason with how many.", privacy="open"
        ),
        Column(
            "earlier_parser",
            "boolean",
            "Read by an earlier version of the program, as the file is in the landing folder no more: put it there again to have it read anew.",
            privacy="open",
        ),
        Column(
            "rows_suppressed",
            "integer",
            "Of the loaded: records of purged persons, kept as a protected record is.",
            unit="records",
            privacy="open",
        ),
        Column("blocked_code", "text", "Why it is not used.", null="not blocked", privacy="open"),
        Column(
            "blocked_message",
            "text",
            "Why it is not used and what to do.",
            null="not blocked",
            privacy="open",
        ),
        Column(
            "stale_since",
            "date",
            "Date of the edition in force, where a newer one, or a later file of the same one, was blocked.",
            null="not stale",
            unit="day",
            privacy="open",
        ),
    ),
    ("register", "dataset", "edition", "file_sha256"),
)

REJECT_VIEW = Table(
    "reject",
    "Records that were quarantined. The raw record is never here.",
    (
        Column("register", "text", "Register.", privacy="open"),
        Column("dataset", "text", "Data set.", privacy="open"),
        Column("edition", "text", "Edition.", privacy="open"),
        Column("code", "text", "Why.", privacy="open"),
        Column("field", "text", "Native field at fault.", null="the whole record", privacy="open"),
        Column("locator", "text", "Part, record and byte where it stands.", privacy="open"),
        Column("file_sha256", "text", "SHA-256 of the edition's file.", privacy="open"),
        Column("record_no", "integer", "Position in the edition, from 1.", unit="records", privacy="open"),
    ),
    ("register", "dataset", "edition", "file_sha256", "record_no"),
)

FINDING_VIEW = Table(
    "finding",
    "What was met and not known: categories, fields, number prefixes. Loaded as they are, and named here.",
    (
        Column("register", "text", "Register.", privacy="open"),
        Column("dataset", "text", "Data set.", privacy="open"),
        Column("edition", "text", "Edition.", privacy="open"),
        Column("code", "text", "unknown_category, unknown_field, unknown_prefix …", privacy="open"),
        Column("field", "text", "Native field.", privacy="open"),
        Column("value", "text", "The category, key or prefix met.", null="blank"),
        Column("rows_n", "integer", "Records with it.", unit="records", privacy="open"),
        Column("file_sha256", "text", "SHA-256 of the edition's file.", privacy="open"),
    ),
    ("register", "dataset", "edition", "file_sha256", "code", "field", "value"),
)

GATE_VIEW = Table(
    "gate",
    "Every expectation checked, by stage.",
    (
        Column(
            "stage", "text", "lake, graph or release.", values=("lake", "graph", "release"), privacy="open"
        ),
        Column("register", "text", "Register.", null="not about one register", privacy="open"),
        Column(
            "dataset",
            "text",
            "Data set; a file that is landed under two names may be two.",
            null="not about one edition",
            privacy="open",
        ),
        Column("edition", "text", "Edition.", null="not about one edition", privacy="open"),
        Column(
            "file_sha256",
            "text",
            "SHA-256 of the edition's file.",
            null="not about one edition",
            privacy="open",
        ),
        Column("table_name", "text", "Table checked.", privacy="open"),
        Column("expectation", "text", "What was expected.", privacy="open"),
        Column(
            "severity", "text", "Whether a failure blocks.", values=("blocking", "warning"), privacy="open"
        ),
        Column("passed", "boolean", "Outcome.", privacy="open"),
        Column("rows_n", "integer", "Rows that failed it.", unit="rows", privacy="open"),
        Column(
            "example", "text", "Locator of one of them.", null="passed, or not about rows", privacy="open"
        ),
    ),
    ("stage", "register", "dataset", "edition", "file_sha256", "table_name", "expectation"),
)

RELEASE_VIEW = Table(
    "release",
    "This release. One row.",
    (
        Column("release_id", "text", "Sequence number and content hash.", privacy="open"),
        Column("as_of", "date", "Date of the facts.", unit="day", privacy="open"),
        Column(
            "known_at",
            "date",
            "Only editions dated up to it were used.",
            null="every edition held was used",
            unit="day",
            privacy="open",
        ),
        Column(
            "content_sha256",
            "text",
            "Hash over every table's rows; equal inputs give equal hashes.",
            privacy="open",
        ),
        Column("code_version", "text", "Version of undertow.", privacy="open"),
        Column("synthetic", "boolean", "True for the demonstration town.", privacy="open"),
        Column(
            "ledger_head",
            "text",
            "Head of the ledger with this release's entry, which holds all earlier ones (`undertow audit verify`).",
            privacy="open",
        ),
    ),
    ("release_id",),
)

RUN_VIEW = Table(
    "run",
    "The run that built this release. One row.",
    (
        Column("run_id", "text", "Id of the run.", privacy="open"),
        Column("started_at", "timestamp", "Start, UTC.", privacy="open", unit="UTC"),
        Column("built_at", "timestamp", "End of the build, UTC.", privacy="open", unit="UTC"),
        Column("engine", "text", "plain or prefect.", values=("plain", "prefect"), privacy="open"),
    ),
    ("run_id",),
)

ALARM = Table(
    "alarm",
    "Registers that are not renewed, a release that was damaged, and lists that others may have taken the place of, as the night found it; outside the content hash, as it depends on the nights before.",
    (
        Column("register", "text", "Register; `release` where a release was damaged.", privacy="open"),
        Column("dataset", "text", "Data set; the id of a damaged release.", privacy="open"),
        Column(
            "kind",
            "text",
            "Whether deliveries are refused, or do not come, or the release that was in force had been damaged, or an edition names none of the lists of the one before.",
            values=("blocked", "overdue", "damaged", "other_lists"),
            privacy="open",
        ),
        Column(
            "since",
            "date",
            "Date of the edition in force.",
            null="no dated edition is in force, or a release was damaged",
            unit="day",
            privacy="open",
        ),
        Column(
            "nights_n",
            "integer",
            "Nights in a row, this one among them.",
            null="not counted in nights",
            unit="nights",
            privacy="open",
        ),
        Column("message", "text", "What it is and what to do.", privacy="open"),
    ),
    ("register", "dataset", "kind"),
)

PARTY_CHANGES = ("merged", "split", "moved", "renamed")
RESOLUTION_CHANGE = Table(
    "resolution_change",
    "Records whose party has another id than in the release before this one: every merge and split. Outside the content hash, as it depends on that release.",
    (
        Column("previous_party_id", "text", "The party in the release before."),
        Column("party_id", "text", "The party now."),
        E["register"],
        E["record"],
        Column(
            "change",
            "text",
            "merged: records of several parties are one now; split: those of one are several; moved: both; renamed: the earliest record is another.",
            values=PARTY_CHANGES,
        ),
        Column(
            "reason",
            "text",
            "Of a merge, the method that holds the record to its party now (v_resolution); of a split, the limit that was met, judgement_withdrawn where the judgement that joined them was taken back or is on a record that is gone, or no_link_left where records or rules have changed; of a record that moved, both: that of the merge, a semicolon, and that of the split; earliest_record of a new name.",
        ),
        Column("method", "text", "How the record is resolved now.", values=RESOLUTION["method"].values),
        Column("score", "number", "Of that, as in v_resolution.", unit="share"),
    ),
    ("previous_party_id", "party_id", "register", "record"),
)

PARTY_ALIAS = Table(
    "party_alias",
    "Where the id of a party that merged or was split leads now, through all releases since. Outside the content hash, as it depends on those.",
    (
        Column("previous_party_id", "text", "The id as it was noted; after a split it may be a party still."),
        Column("party_id", "text", "A party of this release that holds records of it."),
        Column("change", "text", "What happened first.", values=PARTY_CHANGES),
        Column(
            "last_release_id", "text", "Last release in which the id stood for all of it.", privacy="open"
        ),
    ),
    ("previous_party_id", "party_id"),
)

CASE_CHANGES = ("renamed", "merged", "split")
CASE_ALIAS = Table(
    "case_alias",
    "Where the id of a case of an earlier release leads now, through all releases since. An id that a case has is not here, nor one whose case closed. Outside the content hash, as it depends on those releases.",
    (
        Column("previous_case_id", "text", "The id as it was noted."),
        Column(
            "case_id",
            "text",
            "The case of this release that it leads to: of several the one with its earliest flag, else with most of its flags or subjects, else the first in review order.",
        ),
        Column(
            "reason",
            "text",
            "What happened first. renamed: its earliest flag was cleared or has another id, or an earlier one was raised; merged: the case was one with another then; split: it fell apart, and neither part kept the id.",
            values=CASE_CHANGES,
        ),
        Column(
            "shared",
            "text",
            "flags: every step on the way was by flags that stood on; subjects: at one none of its flags did, and the case had flags on the same subjects.",
            values=("flags", "subjects"),
        ),
        Column("last_release_id", "text", "Last release in which a case had the id.", privacy="open"),
    ),
    ("previous_case_id",),
)

UNRECOGNISED_VIEW = Table(
    "unrecognised_file",
    "Files of the landing folder that belong to no register, and why.",
    (
        Column("file_name", "text", "Path within the landing folder.", privacy="open"),
        Column("reason", "text", "Why it was not read.", privacy="open"),
        Column("file_bytes", "integer", "Size.", unit="bytes", privacy="open"),
    ),
    ("file_name",),
)

DICTIONARY = Table(
    "dictionary",
    "Every view, table macro and column: the manual.",
    (
        Column("view", "text", "View, or table macro.", privacy="open"),
        Column("column", "text", "Column; blank for the view or macro itself.", privacy="open"),
        Column("type", "text", "DuckDB type; VIEW or MACRO where there is no column.", privacy="open"),
        Column("unit", "text", "Unit.", privacy="open"),
        Column("description", "text", "Meaning, and what a null means.", privacy="open"),
        Column("privacy", "text", "open, entity or personal.", privacy="open"),
    ),
    ("view", "column"),
)

# Facts of the night: equal inputs give equal rows.
MARTS: Mapping[str, Table] = {
    table.name: table
    for table in (
        COMPANY,
        ENTITY,
        PERSON,
        ADDRESS,
        TITLE,
        TITLE_ADDRESS,
        PROPRIETORSHIP,
        RELATIONSHIP,
        INTEREST,
        RESOLUTION,
        AREA,
        TRANSACTION,
        PROPERTY,
        PRICE_INDEX,
        EXEMPT,
        LISTING,
        SCREENING,
    )
}
GRAPH_TABLES: Mapping[str, Table] = {
    table.name: table
    for table in (
        INTEGRATED,
        CONTROL,
        CONTROL_GROUP,
        BENEFICIAL_OWNER,
        NETWORK,
        CONTRADICTION,
        EDGE,
        SCC,
        CYCLE,
        REACH,
        LAYERS,
        CHAIN,
        GROUP_PART,
        CASCADE,
    )
}
RESULTS: Mapping[str, Table] = {
    table.name: table
    for table in (
        RESOLUTION_LINK,
        FLAG,
        EVIDENCE,
        CASE,
        CASE_MEMBER,
        CASE_LINK,
        INDICATOR_VIEW,
        REGISTER_VIEW,
        EDITION_VIEW,
        REJECT_VIEW,
        FINDING_VIEW,
        GATE_VIEW,
        UNRECOGNISED_VIEW,
    )
}
# About this release itself, so outside its content hash.
ABOUT: Mapping[str, Table] = {
    table.name: table
    for table in (RELEASE_VIEW, RUN_VIEW, ALARM, RESOLUTION_CHANGE, PARTY_ALIAS, CASE_ALIAS, DICTIONARY)
}
RELEASE_TABLES: Mapping[str, Table] = {**MARTS, **GRAPH_TABLES, **RESULTS, **ABOUT}
