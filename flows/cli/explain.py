"""The command explain: an indicator, or a flag with its evidence."""

from collections.abc import Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Annotated

import polars as pl
import typer

from flows.accountability.access import Access
from flows.cli.options import HomeOption, JsonOption, LanguageOption, PurposeOption
from flows.cli.output import print_json, print_table, printable, say
from flows.facts.powers import in_words, powers_of
from flows.home import settings
from flows.home.authority import speak
from flows.home.powers import powers
from flows.release.store import open_current
from transforms.errors import UsageError, as_typed
from transforms.language import day_text, decimals, translated
from transforms.language.stored import stored
from transforms.model.indicator import Indicator
from transforms.model.languages import DUTCH, Language
from transforms.model.sql import frame, read_sql

# Printed where a flag has no value: a reader looks for these.
FLAG_BLANKS: Mapping[str, str] = {
    "case_id": "in no case",
    "threshold": "none: the indicator has no single threshold",
    "base_rate": "not known: nothing could be assessed",
}


def explain(
    what: Annotated[str, typer.Argument(help="Code of an indicator, or id of a flag.")],
    *,
    home: HomeOption,
    as_json: JsonOption = False,
    sql: Annotated[
        bool, typer.Option("--sql", help="Print its queries, to run on the current release.")
    ] = False,
    language: LanguageOption = None,
    purpose: PurposeOption = None,
) -> None:
    """Describe an indicator, or show a flag with its evidence down to the source record."""
    from flows.cli.verdicts.precision import NOT_KNOWN, precision_of
    from flows.home.local_indicators import known_indicators

    spoken = speak(home, language)
    indicator = known_indicators(home).get(what.upper())
    if indicator is None:
        _explain_flag(home, what, purpose, spoken, as_json=as_json)
    elif sql:
        print(_queries(home, indicator))
    else:
        texts = indicator.texts(spoken)
        precision = precision_of(home).get(indicator.code)
        if as_json:
            shown = {"code": indicator.code, "title": texts.title, "page": texts.page}
            print_json({**shown, "precision": precision})
        else:
            print(texts.page)
            say(in_words(powers(home).frame([indicator.code]).to_dicts()))
            say(translated("Precision here: %(precision)s", precision=precision or translated(NOT_KNOWN)))


def _queries(home: settings.Home, indicator: Indicator) -> str:
    """Both queries, with the parameters' values and the date of the current release filled in."""
    with open_current(home) as release:
        as_of = frame(release, "select as_of from v_release").item()
    states, evidence = (
        indicator.with_values(query, as_of) for query in (indicator.states, indicator.evidence)
    )
    return f"-- {indicator.code}: states\n{states}\n-- {indicator.code}: evidence\n{evidence}"


def _explain_flag(
    home: settings.Home, flag_id: str, purpose: str | None, language: Language, *, as_json: bool
) -> None:
    with Access(home, purpose) as access:
        flag = frame(access.connection, read_sql(__package__, "flag"), [flag_id])
        evidence = frame(access.connection, read_sql(__package__, "evidence"), [flag_id])
        access.record("explain", [flag_id], shown=[flag_id, *flag["subject_id"]] if flag.height else [])
        articles = in_words([row for row, _ in powers_of(access.connection, flag.to_dicts())])
    if flag.is_empty():
        raise UsageError(
            f"{as_typed(flag_id)}: this is neither the code of an indicator (see `undertow indicators`) "
            "nor the id of a flag in the current release (see v_flag)"
        )
    row = flag.row(0, named=True)
    if as_json:
        print_json({"flag_id": flag_id, **row, "evidence": evidence.to_dicts()})
        return
    english, dutch = row.pop("explanation"), row.pop("explanation_nl", None)
    say(f"{dutch if dutch and language == DUTCH else english}\n")
    for name, value in row.items():
        if value is not None or name in FLAG_BLANKS:
            print(printable(f"{translated(name):14} {_flag_value(name, value)}"))
    print()
    roles = [stored(role) for role in evidence["role"]]
    shown = evidence.with_columns(role=pl.Series(roles, dtype=pl.String))
    print_table(shown.rename(translated).to_arrow())
    says = translated("says what explains it ordinarily and what would clear it.")
    say(f"\n{articles}\n")
    say(f"`undertow explain {row['indicator']}` {says}")


def _flag_value(name: str, value: object) -> object:
    if value is None:
        return translated(FLAG_BLANKS[name])
    if name == "base_rate" and isinstance(value, float):
        share = Decimal(100 * value).quantize(Decimal("0.01"), ROUND_HALF_UP)  # as `round` in SQL
        return f"{decimals(str(share))} % {translated('of all assessed')}"
    if isinstance(value, float):
        return decimals(str(value))
    if isinstance(value, date):
        return day_text(value)
    return stored(value) if isinstance(value, str) and name in ("lane", "state", "subtype", "unit") else value
