"""Companies House: appointments of directors and of members of LLPs (Product 216, a snapshot) and their daily
updates (Product 198).

A line is an appointment, or is about a company, which is ignored because the company register has it. An
appointment becomes

| statement | part |
|---|---|
| person, or entity if the corporate indicator says so | `p` |
| relationship, and an interest `boardMember` | `r`, `i` |
| correspondence address | `a-p` |

Directors, members of LLPs and of the organs of a European company are kept. Secretaries, and officers
appointed by a court or a regulator, are ignored, because they do not run the company. The first eight digits
of a person number identify the person in every company; the other four change with the person's details.

Each file has a run number, in one series for snapshots and updates. A line of an update is the new state of
an appointment. It replaces earlier lines in which the same person has an open office of the same kind in the
same company. The trailer counts all lines of its file, including those about companies.

A first day that comes from an annual return is left-censored: the person was in office by then.

Nationality, country of residence, occupation and the day of birth are never extracted from the line. The
declaration is at the end. Source: the publisher's specifications of its bulk products 195, 198 and 216, as
described at https://chguide.co.uk/bulk-data/officers/.
"""

import re
from datetime import datetime

import polars as pl

from transforms.formats.gb_coh.officers import (
    LEFT_OUT,
    OFFICES,
    PERSON_DIGITS,
    RESIGNED,
    appointment_tables,
    locator,
)
from transforms.model.layout import OtherForm
from transforms.model.parsing import coded, located, parsed, rejections, without
from transforms.model.register import (
    PARTS_UNSTATED,
    UNNUMBERED,
    Edition,
    FixedWidth,
    Index,
    Parsed,
    PublicPage,
    Recognised,
    Register,
    SourceField,
)
from transforms.model.statements import (
    ADDRESS_STATEMENT,
    ENTITY_STATEMENT,
    INTEREST_STATEMENT,
    PERSON_STATEMENT,
    RELATIONSHIP_STATEMENT,
)
from transforms.values.identifiers import GB_COH, org_id, registry_gb_coh

DATASET, TRAILER = "appointments", r"^99999999\d{8}\s*$"
OF_COMPANIES = {r"^.{8}1": "company"}
HEAD = re.compile(rb"(?:\xef\xbb\xbf)?DDDD(SNAP|UPDT)(\d{4})(\d{8})\s*\n")
# Of England and Wales, numbered (_ew_1, _ew_2 …); of Scotland and Northern Ireland, one file each.
PART = re.compile(r"_(?:(\d{1,3})|sc|ni)(?:_\d+)?\.(?:dat|txt|zip)$", re.IGNORECASE)
PERSON_NUMBER, BIRTH = r"^\d{12}$", r"^(\d{4})(0[1-9]|1[0-2])$"
SUPERSEDED = "superseded"
KEY = ("company_number", "person", "office")
FURTHER = (
    "title",
    "forenames",
    "surname",
    "honours",
    "care_of",
    "po_box",
    "address_line_1",
    "address_line_2",
    "post_town",
    "county",
    "country",
    "occupation",
    "nationality",
    "residence",
)
PLACES = {
    "company_number": (0, 8),
    "record_type": (8, 1),
    "appointment_date_origin": (9, 1),
    "appointment_type": (10, 2),
    "person_number": (12, 12),
    "corporate_indicator": (24, 1),
    "appointment_date": (32, 8),
    "resignation_date": (40, 8),
    "postcode": (48, 8),
    "birth": (56, 8),
}
PLACES_OF_UPDATE = {
    "company_number": (0, 8),
    "record_type": (8, 1),
    "appointment_date_origin": (9, 1),
    "corporate_indicator": (12, 1),
    "old_appointment_type": (15, 2),
    "appointment_type": (17, 2),
    "old_person_number": (19, 12),
    "person_number": (31, 12),
    "birth": (43, 8),
    "postcode": (67, 8),
    "appointment_date": (75, 8),
    "resignation_date": (83, 8),
}
IGNORED = {
    "resignation_date_origin": "kind of paper",
    "correction_indicator": "the new state is used, whether it is a correction or a change",
    "full_birth": "a day of birth; month and year are enough to tell persons apart",
    "old_postcode": "the present address is used",
    "change_date": "day of the paper",
    "update_date": "day of the entry",
    "variable_length": "length of the rest of the line",
    "honours": "not part of a name",
    "occupation": "not used by any indicator",
    "nationality": "refused attribute",
    "residence": "refused attribute",
}
FIELDS = (
    SourceField("company_number", mandatory=True),
    SourceField("record_type", "category", mandatory=True, known=("2",)),
    SourceField("appointment_type", "category", mandatory=True, known=tuple(OFFICES)),
    SourceField("person_number", mandatory=True),
    SourceField("old_appointment_type", "category", known=tuple(OFFICES), required=False),
    SourceField("old_person_number", required=False),
    SourceField("corporate_indicator", "category", known=("Y",)),
    SourceField("appointment_date_origin"),
    SourceField("appointment_date", "date", date_format="%Y%m%d"),
    SourceField("resignation_date", "date", date_format="%Y%m%d"),
    SourceField("postcode"),
    SourceField("birth"),
    *(SourceField(name) for name in FURTHER if name not in IGNORED),
    *(SourceField(name, ignored=why, required=False) for name, why in IGNORED.items()),
)


def recognise(file_name: str, head: bytes) -> Recognised | None:
    """By its first line, which has the number and the day of the run. The files of a snapshot are known by
    their part numbers in their names, or by `sc` and `ni`.
    """
    match = HEAD.match(head)
    if match is None:
        return None
    try:
        day = datetime.strptime(match[3].decode(), "%Y%m%d").date()
    except ValueError:
        return None
    is_update, run = match[1] == b"UPDT", int(match[2])
    part = None if is_update else PART.search(file_name)
    return Recognised(
        DATASET, day, int(part[1] or UNNUMBERED) if part else 1, PARTS_UNSTATED if part else 1, run, is_update
    )


def declared_totals(raw: bytes) -> int:
    """The number of lines between header and trailer."""
    return int(raw[8:16])


def kept(frame: pl.DataFrame) -> pl.DataFrame:
    """KEY of the appointments that each line of an update replaces, and its `record_no`."""
    updates = frame.filter(pl.col("old_person_number").is_not_null())
    return updates.select(*_key("old_person_number", "old_appointment_type"), "record_no")


def settled(rows: pl.DataFrame) -> pl.DataFrame:
    """KEY and `replaced_before`: open lines of that key with a smaller `record_no` are replaced."""
    return rows.group_by(KEY).agg(pl.col("record_no").max().alias("replaced_before"))


def _key(number: str, code: str) -> tuple[pl.Expr, ...]:
    return (
        pl.col("company_number"),
        pl.col(number).str.head(PERSON_DIGITS).alias("person"),
        coded(code, OFFICES).alias("office"),
    )


def parse(frame: pl.DataFrame, edition: Edition) -> Parsed:
    """Statements of one batch. Rejects, besides those of `conform`: unknown_kind, not_an_id, impossible_date
    (a month of birth).
    """
    birth = pl.col("birth").str.strip_chars()
    described = frame.with_columns(
        *_key("person_number", "appointment_type")[1:],
        org_id(GB_COH, registry_gb_coh(pl.col("company_number"))).alias("subject_id"),
        birth.str.extract(BIRTH, 1).cast(pl.Int64).alias("birth_year"),
        birth.str.extract(BIRTH, 2).cast(pl.Int64).alias("birth_month"),
        (pl.col("appointment_type").is_in(RESIGNED) | pl.col("resignation_date").is_not_null()).alias(
            "is_ceased"
        ),
    )
    rejected = rejections(
        described,
        (
            (pl.col("record_type") != "2", "unknown_kind", "record_type"),
            (pl.col("office").is_null(), "unknown_kind", "appointment_type"),
            (pl.col("subject_id").is_null(), "missing_value", "company_number"),
            (~pl.col("person_number").str.contains(PERSON_NUMBER), "not_an_id", "person_number"),
            (birth.is_not_null() & pl.col("birth_year").is_null(), "impossible_date", "birth"),
        ),
    )
    rest = without(described, rejected)
    ignored = _ignored(rest, edition)
    records = located(without(rest, ignored), locator(), edition)
    return parsed(records, appointment_tables(records, edition), rejected=rejected, ignored=ignored)


def _ignored(records: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    """IGNORED_SCHEMA: offices that are left out, and lines that an update replaced."""
    replaced = settled(kept(records)) if edition.index is None else edition.index
    known = records.join(replaced, on=KEY, how="left", maintain_order="left")
    is_replaced = (pl.col("record_no") < pl.col("replaced_before")) & ~pl.col("is_ceased")
    reason = (
        pl.when(is_replaced).then(pl.lit(SUPERSEDED)).when(pl.col("office").is_in(LEFT_OUT)).then("office")
    )
    return known.select("record_no", reason.alias("reason")).drop_nulls()


def _layout(header: str, places: dict[str, tuple[int, int]], further_from: int) -> FixedWidth:
    return FixedWidth(header, TRAILER, places, further_from, FURTHER, others=OF_COMPANIES)


REGISTER = Register(
    name="gb_coh_officers",
    title="Company officers (appointments)",
    publisher="Companies House",
    territory="gb",
    url="https://www.gov.uk/guidance/companies-house-data-products",
    licence="by contract with Companies House",
    cadence="on request, with daily updates",
    kind="snapshot",
    identifier_scheme=GB_COH,
    expected_rows="36,000,000 lines (April 2021: 22,600,000 appointments, 13,700,000 companies)",
    description="Directors of UK companies and members of LLPs, with the days of their appointments.",
    roles=("officers",),
    public_page=PublicPage(
        "/company/(?P<number>[A-Z0-9]{8})/appointments/.*",
        "https://find-and-update.company-information.service.gov.uk/company/{number}/officers",
    ),
    reader=_layout(r"^DDDDSNAP", PLACES, 76),
    other_forms=(
        OtherForm(rb"DDDDUPDT", _layout(r"^DDDDUPDT", PLACES_OF_UPDATE, 111), FIELDS, lambda frame: frame),
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
    totals_by_file=True,
    index=Index(kept, settled, of_updates=True),
)
