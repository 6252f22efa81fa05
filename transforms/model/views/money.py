"""Money that parties paid each other."""

from transforms.model.statements import FLOW_STATEMENT, SUBSIDY_STATEMENT, Column, Table

FLOW = Table(
    "flow",
    "Money that one party paid another, one row for each line of a payment register in force; a negative "
    "amount is a credit. Sum it as it is: nothing is counted twice.",
    (
        Column("flow_id", "text", "Id of the line."),
        FLOW_STATEMENT["kind"],
        FLOW_STATEMENT["status"],
        FLOW_STATEMENT["payer_id"],
        FLOW_STATEMENT["payer_name"],
        Column(
            "payee_id",
            "text",
            "The company that was paid, by its number or by its exact full name on that day.",
            null="no company of the registers held is certainly meant",
        ),
        FLOW_STATEMENT["payee_kind"],
        FLOW_STATEMENT["payee_name"],
        FLOW_STATEMENT["payee_ref"],
        FLOW_STATEMENT["amount"],
        FLOW_STATEMENT["currency"],
        Column(
            "amount_eur",
            "money",
            "Amount in euro.",
            null="in another currency, and no rate of that day is held",
            unit="EUR",
        ),
        FLOW_STATEMENT["flowed_on"],
        FLOW_STATEMENT["invoice"],
        FLOW_STATEMENT["purpose"],
        FLOW_STATEMENT["category"],
        Column(
            "method",
            "text",
            "How the payee is known.",
            null="the payee is not known",
            values=("number", "full_name"),
        ),
        Column("territory", "text", "Territory of its register.", privacy="open"),
        FLOW_STATEMENT["register"],
        FLOW_STATEMENT["dataset"],
        FLOW_STATEMENT["edition"],
        FLOW_STATEMENT["record"],
        FLOW_STATEMENT["statement_id"],
    ),
    ("flow_id",),
)

SUBSIDY = Table(
    "subsidy",
    "Subsidies that public bodies granted or refused, one row for each record in force. A subsidy is no "
    "payment yet.",
    (
        Column("subsidy_id", "text", "Id of the record."),
        SUBSIDY_STATEMENT["funder_id"],
        Column(
            "payee_id",
            "text",
            "The applicant, by its number, or by its exact full name among the companies of those years.",
            null="no legal entity is certainly meant",
        ),
        SUBSIDY_STATEMENT["payee_kind"],
        SUBSIDY_STATEMENT["payee_name"],
        Column(
            "state",
            "text",
            "What became of it.",
            values=("asked", "refused", "granted", "settled"),
        ),
        SUBSIDY_STATEMENT["asked"],
        SUBSIDY_STATEMENT["granted"],
        SUBSIDY_STATEMENT["settled"],
        SUBSIDY_STATEMENT["currency"],
        SUBSIDY_STATEMENT["first_year"],
        SUBSIDY_STATEMENT["last_year"],
        SUBSIDY_STATEMENT["scheme"],
        SUBSIDY_STATEMENT["purpose"],
        SUBSIDY_STATEMENT["category"],
        FLOW["method"],
        FLOW["territory"],
        SUBSIDY_STATEMENT["register"],
        SUBSIDY_STATEMENT["dataset"],
        SUBSIDY_STATEMENT["edition"],
        SUBSIDY_STATEMENT["record"],
        SUBSIDY_STATEMENT["statement_id"],
    ),
    ("subsidy_id",),
)
