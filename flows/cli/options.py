"""Options and arguments that several commands take."""

from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Literal

import typer

from flows.home import settings
from transforms.model.languages import Language

DAY_SHOWN = "YYYY-MM-DD"


def day(text: str) -> date:
    """Raises typer.BadParameter."""
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()
    except ValueError:
        raise typer.BadParameter("this is not a day; write it as 2026-06-01") from None


# Formats for rows that are not a table of the release; they cannot be written to a file.
RowsFormat = Literal["table", "csv", "json"]
HomeOption = Annotated[
    settings.Home,
    typer.Option(
        "--home",
        metavar="<path>",
        parser=lambda text: settings.home(Path(text)),
        default_factory=lambda: str(settings.home(None).root),
        help="Home: the folder that holds all data (default: data/, or UNDERTOW_HOME).",
        show_default=False,
    ),
]
KnownAtOption = Annotated[
    date | None,
    typer.Option(
        "--known-at",
        parser=day,
        metavar=DAY_SHOWN,
        help="Use only editions published up to this day (default: --as-of if given, else all).",
    ),
]
PurposeOption = Annotated[
    str | None,
    typer.Option(
        "--purpose",
        help="Purpose of the lookup, as declared in undertow.toml (default: UNDERTOW_PURPOSE). Audited.",
        show_default=False,
    ),
]
AreaOption = Annotated[
    list[str] | None,
    typer.Option("--area", help="District, by name or code. Can be repeated."),
]
ThemeOption = Annotated[
    str, typer.Option("--theme", help="Only cases of this theme, such as catering (see v_theme).")
]
LanguageOption = Annotated[
    Language | None,
    typer.Option(
        "--language",
        help="Language of the texts: en or nl (default: `language` of undertow.toml, else en).",
        show_default=False,
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]
FormatOption = typer.Option(
    help="csv, json and parquet keep every value as it is, for programs; "
    "xlsx and spreadsheet-csv are for people and never hold a formula."
)
