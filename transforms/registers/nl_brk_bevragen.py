"""Kadaster: mortgages and attachments on a parcel or apartment, from the API Haal Centraal BRK Bevragen.

One object is one mortgage or attachment: in JSON lines, in an array, or under `_embedded` in an answer of
`/kadastraalonroerendezaken/{id}/hypotheken` or `…/beslagen`; a file may have several answers. It becomes

| statement | part | locator |
|---|---|---|
| charge | `c-1` …, one for each holder or attaching creditor | `_links.self.href`, without its host |

The answer states the title, but not its owner, and no date. The type of a holder says whether it is a natural
person, about whom nothing else is kept (the id is a citizen's number), or a legal person, whose RSIN is kept.
A repaid mortgage stays in the register until it is removed. Titles with the same part of a deed secure one
debt.
"""

import re

import polars as pl

from transforms.formats.file_names import day_in_name, name_without_day
from transforms.model.parsing import items, located, parsed, rejections, statement, without
from transforms.model.register import Edition, JsonLines, Parsed, Recognised, Register, SourceField
from transforms.model.source import Source
from transforms.model.statements import CHARGE_STATEMENT
from transforms.values.identifiers import NL_BRK, NL_RSIN, nl_rsin, org_id
from transforms.values.payees import NAMED_KINDS, payee_kind

# …/kadastraalonroerendezaken/76870482670000/hypotheken/35139325
SELF = r"/kadastraalonroerendezaken/(\d{8,20})/(hypotheken|beslagen)/(\d+)/?$"
ANSWER = r"/kadastraalonroerendezaken/\d{8,20}/(?:hypotheken|beslagen)/?$"
_SELF_IN_FILE = re.compile(rb"/kadastraalonroerendezaken/(\d{8,20})/(hypotheken|beslagen)\b")
KINDS = {"hypotheken": "mortgage", "beslagen": "attachment"}
HOLDERS = {"hypotheken": "hypotheekhouders", "beslagen": "beslagleggers"}
REGISTERED_LEGAL = "ingeschreven_niet_natuurlijk_persoon"
NATURAL = ("ingeschreven_natuurlijk_persoon", "kadaster_natuurlijk_persoon")
CURRENCIES = ("EUR", "NLG")  # old mortgages are in guilders
_AMOUNTS = ("bedragZekerheidsstelling", "bedragVordering")
IGNORED = {
    "identificatie": "the same as in _links.self",
    "domein": "the same in every answer",
    "aandeelInBetrokkenRecht": "not used by any indicator yet",
    "gedeeltelijkeBezwaringOudObject": "not used by any indicator yet",
    "omschrijvingBetrokkenRecht": "not used by any indicator yet",
    "omschrijvingGekozenWoonplaats": "an address for letters",
    "toelichtingBewaarder": "free text",
    "betreftGedeelteVanPerceel": "not used by any indicator yet",
    "aantekeningen": "not used by any indicator yet",
    "aard": "kind of attachment; not used by any indicator yet",
    "stukIdentificaties": "the deed; its part is used",
    "isVermeldInStukdeelIdentificaties": "further deeds that mention it",
    "_links.hypotheekhouders": "the same as in hypotheekhouders",
    "_links.beslagleggers": "the same as in beslagleggers",
    "_links.stukken": "the same as in stukIdentificaties",
    "_links.stukdelen": "the same as in isGebaseerdOpStukdeelIdentificatie",
    "_links.isGebaseerdOpStukdeel": "the same as in isGebaseerdOpStukdeelIdentificatie",
    "_links.isVermeldInStukdelen": "the same as in isVermeldInStukdeelIdentificaties",
}
FIELDS: tuple[SourceField, ...] = (
    SourceField("_links.self.href", mandatory=True),
    *(
        SourceField(f"{holders}.{name}", "texts", required=False)
        for holders in HOLDERS.values()
        for name in ("identificatie", "omschrijving", "type")
    ),
    *(SourceField(f"{amount}.som", "money", required=False) for amount in _AMOUNTS),
    *(
        SourceField(f"{amount}.valuta.code", "category", known=CURRENCIES, required=False)
        for amount in _AMOUNTS
    ),
    *(
        SourceField(f"{amount}.valuta.waarde", ignored="the code in words", required=False)
        for amount in _AMOUNTS
    ),
    SourceField("isGebaseerdOpStukdeelIdentificatie", required=False),
    *(SourceField(f"_embedded.{kind}.identificatie", "texts", required=False) for kind in KINDS),
    *(SourceField(name, ignored=reason, required=False) for name, reason in IGNORED.items()),
)


def recognise(file_name: str, head: bytes) -> Recognised | None:
    """By the link to mortgages or attachments of a title."""
    return Recognised("titles", day_in_name(file_name)) if _SELF_IN_FILE.search(head) else None


def dataset_of(path: str, head: bytes) -> str:
    """The dataset: an answer about one title is a dataset of its own; a file with several is named after the
    file.
    """
    links = {(title.decode(), kind.decode()) for title, kind in _SELF_IN_FILE.findall(head)}
    title, kind = min(links)
    return f"{kind}-{title}" if len(links) == 1 else name_without_day(path)


def parse(frame: pl.DataFrame, edition: Edition) -> Parsed:
    """Charge statements of one batch. An answer without mortgages or attachments is ignored by name; one that
    was not split into its objects is rejected.
    """
    link = pl.col("_links.self.href")
    uncut = pl.any_horizontal(pl.col(f"_embedded.{kind}.identificatie").list.len() > 0 for kind in KINDS)
    rejected = rejections(
        frame,
        [
            (uncut, "answer_among_lines", "_embedded"),
            (~link.str.contains(SELF) & ~link.str.contains(ANSWER), "not_an_id", "_links.self.href"),
        ],
    )
    answers = without(frame, rejected)
    empty = answers.filter(~link.str.contains(SELF)).select(
        "record_no", pl.lit("empty_answer").alias("reason")
    )
    good = located(
        answers.filter(link.str.contains(SELF)), link.str.replace(r"^.*(/kadastraal)", "$1"), edition
    )
    charges = good.with_columns(
        link.str.extract(SELF, 1).alias("title"),
        link.str.extract(SELF, 2).alias("path"),
        link.str.extract(SELF, 3).alias("number"),
    )
    each = _holders(charges)
    amount = pl.coalesce(f"{amount}.som" for amount in _AMOUNTS)
    currency = pl.coalesce(f"{amount}.valuta.code" for amount in _AMOUNTS)
    statements = statement(
        each,
        CHARGE_STATEMENT,
        edition,
        pl.concat_str(pl.lit("c-"), pl.col("position")),
        charge_id=org_id(NL_BRK, pl.concat_str("title", pl.lit("-"), "number")),
        kind=pl.col("path").replace_strict(KINDS),
        position=pl.col("position"),
        lender_kind=pl.col("kind"),
        lender_name=pl.when(pl.col("kind").is_in(NAMED_KINDS)).then(pl.col("name")),
        lender_scheme=pl.when(pl.col("rsin").is_not_null()).then(pl.lit(NL_RSIN)),
        lender_number=pl.col("rsin"),
        title_id=org_id(NL_BRK, pl.col("title")),
        title_position=pl.lit(1),
        titles_n=pl.lit(1),
        deed_id=org_id(NL_BRK, pl.col("isGebaseerdOpStukdeelIdentificatie")),
        status=pl.lit("outstanding"),
        amount_secured=amount,
        currency=pl.when(amount.is_not_null() & currency.is_in(CURRENCIES)).then(currency),
    )
    return parsed(good, {CHARGE_STATEMENT.name: statements}, rejected=rejected, ignored=empty)


def _holders(charges: pl.DataFrame) -> pl.DataFrame:
    """One row for each holder, or one row for a charge without holders: position from 1, kind, name, rsin."""
    parts = {"identificatie": "id", "omschrijving": "name", "type": "type"}
    listed = charges.with_columns(
        pl.coalesce(
            pl.when(pl.col(name).list.len() > 0).then(pl.col(name))
            for name in (f"{holders}.{part}" for holders in HOLDERS.values())
        ).alias(part)
        for part in parts
    )
    each = items(listed, parts, charges.columns, "position", at_least=1)
    is_natural = pl.col("type").is_in(NATURAL)
    is_legal = pl.col("type") == REGISTERED_LEGAL
    named = payee_kind(pl.when(is_natural).then(None).otherwise(pl.col("name")))
    rsin = nl_rsin(pl.when(is_legal).then(pl.col("id")))
    return each.with_columns(
        pl.when(is_natural)
        .then(pl.lit("person"))
        .when(rsin.is_not_null() & ~named.is_in(["public", "conduit"]))
        .then(pl.lit("company"))
        .otherwise(named)
        .alias("kind"),
        rsin.alias("rsin"),
        # A partnership with an RSIN may bear the names of its partners.
        pl.when(named.is_in(NAMED_KINDS)).then(pl.col("name")).alias("name"),
    )


REGISTER = Register(
    name="nl_brk_bevragen",
    title="Mortgages and attachments on Dutch property",
    publisher="Kadaster",
    territory="nl",
    url="https://github.com/VNG-Realisatie/Haal-Centraal-BRK-bevragen",
    licence="Kadaster, BRK Bevragen (for public bodies, under agreement)",
    cadence="on request",
    kind="snapshot",
    identifier_scheme=NL_BRK,
    expected_rows="as many as were asked for",
    description="Who holds a mortgage on a title, for which amount, and who attached the title.",
    partial_roles=("charges",),
    source=Source(
        "https://api.brk.kadaster.nl/esd-eto-apikey/bevragen/v2/kadastraalonroerendezaken/{number}/hypotheken",
        key="kadaster",
        key_header="X-Api-Key",
    ),
    reader=JsonLines(
        packages=True,
        array_at=tuple(f"_embedded.{kind}" for kind in KINDS),
        object_lists=tuple(HOLDERS.values()),
    ),
    fields=FIELDS,
    tables=(CHARGE_STATEMENT,),
    recognise=recognise,
    dataset_of=dataset_of,
    parse=parse,
)
