"""The fields of an eForms result notice: where they are, which are used, and why others are not."""

from transforms.model.layout import FieldKind, SourceField

EXTENSION = "UBLExtensions.UBLExtension.ExtensionContent.EformsExtension"
RESULT, ORGANISATION = f"{EXTENSION}.NoticeResult", f"{EXTENSION}.Organizations.Organization"
LOT_RESULT, LOT_TENDER = f"{RESULT}.LotResult", f"{RESULT}.LotTender"
CONTRACT, TENDERING_PARTY = f"{RESULT}.SettledContract", f"{RESULT}.TenderingParty"
CHANGED_NOTICE = f"{EXTENSION}.Changes.ChangedNoticeIdentifier"  # BT-758
LOT = "ProcurementProjectLot"
LISTS = (
    *(LOT_RESULT, f"{LOT_RESULT}.ReceivedSubmissionsStatistics"),
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
        ID LotTender SettledContract TenderResultCode DecisionReason AppealRequestsStatistics
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
