"""KVK, API Basisprofiel: a business in the Dutch trade register, with its main branch.

One answer of `/v1/basisprofielen/{kvkNummer}` is one record, in a file of its own or on a line. It becomes

| statement | part |
|---|---|
| entity | `e`, by its KVK number; `incorporated_on` is the day its activity began, unless it is foreign |
| name | `n-1` …, the trade names in KVK's order |
| identifier | `i-rsin`; `i-branch`, the number of the main branch |
| address | `a` the seat, `a-2` the postal address: of the main branch, else of the legal person |

A natural person's business (Eenmanszaak) is ignored as `natural_person`. A business with an unknown legal
form is kept with its number, form, dates and activities, but without name and address. Shielded addresses are
left out. The ids of an address in the register of addresses and buildings (BAG) are kept. A date with unknown
parts (20190000) is null.

The trade register does not publish who holds the shares.
Source: https://developers.kvk.nl/documentation/basisprofiel-api, OpenAPI version 1.4.
"""

import re

import polars as pl

from transforms.formats import kvk
from transforms.formats.file_names import day_in_name
from transforms.model.parsing import NO_TEXTS, finding_rows, located, parsed, rejections, statement, without
from transforms.model.register import Edition, JsonLines, Parsed, Recognised, Register, SourceField
from transforms.model.source import Source
from transforms.model.statements import (
    ADDRESS_STATEMENT,
    ENTITY_STATEMENT,
    IDENTIFIER_STATEMENT,
    NAME_STATEMENT,
)
from transforms.values.identifiers import NL_KVK, registry_nl_kvk

MAIN, OWNER = "_embedded.hoofdvestiging", "_embedded.eigenaar"
REGISTERED_ON, BEGAN_ON, ENDED_ON = (
    "formeleRegistratiedatum",
    "materieleRegistratie.datumAanvang",
    "materieleRegistratie.datumEinde",
)
_STAFF = "not used by any indicator yet"
IGNORED = {
    "indNonMailing": "whether it wants advertisements",
    "totaalWerkzamePersonen": _STAFF,
    "links": "links to further answers",
    "sbiActiviteiten.sbiOmschrijving": "the code in words",
    "sbiActiviteiten.indHoofdactiviteit": "marks the main activity; not used by any indicator yet",
    f"{MAIN}.kvkNummer": "the same as above it",
    f"{MAIN}.rsin": "the same as the owner's",
    f"{MAIN}.indNonMailing": "whether it wants advertisements",
    f"{MAIN}.formeleRegistratiedatum": "of the branch",
    f"{MAIN}.materieleRegistratie": "of the branch",
    f"{MAIN}.eersteHandelsnaam": "among the trade names",
    f"{MAIN}.statutaireNaam": "the same as above it",
    f"{MAIN}.handelsnamen": "among the trade names",
    f"{MAIN}.indHoofdvestiging": "always Ja",
    f"{MAIN}.indCommercieleVestiging": "not used by any indicator yet",
    f"{MAIN}.voltijdWerkzamePersonen": _STAFF,
    f"{MAIN}.totaalWerkzamePersonen": _STAFF,
    f"{MAIN}.deeltijdWerkzamePersonen": _STAFF,
    f"{MAIN}.websites": "not used by any indicator yet",
    f"{MAIN}.sbiActiviteiten": "of the branch",
    f"{MAIN}.links": "links to further answers",
    f"{OWNER}.uitgebreideRechtsvorm": "the legal form in more words",
    f"{OWNER}.websites": "not used by any indicator yet",
    f"{OWNER}.links": "links to further answers",
}
FIELDS = (
    SourceField("kvkNummer", mandatory=True),
    SourceField("naam", required=False),
    SourceField("statutaireNaam", required=False),
    SourceField(REGISTERED_ON, required=False),
    SourceField(BEGAN_ON, required=False),
    SourceField(ENDED_ON, required=False),
    SourceField("handelsnamen.naam", "texts", required=False),
    SourceField("handelsnamen.volgorde", "texts", required=False),
    SourceField("sbiActiviteiten.sbiCode", "texts", required=False),
    SourceField(f"{MAIN}.vestigingsnummer", required=False),
    *kvk.address_fields(f"{MAIN}.adressen"),
    SourceField(f"{OWNER}.rsin", required=False),
    SourceField(f"{OWNER}.rechtsvorm", required=False),
    *kvk.address_fields(f"{OWNER}.adressen"),
    *kvk.ignored_fields("", IGNORED),
)
_OWNER = re.compile(rb'"eigenaar"\s*:')


def recognise(file_name: str, head: bytes) -> Recognised | None:
    """By the registration and the owner that every answer has."""
    is_answer = kvk.REGISTERED.search(head) and _OWNER.search(head)
    return Recognised("basisprofielen", day_in_name(file_name)) if is_answer else None


def dataset_of(path: str, head: bytes) -> str:
    return kvk.dataset_of("basisprofiel", path, head)


def parse(frame: pl.DataFrame, edition: Edition) -> Parsed:
    """Statements of one batch. Unknown legal forms and countries are findings."""
    number = registry_nl_kvk(pl.col("kvkNummer"))
    form = pl.col(f"{OWNER}.rechtsvorm")
    numbered = frame.with_columns(number.alias("number"), *kvk.classified(form))
    rejected = rejections(
        numbered,
        [
            (pl.col("number").is_null(), "not_an_id", "kvkNummer"),
            *kvk.impossible_dates((REGISTERED_ON, BEGAN_ON, ENDED_ON)),
        ],
    )
    rest = without(numbered, rejected)
    ignored = kvk.of_natural_persons(rest, pl.col("legal_form_class") == kvk.SOLE_TRADER)
    good = located(without(rest, ignored), pl.col("number"), edition)
    has_main = pl.col(f"{MAIN}.adressen.type").list.len() > 0
    of_main, odd_main = kvk.addresses(good, edition, f"{MAIN}.adressen", kvk.ROLES)
    without_main = good.filter(~has_main.fill_null(False))
    of_owner, odd_owner = kvk.addresses(without_main, edition, f"{OWNER}.adressen", kvk.ROLES)
    tables = {
        ENTITY_STATEMENT.name: _entities(good, edition),
        NAME_STATEMENT.name: kvk.trade_names(good, edition, beside=_name()),
        IDENTIFIER_STATEMENT.name: kvk.numbers_beside(
            good, edition, rsin=f"{OWNER}.rsin", branch=f"{MAIN}.vestigingsnummer"
        ),
        ADDRESS_STATEMENT.name: pl.concat([of_main, of_owner]),
    }
    unknown = good.filter(form.is_not_null() & (pl.col("legal_form_class") == kvk.UNKNOWN))
    odd_forms = finding_rows(unknown, "unknown_category", f"{OWNER}.rechtsvorm", form)
    findings = [odd_forms, odd_main, odd_owner]
    return parsed(good, tables, rejected=rejected, ignored=ignored, findings=findings)


def _name() -> pl.Expr:
    return kvk.if_form_is_known(pl.coalesce("statutaireNaam", "naam"))


def _entities(good: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    codes = pl.col("sbiActiviteiten.sbiCode").list.drop_nulls().list.unique(maintain_order=True)
    is_foreign = pl.col("legal_form_class") == "overseas_company"
    is_entered_later = kvk.day(REGISTERED_ON).ne_missing(kvk.day(BEGAN_ON))
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
        legal_form=pl.col(f"{OWNER}.rechtsvorm"),
        legal_form_class=pl.col("legal_form_class"),
        status=pl.when(pl.col(ENDED_ON).is_null()).then(pl.lit("active")).otherwise(pl.lit("closed")),
        incorporated_on=pl.when(~is_foreign).then(kvk.day(BEGAN_ON)),
        registered_on=pl.when(is_foreign | is_entered_later).then(kvk.day(REGISTERED_ON)),
        dissolved_on=kvk.day(ENDED_ON),
        industry_codes=codes.fill_null(NO_TEXTS),
    )


REGISTER = Register(
    name="nl_kvk_basisprofiel",
    title="Businesses in the Dutch trade register",
    publisher="Kamer van Koophandel",
    territory="nl",
    url="https://developers.kvk.nl/documentation/basisprofiel-api",
    licence="KVK, terms of use of the Handelsregister APIs (subscription)",
    cadence="on request",
    kind="snapshot",
    identifier_scheme=NL_KVK,
    expected_rows="as many as were asked for",
    description="Number, legal form, names, activities, dates and seat of each business asked for. "
    "Natural persons' businesses are left out.",
    roles=("companies",),
    on_request=True,
    source=Source(
        "https://api.kvk.nl/api/v1/basisprofielen/{number}?geoData=true",
        key="kvk",
        key_header="apikey",
        requests_a_minute=600,
    ),
    reader=JsonLines(packages=True),
    fields=FIELDS,
    tables=(ENTITY_STATEMENT, NAME_STATEMENT, IDENTIFIER_STATEMENT, ADDRESS_STATEMENT),
    recognise=recognise,
    dataset_of=dataset_of,
    parse=parse,
)
