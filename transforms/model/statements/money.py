"""What one record says about money that one party paid another."""

from transforms.model.statements.parties import PROVENANCE
from transforms.model.statements.tables import Column, Table

FLOW_STATUSES = ("planned", "paid")
# Kinds of payee, by the name alone. Names of the first three kinds are kept.
PAYEE_KINDS = ("company", "public", "conduit", "unclassified", "unnamed")

ACCOUNT_NOTES = ("confirmed", "blocked")

FLOW_STATEMENT = Table(
    "flow_statement",
    "What one record says about money that one party paid another. A negative amount is a credit.",
    (
        *PROVENANCE,
        Column(
            "kind",
            "text",
            "Kind of payment.",
            values=("payment", "subsidy", "loan", "sale", "rent", "fee", "transfer"),
        ),
        Column("status", "text", "Whether it was paid, or is about to be.", values=FLOW_STATUSES),
        Column(
            "payer_id",
            "text",
            "Id of the payer: `body:` and the name of a public body.",
            null="known by number, name or account",
        ),
        Column("payer_kind", "text", "Kind of payer; values as for a payee.", values=PAYEE_KINDS),
        Column(
            "payer_name",
            "text",
            "Name of the payer as written.",
            null="not stated, unclassified or unnamed",
        ),
        Column("payer_scheme", "text", "Register of the payer's number.", null="no usable number stated"),
        Column(
            "payer_number", "text", "The payer's number in that register.", null="no usable number stated"
        ),
        Column(
            "payer_account",
            "text",
            "Id of the account that paid: `account:`, its country, its bank, and a hash under this home's "
            "key.",
            null="not stated",
        ),
        Column(
            "payee_kind",
            "text",
            "Kind of payee, by the name: company (it states a legal form), public (state, council, school, "
            "health service), conduit (bank, payment service, client account), unclassified (none of these; "
            "it may be a natural person), unnamed (no name, or a placeholder).",
            values=PAYEE_KINDS,
        ),
        Column(
            "payee_name",
            "text",
            "Name of the payee as written.",
            null="unclassified or unnamed: not kept, because it may be that of a natural person",
        ),
        Column("payee_scheme", "text", "Register of the payee's number.", null="no usable number stated"),
        Column(
            "payee_number", "text", "The payee's number in that register.", null="no usable number stated"
        ),
        Column("payee_vat", "text", "VAT number of the payee, letters and digits.", null="not stated"),
        Column(
            "payee_ref",
            "text",
            "Number of the payee in the payer's ledger.",
            null="not stated",
            privacy="personal",
        ),
        Column("payee_account", "text", "Id of the account that was paid.", null="not stated"),
        Column(
            "account_note",
            "text",
            "What the ledger says about that account: confirmed (somebody called the supplier back on an "
            "already known number), blocked (a Dutch account for wage tax only).",
            null="nothing",
            values=ACCOUNT_NOTES,
        ),
        Column("amount", "money", "Amount in its currency; negative for a credit.", unit="currency"),
        Column("currency", "text", "ISO 4217 code."),
        Column(
            "received",
            "money",
            "Amount received, if it was exchanged.",
            null="it was not exchanged",
            unit="currency received",
        ),
        Column("received_currency", "text", "ISO 4217 code of that amount.", null="it was not exchanged"),
        Column("flowed_on", "date", "Day of the payment.", unit="day"),
        Column("invoice", "text", "Number of the invoice.", null="not stated, or redacted"),
        Column("purpose", "text", "What was bought, as the record says.", null="not stated"),
        Column("category", "text", "Budget line or department.", null="not stated"),
        Column("reference", "text", "The bank's own number of the line.", null="not stated"),
        Column(
            "stated_by",
            "text",
            "Account whose statement has the line.",
            null="not from an account statement",
            values=("payer", "payee"),
        ),
    ),
    ("statement_id",),
)

ACCOUNT_STATEMENT = Table(
    "account_statement",
    "What one bank statement says about an account.",
    (
        *PROVENANCE,
        Column("account_id", "text", "Id of the account: country, bank, and a hash under this home's key."),
        FLOW_STATEMENT["payee_kind"].renamed("holder_kind", "Kind of holder, by the name; as for a payee."),
        FLOW_STATEMENT["payee_name"].renamed("holder_name", "Name of the holder as written."),
        FLOW_STATEMENT["payee_scheme"].renamed("holder_scheme", "Register of the holder's number."),
        FLOW_STATEMENT["payee_number"].renamed("holder_number", "The holder's number in that register."),
        Column("currency", "text", "ISO 4217 code of the account."),
        Column("opening", "money", "Balance before the first line.", null="not stated", unit="currency"),
        Column("closing", "money", "Balance after the last line.", null="not stated", unit="currency"),
        Column("first_on", "date", "Day of the opening balance.", null="not stated", unit="day"),
        Column("last_on", "date", "Day of the closing balance.", null="not stated", unit="day"),
        Column("lines_n", "integer", "Lines of the statement.", unit="lines"),
    ),
    ("statement_id",),
)

RATE_STATEMENT = Table(
    "rate_statement",
    "The value of one euro in another currency on one day.",
    (
        *PROVENANCE,
        Column("currency", "text", "ISO 4217 code.", privacy="open"),
        Column("rated_on", "date", "Day of the rate.", unit="day", privacy="open"),
        Column("per_euro", "number", "Units of the currency for one euro.", unit="currency", privacy="open"),
    ),
    ("statement_id",),
)

SUBSIDY_STATEMENT = Table(
    "subsidy_statement",
    "What one record says about a subsidy: the amounts asked for, granted and settled are separate facts.",
    (
        *PROVENANCE,
        Column("funder_id", "text", "Id of the public body that grants: `body:` and its name."),
        FLOW_STATEMENT["payee_kind"].renamed("payee_kind", "Kind of applicant, by the name; as for a payee."),
        FLOW_STATEMENT["payee_name"].renamed("payee_name", "Name of the applicant as written."),
        FLOW_STATEMENT["payee_scheme"].renamed("payee_scheme", "Register of the applicant's number."),
        FLOW_STATEMENT["payee_number"].renamed("payee_number", "The applicant's number in that register."),
        Column("scheme", "text", "Regulation or budget line under which it is granted.", null="not stated"),
        Column("purpose", "text", "What it is for, as the record says.", null="not stated"),
        Column("category", "text", "Field of policy.", null="not stated"),
        Column("asked", "money", "Amount asked for.", null="not stated", unit="currency"),
        Column("granted", "money", "Amount granted; 0 is a refusal.", null="not decided", unit="currency"),
        Column("settled", "money", "Amount settled.", null="not settled, or not stated", unit="currency"),
        Column("currency", "text", "ISO 4217 code."),
        Column("first_year", "integer", "First year of the subsidy.", unit="year", null="not stated"),
        Column("last_year", "integer", "Last year of the subsidy.", unit="year", null="not stated"),
    ),
    ("statement_id",),
)

CHARGE_STATEMENT = Table(
    "charge_statement",
    "What one record says about a charge: security that a borrower gave to one lender, over one title. An "
    "attachment is not a loan: a creditor had the title seized.",
    (
        *PROVENANCE,
        Column("charge_id", "text", "Id of the charge: the borrower's or title's, and the register's own."),
        Column(
            "kind",
            "text",
            "charge (over a company's property), mortgage (on a title), attachment (a seizure).",
            values=("charge", "mortgage", "attachment"),
        ),
        Column("borrower_scheme", "text", "Register of the borrower's number.", null="not stated"),
        Column(
            "borrower_number",
            "text",
            "The borrower's number in that register.",
            null="not stated; for a mortgage, it is the proprietor of the title",
        ),
        Column("position", "integer", "Place of the lender among those named, from 1.", unit="position"),
        Column(
            "lender_kind",
            "text",
            "Kind of lender (or attaching creditor): by the name as for a payee; person if the register says "
            "that it is a natural person.",
            values=(*PAYEE_KINDS, "person"),
        ),
        Column(
            "lender_name",
            "text",
            "Name of the lender as written.",
            null="unclassified, unnamed or a person: not kept, because it may be that of a natural person",
        ),
        Column("lender_scheme", "text", "Register of the lender's number.", null="no usable number stated"),
        Column(
            "lender_number", "text", "The lender's number in that register.", null="no usable number stated"
        ),
        Column("title_id", "text", "Charged title: its register and number.", null="none is named"),
        Column("title_position", "integer", "Place of the title among those named, from 1.", unit="position"),
        Column("titles_n", "integer", "Titles that the record names.", unit="titles"),
        Column(
            "deed_id",
            "text",
            "Part of the deed that it rests on. Charges with one deed secure one debt.",
            null="not stated",
        ),
        Column(
            "status",
            "text",
            "Whether the charge still stands.",
            values=("outstanding", "part_satisfied", "satisfied", "unknown"),
        ),
        Column("amount_secured", "money", "Amount secured.", null="not stated", unit="currency"),
        Column("currency", "text", "ISO 4217 code.", null="no amount stated, or in an unknown currency"),
        Column("created_on", "date", "Day of the charge.", null="not stated", unit="day"),
        Column("satisfied_on", "date", "Day on which it was satisfied.", null="it was not", unit="day"),
    ),
    ("statement_id",),
)
