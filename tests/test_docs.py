"""README and docs hold together: pictures exist, every page can be reached, the README is short."""

import ast
import re
import tomllib
from pathlib import Path

from flows.cli.output import EXIT_IN_PART
from flows.operations.doctor import CHECKS
from transforms.errors import ReleaseBlocked, RunFailed, UsageError
from transforms.model.register import registers
from transforms.model.views import ALARM

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
PAGES = sorted(DOCS.rglob("*.md"))
LINK = re.compile(r"(!?)\[[^\]]*\]\(([^)#\s]+)(?:#[^)]*)?\)")
README_LINES_MAX = 150
CODE = ("flows", "transforms")


def links(path: Path, *, pictures: bool) -> set[Path]:
    """Files of the repository that a page links to, or shows."""
    text = path.read_text(encoding="utf-8")
    return {
        (path.parent / target).resolve()
        for mark, target in LINK.findall(text)
        if bool(mark) == pictures and "://" not in target and not target.startswith("mailto:")
    }


def navigation() -> set[Path]:
    text = (ROOT / "zensical.toml").read_text(encoding="utf-8")
    tomllib.loads(text)
    return {DOCS / name for name in re.findall(r'"([\w/-]+\.md)"', text)}


def test_every_picture_exists_and_is_shown() -> None:
    shown = {picture for path in (*PAGES, ROOT / "README.md") for picture in links(path, pictures=True)}
    assert sorted(str(picture) for picture in shown if not picture.is_file()) == []
    stored = {path for path in (DOCS / "images").iterdir() if path.suffix in {".png", ".svg"}}
    assert sorted(path.name for path in stored - shown) == []


def test_every_page_is_in_the_navigation_or_linked_from_it() -> None:
    assert sorted(str(page) for page in navigation() if not page.is_file()) == []
    reached = navigation()
    while new := {page for path in reached for page in links(path, pictures=False)} & set(PAGES) - reached:
        reached |= new
    assert sorted(str(page.relative_to(DOCS)) for page in set(PAGES) - reached) == []


def test_links_of_the_readme_lead_somewhere() -> None:
    for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"):
        assert sorted(str(path) for path in links(ROOT / name, pictures=False) if not path.exists()) == []


def test_the_readme_names_every_register() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for_evaluation = {"amlworld_transactions"}
    assert {name for name in registers() if f"`{name}`" not in readme} == for_evaluation


def test_the_readme_is_short() -> None:
    lines = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()
    assert lines[0] == "# Undertow"
    assert len(lines) <= README_LINES_MAX


def test_the_operators_find_every_alarm_check_exit_code_and_state_on_one_page() -> None:
    rows = re.findall(
        r"^\| ([^|]+) \|", (DOCS / "how-to" / "alarms.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    names = {name.strip("` ") for row in rows for name in row.split(",")}
    checks = {check.__name__ for check in CHECKS}
    codes = {
        "0",
        *(str(error.exit_code) for error in (UsageError, ReleaseBlocked, RunFailed)),
        str(EXIT_IN_PART),
    }
    flows = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "flows").glob("*.py"))
    states = set(re.findall(r'^[A-Z_]+ = "((?:[A-Z][a-z]+){2,})"', flows, re.MULTILINE))
    assert len(states) >= 4 and sorted({*ALARM["kind"].values, *checks, *codes, *states} - names) == []
    prefects = {"Completed", "Failed", "Crashed", "Late"}
    headings = {"Alarm", "Code", "State", "Check"}
    assert sorted(names - {*ALARM["kind"].values, *checks, *codes, *states, *prefects, *headings}) == []


def test_every_code_of_a_blocked_edition_has_its_line() -> None:
    """A code is the first argument of BlockedEdition, or the first text given to `blocked` of the readers."""
    page = (DOCS / "reference" / "blocked-codes.md").read_text(encoding="utf-8")
    codes = re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE)
    sources = [path.read_text(encoding="utf-8") for root in CODE for path in (ROOT / root).rglob("*.py")]
    raised = {
        text
        for source in sources
        for call in ast.walk(ast.parse(source))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name)
        if call.func.id in ("BlockedEdition", "blocked")
        for argument in call.args[: 1 if call.func.id == "BlockedEdition" else 4]
        if isinstance(argument, ast.Constant) and re.fullmatch(r"[a-z0-9_]+", text := argument.value)
    }
    assert len(codes) == len({*codes}) and raised - {*codes} == set() and len(raised) > 25
    assert [code for code in codes if not any(f'"{code}"' in source for source in sources)] == []
