"""Money that parties paid each other."""

from transforms.model.statements import (
    ACCOUNT_STATEMENT,
    CHARGE_STATEMENT,
    FLOW_STATEMENT,
    RATE_STATEMENT,
    SUBSIDY_STATEMENT,
    Column,
    Table,
)
from transforms.model.views.property import PROPRIETORSHIP

FLOW = Table(
    "flow",
    "Money that one party paid another, one row for each line of a payment register in force; a negative "
    "amount is a credit. Sum it as it is: nothing is counted twice.",
    (
        Column("flow_id", "text", "Id of the line."),
        FLOW_STATEMENT["kind"],
        FLOW_STATEMENT["status"],
        Column(
            "payer_id",
            "text",
            "Who paid: a company, a public body (`body:` and its name), or an account of unknown holder.",
            null="no party and no account is known",
        ),
        FLOW_STATEMENT["payer_kind"],
        FLOW_STATEMENT["payer_name"],
        FLOW_STATEMENT["payer_account"],
        Column(
            "payee_id",
            "text",
            "The company that was paid, by its number or by its exact full name on that day; in a transfer, "
            "else the holder of the account, else the account.",
            null="no company of the registers held is certainly meant",
        ),
        FLOW_STATEMENT["payee_kind"],
        FLOW_STATEMENT["payee_name"].renamed(
            "payee_name", "Name of the payee as written, else as the register of its number has it."
        ),
        FLOW_STATEMENT["payee_ref"],
        FLOW_STATEMENT["payee_account"],
        FLOW_STATEMENT["account_note"],
        FLOW_STATEMENT["amount"],
        FLOW_STATEMENT["currency"],
        Column(
            "amount_eur",
            "money",
            "Amount in euro, by the last rate of the European Central Bank on or before that day.",
            null="in another currency, and no rate is held",
            unit="EUR",
        ),
        FLOW_STATEMENT["received"],
        FLOW_STATEMENT["received_currency"],
        Column(
            "received_eur",
            "money",
            "What arrived, in euro.",
            null="it was not exchanged, or no rate is held",
            unit="EUR",
        ),
        FLOW_STATEMENT["flowed_on"],
        FLOW_STATEMENT["invoice"],
        FLOW_STATEMENT["purpose"],
        FLOW_STATEMENT["category"],
        FLOW_STATEMENT["reference"],
        Column(
            "method",
            "text",
            "How the payee is known.",
            null="the payee is not known",
            values=("number", "full_name", "account"),
        ),
        Column("territory", "text", "Territory of its register.", privacy="open"),
        FLOW_STATEMENT["register"],
        FLOW_STATEMENT["dataset"],
        FLOW_STATEMENT["edition"],
        FLOW_STATEMENT["record"],
        FLOW_STATEMENT["statement_id"],
        Column(
            "cancels",
            "text",
            "Of a credit: the payment of the same sum to the same supplier that it takes back, the nearest "
            "in the 60 days before.",
            null="no credit, or none that takes back a whole payment",
        ),
        Column("cancelled_by", "text", "The credit that takes this payment back.", null="none does"),
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
        SUBSIDY_STATEMENT["payee_name"].renamed(
            "payee_name", "Name of the applicant as written, else as its company register has it."
        ),
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

CHARGE = Table(
    "charge",
    "Charges, mortgages and attachments in the editions in force, satisfied ones too (see status), one row "
    "for each lender and title. None is a payment, and an attachment is no loan either.",
    (
        CHARGE_STATEMENT["charge_id"],
        CHARGE_STATEMENT["kind"],
        CHARGE_STATEMENT["position"],
        CHARGE_STATEMENT["title_position"],
        Column("borrower_id", "text", "The borrower.", null="not stated; of a mortgage the proprietor"),
        Column(
            "lender_id",
            "text",
            "The company that lends, by its number or by its exact full name on that day; of an attachment, "
            "the one that had it made.",
            null="no company of the registers held is certainly meant",
        ),
        CHARGE_STATEMENT["lender_kind"],
        CHARGE_STATEMENT["lender_name"],
        CHARGE_STATEMENT["title_id"],
        Column(
            "objects_n",
            "integer",
            "Titles that the charge covers with its deed, at least: those of the records held.",
            null="no title is named",
            unit="titles",
        ),
        CHARGE_STATEMENT["deed_id"],
        CHARGE_STATEMENT["status"],
        CHARGE_STATEMENT["amount_secured"],
        CHARGE_STATEMENT["currency"],
        CHARGE_STATEMENT["created_on"],
        CHARGE_STATEMENT["satisfied_on"],
        FLOW["territory"],
        CHARGE_STATEMENT["register"],
        CHARGE_STATEMENT["edition"],
        CHARGE_STATEMENT["statement_id"],
    ),
    ("charge_id", "position", "title_position"),
)

CHARGE_ON_TITLE = Table(
    "charge_on_title",
    "Charges and mortgages that are not paid off, on the titles that they name, or where they name none on "
    "those that the borrower had acquired before, for each proprietor.",
    (
        *(PROPRIETORSHIP[name] for name in ("title_id", "party_id", "proprietor_name", "statement_id")),
        *(CHARGE[name] for name in ("charge_id", "position", "kind", "lender_id", "lender_name")),
        *(CHARGE[name] for name in ("lender_kind", "created_on")),
        Column("charge_statement_id", "text", "Statement of the charge.", privacy="open"),
        Column(
            "days_after",
            "integer",
            "Days from the entry of the proprietor to the charge: below 0 (at most 42 days) where the charge "
            "was first.",
            null="the charge names the title",
            unit="days",
        ),
    ),
    ("title_id", "party_id", "charge_id", "position", "statement_id"),
)

PURPOSE_WORD = Table(
    "purpose_word",
    "Words by which the purpose of a payment is told, in English, Dutch and French.",
    (
        Column(
            "kind",
            "text",
            "What they say: care; not_care: help, goods or money that is no personal care; price_not_free: "
            "others set the price, or it is a call on a contract; supplier_price_not_free: so does the "
            "supplier's name.",
            values=("care", "not_care", "price_not_free", "supplier_price_not_free"),
            privacy="open",
        ),
        Column("pattern", "text", "Pattern (LIKE) of the words that `spaced_words` gives.", privacy="open"),
    ),
    ("kind", "pattern"),
)

COMPANY_NAME = Table(
    "company_name",
    "Companies by the full names that records of money state, in one spelling, with former names.",
    (
        Column("name_key", "text", "Full name with its legal form, in one spelling."),
        Column("company_id", "text", "Company that has or had it."),
        Column("incorporated_on", "date", "Its incorporation.", null="not stated", unit="day"),
        Column("dissolved_on", "date", "Its end.", null="it stands, or not stated", unit="day"),
    ),
    ("name_key", "company_id"),
)

ACCOUNT = Table(
    "account",
    "Bank accounts that records name. The number itself is not kept.",
    (
        ACCOUNT_STATEMENT["account_id"],
        Column("country", "text", "Its country, two lower-case letters.", null="not stated"),
        Column("bank", "text", "Code of its bank.", null="not stated"),
        Column(
            "holder_id",
            "text",
            "Company that holds it, by its number or by its exact full name on that day.",
            null="none is certainly meant, or several are, or the account is a conduit's",
        ),
        Column("holder_name", "text", "Name of that company as written.", null="its holder is not known"),
        Column(
            "method",
            "text",
            "How the holder is known.",
            null="its holder is not known",
            values=("number", "full_name"),
        ),
        Column(
            "is_held",
            "boolean",
            "Whether everything that it paid and received is held, for the days of its records.",
        ),
        Column("is_conduit", "boolean", "Whether it is a bank's, or of one who pays for others."),
        Column("first_on", "date", "First day of a record.", null="not stated", unit="day"),
        Column("last_on", "date", "Last day of a record.", null="not stated", unit="day"),
    ),
    ("account_id",),
)

RATE = Table(
    "rate",
    "What one euro was worth in another currency. A rate holds until the day before the next one.",
    (
        RATE_STATEMENT["currency"],
        RATE_STATEMENT["rated_on"],
        Column(
            "until_on",
            "date",
            "Last day on which it holds.",
            null="it is the last",
            unit="day",
            privacy="open",
        ),
        RATE_STATEMENT["per_euro"],
        RATE_STATEMENT["register"],
        RATE_STATEMENT["edition"],
        RATE_STATEMENT["statement_id"],
    ),
    ("currency", "rated_on"),
)
