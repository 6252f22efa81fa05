"""Companies House: persons with significant control, and beneficial owners of overseas entities (daily
snapshot, JSON lines).

One line is one record of a company: a person or entity with control, a statement that names none, an
exemption, or the publisher's totals. `parse` maps each to statements, with `transforms.formats.gb_coh`:

| record | becomes |
|---|---|
| individual | person_statement `p`, relationship `r`, an interest for each nature of control, address `a-p` |
| corporate entity, legal person | entity_statement `p`, otherwise as individual; addresses `a-p`, `a-p2` |
| super-secure | anonymousPerson `p` and relationship `r` of class `protected` |
| statement | relationship `r` with party_kind unspecified, its code, its class, the BODS reason |
| exemptions | one such relationship for each period of each exemption; class unknown for unknown keys |
| nature "as trust", "as firm", "as control over …" | an unnamed arrangement (`formats.gb_coh.arrangements`) |

If all natures of a record belong to arrangements, or it has none, its relationship `r` has no interests, but
still shows that the party is on the register. Ids of interests contain their position in the list.

Dates: `notified_on` of a UK record is the day the company was notified. 2016-04-06 (start of the regime), or
an earlier day, does not say when the holding began and is left-censored. For an overseas entity it is the day
somebody became a beneficial owner, often long before the register opened; only 2022-08-01, the opening day,
is left-censored.
`ceased_on` is the first day the record no longer holds; `ceased: true` or a withdrawn restrictions notice
without a date ends it on an unknown day. Ceased records are loaded as history.

The verification of identity for a role has three dates: by when it must be stated, when it was stated, and
when that statement was removed (9999-12-31 means never).

Never read: nationality and country of residence (refused attributes), names in links. The declaration is at
the end. Source: the publisher's data product "People with significant control (PSC) snapshot" and
its public data API specification; code lists from companieshouse/api-enumerations (see the vocabularies).
"""

import re

import orjson
import polars as pl

from transforms.formats import gb_coh
from transforms.formats.file_names import day_in_name
from transforms.formats.gb_coh.arrangements import arrangements
from transforms.formats.gb_coh.psc_declarations import (
    EXEMPTION_KEYS,
    declarations,
    exemption_periods,
    exemptions,
)
from transforms.formats.gb_coh.psc_parties import (
    ADDRESS_KEYS,
    NATURES,
    addresses,
    interests,
    natures_held,
    owners,
    party_relationships,
    persons,
)
from transforms.model.parsing import finding_rows, located, parsed, rejections, without
from transforms.model.register import (
    Edition,
    FieldKind,
    JsonLines,
    Parsed,
    PublicPage,
    Recognised,
    Register,
    SourceField,
)
from transforms.model.source import Source, linked
from transforms.model.statements import (
    ADDRESS_STATEMENT,
    ENTITY_STATEMENT,
    INTEREST_STATEMENT,
    PERSON_STATEMENT,
    RELATIONSHIP_STATEMENT,
)
from transforms.values.identifiers import GB_COH, org_id, registry_gb_coh

DATASET = "psc"
TOTALS_KIND = "totals#"
TOTALS = ("persons_of_significant_control_count", "statements_count", "exemptions_count")
WITHDRAWN = ("restrictions-notice-withdrawn-by-court-order", "restrictions-notice-withdrawn-by-company")
LEADS_ELSEWHERE = "link to another record, which is in the file"
VERIFIER = "who verified an identity says nothing about ownership, and no indicator reads it"
# Key, kind, and why it is ignored. A role is verified only by the statement for that role.
VERIFICATION_KEYS: tuple[tuple[str, FieldKind, str], ...] = (
    ("anti_money_laundering_supervisory_bodies", "texts", VERIFIER),
    ("appointment_verification_start_on", "date", ""),
    ("appointment_verification_end_on", "date", ""),
    ("appointment_verification_statement_date", "date", "first day to state it; the last one is read"),
    ("appointment_verification_statement_due_on", "date", ""),
    ("authorised_corporate_service_provider_name", "text", VERIFIER),
    ("identity_verified_on", "date", "a verification counts only if it is stated for this role"),
    ("preferred_name", "text", "a further name; the name on the record is enough"),
)
FILE_NAME = re.compile(
    r"^(?:persons-with-significant-control|psc)-snapshot-\d{4}-\d{2}-\d{2}"
    r"(?:_(?P<part>\d{1,3})of(?P<parts>\d{1,3}))?\.(?:txt|jsonl?|ndjson|zip)$"
)


def _optional(
    name: str, kind: FieldKind = "text", ignored: str = "", known: tuple[str, ...] = ()
) -> SourceField:
    """A key that a record, or a whole file, may lack."""
    return SourceField(
        f"data.{name}",
        kind,
        ignored,
        required=False,
        date_format="%Y-%m-%d" if kind == "date" else "",
        known=known,
    )


FIELDS = (
    SourceField("company_number", mandatory=True),
    SourceField("data.kind", "category", mandatory=True, known=tuple(gb_coh.kinds()["kind"])),
    SourceField("data.links.self", mandatory=True),
    _optional("links.person_with_significant_control", ignored=LEADS_ELSEWHERE),
    _optional("links.persons_with_significant_control", ignored=LEADS_ELSEWHERE),
    _optional("links.persons_with_significant_control_statements", ignored=LEADS_ELSEWHERE),
    _optional("links.statement", ignored=LEADS_ELSEWHERE),
    _optional("etag", ignored="changes with any key, even an ignored one; editions are compared by content"),
    _optional("notified_on", "date"),
    _optional("ceased_on", "date"),
    _optional("ceased", "boolean"),
    _optional("name"),
    _optional("name_elements.title"),
    _optional("name_elements.forename"),
    _optional("name_elements.middle_name"),
    _optional("name_elements.other_forenames"),
    _optional("name_elements.surname"),
    _optional("date_of_birth.year", "integer"),
    _optional("date_of_birth.month", "integer"),
    _optional(
        "date_of_birth.day",
        "integer",
        ignored="a day of birth is not published; month and year are enough to tell persons apart",
    ),
    _optional("nationality", ignored="refused attribute"),
    _optional(
        "country_of_residence",
        ignored="refused attribute: could only be used inside resolution, and is not",
    ),
    *(_optional(f"address.{key}") for key in ADDRESS_KEYS),
    *(_optional(f"principal_office_address.{key}") for key in ADDRESS_KEYS),
    _optional("natures_of_control", "texts"),
    _optional("identification.registration_number"),
    _optional("identification.country_registered"),
    _optional("identification.place_registered"),
    _optional("identification.legal_authority"),
    _optional("identification.legal_form"),
    _optional(
        "identification.identification_type",
        ignored="only says whether an officer's company is in the EEA; place and country say more",
    ),
    _optional(
        "is_sanctioned",
        "boolean",
        ignored="the overseas entity's own claim about its owner; watch lists are separate registers",
    ),
    _optional("description", "category", known=gb_coh.statement_codes("super_secure")),
    _optional("statement", "category", known=gb_coh.statement_codes("statement")),
    _optional(
        "linked_psc_name",
        ignored="a person's name in a statement that names no party; the person's own record is in the file",
    ),
    _optional("restrictions_notice_withdrawal_reason", "category", known=WITHDRAWN),
    _optional(
        "register_entry_date",
        "date",
        ignored="date in the company's own register; notified_on is the date at Companies House",
    ),
    *(
        _optional(f"exemptions.{key}.exemption_type", "category", known=gb_coh.statement_codes("exemption"))
        for key in EXEMPTION_KEYS
    ),
    *(
        _optional(f"exemptions.{key}.items.{day}", "texts")
        for key in EXEMPTION_KEYS
        for day in ("exempt_from", "exempt_to")
    ),
    *(
        _optional(f"identity_verification_details.{name}", kind, ignored=ignored)
        for name, kind, ignored in VERIFICATION_KEYS
    ),
)


def recognise(file_name: str, head: bytes) -> Recognised | None:
    """By the publisher's file name, or by a first line that is a record of this register or its totals."""
    named = FILE_NAME.match(file_name.lower())
    if named is None and not _is_record(head):
        return None
    part, parts = (int(named["part"]), int(named["parts"])) if named and named["part"] else (1, 1)
    return Recognised(DATASET, day_in_name(file_name), part, parts)


def _is_record(head: bytes) -> bool:
    try:
        record = orjson.loads(head.split(b"\n", 1)[0])
        kind, company = record["data"]["kind"], record.get("company_number")
    except (orjson.JSONDecodeError, AttributeError, KeyError, TypeError):
        return False
    if not isinstance(kind, str):
        return False
    return kind.startswith(TOTALS_KIND + "persons-of-significant-control") or (
        isinstance(company, str) and kind in gb_coh.kinds()["kind"]
    )


def declared_totals(raw: bytes) -> int | None:
    """The publisher's count of persons and entities, statements and exemptions, without the totals records.

    None unless the totals record has all three counts.
    """
    try:
        data = orjson.loads(raw)["data"]
        counts = [data[name] for name in TOTALS]
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return None
    return sum(counts) if all(isinstance(count, int) for count in counts) else None


def parse(frame: pl.DataFrame, edition: Edition) -> Parsed:
    """Map conformed records to statements (see the table in the module's docstring).

    frame: BATCH_COLUMNS and FIELDS as typed by `conform`. Rejects, besides those of `conform`: unknown_kind,
    impossible_date (a birth month outside 1 to 12, a date inside an exemption), missing_value (a statement
    record without its statement, a company number without letters or digits). Findings: unknown_category for
    unlisted natures of control. The reader reports an unknown key of an exemption as unknown_field.
    """
    described = _described(frame)
    periods = exemption_periods(described)
    rejected = _rejected(described, periods)
    records = located(without(described, rejected), pl.col("data.links.self"), edition)
    held = natures_held(records)
    implied = arrangements(held, edition)
    relationships = (
        party_relationships(records, edition),
        declarations(records, edition),
        exemptions(records, periods, edition),
        implied["relationship_statement"],
    )
    tables = {
        "entity_statement": pl.concat([owners(records, edition), implied["entity_statement"]]),
        "person_statement": persons(records, edition),
        "relationship_statement": pl.concat(relationships),
        "interest_statement": pl.concat([interests(held, edition), implied["interest_statement"]]),
        "address_statement": addresses(records, edition),
    }
    unknown = held.filter(~pl.col("is_known"))
    findings = [finding_rows(unknown, "unknown_category", NATURES, pl.col("native_code"))]
    return parsed(records, tables, rejected=rejected, findings=findings)


def _described(frame: pl.DataFrame) -> pl.DataFrame:
    """Add the meaning of the kind (record_type null: unknown kind), the subject and the period."""
    withdrawn = pl.col("data.restrictions_notice_withdrawal_reason").is_not_null()
    return frame.join(
        gb_coh.kinds(), left_on="data.kind", right_on="kind", how="left", maintain_order="left"
    ).with_columns(
        org_id(GB_COH, registry_gb_coh(pl.col("company_number"))).alias("subject_id"),
        pl.col("data.notified_on").alias("valid_from"),
        pl.col("data.ceased_on").alias("valid_to"),
        (pl.col("data.ceased_on").is_not_null() | pl.col("data.ceased").fill_null(False) | withdrawn).alias(
            "is_ceased"
        ),
        gb_coh.is_left_censored(pl.col("data.notified_on"), pl.col("regime_start")).alias("is_left_censored"),
    )


def _rejected(described: pl.DataFrame, periods: pl.DataFrame) -> pl.DataFrame:
    """REJECT_SCHEMA, one row a record: the first fault in this order."""
    year, month = pl.col("data.date_of_birth.year"), pl.col("data.date_of_birth.month")
    impossible = periods.filter(~pl.col("is_possible"))["record_no"]
    faults = (
        (pl.col("record_type").is_null() | (pl.col("record_type") == "totals"), "unknown_kind", "data.kind"),
        (pl.col("subject_id").is_null(), "missing_value", "company_number"),
        (~year.is_between(1, 9999), "impossible_date", "data.date_of_birth.year"),
        (~month.is_between(1, 12), "impossible_date", "data.date_of_birth.month"),
        (
            (pl.col("record_type") == "statement") & pl.col("data.statement").is_null(),
            "missing_value",
            "data.statement",
        ),
        (pl.col("record_no").is_in(impossible.implode()), "impossible_date", "data.exemptions"),
    )
    return rejections(described, faults)


REGISTER = Register(
    name="gb_coh_psc",
    title="Persons with significant control (snapshot)",
    publisher="Companies House",
    territory="gb",
    url="https://download.companieshouse.gov.uk/en_pscdata.html",
    licence=gb_coh.LICENCE,
    cadence="daily",
    monthly_history=True,
    overdue_days=4,
    kind="snapshot",
    identifier_scheme=GB_COH,
    expected_rows="12,800,000 (totals record of 2024-11-22); 15,600,000 reported for mid 2026",
    description="Who has significant control of a UK company or partnership, beneficial owners of overseas "
    "entities, and why nobody is named.",
    roles=("owners",),
    public_page=PublicPage(
        "/company/(?P<number>[A-Z0-9]{8})/.*",
        "https://find-and-update.company-information.service.gov.uk/company/{number}/"
        "persons-with-significant-control",
    ),
    # Companies Act 2006, Part 21A: companies, LLPs, SEs, unregistered companies. Scottish Partnerships
    # (Register of People with Significant Control) Regulations 2017. Overseas entities: Economic Crime
    # (Transparency and Enforcement) Act 2022.
    declaring_forms={
        "company": (),
        "guarantee_company": (),
        "plc": (),
        "llp": (),
        "unregistered": (),
        "overseas_entity": (),
        "limited_partnership": ("SL", "SG"),
        "partnership": ("SL", "SG"),
        "european_form": ("SE", "ES", "EN"),
    },
    source=Source(
        "https://download.companieshouse.gov.uk/en_pscdata.html",
        offers=linked(r"psc-snapshot-(?P<date>\d{4}-\d{2}-\d{2})_(?P<part>\d+)of(?P<parts>\d+)\.zip"),
        kept_days=1,
    ),
    reader=JsonLines(
        totals=("data.kind", TOTALS_KIND),
        object_lists=tuple(f"data.exemptions.{key}.items" for key in EXEMPTION_KEYS),
    ),
    fields=FIELDS,
    tables=(
        RELATIONSHIP_STATEMENT,
        ENTITY_STATEMENT,
        PERSON_STATEMENT,
        INTEREST_STATEMENT,
        ADDRESS_STATEMENT,
    ),
    recognise=recognise,
    parse=parse,
    declared_totals=declared_totals,
)
