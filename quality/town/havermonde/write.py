"""Writing Havermonde: its registers in their native formats, the truth, and how its own permits are read."""

import json
import zipfile
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import polars as pl

from quality.town.havermonde.draw import PortDraw
from quality.town.havermonde.facts import (
    FUNCTIONS,
    MUNICIPALITY,
    OWNER_ELEMENTS,
    TOWN,
    TOWN_NUMBER,
    Mortgage,
    Permit,
    Place,
)
from quality.town.havermonde.life import life
from quality.town.havermonde.plants import port_planted, port_plants
from quality.town.havermonde.quay import quay
from quality.town.parts.dates import EDITION
from quality.town.parts.native import template
from quality.town.write import LANDING, TRUTH_FILE, TownFacts, write_mappings, write_truth
from transforms.errors import UsageError

COMPANIES, COMPANIES_MAX = 800, 1500  # by default; and as many as there are names
EARLIER = date(
    2025, 6, 1
)  # day of the stand before: of what it shows and the newer does not, the seller is known
REGISTRATIONS_FILE = f"inschrijvingen {EDITION.isoformat()}.xml"
STAND_FILES = {day: f"GEBKX02-{day:%Y%m%d}-1.xml" for day in (EARLIER, EDITION)}
BUILDINGS_FILE = f"BAGGEM{MUNICIPALITY}L-{EDITION:%d%m%Y}.zip"
MORTGAGES_FILE = f"hypotheken-{EDITION.isoformat()}.jsonl"
VALUES_FILE = f"woz berichten {EDITION.isoformat()}.xml"
PERMITS_MAPPING_FILE = "vergunningen.toml"
PERMITS_FILE = f"havermonde-vergunningen-{EDITION.isoformat()}.csv"
BUILDING_PARTS = ("WPL", "OPR", "NUM", "VBO", "LIG", "STA", "PND")  # without berths and pitches
# What every template may name.
KNOWN = {
    "town": TOWN,
    "municipality": MUNICIPALITY,
    "town_number": TOWN_NUMBER,
    "functions": FUNCTIONS,
    "owner_elements": OWNER_ELEMENTS,
}
PERMIT_COLUMNS = (
    "Zaaknummer",
    "Soort",
    "Resultaat",
    "Ontvangen",
    "Besluit",
    "Straat",
    "Huisnummer",
    "Postcode",
    "Plaats",
    "Aanvrager",
    "KvK-nummer",
    "Financier",
    "Verhuurder",
)


def write_port(into: Path, *, companies: int | None = None, seed: int = 1) -> TownFacts:
    """Write the registers of Havermonde into `into/landing`; beside it the truth, and in `into/mappings` how
    its permits are read.

    Plants and the affair come on top of `companies` (default 800). The same seed and size give the same
    bytes. Raises UsageError outside 1 … 1,500 companies."""
    size = COMPANIES if companies is None else companies
    if not 1 <= size <= COMPANIES_MAX:
        raise UsageError(
            f"{TOWN} has 1 to {COMPANIES_MAX:,} companies, not {size:,}; give another --companies"
        )
    draw = PortDraw(seed)
    port = quay(draw) + port_planted(draw) + life(draw, size)
    landing = into / LANDING
    landing.mkdir(parents=True, exist_ok=True)
    _write_messages(
        landing / REGISTRATIONS_FILE, "registration", ({"business": one} for one in port.businesses)
    )
    for day, name in STAND_FILES.items():
        held = [(parcel, holding) for parcel in port.parcels if (holding := parcel.on(day))]
        text = _text("stand", on=day, parcels=held)
        (landing / name).write_text(text, encoding="utf-8")
    places = [place for place in draw.places if place.is_in_extract]
    _write_buildings(landing / BUILDINGS_FILE, places, draw.streets["street"].to_list())
    _write_mortgages(landing / MORTGAGES_FILE, port.mortgages)
    values = enumerate(port.values, start=1)
    _write_messages(
        landing / VALUES_FILE,
        "valuation",
        ({"nth": nth, "place": place, "value_eur": eur} for nth, (place, eur) in values),
    )
    _write_permits(landing / PERMITS_FILE, port.permits)
    write_mappings(__package__, into)
    write_truth(into / TRUTH_FILE, port.truth)
    counts = {
        "registrations": len(port.businesses),
        "parcels": len(port.parcels),
        "mortgages": len(port.mortgages),
        "permits": len(port.permits),
        "valuations": len(port.values),
        "homes, offices, sheds": len(places),
    }
    return TownFacts(landing, into / TRUTH_FILE, counts, len(port.truth), tuple(port_plants()))


def _text(name: str, **facts: object) -> str:
    """One of the templates, filled in."""
    return template(__package__, name).render(KNOWN | facts)


def _write_messages(path: Path, name: str, messages: Iterable[dict[str, object]]) -> None:
    """One message after another."""
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for message in messages:
            file.write(_text(name, **message).strip() + "\n")


def _write_buildings(path: Path, places: list[Place], streets: list[str]) -> None:
    """The extract: an archive of archives, one for each kind of object."""
    numbered = [(f"{MUNICIPALITY}30{nth:010}", name) for nth, name in enumerate(streets, start=1)]
    with zipfile.ZipFile(path, "w") as whole:
        for code in BUILDING_PARTS:
            name = f"{MUNICIPALITY}{code}{EDITION:%d%m%Y}"
            text = _text("bag", code=code, streets=numbered, places=places)
            with whole.open(_entry(f"{name}.zip"), "w") as inner, zipfile.ZipFile(inner, "w") as part:
                part.writestr(_entry(f"{name}-000001.xml"), text, zipfile.ZIP_DEFLATED)


def _entry(name: str) -> zipfile.ZipInfo:
    """Of the day of the edition, so that the same town is the same bytes."""
    return zipfile.ZipInfo(name, (EDITION.year, EDITION.month, EDITION.day, 0, 0, 0))


def _write_mortgages(path: Path, mortgages: Iterable[Mortgage]) -> None:
    lines = [
        {
            "identificatie": f"{mortgage.nth}{nth}",
            "domein": "NL.IMKAD.ZekerheidsRecht",
            "hypotheekhouders": [
                {
                    "identificatie": mortgage.lender.rsin,
                    "omschrijving": mortgage.lender.name,
                    "type": "ingeschreven_niet_natuurlijk_persoon",
                }
            ],
            "bedragZekerheidsstelling": {
                "som": mortgage.sum_eur,
                "valuta": {"code": "EUR", "waarde": "Euro"},
            },
            "isGebaseerdOpStukdeelIdentificatie": f"HYP3.{mortgage.nth:06}",
            "_links": {
                "self": {"href": f"/kadastraalonroerendezaken/{parcel.number}/hypotheken/{mortgage.nth}{nth}"}
            },
        }
        for mortgage in mortgages
        for nth, parcel in enumerate(mortgage.parcels, start=1)
    ]
    path.write_text("".join(f"{json.dumps(line, ensure_ascii=False)}\n" for line in lines), encoding="utf-8")


def _write_permits(path: Path, permits: Iterable[Permit]) -> None:
    rows = [
        (
            f"Z{EDITION.year}-{nth:05}",
            "Logiesverblijf",
            permit.state,
            f"{permit.applied_on:%d-%m-%Y}",
            f"{permit.decided_on:%d-%m-%Y}" if permit.decided_on else "",
            permit.place.street,
            str(permit.place.house),
            permit.place.postcode,
            TOWN,
            permit.applicant.name,
            permit.applicant.kvk,
            permit.financier.name if permit.financier else "",
            permit.lessor.name if permit.lessor else "",
        )
        for nth, permit in enumerate(permits, start=1)
    ]
    pl.DataFrame(rows, schema=PERMIT_COLUMNS, orient="row").write_csv(path, separator=";")
