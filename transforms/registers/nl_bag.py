"""Kadaster: the Dutch register of addresses and buildings (BAG 2.0 extract), with its history.

One record is one occurrence (`voorkomen`) of an object: its state in a period. It becomes

| object | statement | part |
|---|---|---|
| Verblijfsobject, Ligplaats, Standplaats, Pand | premises: use, status, floor area, year, addresses | `o` |
| Nummeraanduiding | designation: the address, with its street and town | `d` |
| OpenbareRuimte, Woonplaats | no statement; ignored as `used_in_addresses` | |

The locator is the numbers of the object and the occurrence. Withdrawn occurrences (`inactive`) and those that
begin and end on one day (`empty_period`) are ignored. The newest names of streets and towns are used. A floor
area of 999999 and a year of 9999 or 1005 mean unknown.

The extract of the whole country (lvbag-extract-nl.zip) or of a municipality is a .zip of archives, which are
read in place. The archives of objects under investigation, withdrawn or outside the register are not read,
nor is the list of municipalities. Coordinates are not kept. Source:
https://www.kadaster.nl/zakelijk/producten/adressen-en-gebouwen/bag-2.0-extract, BAG catalogue 2018.
"""

import re
from collections.abc import Mapping
from datetime import date

import polars as pl

from transforms.model.parsing import NO_TEXTS, finding_rows, located, parsed, rejections, statement, without
from transforms.model.register import Edition, Index, Parsed, Recognised, Register, SourceField, XmlRecords
from transforms.model.source import Source
from transforms.model.statements import DESIGNATION_STATEMENT, PREMISES_STATEMENT
from transforms.values.addresses import ADDRESS, with_address
from transforms.values.identifiers import NL_BAG, nl_bag
from transforms.values.vocabulary import lookup

KINDS: Mapping[str, str] = {
    "Verblijfsobject": "unit",
    "Ligplaats": "berth",
    "Standplaats": "pitch",
    "Pand": "building",
}
NUMBER, STREET, TOWN = "Nummeraanduiding", "OpenbareRuimte", "Woonplaats"
OBJECTS = (*KINDS, NUMBER, STREET, TOWN)
STATUSES = lookup("nl_bag_statuses", "status", "status_class")
USES = lookup("nl_bag_uses", "use", "use_class")
UNKNOWN_AREA, UNKNOWN_YEARS = 999_999, (9999, 1005)
PERIOD = "voorkomen.Voorkomen"
GONE = (
    "tijdstipInactief",
    "tijdstipNietBAG",
    "BeschikbaarLV.tijdstipInactiefLV",
    "BeschikbaarLV.tijdstipNietBagLV",
)
_IGNORED = {
    "geconstateerd": "how the municipality came to know",
    "documentdatum": "of the deed",
    "documentnummer": "of the deed",
    f"{PERIOD}.tijdstipRegistratie": "when it was entered",
    f"{PERIOD}.eindRegistratie": "when a later occurrence was entered",
    f"{PERIOD}.BeschikbaarLV.tijdstipRegistratieLV": "when it was entered",
    f"{PERIOD}.BeschikbaarLV.tijdstipEindRegistratieLV": "when a later occurrence was entered",
}
_PLACES = {"geometrie": "no coordinates are kept"}
_ADDRESSES = ("heeftAlsHoofdadres.NummeraanduidingRef", "heeftAlsNevenadres.NummeraanduidingRef")


def _fields() -> tuple[SourceField, ...]:
    each = [
        SourceField(f"{name}.{field}", required=False)
        for name in OBJECTS
        for field in (
            "identificatie",
            *(f"{PERIOD}.{part}" for part in ("voorkomenidentificatie", "beginGeldigheid", "eindGeldigheid")),
            *(f"{PERIOD}.{part}" for part in GONE),
        )
    ]
    each += [
        SourceField(f"{name}.{field}", ignored=why, required=False)
        for name in OBJECTS
        for field, why in (_IGNORED | (_PLACES if name not in (NUMBER, STREET) else {})).items()
    ]
    each += [
        SourceField(f"{name}.status", "category", known=tuple(STATUSES), required=False) for name in KINDS
    ]
    each += [
        SourceField(f"{name}.{field}", "texts", required=False)
        for name in KINDS
        if name != "Pand"
        for field in _ADDRESSES
    ]
    return tuple(each)


FIELDS = (
    *_fields(),
    SourceField("Verblijfsobject.gebruiksdoel", "texts", required=False),
    SourceField("Verblijfsobject.oppervlakte", "integer", required=False),
    SourceField("Verblijfsobject.maaktDeelUitVan.PandRef", "texts", required=False),
    SourceField("Pand.oorspronkelijkBouwjaar", "integer", required=False),
    *(
        SourceField(f"{NUMBER}.{field}", required=False)
        for field in (
            "huisnummer",
            "huisletter",
            "huisnummertoevoeging",
            "postcode",
            "ligtAan.OpenbareRuimteRef",
            "ligtIn.WoonplaatsRef",
        )
    ),
    SourceField(f"{NUMBER}.status", ignored="the status of its object counts", required=False),
    SourceField(f"{NUMBER}.typeAdresseerbaarObject", ignored="its object says it", required=False),
    SourceField(f"{STREET}.naam", required=False),
    SourceField(f"{STREET}.ligtIn.WoonplaatsRef", required=False),
    SourceField(f"{STREET}.verkorteNaam", ignored="the name in 24 characters", required=False),
    SourceField(f"{STREET}.type", ignored="a road, water, land …", required=False),
    SourceField(f"{STREET}.status", ignored="a withdrawn street keeps its name", required=False),
    SourceField(f"{TOWN}.naam", required=False),
    SourceField(f"{TOWN}.status", ignored="a withdrawn town keeps its name", required=False),
)

# --- recognition ------------------------------------------------------------------------------------------

_CODES = ("WPL", "OPR", "NUM", "VBO", "LIG", "STA", "PND")
_WITHIN = re.compile(
    rf"^(?:\d{{4}}(?:{'|'.join(_CODES)}|InOnderzoek|Inactief|NietBag)|GEM-WPL-RELATIE-)\d{{8}}\.zip$"
)
_WHOLE = re.compile(r"^(?:lvbag-extract-nl|BAG(?:NLD|GEM\d{4})L-\d{8})\.zip$", re.IGNORECASE)
_PART = re.compile(rf"^\d{{4}}(?:{'|'.join(_CODES)})\d{{8}}(?:-\d{{6}})?\.(?:zip|xml)$")
_CHANGES = re.compile(r"^\d{4}MUT\d{8}-\d{8}(?:-\d{6})?\.(?:zip|xml)$")
_DAY = re.compile(r"(?<!\d)(\d{2})(\d{2})(\d{4})(?!\d)")
_HEAD = b"/lvbag/extract-deelbestand-lvc/"


def recognise(file_name: str, head: bytes) -> Recognised | None:
    """By the first archive within the extract, or by the extract's own name; an unpacked file by its
    content."""
    if (_WITHIN.match(file_name) or _WHOLE.match(file_name)) and _HEAD not in head:
        return Recognised("bag", _day(file_name))
    is_part = _PART.match(file_name) or _CHANGES.match(file_name)
    return Recognised("bag", _day(file_name)) if _HEAD in head and not is_part else None


def declined(file_name: str, head: bytes) -> str:
    if _CHANGES.match(file_name):
        return "changes to a BAG extract; land the whole extract"
    return "one part of a BAG extract; land the archive that holds all parts" if _HEAD in head else ""


def _day(text: str) -> date | None:
    """The day of the first ddmmyyyy."""
    if (match := _DAY.search(text)) is None:
        return None
    try:
        return date(int(match[3]), int(match[2]), int(match[1]))
    except ValueError:
        return None


# --- parsing ----------------------------------------------------------------------------------------------


def parse(frame: pl.DataFrame, edition: Edition) -> Parsed:
    """Premises and designations of one batch; the batch is the whole edition if that has no index. Unknown
    uses are findings.
    """
    objects = _objects(frame)
    rejected = rejections(
        objects,
        [
            (pl.col("id").is_null(), "not_an_id", "identificatie"),
            (pl.col("begins").is_null(), "impossible_date", "beginGeldigheid"),
            (pl.col("ends").is_null() & pl.col("end").is_not_null(), "impossible_date", "eindGeldigheid"),
        ],
    )
    whole = without(objects, rejected)
    reason = _why_ignored()
    ignored = whole.filter(reason.is_not_null()).select("record_no", reason.alias("reason"))
    good = located(
        whole.filter(reason.is_null()), pl.concat_str("number", "occurrence", separator="/"), edition
    )
    index = _settled(_kept(frame)) if edition.index is None else edition.index
    tables = {
        PREMISES_STATEMENT.name: _premises(good.filter(pl.col("object").is_in(list(KINDS))), edition),
        DESIGNATION_STATEMENT.name: _designations(good.filter(pl.col("object") == NUMBER), index, edition),
    }
    uses = good.select(pl.col("Verblijfsobject.gebruiksdoel").alias("use")).explode("use").drop_nulls()
    odd = uses.filter(~pl.col("use").is_in(list(USES)))
    findings = [finding_rows(odd, "unknown_category", "Verblijfsobject.gebruiksdoel", pl.col("use"))]
    return parsed(good, tables, rejected=rejected, ignored=ignored, findings=findings)


def _objects(frame: pl.DataFrame) -> pl.DataFrame:
    """Add object (kind of element), number, id, occurrence, begins, ends, the end as written, and is_gone."""

    def value_of(field: str) -> pl.Expr:
        return pl.coalesce(f"{name}.{field}" for name in OBJECTS)

    kind = pl.coalesce(
        pl.when(pl.col(f"{name}.identificatie").is_not_null()).then(pl.lit(name)) for name in OBJECTS
    )
    number = value_of("identificatie")
    town = pl.when(number.str.contains(r"^\d{4}$")).then(number)
    days = {"begins": value_of(f"{PERIOD}.beginGeldigheid"), "ends": value_of(f"{PERIOD}.eindGeldigheid")}
    return frame.with_columns(
        kind.alias("object"),
        number.alias("number"),
        pl.coalesce(nl_bag(number), town).alias("id"),
        value_of(f"{PERIOD}.voorkomenidentificatie").fill_null("1").alias("occurrence"),
        days["ends"].alias("end"),
        pl.any_horizontal(
            pl.col(f"{name}.{PERIOD}.{part}").is_not_null() for name in OBJECTS for part in GONE
        ).alias("is_gone"),
        *(
            value.str.head(10).str.to_date("%Y-%m-%d", strict=False).alias(name)
            for name, value in days.items()
        ),
    )


def _why_ignored() -> pl.Expr:
    return (
        pl.when("is_gone")
        .then(pl.lit("inactive"))
        .when(pl.col("begins") == pl.col("ends"))
        .then(pl.lit("empty_period"))
        .when(pl.col("object").is_in([STREET, TOWN]))
        .then(pl.lit("used_in_addresses"))
    )


def _premises(good: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    main, further = (
        pl.coalesce(*(f"{name}.{field}" for name in KINDS if name != "Pand"), NO_TEXTS)
        for field in _ADDRESSES
    )
    area, year = pl.col("Verblijfsobject.oppervlakte"), pl.col("Pand.oorspronkelijkBouwjaar")
    status = pl.coalesce(f"{name}.status" for name in KINDS)
    uses = pl.col("Verblijfsobject.gebruiksdoel").list.eval(
        pl.element().replace_strict(USES, default="unknown", return_dtype=pl.String)
    )
    return statement(
        good,
        PREMISES_STATEMENT,
        edition,
        "o",
        object_id=pl.col("id"),
        kind=pl.col("object").replace_strict(KINDS, return_dtype=pl.String),
        uses=uses.fill_null(NO_TEXTS),
        status=status.replace_strict(STATUSES, default="unknown", return_dtype=pl.String),
        status_native=status,
        floor_area_m2=pl.when(area != UNKNOWN_AREA).then(area),
        built_year=pl.when(~year.is_in(UNKNOWN_YEARS)).then(year),
        building_ids=_ids(pl.col("Verblijfsobject.maaktDeelUitVan.PandRef").fill_null(NO_TEXTS)),
        designation_id=_ids(main).list.first(),
        further_designation_ids=_ids(further),
        valid_from=pl.col("begins"),
        valid_to=pl.col("ends"),
    )


def _ids(numbers: pl.Expr) -> pl.Expr:
    return numbers.list.eval(nl_bag(pl.element())).list.drop_nulls()


def _designations(good: pl.DataFrame, index: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    house = pl.concat_str(
        *(f"{NUMBER}.{name}" for name in ("huisnummer", "huisletter", "huisnummertoevoeging")),
        separator=" ",
        ignore_nulls=True,
    )
    placed = with_address(
        _named(good, index),
        lines=[pl.concat_str("street", house, separator=" ", ignore_nulls=True)],
        locality=pl.col("town"),
        country=pl.lit("nl"),
        postcode_text=pl.col(f"{NUMBER}.postcode"),
    ).filter(pl.col("a_address_text").is_not_null())
    return statement(
        placed,
        DESIGNATION_STATEMENT,
        edition,
        "d",
        designation_id=pl.col("id"),
        valid_from=pl.col("begins"),
        valid_to=pl.col("ends"),
        **{name: value for name, value in ADDRESS.items() if name in DESIGNATION_STATEMENT},
    )


# --- streets and towns ------------------------------------------------------------------------------------


def _named(numbers: pl.DataFrame, index: pl.DataFrame) -> pl.DataFrame:
    """Add street and town. An address may be in another town than its street."""
    streets = index.filter(pl.col("object") == STREET).select(
        street_no="number", street="name", town_of_street="town_of_street"
    )
    towns = index.filter(pl.col("object") == TOWN).select(town_no="number", town="name")
    return (
        numbers.with_columns(street_no=f"{NUMBER}.ligtAan.OpenbareRuimteRef")
        .join(streets, on="street_no", how="left", maintain_order="left")
        .with_columns(town_no=pl.coalesce(f"{NUMBER}.ligtIn.WoonplaatsRef", "town_of_street"))
        .join(towns, on="town_no", how="left", maintain_order="left")
    )


def _kept(frame: pl.DataFrame) -> pl.DataFrame:
    """The occurrences of streets and towns."""
    objects = _objects(frame).filter(
        pl.col("object").is_in([STREET, TOWN])
        & pl.col("begins").is_not_null()
        & _why_ignored().eq_missing("used_in_addresses")
    )
    return objects.select(
        "object",
        "number",
        "begins",
        "ends",
        pl.col("occurrence").cast(pl.Int64, strict=False),
        pl.coalesce(f"{STREET}.naam", f"{TOWN}.naam").alias("name"),
        pl.col(f"{STREET}.ligtIn.WoonplaatsRef").alias("town_of_street"),
    )


def _settled(kept: pl.DataFrame) -> pl.DataFrame:
    """object, number, name, town_of_street: the newest occurrence of each street and town."""
    newest = kept.sort("number", "ends", "begins", "occurrence", nulls_last=True)
    return newest.unique(["object", "number"], keep="last", maintain_order=True)


REGISTER = Register(
    name="nl_bag",
    title="Addresses and buildings of the Netherlands",
    publisher="Kadaster",
    territory="nl",
    url="https://www.kadaster.nl/zakelijk/producten/adressen-en-gebouwen/bag-2.0-extract",
    licence="Public Domain Mark 1.0",
    cadence="monthly",
    overdue_days=45,
    kind="snapshot",
    identifier_scheme=NL_BAG,
    expected_rows="about 10,000,000 homes, offices and shops (2026), each with its history",
    description="Use, status, floor area, year and addresses of homes, offices, shops, berths and pitches.",
    roles=("premises",),
    source=Source("https://service.pdok.nl/lv/bag/atom/downloads/lvbag-extract-nl.zip", on_request=True),
    reader=XmlRecords(
        record_at="bagStand.standBestand.stand.bagObject",
        documents_in=tuple(rf"\d{{4}}{code}\d{{8}}\.zip" for code in _CODES),
    ),
    fields=FIELDS,
    tables=(PREMISES_STATEMENT, DESIGNATION_STATEMENT),
    recognise=recognise,
    declined=declined,
    index=Index(_kept, _settled),
    parse=parse,
)
