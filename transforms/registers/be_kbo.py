"""KBO Open Data: every active enterprise of the Belgian Crossroads Bank for Enterprises (KBO, BCE).

An edition is an archive of nine tables; a row is a record. An update is read together with the full file and
the updates before it (`transforms.formats.be_kbo`): rows that it deletes are ignored as `deleted`.

| table | becomes | part | locator |
|---|---|---|---|
| enterprise | entity | `e` | its number |
| denomination | the entity's name, or a further name | `n` | number, kind and language of the name |
| address | address of the enterprise: its seat, else premises | `a` | number and kind of the address |
| establishment | further number of its enterprise | `i` | its number |
| activity | industry codes of the entity, unless of an establishment; ignored as `activity` | | |

Particulars:

- Natural persons: nearly every sole trader in Belgium is an enterprise here. None of their rows is loaded
  (`natural_person`): no name, no number, no establishment, because an entity may be flagged and a person may
  not.
- Status: the register lists only active enterprises; insolvency and dissolution are in the juridical
  situation (`vocabulary/be_juridical_situations.csv`).
- The legal form is that of the law of 2019 (`JuridicalFormCAC`), if stated.
- Streets and municipalities of Brussels are in two languages: the Dutch name is used, so that an address is
  one unit.
- An address that the register struck off is ignored (`struck_off`): the enterprise is no longer there.
- An industry code is written `84130 2008 MAIN`; one of 2003, with other divisions, `2003 75113 MAIN`.
- The start of a foreign entity is the start of its registration in Belgium.

The declaration is at the end.
"""

import re
from collections.abc import Callable, Mapping

import polars as pl

from transforms.formats import be_kbo
from transforms.formats.file_names import day_in_name
from transforms.model.parsing import (
    NO_TEXTS,
    coded,
    finding_rows,
    located,
    parsed,
    record_ids,
    rejections,
    statement,
    without,
    written_addresses,
)
from transforms.model.register import (
    DelimitedTables,
    Edition,
    Index,
    Parsed,
    PublicPage,
    Recognised,
    Register,
    SourceField,
)
from transforms.model.source import Source, linked
from transforms.model.statements import (
    ADDRESS_STATEMENT,
    ENTITY_STATEMENT,
    IDENTIFIER_STATEMENT,
    NAME_STATEMENT,
)
from transforms.values.countries import country_code
from transforms.values.identifiers import BE_KBO
from transforms.values.vocabulary import lookup

DATASET = "enterprises"
DATE_FORMAT = "%d-%m-%Y"
FORM_CLASSES = lookup("be_juridical_forms", "form", "legal_form_class")
ENTITY_TYPES = lookup("be_juridical_forms", "form", "entity_type")
SITUATIONS = lookup("be_juridical_situations", "situation", "status_class")
NAME_KINDS = {"001": "alias", "002": "weak_alias", "003": "alias", "004": "alias"}
ADDRESS_ROLES = {"REGO": "registered", "BAET": "premises", "ABBR": "premises", "OBAD": "premises"}
# Tables without statements of their own: the fields used are in the statements of the enterprise.
NO_STATEMENT = (be_kbo.CODE, be_kbo.META, "activity", "contact")
TABLES = (ENTITY_STATEMENT, NAME_STATEMENT, ADDRESS_STATEMENT, IDENTIFIER_STATEMENT)

_NO_COLUMN = "no canonical column, and no indicator needs it"
_NO_CONTACT = "telephone numbers and e-mail addresses, of persons too, which no indicator needs"


def _date(name: str, ignored: str = "") -> SourceField:
    return SourceField(name, "date", date_format=DATE_FORMAT, ignored=ignored)


FIELDS = (
    SourceField("enterprise.EnterpriseNumber", mandatory=True),
    SourceField(
        "enterprise.Status", "category", known=("AC",), ignored="all are active; see the module's docstring"
    ),
    SourceField("enterprise.JuridicalSituation", "category", known=tuple(SITUATIONS)),
    SourceField("enterprise.TypeOfEnterprise", "category", known=(be_kbo.LEGAL_PERSON, *be_kbo.TYPES)),
    SourceField("enterprise.JuridicalForm", "category", known=tuple(FORM_CLASSES)),
    SourceField("enterprise.JuridicalFormCAC", "category", known=tuple(FORM_CLASSES), required=False),
    _date("enterprise.StartDate"),
    SourceField("establishment.EstablishmentNumber", mandatory=True),
    _date("establishment.StartDate", _NO_COLUMN),
    SourceField("establishment.EnterpriseNumber", mandatory=True),
    SourceField("branch.Id", mandatory=True),
    _date("branch.StartDate", _NO_COLUMN),
    SourceField("branch.EnterpriseNumber", mandatory=True),
    SourceField("denomination.EntityNumber", mandatory=True),
    SourceField("denomination.Language"),
    SourceField("denomination.TypeOfDenomination", mandatory=True),
    SourceField("denomination.Denomination", mandatory=True),
    SourceField("address.EntityNumber", mandatory=True),
    SourceField("address.TypeOfAddress", "category", known=tuple(ADDRESS_ROLES)),
    SourceField("address.CountryNL"),
    SourceField("address.CountryFR"),
    SourceField("address.Zipcode"),
    SourceField("address.MunicipalityNL"),
    SourceField("address.MunicipalityFR"),
    SourceField("address.StreetNL"),
    SourceField("address.StreetFR"),
    SourceField("address.HouseNumber"),
    SourceField("address.Box"),
    SourceField("address.ExtraAddressInfo"),
    _date("address.DateStrikingOff"),
    SourceField("activity.EntityNumber", mandatory=True),
    SourceField("activity.ActivityGroup", ignored="source of the activity: VAT, social security, education"),
    SourceField("activity.NaceVersion", "category", known=("2003", "2008", "2025")),
    SourceField("activity.NaceCode"),
    SourceField("activity.Classification", "category", known=("MAIN", "SECO", "ANCI")),
    SourceField("contact.EntityNumber", ignored=_NO_CONTACT),
    SourceField("contact.EntityContact", ignored=_NO_CONTACT),
    SourceField("contact.ContactType", ignored=_NO_CONTACT),
    SourceField("contact.Value", ignored=_NO_CONTACT),
    SourceField("code.Category"),
    SourceField("code.Code"),
    SourceField("code.Language"),
    SourceField("code.Description"),
    SourceField("meta.Variable"),
    SourceField("meta.Value"),
    *(
        SourceField(f"{table}{be_kbo.DELETE}.{column}", mandatory=True)
        for table, column in be_kbo.NUMBERS.items()
    ),
)

# --- recognition -------------------------------------------------------------------------------------------

_NAME = re.compile(r"^KboOpenData_(\d+)_\d{4}_\d{2}(?:_\d{2})?_(Full|Update)\.zip$", re.IGNORECASE)
_TABLE_NAMES = {f"{name}.csv" for name in (*be_kbo.FULL, *be_kbo.UPDATE)}


def recognise(file_name: str, _head: bytes) -> Recognised | None:
    """By the publisher's file name, with its date and the number of the extract."""
    match, day = _NAME.match(file_name), day_in_name(file_name.replace("_", "-"))
    if match is None or day is None:
        return None
    return Recognised(DATASET, day, extract=int(match[1]), is_update=match[2].lower() == "update")


def declined(file_name: str, head: bytes) -> str:
    is_table = file_name.lower() in _TABLE_NAMES and (b"EntityNumber" in head or b"EnterpriseNumber" in head)
    return "one table of KBO Open Data; put the publisher's archive here, unchanged" if is_table else ""


# --- parsing ----------------------------------------------------------------------------------------------


def parse(frame: pl.DataFrame, edition: Edition) -> Parsed:
    """Statements of one batch, which has rows of one table. Rejects: invalid_number (wrong check digits).
    Ignores, each with its reason, rows whose content is in another statement and rows that are not loaded.
    """
    index = be_kbo.settled(be_kbo.kept(frame)) if edition.index is None else edition.index
    table = be_kbo.table_in(frame)
    if table.endswith(be_kbo.DELETE) or table in NO_STATEMENT:
        reason = "delete" if table.endswith(be_kbo.DELETE) else table
        every = frame.select("record_no", pl.lit(reason).alias("reason"))
        return parsed(located(frame.clear(), pl.lit(""), edition), _tables({}), ignored=every)
    rows = frame.with_columns(be_kbo.number_in(table).alias("number"))
    rejected = rejections(
        rows, [(pl.col("number").is_null(), "invalid_number", f"{table}.{be_kbo.NUMBERS[table]}")]
    )
    judged = be_kbo.judged(without(rows, rejected), table, index)
    ignored = judged.filter(pl.col("fate").is_not_null()).select("record_no", pl.col("fate").alias("reason"))
    good = judged.filter(pl.col("fate").is_null())
    if table == be_kbo.ENTERPRISE:
        good = _with_form(good, index)
    records = located(good, be_kbo.locator(table), edition)
    of_ids = record_ids(pl.Series(records["of"].cast(pl.String).str.zfill(10)), edition)
    records = records.with_columns(pl.format("{}-e", of_ids).alias("entity_statement_id"))
    made = {name: make(records, edition) for name, make in _STATEMENTS.get(table, {}).items()}
    findings = [_unknown_countries(records)] if table == "address" else []
    return parsed(records, _tables(made), rejected=rejected, ignored=ignored, findings=findings)


def _tables(made: dict[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    return {table.name: made.get(table.name, table.empty()) for table in TABLES}


def _with_form(records: pl.DataFrame, index: pl.DataFrame) -> pl.DataFrame:
    """Add form (the code of the legal form, that of 2019 if stated) and form_words."""
    words = index.filter(pl.col("table") == be_kbo.CODE).select(
        pl.col("code").alias("form"), pl.col("text").alias("form_words")
    )
    form = pl.coalesce("enterprise.JuridicalFormCAC", "enterprise.JuridicalForm").alias("form")
    return records.with_columns(form).join(words, on="form", how="left", maintain_order="left")


def _entities(records: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    form_class = coded("form", FORM_CLASSES, "unknown")
    is_foreign = form_class == "overseas_company"
    return statement(
        records,
        ENTITY_STATEMENT,
        edition,
        "e",
        role=pl.lit("subject"),
        is_registry_entry=pl.lit(True),
        identifier_scheme=pl.lit(BE_KBO),
        identifier=pl.col("record"),
        identifier_native=pl.col("enterprise.EnterpriseNumber"),
        entity_type=coded("form", ENTITY_TYPES, "unknownEntity"),
        name=pl.col("name"),
        former_names=NO_TEXTS,
        jurisdiction=pl.when(~is_foreign).then(pl.lit("be")),
        legal_form=pl.coalesce("form_words", "form"),
        legal_form_class=form_class,
        status=coded("enterprise.JuridicalSituation", SITUATIONS, "unknown"),
        status_native=pl.col("enterprise.JuridicalSituation"),
        incorporated_on=pl.when(~is_foreign).then(pl.col("enterprise.StartDate")),
        registered_on=pl.when(is_foreign).then(pl.col("enterprise.StartDate")),
        industry_codes=pl.col("activities").cast(pl.List(pl.String)).list.sort().fill_null([]),
    )


def _names(records: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    return statement(
        records,
        NAME_STATEMENT,
        edition,
        "n",
        of_statement_id=pl.col("entity_statement_id"),
        name=pl.col("denomination.Denomination"),
        name_kind=coded(pl.col("denomination.TypeOfDenomination").str.zfill(3), NAME_KINDS, "alias"),
    )


def _addresses(records: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    street = pl.coalesce("address.StreetNL", "address.StreetFR")
    box = pl.format("bus {}", "address.Box")
    return written_addresses(
        records.with_columns(_country().alias("country")),
        edition,
        "a",
        of_statement_id=pl.col("entity_statement_id"),
        role=coded("address.TypeOfAddress", ADDRESS_ROLES, "premises"),
        lines=[
            pl.col("address.ExtraAddressInfo"),
            pl.concat_str(street, "address.HouseNumber", box, separator=" ", ignore_nulls=True).replace(
                "", None
            ),
        ],
        locality=pl.coalesce("address.MunicipalityNL", "address.MunicipalityFR"),
        country=pl.col("country"),
        country_text=_country_text(),
        postcode_text=pl.col("address.Zipcode"),
    )


def _country_text() -> pl.Expr:
    return pl.coalesce("address.CountryNL", "address.CountryFR")


def _country() -> pl.Expr:
    """ISO code. Addresses in Belgium do not state their country."""
    known = pl.coalesce(country_code(pl.col("address.CountryNL")), country_code(pl.col("address.CountryFR")))
    return pl.when(_country_text().is_null()).then(pl.lit("be")).otherwise(known)


def _unknown_countries(records: pl.DataFrame) -> pl.DataFrame:
    # Free text, so the finding counts unknown ones without showing them.
    unknown = records.filter(_country().is_null())
    return finding_rows(unknown, "unknown_country", "address.CountryNL", pl.lit("free text, not shown"))


def _establishments(records: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    return statement(
        records,
        IDENTIFIER_STATEMENT,
        edition,
        "i",
        of_statement_id=pl.col("entity_statement_id"),
        scheme=pl.lit(BE_KBO),
        number=be_kbo.kbo_number(pl.col("establishment.EstablishmentNumber")),
        number_native=pl.col("establishment.EstablishmentNumber"),
        country=pl.lit("be"),
    )


_STATEMENTS: Mapping[str, Mapping[str, Callable[[pl.DataFrame, Edition], pl.DataFrame]]] = {
    be_kbo.ENTERPRISE: {ENTITY_STATEMENT.name: _entities},
    be_kbo.ESTABLISHMENT: {IDENTIFIER_STATEMENT.name: _establishments},
    "denomination": {NAME_STATEMENT.name: _names},
    "address": {ADDRESS_STATEMENT.name: _addresses},
}

REGISTER = Register(
    name="be_kbo",
    title="KBO Open Data",
    publisher="FPS Economy, Crossroads Bank for Enterprises",
    territory="be",
    url="https://economie.fgov.be/en/themes/enterprises/crossroads-bank-enterprises/services-everyone/public-data-available-reuse/cbe-open-data",
    licence="KBO Open Data licence: free reuse after registration",
    cadence="daily",
    overdue_days=7,
    kind="snapshot",
    identifier_scheme=BE_KBO,
    expected_rows="about 47,000,000 in nine tables, 1,900,000 of them enterprises (2025)",
    description=(
        "Every active enterprise of Belgium except natural persons: number, names in each language, form, "
        "situation, seat, establishments, industry codes."
    ),
    roles=("companies",),
    public_page=PublicPage(
        "(?P<number>[01][0-9]{9})",
        "https://kbopub.economie.fgov.be/kbopub/toonondernemingps.html?ondernemingsnummer={number}",
    ),
    source=Source(
        "https://kbopub.economie.fgov.be/kbo-open-data/affiliation/xml/?files",
        offers=linked(r"KboOpenData_\d+_(?P<date>\d{4}_\d{2}(?:_\d{2})?)_(?:Full|Update)\.zip", newest=False),
        login="kbo",
        login_url="https://kbopub.economie.fgov.be/kbo-open-data/static/j_spring_security_check",
        numbered=r"^KboOpenData_(\d+)_",
        updates=r"_Update\.zip$",
        kept_days=31,
        size_band=(0.01, 100.0),  # of updates; some days change little
    ),
    reader=DelimitedTables((be_kbo.FULL, be_kbo.UPDATE)),
    fields=FIELDS,
    tables=TABLES,
    recognise=recognise,
    declined=declined,
    index=Index(be_kbo.kept, be_kbo.settled),
    parse=parse,
)
