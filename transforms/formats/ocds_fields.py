"""The fields of a release of the Open Contracting Data Standard: which are used, and why others are not."""

from transforms.model.register import FieldKind, SourceField

_WHOLE = {
    "planning": "before the tender",
    "relatedProcesses": "not used by any indicator yet",
    "releases": "the compiled release combines them",
    "versionedRelease": "the history of each value; the compiled release has the last one",
    "links": "of the package",
    "extensions": "of the package",
    "language": "of the texts",
    "initiationType": "always a tender",
    "source": "not used by any indicator yet",
    "url": "address of the record",
    "uri": "address of the record",
    "publishedDate": "of the package",
    "publisher": "of the package",
    "license": "of the package",
    "publicationPolicy": "of the package",
    "version": "of the package",
    "title": "of the release",
    "description": "of the release",
}
# Not used by any indicator yet.
_OF_TENDER = """
description status items value minValue documents milestones amendment amendments lotGroups url
procurementMethodDetails procurementMethodRationale mainProcurementCategory additionalProcurementCategories
awardCriteriaDetails submissionMethod submissionMethodDetails submissionmethoddetails enquiryPeriod
hasEnquiries eligibilityCriteria awardPeriod contractPeriod tenderers legalBasis classification
"""
_OF_AWARD = """
title description documents contractPeriod amendment amendments relatedLots relatedBid multiYear valueyear url
value.exchangeRate value.dateexchangeRate value.amountNet items.id items.description items.quantity items.unit
items.additionalClassifications items.relatedLot items.url items.classification.scheme
items.classification.description
"""
_OF_CONTRACT = """
id title description period items documents implementation amendment amendments milestones relatedProcesses
relatedLots suppliers url multiYear valueyear dncpContractCode value.amountNet value.exchangeRate
value.dateexchangeRate
"""
_OF_LOT = """
id title description status value minValue contractPeriod awardCriteria submissionTerms suitability hasOptions
options hasRenewal renewal hasRecurrence recurrence secondStage selectionCriteria otherRequirements
techniques.frameworkAgreement techniques.hasDynamicPurchasingSystem techniques.dynamicPurchasingSystem
"""
_OF_STATISTIC = "id date notes valueGross currency relatedLots"
_VALUE = ("value.amount", "value.amountGross", "value.currency")
_OF_BID = "documents relatedLots items requirementResponses selectionCriteria"
_OF_PARTY = "address contactPoint additionalIdentifiers additionalContactPoints details uri url"


def _party(path: str, kind: FieldKind = "text") -> tuple[SourceField, ...]:
    """The fields of an organisation. Its id, name and identifiers are used; contacts are natural persons."""
    used = ["id", "name", "identifier.scheme", "identifier.id"]
    ignored = [*_OF_PARTY.split(), "identifier.legalName", "identifier.uri"]
    if path == "parties":
        ignored.remove("additionalIdentifiers")
        used += ["additionalIdentifiers.scheme", "additionalIdentifiers.id"]
        ignored += ["additionalIdentifiers.legalName", "additionalIdentifiers.uri"]
    return (
        *(SourceField(f"{path}.{name}", kind, required=False) for name in used),
        *(
            SourceField(f"{path}.{name}", ignored="not used; a contact is a natural person", required=False)
            for name in ignored
        ),
    )


def _texts(path: str, names: tuple[str, ...]) -> tuple[SourceField, ...]:
    return tuple(SourceField(f"{path}.{name}", "texts", required=False) for name in names)


FIELDS: tuple[SourceField, ...] = (
    SourceField("ocid", mandatory=True),
    SourceField("id", required=False),
    SourceField("date", required=False),
    SourceField("tag", "texts", required=False),
    *_party("buyer"),
    SourceField("tender.id", required=False),
    SourceField("tender.title", required=False),
    SourceField("tender.procurementMethod", required=False),
    SourceField("tender.awardCriteria", required=False),
    SourceField("tender.tenderPeriod.startDate", required=False),
    SourceField("tender.tenderPeriod.endDate", required=False),
    SourceField("tender.tenderPeriod.durationInDays", ignored="follows from the two days", required=False),
    SourceField("tender.tenderPeriod.maxExtentDate", ignored="not the deadline", required=False),
    SourceField("tender.numberOfTenderers", "integer", required=False),
    SourceField("tender.techniques.hasFrameworkAgreement", "boolean", required=False),
    SourceField("tender.lots.techniques.hasFrameworkAgreement", "texts", required=False),
    SourceField("tender.techniques.frameworkAgreement", ignored="terms of the framework", required=False),
    *_party("tender.procuringEntity"),
    *_party("parties", "texts"),
    SourceField("parties.roles", ignored="each role names its party", required=False),
    *_texts("awards", ("id", "status", "date", *_VALUE)),
    *_party("awards.suppliers", "texts"),
    *_texts("awards", ("items.classification.id",)),
    *_texts(
        "bids",
        tuple(f"details.{name}" for name in ("id", "status", "date", *_VALUE)),
    ),
    *_party("bids.details.tenderers", "texts"),
    *_texts("bids", ("statistics.measure", "statistics.value", "statistics.relatedLot")),
    *_texts("contracts", ("awardID", "status", "dateSigned", *_VALUE)),
    *(
        SourceField(f"{parent}.{name}", ignored="not used by any indicator yet", required=False)
        for parent, names in (
            ("tender", _OF_TENDER),
            ("tender.lots", _OF_LOT),
            ("awards", _OF_AWARD),
            ("contracts", _OF_CONTRACT),
            ("bids.details", _OF_BID),
            ("bids.statistics", _OF_STATISTIC),
        )
        for name in names.split()
    ),
    *(SourceField(name, ignored=reason, required=False) for name, reason in _WHOLE.items()),
)
