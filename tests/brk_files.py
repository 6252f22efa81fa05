"""Stands of the Dutch land register as Kadaster writes them, with invented objects and holders."""

from collections.abc import Sequence

_SPACES = (
    "Snapshot snapshot",
    "Adres snapshot/imkad-adres",
    "Adres-ref snapshot/imkad-adres-ref",
    "KadastraalObject snapshot/imkad-kadastraalobject",
    "OnroerendeZaak snapshot/imkad-onroerendezaak",
    "OnroerendeZaak-ref snapshot/imkad-onroerendezaak-ref",
    "Persoon snapshot/imkad-persoon",
    "Persoon-ref snapshot/imkad-persoon-ref",
    "Recht snapshot/imkad-recht",
    "Recht-ref snapshot/imkad-recht-ref",
    "Stuk snapshot/imkad-stuk",
    "Stuk-ref snapshot/imkad-stuk-ref",
    "Typen snapshot/imkad-typen",
    "KIMBAGAdres snapshot/kimbag-adres",
    "KIMBRPAdres snapshot/kimbrp-adres",
    "KIMBRPPersoon snapshot/kimbrp-persoon",
    "KIMNHRRechtspersoon snapshot/kimnhr-rechtspersoon",
)
_BASE = "http://www.kadaster.nl/schemas/brk-levering"


def stand(*objects: str, day: str = "2026-06-01", city: str = "0999") -> bytes:
    """A stand of a municipality."""
    spaces = "".join(
        f' xmlns:{prefix}="{_BASE}/{path}/v20211119"' for prefix, path in (each.split() for each in _SPACES)
    )
    features = "".join(
        f"<Stand:productSpecificatie><Stand:kenmerknaam>{name}</Stand:kenmerknaam>"
        f"<Stand:kenmerkwaarde>{value}</Stand:kenmerkwaarde></Stand:productSpecificatie>\n"
        for name, value in (("Peildatum", day), ("Gemeentenummer", city), ("Gemeentenaam", "Zeehaven"))
    )
    text = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<Stand:Stand xmlns:Stand="{_BASE}/product-stand/v20211119" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
        f"{spaces}>\n<Stand:productType>GemeentegebaseerdeStand</Stand:productType>\n{features}<Stand:stand>\n"
        + "\n".join(objects)
        + "\n</Stand:stand>\n</Stand:Stand>\n"
    )
    return text.encode()


def snapshot(*parts: str) -> str:
    return (
        "<Snapshot:KadastraalObjectSnapshot><Snapshot:toestandsdatum>2026-05-20</Snapshot:toestandsdatum>\n"
        + "\n".join(parts)
        + "\n</Snapshot:KadastraalObjectSnapshot>"
    )


def parcel(number: str, plot: int, price: str = "", apartment: int = 0) -> str:
    """A parcel, or an apartment right with that index."""
    kind = "Appartementsrecht" if apartment else "Perceel"
    name = "OnroerendeZaak:appartementsrechtVolgnummer"
    index = f"<{name}>{apartment}</{name}>"
    area = "<OnroerendeZaak:kadastraleGrootte><OnroerendeZaak:waarde>1250</OnroerendeZaak:waarde>"
    area += "</OnroerendeZaak:kadastraleGrootte>"
    return (
        f"<OnroerendeZaak:{kind}><KadastraalObject:identificatie>{number}</KadastraalObject:identificatie>"
        "<OnroerendeZaak:kadastraleAanduiding><OnroerendeZaak:kadastraleGemeente>"
        "<Typen:code>999</Typen:code><Typen:waarde>Zeehaven</Typen:waarde></OnroerendeZaak:kadastraleGemeente>"
        "<OnroerendeZaak:sectie>B</OnroerendeZaak:sectie>"
        f"<OnroerendeZaak:perceelnummer>{plot}</OnroerendeZaak:perceelnummer>{index if apartment else ''}"
        "</OnroerendeZaak:kadastraleAanduiding><OnroerendeZaak:aardCultuurBebouwd><Typen:code>14</Typen:code>"
        "<Typen:waarde>Bedrijvigheid (industrie)</Typen:waarde></OnroerendeZaak:aardCultuurBebouwd>"
        f"{price}{'' if apartment else area}</OnroerendeZaak:{kind}>"
    )


def money(total: str, currency: str = "EUR") -> str:
    return (
        f"<Typen:som>{total}</Typen:som><Typen:valuta><Typen:code>{currency}</Typen:code>"
        "<Typen:waarde>Valuta</Typen:waarde></Typen:valuta>"
    )


def price(total: str, year: int, *, several: bool = False, currency: str = "EUR") -> str:
    return (
        "<OnroerendeZaak:koopsom><OnroerendeZaak:TypeKoopsom><OnroerendeZaak:bedrag>"
        f"{money(total, currency)}</OnroerendeZaak:bedrag>"
        f"<OnroerendeZaak:koopjaar>{year}</OnroerendeZaak:koopjaar><OnroerendeZaak:indicatieMeerObjecten>"
        f"{'true' if several else 'false'}</OnroerendeZaak:indicatieMeerObjecten>"
        "</OnroerendeZaak:TypeKoopsom></OnroerendeZaak:koopsom>"
    )


def right(number: int, kind: str = "Eigendom", burdened_by: Sequence[int] = ()) -> str:
    burdens = "".join(
        f"<Recht-ref:ZakelijkRechtRef>{each}</Recht-ref:ZakelijkRechtRef>" for each in burdened_by
    )
    return (
        f"<Recht:ZakelijkRecht><Recht:identificatie>{number}</Recht:identificatie><Recht:aard>"
        f"<Typen:code>0</Typen:code><Typen:waarde>{kind} (recht van)</Typen:waarde></Recht:aard>"
        + (f"<Recht:isBelastMet>{burdens}</Recht:isBelastMet>" if burdens else "")
        + "</Recht:ZakelijkRecht>"
    )


def share(parts: str) -> str:
    numerator, denominator = parts.split("/")
    return (
        f"<Recht:aandeel><Recht:teller>{numerator}</Recht:teller>"
        f"<Recht:noemer>{denominator}</Recht:noemer></Recht:aandeel>"
    )


def held(
    number: int,
    denominator: int,
    by: int,
    parts: str = "1/1",
    *,
    natural: bool = False,
    joint: int = 0,
    deeds: Sequence[int] = (),
) -> str:
    """A registration: of a right, by a person, with a share or in a joint share, on deeds."""
    kind = "NatuurlijkPersoonRef" if natural else "NietNatuurlijkPersoonRef"
    based = "".join(f"<Stuk-ref:StukdeelRef>{each}</Stuk-ref:StukdeelRef>" for each in deeds)
    group = "<Recht:geldtVoor><Recht-ref:GezamenlijkAandeelRef>"
    group += f"{joint}</Recht-ref:GezamenlijkAandeelRef></Recht:geldtVoor>"
    return (
        f"<Recht:Tenaamstelling><Recht:identificatie>{number}</Recht:identificatie>"
        f"{'' if joint else share(parts)}"
        f"<Recht:van><Recht-ref:ZakelijkRechtRef>{denominator}</Recht-ref:ZakelijkRechtRef></Recht:van>"
        + (f"<Recht:isGebaseerdOp>{based}</Recht:isGebaseerdOp>" if deeds else "")
        + (group if joint else "")
        + f"<Recht:tenNameVan><Persoon-ref:{kind}>{by}</Persoon-ref:{kind}></Recht:tenNameVan>"
        "</Recht:Tenaamstelling>"
    )


def joint_share(number: int, parts: str) -> str:
    return (
        f"<Recht:GezamenlijkAandeel><Recht:identificatie>{number}</Recht:identificatie>{share(parts)}"
        "</Recht:GezamenlijkAandeel>"
    )


def company(
    number: int, name: str, form: str, *, kvk: str = "", rsin: str = "", home: str = "", letters: str = ""
) -> str:
    """A legal person. home, letters: the kind and number of an address, as in `Binnenland 31`."""
    numbers = "".join(
        f"<KIMNHRRechtspersoon:{field}>{value}</KIMNHRRechtspersoon:{field}>"
        for field, value in (("rsin", rsin), ("kvkNummer", kvk))
        if value
    )
    places = "".join(
        f"<Persoon:{field}><Adres-ref:{place.split()[0]}Ref>{place.split()[1]}</Adres-ref:{place.split()[0]}Ref>"
        f"</Persoon:{field}>"
        for field, place in (("postlocatie", letters), ("woonlocatie", home))
        if place
    )
    shape = f"<Typen:code>0</Typen:code><Typen:waarde>{form}</Typen:waarde>"
    return (
        f"<Persoon:NietNatuurlijkPersoon><Persoon:identificatie>{number}</Persoon:identificatie>{places}"
        f"<Persoon:statutaireNaam>{name}</Persoon:statutaireNaam><Persoon:rechtsvorm>{shape}</Persoon:rechtsvorm>"
        "<Persoon:statutaireZetel>ZEEHAVEN</Persoon:statutaireZetel>"
        + (
            "<Persoon:betreft><KIMNHRRechtspersoon:Rechtspersoon>"
            f"{numbers}</KIMNHRRechtspersoon:Rechtspersoon></Persoon:betreft>"
            if numbers
            else ""
        )
        + "</Persoon:NietNatuurlijkPersoon>"
    )


def natural_person(number: int, surname: str) -> str:
    return (
        f"<Persoon:NatuurlijkPersoon><Persoon:identificatie>{number}</Persoon:identificatie><Persoon:betreft>"
        "<KIMBRPPersoon:GeregistreerdPersoon><KIMBRPPersoon:bsn>999999990</KIMBRPPersoon:bsn>"
        "<KIMBRPPersoon:naam><KIMBRPPersoon:Naam>"
        f"<KIMBRPPersoon:geslachtsnaam>{surname}</KIMBRPPersoon:geslachtsnaam></KIMBRPPersoon:Naam>"
        "</KIMBRPPersoon:naam></KIMBRPPersoon:GeregistreerdPersoon></Persoon:betreft></Persoon:NatuurlijkPersoon>"
    )


def address(number: int, street: str, house: int, postcode: str, designation: str = "") -> str:
    return (
        f"<Adres:ObjectlocatieBinnenland><Adres:identificatie>{number}</Adres:identificatie><Adres:adresgegevens>"
        "<KIMBAGAdres:Nummeraanduiding>"
        + (
            f"<KIMBAGAdres:identificatie>{designation}</KIMBAGAdres:identificatie>"
            if designation
            else '<KIMBAGAdres:identificatie xsi:nil="true"/>'
        )
        + f"<KIMBAGAdres:huisnummer>{house}</KIMBAGAdres:huisnummer>"
        f"<KIMBAGAdres:postcode>{postcode}</KIMBAGAdres:postcode><KIMBAGAdres:gerelateerdeOpenbareRuimte>"
        f"<KIMBAGAdres:OpenbareRuimte><KIMBAGAdres:openbareRuimteNaam>{street}</KIMBAGAdres:openbareRuimteNaam>"
        "<KIMBAGAdres:gerelateerdeWoonplaats><KIMBAGAdres:Woonplaats>"
        "<KIMBAGAdres:woonplaatsNaam>Zeehaven</KIMBAGAdres:woonplaatsNaam></KIMBAGAdres:Woonplaats>"
        "</KIMBAGAdres:gerelateerdeWoonplaats></KIMBAGAdres:OpenbareRuimte>"
        "</KIMBAGAdres:gerelateerdeOpenbareRuimte></KIMBAGAdres:Nummeraanduiding></Adres:adresgegevens>"
        "</Adres:ObjectlocatieBinnenland>"
    )


def abroad(number: int, street: str, town: str, country: str) -> str:
    return (
        f"<Adres:ObjectlocatieBuitenland><Adres:identificatie>{number}</Adres:identificatie><Adres:adresgegevens>"
        f"<KIMBRPAdres:AdresBuitenland><KIMBRPAdres:adres>{street}</KIMBRPAdres:adres>"
        f"<KIMBRPAdres:woonplaats>{town}</KIMBRPAdres:woonplaats><KIMBRPAdres:land><Typen:code>0</Typen:code>"
        f"<Typen:waarde>{country}</Typen:waarde></KIMBRPAdres:land></KIMBRPAdres:AdresBuitenland>"
        "</Adres:adresgegevens></Adres:ObjectlocatieBuitenland>"
    )


def box(number: int, box_no: int, postcode: str) -> str:
    return (
        f"<Adres:PostbusLocatie><Adres:identificatie>{number}</Adres:identificatie>"
        f"<Adres:postbusnummer>{box_no}</Adres:postbusnummer><Adres:postcode>{postcode}</Adres:postcode>"
        "<Adres:woonplaatsNaam>ZEEHAVEN</Adres:woonplaatsNaam></Adres:PostbusLocatie>"
    )


def placed(place: int) -> str:
    return (
        "<KadastraalObject:LocatieKadastraalObject><KadastraalObject:betreft>"
        f"<Adres-ref:ObjectlocatieBinnenlandRef>{place}</Adres-ref:ObjectlocatieBinnenlandRef>"
        "</KadastraalObject:betreft></KadastraalObject:LocatieKadastraalObject>"
    )


def unit(number: str, main: int, further: Sequence[int] = ()) -> str:
    """A home or office of the register of addresses, with its main address and its further ones."""
    name = "Adres-ref:ObjectlocatieBinnenlandRef"
    others = "".join(f"<{name}>{each}</{name}>" for each in further)
    return (
        f"<KIMBAGAdres:Verblijfsobject><KIMBAGAdres:hoofdadres><{name}>{main}</{name}></KIMBAGAdres:hoofdadres>"
        + (f"<KIMBAGAdres:nevenadres>{others}</KIMBAGAdres:nevenadres>" if further else "")
        + f"<KIMBAGAdres:identificatie>{number}</KIMBAGAdres:identificatie></KIMBAGAdres:Verblijfsobject>"
    )


def deed(number: int, day: str, total: str = "") -> str:
    """A deed of one part, whose number is that of the part."""
    paid = (
        f"<Stuk:bedragTransactiesomLevering>{money(total)}</Stuk:bedragTransactiesomLevering>"
        if total
        else ""
    )
    return (
        "<Stuk:TerInschrijvingAangebodenStuk><Stuk:omvat>"
        f"<Stuk-ref:StukdeelRef>{number}</Stuk-ref:StukdeelRef></Stuk:omvat>"
        f"<Stuk:identificatie>2026{number}</Stuk:identificatie>"
        f"<Stuk:tijdstipAanbieding><Typen:datum>{day}</Typen:datum><Typen:tijd>09:00:00</Typen:tijd>"
        "</Stuk:tijdstipAanbieding></Stuk:TerInschrijvingAangebodenStuk>"
        f"<Stuk:Stukdeel><Stuk:identificatie>{number}</Stuk:identificatie><Stuk:aard><Typen:code>606</Typen:code>"
        f"<Typen:waarde>Overdracht</Typen:waarde></Stuk:aard>{paid}</Stuk:Stukdeel>"
    )
