"""Table macros of a release: `from ubo('GB-COH-…')` in any DuckDB client. Each has a declaration and a `.sql`
file.

A file is one SELECT whose parameters are the macro's arguments, by name. It reads tables of the release by
unqualified names (after ATTACH they need `USE`) and keeps to what DuckDB 1.2.2 supports: no USING KEY, no
lambda. It terminates on cycles. A recursive query stays within one weakly connected component (`graph_edge`),
because a recursion over a whole country would have to hash all of it first. The columns are declared here for
the dictionary and for the check of a built release.
"""

from dataclasses import dataclass

from transforms.model.sql import read_sql
from transforms.model.statements import Column
from transforms.model.views import (
    BENEFICIAL_OWNER,
    COMPANY,
    CONTROL,
    CONTROL_GROUP,
    EDGE,
    FLOW,
    INTEGRATED,
    LISTING,
    PROPRIETORSHIP,
    TITLE,
)

KINDS = ("legal_entity", "arrangement", "person", "protected")
CLOSE_LINK_VERDICTS = ("CERTAIN", "POSSIBLE")
NAME = Column(
    "name",
    "text",
    "Name, of a legal entity or of a natural person.",
    null="no record names it",
    privacy="personal",
)
PARTY = Column("party_id", "text", "The party.", privacy="personal")


@dataclass(frozen=True)
class Macro:
    """A table macro: its arguments (name, meaning), its columns, and the release's tables that it reads."""

    name: str
    description: str
    arguments: tuple[tuple[str, str], ...]
    columns: tuple[Column, ...]
    reads: tuple[str, ...]

    @property
    def call(self) -> str:
        return f"{self.name}({', '.join(name for name, _ in self.arguments)})"

    @property
    def sql(self) -> str:
        return read_sql(__package__, self.name)

    @property
    def statement(self) -> str:
        """The SQL statement that creates the macro."""
        return f"create macro {self.call} as table {self.sql}"

    @property
    def meaning(self) -> str:
        """The description, with the call and its arguments."""
        return (
            f"from {self.call}: {self.description} "
            f"{' '.join(f'{name}: {text}' for name, text in self.arguments)}"
        )


U, I, C, F = BENEFICIAL_OWNER, INTEGRATED, CONTROL, FLOW  # noqa: E741


MACROS: tuple[Macro, ...] = (
    Macro(
        "ubo",
        "Beneficial owners of a legal entity or arrangement under each regime, with the person's name, or "
        "why none was found. A regime that is not listed was not assessed.",
        (("id", "the entity's id."),),
        (
            U["regime"],
            U["party_id"],
            NAME.optional("nobody was found, or the person is protected"),
            U["share_min"],
            U["share_max_declared"],
            U["share_max"],
            U["share_min_exclusive"],
            U["share_max_declared_exclusive"],
            U["verdict"],
            U["basis"],
            U["reason"],
            U["is_as_declared"],
            U["witness"],
            Column("records_n", "integer", "Relationship records that prove it.", unit="records"),
        ),
        ("graph_ubo", "person", "interest"),
    ),
    Macro(
        "control_of",
        "Who controls a legal entity or arrangement, or may do so.",
        (("id", "the entity's id."),),
        (
            C["party_id"],
            NAME,
            C["verdict"],
            C["kind"],
            CONTROL_GROUP["control_group_id"].optional(
                "this controller is itself certainly controlled, or its control is not certain"
            ),
        ),
        ("graph_control", "graph_control_group", "entity", "person"),
    ),
    Macro(
        "owned_by",
        "What a party owns, directly and through others, on each basis.",
        (("id", "the party's id."),),
        (
            I["subject_id"],
            NAME.renamed("name", "Name of the entity owned."),
            I["basis"],
            I["share_min"],
            I["share_max_declared"],
            I["share_max"],
            I["share_min_exclusive"],
            I["share_max_declared_exclusive"],
            I["is_as_declared"],
        ),
        ("graph_integrated", "entity"),
    ),
    Macro(
        "path",
        "The shortest chain of open interests from a holder down to an entity held through others; of "
        "several, the one with the smallest ids. No rows if there is none, or from a party to itself (see "
        "v_graph_cycle).",
        (("a", "id of the holder."), ("b", "id of the entity held.")),
        (
            Column("position", "integer", "Step, from 1: the holder's own interest.", unit="steps"),
            PARTY.renamed("party_id", "Holder at this step."),
            NAME.renamed("party_name", "Its name."),
            Column("held_id", "text", "Entity held at this step."),
            NAME.renamed("held_name", "Its name."),
            EDGE["interest_id"],
            EDGE["statement_id"],
            EDGE["basis"],
            EDGE["share_min"],
            EDGE["share_max"],
        ),
        ("graph_edge", "entity", "person"),
    ),
    Macro(
        "closure",
        "Every party above an entity, through open interests of any size.",
        (("id", "the entity's id."),),
        (
            PARTY.renamed("party_id", "The party above."),
            NAME,
            Column("kind", "text", "What the party is.", null="no record speaks of it", values=KINDS),
            Column("depth", "integer", "Fewest steps to it.", unit="steps"),
        ),
        ("graph_edge", "entity", "person"),
    ),
    Macro(
        "close_links",
        "Close links of a party: 20 per cent or more of one is integrated ownership of the other, or a "
        "common holder has that much of both; by capital or by votes, whichever is more.",
        (("id", "the party's id."),),
        (
            Column("other_id", "text", "The party linked.", privacy="personal"),
            NAME,
            Column("via", "text", "The common holder.", null="one owns of the other", privacy="personal"),
            Column(
                "verdict",
                "text",
                "CERTAIN: by the least share. POSSIBLE: by the declared maximum.",
                values=CLOSE_LINK_VERDICTS,
            ),
        ),
        ("graph_integrated", "entity", "person"),
    ),
    Macro(
        "money_of",
        "What a party received and paid, summed by counterparty, kind, year and currency; credits are "
        "subtracted. A counterparty that is no known company is summed by its name, and those whose names "
        "are not kept together.",
        (("id", "the party's id, or that of a public body (`body:…`)."),),
        (
            Column("direction", "text", "Side on which the party stands.", values=("received", "paid")),
            Column("counterparty_id", "text", "The other party.", null="its company is not known"),
            Column("counterparty_name", "text", "Its name.", null="not kept, or not stated"),
            F["kind"],
            F["status"],
            Column("year_no", "integer", "Calendar year.", unit="year"),
            F["currency"],
            Column("lines_n", "integer", "Lines summed.", unit="lines"),
            F["amount"].renamed("amount", "Sum, net of credits."),
            F["flowed_on"].renamed("first_on", "Day of the first line."),
            F["flowed_on"].renamed("last_on", "Day of the last line."),
        ),
        ("flow",),
    ),
    Macro(
        "money_between",
        "Every line of money between two parties, in either direction, oldest first.",
        (("a", "id of one party."), ("b", "id of the other.")),
        tuple(
            F[name]
            for name in (
                "flow_id",
                "payer_id",
                "payee_id",
                "kind",
                "status",
                "amount",
                "currency",
                "flowed_on",
                "purpose",
                "register",
                "record",
            )
        ),
        ("flow",),
    ),
    Macro(
        "money_path",
        "The shortest chains of payments from one party to another: at most four payments, each no earlier "
        "than the one before, within two years; not through public bodies or conduits, and without planned "
        "payments and payments that a credit cancelled. No rows if there is none, or from a party to itself "
        "(see v_flow_pattern).",
        (("a", "id of the first payer."), ("b", "id of the last payee.")),
        (
            Column(
                "path_no", "integer", "Chain, from 1, by the day on which the money arrived.", unit="chains"
            ),
            Column("position", "integer", "Hop of the chain, from 1.", unit="hops"),
            *(F[name] for name in ("flow_id", "payer_id", "payee_id", "flowed_on", "amount", "currency")),
        ),
        ("flow",),
    ),
    Macro(
        "own_money",
        "Money that a party received from related companies: payments, transfers and loans of companies in "
        "its control group, or with a certain beneficial owner in common.",
        (("id", "the party's id."),),
        (
            Column("source_id", "text", "Who paid or lent."),
            NAME.renamed("source_name", "Its name."),
            Column("link", "text", "What joins them.", values=("control_group", "beneficial_owner")),
            F["kind"],
            Column("day", "date", "Day of the payment, or of the charge.", null="not stated", unit="day"),
            F["amount"].optional("not stated"),
            F["currency"].optional("no amount stated"),
            F["statement_id"],
        ),
        ("flow", "charge", "graph_control_group", "graph_ubo", "entity"),
    ),
    Macro(
        "title_timeline",
        "What happened to a title, in order of time: proprietors, sales of its property, charges.",
        (("id", "the title's id."),),
        (
            Column("day", "date", "Day.", null="the record gives none", unit="day"),
            Column("event", "text", "What happened."),
            PARTY.optional("no party is known"),
            NAME.renamed("party_name", "Its name as the record writes it."),
            Column("amount", "money", "Price, or amount secured.", null="not stated", unit="currency"),
            F["currency"].optional("no amount stated"),
            F["statement_id"],
        ),
        ("proprietorship", "transaction", "title", "title_address", "charge"),
    ),
    Macro(
        "portfolio",
        "Titles that a party holds or held, itself or through what it certainly controls.",
        (("id", "the party's id."),),
        (
            PROPRIETORSHIP["title_id"],
            TITLE["address_text"].optional("the title is in no edition in force"),
            TITLE["area_name"],
            PROPRIETORSHIP["party_id"].renamed("proprietor_id"),
            PROPRIETORSHIP["proprietor_name"],
            Column("is_controlled", "boolean", "Held by an entity that the party controls."),
            PROPRIETORSHIP["added_on"],
            PROPRIETORSHIP["ended_on"],
            TITLE["price_paid_gbp"],
            TITLE["price_paid_eur"],
            TITLE["price_year"],
            TITLE["price_covers_several"],
            PROPRIETORSHIP["statement_id"],
        ),
        ("proprietorship", "title", "graph_control"),
    ),
    Macro(
        "upstream_listed",
        "Watch-list entries about an entity, and about every party above it through open interests of any "
        "size; certain entries, and candidates of screening.",
        (("id", "the entity's id."),),
        (
            PARTY.renamed("party_id", "The entity, or the party above it."),
            Column(
                "certainty",
                "text",
                "Whether the party is certainly the listed one, or a candidate.",
                values=("listed", "candidate"),
            ),
            *(
                LISTING[name]
                for name in (
                    "list_name",
                    "topic",
                    "listing_class",
                    "programme",
                    "is_binding",
                    "is_open",
                    "valid_from",
                    "statement_id",
                )
            ),
        ),
        ("graph_edge", "listing", "screening"),
    ),
    Macro(
        "sector_concentration",
        "ARE-020: districts where three or more companies of an industry class are in one control group, and "
        "whether the class is concentrated there: its location quotient is above the fence of all districts "
        "that have it (Q3 + 3 IQR, of at least 20 districts). It is about a district, so it is not a flag: a "
        "port has port firms.",
        (("place", "territory of the companies, such as 'gb'."),),
        (
            Column("area_name", "text", "District of the registered offices.", privacy="open"),
            COMPANY["area_code"],
            Column("nace_class", "text", "First four digits of an industry code.", privacy="open"),
            Column("companies_n", "integer", "Active companies of the class there.", unit="companies"),
            Column("area_companies_n", "integer", "All active companies there.", unit="companies"),
            Column(
                "location_quotient",
                "number",
                "Share of the class among the companies there, divided by its share in all districts.",
                unit="ratio",
            ),
            Column("peers_n", "integer", "Districts that have a company of the class.", unit="districts"),
            Column(
                "fence",
                "number",
                "The class is concentrated above this value.",
                null="too few districts",
                unit="ratio",
            ),
            CONTROL_GROUP["control_group_id"],
            Column(
                "group_companies_n", "integer", "Companies of the class there in the group.", unit="companies"
            ),
            Column(
                "is_concentrated", "boolean", "The quotient is above the fence.", null="too few districts"
            ),
        ),
        ("company", "graph_control_group"),
    ),
)
