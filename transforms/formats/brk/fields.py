"""The native fields of Kadaster's BRK 2.0 levering: which are used, and why the others are not.

The elements of a record refer to each other by number (a registration to its right, its person and its
deeds). `each` gives a table for each kind of element.
"""

from collections.abc import Mapping

import polars as pl

from transforms.model.parsing import items
from transforms.model.register import SourceField

YES_NO = ("true", "false")
OBJECTS = ("Perceel", "Appartementsrecht")
PERSON, HOLDING, RIGHT, JOINT = (
    "NietNatuurlijkPersoon",
    "Tenaamstelling",
    "ZakelijkRecht",
    "GezamenlijkAandeel",
)
DEEDS, DEED_PART = ("TerInschrijvingAangebodenStuk", "Kadasterstuk"), "Stukdeel"
HOME, ABROAD, BOX = "ObjectlocatieBinnenland", "ObjectlocatieBuitenland", "PostbusLocatie"
UNITS = ("Verblijfsobject", "Ligplaats", "Standplaats")
PLACED = "LocatieKadastraalObject"
REF = "ObjectlocatieBinnenlandRef"
NAMED, PRICE, SUM = "kadastraleAanduiding", "koopsom.TypeKoopsom", "bedragTransactiesomLevering"
_COMPANY = "betreft.Rechtspersoon"
_IN, _OUT = "adresgegevens.Nummeraanduiding", "adresgegevens.AdresBuitenland"
_STREET = f"{_IN}.gerelateerdeOpenbareRuimte.OpenbareRuimte"
_TOWN = "gerelateerdeWoonplaats.Woonplaats.woonplaatsNaam"
SEATS = ("woonlocatie", "postlocatie")

# For each list in a record: native field below its element → column.
HELD = {
    "identificatie": "holding",
    "van.ZakelijkRechtRef": "right",
    "aandeel.teller": "own_numerator",
    "aandeel.noemer": "own_denominator",
    "geldtVoor.GezamenlijkAandeelRef": "joint",
    "tenNameVan.NietNatuurlijkPersoonRef": "person",
    "isGebaseerdOp.StukdeelRef": "deeds",
}
JOINTLY = {
    "identificatie": "joint",
    "aandeel.teller": "joint_numerator",
    "aandeel.noemer": "joint_denominator",
}
RIGHTS_HELD = {
    "identificatie": "right",
    "aard.waarde": "right_native",
    "isBelastMet.ZakelijkRechtRef": "burdened_by",
}
PARTS = {"identificatie": "deed", f"{SUM}.som": "sum", f"{SUM}.valuta.code": "currency"}
FILED = {
    "identificatie": "filed",
    "omvat.StukdeelRef": "deeds",
    "tijdstipAanbieding.datum": "offered",
    "tijdstipOndertekening.datum": "signed",
}
LEGAL = {
    "identificatie": "person",
    "statutaireNaam": "stated_name",
    "rechtsvorm.waarde": "form",
    f"{_COMPANY}.rsin": "rsin",
    f"{_COMPANY}.kvkNummer": "kvk",
    **{f"{seat}.{place}Ref": f"{seat} {place}" for seat in SEATS for place in (HOME, ABROAD)},
    f"postlocatie.{BOX}Ref": f"postlocatie {BOX}",
}
PLACES: Mapping[str, Mapping[str, str]] = {
    HOME: {
        "identificatie": "place",
        f"{_IN}.identificatie": "designation",
        f"{_IN}.huisnummer": "house",
        f"{_IN}.huisletter": "letter",
        f"{_IN}.huisnummertoevoeging": "addition",
        f"{_IN}.postcode": "postcode",
        f"{_STREET}.openbareRuimteNaam": "street",
        f"{_IN}.{_TOWN}": "own_town",
        f"{_STREET}.{_TOWN}": "town",
    },
    ABROAD: {
        "identificatie": "place",
        f"{_OUT}.adres": "street",
        f"{_OUT}.woonplaats": "town",
        f"{_OUT}.regio": "region",
        f"{_OUT}.land.waarde": "land",
    },
    BOX: {"identificatie": "place", "postbusnummer": "box", "postcode": "postcode", "woonplaatsNaam": "town"},
}
UNIT = {"identificatie": "unit", f"hoofdadres.{REF}": "main", f"nevenadres.{REF}": "further"}
LISTS: Mapping[str, Mapping[str, str]] = {
    HOLDING: HELD,
    JOINT: JOINTLY,
    RIGHT: RIGHTS_HELD,
    DEED_PART: PARTS,
    **dict.fromkeys(DEEDS, FILED),
    PERSON: LEGAL,
    **PLACES,
    **dict.fromkeys(UNITS, UNIT),
    PLACED: {f"betreft.{REF}": "place"},
}
INNER_LISTS = (
    f"{HOLDING}.isGebaseerdOp.StukdeelRef",
    f"{RIGHT}.isBelastMet.ZakelijkRechtRef",
    *(f"{deed}.omvat.StukdeelRef" for deed in DEEDS),
    *(f"{unit}.nevenadres.{REF}" for unit in UNITS),
)

# --- what is not used -------------------------------------------------------------------------------------

_UNKNOWN = "that it is not known; then the field is empty"
_OBJECT_IGNORED = {
    f"{NAMED}.akrKadastraleGemeenteCode": "the cadastral municipality as a code",
    f"{NAMED}.kadastraleGemeente.code": "its name is used",
    "aardCultuurOnbebouwd.code": "its words are used",
    "aardCultuurBebouwd.code": "its words are used",
    f"{PRICE}.bedrag.valuta.waarde": "the code in words",
    f"{PRICE}.bedragNilreason": _UNKNOWN,
    "kadastraleGrootte.soortGrootte": "whether the area was measured",
    "tijdstipOntstaanObject": "not used by any indicator yet",
    "tijdstipOntstaanObjectNilreason": _UNKNOWN,
    "oudstDigitaalBekend": "not used by any indicator yet",
    "ontstaanUitOZ": "the objects from which it was made; not used by any indicator yet",
    "hoofdsplitsing": "the division into apartments; not used by any indicator yet",
    "landinrichtingsrente": "a levy on the land",
    "toelichtingBewaarder": "free text",
    **dict.fromkeys(
        (
            "begrenzingPerceel",
            "plaatscoordinaten",
            "perceelnummerRotatie",
            "perceelnummerVerschuiving",
            "indicatieVoorlopigeKadastraleGrens",
        ),
        "no coordinates are kept",
    ),
    "meettariefVerschuldigd": "a fee of the land registry",
}
_DEED_IGNORED = {
    "deelEnNummer": "place in the register of deeds",
    "portefeuillenummer": "place in the register of deeds",
    **{
        f"{day}.{part}": "the day is used"
        for day in ("tijdstipAanbieding", "tijdstipOndertekening")
        for part in ("tijd", "tijdNilreason")
    },
    "tijdstipAanbiedingNilreason": _UNKNOWN,
    "tijdstipOndertekeningNilreason": _UNKNOWN,
    "tekeningIngeschreven": "whether a drawing was filed",
    "toelichtingBewaarder": "free text",
}
_BELOW_IGNORED: Mapping[str, Mapping[str, str]] = {
    HOLDING: {
        "tenNameVan.NatuurlijkPersoonRef": "nothing is kept about natural persons",
        "betrokkenPartner": "nothing is kept about natural persons",
        "burgerlijkeStaatTenTijdeVanVerkrijging": "nothing is kept about natural persons",
        "verkregenNamensSamenwerkingsverband": "whether it was acquired for a partnership; not used yet",
        "betrokkenSamenwerkingsverband": "the partnership; not used by any indicator yet",
        "betrokkenGorzenEnAanwassen": "an old right in land won from the sea",
        "toelichtingBewaarder": "free text",
    },
    JOINT: {"betreftTenaamstelling": "the holders name the joint share", "betreft": "the same"},
    RIGHT: {
        "aard.code": "its words are used",
        "rustOp": "the object of the record",
        "isOntstaanUit": "the division into apartments; not used by any indicator yet",
        "isBetrokkenBij": "the division into apartments; not used by any indicator yet",
        "isBestemdTot": "common use of land by neighbours; not used by any indicator yet",
        "isBeperktTot": "the holders to whom it is limited; not used by any indicator yet",
        "isGebaseerdOp": "the holders' deeds are used",
        "toelichtingBewaarder": "free text",
    },
    DEED_PART: {
        "aard": "kind of deed; not used by any indicator yet",
        "aardNilreason": _UNKNOWN,
        f"{SUM}.valuta.waarde": "the code in words",
        "datumKenbaarheidPB": "date of a restriction under public law",
    },
    **dict.fromkeys(DEEDS, _DEED_IGNORED),
    PERSON: {
        "rechtsvorm.code": "its words are used",
        "rechtsvormNilreason": _UNKNOWN,
        "statutaireZetel": "a town in the articles",
        "indicatieNietToonbareDiakriet": "whether its name has letters that the register cannot show",
        "beschikkingsbevoegdheid": "not used by any indicator yet",
        f"{_COMPANY}.rsinNilreason": _UNKNOWN,
        f"{_COMPANY}.kvkNummerNilreason": _UNKNOWN,
    },
    HOME: {
        **{f"{_IN}.{name}Nilreason": _UNKNOWN for name in ("identificatie", "huisnummer", "postcode")},
        f"{_STREET}.openbareRuimteNaamNilreason": _UNKNOWN,
        f"{_STREET}.identificatie": "the address has an id of its own",
    },
    ABROAD: {f"{_OUT}.land.code": "its name is used"},
    PLACED: {"koppelingswijze": "how the address was joined", "heeft": "the object of the record"},
}
_WHOLE_IGNORED = {
    "referentie": "of the message",
    "toestandsdatum": "the day of the stand is used",
    "NatuurlijkPersoon": "nothing is kept about natural persons",
    "Aantekening": "notes to a right; no indicator uses them yet, and attachments are in nl_brk_bevragen",
    "PubliekrechtelijkeBeperking": "restrictions under public law; not used by any indicator yet",
    "BevoegdGezag": "the body that imposed a restriction under public law",
    "Erfpachtcanon": "ground rent; not used by any indicator yet",
    "Mandeligheid": "common use of land by neighbours; not used by any indicator yet",
    **dict.fromkeys(
        (
            "Hoofdsplitsing",
            "Ondersplitsing",
            "SpiegelsplitsingAfkoopErfpacht",
            "SpiegelsplitsingOndersplitsing",
        ),
        "the division into apartments; an owners' association owns nothing",
    ),
    "TenaamstellingFiliatie": "the earlier registration; not used by any indicator yet",
    "InOnderzoek": "which data are under investigation; not used by any indicator yet",
}
FIELDS: tuple[SourceField, ...] = (
    *(
        SourceField(f"{name}.{field}", required=False)
        for name in OBJECTS
        for field in (
            "identificatie",
            f"{NAMED}.kadastraleGemeente.waarde",
            f"{NAMED}.sectie",
            f"{NAMED}.perceelnummer",
            "aardCultuurOnbebouwd.waarde",
            "aardCultuurBebouwd.waarde",
            f"{PRICE}.bedrag.valuta.code",
        )
    ),
    *(SourceField(f"{name}.{PRICE}.bedrag.som", "money", required=False) for name in OBJECTS),
    *(SourceField(f"{name}.{PRICE}.koopjaar", "integer", required=False) for name in OBJECTS),
    *(
        SourceField(f"{name}.{PRICE}.indicatieMeerObjecten", "category", known=YES_NO, required=False)
        for name in OBJECTS
    ),
    SourceField(f"Appartementsrecht.{NAMED}.appartementsrechtVolgnummer", required=False),
    SourceField("Perceel.kadastraleGrootte.waarde", "money", required=False),
    *(
        SourceField(f"{name}.{field}", ignored=why, required=False)
        for name in OBJECTS
        for field, why in _OBJECT_IGNORED.items()
    ),
    *(
        SourceField(f"{path}.{field}", "texts", required=False)
        for path, fields in LISTS.items()
        for field in fields
    ),
    *(
        SourceField(f"{path}.{field}", "texts", why, required=False)
        for path, fields in _BELOW_IGNORED.items()
        for field, why in fields.items()
    ),
    *(SourceField(name, ignored=why, required=False) for name, why in _WHOLE_IGNORED.items()),
)


def each(frame: pl.DataFrame, path: str, fields: Mapping[str, str]) -> pl.DataFrame:
    """One row for each element of a list: record_no and the columns that `fields` names.

    An inner list is JSON text; see `inner`.
    """
    columns = {f"{path}.{name}": to for name, to in fields.items()}
    return items(frame, columns, ("record_no",), "nth").drop("nth", "nth_n")
