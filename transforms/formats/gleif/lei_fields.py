"""Columns of GLEIF's file of identifiers (LEI-CDF 3.1), and where they are in JSON and XML."""

from collections.abc import Iterator

from transforms.formats.gleif.files import Path, Product
from transforms.model.layout import FieldKind, SourceField

PRODUCT = Product("lei2", ("LEI", "Entity.LegalName"), "LEIData.LEIRecords.LEIRecord", keys=("LEI", "Entity"))
PLACES = 5  # columns in the CSV file for a value that may repeat
ALIAS, PREVIOUS, LATIN = "alias", "previous_name", "weak_alias"
NAME_KINDS = {
    "PREVIOUS_LEGAL_NAME": PREVIOUS,
    "TRADING_OR_OPERATING_NAME": ALIAS,
    "ALTERNATIVE_LANGUAGE_LEGAL_NAME": ALIAS,
    "PREFERRED_ASCII_TRANSLITERATED_LEGAL_NAME": ALIAS,
    "AUTO_ASCII_TRANSLITERATED_LEGAL_NAME": LATIN,
}
ENTITY_TYPES = {
    "GENERAL": "registeredEntity",
    "BRANCH": "registeredEntity",
    "FUND": "legalEntity",
    "RESIDENT_GOVERNMENT_ENTITY": "stateBody",
    "INTERNATIONAL_ORGANIZATION": "legalEntity",
}
SOLE_TRADER = "SOLE_PROPRIETOR"
# Status of the registration of the LEI → why the record is ignored.
NOTHING_SAID = {"ANNULLED": "annulled", "DUPLICATE": "duplicate_lei", "CANCELLED": "cancelled"}
REGISTRATION_STATUSES = (
    "ISSUED",
    "LAPSED",
    "RETIRED",
    "MERGED",
    "TRANSFERRED",
    "PENDING_VALIDATION",
    "PENDING_TRANSFER",
    "PENDING_ARCHIVAL",
    *NOTHING_SAID,
)
NO_NUMBER = ("RA999999", "RA888888")  # codes for: not registered anywhere; a register without a code
OTHER_NAME = "Entity.OtherEntityNames.OtherEntityName"
LATIN_NAME = "Entity.TransliteratedOtherEntityNames.TransliteratedOtherEntityName"
ADDRESSES = {"registered": "Entity.LegalAddress", "principal": "Entity.HeadquartersAddress"}
LINES = ("FirstAddressLine", *(f"AdditionalAddressLine.{n}" for n in (1, 2, 3)))
AUTHORITY = "Entity.RegistrationAuthority"
USED = (
    "LEI",
    "Entity.LegalName",
    "Entity.LegalJurisdiction",
    "Entity.EntityCategory",
    "Entity.LegalForm.EntityLegalFormCode",
    "Entity.LegalForm.OtherLegalForm",
    "Entity.EntityStatus",
    "Entity.EntityCreationDate",
    "Entity.EntityExpirationDate",
    f"{AUTHORITY}.RegistrationAuthorityID",
    f"{AUTHORITY}.RegistrationAuthorityEntityID",
    "Registration.RegistrationStatus",
)
CATEGORIES = {
    "Entity.EntityCategory": (*ENTITY_TYPES, SOLE_TRADER),
    "Entity.EntityStatus": ("ACTIVE", "INACTIVE"),
    "Registration.RegistrationStatus": REGISTRATION_STATUSES,
}
LANGUAGE = "language of the preceding value"
NO_PLACE = "part of the address that its lines repeat"
NOT_OF_ADDRESS = {
    "AddressNumber": NO_PLACE,
    "AddressNumberWithinBuilding": NO_PLACE,
    "Region": "a code; town and postcode place the address",
}
OF_REGISTRATION = "about the registration of the LEI, not about the entity"
OTHER_ADDRESS = "the legal address or the headquarters in another script or language"
NOT_READ = "no column of the model holds it"


# --- declaration of the fields ----------------------------------------------------------------------------


def _optional(name: str, ignored: str = "") -> SourceField:
    return SourceField(name, ignored=ignored, required=False)


def _used(name: str) -> SourceField:
    known = CATEGORIES.get(name, ())
    kind: FieldKind = "category" if known else "text"
    return SourceField(name, kind, required=name in PRODUCT.columns, known=known, mandatory=name == "LEI")


def _address_fields(path: str, ignored: str = "") -> Iterator[SourceField]:
    yield _optional(f"{path}.xmllang", LANGUAGE)
    for part, why in NOT_OF_ADDRESS.items():
        yield _optional(f"{path}.{part}", ignored or why)
    for part in (*LINES, "MailRouting", "City", "Country", "PostalCode"):
        yield _optional(f"{path}.{part}", ignored)


def _further_fields() -> Iterator[SourceField]:
    """Columns that are not used."""
    for kind in ("OtherAddress", "TransliteratedOtherAddress"):
        for n in range(1, PLACES + 1):
            yield _optional(f"Entity.{kind}es.{kind}.{n}.type", OTHER_ADDRESS)
            yield from _address_fields(f"Entity.{kind}es.{kind}.{n}", OTHER_ADDRESS)
    event = "Entity.LegalEntityEvents.LegalEntityEvent"
    parts = (
        "group_type",
        "event_status",
        "LegalEntityEventType",
        "LegalEntityEventEffectiveDate",
        "LegalEntityEventRecordedDate",
        "ValidationDocuments",
        "ValidationReference",
        "AffectedFields",
    )
    for n in range(1, PLACES + 1):
        for part in parts:
            yield _optional(f"{event}.{n}.{part}", NOT_READ)
        for part in ("SuccessorLEI", "SuccessorEntityName"):
            yield _optional(f"Entity.SuccessorEntity.{n}.{part}", NOT_READ)
        for part in ("ValidationAuthorityID", "OtherValidationAuthorityID", "ValidationAuthorityEntityID"):
            path = f"Registration.OtherValidationAuthorities.OtherValidationAuthority.{n}"
            yield _optional(f"{path}.{part}", OF_REGISTRATION)


REST: dict[str, str] = {
    "Entity.LegalName.xmllang": LANGUAGE,
    "Entity.EntitySubCategory": NOT_READ,
    f"{AUTHORITY}.OtherRegistrationAuthorityID": "a register without a code cannot be joined on",
    "Entity.EntityExpirationReason": NOT_READ,
    "Entity.AssociatedEntity.type": "the relationship is in the file of relationships",
    "Entity.AssociatedEntity.AssociatedLEI": "the relationship is in the file of relationships",
    "Entity.AssociatedEntity.AssociatedEntityName": "the relationship is in the file of relationships",
    **{
        f"Registration.{part}": OF_REGISTRATION
        for part in (
            "InitialRegistrationDate",
            "LastUpdateDate",
            "NextRenewalDate",
            "ManagingLOU",
            "ValidationSources",
            "ValidationAuthority.ValidationAuthorityID",
            "ValidationAuthority.OtherValidationAuthorityID",
            "ValidationAuthority.ValidationAuthorityEntityID",
        )
    },
    "ConformityFlag": OF_REGISTRATION,
}
FIELDS = (
    *map(_used, USED),
    *(
        _optional(f"{name}.{n}{part}", LANGUAGE if part == ".xmllang" else "")
        for name in (OTHER_NAME, LATIN_NAME)
        for n in range(1, PLACES + 1)
        for part in ("", ".xmllang", ".type")
    ),
    *(field for path in ADDRESSES.values() for field in _address_fields(path)),
    *_further_fields(),
    *(_optional(name, why) for name, why in REST.items()),
)
PATHS = (
    *map(Path, USED),
    *(
        Path(name, f"{name}.{{n}}" + (f".{attribute}" if attribute else ""), name, attribute)
        for name in (OTHER_NAME, LATIN_NAME)
        for attribute in ("", "type")
    ),
    *(
        Path(f"{path}.{part}", ignored=NOT_OF_ADDRESS.get(part, ""))
        for path in ADDRESSES.values()
        for part in (
            "FirstAddressLine",
            "AddressNumber",
            "AddressNumberWithinBuilding",
            "MailRouting",
            "City",
            "Region",
            "Country",
            "PostalCode",
        )
    ),
    *(
        Path(path, f"{path}.{{n}}", path)
        for path in (f"{each}.AdditionalAddressLine" for each in ADDRESSES.values())
    ),
)
# Elements of the other forms that are not used.
ELEMENTS = {
    "Entity.EntitySubCategory": NOT_READ,
    f"{AUTHORITY}.OtherRegistrationAuthorityID": "a register without a code cannot be joined on",
    "Entity.OtherAddresses": OTHER_ADDRESS,
    "Entity.TransliteratedOtherAddresses": OTHER_ADDRESS,
    "Entity.LegalEntityEvents": NOT_READ,
    "Entity.SuccessorEntity": NOT_READ,
    "Entity.EntityExpirationReason": NOT_READ,
    "Entity.AssociatedEntity": "the relationship is in the file of relationships",
    **{
        f"Registration.{part}": OF_REGISTRATION
        for part in (
            "InitialRegistrationDate",
            "LastUpdateDate",
            "NextRenewalDate",
            "ManagingLOU",
            "ValidationSources",
            "ValidationAuthority",
            "OtherValidationAuthorities",
        )
    },
    "Extension": OF_REGISTRATION,
}
LANGUAGES = {
    f"{path}.@xml:lang": LANGUAGE
    for path in ("Entity.LegalName", OTHER_NAME, LATIN_NAME, *ADDRESSES.values())
}
