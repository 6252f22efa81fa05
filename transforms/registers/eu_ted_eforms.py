"""Tenders Electronic Daily: result notices of public procurement in the EU, as eForms.

A file has one notice (a ContractAwardNotice of UBL 2.3, of any version of the eForms SDK), or several in a
row, as in the package of a day (`202600123.tar.gz`), whose other notices are ignored by name. Bids compete
for a lot, so a contracting process is a lot of a procedure: `<procedure>/<lot>`. A notice becomes

| statement | part | locator |
|---|---|---|
| tender | `t<lot>`, one for each result | id and version of the notice |
| bid | `b<tender>-<bidder>` | |
| award | `a<tender>-<supplier>`, one for each tender that got a contract | |

An organisation's identifier (BT-501) is free text: it is used if its country and form show which register it
is from. Withheld values (-1, `unpublished`, 1970-01-01) are left out. A notice about a change to a contract
or its completion is ignored by name; an award that is only intended, and its bid, are `pending`. A tender
counts as valid if it was ranked or got a contract. Tenders are numbered within a notice, so a bid or award is
`<notice>/<tender>`. A notice that corrects another (BT-758) has the other's id there and replaces its bids
and awards, unless it names the other by its publication number: then both are kept (finding
`correction_not_matched`). The declaration is at the end.
Source: https://docs.ted.europa.eu/eforms/latest/.
"""

import re

import polars as pl

from transforms.formats.eforms_fields import (
    CHANGED_NOTICE,
    FIELDS,
    LISTS,
    LOT,
    LOT_RESULT,
    LOT_TENDER,
    ORGANISATION,
    TENDERING_PARTY,
    lots_of_tenders,
    settled_tenders,
)
from transforms.formats.file_names import slug
from transforms.formats.ledgers import amount_of
from transforms.formats.procurement import (
    day_of,
    moment_of,
    number_of,
    scheme_of,
    with_party,
)
from transforms.model.layout import XmlRecords
from transforms.model.parsing import (
    coded,
    inner,
    items,
    located,
    parsed,
    record_findings,
    rejections,
    statement,
    without,
)
from transforms.model.register import Edition, Parsed, Recognised, Register
from transforms.model.source import Source
from transforms.model.statements import AWARD_STATEMENT, BID_STATEMENT, TENDER_STATEMENT
from transforms.values.identifiers import BE_KBO, GB_COH, NL_KVK

METHODS = {
    "open": "open",
    "restricted": "selective",
    "neg-w-call": "selective",
    "comp-dial": "selective",
    "innovation": "selective",
    "neg-wo-call": "limited",
}
AFTER_THE_AWARD = {"can-modif": "modification", "compl": "completion"}
INTENDED = "veat"  # voluntary ex-ante transparency notice: an award that is intended, before the contract
NOT_FRAMEWORK = ("none", "dps-list", "dps-nlist", "unpublished")
WITHHELD, WITHHELD_DAY = ("-1", "unpublished"), "1970-01-01"
SCHEMES_OF_COUNTRY = {"GBR": GB_COH, "BEL": BE_KBO, "NLD": NL_KVK}
SHAPES = {
    GB_COH: r"^(?:[A-Z]{2}|[0-9]{2})[0-9]{6}$",
    BE_KBO: r"^(?:BE)?[01]?[0-9]{9}$",
    NL_KVK: r"^(?:KVK)?[0-9]{8}$",
}


# --- recognition ------------------------------------------------------------------------------------------

_ROOT_TAG = re.compile(
    rb"<(?:\w+:)?(ContractAwardNotice|ContractNotice|PriorInformationNotice"
    rb"|BusinessRegistrationInformationNotice|TED_EXPORT)[\s>]"
)


_PACKAGE = re.compile(r"(20\d{2})(\d{5})\.tar(?:\.gz)?")
OTHER_NOTICES = {
    "ContractNotice": "before_the_result",
    "PriorInformationNotice": "before_the_result",
    "BusinessRegistrationInformationNotice": "no_procurement",
    "TED_EXPORT": "before_eforms",
}


def recognise(file_name: str, head: bytes) -> Recognised | None:
    """By its root element, and the package of a day by its name too. Each file is a dataset of its own, named
    after the file; datasets add up.
    """
    root = _ROOT_TAG.search(head)
    is_package = _PACKAGE.fullmatch(file_name) is not None
    if root is None or (root[1] != b"ContractAwardNotice" and not is_package):
        return None
    return Recognised(slug(file_name.rsplit(".", 1)[0]), None)


def next_packages(number: str) -> tuple[str, str]:
    """Numbers that may follow the number of a package (`202600123`): the next one, or the first of a year."""
    year, place = int(number[:4]), int(number[4:])
    return f"{year}{place + 1:05}", f"{year + 1}00001"


def declined(_file_name: str, head: bytes) -> str:
    root = _ROOT_TAG.search(head)
    if root is None or root[1] == b"ContractAwardNotice":
        return ""
    if root[1] == b"TED_EXPORT":
        return "a notice in TED's XML from before eForms; result notices in eForms are read"
    return "a notice before the result; result notices are read"


# --- parsing ----------------------------------------------------------------------------------------------

OF_NOTICE = ("record", "record_id", "record_no", "ContractFolderID", "released_at", "notice", "is_intended")
_NOTICE_AND_VERSION = r"^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:-\d+)?$"


def parse(frame: pl.DataFrame, edition: Edition) -> Parsed:
    """Tender, bid and award statements of one batch. A notice with an invalid amount is rejected."""
    amount = f"{LOT_TENDER}.LegalMonetaryTotal.PayableAmount"
    is_no_amount = pl.element().is_not_null() & amount_of(pl.element()).is_null()
    rejected = rejections(
        frame, [(pl.col(amount).list.eval(is_no_amount).list.any(), "not_a_number", amount)]
    )
    rest = without(frame, rejected)
    reason = coded("NoticeTypeCode", AFTER_THE_AWARD)
    later = rest.filter(reason.is_not_null()).select("record_no", reason.alias("reason"))
    locator = pl.concat_str("ID", "VersionID", separator="-", ignore_nulls=True)
    day, time = pl.col("IssueDate"), pl.col("IssueTime").fill_null("00:00:00Z")
    good = located(without(rest, later), locator, edition).with_columns(
        moment_of(pl.concat_str(day.str.slice(0, 10), pl.lit("T"), time)).alias("released_at"),
        pl.coalesce(_corrected_notice(), pl.col("ID").str.to_lowercase()).alias("notice"),
        (pl.col("NoticeTypeCode") == INTENDED).fill_null(False).alias("is_intended"),
    )
    unmatched = good.filter(pl.col(CHANGED_NOTICE).is_not_null() & _corrected_notice().is_null())
    organisations = _organisations(good)
    bids = _bidders(good, organisations)
    tables = {
        TENDER_STATEMENT.name: _tenders(good, organisations, edition),
        BID_STATEMENT.name: _bids(good, bids, edition),
        AWARD_STATEMENT.name: _awards(good, bids, edition),
    }
    stated = pl.concat([table.select("record_no") for table in tables.values()]).unique()
    silent = without(good, stated).select("record_no", pl.lit("no_result").alias("reason"))
    return parsed(
        without(good, silent),
        tables,
        rejected=rejected,
        ignored=pl.concat([later, silent]),
        findings=[record_findings(without(unmatched, silent), "correction_not_matched", CHANGED_NOTICE)],
    )


def _corrected_notice() -> pl.Expr:
    """Id of the notice that a change notice corrects, without its version. Null for any other notice, and if
    it is named by its publication number (79191-2026): the number and the id are together only in the
    corrected notice, which another package has.
    """
    return pl.col(CHANGED_NOTICE).str.to_lowercase().str.extract(_NOTICE_AND_VERSION)


def _organisations(good: pl.DataFrame) -> pl.DataFrame:
    """One row for each organisation: record_no, org (its id in the notice), and the columns of `with_party`.
    A natural person has neither name nor number.
    """
    company = f"{ORGANISATION}.Company"
    columns = {
        f"{company}.PartyIdentification.ID": "org",
        f"{company}.PartyName.Name": "name",
        f"{company}.PartyLegalEntity.CompanyID": "number",
        f"{company}.PostalAddress.Country.IdentificationCode": "country",
        f"{ORGANISATION}.NaturalPersonIndicator": "is_person",
    }
    each = items(good, columns, ("record", "record_no"), "place").with_columns(
        inner("name").list.drop_nulls().list.first(), inner("number").list.drop_nulls().list.first()
    )
    is_hidden = (pl.col("is_person") == "true").fill_null(False)
    shown = each.with_columns(
        *(
            pl.when(~is_hidden & ~pl.col(name).is_in(WITHHELD)).then(pl.col(name)).alias(name)
            for name in ("name", "number")
        ),
        scheme=pl.col("country").replace_strict(SCHEMES_OF_COUNTRY, default=None, return_dtype=pl.String),
        ref=pl.lit(None, dtype=pl.String),
    )
    tidy = pl.col("number").str.to_uppercase().str.replace_all(r"[^0-9A-Z]", "")
    fits = pl.any_horizontal(
        (pl.col("scheme") == scheme) & tidy.str.contains(shape) for scheme, shape in SHAPES.items()
    )
    known = shown.with_columns(
        pl.when(fits).then(pl.col("scheme")).alias("scheme"),
        pl.when(fits).then(tidy.str.replace(r"^KVK", "")).otherwise("number").alias("number"),
    )
    return with_party(known).with_columns(
        pl.coalesce("kept_ref", pl.concat_str("record", pl.lit(" "), "org")).alias("kept_ref")
    )


def _process() -> pl.Expr:
    return pl.concat_str("ContractFolderID", pl.lit("/"), pl.col("lot").fill_null("LOT-0000"))


def _lots(good: pl.DataFrame) -> pl.DataFrame:
    """record_no, lot, code, is_framework."""
    columns = {
        f"{LOT}.ID": "lot",
        f"{LOT}.ProcurementProject.MainCommodityClassification.ItemClassificationCode": "code",
        f"{LOT}.TenderingProcess.ContractingSystem.ContractingSystemTypeCode": "systems",
    }
    system = pl.element().is_not_null() & ~pl.element().is_in(NOT_FRAMEWORK)
    return (
        items(good, columns, ("record_no",), "place")
        .with_columns(inner("systems").list.eval(system).list.any().fill_null(False).alias("is_framework"))
        .unique(["record_no", "lot"], keep="first")
    )


def _tenders(good: pl.DataFrame, organisations: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    """Tender statements, one for each lot with a result."""
    statistics = f"{LOT_RESULT}.ReceivedSubmissionsStatistics"
    columns = {
        f"{LOT_RESULT}.TenderLot.ID": "lot",
        f"{statistics}.StatisticsCode": "codes",
        f"{statistics}.StatisticsNumeric": "numbers",
    }
    titles = good.with_columns(
        pl.col("ProcurementProject.Name").list.first().alias("title"),
        pl.col("ContractingParty.Party.PartyIdentification.ID").list.first().alias("org"),
    )
    keep = [*OF_NOTICE, "title", "org", "TenderingProcess.ProcedureCode"]
    results = items(titles, columns, keep, "nth").with_columns(inner("codes"), inner("numbers"))
    counted = (
        results.select("record_no", "nth", "codes", "numbers")
        .filter(pl.col("codes").list.len() == pl.col("numbers").list.len())
        .explode("codes", "numbers")
        .filter((pl.col("codes") == "tenders") & pl.col("numbers").str.contains(r"^\d{1,9}$"))
        .unique(["record_no", "nth"], keep="first")
        .select("record_no", "nth", pl.col("numbers").cast(pl.Int64).alias("bidders_n"))
    )
    buyers = organisations.select("record_no", "org", "name", "official", "kept_ref")
    each = results.join(counted, on=["record_no", "nth"], how="left").join(
        buyers, on=["record_no", "org"], how="left", maintain_order="left"
    )
    return statement(
        each,
        TENDER_STATEMENT,
        edition,
        pl.concat_str(pl.lit("t"), "nth"),
        process_id=_process(),
        released_at=pl.col("released_at"),
        title=pl.col("title"),
        buyer_name=pl.col("name"),
        buyer_scheme=scheme_of(pl.col("official")),
        buyer_number=number_of(pl.col("official")),
        buyer_ref=pl.col("kept_ref"),
        method=coded("TenderingProcess.ProcedureCode", METHODS, "unknown"),
        bidders_n=pl.col("bidders_n"),
    )


def _bidders(good: pl.DataFrame, organisations: pl.DataFrame) -> pl.DataFrame:
    """One row for each bidder of each tender; one row for a tender that names no bidder."""
    columns = {
        f"{LOT_TENDER}.ID": "tender",
        f"{LOT_TENDER}.TenderLot.ID": "tender_lot",
        f"{LOT_TENDER}.TenderingParty.ID": "party",
        f"{LOT_TENDER}.TenderRankedIndicator": "is_ranked",
        f"{LOT_TENDER}.LegalMonetaryTotal.PayableAmount": "amount",
        f"{LOT_TENDER}.LegalMonetaryTotal.PayableAmount@currencyID": "currency",
    }
    tenders = (
        items(good, columns, OF_NOTICE, "nth")
        .join(lots_of_tenders(good), on=["record_no", "tender"], how="left", maintain_order="left")
        .with_columns(pl.coalesce("lot", "tender_lot").alias("lot"))
    )
    of_party = {f"{TENDERING_PARTY}.ID": "party", f"{TENDERING_PARTY}.Tenderer.ID": "orgs"}
    parties = (
        items(good, of_party, ("record_no",), "place")
        .unique(["record_no", "party"], keep="first")
        .select("record_no", "party", inner("orgs").alias("orgs"))
    )
    each = tenders.join(parties, on=["record_no", "party"], how="left", maintain_order="left")
    members = items(each, {"orgs": "org"}, tenders.columns, "position", at_least=1)
    named = organisations.select("record_no", "org", "kind", "kept_name", "official", "kept_ref")
    amount = amount_of(pl.col("amount"))
    return members.join(named, on=["record_no", "org"], how="left", maintain_order="left").with_columns(
        pl.col("kind").fill_null("unnamed"),
        pl.col("tender").fill_null(pl.col("nth").cast(pl.String)),
        pl.when(amount >= 0).then(amount).alias("amount"),
    )


def _tender_no() -> pl.Expr:
    """Tenders are numbered within a notice, and a lot may have several notices. A correction has the numbers
    of the notice that it corrects, and so replaces its bids and awards.
    """
    return pl.concat_str("notice", pl.lit("/"), "tender")


def _of_party(role: str) -> dict[str, pl.Expr]:
    return {
        f"{role}_kind": pl.col("kind"),
        f"{role}_name": pl.col("kept_name"),
        f"{role}_scheme": scheme_of(pl.col("official")),
        f"{role}_number": number_of(pl.col("official")),
        f"{role}_ref": pl.col("kept_ref"),
        "amount": pl.col("amount"),
        "currency": pl.when(pl.col("amount").is_not_null()).then(pl.col("currency")),
        "process_id": _process(),
        "released_at": pl.col("released_at"),
        "position": pl.col("position"),
    }


def _bids(good: pl.DataFrame, bidders: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    won = settled_tenders(good).select("record_no", "tender", pl.lit(True).alias("is_won"))
    each = bidders.join(won, on=["record_no", "tender"], how="left", maintain_order="left")
    is_valid = pl.col("is_won").fill_null(False) | (pl.col("is_ranked") == "true")
    return statement(
        each,
        BID_STATEMENT,
        edition,
        pl.concat_str(pl.lit("b"), "nth", pl.lit("-"), "position"),
        bid_no=_tender_no(),
        partners_n=pl.col("position_n"),
        status=pl.when("is_intended")
        .then(pl.lit("pending"))
        .when(is_valid)
        .then(pl.lit("valid"))
        .otherwise(pl.lit("unknown")),
        **_of_party("bidder"),
    )


def _awards(good: pl.DataFrame, bidders: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    """Award statements for tenders that got a contract."""
    won = bidders.join(settled_tenders(good), on=["record_no", "tender"], how="inner", maintain_order="left")
    lots = _lots(good).select("record_no", "lot", "code", "is_framework")
    return statement(
        won.join(lots, on=["record_no", "lot"], how="left", maintain_order="left"),
        AWARD_STATEMENT,
        edition,
        pl.concat_str(pl.lit("a"), "nth", pl.lit("-"), "position"),
        award_no=_tender_no(),
        suppliers_n=pl.col("position_n"),
        status=pl.when("is_intended").then(pl.lit("pending")).otherwise(pl.lit("active")),
        awarded_on=pl.when(~pl.col("date").str.starts_with(WITHHELD_DAY)).then(day_of(pl.col("date"))),
        is_framework=pl.col("is_framework").fill_null(False),
        item_codes=pl.concat_list("code").list.drop_nulls(),
        **_of_party("supplier"),
    )


REGISTER = Register(
    name="eu_ted_eforms",
    title="Result notices of public procurement in the European Union",
    publisher="Publications Office of the European Union",
    territory="world",
    url="https://ted.europa.eu/",
    licence="CC BY 4.0",
    cadence="daily",
    kind="series",
    identifier_scheme="TED",
    expected_rows="900 to 1,500 result notices a day (2024)",
    edition_field="IssueDate",
    description="Who was awarded which lot, by which body, and how many bid. An award is not a payment.",
    roles=("awards",),
    source=Source(
        "https://ted.europa.eu/packages/daily/{number}",
        next_numbers=next_packages,
        name_of_number="{number}.tar.gz",
        size_band=(0.02, 50.0),
    ),
    reader=XmlRecords("ContractAwardNotice", lists=LISTS, other_documents=OTHER_NOTICES),
    fields=FIELDS,
    tables=(TENDER_STATEMENT, BID_STATEMENT, AWARD_STATEMENT),
    recognise=recognise,
    declined=declined,
    parse=parse,
)
