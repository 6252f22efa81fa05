"""Invented extracts of the Dutch register of addresses and buildings, in the form of Kadaster.

Objects are numbered: kind (VBO, NUM …) and a number make an id of municipality 0999.
"""

import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence

CODES = {"VBO": "01", "LIG": "02", "STA": "03", "PND": "10", "NUM": "20", "OPR": "30"}
ELEMENTS = {
    "VBO": "Verblijfsobject",
    "LIG": "Ligplaats",
    "STA": "Standplaats",
    "PND": "Pand",
    "NUM": "Nummeraanduiding",
    "OPR": "OpenbareRuimte",
    "WPL": "Woonplaats",
}
ORDER = ("PND", "VBO", "LIG", "STA", "NUM", "OPR", "WPL")  # as an archive may have them
_IMBAG = "www.kadaster.nl/schemas/lvbag/imbag"
_SCHEMAS = {
    "O": f"{_IMBAG}/objecten/v20200601",
    "H": f"{_IMBAG}/historie/v20200601",
    "R": f"{_IMBAG}/objecten-ref/v20200601",
    "gml": "http://www.opengis.net/gml/3.2",
    "x": "http://www.kadaster.nl/schemas/lvbag/extract-deelbestand-lvc/v20200601",
    "s": "http://www.kadaster.nl/schemas/standlevering-generiek/1.0",
}
_OPEN = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<x:bagStand'
    + "".join(f' xmlns:{name}="{schema}"' for name, schema in _SCHEMAS.items())
    + ">\n<s:standBestand><s:dataset>LVBAG</s:dataset><s:stand>\n"
)
_CLOSE = "</s:stand></s:standBestand></x:bagStand>\n"


def number(kind: str, nth: int) -> str:
    return f"9{nth:03}" if kind == "WPL" else f"0999{CODES[kind]}{nth:010}"


def period(begins: str, ends: str | None = None, *, occurrence: int = 1, gone: bool = False) -> str:
    return (
        f"<O:voorkomen><H:Voorkomen><H:voorkomenidentificatie>{occurrence}</H:voorkomenidentificatie>"
        f"<H:beginGeldigheid>{begins}</H:beginGeldigheid>"
        + (f"<H:eindGeldigheid>{ends}</H:eindGeldigheid>" if ends else "")
        + f"<H:tijdstipRegistratie>{begins}T10:00:00.000</H:tijdstipRegistratie>"
        + ("<H:tijdstipInactief>2024-01-01T00:00:00.000</H:tijdstipInactief>" if gone else "")
        + f"<H:BeschikbaarLV><H:tijdstipRegistratieLV>{begins}T10:00:01.000</H:tijdstipRegistratieLV>"
        "</H:BeschikbaarLV></H:Voorkomen></O:voorkomen>"
    )


def element(name: str, value: object) -> str:
    return "" if value is None else f"<O:{name}>{value}</O:{name}>"


def reference(name: str, to: str, *numbers: str) -> str:
    inside = "".join(f"<R:{to}Ref>{each}</R:{to}Ref>" for each in numbers)
    return element(name, inside) if numbers else ""


def bag_object(kind: str, nth: int, when: str, *parts: str) -> str:
    name = ELEMENTS[kind]
    inside = "".join((element("identificatie", number(kind, nth)), *parts, when))
    return f"<x:bagObject><O:{name}>{inside}</O:{name}></x:bagObject>\n"


def unit(
    nth: int,
    when: str,
    *,
    uses: Sequence[str] = ("woonfunctie",),
    area: int = 80,
    status: str = "Verblijfsobject in gebruik",
    addresses: Sequence[int] = (),
    buildings: Sequence[int] = (),
) -> str:
    main, *further = addresses or (nth,)
    return bag_object(
        "VBO",
        nth,
        when,
        reference("heeftAlsHoofdadres", "Nummeraanduiding", number("NUM", main)),
        reference("heeftAlsNevenadres", "Nummeraanduiding", *(number("NUM", each) for each in further)),
        "<O:geometrie><O:punt><gml:Point><gml:pos>1 2 0</gml:pos></gml:Point></O:punt></O:geometrie>",
        *(element("gebruiksdoel", use) for use in uses),
        element("oppervlakte", area),
        element("status", status),
        reference("maaktDeelUitVan", "Pand", *(number("PND", each) for each in buildings or (nth,))),
    )


def designation(
    nth: int,
    when: str,
    *,
    house: int,
    letter: str | None = None,
    addition: str | None = None,
    postcode: str | None = "1000AB",
    street: int = 1,
    town: int | None = None,
) -> str:
    return bag_object(
        "NUM",
        nth,
        when,
        element("huisnummer", house),
        element("huisletter", letter),
        element("huisnummertoevoeging", addition),
        element("postcode", postcode),
        element("typeAdresseerbaarObject", "Verblijfsobject"),
        element("status", "Naamgeving uitgegeven"),
        reference("ligtAan", "OpenbareRuimte", number("OPR", street)),
        reference("ligtIn", "Woonplaats", *([number("WPL", town)] if town else [])),
    )


def building(nth: int, when: str, *, year: int, status: str = "Pand in gebruik") -> str:
    return bag_object("PND", nth, when, element("oorspronkelijkBouwjaar", year), element("status", status))


def street(nth: int, when: str, name: str, town: int = 1) -> str:
    return bag_object(
        "OPR", nth, when, element("naam", name), reference("ligtIn", "Woonplaats", number("WPL", town))
    )


def town(nth: int, when: str, name: str) -> str:
    return bag_object("WPL", nth, when, element("naam", name))


def document(objects: Sequence[str]) -> str:
    return _OPEN + "".join(objects) + _CLOSE


def extract(parts: Mapping[str, Iterable[Sequence[str]]], day: str = "01062026") -> bytes:
    """The archive of archives. parts: kind → the objects of each of its documents."""
    outer = io.BytesIO()
    with zipfile.ZipFile(outer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("Leveringsdocument-BAG-Extract.xml", "<levering/>")
        archive.writestr(f"9999InOnderzoek{day}.zip", b"not read")
        for kind in ORDER:
            inner = io.BytesIO()
            with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as part:
                for nth, objects in enumerate(parts.get(kind, ()), start=1):
                    part.writestr(f"9999{kind}{day}-{nth:06}.xml", document(objects))
                part.writestr("__MACOSX/._junk.xml", b"\0")
            archive.writestr(f"9999{kind}{day}.zip", inner.getvalue())
    return outer.getvalue()
