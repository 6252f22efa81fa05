"""What one record says about a contracting process: the tender, who bid, and who was awarded what.

The terms are those of the Open Contracting Data Standard 1.1: a *contracting process* has one tender, bids,
and awards. A notice under the EU's eForms says the same of one procedure. Source:
https://standard.open-contracting.org/1.1/en/schema/.
"""

from transforms.model.statements.money import FLOW_STATEMENT
from transforms.model.statements.parties import PROVENANCE
from transforms.model.statements.tables import Column, Table

PROCUREMENT_METHODS = ("open", "selective", "limited", "direct", "unknown")
AWARD_STATUSES = ("pending", "active", "cancelled", "unsuccessful", "unknown")
BID_STATUSES = ("invited", "pending", "valid", "disqualified", "withdrawn", "unknown")

PROCESS_ID = Column("process_id", "text", "Id of the contracting process: an ocid, or the id of a procedure.")
RELEASED_AT = Column(
    "released_at",
    "timestamp",
    "When the record was published. The newest record about a process counts.",
    null="not stated",
    unit="UTC",
)

TENDER_STATEMENT = Table(
    "tender_statement",
    "What one record says about a contracting process as a whole.",
    (
        *PROVENANCE,
        PROCESS_ID,
        RELEASED_AT,
        Column("title", "text", "What is bought, as the record says.", null="not stated"),
        Column("buyer_name", "text", "Name of the public body that buys, as written.", null="not stated"),
        Column("buyer_scheme", "text", "Register of the buyer's number.", null="no usable number stated"),
        Column(
            "buyer_number", "text", "The buyer's number in that register.", null="no usable number stated"
        ),
        Column("buyer_ref", "text", "The publisher's own id of the buyer.", null="not stated"),
        Column(
            "method",
            "text",
            "Who may bid: anyone (open), those who qualify (selective), those invited (limited), or one "
            "chosen supplier (direct).",
            values=PROCUREMENT_METHODS,
        ),
        Column("is_price_only", "boolean", "Whether the lowest price wins.", null="not stated"),
        Column("opens_at", "timestamp", "Start of the period for bids.", null="not stated", unit="UTC"),
        Column("closes_at", "timestamp", "End of the period for bids.", null="not stated", unit="UTC"),
        Column("bidders_n", "integer", "How many parties bid.", null="not stated", unit="bidders"),
    ),
    ("statement_id",),
)

AWARD_STATEMENT = Table(
    "award_statement",
    "What one record says about an award to one supplier. The amount was agreed; it is not a payment.",
    (
        *PROVENANCE,
        PROCESS_ID,
        RELEASED_AT,
        Column("award_no", "text", "Number of the award within its process, by the publisher."),
        Column("position", "integer", "Place of the supplier in the award, from 1.", unit="position"),
        Column("suppliers_n", "integer", "How many suppliers the award names.", unit="suppliers"),
        Column("status", "text", "State of the award.", values=AWARD_STATUSES),
        FLOW_STATEMENT["payee_kind"].renamed("supplier_kind", "Kind of supplier, by name; as for a payee."),
        FLOW_STATEMENT["payee_name"].renamed("supplier_name", "Name of the supplier as written."),
        FLOW_STATEMENT["payee_scheme"].renamed("supplier_scheme", "Register of the supplier's number."),
        FLOW_STATEMENT["payee_number"].renamed("supplier_number", "The supplier's number in that register."),
        FLOW_STATEMENT["payee_ref"].renamed("supplier_ref", "The publisher's own id of the supplier."),
        Column("amount", "money", "Value of the whole award.", null="not stated", unit="currency"),
        Column("currency", "text", "ISO 4217 code.", null="no amount stated"),
        Column("awarded_on", "date", "Day of the award.", null="not stated", unit="day"),
        Column(
            "is_framework",
            "boolean",
            "Whether it sets up a framework agreement. The value is then a maximum, not an order.",
        ),
        Column(
            "item_codes", "texts", "Codes of what is bought, as CPV or UNSPSC; an empty list: no code stated."
        ),
    ),
    ("statement_id",),
)

BID_STATEMENT = Table(
    "bid_statement",
    "What one record says about a bid of one bidder.",
    (
        *PROVENANCE,
        PROCESS_ID,
        RELEASED_AT,
        Column("bid_no", "text", "Number of the bid within its process, by the publisher."),
        Column("position", "integer", "Place of the bidder in the bid, from 1.", unit="position"),
        Column("partners_n", "integer", "How many parties make the bid together.", unit="bidders"),
        Column(
            "status",
            "text",
            "State of the bid. A pending, valid or disqualified bid was submitted.",
            values=BID_STATUSES,
        ),
        FLOW_STATEMENT["payee_kind"].renamed("bidder_kind", "Kind of bidder, by the name; as for a payee."),
        FLOW_STATEMENT["payee_name"].renamed("bidder_name", "Name of the bidder as written."),
        FLOW_STATEMENT["payee_scheme"].renamed("bidder_scheme", "Register of the bidder's number."),
        FLOW_STATEMENT["payee_number"].renamed("bidder_number", "The bidder's number in that register."),
        FLOW_STATEMENT["payee_ref"].renamed("bidder_ref", "The publisher's own id of the bidder."),
        Column("amount", "money", "Price bid.", null="not stated", unit="currency"),
        Column("currency", "text", "ISO 4217 code.", null="no amount stated"),
        Column("received_at", "timestamp", "When it was received.", null="not stated", unit="UTC"),
    ),
    ("statement_id",),
)
