"""Options and arguments that several commands take."""

from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

import typer

from flows.home import settings
from transforms.model.languages import Language

DAY = "%Y-%m-%d"
DAY_SHOWN = "YYYY-MM-DD"


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
    datetime | None,
    typer.Option(
        "--known-at",
        formats=[DAY],
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
