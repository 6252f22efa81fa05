"""How long the pages of a release take, how large they are, and how fast the index answers in a browser.

    python -m tests.benchmarks.pages HOME [--index 20000]

HOME is any home with a release. Writes the whole report into a temporary folder: seconds, processor seconds,
sizes. Then repeats the cases of the index until there are `--index` of them, opens it in Chromium and types:
milliseconds from a key until the table is there, layout included. Goals: 2,000 cases in 60 s on two cores, a
case page under 400 kB, 20,000 cases searched in under 100 ms. Prints; checks nothing (the tests do)."""

import argparse
import json
import time
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from flows.home.settings import Home
from flows.pages.case import render_first_cases
from flows.pages.night import render_night
from flows.pages.site import write_site
from flows.release.store import open_current
from tests.reliability import browser

DATA = "site_cases_data.js"
TYPED = ("h", "holdings", "holdings limited", "nobody has this name", "lnk-010", "harrowmere property")
TYPE = """(() => {{
    const box = document.querySelector("input[type=search]");
    box.value = {text};
    const start = performance.now();
    box.dispatchEvent(new Event("input"));
    document.body.getBoundingClientRect();
    return performance.now() - start;
}})()"""


def write_pages(home: Home, folder: Path) -> None:
    """Print what each part of the report takes."""
    with open_current(home) as connection:
        parts = (
            ("night report", lambda: render_night(connection, folder)),
            ("case pages", lambda: render_first_cases(connection, folder)),
            ("the site", lambda: write_site(connection, folder, boundaries=home.areas)),
        )
        for name, write in parts:
            start, cpu_start = time.perf_counter(), time.process_time()
            write()
            seconds, cpu = time.perf_counter() - start, time.process_time() - cpu_start
            print(f"{name:<14} {seconds:6.1f} s   {cpu:6.1f} s of processor")
    for kind in ("cases", "subjects", "indicators", "."):
        sizes = sorted(path.stat().st_size for path in (folder / kind).glob("*.html"))
        if sizes:
            print(
                f"{kind:<14} {len(sizes):6} pages, median {median(sizes):9,.0f}, largest {sizes[-1]:9,} bytes"
            )


def search(folder: Path, cases_n: int) -> None:
    """Print how long the index takes to open and to search among `cases_n` cases."""
    text = (folder / DATA).read_text(encoding="utf-8")
    data = json.loads(text[text.index("{") : text.rindex(";")])
    rows = data["rows"]
    data["rows"] = [
        [f"{rows[n % len(rows)][0]}-{n}", n + 1, *rows[n % len(rows)][2:]] for n in range(cases_n)
    ]
    (folder / DATA).write_text(f"const UNDERTOW_CASES = {json.dumps(data)};\n", encoding="utf-8")
    with browser.chromium(folder / "profile") as tab:
        start = time.perf_counter()
        tab.visit(folder / "cases.html")
        print(f"index of {cases_n:,}: opened in {1000 * (time.perf_counter() - start):.0f} ms", end="")
        print(f", {(folder / DATA).stat().st_size / 1e6:.1f} MB of data")
        for typed in TYPED:
            taken = [tab.evaluate(TYPE.format(text=json.dumps(typed))) for _ in range(9)]
            shown = tab.evaluate("document.querySelector('#count').textContent")
            print(f"  {typed!r:<24} median {median(taken):5.0f} ms, most {max(taken):5.0f} ms   {shown}")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("home", type=Path)
    parser.add_argument("--index", type=int, default=20_000)
    given = parser.parse_args()
    with TemporaryDirectory() as folder:
        write_pages(Home(given.home), Path(folder))
        search(Path(folder), given.index)


if __name__ == "__main__":
    main()
