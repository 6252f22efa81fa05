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
    "The public body that buys: by its number, else by its exact full name, else `body:` and its name.",
    null="the record names none",
)

TENDER = Table(
    "tender",
    "Contracting processes, one row for each: what its newest record says.",
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
    "Awards of contracts, one row for each supplier. What is awarded is no payment, and the value of a "
    "framework is not money paid: leave those rows out of a sum, or count them apart.",
    (
        Column("award_id", "text", "Id of the award: its process and its number there."),
        AWARD_STATEMENT["position"],
        AWARD_STATEMENT["process_id"],
        BUYER_ID,
        Column(
            "supplier_id",
            "text",
            "The supplier, by its number, or by its exact full name on the day of the award.",
            null="no legal entity is certainly meant",
        ),
        AWARD_STATEMENT["supplier_kind"],
        AWARD_STATEMENT["supplier_name"],
        AWARD_STATEMENT["supplier_ref"],
        AWARD_STATEMENT["suppliers_n"],
        AWARD_STATEMENT["status"],
        AWARD_STATEMENT["amount"]
        .renamed("amount", "Value of the award. Sum it as it is: nothing is counted twice.")
        .optional("not stated; or it stands on the row of the award's first supplier"),
        AWARD_STATEMENT["currency"],
        AWARD_STATEMENT["is_framework"],
        AWARD_STATEMENT["awarded_on"],
        AWARD_STATEMENT["item_codes"],
        FLOW["method"].renamed("method", "How the supplier is known."),
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
    "Bids in contracting processes, one row for each bidder. Most registers publish the winner alone.",
    (
        Column("bid_id", "text", "Id of the bid: its process and its number there."),
        BID_STATEMENT["position"],
        BID_STATEMENT["process_id"],
        BUYER_ID,
        Column(
            "bidder_id",
            "text",
            "The bidder, by its number, or by its exact full name on that day.",
            null="no legal entity is certainly meant",
        ),
        BID_STATEMENT["bidder_kind"],
        BID_STATEMENT["bidder_name"],
        BID_STATEMENT["bidder_ref"],
        BID_STATEMENT["partners_n"],
        BID_STATEMENT["status"],
        BID_STATEMENT["amount"],
        BID_STATEMENT["currency"],
        BID_STATEMENT["received_at"],
        FLOW["method"].renamed("method", "How the bidder is known."),
        FLOW["territory"],
        BID_STATEMENT["register"],
        BID_STATEMENT["dataset"],
        BID_STATEMENT["edition"],
        BID_STATEMENT["record"],
        BID_STATEMENT["statement_id"],
    ),
    ("bid_id", "position"),
)
