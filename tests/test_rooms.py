"""Modules and folders stay small, every folder says what lives in it, and no missing document is cited."""

import ast
import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("flows", "transforms", "graphs", "quality")
MODULES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
FOLDERS = sorted({path.parent for path in MODULES})
MODULE_LINES_MAX, FUNCTION_LINES_MAX, FOLDER_MODULES_MAX = 400, 50, 16
LINE_CHARACTERS_MAX = 110  # as ruff holds those of Python to
# One module for each register, indicator and plant: these folders grow by design.
UNITS = {"transforms/registers", "transforms/indicators", "quality/town/plants"}
ELSEWHERE = re.compile(
    r"\b(DESIGN|STYLE|LAYOUT|FACTS|INDICATORS|OWNERSHIP|MONEY|REVIEW|SOURCES|RELIABILITY|USERS|DECISIONS)\.md\b"
)


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_modules_and_functions_are_short() -> None:
    long: dict[str, int] = {}
    for path in MODULES:
        text = path.read_text(encoding="utf-8")
        lines_n = {name(path): len(text.splitlines()) - MODULE_LINES_MAX}
        lines_n |= {
            f"{name(path)}: {node.name}": (node.end_lineno or 0) - node.lineno + 1 - FUNCTION_LINES_MAX
            for node in ast.walk(ast.parse(text))
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        }
        long |= {where: beyond_n for where, beyond_n in lines_n.items() if beyond_n > 0}
    assert long == {}


def test_lines_of_sql_are_short() -> None:
    queries = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.sql"))
    lines = [(name(path), line) for path in queries for line in path.read_text(encoding="utf-8").splitlines()]
    assert [(path, line) for path, line in lines if len(line) > LINE_CHARACTERS_MAX] == []
    assert len(queries) > len(FOLDERS)


def test_a_folder_is_small_and_says_what_lives_in_it() -> None:
    for folder in FOLDERS:
        assert (folder / "__init__.py").is_file(), name(folder)
        assert ast.get_docstring(ast.parse((folder / "__init__.py").read_text(encoding="utf-8"))), name(
            folder
        )
        modules = [path for path in folder.glob("*.py") if path.name != "__init__.py"]
        assert len(modules) <= FOLDER_MODULES_MAX or name(folder) in UNITS, name(folder)


def test_only_flows_stand_at_the_level_of_flows() -> None:
    names = [path.stem for path in sorted((ROOT / "flows").glob("*.py"))]
    assert names == ["__init__", "evaluate", "fetch", "maintain", "nightly"]


def test_nothing_cites_a_document_that_is_not_here() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    files = [
        ROOT / line for line in listed.splitlines() if line.endswith((".py", ".sql", ".md", ".toml", ".j2"))
    ]
    citing = {
        name(path)
        for path in files
        if path.is_file()
        and path != Path(__file__).resolve()
        and ELSEWHERE.search(path.read_text(encoding="utf-8"))
    }
    assert sorted(citing) == []
