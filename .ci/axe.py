"""Check every kind of page for accessibility with axe-core: `uv run python .ci/axe.py HOME`.

HOME is a home that `undertow demo --home HOME` has filled. Its site is checked, and the review app on a copy.
Needs Chromium and npm on the PATH; axe-core comes from the npm registry into a temporary folder. Ends with 1
where a page has a serious or critical fault, or is wider than its window.
"""

import json
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))
from flows.facts.rows import query_rows
from flows.home.settings import Home
from flows.release.store import open_current
from tests.flows.web.served import Officer, copied, served
from tests.reliability import browser

AXE = "axe-core@4.14.1"
WIDTHS = (1440, 390)
OF_EACH_KIND = 3
APP_USERS = {"anna": "reviewer", "carla": "supervisor", "ada": "administrator", "otto": "auditor"}
APP_PAGES = (
    "/",
    "/queue",
    "/cases.html",
    "/night.html",
    "/figures.html",
    "/indicators.html",
    "/registers.html",
)
APP_CASES = "select case_id from v_case order by position limit $most"
GRAVE = ("serious", "critical")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
RUN = f"axe.run(document, {{runOnly: {json.dumps(RULES)}}}).then(found => found.violations)"
FAULTY = (
    '<!doctype html><html lang="en"><title>x</title><main><h1>x</h1><img src="data:,"><a href="#"></a></main>'
)
WIDER = "document.documentElement.scrollWidth - innerWidth"


def axe_source(folder: Path) -> str:
    subprocess.run(["npm", "pack", "--silent", AXE], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    with tarfile.open(next(folder.glob("axe-core-*.tgz"))) as archive:
        script = archive.extractfile("package/axe.min.js")
        assert script is not None
        return script.read().decode()


def some_of_each_kind(report: Path) -> Iterator[Path]:
    """The largest pages of each kind, as they have most that can be wrong."""
    yield from sorted(report.glob("*.html"))
    for folder in sorted(path for path in report.iterdir() if path.is_dir()):
        yield from sorted(folder.glob("*.html"), key=lambda page: -page.stat().st_size)[:OF_EACH_KIND]


def faults_of(tab: browser.Browser, axe: str) -> list[dict[str, Any]]:
    """Of the page that is shown."""
    tab.evaluate(f"{axe}; true")
    faults: list[dict[str, Any]] = tab.evaluate(RUN)
    return faults


def grave_faults_n(tab: browser.Browser, axe: str, name: str) -> int:
    """How many the page that is shown has; prints all."""
    faults = faults_of(tab, axe)
    wider = tab.evaluate(WIDER)
    grave = [fault for fault in faults if fault["impact"] in GRAVE]
    print(f"{name}: {len(grave)} grave, {len(faults) - len(grave)} other, {max(wider, 0)} px too wide")
    for fault in faults:
        places = [" ".join(node["target"]) for node in fault["nodes"]]
        print(f"  {fault['impact']} {fault['id']}: {fault['help']}; {len(places)}: {places[:3]}")
    return len(grave) + (wider > 0)


def faults_of_the_app(home: Home, tab: browser.Browser, axe: str, folder: Path) -> int:
    """Of its pages, each as somebody who may open it, with all that unfolds."""
    with open_current(home) as connection:
        cases = [str(row["case_id"]) for row in query_rows(connection, APP_CASES, most=OF_EACH_KIND)]
    grave_n = 0
    with served(copied(home, folder / "home", APP_USERS)) as server:
        for name, role in APP_USERS.items():
            officer = Officer(tab, server.base, name)
            officer.open("/sign-in")
            grave_n += grave_faults_n(tab, axe, "/sign-in")
            officer.sign_in()
            may_read = role in ("reviewer", "supervisor")
            cases_too = [f"/cases/{case_id}.html" for case_id in cases]
            for page in (*APP_PAGES, *cases_too) if may_read else ("/users", "/audit"):
                officer.open(page)
                grave_n += grave_faults_n(tab, axe, f"{page} for {name}")
                if page in cases_too:
                    officer.case(Path(page).stem)
                    tab.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
                    grave_n += grave_faults_n(tab, axe, f"{page} for {name}, opened")
            officer.send("/sign-out")
    return grave_n


def main(home: Path) -> int:
    report = (home / "reports" / (home / "current").resolve().name).resolve()
    grave_n = 0
    with tempfile.TemporaryDirectory() as folder, browser.chromium(Path(folder) / "profile") as tab:
        axe = axe_source(Path(folder))
        faulty = Path(folder) / "faulty.html"
        faulty.write_text(FAULTY, encoding="utf-8")
        tab.visit(faulty)
        if {fault["id"] for fault in faults_of(tab, axe)} != {"image-alt", "link-name"}:
            raise SystemExit("axe-core does not find the faults of a faulty page, so it proves nothing")
        for width in WIDTHS:
            tab.resize(width)
            print(f"{width} pixels wide")
            for page in some_of_each_kind(report):
                tab.visit(page)
                grave_n += grave_faults_n(tab, axe, str(page.relative_to(report)))
            grave_n += faults_of_the_app(Home(home), tab, axe, Path(folder) / str(width))
    return 1 if grave_n else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
