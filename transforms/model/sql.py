"""What the lower layers need to run SQL: a protocol for the connection, the shared macros, and a function
that reads `.sql` files.

Nothing here opens a database: `flows.home.warehouse` does, and passes the connection in.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any, Protocol

import polars as pl

from transforms.values.addresses import in_unit_sql
from transforms.values.addresses.postcodes import in_care_sql
from transforms.values.areas import area_key_sql
from transforms.values.payees import LEGAL_FORMS, business_name_sql


class Connection(Protocol):
    """The part of a DuckDB connection that lower layers may use."""

    def execute(self, query: str, parameters: object = None) -> Any: ...
    def sql(self, query: str, *, params: object = None) -> Any: ...
    def register(self, view_name: str, python_object: object) -> Any: ...
    def unregister(self, view_name: str) -> Any: ...
    def cursor(self) -> Any: ...


_WHOLE = "cast(cast(floor(abs(amount)) as bigint) as varchar)"
_THREES = ", ".join(
    f"nullif(right(left({_WHOLE}, greatest(length({_WHOLE}) - {n}, 0)), 3), '')" for n in (9, 6, 3)
)
# Scalar macros that marts and indicators use.
MACROS: Mapping[str, str] = {
    "area_key": area_key_sql(),
    "in_care": f"create or replace macro in_care(care_of, text) as {in_care_sql('care_of', 'text')}",
    "in_unit": f"create or replace macro in_unit(unit, listed) as {in_unit_sql('unit', 'listed')}",
    "within_days": (
        "create or replace macro within_days(earlier, later, days) as (date_diff('day', earlier, later) "
        "between 0 and days)"
    ),
    # Why absence from an edition proves nothing about another date; null if the editions are at most 31 days
    # apart (own).
    "edition_gap": """
        create or replace macro edition_gap(gap, edition_on, other_on) as (
            case
                when gap is not null then gap
                when edition_on is null or other_on is null then 'edition_undated'
                when abs(date_diff('day', other_on, edition_on)) > 31 then 'editions_apart'
            end
        )
    """,
    # A full company name in one spelling, its legal form included: capitals, no accents and punctuation, & as
    # AND, no leading THE, one spelling for each form. Null for a blank.
    "business_name": f"create or replace macro business_name(name) as ({business_name_sql('name')})",
    # Id of a buyer: its number, else the only company with its name, else the name itself, as payments have
    # it.
    "buyer_key": """
        create or replace macro buyer_key(scheme, number, company_id, name) as (
            case
                when number is not null then concat_ws('-', scheme, number)
                when company_id is not null then company_id
                else 'body:' || nullif(
                    trim(regexp_replace(lower(strip_accents(name)), '[^a-z0-9]+', '_', 'g'), '_'), ''
                )
            end
        )
    """,
    "has_legal_form": (
        "create or replace macro has_legal_form(business_name) as "
        f"(regexp_matches(business_name, ' (?:{LEGAL_FORMS})$'))"
    ),
    # The words of a text, each between blanks, in lower case without accents and punctuation.
    "spaced_words": """
        create or replace macro spaced_words(words) as (
            concat_ws(
                '', ' ', regexp_replace(lower(strip_accents(words)), '[^a-z0-9]+', ' ', 'g'), ' '
            )
        )
    """,
    # An outcome is `hit`, `miss`, or the reason why it is neither.
    "state_of": """
        create or replace macro state_of(outcome) as (
            case outcome when 'hit' then 'flagged' when 'miss' then 'not_flagged' else 'not_assessable' end
        )
    """,
    "reason_of": """
        create or replace macro reason_of(outcome) as (
            case when outcome not in ('hit', 'miss') then outcome end
        )
    """,
    # The sign or code before an amount in a sentence.
    "currency_sign": """
        create or replace macro currency_sign(currency) as (
            case currency when 'GBP' then '£' when 'EUR' then '€' else concat_ws('', currency, ' ') end
        )
    """,
    "without_legal_form": (
        "create or replace macro without_legal_form(business_name) as "
        f"(regexp_replace(business_name, ' (?:{LEGAL_FORMS})$', ''))"
    ),
    # Whether two names that `business_name` gives may be of one company: they share a word that is no legal
    # form, or the second contains the first four letters of the first. Loose (own), to find slips only.
    "may_name_one": f"""
        create or replace macro may_name_one(stated, known) as (
            list_has_any(
                string_split(regexp_replace(stated, '\\b(?:AND|OF|THE|{LEGAL_FORMS})\\b', '-', 'g'), ' '),
                string_split(known, ' ')
            )
            or contains(replace(known, ' ', ''), left(replace(stated, ' ', ''), 4))
        )
    """,
    # Digits in groups of three, at most twelve, because no title costs more. Cents only if not zero.
    "thousands": f"""
        create or replace macro thousands(amount) as (
            case
                when amount is not null
                    then concat_ws(
                        '',
                        case when amount < 0 then '-' end,
                        concat_ws(',', {_THREES}, right({_WHOLE}, 3)),
                        nullif(right(cast(cast(amount as decimal(38, 2)) as varchar), 3), '.00')
                    )
            end
        )
    """,
    # `at least 62.50` or `more than 50.00` per cent: a share rounded down to hundredths. `more than` if
    # rounding changed it, or if `is_more`. The inner rounding is needed because 4.35 * 100 is a little less
    # than 435.
    "least_words": """
        create or replace macro least_words(share, is_more) as (
            concat_ws(
                '',
                case
                    when round(share * 100, 4) > floor(round(share * 100, 4)) or is_more then 'more than '
                    else 'at least '
                end,
                cast(cast(floor(round(share * 100, 4)) / 100 as decimal(12, 2)) as varchar)
            )
        )
    """,
}


# Macros that indicators' queries need, so a release has them too. Name → description.
INDICATOR_MACROS: Mapping[str, str] = {
    "business_name": "business_name(name): a full company name in one spelling, with its legal form.",
    "currency_sign": "currency_sign(currency): the sign of a currency, or its code and a blank.",
    "edition_gap": "edition_gap(gap, edition_on, other_on): why absence from an edition proves nothing about "
    "another date; null if it proves something.",
    "least_words": "least_words(share, is_more): a lower bound in words, rounded down to hundredths.",
    "may_name_one": "may_name_one(stated, known): whether two names may be of one company.",
    "reason_of": "reason_of(outcome): the reason in an outcome that is neither `hit` nor `miss`.",
    "spaced_words": "spaced_words(words): the words, each between blanks, in lower case without accents and "
    "punctuation.",
    "state_of": "state_of(outcome): the state of an indicator's subject; flagged for `hit`, not flagged for "
    "`miss`, not assessable for a reason.",
    "without_legal_form": "without_legal_form(business_name): the name without its legal form.",
    "thousands": "thousands(amount): an amount with its digits in groups of three, and its cents.",
}


def frame(
    connection: Connection, query: str, parameters: Mapping[str, object] | Sequence[object] | None = None
) -> pl.DataFrame:
    """The rows of a query as a polars frame, in the query's order."""
    return pl.DataFrame(connection.sql(query, params=parameters).to_arrow_table())


@cache
def tables_read(query: str) -> frozenset[str]:
    """The tables and views that a DuckDB query reads."""
    from sqlglot import exp, parse_one  # slow to import, and only a run needs it

    tree = parse_one(query, read="duckdb")
    own = {each.alias_or_name for each in tree.find_all(exp.CTE)}
    return frozenset(each.name for each in tree.find_all(exp.Table)) - own - {""}


def create_macros(connection: Connection) -> None:
    for statement in MACROS.values():
        connection.execute(statement)


@cache
def read_sql(package: str, name: str, **parts: str) -> str:
    """The statement in `<name>.sql` in a package's folder, with each `{part}` replaced by its text."""
    text = (files(package) / f"{name}.sql").read_text(encoding="utf-8")
    for part, sql in parts.items():
        text = text.replace(f"{{{part}}}", sql)
    return text
