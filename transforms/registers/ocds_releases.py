"""Open Contracting Data Standard 1.0 and 1.1: releases about contracting processes, from any publisher.

A file is a release package, a record package, or has one release, record or package on each line. One
release, or one record with its compiled release, becomes

| statement | part | locator |
|---|---|---|
| tender | `t` | ocid, id and date of the release |
| award | `a<award>-<supplier>` | |
| bid | `b<bid>-<bidder>` | |

If several releases are about one process, the marts use the newest. A record without a compiled release has
only links to releases, or releases that are also files of their own; it is ignored by name. Only names of
public bodies and companies are kept. The declaration is at the end.
Source: https://standard.open-contracting.org/1.1/en/schema/.
"""

import re
from collections.abc import Mapping, Sequence

import polars as pl

from transforms.formats.file_names import day_in_name, slug
from transforms.formats.ledgers import amount_of
from transforms.formats.ocds_fields import FIELDS
from transforms.formats.procurement import (
    PARTY,
    SCHEMES,
    day_of,
    moment_of,
    number_of,
    scheme_of,
    with_party,
)
from transforms.model.parsing import (
    NO_TEXTS,
    coded,
    inner,
    items,
    joined,
    located,
    parsed,
    rejections,
    statement,
    without,
)
from transforms.model.register import (
    Edition,
    JsonLines,
    Parsed,
    Recognised,
    Register,
)
from transforms.model.source import Source, next_link
from transforms.model.statements import (
    AWARD_STATEMENT,
    AWARD_STATUSES,
    BID_STATEMENT,
    BID_STATUSES,
    PROCUREMENT_METHODS,
    TENDER_STATEMENT,
)

PRICE_ONLY = ("priceOnly", "lowestCost")  # the second is of OCDS 1.0
OTHER_CRITERIA = ("costOnly", "qualityOnly", "ratedCriteria", "bestProposal", "bestValueToGovernment")
# --- recognition ------------------------------------------------------------------------------------------

_OCID = re.compile(rb'"ocid"\s*:\s*"')
_VERSIONED = re.compile(rb'"releaseTag"\s*:\s*\[')
_COMPILED = re.compile(rb'"(?:compiledRelease|releases)"\s*:')


def recognise(file_name: str, head: bytes) -> Recognised | None:
    """By an ocid. Each publisher and file is a dataset of its own; datasets add up."""
    if not _OCID.search(head) or declined(file_name, head):
        return None
    return Recognised(slug(re.sub(r"\.jsonl?$", "", file_name)), day_in_name(file_name))


def declined(_file_name: str, head: bytes) -> str:
    """Why a file of versioned releases (the history of each value) is not read; "" for any other file."""
    is_versioned = _OCID.search(head) and _VERSIONED.search(head) and not _COMPILED.search(head)
    return "versioned releases: land the compiled releases of the same processes" if is_versioned else ""


# --- parsing ----------------------------------------------------------------------------------------------

OF_RECORD = ("record", "record_id", "record_no", "ocid", "released_at", "is_framework")
VALUE = {"net": "value.amount", "gross": "value.amountGross", "currency": "value.currency"}
ORGANISATION = dict(zip(PARTY, ("id", "name", "identifier.scheme", "identifier.id"), strict=True))


def parse(frame: pl.DataFrame, edition: Edition) -> Parsed:
    """Tender, award and bid statements of one batch. A record with an invalid amount is rejected."""
    is_no_amount = pl.element().is_not_null() & amount_of(pl.element()).is_null()
    rejected = rejections(
        frame,
        [
            (pl.col(name).list.eval(is_no_amount).list.any(), "not_a_number", name)
            for name in ("awards.value.amount", "bids.details.value.amount")
        ],
    )
    rest = without(frame, rejected)
    linked = pl.all_horizontal(pl.col(name).is_null() for name in ("id", "date", "tag"))
    locator = pl.concat_str("ocid", "id", "date", separator=" ", ignore_nulls=True)
    good = located(rest.filter(~linked), locator, edition).with_columns(
        moment_of(pl.col("date")).alias("released_at"),
        (
            pl.col("tender.techniques.hasFrameworkAgreement").fill_null(False)
            | pl.col("tender.lots.techniques.hasFrameworkAgreement").list.contains("true").fill_null(False)
        ).alias("is_framework"),
    )
    parties = _parties(good)
    known = parties.filter(pl.col("ref").is_not_null()).unique(["record_no", "ref"], keep="first")
    tables = {
        TENDER_STATEMENT.name: _tenders(good, known, edition),
        AWARD_STATEMENT.name: _awards(good, known, edition),
        BID_STATEMENT.name: _bids(good, known, edition),
    }
    stated = pl.concat([table.select("record_no") for table in tables.values()]).unique()
    silent = without(good, stated).select("record_no", pl.lit("no_tender_or_award").alias("reason"))
    uncompiled = rest.filter(linked).select("record_no", pl.lit("no_compiled_release").alias("reason"))
    return parsed(without(good, silent), tables, rejected=rejected, ignored=pl.concat([uncompiled, silent]))


def _same(words: Sequence[str]) -> dict[str, str]:
    """Codes that the model and the standard have in common."""
    return {word: word for word in words}


def _named(path: str, names: Mapping[str, str]) -> dict[str, str]:
    """Native field below `path` → its short name."""
    return {f"{path}.{native}": short for short, native in names.items()}


def _parties(good: pl.DataFrame) -> pl.DataFrame:
    """record_no and PARTY of the list of parties. If the main identifier is of no known register, the first
    additional one of a known register replaces it.
    """
    further = {"further_scheme": "scheme", "further_number": "id"}
    columns = _named("parties", ORGANISATION) | _named("parties.additionalIdentifiers", further)
    each = items(good, columns, ("record_no",), "place").with_columns(inner(name) for name in further)
    known = items(each, {name: name for name in further}, ("record_no", "place"), "position").filter(
        pl.col("further_scheme").is_in(SCHEMES)
    )
    first = known.unique(["record_no", "place"], keep="first", maintain_order=True)
    replaced = each.drop(further).join(first, on=["record_no", "place"], how="left", maintain_order="left")
    is_replaced = ~pl.col("scheme").is_in(SCHEMES).fill_null(False) & pl.col("further_number").is_not_null()
    return replaced.with_columns(
        pl.when(is_replaced).then(f"further_{name}").otherwise(name).alias(name)
        for name in ("scheme", "number")
    )


def _told_by_parties(frame: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """Fill name, scheme and number from the list of parties, to which references in OCDS 1.1 refer."""
    joined_ = frame.join(
        known.select("record_no", *PARTY), on=["record_no", "ref"], how="left", suffix=" of party"
    )
    rest = [name for name in PARTY if name != "ref"]
    return with_party(
        joined_.with_columns(pl.coalesce(name, f"{name} of party").alias(name) for name in rest)
    )


def _tenders(good: pl.DataFrame, known: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    """Tender statements, one for each record that has a tender."""
    has_tender = pl.any_horizontal(
        pl.col(f"tender.{name}").is_not_null() for name in ("id", "title", "procurementMethod")
    )
    has_buyer = pl.any_horizontal(pl.col(f"buyer.{name}").is_not_null() for name in ("id", "name"))
    buyers = good.filter(has_tender).with_columns(
        pl.when(has_buyer)
        .then(pl.col(f"buyer.{native}"))
        .otherwise(f"tender.procuringEntity.{native}")
        .alias(short)
        for short, native in ORGANISATION.items()
    )
    criteria = pl.col("tender.awardCriteria")
    return statement(
        _told_by_parties(buyers, known).join(_bids_n(good), on="record_no", how="left"),
        TENDER_STATEMENT,
        edition,
        "t",
        process_id=pl.col("ocid"),
        released_at=pl.col("released_at"),
        title=pl.col("tender.title"),
        buyer_name=pl.col("name"),
        buyer_scheme=scheme_of(pl.col("official")),
        buyer_number=number_of(pl.col("official")),
        buyer_ref=pl.col("ref"),
        method=coded("tender.procurementMethod", _same(PROCUREMENT_METHODS), "unknown"),
        is_price_only=pl.when(criteria.is_in(PRICE_ONLY))
        .then(pl.lit(True))
        .when(criteria.is_in(OTHER_CRITERIA))
        .then(pl.lit(False)),
        opens_at=moment_of(pl.col("tender.tenderPeriod.startDate")),
        closes_at=moment_of(pl.col("tender.tenderPeriod.endDate")),
        bidders_n=pl.coalesce("tender.numberOfTenderers", "bids_n"),
    )


def _bids_n(good: pl.DataFrame) -> pl.DataFrame:
    """record_no, bids_n: the number of bids, if a record has one count. Find a Tender repeats the count of a
    lot for each award. Counts of several lots are not added up, because one bidder may bid for each.
    """
    columns = _named("bids.statistics", {"measure": "measure", "value": "value", "lot": "relatedLot"})
    stated = items(good, columns, ("record_no",), "nth").filter(pl.col("measure") == "bids")
    counts = stated.unique(["record_no", "lot", "value"], maintain_order=True)
    alone = counts.filter(pl.col("record_no").is_unique())
    return alone.select("record_no", pl.col("value").cast(pl.Int64, strict=False).alias("bids_n"))


def _listed(good: pl.DataFrame, known: pl.DataFrame, path: str, parties: str, *further: str) -> pl.DataFrame:
    """One row for each party of each award or bid at `path`: no (its id), status, date, amount, currency, the
    inner lists `further`, and the party. An award or bid without a party has one row.
    """
    of_item = {"no": "id", "status": "status", "date": "date", **VALUE}
    columns = _named(path, of_item | {name: name for name in further})
    of_party = _named(f"{path}.{parties}", ORGANISATION)
    each = items(good, {**columns, **of_party}, OF_RECORD, "nth")
    place = pl.col("nth").cast(pl.String)
    is_twice = pl.struct("record_no", "no").is_duplicated()
    numbered = each.with_columns(
        pl.when(pl.col("no").is_null())
        .then(place)
        .when(is_twice)
        .then(joined(pl.col("no"), place))
        .otherwise("no")
        .alias("no"),
        _amount().alias("amount"),
        *(inner(name).alias(name) for name in (*PARTY, *further)),
    )
    keep = [*OF_RECORD, "nth", "amount", *columns.values()]
    return _told_by_parties(
        items(numbered, {name: name for name in PARTY}, keep, "position", at_least=1), known
    )


def _amount() -> pl.Expr:
    """The amount of a value; with VAT if it is stated only so."""
    return pl.coalesce(amount_of(pl.col("net")), amount_of(pl.col("gross")))


def _contracts(good: pl.DataFrame) -> pl.DataFrame:
    """record_no, no (of an award), and about its contracts that are not cancelled: contracts_amount (their
    sum, if all state an amount in one currency), contracts_currency, signed_on (the first day).
    """
    of_contract = {"no": "awardID", "status": "status", "date": "dateSigned", **VALUE}
    each = items(good, _named("contracts", of_contract), ("record_no",), "nth").filter(
        pl.col("no").is_not_null() & pl.col("status").ne_missing("cancelled")
    )
    stated = each.with_columns(_amount().alias("amount"), day_of(pl.col("date")).alias("date"))
    is_sum = pl.col("amount").is_not_null().all() & (pl.col("currency").n_unique() == 1)
    return stated.group_by("record_no", "no").agg(
        pl.when(is_sum).then(pl.col("amount").sum()).alias("contracts_amount"),
        pl.col("currency").first().alias("contracts_currency"),
        pl.col("date").min().alias("signed_on"),
    )


def _awards(good: pl.DataFrame, known: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    """Award statements. The value and day of an award that states none are those of its contracts."""
    listed = _listed(good, known, "awards", "suppliers", "items.classification.id")
    each = listed.join(_contracts(good), on=["record_no", "no"], how="left", maintain_order="left")
    is_own = pl.col("amount").is_not_null()
    amount = pl.coalesce("amount", "contracts_amount")
    # What a release omits is unchanged: an award without any of these is only a reference.
    says_something = pl.col("status").is_not_null() | amount.is_not_null() | (pl.col("position_n") > 0)
    return statement(
        each.filter(says_something),
        AWARD_STATEMENT,
        edition,
        _part("a"),
        process_id=pl.col("ocid"),
        released_at=pl.col("released_at"),
        award_no=pl.col("no"),
        position=pl.col("position"),
        suppliers_n=pl.col("position_n"),
        status=coded("status", _same(AWARD_STATUSES), "unknown"),
        **_statement_of_party("supplier"),
        amount=amount,
        currency=pl.when(is_own)
        .then(pl.col("currency"))
        .when(amount.is_not_null())
        .then(pl.col("contracts_currency")),
        awarded_on=pl.coalesce(day_of(pl.col("date")), "signed_on"),
        is_framework=pl.col("is_framework"),
        item_codes=pl.col("items.classification.id").list.drop_nulls().fill_null(NO_TEXTS),
    )


def _bids(good: pl.DataFrame, known: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    each = _listed(good, known, "bids.details", "tenderers")
    return statement(
        each,
        BID_STATEMENT,
        edition,
        _part("b"),
        process_id=pl.col("ocid"),
        released_at=pl.col("released_at"),
        bid_no=pl.col("no"),
        position=pl.col("position"),
        partners_n=pl.col("position_n"),
        status=coded("status", _same(BID_STATUSES), "unknown"),
        **_statement_of_party("bidder"),
        amount=pl.col("amount"),
        currency=pl.when(pl.col("amount").is_not_null()).then(pl.col("currency")),
        received_at=moment_of(pl.col("date")),
    )


def _part(letter: str) -> pl.Expr:
    """Part of a statement's id: `a1-2` is the second supplier of the first award."""
    return pl.concat_str(pl.lit(letter), "nth", pl.lit("-"), "position")


def _statement_of_party(role: str) -> dict[str, pl.Expr]:
    return {
        f"{role}_kind": pl.col("kind"),
        f"{role}_name": pl.col("kept_name"),
        f"{role}_scheme": scheme_of(pl.col("official")),
        f"{role}_number": number_of(pl.col("official")),
        f"{role}_ref": pl.col("kept_ref"),
    }


REGISTER = Register(
    name="ocds_releases",
    title="Contracting processes, as releases of the Open Contracting Data Standard",
    publisher="each body that buys, or its portal",
    territory="world",
    url="https://standard.open-contracting.org/1.1/en/",
    licence="of each publisher; Open Government Licence v3.0 for Contracts Finder and Find a Tender",
    cadence="of each publisher",
    edition_field="date",
    kind="series",
    identifier_scheme="OCDS",
    expected_rows="as many as a publisher has contracting processes",
    description="Tenders, bids and awards of public bodies. An award is not a payment.",
    roles=("awards",),
    source=Source(
        "https://www.contractsfinder.service.gov.uk/Published/Notices/OCDS/Search"
        "?limit=100&publishedFrom={since}&publishedTo={until}",
        more=(
            "https://www.find-tender.service.gov.uk/api/1.0/ocdsReleasePackages"
            "?updatedFrom={since}T00:00:00&updatedTo={until}T23:59:59",
        ),
        next_page=next_link,
        requests_a_minute=6,
        forbidden_seconds=300.0,  # Contracts Finder
    ),
    reader=JsonLines(
        packages=True,
        array_at=("releases", "records"),
        record_key="ocid",
        within="compiledRelease",
        inner_lists=(
            "parties.additionalIdentifiers",
            "awards.suppliers",
            "awards.items",
            "bids.details.tenderers",
        ),
        fallback_encoding="iso-8859-1",
    ),
    fields=FIELDS,
    tables=(TENDER_STATEMENT, AWARD_STATEMENT, BID_STATEMENT),
    recognise=recognise,
    declined=declined,
    parse=parse,
)
