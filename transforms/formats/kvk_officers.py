"""Functions that people and legal persons hold, in KVK's HR Dataservice.

A holder has no number in an answer, and holders change places when one resigns. The locator of a holder is
therefore the registration and a hash, with the key of the home, of what identifies the holder. A holder of
two functions in one registration is one statement, and has the same locator in the next answer.

A seat on the board is never ownership; a partner's share is not stated. KVK registers only sole shareholders,
and those whose shares are not paid up, without a share. Other functions are left out: supervisors, proxies,
bookkeepers, and persons appointed by a court, because no indicator needs their names.
"""

from collections.abc import Mapping
from typing import NamedTuple

import polars as pl

from transforms.formats.kvk import day
from transforms.model.parsing import (
    finding_rows,
    items,
    joined,
    located,
    other_entities,
    statement,
    statement_id,
)
from transforms.model.register import Edition, SourceField
from transforms.model.statements import (
    ENTITY_STATEMENT,
    INTEREST_STATEMENT,
    PERSON_STATEMENT,
    RELATIONSHIP_STATEMENT,
)
from transforms.values.identifiers import NL_KVK, NL_RSIN, nl_rsin, org_id, registry_nl_kvk
from transforms.values.text_hashes import text_hashes

KEPT = ("bestuursfunctie", "aansprakelijke", "overigeFunctionaris")
LEFT_OUT = ("gemachtigde", "publiekrechtelijkeFunctionaris", "functionarisBijzondereRechtstoestand")
SOLE_SHAREHOLDER, UNPAID_SHAREHOLDER = "08", "05"
# Code of a function → BODS 0.4 interest type. Source: KVK, code list functie of the Handelsregister.
INTERESTS: Mapping[str, str] = {
    # 30 and 32 are functions in a foreign company.
    **dict.fromkeys(("02", "09", "18", "19", "20", "28", "29", "30", "31", "32"), "boardMember"),
    **dict.fromkeys(("12", "13", "15", "16", "17"), "unknownInterest"),  # partners and members
    **dict.fromkeys((SOLE_SHAREHOLDER, UNPAID_SHAREHOLDER), "shareholding"),
}
# Supervisors, proxies, bookkeepers, persons appointed by a court.
OTHER_CODES = ("01", "03", "04", "07", "10", "11", "21", "22", "23", "24")
_PERSON = "door.natuurlijkPersoon"
_NO_PERSONS = tuple(
    f"door.{kind}" for kind in ("rechtspersoon", "buitenlandseVennootschap", "samenwerkingsverband")
)
_OF_NO_PERSON = {
    "volledigeNaam": "legal_name",
    "persoonRechtsvorm": "legal_form",
    "rsin": "rsin",
    "isEigenaarVan.maatschappelijkeActiviteit.kvkNummer": "kvk",
}
_USED = {
    "functie.code": "code",
    "registratie.datumAanvang": "began",
    "registratie.datumEinde": "ended",
    f"{_PERSON}.volledigeNaam": "full_name",
    f"{_PERSON}.voornamen": "forenames",
    f"{_PERSON}.voorvoegselGeslachtsnaam": "prefix",
    f"{_PERSON}.geslachtsnaam": "surname",
    f"{_PERSON}.geboortedatum": "born",
    **{f"{path}.{name}": f"{to} {path}" for path in _NO_PERSONS for name, to in _OF_NO_PERSON.items()},
}
WHO = ("full_name", "forenames", "prefix", "surname", "born", "legal_name", "rsin", "kvk")
WHO_BYTES = 8
_IGNORED = {
    "functie.omschrijving": "the code in words",
    "functie.referentieType": "name of the code list",
    "functietitel": "the holder's own title",
    "bevoegdheid": "how far the holder may act alone",
    "heeftAfwijkendAansprakelijkheidsbeding": "not used by any indicator yet",
    f"{_PERSON}.registratie": "of the person",
    f"{_PERSON}.extraElementen": "other parts of the name",
    f"{_PERSON}.bezoekLocatiePersoon": "a person's address is not kept",
    f"{_PERSON}.bijzondereRechtstoestand": "a person's insolvency is not read",
    f"{_PERSON}.bsn": "a citizen's number is never read",
    f"{_PERSON}.geslachtsaanduiding": "not needed",
    f"{_PERSON}.geboorteplaats": "not needed",
    f"{_PERSON}.geboorteland": "not needed",
    **{
        f"{path}.{name}": why
        for path in _NO_PERSONS
        for name, why in {
            "registratie": "of the legal person, which has a record of its own",
            "bezoekLocatiePersoon": "of the legal person, which has a record of its own",
            "isEigenaarVan.maatschappelijkeActiviteit.nonMailing": "whether it wants advertisements",
        }.items()
    },
}


def officer_fields(owner: str) -> tuple[SourceField, ...]:
    """Fields of the functions of one kind of owner."""
    kept = [(f"{owner}.heeft.{kind}", kind) for kind in KEPT]
    return (
        *(SourceField(f"{path}.{name}", "texts", required=False) for path, _ in kept for name in _USED),
        *(
            SourceField(f"{path}.{name}", "texts", why, required=False)
            for path, _ in kept
            for name, why in _IGNORED.items()
        ),
        *(
            SourceField(f"{owner}.heeft.{kind}", "texts", "not a function that is kept", required=False)
            for kind in LEFT_OUT
        ),
    )


class OfOwner(NamedTuple):
    """Statements about one kind of owner, and findings."""

    tables: Mapping[str, list[pl.DataFrame]]
    findings: pl.DataFrame


def officers(records: pl.DataFrame, edition: Edition, owner: str) -> OfOwner:
    """Statements about the functions of one kind of owner, and findings about unknown codes."""
    each = pl.concat([_each(records, f"{owner}.heeft.{kind}") for kind in KEPT])
    nth = pl.int_range(1, pl.len() + 1).over("record_no").cast(pl.String)
    each = each.with_columns(nth.alias("nth"), _party_kind().alias("party_kind"))
    unknown = each.filter(~pl.col("code").is_in([*INTERESTS, *OTHER_CODES]))
    held = each.filter(pl.col("code").is_in(list(INTERESTS)) & pl.col("party_kind").is_not_null())
    holders = _holders(held, edition)
    held = held.with_columns(holders.select(statement_id("p").alias("party_statement_id")))
    once = holders.unique(["record_no", "record"], keep="first", maintain_order=True)
    tables = {
        PERSON_STATEMENT.name: [_persons(once.filter(pl.col("party_kind") == "person"), edition)],
        ENTITY_STATEMENT.name: [_legal_persons(once.filter(pl.col("party_kind") == "entity"), edition)],
        RELATIONSHIP_STATEMENT.name: [_relationships(held, edition)],
        INTEREST_STATEMENT.name: [_interests(held, edition)],
    }
    return OfOwner(
        tables, finding_rows(unknown, "unknown_category", f"{owner}.heeft.functie.code", pl.col("code"))
    )


def _each(records: pl.DataFrame, path: str) -> pl.DataFrame:
    """One row for each function of this kind, with the columns of _USED and _OF_NO_PERSON."""
    columns = {f"{path}.{name}": to for name, to in _USED.items()}
    each = items(records, columns, ("record_no", "record", "record_id", "number"), "place")
    return each.filter(pl.col("code").is_not_null()).with_columns(
        pl.coalesce(f"{to} {path}" for path in _NO_PERSONS).alias(to) for to in _OF_NO_PERSON.values()
    )


def _party_kind() -> pl.Expr:
    return (
        pl.when(pl.col("full_name").is_not_null() | pl.col("surname").is_not_null())
        .then(pl.lit("person"))
        .when(pl.col("legal_name").is_not_null())
        .then(pl.lit("entity"))
    )


def _holders(held: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    """`held`, each row with the locator of the function's holder."""
    who = held.select(pl.concat_str(pl.col(WHO).fill_null(""), separator="|"))["full_name"]
    hashed = text_hashes(who, WHO_BYTES, key=edition.account_key)
    return located(held, pl.format("{} functionaris {}", "record", hashed), edition)


def _persons(holders: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    year = pl.col("born").str.extract(r"^(\d{4})\d{4}$", 1).cast(pl.Int64)
    month = pl.col("born").str.extract(r"^\d{4}(\d{2})\d{2}$", 1).cast(pl.Int64)
    return statement(
        holders,
        PERSON_STATEMENT,
        edition,
        "p",
        person_type=pl.lit("knownPerson"),
        full_name=pl.col("full_name"),
        forename=pl.col("forenames"),
        surname=pl.concat_str("prefix", "surname", separator=" ", ignore_nulls=True).replace("", None),
        birth_year=pl.when(year > 0).then(year),
        birth_month=pl.when(month.is_between(1, 12)).then(month),
    )


def _legal_persons(holders: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    kvk, rsin = registry_nl_kvk(pl.col("kvk")), nl_rsin(pl.col("rsin"))
    return other_entities(
        holders,
        edition,
        identifier_scheme=pl.when(kvk.is_not_null())
        .then(pl.lit(NL_KVK))
        .when(rsin.is_not_null())
        .then(pl.lit(NL_RSIN)),
        identifier=pl.coalesce(kvk, rsin),
        identifier_native=pl.coalesce("kvk", "rsin"),
        entity_type=pl.lit("registeredEntity"),
        name=pl.col("legal_name"),
        legal_form=pl.col("legal_form"),
    )


def _relationships(held: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    return statement(
        held,
        RELATIONSHIP_STATEMENT,
        edition,
        joined("r", pl.col("nth")),
        subject_id=org_id(NL_KVK, pl.col("number")),
        party_statement_id=pl.col("party_statement_id"),
        party_kind=pl.col("party_kind"),
        valid_from=day("began"),
        valid_to=day("ended"),
        is_ceased=pl.col("ended").is_not_null(),
        is_left_censored=pl.lit(False),
    )


def _interests(held: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    is_shareholder = pl.col("code").is_in((SOLE_SHAREHOLDER, UNPAID_SHAREHOLDER))
    whole = pl.when(pl.col("code") == SOLE_SHAREHOLDER).then(pl.lit(100))
    return statement(
        held,
        INTEREST_STATEMENT,
        edition,
        joined("i", pl.col("nth")),
        relationship_statement_id=statement_id(joined("r", pl.col("nth"))),
        interest_type=pl.col("code").replace_strict(INTERESTS, return_dtype=pl.String),
        native_code=pl.col("code"),
        basis=pl.when(is_shareholder).then(pl.lit("shares")).otherwise(pl.lit("unknown")),
        reach=pl.when(is_shareholder).then(pl.lit("direct")).otherwise(pl.lit("unknown")),
        share_min=whole,
        share_max=whole,
        share_min_exclusive=pl.lit(False),
        share_max_exclusive=pl.lit(False),
    )
