"""KVK, API Vestigingsprofiel: a branch of a business in the Dutch trade register, and where it is.

One answer of `/v1/vestigingsprofielen/{vestigingsnummer}` is one record, in a file of its own or on a line. A
branch is not a party: its record is about the business with the KVK number, and becomes

| statement | part |
|---|---|
| entity | `e`, the business; its register entry is in nl_kvk_basisprofiel |
| name | `n-1` …, the trade names of the branch in KVK's order |
| identifier | `i-rsin`; `i-branch`, the number of the branch |
| address | `a` the premises, `a-2` the postal address |

A business without an RSIN is a natural person's, and its branch is ignored as `natural_person`. If the RSIN
is invalid, no name or address is kept. Shielded addresses are left out. In sources.toml, give the number of
the branch (12 digits).
Source: https://developers.kvk.nl/documentation/vestigingsprofiel-api, OpenAPI version 1.3.
"""

import re

import polars as pl

from transforms.formats import kvk
from transforms.formats.file_names import day_in_name
from transforms.model.parsing import NO_TEXTS, located, parsed, rejections, statement, without
from transforms.model.register import Edition, JsonLines, Parsed, Recognised, Register, SourceField
from transforms.model.source import Source
from transforms.model.statements import (
    ADDRESS_STATEMENT,
    ENTITY_STATEMENT,
    IDENTIFIER_STATEMENT,
    NAME_STATEMENT,
)
from transforms.values.identifiers import NL_KVK, nl_rsin, registry_nl_kvk

BEGAN_ON, ENDED_ON = "materieleRegistratie.datumAanvang", "materieleRegistratie.datumEinde"
ROLES = {kvk.VISITED: "premises", kvk.LETTERS: "service"}
IGNORED = {
    "indNonMailing": "whether it wants advertisements",
    "formeleRegistratiedatum": "registration of the branch; its period is used",
    "indHoofdvestiging": "the number of the main branch is in the business's own record",
    "indCommercieleVestiging": "not used by any indicator yet",
    "voltijdWerkzamePersonen": "not used by any indicator yet",
    "deeltijdWerkzamePersonen": "not used by any indicator yet",
    "totaalWerkzamePersonen": "not used by any indicator yet",
    "eersteHandelsnaam": "among the trade names",
    "websites": "not used by any indicator yet",
    "sbiActiviteiten.sbiOmschrijving": "the code in words",
    "sbiActiviteiten.indHoofdactiviteit": "marks the main activity; not used by any indicator yet",
    "links": "links to further answers",
}
FIELDS = (
    SourceField("vestigingsnummer", mandatory=True),
    SourceField("kvkNummer", mandatory=True),
    SourceField("rsin", required=False),
    SourceField("statutaireNaam", required=False),
    SourceField(BEGAN_ON, required=False),
    SourceField(ENDED_ON, required=False),
    SourceField("handelsnamen.naam", "texts", required=False),
    SourceField("handelsnamen.volgorde", "texts", required=False),
    SourceField("sbiActiviteiten.sbiCode", "texts", required=False),
    *kvk.address_fields("adressen"),
    *kvk.ignored_fields("", IGNORED),
)
_BRANCH = re.compile(rb'"vestigingsnummer"\s*:')
_ABOVE = re.compile(rb'"(?:eigenaar|hoofdvestiging)"\s*:')


def recognise(file_name: str, head: bytes) -> Recognised | None:
    """By the number and the registration of a branch, outside an answer about a business."""
    is_answer = kvk.REGISTERED.search(head) and _BRANCH.search(head) and not _ABOVE.search(head)
    return Recognised("vestigingsprofielen", day_in_name(file_name)) if is_answer else None


def dataset_of(path: str, head: bytes) -> str:
    """The dataset: an answer about one branch is a dataset of its own; a file about several is named after
    the file.
    """
    branches = {number.decode() for number in re.findall(rb'"vestigingsnummer"\s*:\s*"(\d{12})"', head)}
    return (
        f"vestigingsprofiel-{min(branches)}" if len(branches) == 1 else kvk.dataset_of("branches", path, b"")
    )


def parse(frame: pl.DataFrame, edition: Edition) -> Parsed:
    """Statements of one batch. Unknown countries are findings."""
    rsin = nl_rsin(pl.col("rsin"))
    legal_form_class = pl.when(rsin.is_null()).then(pl.lit(kvk.UNKNOWN)).otherwise(pl.lit("other"))
    numbered = frame.with_columns(
        registry_nl_kvk(pl.col("kvkNummer")).alias("number"), legal_form_class.alias("legal_form_class")
    )
    rejected = rejections(
        numbered,
        [
            (pl.col("number").is_null(), "not_an_id", "kvkNummer"),
            (~pl.col("vestigingsnummer").str.contains(kvk.BRANCH), "not_an_id", "vestigingsnummer"),
            *kvk.impossible_dates((BEGAN_ON, ENDED_ON)),
        ],
    )
    rest = without(numbered, rejected)
    ignored = kvk.of_natural_persons(rest, pl.col("rsin").is_null())
    good = located(without(rest, ignored), pl.col("vestigingsnummer"), edition)
    placed, odd_countries = kvk.addresses(good, edition, "adressen", ROLES)
    tables = {
        ENTITY_STATEMENT.name: _entities(good, edition),
        NAME_STATEMENT.name: kvk.trade_names(good, edition, beside=pl.col("statutaireNaam")),
        IDENTIFIER_STATEMENT.name: kvk.numbers_beside(good, edition, rsin="rsin", branch="vestigingsnummer"),
        ADDRESS_STATEMENT.name: placed,
    }
    return parsed(good, tables, rejected=rejected, ignored=ignored, findings=[odd_countries])


def _entities(good: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    codes = pl.col("sbiActiviteiten.sbiCode").list.drop_nulls().list.unique(maintain_order=True)
    return statement(
        good,
        ENTITY_STATEMENT,
        edition,
        "e",
        role=pl.lit("subject"),
        is_registry_entry=pl.lit(False),
        identifier_scheme=pl.lit(NL_KVK),
        identifier=pl.col("number"),
        identifier_native=pl.col("kvkNummer"),
        entity_type=pl.lit("registeredEntity"),
        name=kvk.if_form_is_known(pl.col("statutaireNaam")),
        former_names=NO_TEXTS,
        jurisdiction=pl.lit("nl"),
        legal_form_class=pl.lit("unknown"),
        status=pl.lit("unknown"),
        industry_codes=codes.fill_null(NO_TEXTS),
    )


REGISTER = Register(
    name="nl_kvk_vestigingsprofiel",
    title="Branches in the Dutch trade register",
    publisher="Kamer van Koophandel",
    territory="nl",
    url="https://developers.kvk.nl/documentation/vestigingsprofiel-api",
    licence="KVK, terms of use of the Handelsregister APIs (subscription)",
    cadence="on request",
    kind="snapshot",
    identifier_scheme=NL_KVK,
    expected_rows="as many as were asked for",
    description="Trade names, numbers and premises of each branch asked for. "
    "Natural persons' businesses are left out.",
    partial_roles=("companies",),
    on_request=True,
    source=Source(
        "https://api.kvk.nl/api/v1/vestigingsprofielen/{number}?geoData=true",
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
