"""The fields of an eForms result notice: where they are, which are used, and why others are not; and what its
results and contracts state about tenders.
"""

from collections.abc import Mapping

import polars as pl

from transforms.model.layout import FieldKind, SourceField
from transforms.model.parsing import inner, items

EXTENSION = "UBLExtensions.UBLExtension.ExtensionContent.EformsExtension"
RESULT, ORGANISATION = f"{EXTENSION}.NoticeResult", f"{EXTENSION}.Organizations.Organization"
LOT_RESULT, LOT_TENDER = f"{RESULT}.LotResult", f"{RESULT}.LotTender"
CONTRACT, TENDERING_PARTY = f"{RESULT}.SettledContract", f"{RESULT}.TenderingParty"
CHANGED_NOTICE = f"{EXTENSION}.Changes.ChangedNoticeIdentifier"  # BT-758
LOT = "ProcurementProjectLot"
LISTS = (
    *(LOT_RESULT, f"{LOT_RESULT}.LotTender", f"{LOT_RESULT}.ReceivedSubmissionsStatistics"),
    *(LOT_TENDER, CONTRACT, f"{CONTRACT}.LotTender", TENDERING_PARTY, f"{TENDERING_PARTY}.Tenderer"),
    *(ORGANISATION, f"{ORGANISATION}.Company.PartyName", f"{ORGANISATION}.Company.PartyLegalEntity"),
    *(LOT, f"{LOT}.TenderingProcess.ContractingSystem", "ContractingParty"),
)
_USED: dict[str, FieldKind] = {
    "IssueTime": "text",
    "VersionID": "text",
    "NoticeTypeCode": "text",
    CHANGED_NOTICE: "text",
    "TenderingProcess.ProcedureCode": "text",
    "ProcurementProject.Name": "texts",
    "ContractingParty.Party.PartyIdentification.ID": "texts",
    f"{LOT}.ID": "texts",
    f"{LOT}.ProcurementProject.MainCommodityClassification.ItemClassificationCode": "texts",
    f"{LOT}.TenderingProcess.ContractingSystem.ContractingSystemTypeCode": "texts",
    f"{LOT_RESULT}.LotTender.ID": "texts",
    f"{LOT_RESULT}.TenderLot.ID": "texts",
    f"{LOT_RESULT}.ReceivedSubmissionsStatistics.StatisticsCode": "texts",
    f"{LOT_RESULT}.ReceivedSubmissionsStatistics.StatisticsNumeric": "texts",
    f"{LOT_TENDER}.ID": "texts",
    f"{LOT_TENDER}.TenderLot.ID": "texts",
    f"{LOT_TENDER}.TenderingParty.ID": "texts",
    f"{LOT_TENDER}.TenderRankedIndicator": "texts",
    f"{LOT_TENDER}.LegalMonetaryTotal.PayableAmount": "texts",
    f"{LOT_TENDER}.LegalMonetaryTotal.PayableAmount@currencyID": "texts",
    f"{CONTRACT}.AwardDate": "texts",
    f"{CONTRACT}.LotTender.ID": "texts",
    f"{TENDERING_PARTY}.ID": "texts",
    f"{TENDERING_PARTY}.Tenderer.ID": "texts",
    f"{ORGANISATION}.NaturalPersonIndicator": "texts",
    f"{ORGANISATION}.Company.PartyIdentification.ID": "texts",
    f"{ORGANISATION}.Company.PartyName.Name": "texts",
    f"{ORGANISATION}.Company.PartyLegalEntity.CompanyID": "texts",
    f"{ORGANISATION}.Company.PostalAddress.Country.IdentificationCode": "texts",
}
# Elements that are not used, with everything below them.
_OF_NOTICE = """
CustomizationID NoticeLanguageCode RegulatoryDomain UBLVersionID TenderResult TenderingTerms SignatoryParty
TenderingProcess.Description TenderingProcess.ProcessJustification TenderingProcess.UBLExtensions Note
AdditionalDocumentReference
"""
_OF_PROJECT = """
ID Description Note ProcurementTypeCode ProcurementAdditionalType AdditionalCommodityClassification
RealizedLocation RequestedTenderTotal PlannedPeriod ContractExtension EstimatedOverallContractQuantity
"""
# Contacts and beneficial owners are natural persons.
_BELOW = {
    EXTENSION: """
        Appeals Changes.Change Changes.ChangeReason ContractModification NoticeSubType Publication
        TransmissionDate TransmissionTime
    """,
    RESULT: """
        FieldsPrivacy TotalAmount OverallApproximateFrameworkContractsAmount
        OverallMaximumFrameworkContractsAmount GroupFramework
    """,
    LOT_RESULT: """
        ID SettledContract TenderResultCode DecisionReason AppealRequestsStatistics
        FieldsPrivacy DPSTerminationIndicator FrameworkAgreementValues HigherTenderAmount
        LowerTenderAmount StrategicProcurement FinancingParty PayerParty
        ReceivedSubmissionsStatistics.FieldsPrivacy
    """,
    LOT_TENDER: """
        FieldsPrivacy ForeignSubsidiesMeasuresCode Origin RankCode SubcontractingTerm
        TenderReference TenderVariantIndicator AggregatedAmounts ConcessionRevenue ContractTerm
    """,
    CONTRACT: """
        ID IssueDate Title URI ContractFrameworkIndicator ContractReference Funding
        NoticeDocumentReference SignatoryParty DurationJustification AssetsList
    """,
    TENDERING_PARTY: "Name SubContractor Tenderer.GroupLeadIndicator",
    f"{EXTENSION}.Organizations": "UltimateBeneficialOwner",
    ORGANISATION: """
        ListedOnRegulatedMarketIndicator TouchPoint UltimateBeneficialOwner AcquiringCPBIndicator
        AwardingCPBIndicator GroupLeadIndicator
    """,
    f"{ORGANISATION}.Company": "CompanySizeCode Contact EndpointID WebsiteURI",
    f"{ORGANISATION}.Company.PostalAddress": """
        AdditionalStreetName AddressLine CityName CountrySubentityCode Department PostalZone
        StreetName
    """,
    "ContractingParty": "BuyerProfileURI ContractingActivity ContractingPartyType Party.ServiceProviderParty",
    "ProcurementProject": f"MainCommodityClassification {_OF_PROJECT}",
    f"{LOT}.ProcurementProject": f"Name {_OF_PROJECT}",
    LOT: "TenderingTerms",
    f"{LOT}.TenderingProcess": """
        AuctionTerms FrameworkAgreement GovernmentAgreementConstraintIndicator
        NoticeDocumentReference UBLExtensions
    """,
}
FIELDS: tuple[SourceField, ...] = (
    SourceField("ID", mandatory=True),
    SourceField("ContractFolderID", mandatory=True),
    SourceField("IssueDate", mandatory=True),
    *(SourceField(name, kind, required=False) for name, kind in _USED.items()),
    *(
        SourceField(name, ignored="not used by any indicator yet", required=False)
        for name in (
            *_OF_NOTICE.split(),
            *(f"{path}.{name}" for path, names in _BELOW.items() for name in names.split()),
        )
    ),
)


def settled_tenders(good: pl.DataFrame) -> pl.DataFrame:
    """record_no, tender, date: tenders that got a contract, with the day of the award."""
    return _of_tenders(good, {f"{CONTRACT}.AwardDate": "date", f"{CONTRACT}.LotTender.ID": "tender"})


def lots_of_tenders(good: pl.DataFrame) -> pl.DataFrame:
    """record_no, tender, lot: the lot of the first result that names the tender. A tender for a group of lots
    itself names only the group (GLO-0001), which has no result.
    """
    return _of_tenders(good, {f"{LOT_RESULT}.TenderLot.ID": "lot", f"{LOT_RESULT}.LotTender.ID": "tender"})


def _of_tenders(good: pl.DataFrame, columns: Mapping[str, str]) -> pl.DataFrame:
    """record_no and columns: one row for each tender in the inner lists `tender`."""
    return (
        items(good, columns, ("record_no",), "place")
        .with_columns(inner("tender"))
        .explode("tender")
        .filter(pl.col("tender").is_not_null())
        .unique(["record_no", "tender"], keep="first", maintain_order=True)
        .select("record_no", *columns.values())
    )
