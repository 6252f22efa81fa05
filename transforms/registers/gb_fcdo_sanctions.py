"""UK Sanctions List of the Foreign, Commonwealth and Development Office, as CSV. On 28 January 2026 it
replaced the consolidated list of the Office of Financial Sanctions Implementation.

A row is one name or one address of a designation; all rows with one Unique ID are one party.

| row | becomes | part | locator |
|---|---|---|---|
| the fullest with a primary name | person or entity, its listing | `p`, `l` | Unique ID |
| any | a further name | `n` | Unique ID and the row's place among the rows of that ID |
| any | an address of an entity | `a` | the same |
| the first | business registration number of an entity | `k` | the same |

Particulars:

- A row without a new name or address is ignored (`repeats`), and so is a ship.
- `programme` has the regime and the sanctions imposed, because a travel ban alone does not forbid payments.
- A date of birth may lack its day or month: `00/00/1975`.
- Never read: nationality, place of birth, passport and national identifiers, sex, contact details, and the
  reasons for a designation.
- The first line states the date of the list, which is the edition's date.

The declaration is at the end.
Source: https://www.gov.uk/government/publications/the-uk-sanctions-list and its guide to the format.
"""

import re
from datetime import datetime

import polars as pl

from transforms.model.parsing import (
    coded,
    located,
    other_entities,
    parsed,
    record_ids,
    rejections,
    statement,
    without,
    written_addresses,
)
from transforms.model.register import Delimited, Edition, Index, Parsed, Recognised, Register, SourceField
from transforms.model.source import Source
from transforms.model.statements import (
    ADDRESS_STATEMENT,
    ENTITY_STATEMENT,
    IDENTIFIER_STATEMENT,
    LISTING_STATEMENT,
    NAME_STATEMENT,
    PERSON_STATEMENT,
)
from transforms.readers.delimited_layout import has_header
from transforms.values.countries import country_code
from transforms.values.identifiers import is_placeholder, tidy_number

LIST = "UK Sanctions List"
SCHEME = "GB-FCDO"
KINDS = PERSON, ENTITY, SHIP = ("Individual", "Entity", "Ship")
NAMES = tuple(f"Name {n}" for n in (1, 2, 3, 4, 5, 6))  # Name 6 is the surname, or an entity's name
LINES = tuple(f"Address Line {n}" for n in range(1, 7))
PRIMARY = "primary name"
REFUSED = "refused attribute"
CONTACT = "contact details, which no indicator needs"
OF_A_SHIP = "about a ship"
FREE_TEXT = "free text, which may name other persons"
NO_COLUMN = "no column of the model holds it"
IGNORED = {
    "Last Updated": NO_COLUMN,
    "OFSI Group ID": "number in the former list",
    "UN Reference Number": "number in the United Nations' list, which is a separate list",
    "Title": NO_COLUMN,
    "Non-latin script type": NO_COLUMN,
    "Non-latin script language": NO_COLUMN,
    "Designation source": NO_COLUMN,
    "Other Information": FREE_TEXT,
    "UK Statement of Reasons": FREE_TEXT,
    "Phone number": CONTACT,
    "Website": CONTACT,
    "Email address": CONTACT,
    "Nationality(/ies)": REFUSED,
    "National Identifier number": REFUSED,
    "National Identifier additional information": REFUSED,
    "Passport number": REFUSED,
    "Passport additional information": REFUSED,
    "Position": FREE_TEXT,
    "Gender": REFUSED,
    "Town of birth": REFUSED,
    "Country of birth": REFUSED,
    "Subsidiaries": FREE_TEXT,
    "Parent company": FREE_TEXT,
    **dict.fromkeys(
        (
            *("IMO number", "Current owner/operator (s)", "Previous owner/operator (s)"),
            *("Current believed flag of ship", "Previous flags", "Type of ship", "Tonnage of ship"),
            *("Length of ship", "Year Built", "Hull identification number (HIN)"),
        ),
        OF_A_SHIP,
    ),
}
NUMBER, COUNTRY, BIRTH = "Business registration number (s)", "Address Country", "D.O.B"
DESIGNATED, KIND, SCRIPT = "Date Designated", "Designation Type", "Name non-latin script"
FIELDS = (
    SourceField("Unique ID", mandatory=True),
    *(SourceField(name, required=name in ("Name 1", "Name 6")) for name in NAMES),
    SourceField("Name type", required=False),
    SourceField("Alias strength", required=False),
    SourceField(SCRIPT, required=False),
    SourceField("Regime Name"),
    SourceField(KIND, "category", mandatory=True, known=KINDS),
    SourceField("Sanctions Imposed", required=False),
    *(SourceField(line, required=False) for line in LINES),
    SourceField("Address Postal Code", required=False),
    SourceField(COUNTRY, required=False),
    SourceField(DESIGNATED, "date", required=False, date_format="%d/%m/%Y"),
    SourceField(BIRTH, required=False),
    SourceField("Type of entity", required=False),
    SourceField(NUMBER, required=False),
    *(SourceField(name, ignored=why, required=False) for name, why in IGNORED.items()),
)
_REPORT = re.compile(rb"^\xef?\xbb?\xbf?\"?Report Date:\s*(\d{1,2}-[A-Za-z]{3}-\d{4})")


def recognise(_file_name: str, head: bytes) -> Recognised | None:
    """By its columns. The first line states the date of the list."""
    if not has_header(REGISTER, head):
        return None
    match = _REPORT.match(head)
    day = datetime.strptime(match[1].decode(), "%d-%b-%Y").date() if match else None
    return Recognised("uk-sanctions-list", day)


# --- the rows of a party ----------------------------------------------------------------------------------

KEPT: dict[str, pl.DataType] = {
    "record_no": pl.Int64(),
    "uid": pl.String(),
    "is_primary": pl.Boolean(),
    "filled_n": pl.Int64(),
    "name": pl.String(),
    "address": pl.String(),
    "birth": pl.String(),
}


def kept(frame: pl.DataFrame) -> pl.DataFrame:
    """KEPT rows of one batch, without rejected rows."""
    columns = {
        "record_no": pl.col("record_no"),
        "uid": pl.col("Unique ID"),
        "is_primary": (pl.col("Name type").str.to_lowercase() == PRIMARY).fill_null(False),
        "filled_n": pl.sum_horizontal(pl.col(SCRIPT, NUMBER, BIRTH).is_not_null()),
        "name": _name(),
        "address": pl.concat_str(*LINES, "Address Postal Code", COUNTRY, separator="|", ignore_nulls=True),
        "birth": _birth(),
    }
    good = frame.filter(pl.col(KIND).is_in(KINDS) & _name().is_not_null())
    return good.select(columns[name].cast(dtype).alias(name) for name, dtype in KEPT.items())


def settled(kept_rows: pl.DataFrame) -> pl.DataFrame:
    """For each row: main (whether it is the main row of its party), place (from 1 among the party's rows),
    brings_name and brings_address (whether it has one that no earlier row has), births (all of the party).
    """
    by_party = kept_rows.sort("uid", ~pl.col("is_primary"), -pl.col("filled_n"), "record_no")
    address = pl.col("address").replace("", None)
    return by_party.select(
        "record_no",
        pl.col("record_no").first().over("uid").alias("main"),
        pl.int_range(1, pl.len() + 1).over("uid").alias("place"),
        (pl.col("name").is_not_null() & pl.struct("uid", "name").is_first_distinct()).alias("brings_name"),
        (address.is_not_null() & pl.struct("uid", address).is_first_distinct()).alias("brings_address"),
        pl.col("birth").drop_nulls().unique(maintain_order=True).implode().over("uid").alias("births"),
    )


def _name() -> pl.Expr:
    return pl.concat_str(*NAMES, separator=" ", ignore_nulls=True).replace("", None)


def _birth() -> pl.Expr:
    """`1975` or `1975-03`; null if the year is not stated."""
    text = pl.col(BIRTH)
    year = text.str.extract(r"\b((?:18|19|20)\d{2})\b", 1)
    month = text.str.extract(r"^\d{2}/(0[1-9]|1[0-2])/\d{4}$", 1)
    whole = pl.concat_str(year, pl.when(year.is_not_null()).then(month), separator="-", ignore_nulls=True)
    return whole.replace("", None)


# --- parsing ----------------------------------------------------------------------------------------------


def parse(frame: pl.DataFrame, edition: Edition) -> Parsed:
    """Statements of one batch. Rejects: missing_value (a party without a name), unknown_kind."""
    index = settled(kept(frame)) if edition.index is None else edition.index
    rejected = rejections(
        frame,
        [
            (~pl.col(KIND).is_in(KINDS), "unknown_kind", KIND),
            (_name().is_null(), "missing_value", "Name 6"),
        ],
    )
    judged = without(frame, rejected).join(index, on="record_no", how="left", maintain_order="left")
    is_main = pl.col("record_no") == pl.col("main")
    is_person = pl.col(KIND) == PERSON
    brings_address = pl.col("brings_address") & ~is_person
    why = (
        pl.when(pl.col(KIND) == SHIP)
        .then(pl.lit("ship"))
        .when(~is_main & ~pl.col("brings_name") & ~brings_address)
        .then(pl.lit("repeats"))
    )
    fated = judged.with_columns(why.alias("reason"), _name().alias("name"), is_main.alias("is_main"))
    ignored = fated.filter(pl.col("reason").is_not_null()).select("record_no", "reason")
    uid = pl.col("Unique ID")
    locator = pl.when("is_main").then(uid).otherwise(pl.format("{}/{}", uid, "place"))
    good = located(without(fated, ignored), locator, edition)
    good = good.with_columns((record_ids(good["Unique ID"], edition) + "-p").alias("party"))
    main = good.filter("is_main")
    tables = {
        PERSON_STATEMENT.name: _persons(main.filter(is_person), edition),
        ENTITY_STATEMENT.name: other_entities(
            main.filter(~is_person),
            edition,
            name=pl.col("name"),
            identifier_native=pl.col(NUMBER),
            legal_form=pl.col("Type of entity"),
        ),
        LISTING_STATEMENT.name: _listings(main, edition),
        NAME_STATEMENT.name: _names(good, edition),
        ADDRESS_STATEMENT.name: _addresses(good.filter(brings_address), edition),
        IDENTIFIER_STATEMENT.name: _numbers(main.filter(~is_person), edition),
    }
    return parsed(good, tables, rejected=rejected, ignored=ignored)


def _persons(rows: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    best = pl.coalesce(_birth(), pl.col("births").list.first())
    further = pl.col("births").list.set_difference(pl.concat_list(best))
    middle = pl.concat_str("Name 2", "Name 3", "Name 4", "Name 5", separator=" ", ignore_nulls=True)
    return statement(
        rows,
        PERSON_STATEMENT,
        edition,
        "p",
        person_type=pl.lit("knownPerson"),
        full_name=pl.col("name"),
        forename=pl.col("Name 1"),
        middle_names=middle.replace("", None),
        surname=pl.col("Name 6"),
        birth_year=best.str.head(4).cast(pl.Int64),
        birth_month=best.str.slice(5, 2).replace("", None).cast(pl.Int64),
        further_births=pl.when(further.list.len() > 0).then(further.list.sort()),
    )


def _listings(rows: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    programme = pl.concat_str("Regime Name", "Sanctions Imposed", separator=": ", ignore_nulls=True)
    return statement(
        rows,
        LISTING_STATEMENT,
        edition,
        "l",
        party_statement_id=pl.col("party"),
        party_kind=coded(KIND, {PERSON: "person", ENTITY: "entity"}),
        list_name=pl.lit(LIST),
        topic=pl.lit("sanction"),
        listing_class=pl.lit("sanction"),
        programme=programme.replace("", None),
        valid_from=pl.col(DESIGNATED),
        is_ceased=pl.lit(False),
    )


def _names(rows: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    """Name statements: the distinct names, and the primary name in another script."""
    is_weak = pl.col("Alias strength").str.to_lowercase().str.contains("low").fill_null(False)
    kind = (
        pl.when("is_main")
        .then(pl.lit("name"))
        .when(is_weak)
        .then(pl.lit("weak_alias"))
        .otherwise(pl.lit("alias"))
    )
    latin = rows.filter("brings_name").with_columns(kind.alias("kind"), pl.lit("n").alias("part"))
    other = rows.filter(pl.col("is_main") & pl.col(SCRIPT).is_not_null()).with_columns(
        pl.col(SCRIPT).alias("name"), pl.lit("alias").alias("kind"), pl.lit("s").alias("part")
    )
    return statement(
        pl.concat([latin, other]),
        NAME_STATEMENT,
        edition,
        pl.col("part"),
        of_statement_id=pl.col("party"),
        name=pl.col("name"),
        name_kind=pl.col("kind"),
    )


def _addresses(rows: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    return written_addresses(
        rows,
        edition,
        "a",
        of_statement_id=pl.col("party"),
        role=pl.lit("service"),
        lines=[pl.col(line) for line in LINES],
        country=country_code(pl.col(COUNTRY)),
        country_text=pl.col(COUNTRY),
        postcode_text=pl.col("Address Postal Code"),
    )


def _numbers(rows: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    """Identifier statements: a number that is alone in its field, with the country of the address."""
    is_one = pl.col(NUMBER).str.contains(r"^[0-9A-Za-z][0-9A-Za-z ./-]{3,24}$").fill_null(False)
    country = country_code(pl.col(COUNTRY))
    return statement(
        rows.filter(is_one & ~is_placeholder(pl.col(NUMBER)) & country.is_not_null()),
        IDENTIFIER_STATEMENT,
        edition,
        "k",
        of_statement_id=pl.col("party"),
        number=tidy_number(pl.col(NUMBER)),
        number_native=pl.col(NUMBER),
        country=country,
    )


REGISTER = Register(
    name="gb_fcdo_sanctions",
    title="UK Sanctions List",
    publisher="Foreign, Commonwealth and Development Office",
    territory="gb",
    url="https://www.gov.uk/government/publications/the-uk-sanctions-list",
    licence="Open Government Licence 3.0",
    cadence="at each change, several times a month",
    kind="snapshot",
    identifier_scheme=SCHEME,
    expected_rows="about 20,000 rows of some 5,000 designations (own, from its size)",
    overdue_days=31,
    description="Persons and entities designated under the Sanctions and Anti-Money Laundering Act 2018, and "
    "by the United Nations.",
    partial_roles=("lists",),
    source=Source(
        "https://sanctionslist.fcdo.gov.uk/docs/UK-Sanctions-List.csv", names=("UK-Sanctions-List.csv",)
    ),
    reader=Delimited(lines_before_header_max=1),
    fields=FIELDS,
    tables=(
        PERSON_STATEMENT,
        ENTITY_STATEMENT,
        LISTING_STATEMENT,
        NAME_STATEMENT,
        ADDRESS_STATEMENT,
        IDENTIFIER_STATEMENT,
    ),
    recognise=recognise,
    parse=parse,
    index=Index(kept, settled),
)
