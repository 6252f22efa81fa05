"""Companies House: persons with significant control, and beneficial owners of overseas entities (daily snapshot, JSON lines).

One line is one record of a company: a person or entity with control, a statement that none is named, an exemption, or
the publisher's totals. How each becomes statements:

| record | becomes |
|---|---|
| individual | person_statement `p`, relationship `r`, an interest for each nature of control, its address `a-p` |
| corporate entity, legal person | entity_statement `p` (role owner), relationship `r`, interests, addresses `a-p`, `a-p2` (principal office) |
| super-secure | anonymousPerson `p` and relationship `r` with class `protected`: the record names nobody, but it says that there is somebody |
| statement | relationship `r` with party_kind unspecified, its code, its class, the BODS reason |
| exemptions | one such relationship for each period of each exemption; one of class unknown where no key of it is known |
| nature "as trust", "as firm", "as control over …" | an unnamed arrangement (`t`, `f`, `tt`, `mf`, `n`), the person's in it (`…-h`), its in the subject (`…-r`) |

A record whose natures are all an arrangement's keeps a relationship `r` without interests: it is still the declaration
that this party is on the register. So does a record without natures. Interest ids carry the position in the record's list.

Dates: `notified_on` of a UK record is when the company was told, and 2016-04-06 (start of the regime) says nothing about
the holding: left-censored. For an overseas entity it is the day somebody became a beneficial owner, often long before the
register opened; only 2022-08-01, the day it opened, is taken as left-censored. `ceased_on` is the first day the record no
longer holds; `ceased: true` or a withdrawn restrictions notice without a date ends it on an unknown day.

Never read: nationality and country of residence (refused attributes), names in links. Ceased records are history and stay.
Source: the publisher's data product "People with significant control (PSC) snapshot" and its public data API
specification; code lists from companieshouse/api-enumerations (see the vocabularies).
"""

from __future__ import annotations

import re
from datetime import date

import orjson
import polars as pl

from transforms.formats import gb_coh
from transforms.model.parsing import finding_rows, located, parsed, reject_rows, statement, statement_id
from transforms.model.register import (
    Declared,
    Edition,
    FieldKind,
    JsonLines,
    Parsed,
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
from transforms.values.addresses import ADDRESS, with_address
from transforms.values.countries import country_code, country_part
from transforms.values.identifiers import GB_COH, org_id, registry_gb_coh

DATASET = "psc"
TOTALS_KIND = "totals#"
NATURES = "data.natures_of_control"
# Key of an exemption in the record, and its short word in statement ids.
# Its value is {"exemption_type": code, "items": [{"exempt_from": day, "exempt_to": day}]}.
EXEMPTION_KEYS = {
    "disclosure_transparency_rules_chapter_five_applies": "dtr5",
    "psc_exempt_as_trading_on_regulated_market": "market",
    "psc_exempt_as_trading_on_uk_regulated_market": "uk",
    "psc_exempt_as_trading_on_eu_regulated_market": "eu",
    "psc_exempt_as_shares_admitted_on_market": "shares",
}
ADDRESS_KEYS = (
    "care_of",
    "care_of_name",
    "po_box",
    "premises",
    "address_line_1",
    "address_line_2",
    "locality",
    "region",
    "country",
    "postal_code",
)
# Key of an address, the part of its statement's id, its role. The publisher calls the first one the service address, for companies too.
ADDRESSES = (("address", "a-p", "service"), ("principal_office_address", "a-p2", "principal"))
WITHDRAWN = ("restrictions-notice-withdrawn-by-court-order", "restrictions-notice-withdrawn-by-company")
PERIOD = {name: pl.col(name) for name in ("valid_from", "valid_to", "is_ceased", "is_left_censored")}
PROTECTED_REASON = (
    "interestedPartyExemptFromDisclosure"  # BODS 0.4, for a person whose particulars are restricted
)
LEADS_ELSEWHERE = "leads to another record, which is in the file itself"
VERIFICATION = (
    "whether a holder has verified an identity says nothing about ownership, and no indicator reads it"
)

# --- declaration ----------------------------------------------------------------------------------------------------


def _optional(
    name: str, kind: FieldKind = "text", ignored: str = "", known: tuple[str, ...] = ()
) -> SourceField:
    """A key that many records lack: a file without it is no broken file."""
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
    _optional("etag", ignored="changes with any key, ignored ones too; editions are compared by content"),
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
        ignored="refused attribute: may be used inside resolution only, and is not yet",
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
        ignored="says EEA or not of an officer's company; place and country tell more",
    ),
    _optional(
        "is_sanctioned",
        "boolean",
        ignored="what the overseas entity says of its own owner; watch lists are registers of their own",
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
        ignored="when the company wrote it into its own register; notified_on is the register's date",
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
    _optional(
        "identity_verification_details.anti_money_laundering_supervisory_bodies",
        "texts",
        ignored=VERIFICATION,
    ),
    _optional(
        "identity_verification_details.appointment_verification_start_on", "date", ignored=VERIFICATION
    ),
    _optional("identity_verification_details.appointment_verification_end_on", "date", ignored=VERIFICATION),
    _optional(
        "identity_verification_details.appointment_verification_statement_date", "date", ignored=VERIFICATION
    ),
    _optional(
        "identity_verification_details.appointment_verification_statement_due_on",
        "date",
        ignored=VERIFICATION,
    ),
    _optional(
        "identity_verification_details.authorised_corporate_service_provider_name", ignored=VERIFICATION
    ),
    _optional("identity_verification_details.identity_verified_on", "date", ignored=VERIFICATION),
    _optional("identity_verification_details.preferred_name", ignored=VERIFICATION),
)

# --- which file is it -----------------------------------------------------------------------------------------------

FILE_NAME = re.compile(
    r"^(?:persons-with-significant-control|psc)-snapshot-(?P<day>\d{4}-\d{2}-\d{2})(?:_(?P<part>\d{1,3})of(?P<parts>\d{1,3}))?\.(?:txt|jsonl?|ndjson|zip)$"
)
DAY_IN_NAME = re.compile(r"(?<!\d)(\d{4})-(\d{2})(?:-(\d{2}))?(?!\d)")


def recognise(file_name: str, head: bytes) -> Recognised | None:
    """The publisher's file names, or any name over a first line that is a record of this register or its totals."""
    named = FILE_NAME.match(file_name.lower())
    if named is None and not _is_record(head):
        return None
    part, parts = (int(named["part"]), int(named["parts"])) if named and named["part"] else (1, 1)
    return Recognised(DATASET, _day(file_name), part, parts)


def _is_record(head: bytes) -> bool:
    lines = head.split(b"\n", 1)
    try:
        record = orjson.loads(lines[0])
        kind, company = record["data"]["kind"], record.get("company_number")
    except (orjson.JSONDecodeError, AttributeError, KeyError, TypeError):
        return False
    if not isinstance(kind, str):
        return False
    return kind.startswith(TOTALS_KIND + "persons-of-significant-control") or (
        isinstance(company, str) and kind in gb_coh.kinds()["kind"]
    )


def _day(file_name: str) -> date | None:
    """The full date in the name; a year and month is its first day; an impossible one is none."""
    found = DAY_IN_NAME.search(file_name)
    try:
        return date(int(found[1]), int(found[2]), int(found[3] or 1)) if found else None
    except ValueError:
        return None


def declared_totals(raw: bytes) -> Declared:
    """Records that the publisher counts: persons and entities, statements, exemptions (totals records themselves are in none).

    A totals record without all three counts declares nothing.
    """
    try:
        data = orjson.loads(raw)["data"]
        counts = [
            data[f"{what}_count"] for what in ("persons_of_significant_control", "statements", "exemptions")
        ]
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return Declared()
    return Declared(sum(counts)) if all(isinstance(count, int) for count in counts) else Declared()


# --- parse ----------------------------------------------------------------------------------------------------------


def parse(frame: pl.DataFrame, edition: Edition) -> Parsed:
    """Map conformed records to statements (see the module's table).

    frame: BATCH_COLUMNS and FIELDS as `conform` types them. Rejects, besides what `conform` does: unknown_kind,
    impossible_date (a birth month outside 1 to 12, a date inside an exemption), missing_value (a statement record
    without its statement, a company number of no letters or digits). Findings: unknown_category for natures of control
    that the vocabulary does not have. An exemption under an unknown key is the reader's unknown_field.
    """
    described = _described(frame)
    periods = _exemption_periods(described)
    rejected = _rejected(described, periods)
    kept = (
        described.join(rejected.select("record_no"), on="record_no", how="anti", maintain_order="left")
        if rejected.height
        else described
    )
    records = located(kept, pl.col("data.links.self"), edition)
    held = _held(records)
    through = _through(held)
    tables = {
        "entity_statement": pl.concat([_owners(records, edition), _arrangements(through, edition)]),
        "person_statement": _persons(records, edition),
        "relationship_statement": pl.concat(
            [
                _party_relationships(records, edition),
                _declarations(records, edition),
                _exemptions(records, periods, edition),
                *_chains(through, edition),
            ]
        ),
        "interest_statement": pl.concat([_interests(held, edition), _holder_interests(through, edition)]),
        "address_statement": _addresses(records, edition),
    }
    return parsed(records, tables, rejected=rejected, findings=[_unknown_natures(held)])


def _described(frame: pl.DataFrame) -> pl.DataFrame:
    """Add what the kind means (record_type null: unknown kind), the subject and the period."""
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
        (pl.col("data.notified_on") == pl.col("regime_start")).fill_null(False).alias("is_left_censored"),
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
    rows = pl.concat(
        [reject_rows(described.filter(mask.fill_null(False)), code, field) for mask, code, field in faults]
    )
    return rows.unique("record_no", keep="first", maintain_order=True).sort("record_no")


# --- parties --------------------------------------------------------------------------------------------------------


def _persons(records: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    element = {
        name: pl.col(f"data.name_elements.{name}")
        for name in ("title", "forename", "middle_name", "other_forenames", "surname")
    }
    middle = pl.coalesce(element["middle_name"], element["other_forenames"])
    put_together = pl.concat_str(
        element["title"], element["forename"], middle, element["surname"], separator=" ", ignore_nulls=True
    )
    return statement(
        records.filter(pl.col("party_kind") == "person"),
        PERSON_STATEMENT,
        edition,
        "p",
        person_type=pl.when(pl.col("record_type") == "super_secure")
        .then(pl.lit("anonymousPerson"))
        .otherwise(pl.lit("knownPerson")),
        full_name=pl.coalesce(pl.col("data.name"), pl.when(put_together != "").then(put_together)),
        name_title=element["title"],
        forename=element["forename"],
        middle_names=middle,
        surname=element["surname"],
        birth_year=pl.col("data.date_of_birth.year"),
        birth_month=pl.col("data.date_of_birth.month"),
    )


def _owners(records: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    """Corporate entities and legal persons. Whether a number and a name agree is resolution's question, not this one's."""
    of = {name: pl.col(f"data.identification.{name}") for name in ("registration_number", "legal_form")}
    owners = records.filter(pl.col("party_kind") == "entity")
    form = gb_coh.classified(owners["data.identification.legal_form"]).rename(
        {"entity_type": "form_entity_type"}
    )
    described = (
        owners.hstack(form)
        .hstack(_homes(owners))
        .with_columns(
            gb_coh.stated_number(
                of["registration_number"], pl.col("legal_form_class"), pl.col("in_uk")
            ).alias("identifier")
        )
    )
    return statement(
        described,
        ENTITY_STATEMENT,
        edition,
        "p",
        role=pl.lit("owner"),
        is_registry_entry=pl.lit(False),
        identifier_scheme=pl.when(pl.col("identifier").is_not_null()).then(pl.lit(GB_COH)),
        identifier=pl.col("identifier"),
        identifier_native=of["registration_number"],
        identifier_register=pl.when(~pl.col("in_uk").fill_null(False)).then(
            pl.col("data.identification.place_registered")
        ),
        entity_type=pl.coalesce("form_entity_type", "entity_type"),
        name=pl.col("data.name"),
        former_names=pl.lit([], dtype=pl.List(pl.String)),
        jurisdiction=pl.col("jurisdiction"),
        subdivision=pl.col("subdivision"),
        legal_form=of["legal_form"],
        legal_form_class=pl.col("legal_form_class"),
        status=pl.lit("unknown"),
        industry_codes=pl.lit([], dtype=pl.List(pl.String)),
    )


def _homes(owners: pl.DataFrame) -> pl.DataFrame:
    """in_uk, jurisdiction and subdivision of each owner, by what it says of its register. Owners say few different things, and each is looked at once."""
    names = [
        f"data.identification.{name}"
        for name in ("country_registered", "place_registered", "legal_authority")
    ]
    stated = owners.select(names)
    distinct = stated.unique().with_columns(gb_coh.is_in_uk_register(*map(pl.col, names)).alias("in_uk"))
    home = pl.when(pl.col("in_uk")).then(pl.lit("gb"))
    placed = distinct.with_columns(
        pl.coalesce(home, *map(country_code, map(pl.col, names))).alias("jurisdiction")
    )
    parted = placed.with_columns(
        pl.coalesce(country_part(pl.col(name), pl.col("jurisdiction")) for name in names).alias("subdivision")
    )
    return stated.join(parted, on=names, how="left", nulls_equal=True, maintain_order="left").select(
        "in_uk", "jurisdiction", "subdivision"
    )


def _party_relationships(records: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    """Who is on the register. A protected person is a party too, and says why it has no name."""
    protected = pl.col("record_type") == "super_secure"
    return statement(
        records.filter(pl.col("party_kind") != "unspecified"),
        RELATIONSHIP_STATEMENT,
        edition,
        "r",
        subject_id=pl.col("subject_id"),
        party_statement_id=statement_id("p"),
        party_kind=pl.col("party_kind"),
        unspecified_reason=pl.when(protected).then(pl.lit(PROTECTED_REASON)),
        declaration_code=pl.when(protected).then(pl.coalesce("data.description", "data.kind")),
        declaration_class=pl.when(protected).then(pl.lit("protected")),
        **PERIOD,
    )


# --- declarations that name nobody ----------------------------------------------------------------------------------


def _declared(rows: pl.DataFrame, edition: Edition, part: str | pl.Expr) -> pl.DataFrame:
    """Relationships for `declaration_code`. A code that the vocabulary does not have is class unknown, BODS reason unknown."""
    known = rows.join(
        gb_coh.statements().rename({"record_type": "code_type"}),
        left_on="declaration_code",
        right_on="code",
        how="left",
        maintain_order="left",
    )
    unknown = pl.col("declaration_class").is_null()
    return statement(
        known,
        RELATIONSHIP_STATEMENT,
        edition,
        part,
        subject_id=pl.col("subject_id"),
        party_kind=pl.lit("unspecified"),
        unspecified_reason=pl.when(unknown).then(pl.lit("unknown")).otherwise(pl.col("unspecified_reason")),
        declaration_code=pl.col("declaration_code"),
        declaration_class=pl.col("declaration_class").fill_null("unknown"),
        **PERIOD,
    )


def _declarations(records: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    said = records.filter(pl.col("record_type") == "statement").with_columns(
        pl.col("data.statement").alias("declaration_code")
    )
    return _declared(said, edition, "r")


def _exemption_periods(described: pl.DataFrame) -> pl.DataFrame:
    """One row for each period of each exemption: record_no, part, declaration_code, exempt_from, exempt_to, is_possible (both days, where stated)."""
    exempt = described.filter(pl.col("record_type") == "exemption")
    known = pl.concat([_periods_of(exempt, key, word) for key, word in EXEMPTION_KEYS.items()])
    # The company has declared something, under a key that came later than this module: to lose the record would make it one that declares nothing.
    other = exempt.join(known, on="record_no", how="anti", maintain_order="left").select(
        "record_no",
        pl.lit("r-other").alias("part"),
        pl.col("data.kind").alias("declaration_code"),
        exempt_from=None,
        exempt_to=None,
        is_possible=True,
    )
    return pl.concat([known, other.select(pl.col(name).cast(dtype) for name, dtype in known.schema.items())])


def _periods_of(exempt: pl.DataFrame, key: str, word: str) -> pl.DataFrame:
    """Periods of one exemption. The reader gives the items' days as two lists; an exemption without items is one period without days."""
    code, first, last = (
        pl.col(f"data.exemptions.{key}.{name}")
        for name in ("exemption_type", "items.exempt_from", "items.exempt_to")
    )
    stated = exempt.filter(code.is_not_null() | first.is_not_null() | last.is_not_null())
    items_n = pl.max_horizontal(first.list.len(), last.list.len(), pl.lit(1))
    each = stated.with_columns(pl.int_ranges(0, items_n).alias("item")).explode("item")
    texts = [days.list.get(pl.col("item"), null_on_oob=True) for days in (first, last)]
    days = [text.str.to_date("%Y-%m-%d", strict=False) for text in texts]
    return each.select(
        "record_no",
        pl.format(f"r-{word}-{{}}", "item").alias("part"),
        code.fill_null(key.replace("_", "-")).alias("declaration_code"),
        days[0].alias("exempt_from"),
        days[1].alias("exempt_to"),
        pl.all_horizontal(
            text.is_null() | day.is_not_null() for text, day in zip(texts, days, strict=True)
        ).alias("is_possible"),
    )


def _exemptions(records: pl.DataFrame, periods: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    """Every period, ended ones too: the same store answers any past date."""
    rows = records.join(periods, on="record_no", how="inner", maintain_order="left_right").with_columns(
        pl.col("exempt_from").alias("valid_from"),
        pl.col("exempt_to").alias("valid_to"),
        (pl.col("exempt_to").is_not_null() | pl.col("is_ceased")).alias("is_ceased"),
        (pl.col("exempt_from") == pl.col("regime_start")).fill_null(False).alias("is_left_censored"),
    )
    return _declared(rows, edition, pl.col("part"))


# --- interests ------------------------------------------------------------------------------------------------------


def _held(records: pl.DataFrame) -> pl.DataFrame:
    """One row for each nature of control: its position in the record, its code, what it means, and whose relationship carries it.

    An unknown code keeps its row: basis unknown, no share, is_known false.
    """
    columns = ("record_id", "record", "record_no", "subject_id", "party_kind", *PERIOD, NATURES)
    listed = records.filter(
        (pl.col("party_kind") != "unspecified") & (pl.col(NATURES).list.len() > 0)
    ).select(columns)
    each = listed.with_columns(pl.int_ranges(0, pl.col(NATURES).list.len()).alias("position")).explode(
        NATURES, "position"
    )
    coded = each.with_columns(pl.col(NATURES).str.strip_chars().alias("code")).filter(pl.col("code") != "")
    via_part = pl.col("via").replace_strict(
        {name: via.part for name, via in gb_coh.VIAS.items()}, default=None, return_dtype=pl.String
    )
    return (
        coded.join(gb_coh.natures(), on="code", how="left", maintain_order="left")
        .with_columns(pl.col("basis").is_not_null().alias("is_known"), via_part.alias("via_part"))
        .with_columns(
            pl.col("basis").fill_null("unknown"),
            pl.col("interest_type").fill_null(gb_coh.UNKNOWN_INTEREST_TYPE),
            pl.col("share_min_exclusive", "share_max_exclusive").fill_null(False),
            pl.concat_str(pl.col("via_part") + "-r").fill_null("r").alias("relationship_part"),
        )
    )


def _part(*words: str | pl.Expr) -> pl.Expr:
    """A part or an id out of words, joined by hyphens."""
    return pl.concat_str(*(pl.lit(word) if isinstance(word, str) else word for word in words), separator="-")


def _interests(held: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    """Interests in the subject: the person's own, and those of the arrangements."""
    joint = pl.col("via").replace_strict(
        {name: via.joint for name, via in gb_coh.VIAS.items() if via.joint},
        default=None,
        return_dtype=pl.String,
    )
    return statement(
        held,
        INTEREST_STATEMENT,
        edition,
        _part(pl.col("relationship_part"), pl.concat_str(pl.lit("i"), pl.col("position"))),
        relationship_statement_id=_part(pl.col("record_id"), pl.col("relationship_part")),
        interest_type=pl.col("interest_type"),
        native_code=pl.col("code"),
        basis=pl.col("basis"),
        reach=pl.lit("unknown"),
        joint_group=pl.concat_str(pl.col("subject_id"), joint, separator="/"),
        **{
            name: pl.col(name)
            for name in ("share_min", "share_max", "share_min_exclusive", "share_max_exclusive")
        },
    )


def _through(held: pl.DataFrame) -> pl.DataFrame:
    """One row for each arrangement of a record, with the first code that speaks of it."""
    return held.filter(pl.col("via").is_not_null()).unique(
        ["record_id", "via"], keep="first", maintain_order=True
    )


def _of_via(attribute: str) -> pl.Expr:
    return pl.col("via").replace_strict(
        {name: getattr(via, attribute) for name, via in gb_coh.VIAS.items()}, return_dtype=pl.String
    )


def _arrangements(through: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    """Arrangements that the register implies and never names."""
    return statement(
        through,
        ENTITY_STATEMENT,
        edition,
        pl.col("via_part"),
        role=pl.lit("arrangement"),
        is_registry_entry=pl.lit(False),
        entity_type=_of_via("entity_type"),
        former_names=pl.lit([], dtype=pl.List(pl.String)),
        legal_form_class=pl.lit("unknown"),
        status=pl.lit("unknown"),
        industry_codes=pl.lit([], dtype=pl.List(pl.String)),
    )


def _chains(through: pl.DataFrame, edition: Edition) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Holder to arrangement, and arrangement to subject."""
    arrangement = _part(pl.col("record_id"), pl.col("via_part"))
    to_arrangement = statement(
        through,
        RELATIONSHIP_STATEMENT,
        edition,
        _part(pl.col("via_part"), "h"),
        subject_statement_id=arrangement,
        party_statement_id=statement_id("p"),
        party_kind=pl.col("party_kind"),
        **PERIOD,
    )
    to_subject = statement(
        through,
        RELATIONSHIP_STATEMENT,
        edition,
        _part(pl.col("via_part"), "r"),
        subject_id=pl.col("subject_id"),
        party_statement_id=arrangement,
        party_kind=pl.lit("entity"),
        **PERIOD,
    )
    return to_arrangement, to_subject


def _holder_interests(through: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    """The person's influence over an arrangement, or trusteeship of it. Never a share."""
    return statement(
        through,
        INTEREST_STATEMENT,
        edition,
        _part(pl.col("via_part"), "h", "i0"),
        relationship_statement_id=_part(pl.col("record_id"), pl.col("via_part"), "h"),
        interest_type=_of_via("holder_interest_type"),
        native_code=pl.col("code"),
        basis=_of_via("holder_basis"),
        reach=pl.lit("unknown"),
        share_min_exclusive=pl.lit(False),
        share_max_exclusive=pl.lit(False),
    )


def _unknown_natures(held: pl.DataFrame) -> pl.DataFrame:
    return finding_rows(held.filter(~pl.col("is_known")), "unknown_category", NATURES, pl.col("code"))


# --- addresses ------------------------------------------------------------------------------------------------------


def _addresses(records: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    """Addresses of persons and entities, all of one key before those of the next; a record without one has no row."""
    of = {name: pl.col(name) for name in ADDRESS_KEYS}
    addressed = with_address(
        pl.concat([_stated_addresses(records, key, part, role) for key, part, role in ADDRESSES]),
        lines=[of["premises"], of["address_line_1"], of["address_line_2"]],
        locality=of["locality"],
        region=of["region"],
        country=country_code(of["country"]),
        country_text=of["country"],
        postcode_text=of["postal_code"],
        care_of=pl.coalesce(of["care_of"], of["care_of_name"]),
        po_box=of["po_box"],
    )
    written = addressed.filter(pl.col("a_address_text").is_not_null())
    return statement(
        written,
        ADDRESS_STATEMENT,
        edition,
        pl.col("part"),
        of_statement_id=statement_id("p"),
        role=pl.col("role"),
        **ADDRESS,
    )


def _stated_addresses(records: pl.DataFrame, key: str, part: str, role: str) -> pl.DataFrame:
    """ADDRESS_KEYS under `data.<key>`, with the part and the role that the address will have."""
    of = [pl.col(f"data.{key}.{name}").alias(name) for name in ADDRESS_KEYS]
    stated = records.filter(
        pl.any_horizontal(text.is_not_null() for text in of) & (pl.col("party_kind") != "unspecified")
    )
    return stated.select(
        "record_id", "record", "record_no", *of, pl.lit(part).alias("part"), pl.lit(role).alias("role")
    )


REGISTER = Register(
    name="gb_coh_psc",
    title="Persons with significant control (snapshot)",
    publisher="Companies House",
    territory="gb",
    url="https://download.companieshouse.gov.uk/en_pscdata.html",
    licence="Open Government Licence v3.0",
    cadence="daily",
    overdue_days=4,
    kind="snapshot",
    identifier_scheme=GB_COH,
    expected_rows="12,800,000 (totals record of 2024-11-22); 15,600,000 reported for mid 2026",
    description="Who has significant control of a UK company or partnership, beneficial owners of overseas entities, and why nobody is named.",
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
