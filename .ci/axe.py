"""Check every kind of page for accessibility with axe-core: `uv run python .ci/axe.py HOME`.

HOME is a home that `undertow demo --home HOME` has filled. Needs Chromium and npm on the PATH; axe-core comes
from the npm registry into a temporary folder. Ends with 1 where a page has a serious or critical fault, or is
wider than its window.
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
from tests.reliability import browser

AXE = "axe-core@4.14.1"
WIDTHS = (1440, 390)
OF_EACH_KIND = 3
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


def faults_of(tab: browser.Browser, page: Path, axe: str) -> list[dict[str, Any]]:
    tab.visit(page)
    tab.evaluate(f"{axe}; true")
    faults: list[dict[str, Any]] = tab.evaluate(RUN)
    return faults


def main(home: Path) -> int:
    report = (home / "reports" / (home / "current").resolve().name).resolve()
    grave_n = 0
    with tempfile.TemporaryDirectory() as folder, browser.chromium(Path(folder) / "profile") as tab:
        axe = axe_source(Path(folder))
        faulty = Path(folder) / "faulty.html"
        faulty.write_text(FAULTY, encoding="utf-8")
        if {fault["id"] for fault in faults_of(tab, faulty, axe)} != {"image-alt", "link-name"}:
            raise SystemExit("axe-core does not find the faults of a faulty page, so it proves nothing")
        for page in some_of_each_kind(report):
            for width in WIDTHS:
                tab.resize(width)
                faults = faults_of(tab, page, axe)
                wider = tab.evaluate(WIDER)
                name = page.relative_to(report)
                grave = [fault for fault in faults if fault["impact"] in GRAVE]
                grave_n += len(grave) + (wider > 0)
                other_n = len(faults) - len(grave)
                print(f"{name} at {width}: {len(grave)} grave, {other_n} other, {max(wider, 0)} px too wide")
                for fault in faults:
                    places = [" ".join(node["target"]) for node in fault["nodes"]]
                    print(f"  {fault['impact']} {fault['id']}: {fault['help']}; {len(places)}: {places[:3]}")
    return 1 if grave_n else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
