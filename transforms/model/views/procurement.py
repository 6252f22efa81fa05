"""Contracting processes of public bodies: tenders, bids and awards."""

from transforms.model.statements import (
    AWARD_STATEMENT,
    BID_STATEMENT,
    TENDER_STATEMENT,
    Column,
    Table,
)
from transforms.model.views.money import FLOW

BUYER_ID = Column(
    "buyer_id",
    "text",
    "The buying public body: by its number, else by its exact full name, else `body:` and its name.",
    null="the record names none",
)

TENDER = Table(
    "tender",
    "Contracting processes, one row for each: in each column the newest value stated, and where the newest "
    "record is.",
    (
        TENDER_STATEMENT["process_id"],
        BUYER_ID,
        TENDER_STATEMENT["buyer_name"],
        TENDER_STATEMENT["title"],
        TENDER_STATEMENT["method"],
        TENDER_STATEMENT["is_price_only"],
        TENDER_STATEMENT["opens_at"],
        TENDER_STATEMENT["closes_at"],
        TENDER_STATEMENT["bidders_n"],
        TENDER_STATEMENT["released_at"],
        FLOW["territory"],
        TENDER_STATEMENT["register"],
        TENDER_STATEMENT["dataset"],
        TENDER_STATEMENT["edition"],
        TENDER_STATEMENT["record"],
        TENDER_STATEMENT["statement_id"],
    ),
    ("process_id",),
)

AWARD = Table(
    "award",
    "Awards of contracts, one row for each supplier. An award is not a payment, and the value of a framework "
    "agreement is not money paid: leave those rows out of a sum, or sum them separately.",
    (
        Column("award_id", "text", "Id of the award: its process and its number there."),
        AWARD_STATEMENT["position"],
        AWARD_STATEMENT["process_id"],
        BUYER_ID,
        Column(
            "supplier_id",
            "text",
            "The supplier, by its number, or by its exact full name on the day of the award.",
            null="not certainly one legal entity",
        ),
        AWARD_STATEMENT["supplier_kind"],
        AWARD_STATEMENT["supplier_name"],
        AWARD_STATEMENT["supplier_ref"],
        AWARD_STATEMENT["suppliers_n"],
        AWARD_STATEMENT["status"],
        AWARD_STATEMENT["amount"]
        .renamed("amount", "Value of the award. It can be summed as it is: nothing is counted twice.")
        .optional("not stated; or it is on the row of the award's first supplier"),
        AWARD_STATEMENT["currency"],
        AWARD_STATEMENT["is_framework"],
        AWARD_STATEMENT["awarded_on"],
        AWARD_STATEMENT["item_codes"],
        FLOW["method"].renamed("method", "How the supplier is known.").optional("the supplier is not known"),
        FLOW["territory"],
        AWARD_STATEMENT["register"],
        AWARD_STATEMENT["dataset"],
        AWARD_STATEMENT["edition"],
        AWARD_STATEMENT["record"],
        AWARD_STATEMENT["statement_id"],
    ),
    ("award_id", "position"),
)

BID = Table(
    "bid",
    "Bids in contracting processes, one row for each bidder. Most registers publish only the winner.",
    (
        Column("bid_id", "text", "Id of the bid: its process and its number there."),
        BID_STATEMENT["position"],
        BID_STATEMENT["process_id"],
        BUYER_ID,
        Column(
            "bidder_id",
            "text",
            "The bidder, by its number, or by its exact full name on that day.",
            null="not certainly one legal entity",
        ),
        BID_STATEMENT["bidder_kind"],
        BID_STATEMENT["bidder_name"],
        BID_STATEMENT["bidder_ref"],
        BID_STATEMENT["partners_n"],
        BID_STATEMENT["status"],
        BID_STATEMENT["amount"].renamed("amount", "Price bid; each partner of a bid has a row with it."),
        BID_STATEMENT["currency"],
        BID_STATEMENT["received_at"],
        FLOW["method"].renamed("method", "How the bidder is known.").optional("the bidder is not known"),
        FLOW["territory"],
        BID_STATEMENT["register"],
        BID_STATEMENT["dataset"],
        BID_STATEMENT["edition"],
        BID_STATEMENT["record"],
        BID_STATEMENT["statement_id"],
    ),
    ("bid_id", "position"),
)

# --- fact views, for the queries of indicators ------------------------------------------------------------

CONTRACTING_PROCESS = Table(
    "contracting_process",
    "Contracting processes for which a notice is held, or bids without a notice.",
    (
        Column("process_id", "text", "The contracting process."),
        Column("buyer_name", "text", "Who buys.", null="not stated"),
        Column("is_price_only", "boolean", "The lowest price wins.", null="not stated"),
        TENDER_STATEMENT["closes_at"],
    ),
    ("process_id",),
)
PROCESS_OUTCOME = Table(
    "process_outcome",
    "The awards of each contracting process together.",
    (
        Column("process_id", "text", "The contracting process."),
        Column("active_n", "integer", "Awards that stand.", unit="awards"),
        Column(
            "undecided_n", "integer", "Awards that are pending, or whose state is unknown.", unit="awards"
        ),
        Column(
            "suppliers_n", "integer", "Suppliers of valid awards, counted for each award.", unit="suppliers"
        ),
        Column("winners_n", "integer", "Different suppliers among them that have an id.", unit="suppliers"),
        Column(
            "winner_ref",
            "text",
            "The publisher's id of the first of them.",
            null="none has one",
            privacy="personal",
        ),
        Column("statement_id", "text", "Statement of a valid award.", null="none is valid", privacy="open"),
    ),
    ("process_id",),
)
PRICE_GAP = Table(
    "price_gap",
    "How far the lowest valid bid of another bidder was above the winning bid, if the lowest bid won.",
    (
        Column("process_id", "text", "The contracting process."),
        Column("currency", "text", "Of both bids."),
        Column("won_at", "money", "The winning bid.", unit="currency"),
        Column("next_at", "money", "The lowest valid bid of another bidder.", unit="currency"),
        Column("gap", "number", "Their difference divided by the winning bid.", unit="1"),
        Column("won_statement_id", "text", "Statement of the winning bid.", privacy="open"),
        Column("next_statement_id", "text", "Statement of the other bid.", privacy="open"),
    ),
    ("process_id",),
)
PROCUREMENT_MEASURE = Table(
    "procurement_measure",
    "Figures of contracting processes, buyers, bidders and suppliers, in which indicators look for outliers.",
    (
        Column(
            "measure",
            "text",
            "The figure.",
            values=(
                "price_gap",
                "processes_entered",
                "share_won",
                "refused_by_buyer",
                "refused_of_bidder",
                "divisions",
            ),
            privacy="open",
        ),
        Column("subject_id", "text", "A process, or a party by its id or the publisher's id."),
        Column("value", "number", "Its figure.", unit="1"),
        Column("counted_n", "integer", "How many bids, processes or items it rests on.", unit="records"),
    ),
    ("measure", "subject_id"),
)
PROCUREMENT_FENCE = Table(
    "procurement_fence",
    "The quartiles of each figure over all that have one.",
    (
        PROCUREMENT_MEASURE["measure"],
        Column("values_n", "integer", "How many have one.", unit="values"),
        Column("q1", "number", "First quartile.", unit="1"),
        Column("q3", "number", "Third quartile.", unit="1"),
    ),
    ("measure",),
)
