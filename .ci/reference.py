"""Write docs/reference from the declarations: registers, indicators, views, commands and exit codes.

`python .ci/reference.py` writes the pages; `python .ci/reference.py --check` fails where a page differs from
them."""

import argparse
import inspect
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import typer
from territories import TERRITORIES
from territories import rows as territory_rows

from flows.cli.app import app
from flows.release.database import with_values
from transforms.model.area_views import AREA_TABLES
from transforms.model.indicator import indicators
from transforms.model.macros import MACROS
from transforms.model.register import Register, registers
from transforms.model.statements import DUCKDB_TYPES, Column, Table
from transforms.model.views import FACT_VIEWS, RELEASE_TABLES

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "reference"
NOTICE = "<!-- Written by .ci/reference.py from the declarations; change those, then run it again. -->\n"


def registers_page() -> str:
    parts = ["# Registers", NOTICE, "What Undertow reads, in the publishers' own formats."]
    for register in registers().values():
        parts += [
            f"## `{register.name}`: {register.title}",
            register.description,
            table(
                ("", ""),
                [
                    ("Publisher", register.publisher),
                    ("Territory", register.territory),
                    ("Address", register.url),
                    ("Licence", register.licence),
                    ("Cadence", register.cadence),
                    ("Kind", register.kind),
                    ("Expected size", register.expected_rows),
                    ("Identifier scheme", register.identifier_scheme),
                    ("Its files are known", recognised(register)),
                ],
            ),
            table(
                ("Field", "Kind", "Used, or why not"),
                [
                    (f"`{field.name}`", field.kind, f"ignored: {field.ignored}" if field.ignored else "used")
                    for field in register.fields
                ],
            ),
        ]
    return page(parts)


def recognised(register: Register) -> str:
    """By what a file is known, as the first paragraph of the function says that tells it."""
    text = inspect.getdoc(register.recognise) or ""
    return " ".join(text.partition("\n\n")[0].split())


def indicators_page() -> str:
    parts = [
        "# Indicators",
        NOTICE,
        "A flag is an indication, not a finding. `undertow explain CODE` prints one page.",
        table(
            ("Code", "Title", "Subject", "Weak"),
            [
                (f"[{one.code}](#{anchor(one.code, one.title)})", one.title, one.subject_type, yes(one.weak))
                for one in indicators().values()
            ],
        ),
    ]
    for one in indicators().values():
        parts += [f"## {one.code} {one.title}", *sections(one.page)]
    return page(parts)


def territories_page() -> str:
    return page(
        [
            "# Indicators by country",
            NOTICE,
            "An indicator reads roles, and each country has registers in some of them.\n\n"
            "- *works*: registers hold every role in full.\n"
            "- *in part*: what the registers show is flagged; what they do not show proves nothing, and is "
            "not assessable.\n"
            "- *own files only*: no register of the country has the role; files that the authority brings "
            "itself (BODS, FollowTheMoney, a ledger, a permit list) may have it in part.\n"
            "- *nobody publishes*: no register that this version reads has the role there. The subjects are "
            "not assessable, with the reason `not_published:` and the role.",
            table(("Indicator", "Roles", *TERRITORIES.values()), territory_rows()),
        ]
    )


def sections(text: str) -> Iterator[str]:
    """An indicator's page without its title, its headings one level further down."""
    yield re.sub(r"^## ", "### ", text.strip().partition("\n")[2].strip(), flags=re.MULTILINE)


def views_page() -> str:
    parts = [
        "# Views and macros",
        NOTICE,
        "Everything in `undertow.duckdb` that is part of the contract. The same texts are in the database: "
        "`from v_dictionary`.",
    ]
    for view in (*RELEASE_TABLES.values(), *FACT_VIEWS):
        parts += [f"## `{view.view}`", view.description, columns_table(view)]
    parts += ["# Macros"]
    for macro in MACROS:
        arguments = [(f"`{name}`", meaning) for name, meaning in macro.arguments]
        parts += [f"## `{macro.call}`", macro.description, table(("Argument", "Meaning"), arguments)]
        parts += [columns_table(macro.columns)]
    parts += ["# Views of `area.duckdb`", "Counts by district, for anyone; small counts are left out."]
    for view in AREA_TABLES.values():
        parts += [f"## `{view.view}` (area)", view.description, columns_table(view)]
    return page(parts)


def columns_table(columns: Table | Iterable[Column]) -> str:
    return table(
        ("Column", "Type", "Unit", "Null means", "Meaning"),
        [
            (f"`{one.name}`", DUCKDB_TYPES[one.dtype], one.unit, one.null or "never null", with_values(one))
            for one in columns
        ],
    )


def commands_page() -> str:
    group = typer.main.get_command(app)
    parts = ["# Commands", NOTICE, "`undertow COMMAND --help` prints the same."]
    for name, command in commands(group):
        parts += [f"## `undertow {name}`", (command.help or "").strip()]
        if options := [one for one in command.params if one.name != "help"]:
            parts += [table(("Argument or option", "Meaning"), [option_row(one) for one in options])]
    return page(parts)


def commands(group: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Every command below a group, with its full name, in the order of declaration."""
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, f"{prefix}{name} ")
        else:
            yield f"{prefix}{name}", command


def option_row(parameter: Any) -> tuple[str, str]:
    is_option = parameter.param_type_name == "option"
    name = ", ".join(f"`{form}`" for form in parameter.opts) if is_option else f"`{parameter.name.upper()}`"
    return name, parameter.help or ""


PAGES = {
    "registers.md": registers_page,
    "indicators.md": indicators_page,
    "territories.md": territories_page,
    "views.md": views_page,
    "commands.md": commands_page,
}


def page(parts: Iterable[str]) -> str:
    return "\n\n".join(part.strip() for part in parts if part.strip()) + "\n"


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(map(cell, line)) + " |" for line in lines)


def cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())


def yes(is_so: bool) -> str:
    return "yes" if is_so else ""


def anchor(*words: str) -> str:
    kept = "".join(letter for letter in " ".join(words).lower() if letter.isalnum() or letter in " -_")
    return "-".join(kept.split())


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--check", action="store_true", help="write nothing; fail where a page is out of date"
    )
    is_check = parser.parse_args().check
    FOLDER.mkdir(parents=True, exist_ok=True)
    stale = []
    for name, text in ((name, make()) for name, make in PAGES.items()):
        path = FOLDER / name
        if is_check and (not path.exists() or path.read_text(encoding="utf-8") != text):
            stale.append(name)
        elif not is_check:
            path.write_text(text, encoding="utf-8")
    if stale:
        print(f"out of date: {', '.join(stale)}; run python .ci/reference.py", file=sys.stderr)
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
