"""GLEIF: holders of legal entity identifiers (LEI), from the golden copy or a file of changes.

One record is one LEI. It becomes

| statement | part |
|---|---|
| entity | `p`: by its number in the trade register, if Undertow reads that register; else by its LEI |
| number | `k0` the LEI, beside a trade register's number; `k1` the number in any other register |
| name | `n1` … `n5` other names, `t1` … `t5` names in Latin letters |
| address | `a0` the legal address, `a1` the headquarters if different |

The locator is the LEI. An LEI with wrong check digits is rejected. The trade registers that Undertow reads
are in `vocabulary/gleif_authorities.csv`. The number joins the record to the company, so that other records
can be joined by the LEI. Annulled and duplicate records are ignored, and so are those of sole traders
(`natural_person`). A file of changes has only the records that changed, each complete.

The CSV file has five columns for a value that may repeat; of JSON and XML the first five are read. Legal
forms are codes of ISO 20275. The declaration is at the end.
Source: LEI-CDF 3.1, https://www.gleif.org/en/about-lei/common-data-file-format/lei-cdf-format.
"""

import polars as pl

from transforms.formats.bods.parties import LEI
from transforms.formats.bods.values import day, place_code, subdivision_code
from transforms.formats.gleif.files import LICENCE, other_forms, recogniser, source
from transforms.formats.gleif.lei_fields import (
    ADDRESSES,
    ALIAS,
    AUTHORITY,
    ELEMENTS,
    ENTITY_TYPES,
    FIELDS,
    LANGUAGES,
    LATIN_NAME,
    LINES,
    NAME_KINDS,
    NO_NUMBER,
    NOTHING_SAID,
    OTHER_NAME,
    PATHS,
    PLACES,
    PREVIOUS,
    PRODUCT,
    SOLE_TRADER,
)
from transforms.model.parsing import (
    NATURAL_PERSON,
    NO_TEXTS,
    coded,
    located,
    parsed,
    rejections,
    statement,
    statement_id,
    without,
    written_addresses,
)
from transforms.model.register import Delimited, Edition, Parsed, PublicPage, Register
from transforms.model.statements import (
    ADDRESS_STATEMENT,
    ENTITY_STATEMENT,
    IDENTIFIER_STATEMENT,
    NAME_STATEMENT,
)
from transforms.values.identifiers import (
    BE_KBO,
    GB_COH,
    NL_KVK,
    be_kbo,
    is_placeholder,
    lei,
    nl_kvk,
    normalise_gb_coh,
    tidy_number,
)
from transforms.values.vocabulary import lookup


def parse(frame: pl.DataFrame, edition: Edition) -> Parsed:
    """Statements of one batch. Rejects: wrong_check_digits (LEI), missing_value (its name)."""
    tidy = frame.with_columns(lei(pl.col("LEI")).alias("lei"))
    rejected = rejections(
        tidy,
        [
            (pl.col("lei").is_null(), "wrong_check_digits", "LEI"),
            (pl.col("Entity.LegalName").is_null(), "missing_value", "Entity.LegalName"),
        ],
    )
    rest = without(tidy, rejected)
    why = pl.coalesce(
        coded("Registration.RegistrationStatus", NOTHING_SAID),
        pl.when(pl.col("Entity.EntityCategory") == SOLE_TRADER).then(pl.lit(NATURAL_PERSON)),
    )
    ignored = rest.with_columns(why.alias("reason")).filter(pl.col("reason").is_not_null())
    good = _numbered(located(without(rest, ignored), pl.col("lei"), edition))
    tables = {
        ENTITY_STATEMENT.name: _entities(good, edition),
        IDENTIFIER_STATEMENT.name: _numbers(good, edition),
        NAME_STATEMENT.name: _names(good, edition),
        ADDRESS_STATEMENT.name: _addresses(good, edition),
    }
    return parsed(good, tables, rejected=rejected, ignored=ignored.select("record_no", "reason"))


def _numbered(good: pl.DataFrame) -> pl.DataFrame:
    """Add form_class, stated (the trade register's number as written), scheme and number (both null if
    Undertow does not read that register).
    """
    authority = pl.col(f"{AUTHORITY}.RegistrationAuthorityID")
    native = pl.col(f"{AUTHORITY}.RegistrationAuthorityEntityID")
    known = good.with_columns(
        coded(
            "Entity.LegalForm.EntityLegalFormCode",
            lookup("gleif_legal_forms", "code", "legal_form_class"),
            "unknown",
        ).alias("form_class"),
        coded(authority, lookup("gleif_authorities", "code", "scheme")).alias("of_scheme"),
        pl.when(~authority.is_in(NO_NUMBER)).then(native).alias("stated"),
    )
    number = (
        pl.when(pl.col("of_scheme") == GB_COH)
        .then(normalise_gb_coh(pl.col("stated"), pl.col("form_class")))
        .when(pl.col("of_scheme") == NL_KVK)
        .then(nl_kvk(pl.col("stated")))
        .when(pl.col("of_scheme") == BE_KBO)
        .then(be_kbo(pl.col("stated")))
    )
    return known.with_columns(number.alias("number")).with_columns(
        pl.when(pl.col("number").is_not_null()).then(pl.col("of_scheme")).alias("scheme")
    )


def _entities(good: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    is_active = pl.col("Entity.EntityStatus") == "ACTIVE"
    place = pl.col("Entity.LegalJurisdiction")
    previous = pl.concat_list(
        pl.when(coded(f"{OTHER_NAME}.{n}.type", NAME_KINDS) == PREVIOUS).then(pl.col(f"{OTHER_NAME}.{n}"))
        for n in range(1, PLACES + 1)
    )
    return statement(
        good,
        ENTITY_STATEMENT,
        edition,
        "p",
        role=pl.lit("subject"),
        is_registry_entry=pl.lit(False),
        identifier_scheme=pl.col("scheme").fill_null(LEI),
        identifier=pl.coalesce("number", "lei"),
        identifier_native=pl.when(pl.col("number").is_null()).then(pl.col("LEI")).otherwise(pl.col("stated")),
        entity_type=coded("Entity.EntityCategory", ENTITY_TYPES, "unknownEntity"),
        name=pl.col("Entity.LegalName"),
        former_names=previous.list.drop_nulls(),
        jurisdiction=place_code(place, pl.lit(None, dtype=pl.String)),
        subdivision=subdivision_code(place),
        legal_form=pl.coalesce("Entity.LegalForm.OtherLegalForm", "Entity.LegalForm.EntityLegalFormCode"),
        legal_form_class=pl.col("form_class"),
        status=pl.when(is_active)
        .then(pl.lit("active"))
        .when(~is_active)
        .then(pl.lit("closed"))
        .otherwise(pl.lit("unknown")),
        status_native=pl.col("Entity.EntityStatus"),
        incorporated_on=day(pl.col("Entity.EntityCreationDate")),
        dissolved_on=day(pl.col("Entity.EntityExpirationDate")),
        industry_codes=NO_TEXTS,
    )


def _numbers(good: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    """Identifier statements: the LEI beside a trade register's number, and numbers of other registers."""
    country = place_code(pl.col("Entity.LegalJurisdiction"), pl.lit(None, dtype=pl.String))
    beside = good.filter(pl.col("number").is_not_null()).with_columns(
        place=pl.lit("k0"),
        k_scheme=pl.lit(LEI),
        k_number=pl.col("lei"),
        native=pl.col("LEI"),
        country=pl.lit(None, dtype=pl.String),
    )
    tidy = tidy_number(pl.col("stated"))
    elsewhere = good.filter(pl.col("of_scheme").is_null() & ~is_placeholder(pl.col("stated"))).with_columns(
        place=pl.lit("k1"),
        k_scheme=pl.lit(None, dtype=pl.String),
        k_number=tidy,
        native=pl.col("stated"),
        country=country,
    )
    return statement(
        pl.concat([beside, elsewhere]),
        IDENTIFIER_STATEMENT,
        edition,
        pl.col("place"),
        of_statement_id=statement_id("p"),
        scheme=pl.col("k_scheme"),
        number=pl.col("k_number"),
        number_native=pl.col("native"),
        country=pl.col("country"),
    )


def _names(good: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    """Name statements: other names that differ from the legal name."""
    each = [
        good.select(
            "record",
            "record_id",
            "record_no",
            pl.lit(f"{part}{n}").alias("place"),
            pl.col(f"{name}.{n}").alias("name"),
            coded(f"{name}.{n}.type", NAME_KINDS, ALIAS).alias("name_kind"),
            pl.col("Entity.LegalName").alias("legal_name"),
        )
        for part, name in (("n", OTHER_NAME), ("t", LATIN_NAME))
        for n in range(1, PLACES + 1)
    ]
    return statement(
        pl.concat(each).filter(pl.col("name").is_not_null() & (pl.col("name") != pl.col("legal_name"))),
        NAME_STATEMENT,
        edition,
        pl.col("place"),
        of_statement_id=statement_id("p"),
        name=pl.col("name"),
        name_kind=pl.col("name_kind"),
    )


def _addresses(good: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    legal, headquarters = ADDRESSES.values()
    is_elsewhere = pl.any_horizontal(
        pl.col(f"{legal}.{part}").ne_missing(pl.col(f"{headquarters}.{part}"))
        for part in (*LINES, "City", "Country", "PostalCode")
    )
    return pl.concat(
        written_addresses(
            good.filter(is_elsewhere) if path == headquarters else good,
            edition,
            f"a{place}",
            of_statement_id=statement_id("p"),
            role=pl.lit(role),
            lines=[pl.col(f"{path}.{line}") for line in LINES],
            locality=pl.col(f"{path}.City"),
            country=pl.col(f"{path}.Country").str.to_lowercase(),
            country_text=pl.col(f"{path}.Country"),
            postcode_text=pl.col(f"{path}.PostalCode"),
            care_of=pl.col(f"{path}.MailRouting").str.extract(r"(?i)^c/o\s+(.+)$", 1),
        )
        for place, (role, path) in enumerate(ADDRESSES.items())
    )


REGISTER = Register(
    name="gleif_lei",
    title="Legal entity identifiers",
    publisher="Global Legal Entity Identifier Foundation",
    territory="world",
    url="https://www.gleif.org/en/lei-data/gleif-golden-copy",
    licence=LICENCE,
    cadence="daily",
    kind="snapshot",
    identifier_scheme=LEI,
    expected_rows="3,398,502 (2026-08-10)",
    overdue_days=4,
    description="Legal entities of all countries with an LEI: names, addresses, legal form, and the number "
    "in the trade register.",
    partial_roles=("companies",),
    source=source(PRODUCT, on_request=True),
    reader=Delimited(),
    other_forms=other_forms(PRODUCT, PATHS, ELEMENTS, LANGUAGES, PLACES),
    fields=FIELDS,
    tables=(ENTITY_STATEMENT, NAME_STATEMENT, ADDRESS_STATEMENT, IDENTIFIER_STATEMENT),
    recognise=recogniser(PRODUCT),
    parse=parse,
    public_page=PublicPage(r"(?P<lei>[A-Z0-9]{20})", "https://search.gleif.org/#/record/{lei}"),
)
