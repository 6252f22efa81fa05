"""KVK, HR Dataservice: a registration in the Dutch trade register with its owner and office holders.

One answer of `ophalenInschrijving` (hrip 2015/02) is one record; a file may have several answers. It becomes

| statement | part |
|---|---|
| entity | `e`, by its KVK number; status `insolvent` during a court measure |
| name, identifier | `n-1` …, the trade names in KVK's order; `i-rsin` |
| address | `a` the visiting address, `a-2` the postal address |
| insolvency | `c-1` …, one for each court measure |
| relationship, interest | `r-1`, `i-1` …, one for each function that is kept |
| person or entity | `p`, the holder of one or more of these, with its own locator |

Functions: members of the board (never ownership), partners, and the few shareholders that KVK registers; see
`formats.kvk_officers`. A registration that ended is `dissolved` if it was wound up, else `closed`. A natural
person's business (Eenmanszaak, also with several owners) is ignored as `natural_person`. For unknown legal
forms and shielded addresses see `formats.kvk`. The start of a foreign company is the start of its Dutch
registration. Citizens' numbers are never read. The seat of the legal person, its capital and its branches are
left out. Source: https://www.kvk.nl/producten-bestellen/kvk-handelsregister-dataservice, catalogue 2015/02.
"""

import re

import polars as pl

from transforms.formats import kvk, kvk_measures, kvk_officers
from transforms.formats.file_names import day_in_name, name_without_day
from transforms.model.parsing import NO_TEXTS, finding_rows, located, parsed, rejections, statement, without
from transforms.model.register import Edition, Parsed, Recognised, Register, SourceField, XmlRecords
from transforms.model.statements import (
    ADDRESS_STATEMENT,
    ENTITY_STATEMENT,
    IDENTIFIER_STATEMENT,
    INSOLVENCY_STATEMENT,
    INTEREST_STATEMENT,
    NAME_STATEMENT,
    PERSON_STATEMENT,
    RELATIONSHIP_STATEMENT,
)
from transforms.values.identifiers import NL_KVK, registry_nl_kvk

OWNED = "heeftAlsEigenaar"
_OWNERS = ("rechtspersoon", "samenwerkingsverband", "buitenlandseVennootschap", "rechtspersoonInOprichting")
LEGAL = tuple(f"{OWNED}.{kind}" for kind in _OWNERS)
NATURAL = tuple(f"{OWNED}.{kind}" for kind in ("natuurlijkPersoon", "eenmanszaakMetMeerdereEigenaren"))
BEGAN_ON, ENDED_ON = "registratie.datumAanvang", "registratie.datumEinde"
MADE_ON, ENTERED_ON = "datumAkteOprichting", "datumEersteInschrijvingHandelsregister"
MEASURE, DISSOLVED = kvk_measures.MEASURE, "ontbinding"
BUSINESS = "manifesteertZichAls.onderneming"
PLACES = {"bezoekLocatie": kvk.VISITED, "postLocatie": kvk.LETTERS}
# Field below the address → its name in KVK's APIs.
_HOME, _ABROAD = "adres.binnenlandsAdres", "adres.buitenlandsAdres"
IN_PLACE = {
    f"{_HOME}.straatnaam": "straatnaam",
    f"{_HOME}.huisnummer": "huisnummer",
    f"{_HOME}.huisletter": "huisletter",
    f"{_HOME}.huisnummerToevoeging": "huisnummerToevoeging",
    f"{_HOME}.postbusnummer": "postbusnummer",
    f"{_HOME}.plaats": "plaats",
    f"{_HOME}.bagId.identificatieAdresseerbaarObject": "geoData.addresseerbaarObjectId",
    f"{_HOME}.bagId.identificatieNummeraanduiding": "geoData.nummerAanduidingId",
    f"{_ABROAD}.straatHuisnummer": "straatHuisnummer",
    f"{_ABROAD}.postcodeWoonplaats": "postcodeWoonplaats",
    f"{_ABROAD}.regio": "regio",
    f"{_ABROAD}.land.omschrijving": "land",
    "toevoegingAdres": "toevoegingAdres",
}
_POSTCODE = tuple(f"{_HOME}.postcode.{part}" for part in ("cijfercombinatie", "lettercombinatie"))
IGNORED = {
    "communicatiegegevens": "not used by any indicator yet",
    "nonMailing": "whether it wants advertisements",
    "incidenteelUitlenenArbeidskrachten": "not used by any indicator yet",
    "pensioenvennootschap": "not used by any indicator yet",
    "registratie.registratieTijdstip": "when it was entered",
    "wordtGeleidVanuit": "its branches are left out",
    "wordtUitgeoefendIn": "its branches are left out",
    "sbiActiviteit.registratie": "of the activity",
    "sbiActiviteit.isHoofdactiviteit": "marks the main activity; not used by any indicator yet",
    "sbiActiviteit.sbiCode.omschrijving": "the code in words",
    "sbiActiviteit.sbiCode.referentieType": "name of the code list",
    "manifesteertZichAls.relatieRegistratie": "of the business",
    f"{BUSINESS}.registratie": "of the business",
    f"{BUSINESS}.kvkNummer": "the same as above it",
    f"{BUSINESS}.isOvergedragenNaar": "the next owner of the business; not used by any indicator yet",
    f"{BUSINESS}.isOvergenomenVan": "the previous owner of the business; not used by any indicator yet",
    f"{BUSINESS}.wordtUitgeoefendIn": "its branches are left out",
    f"{BUSINESS}.sbiActiviteit.volgorde": "the order in the file is used",
    f"{BUSINESS}.sbiActiviteit.registratie": "of the activity",
    f"{BUSINESS}.sbiActiviteit.isHoofdactiviteit": "marks the main activity; not used by any indicator yet",
    f"{BUSINESS}.sbiActiviteit.sbiCode.omschrijving": "the code in words",
    f"{BUSINESS}.sbiActiviteit.sbiCode.referentieType": "name of the code list",
    f"{BUSINESS}.handeltOnder.relatieRegistratie": "since when the name is used",
    f"{BUSINESS}.handeltOnder.handelsnaam.registratie": "since when the name is used",
    f"{OWNED}.relatieRegistratie": "of the ownership of the registration",
}
_STAFF = ("totaalWerkzamePersonen", "voltijdWerkzamePersonen", "deeltijdWerkzamePersonen")
_NATURAL_IGNORED = """
bsn rsin volledigeNaam geslachtsnaam voorvoegselGeslachtsnaam voornamen geboortedatum geboorteplaats
geboorteland geslachtsaanduiding aanduidingNaamgebruik naamgeving datumGeemigreerd overlijdensdatum
woonLocatie bezoekLocatie postLocatie communicatiegegevens registratie extraElementen heeft
bijzondereRechtstoestand ontbinding uitgebreideRechtsvorm
"""
_LEGAL_IGNORED = {
    "uitgebreideRechtsvorm": "the legal form in more words",
    "rechtsvorm": "the legal form as a code",
    "registratie": "of the legal person",
    "extraElementen": "further dates of its articles",
    "naamgeving": "the full name is used",
    "bezoekLocatie": "the address of the registration is used",
    "postLocatie": "the address of the registration is used",
    "communicatiegegevens": "not used by any indicator yet",
    "activiteiten": "of the legal person; those of the business are used",
    "statutaireZetel": "a town in the articles",
    "aanvangStatutaireZetel": "a town in the articles",
    "datumOprichting": "the day of the deed is used",
    "datumAkteStatutenwijziging": "not used by any indicator yet",
    "structuur": "not used by any indicator yet",
    "stelselInrichting": "not used by any indicator yet",
    "rechtsbevoegdheidVereniging": "not used by any indicator yet",
    "voornemenTotOntbinding": "not used by any indicator yet",
    "duur": "not used by any indicator yet",
    "aantalCommanditaireVennoten": "not used by any indicator yet",
    **dict.fromkeys(
        (
            "geplaatstKapitaal",
            "gestortKapitaal",
            "maatschappelijkKapitaal",
            "commanditairKapitaal",
            "bedragKostenOprichting",
        ),
        "capital is not used by any indicator yet",
    ),
    f"{DISSOLVED}.aanleiding": "the reason for winding up",
    **{f"{MEASURE}.{name}": "which court, and when" for name in ("uitspraakAanvang", "uitspraakEinde")},
    f"{MEASURE}.soort.code": "its words are used",
    f"{MEASURE}.soort.referentieType": "name of the code list",
}


def _lists() -> tuple[str, ...]:
    return (
        "sbiActiviteit",
        f"{BUSINESS}.sbiActiviteit",
        f"{BUSINESS}.handeltOnder",
        *(f"{owner}.{name}" for owner in LEGAL for name in ("heeft", MEASURE)),
    )


def _text(name: str, ignored: str = "") -> SourceField:
    is_listed = any(name.startswith(f"{path}.") for path in _lists())
    return SourceField(name, "texts" if is_listed else "text", ignored, required=False)


FIELDS = (
    SourceField("kvkNummer", mandatory=True),
    *map(_text, ("naam", BEGAN_ON, ENDED_ON, *(f"{owner}.persoonRechtsvorm" for owner in NATURAL))),
    *map(
        _text,
        (
            "sbiActiviteit.sbiCode.code",
            f"{BUSINESS}.sbiActiviteit.sbiCode.code",
            f"{BUSINESS}.handeltOnder.handelsnaam.naam",
            f"{BUSINESS}.handeltOnder.handelsnaam.volgorde",
        ),
    ),
    *(_text(f"{place}.{name}") for place in PLACES for name in ("afgeschermd.code", *IN_PLACE, *_POSTCODE)),
    *(
        _text(f"{place}.{name}", why)
        for place in PLACES
        for name, why in (
            ("registratie", "since when"),
            ("volledigAdres", "the same address in one line"),
            ("afgeschermd.omschrijving", "the code in words"),
            ("afgeschermd.referentieType", "name of the code list"),
            (f"{_ABROAD}.land.code", "its name is used"),
            (f"{_ABROAD}.land.referentieType", "name of the code list"),
        )
    ),
    *(
        _text(f"{owner}.{name}")
        for owner in LEGAL
        for name in (
            "persoonRechtsvorm",
            "volledigeNaam",
            "rsin",
            MADE_ON,
            ENTERED_ON,
            f"{MEASURE}.{kvk_measures.WORDS}",
            f"{MEASURE}.{kvk_measures.BEGAN_ON}",
            f"{MEASURE}.registratie.datumEinde",
            f"{DISSOLVED}.registratie.datumAanvang",
        )
    ),
    *(field for owner in LEGAL for field in kvk_officers.officer_fields(owner)),
    *(_text(f"{owner}.{name}", why) for owner in LEGAL for name, why in _LEGAL_IGNORED.items()),
    *(
        _text(name, "nothing is kept about natural persons")
        for name in (
            *(f"{owner}.{name}" for owner in NATURAL for name in _NATURAL_IGNORED.split()),
            *(f"{OWNED}.{name}" for name in ("naamPersoon", "afgeslotenMoeder")),
        )
    ),
    *(_text(f"{BUSINESS}.{name}", "not used by any indicator yet") for name in _STAFF),
    *(_text(name, why) for name, why in IGNORED.items()),
)
_HEAD = b"schemas/hrip/dataservice/2015/02"
_NUMBER = re.compile(rb"<(?:\w+:)?kvkNummer>(\d{8})<")
_STATE_OF = re.compile(rb'\bpeilmoment="(\d{4})(\d{2})(\d{2})')


def recognise(file_name: str, head: bytes) -> Recognised | None:
    """By the namespace of the answer. The date is that in the name, else the last day stated in an answer."""
    if _HEAD not in head or b"ophalenInschrijvingResponse" not in head:
        return None
    days = [b"-".join(parts).decode() for parts in _STATE_OF.findall(head)]
    return Recognised("inschrijvingen", day_in_name(file_name) or day_in_name(max(days, default="")))


def dataset_of(path: str, head: bytes) -> str:
    """The dataset: an answer about one registration is a dataset of its own; a file with several is named
    after the file.
    """
    answers = head.count(b"ophalenInschrijvingResponse>")
    number = _NUMBER.search(head)
    return f"inschrijving-{number[1].decode()}" if number and answers <= 1 else name_without_day(path)


def parse(frame: pl.DataFrame, edition: Edition) -> Parsed:
    """Statements of one batch. Unknown legal forms, countries and functions are findings."""
    form = pl.coalesce(*(f"{owner}.persoonRechtsvorm" for owner in (*LEGAL, *NATURAL)))
    numbered = frame.with_columns(
        registry_nl_kvk(pl.col("kvkNummer")).alias("number"),
        form.alias("form"),
        *(
            pl.coalesce(f"{owner}.{name}" for owner in LEGAL).alias(name)
            for name in ("volledigeNaam", "rsin", MADE_ON, ENTERED_ON)
        ),
        *kvk.classified(form),
        pl.lit(None, pl.String).alias("branch"),
        pl.col(f"{BUSINESS}.handeltOnder.handelsnaam.naam").alias("trade.naam"),
        pl.col(f"{BUSINESS}.handeltOnder.handelsnaam.volgorde").alias("trade.volgorde"),
    )
    rejected = rejections(
        numbered,
        [
            (pl.col("number").is_null(), "not_an_id", "kvkNummer"),
            *kvk.impossible_dates((BEGAN_ON, ENDED_ON, MADE_ON, ENTERED_ON)),
        ],
    )
    rest = without(numbered, rejected)
    ignored = kvk.of_natural_persons(rest, pl.col("legal_form_class") == kvk.SOLE_TRADER)
    good = located(without(rest, ignored), pl.col("number"), edition)
    placed, odd_countries = kvk.address_statements(_places(good), edition, "land", kvk.ROLES)
    stated = (kvk_officers.officers, kvk_measures.measures)
    held = [of_owner(good, edition, owner) for owner in LEGAL for of_owner in stated]
    unknown = good.filter(pl.col("form").is_not_null() & (pl.col("legal_form_class") == kvk.UNKNOWN))
    tables: dict[str, list[pl.DataFrame]] = {
        ENTITY_STATEMENT.name: [_entities(good, edition)],
        NAME_STATEMENT.name: [kvk.trade_names(good, edition, _name(), path="trade")],
        IDENTIFIER_STATEMENT.name: [kvk.numbers_beside(good, edition, rsin="rsin", branch="branch")],
        ADDRESS_STATEMENT.name: [placed],
    }
    for one in held:
        for name, frames in one.tables.items():
            tables.setdefault(name, []).extend(frames)
    return parsed(
        good,
        {name: pl.concat(frames) for name, frames in tables.items()},
        rejected=rejected,
        ignored=ignored,
        findings=[
            finding_rows(unknown, "unknown_category", "persoonRechtsvorm", pl.col("form")),
            odd_countries,
            *(one.findings for one in held),
        ],
    )


def _name() -> pl.Expr:
    return kvk.if_form_is_known(pl.coalesce("volledigeNaam", "naam"))


def _entities(good: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    codes = pl.concat_list(
        pl.col(f"{path}sbiActiviteit.sbiCode.code").fill_null(NO_TEXTS) for path in ("", f"{BUSINESS}.")
    )
    is_foreign = pl.col("legal_form_class") == "overseas_company"
    is_measured = pl.any_horizontal(_has_open_measure(owner) for owner in LEGAL)
    is_wound_up = pl.any_horizontal(
        pl.col(f"{owner}.{DISSOLVED}.registratie.datumAanvang").is_not_null() for owner in LEGAL
    )
    return statement(
        good,
        ENTITY_STATEMENT,
        edition,
        "e",
        role=pl.lit("subject"),
        is_registry_entry=pl.lit(True),
        identifier_scheme=pl.lit(NL_KVK),
        identifier=pl.col("number"),
        identifier_native=pl.col("kvkNummer"),
        entity_type=pl.col("entity_type"),
        name=_name(),
        former_names=NO_TEXTS,
        jurisdiction=pl.when(~is_foreign).then(pl.lit("nl")),
        legal_form=pl.col("form"),
        legal_form_class=pl.col("legal_form_class"),
        status=pl.when(pl.col(ENDED_ON).is_not_null() & is_wound_up)
        .then(pl.lit("dissolved"))
        .when(pl.col(ENDED_ON).is_not_null())
        .then(pl.lit("closed"))
        .when(is_measured)
        .then(pl.lit("insolvent"))
        .when(is_wound_up)
        .then(pl.lit("dissolving"))
        .otherwise(pl.lit("active")),
        incorporated_on=pl.coalesce(kvk.day(MADE_ON), pl.when(~is_foreign).then(kvk.day(BEGAN_ON))),
        registered_on=pl.coalesce(kvk.day(ENTERED_ON), pl.when(is_foreign).then(kvk.day(BEGAN_ON))),
        dissolved_on=kvk.day(ENDED_ON),
        industry_codes=codes.list.drop_nulls().list.unique(maintain_order=True),
    )


def _has_open_measure(owner: str) -> pl.Expr:
    """Whether a court measure (bankruptcy, moratorium) has begun and not ended."""
    kinds = pl.col(f"{owner}.{MEASURE}.{kvk_measures.WORDS}")
    ends = pl.col(f"{owner}.{MEASURE}.registratie.datumEinde")
    no_end = pl.lit(None, dtype=pl.String).repeat_by(kinds.list.len())
    return pl.coalesce(ends, no_end).list.eval(pl.element().is_null()).list.any()


def _places(good: pl.DataFrame) -> pl.DataFrame:
    """Visiting and postal addresses in the columns of KVK's APIs, one row each."""
    known = good.filter(pl.col("legal_form_class") != kvk.UNKNOWN)
    rows = [
        known.filter(pl.col(f"{place}.afgeschermd.code").is_not_null()).select(
            "record_no",
            "record",
            "record_id",
            pl.lit(kind).alias("type"),
            pl.when(pl.col(f"{place}.afgeschermd.code") == "N").then(pl.lit("Nee")).alias("indAfgeschermd"),
            pl.lit(None, pl.String).alias("aanduidingBijHuisnummer"),
            pl.concat_str(*(f"{place}.{part}" for part in _POSTCODE)).alias("postcode"),
            *(pl.col(f"{place}.{name}").alias(to) for name, to in IN_PLACE.items()),
        )
        for place, kind in PLACES.items()
    ]
    return pl.concat(rows)


REGISTER = Register(
    name="nl_kvk_dataservice",
    title="Registrations of the Dutch trade register (HR Dataservice)",
    publisher="Kamer van Koophandel",
    territory="nl",
    url="https://www.kvk.nl/producten-bestellen/kvk-handelsregister-dataservice",
    licence="KVK, HR Dataservice (for public bodies, under agreement)",
    cadence="on request",
    kind="snapshot",
    identifier_scheme=NL_KVK,
    expected_rows="as many as were asked for",
    description="Number, legal form, names, seat, board, partners and sole shareholder of each business. "
    "Natural persons' businesses are left out.",
    partial_roles=("companies", "owners", "officers", "insolvency"),
    on_request=True,
    listed_by="functions",
    reader=XmlRecords(
        record_at="Envelope.Body.ophalenInschrijvingResponse.product.maatschappelijkeActiviteit",
        lists=_lists(),
    ),
    fields=FIELDS,
    tables=(
        ENTITY_STATEMENT,
        NAME_STATEMENT,
        IDENTIFIER_STATEMENT,
        ADDRESS_STATEMENT,
        PERSON_STATEMENT,
        RELATIONSHIP_STATEMENT,
        INTEREST_STATEMENT,
        INSOLVENCY_STATEMENT,
    ),
    recognise=recognise,
    dataset_of=dataset_of,
    parse=parse,
)
