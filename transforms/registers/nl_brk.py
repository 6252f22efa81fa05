"""Kadaster: parcels and apartment rights, and which legal persons hold rights in them (BRK 2.0 levering).

One record is one object (`KadastraalObjectSnapshot`) in a stand, which has all objects of a municipality or
of an ordered area. It becomes

| statement | part | locator |
|---|---|---|
| title: cadastral name, use, area, price | `t` | number of the object |
| address of the object, one for each | `u1` … | number of the object |
| proprietorship: kind of right, exact share, deed | `s1` … | number of the object |
| entity (role proprietor) | `p1` … | the object and `tenaamstelling <position>` |
| addresses of a proprietor: seat, letters | `p1a1`, `p1a2` … | as the entity |

A proprietor is anyone to whom a right is registered: the owner, and the holder of a right that burdens
another right (leasehold on the city's ground). About natural persons, including sole traders, only the fact
is kept that a title has more proprietors than are named. Then no price is kept, because it may be theirs. An
object that only natural persons hold is ignored, even if a legal person owns the ground under their leasehold
or has cables in it. An owners' association owns nothing, and a parcel that was divided into apartments has no
holder.

The price of the object (`koopsom`) and the sum of the deed (`bedragTransactiesomLevering`) may be for several
objects, so they must not be added up. A stand does not name the seller; the earlier of two stands does.
Mortgages and attachments are in nl_brk_bevragen. Messages of changes are not read, because a missing message
could not be noticed. Source: https://www.kadaster.nl/zakelijk/producten/eigendom/brk-levering, BRK
catalogue.
"""

import re

import polars as pl

from transforms.formats.brk.fields import (
    FIELDS,
    INNER_LISTS,
    LISTS,
    NAMED,
    OBJECTS,
    PLACED,
    PRICE,
    UNIT,
    UNITS,
    each,
)
from transforms.formats.brk.parties import (
    entities,
    parties,
    persons_in,
    places_in,
    proprietorships,
    seats,
    without_traders,
)
from transforms.formats.brk.rights import EURO, holders, is_main, is_no_share, not_whole, rights
from transforms.formats.file_names import day_in_name
from transforms.formats.kvk import UNKNOWN
from transforms.model.parsing import (
    NATURAL_PERSON,
    finding_rows,
    inner,
    located,
    parsed,
    record_findings,
    rejections,
    statement,
    statement_id,
    without,
)
from transforms.model.register import Edition, Parsed, Recognised, Register, XmlRecords
from transforms.model.statements import (
    ADDRESS_STATEMENT,
    ENTITY_STATEMENT,
    PROPRIETORSHIP_STATEMENT,
    TITLE_STATEMENT,
)
from transforms.values.addresses import ADDRESS
from transforms.values.identifiers import NL_BRK, nl_bag, org_id

NUMBER = r"^\d{8,20}$"
INDEX = "Appartementsrecht.kadastraleAanduiding.appartementsrechtVolgnummer"

# --- recognition ------------------------------------------------------------------------------------------

_STAND, _CHANGE = b"/brk-levering/product-stand/", b"/brk-levering/product-mutatie/"
_FEATURE = rb"kenmerknaam>\s*%s\s*</[^>]*>\s*<[^>]*kenmerkwaarde>\s*([\d-]{1,20})\s*<"
_DAY, _CITY, _AREA = (
    re.compile(_FEATURE % name) for name in (b"Peildatum", b"Gemeentenummer", b"Gebiednummer")
)


def recognise(file_name: str, head: bytes) -> Recognised | None:
    """By the namespace of a stand. Each municipality and each ordered area is a dataset."""
    if _STAND not in head:
        return None
    day, city, area = (pattern.search(head) for pattern in (_DAY, _CITY, _AREA))
    dataset = f"gemeente-{city[1].decode()}" if city else f"gebied-{area[1].decode()}" if area else "stand"
    return Recognised(dataset, day_in_name(day[1].decode() if day else file_name))


def declined(_file_name: str, head: bytes) -> str:
    if _CHANGE not in head:
        return ""
    return (
        "a change of one object in BRK: changes have no numbers, so a missing one would not be noticed; "
        "order a stand (Gemeentegebaseerde stand) of a later day"
    )


# --- parsing ----------------------------------------------------------------------------------------------


def parse(frame: pl.DataFrame, edition: Edition) -> Parsed:
    """Statements of one batch. Unknown legal forms and countries, and shares that do not add up to the whole,
    are findings.
    """
    objects = frame.with_columns(
        _value_of("identificatie").alias("number"), _value_of(f"{NAMED}.sectie").alias("section")
    )
    persons = persons_in(objects)
    held = without_traders(holders(objects), persons)
    legal = held.filter(pl.col("person").is_not_null())
    rejected = _rejected(objects, held, legal.join(persons, on=["record_no", "person"], how="anti"))
    whole, reason = without(objects, rejected), _why_ignored(held)
    ignored = whole.filter(reason.is_not_null()).select("record_no", reason.alias("reason"))
    good = located(whole.filter(reason.is_null()), pl.col("number"), edition).with_columns(
        statement_id("t").alias("title_statement_id"), org_id(NL_BRK, pl.col("number")).alias("title_id")
    )
    of_title = good.select("record_no", "record", "record_id", "title_id", "title_statement_id")
    places = places_in(good)
    units = _units(good, places)
    party = parties(legal.join(of_title, on="record_no").join(persons, on=["record_no", "person"]), edition)
    part = held.join(of_title.select("record_no"), on="record_no", how="semi")
    unknown = party.filter(pl.col("form").is_not_null() & (pl.col("legal_form_class") == UNKNOWN))
    seats_of, odd_countries = seats(party, places, edition)
    uneven = good.filter(pl.col("record_no").is_in(not_whole(part)))
    return parsed(
        good,
        {
            TITLE_STATEMENT.name: _titles(good, units, part, edition),
            ENTITY_STATEMENT.name: entities(party, edition),
            PROPRIETORSHIP_STATEMENT.name: proprietorships(party, edition),
            ADDRESS_STATEMENT.name: pl.concat([_property_addresses(units, edition), seats_of]),
        },
        rejected=rejected,
        ignored=ignored,
        findings=[
            finding_rows(unknown, "unknown_category", "NietNatuurlijkPersoon.rechtsvorm", pl.col("form")),
            odd_countries,
            record_findings(uneven, "shares_not_whole", "Tenaamstelling.aandeel"),
        ],
    )


def _rejected(objects: pl.DataFrame, held: pl.DataFrame, lost: pl.DataFrame) -> pl.DataFrame:
    """REJECT_SCHEMA. lost: registrations in the name of a legal person that is not in the record."""
    return rejections(
        objects,
        [
            (pl.col("number").is_null() & pl.col("section").is_not_null(), "missing_value", "identificatie"),
            (~pl.col("number").str.contains(NUMBER), "not_an_id", "identificatie"),
            (_is_one_of(held.filter(is_no_share())), "not_a_number", "Tenaamstelling.aandeel"),
            (_is_one_of(lost), "missing_reference", "Tenaamstelling.tenNameVan"),
        ],
    )


def _why_ignored(held: pl.DataFrame) -> pl.Expr:
    natural = held.filter(pl.col("person").is_null())
    return (
        pl.when(pl.col("number").is_null())
        .then(pl.lit("other_object"))
        .when(~_is_one_of(held))
        .then(pl.lit("no_holder"))
        .when(_is_one_of(natural) & ~_is_one_of(held.filter(is_main())))
        .then(pl.lit(NATURAL_PERSON))
    )


def _value_of(field: str) -> pl.Expr:
    return pl.coalesce(f"{name}.{field}" for name in OBJECTS)


def _is_one_of(rows: pl.DataFrame) -> pl.Expr:
    return pl.col("record_no").is_in(rows["record_no"].unique().to_list())


# --- titles -----------------------------------------------------------------------------------------------


def _titles(good: pl.DataFrame, units: pl.DataFrame, held: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    addressed = units.group_by("record_no", maintain_order=True).agg(
        pl.col("a_address_text").str.join("; ").alias("addresses"),
        pl.col("a_postcode").drop_nulls().first().alias("first_postcode"),
        pl.len().cast(pl.Int64).alias("units_n"),
    )
    kinds = rights(good).group_by("record_no").agg(pl.col("right_kind").alias("kinds"))
    has_unnamed = _is_one_of(held.filter(pl.col("person").is_null()))
    apartment = pl.concat_str(pl.lit("A"), pl.col(INDEX))
    in_register = (
        _value_of(f"{NAMED}.kadastraleGemeente.waarde"),
        "section",
        _value_of(f"{NAMED}.perceelnummer"),
        apartment,
    )
    price, is_euro = _value_of(f"{PRICE}.bedrag.som"), _value_of(f"{PRICE}.bedrag.valuta.code") == EURO
    has_price = is_euro & (price > 0) & ~has_unnamed
    uses = (_value_of(f"aardCultuur{where}.waarde") for where in ("Bebouwd", "Onbebouwd"))
    described = good.join(addressed, on="record_no", how="left", maintain_order="left").join(
        kinds, on="record_no", how="left", maintain_order="left"
    )
    return statement(
        described,
        TITLE_STATEMENT,
        edition,
        "t",
        title_id=pl.col("title_id"),
        tenure=pl.when(pl.col("kinds").list.contains("leasehold"))
        .then(pl.lit("leasehold"))
        .when(pl.col("kinds").list.contains("ownership"))
        .then(pl.lit("freehold"))
        .otherwise(pl.lit("unknown")),
        address_text=pl.col("addresses"),
        district=_value_of(f"{NAMED}.kadastraleGemeente.waarde"),
        postcode=pl.col("first_postcode"),
        units_n=pl.col("units_n"),
        multiple_addresses=pl.col("units_n") > 1,
        additional_proprietors=has_unnamed,
        cadastral_name=pl.concat_str(*in_register, separator=" ", ignore_nulls=True),
        land_use=pl.concat_str(*uses, separator="; ", ignore_nulls=True).replace("", None),
        land_area_m2=pl.col("Perceel.kadastraleGrootte.waarde"),
        price_paid_eur=pl.when(has_price).then(price),
        price_year=pl.when(has_price).then(_value_of(f"{PRICE}.koopjaar")),
        price_covers_several=pl.when(has_price).then(_value_of(f"{PRICE}.indicatieMeerObjecten") == "true"),
    )


def _units(good: pl.DataFrame, places: pl.DataFrame) -> pl.DataFrame:
    """The addresses of each object, in the record's order, with `object_id` and `position` from 1."""
    placed = each(good, PLACED, LISTS[PLACED]).unique(
        ["record_no", "place"], keep="first", maintain_order=True
    )
    units = pl.concat(each(good, kind, UNIT) for kind in UNITS)
    main = units.select("record_no", pl.col("main").alias("place"), "unit")
    further = units.select("record_no", inner("further").alias("place"), "unit").explode("place")
    known = (
        pl.concat([main, further])
        .filter(pl.col("place").is_not_null())
        .unique(["record_no", "place"], keep="first", maintain_order=True)
    )
    on = ["record_no", "place"]
    return (
        placed.join(places, on=on, how="inner", maintain_order="left")
        .filter(pl.col("a_address_text").is_not_null())
        .join(known, on=on, how="left", maintain_order="left")
        .join(
            good.select("record_no", "record", "record_id", "title_statement_id"),
            on="record_no",
            how="left",
            maintain_order="left",
        )
        .with_columns(pl.int_range(1, pl.len() + 1).over("record_no").cast(pl.String).alias("position"))
    )


def _property_addresses(units: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    return statement(
        units,
        ADDRESS_STATEMENT,
        edition,
        pl.concat_str(pl.lit("u"), "position"),
        of_statement_id=pl.col("title_statement_id"),
        role=pl.lit("property"),
        object_id=nl_bag(pl.col("unit")),
        designation_id=nl_bag(pl.col("designation")),
        **ADDRESS,
    )


REGISTER = Register(
    name="nl_brk",
    title="Dutch land register: parcels, apartment rights and who holds rights in them",
    publisher="Kadaster",
    territory="nl",
    url="https://www.kadaster.nl/zakelijk/producten/eigendom/brk-levering",
    licence="Kadaster, BRK levering (for public bodies, under agreement)",
    cadence="monthly",
    overdue_days=45,
    kind="snapshot",
    identifier_scheme=NL_BRK,
    expected_rows="as many objects as the municipality or area has",
    description=(
        "Parcels and apartment rights of a municipality or an area, and the rights of legal persons in "
        "them with exact shares, deeds and prices."
    ),
    partial_roles=("titles", "prices"),
    reader=XmlRecords(record_at="Stand.stand.KadastraalObjectSnapshot", lists=(*LISTS, *INNER_LISTS)),
    fields=FIELDS,
    tables=(TITLE_STATEMENT, ENTITY_STATEMENT, PROPRIETORSHIP_STATEMENT, ADDRESS_STATEMENT),
    recognise=recognise,
    declined=declined,
    parse=parse,
)
