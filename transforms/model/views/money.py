"""Money: payments, subsidies, charges, accounts and rates."""

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
    "amount is a credit. It can be summed as it is: nothing is counted twice. `v_flow_repeat` has the lines "
    "that are left out for that.",
    (
        Column("flow_id", "text", "Id of the line."),
        FLOW_STATEMENT["kind"].renamed(
            "kind",
            "Kind of payment. payment: of a public body, from its spending or its ledger. transfer, rent, "
            "fee: from a statement of account or a set of transfers.",
        ),
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
            "The company that was paid, by its number or by its exact full name on that day; for a transfer, "
            "else the holder of the account, else the account.",
            null="not certainly one company of the registers held",
        ),
        FLOW_STATEMENT["payee_kind"],
        FLOW_STATEMENT["payee_name"].renamed(
            "payee_name", "Name of the payee as written, else as in the register of its number."
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
            "For a credit or a returned payment: the payment that it cancels, which is the nearest one of "
            "the same amount to the same payee in the 60 days before.",
            null="neither, or it does not cancel a whole payment",
        ),
        Column("cancelled_by", "text", "The credit that cancels this payment.", null="none does"),
    ),
    ("flow_id",),
)

FLOW_REPEAT = Table(
    "flow_repeat",
    "Lines of payment files in force that are not in `v_flow`, because they repeat another line.",
    (
        FLOW["flow_id"],
        Column(
            "reason",
            "text",
            "booked: planned for a day to which the payer's ledger is booked, so the payment is in it or "
            "was not made. delivered_twice: of a bank statement that is also held in another file, such as "
            "with and without the details of its batches. in_payers_statement: the payee's side of a "
            "transfer for a day on which the payer's own statement is held. in_two_files: an equal line is "
            "in a file or statement of the same days. With several reasons, the first of these.",
            values=("booked", "delivered_twice", "in_payers_statement", "in_two_files"),
        ),
        FLOW_STATEMENT["register"],
        FLOW_STATEMENT["dataset"],
        FLOW_STATEMENT["edition"],
        FLOW_STATEMENT["record"],
    ),
    ("flow_id",),
)

SUBSIDY = Table(
    "subsidy",
    "Subsidies that public bodies granted or refused, one row for each record in force. A subsidy is not yet "
    "a payment.",
    (
        Column("subsidy_id", "text", "Id of the record."),
        SUBSIDY_STATEMENT["funder_id"],
        Column(
            "payee_id",
            "text",
            "The applicant, by its number, or by its exact full name among the companies of those years.",
            null="not certainly one legal entity",
        ),
        SUBSIDY_STATEMENT["payee_kind"],
        SUBSIDY_STATEMENT["payee_name"].renamed(
            "payee_name", "Name of the applicant as written, else as in its company register."
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
    "Charges, mortgages and attachments in the editions in force, including satisfied ones (see status), one "
    "row for each lender and title. They are not payments, and an attachment is not a loan.",
    (
        CHARGE_STATEMENT["charge_id"],
        CHARGE_STATEMENT["kind"],
        CHARGE_STATEMENT["position"],
        CHARGE_STATEMENT["title_position"],
        Column("borrower_id", "text", "The borrower.", null="not stated; for a mortgage, the proprietor"),
        Column(
            "lender_id",
            "text",
            "The lending company, by its number or by its exact full name on that day; for an attachment, "
            "the attaching company.",
            null="not certainly one company of the registers held",
        ),
        CHARGE_STATEMENT["lender_kind"],
        CHARGE_STATEMENT["lender_name"],
        CHARGE_STATEMENT["title_id"],
        Column(
            "objects_n",
            "integer",
            "Lower bound of the titles that the charge and its deed cover: those in the records held.",
            null="no title is named",
            unit="titles",
        ),
        CHARGE_STATEMENT["deed_id"],
        CHARGE_STATEMENT["status"],
        CHARGE_STATEMENT["amount_secured"].renamed(
            "amount_secured",
            "Amount secured, repeated for each lender and title, and for each charge of one deed: count a "
            "debt (deed_id, else charge_id) once.",
        ),
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
    "Charges and mortgages that are not paid off, for each proprietor of the titles that they name, or, if "
    "they name none, of the titles that the borrower had acquired before.",
    (
        *(PROPRIETORSHIP[name] for name in ("title_id", "party_id", "proprietor_name", "statement_id")),
        *(CHARGE[name] for name in ("charge_id", "position", "kind", "lender_id", "lender_name")),
        *(CHARGE[name] for name in ("lender_kind", "created_on")),
        Column("charge_statement_id", "text", "Statement of the charge.", privacy="open"),
        Column(
            "days_after",
            "integer",
            "Days from the entry of the proprietor to the charge; negative (at most 42 days) if the charge "
            "came first.",
            null="the charge names the title",
            unit="days",
        ),
    ),
    ("title_id", "party_id", "charge_id", "position", "statement_id"),
)

PURPOSE_WORD = Table(
    "purpose_word",
    "Words that show the purpose of a payment, in English, Dutch and French.",
    (
        Column(
            "kind",
            "text",
            "Meaning of the words: care; not_care: help, goods or money other than personal care; "
            "price_not_free: others set the price, or it is a call on a contract; supplier_price_not_free: "
            "the same, shown by the supplier's name.",
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
        Column("dissolved_on", "date", "Day of dissolution.", null="it exists, or not stated", unit="day"),
        Column(
            "valid_from",
            "date",
            "First day on which the name may mean the company: it took the name or was founded.",
            null="not stated",
            unit="day",
        ),
        Column(
            "valid_to",
            "date",
            "Last day on which the name may mean the company: it ended, another company took the name, or it "
            "gave the name up a year before.",
            null="still used, or not stated",
            unit="day",
        ),
    ),
    ("name_key", "company_id", "valid_from", "valid_to"),
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
            null="not certainly one company, or the account is a conduit's",
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
            "Whether all its payments and receipts are held, for the days of its records.",
        ),
        Column("is_conduit", "boolean", "Whether it belongs to a bank, or to somebody who pays for others."),
        Column("first_on", "date", "First day of a record.", null="not stated", unit="day"),
        Column("last_on", "date", "Last day of a record.", null="not stated", unit="day"),
    ),
    ("account_id",),
)

RATE = Table(
    "rate",
    "The value of one euro in another currency. A rate holds until the day before the next one.",
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
