"""What one record of an authority says about a permit that somebody applied for."""

from transforms.model.statements.money import FLOW_STATEMENT
from transforms.model.statements.parties import PROVENANCE
from transforms.model.statements.tables import Column, Table

PERMIT_STATES = ("applied", "granted", "refused", "revoked", "withdrawn")
# Party of a permit → what it is.
PERMIT_PARTIES = {
    "applicant": "applicant or holder",
    "financier": "financier of the business",
    "lessor": "lessor of the premises",
    "manager": "manager of the applicant's business",
}


def _party(role: str, words: str) -> tuple[Column, ...]:
    kind = FLOW_STATEMENT["payee_kind"].renamed(f"{role}_kind", f"Kind of {words}, by name; as for a payee.")
    return (
        kind if role == "applicant" else kind.optional("none is stated"),
        FLOW_STATEMENT["payee_name"].renamed(f"{role}_name", f"Name of the {words} as written."),
        FLOW_STATEMENT["payee_scheme"].renamed(f"{role}_scheme", "Register of that party's number."),
        FLOW_STATEMENT["payee_number"].renamed(f"{role}_number", "That party's number in the register."),
    )


PERMIT_STATEMENT = Table(
    "permit_statement",
    "What one record says about a permit for premises: who applied, who financed it, and what was decided. "
    "The premises are in address_statement with role premises.",
    (
        *PROVENANCE,
        Column("permit", "text", "The authority's number of the permit.", null="not stated"),
        Column("authority_id", "text", "Id of the authority that decides: `body:` and its name."),
        Column("permit_kind", "text", "Kind of permit as written.", null="not stated"),
        Column(
            "state",
            "text",
            "State of the application: asked for, granted, refused, revoked after it was granted, or "
            "withdrawn by the applicant.",
            values=PERMIT_STATES,
        ),
        Column("applied_on", "date", "Day of the application.", null="not stated", unit="day"),
        Column("decided_on", "date", "Day of the decision.", null="not decided, or not stated", unit="day"),
        *(column for role, words in PERMIT_PARTIES.items() for column in _party(role, words)),
        Column(
            "lessor_in_refusal",
            "boolean",
            "Whether the refusal or revocation names the lessor among its grounds.",
            null="not stated",
        ),
    ),
    ("statement_id",),
)
